#!/usr/bin/env python3
"""Sets ChainDesk up in this clone and runs it: ``python3 packaging/dev.py demo | app | test | check | fuzz | …``.

Needs nothing but Python 3.11 or later: everything else goes into ``.venv`` beside this folder. Debian's Qt libraries
are asked of apt only where Qt fails to import without them.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")

# What Qt's own wheels leave to the system, proven on a bare Debian 12.
QT_OFFSCREEN = ("libegl1", "libgl1", "libglib2.0-0", "libxkbcommon0", "libfontconfig1", "libdbus-1-3")
QT_WINDOW = ("libxcb-cursor0", "libxcb-icccm4", "libxcb-keysyms1", "libxcb-shape0", "libxkbcommon-x11-0")
FONTS = ("fonts-noto-core",)


def main() -> int:
    """Run one command of the developer's; its exit status is the command's own."""
    parser = argparse.ArgumentParser(prog="dev.py", description="Set ChainDesk up in .venv and run it.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, words in {
        "setup": "make .venv and install ChainDesk into it, with what its tests need",
        "demo": "run the example workbook with the simulated provider, without a window",
        "app": "open the window",
        "test": "run the checks and all tests (--fast: but the slow ones; --cov: with coverage); words go to pytest",
        "check": "run ruff, mypy and the import contracts alone",
        "fuzz": "try the readers of replies and workbooks with thousands of damaged ones; more words go to pytest",
        "bench": "run the performance benchmarks, or those that are named; peers writes the README's figures",
        "corpus": "export every workbook of a folder and compare: corpus FOLDER",
        "screenshots": "take the README's screenshots again: screenshots FOLDER",
        "docs": "build the user's guide into resources/guide, every link checked",
        "translate": "bring the translations up to the window's texts, and tell what is not translated",
        "schema": "write the JSON Schema of --json and the guide's page of its fields",
        "map": "write docs/modules.md from the modules' docstrings",
        "package": "build what users install into dist/: wheel, .deb, .tar.xz or installer",
    }.items():
        commands.add_parser(name, help=words, add_help=False)
    arguments, rest = parser.parse_known_args()
    try:
        return _run(arguments.command, rest)
    except subprocess.CalledProcessError as error:
        print(f"dev.py: this command failed with status {error.returncode}: {_line(error.cmd)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _run(command: str, rest: Sequence[str]) -> int:
    if command == "setup":
        return _set_up("test")
    if command == "demo":
        return _set_up() or _call(PYTHON, "-m", "chaindesk", "demo", *rest)
    if command == "app":
        return _set_up() or _need_qt(windowed=True) or _call(PYTHON, "-m", "chaindesk", *rest)
    if command == "test":
        return _set_up("test") or _need_qt() or _check() or _test(rest)
    if command == "check":
        return _set_up("test") or _check()
    if command == "fuzz":
        return _set_up("test") or _fuzz(rest)
    if command == "bench":
        return _set_up("test") or _bench(rest)
    if command == "corpus":
        return _set_up("test") or _call(PYTHON, ROOT / "packaging" / "corpus.py", *rest)
    if command == "docs":
        return _set_up("docs") or _call(PYTHON, ROOT / "packaging" / "guide.py")
    if command == "schema":
        return _set_up("test") or _call(PYTHON, ROOT / "packaging" / "json_schema.py")
    if command == "map":
        return _call(sys.executable, ROOT / "packaging" / "module_map.py")
    if command == "translate":
        return _set_up("test") or _need_qt() or _call(PYTHON, ROOT / "packaging" / "translate.py")
    if command == "screenshots":
        return _set_up("test") or _need_qt() or _call(PYTHON, ROOT / "packaging" / "screenshots.py", *rest)
    return _set_up("package", "docs") or _call(PYTHON, ROOT / "packaging" / "build.py", *rest)


def _set_up(*extras: str) -> int:
    """Bring ``.venv`` up to what pyproject.toml asks for; quick where nothing changed."""
    if sys.version_info < (3, 11):  # noqa: UP036 - an older Python may well be the one that starts this script
        print(f"ChainDesk needs Python 3.11 or later; this is {sys.version.split()[0]}.", file=sys.stderr)
        return 1
    stamp = VENV / "chaindesk.stamp"
    wanted = _wanted(extras)
    have = stamp.read_text(encoding="utf-8").split() if stamp.is_file() else []
    if PYTHON.is_file() and have[:1] == wanted[:1] and set(wanted[1:]) <= set(have[1:]):
        return 0
    if not PYTHON.is_file():
        _make_venv()
    target = f"{ROOT}[{','.join(extras)}]" if extras else str(ROOT)
    print("Installing ChainDesk and what it needs into .venv (about a minute the first time) …", flush=True)
    subprocess.run([PYTHON, "-m", "pip", "install", "--quiet", "--upgrade", "pip"], check=True)
    subprocess.run([PYTHON, "-m", "pip", "install", "--quiet", "--editable", target], check=True)
    stamp.write_text(" ".join(wanted), encoding="utf-8")
    return 0


def _wanted(extras: Sequence[str]) -> list[str]:
    text = (ROOT / "pyproject.toml").read_bytes()
    return [hashlib.sha256(text + str(ROOT).encode()).hexdigest(), *extras]


def _make_venv() -> None:
    print("Making .venv …", flush=True)
    made = subprocess.run([sys.executable, "-m", "venv", VENV], check=False, capture_output=True, text=True)
    if made.returncode == 0:
        return
    shutil.rmtree(VENV, ignore_errors=True)
    # Debian splits ensurepip off into a package of its own.
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    if not _apt((package,)):
        raise SystemExit(f"dev.py: no virtual environment could be made. {made.stdout.strip()} {made.stderr.strip()}")
    subprocess.run([sys.executable, "-m", "venv", VENV], check=True)


def _need_qt(*, windowed: bool = False) -> int:
    """Make sure that Qt imports (and, for a real window on X11, that its plugin loads)."""
    if sys.platform != "linux":
        return 0
    if windowed and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        print("There is no screen here. Log in to a desktop, or set DISPLAY, and start it again.", file=sys.stderr)
        return 1
    if _qt_loads(windowed=windowed) or (_apt((*QT_OFFSCREEN, *QT_WINDOW, *FONTS)) and _qt_loads(windowed=windowed)):
        return 0
    print("Qt does not load on this machine; the system's libraries that it needs are missing.", file=sys.stderr)
    return 1


def _qt_loads(*, windowed: bool) -> bool:
    # Without any font a window opens and shows nothing that can be read: that counts as not loading.
    code = (
        "from PySide6.QtGui import QFontDatabase; from PySide6.QtWidgets import QApplication; "
        "app = QApplication([]); raise SystemExit(not QFontDatabase.families())"
    )
    environment = dict(os.environ)
    if not windowed:
        environment["QT_QPA_PLATFORM"] = "offscreen"
    probe = subprocess.run([PYTHON, "-c", code], check=False, capture_output=True, env=environment)
    return probe.returncode == 0


def _apt(packages: Sequence[str]) -> bool:
    """Install Debian packages where that can be done without a question; else print the line that does it."""
    if shutil.which("apt-get") is None:
        return False
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    if os.geteuid() == 0:
        sudo: list[str] = []
    elif _may_sudo():
        sudo = ["sudo", "-n", "env", "DEBIAN_FRONTEND=noninteractive"]
    else:
        print(f"Please run this once, then start again:\n  sudo {_line(install)}", file=sys.stderr)
        return False
    print(f"Installing Debian packages: {' '.join(packages)} …", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-qq"], install):
        done = subprocess.run([*sudo, *command], check=False, stdout=subprocess.DEVNULL, env=environment)
        if done.returncode != 0:
            return False
    return True


def _may_sudo() -> bool:
    if shutil.which("sudo") is None:
        return False
    return subprocess.run(["sudo", "-n", "true"], check=False, capture_output=True).returncode == 0


def _check() -> int:
    for command in (
        (BIN / "ruff", "check", "--quiet", "."),
        (BIN / "ruff", "format", "--quiet", "--check", "."),
        (BIN / "mypy", "--no-error-summary"),
        (BIN / "lint-imports", "--no-logo"),
    ):
        status = _call(*command)
        if status:
            return status
    return 0


def _test(rest: Sequence[str]) -> int:
    """Run the tests, side by side as the processors allow; with --cov what they cover is measured and told."""
    words = ["-n", str(os.cpu_count() or 1), "--dist", "worksteal"]
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # hundreds of processes are started, which would compile all anew
    if sys.version_info >= (3, 12):
        os.environ.setdefault("COVERAGE_CORE", "sysmon")  # a fraction of tracing's cost
    for word in rest:
        words += {"--fast": ["-m", "not slow"], "--cov": ["--cov=chaindesk"]}.get(word, [word])
    return _call(PYTHON, "-m", "pytest", *words)


def _fuzz(words: Sequence[str]) -> int:
    os.environ["CHAINDESK_FUZZ"] = "1"
    return _call(PYTHON, "-m", "pytest", "-q", "tests/fuzz", *words)


def _bench(names: Sequence[str]) -> int:
    scripts = sorted((ROOT / "tests" / "performance").glob("bench_*.py"))
    known = [script.stem.removeprefix("bench_") for script in scripts]
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"No benchmark is called {unknown[0]}. There are: {', '.join(known)}.", file=sys.stderr)
        return 2
    return max((_call(PYTHON, "-m", f"tests.performance.bench_{name}") for name in names or known), default=0)


def _call(*command: object) -> int:
    return subprocess.run([str(word) for word in command], check=False, cwd=ROOT).returncode


def _line(command: Sequence[object]) -> str:
    return " ".join(str(word) for word in command)


if __name__ == "__main__":
    raise SystemExit(main())
