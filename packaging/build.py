"""Builds what users install: ``python3 packaging/dev.py package [wheel | folder | deb | tar | windows]``.

``wheel`` makes wheel and source archive; ``folder`` one folder with the program, its Python and its libraries, by
PyInstaller; ``deb`` and ``tar`` pack that folder for Linux; ``windows`` compiles the installer's script around that
folder, or around a stand-in for it where this is not Windows. Builds of one commit are equal to the byte: every time in
them is the commit's.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable, Sequence
from pathlib import Path

import icons
import icu_data
import linux_packages
from licences import licence_texts, shipped_licences
from reproducible import epoch, settle_archive, settle_zip

import chaindesk

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "dist"
WORK = ROOT / "build" / "package"
VERSION = chaindesk.__version__
MAX_FOLDER_MB = 140
_WARNING = re.compile(r"\w*Warning\b|^\s*warning\b", re.M)


def main(words: Sequence[str]) -> int:
    """Build what is named, or all that this system can build."""
    targets: dict[str, Callable[[], object]] = {
        "wheel": wheel,
        "folder": folder,
        "deb": lambda: linux_packages.deb(folder(), WORK, DIST),
        "tar": lambda: linux_packages.tar(folder(), DIST),
        "windows": windows,
    }
    unknown = [word for word in words if word not in targets]
    if unknown:
        print(f"{unknown[0]} is not known. There are: {', '.join(targets)}.", file=sys.stderr)
        return 2
    os.environ["SOURCE_DATE_EPOCH"] = str(epoch())
    DIST.mkdir(exist_ok=True)
    default = {"linux": ("wheel", "deb", "tar"), "win32": ("wheel", "windows")}.get(sys.platform, ("wheel", "folder"))
    for word in words or default:
        targets[word]()
    _checksums()
    return 0


def wheel() -> None:
    """Make wheel and source archive, and have their metadata checked as an index would."""
    shutil.rmtree(WORK / "pip", ignore_errors=True)
    guide_and_licences()
    command = [sys.executable, "-m", "build", "--outdir", str(WORK / "pip"), str(ROOT)]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}  # it warns
    told = subprocess.run(
        command, check=False, text=True, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if told.returncode or _WARNING.search(told.stdout):
        raise SystemExit(f"{told.stdout}\nThe wheel is not built without an error or a warning.")
    built = sorted((WORK / "pip").iterdir())
    archive = next(path for path in built if path.name.endswith(".tar.gz"))
    _prove_complete(archive)
    settle_archive(archive)
    _run(sys.executable, "-m", "twine", "check", "--strict", *built)
    for path in built:
        shutil.copy(path, DIST)
        print(f"{DIST / path.name}: {path.stat().st_size / 1e6:.2f} MB")


def _prove_complete(archive: Path) -> None:
    """End with an error where the source archive lacks a file of the repository that belongs into it."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        return  # built from a source archive
    with tarfile.open(archive) as opened:
        held = {name.partition("/")[2] for name in opened.getnames()}
    lacking = [name for name in listed.stdout.split("\0") if name and not name.startswith(".") and name not in held]
    if lacking:
        raise SystemExit(f"packaging/MANIFEST.in leaves files of the repository out: {', '.join(lacking[:5])}")


def guide_and_licences() -> None:
    """Make what comes with the program and is not in the repository: the guide as HTML, and the list of licences."""
    _run(sys.executable, ROOT / "packaging" / "guide.py")
    lines = [f"{name}: {licence}\n" for name, licence in shipped_licences()]
    (ROOT / "resources" / "licences.txt").write_text("".join(lines), encoding="utf-8")


def folder() -> Path:
    """Make the program's folder, once for each call of this script, and hold it to its size."""
    made = WORK / "dist" / "chaindesk"
    if (WORK / "made").exists() and (WORK / "made").read_text() == str(os.getpid()):
        return made
    WORK.mkdir(parents=True, exist_ok=True)
    guide_and_licences()
    icons.write(ROOT / "resources" / "icons" / "chaindesk.svg", WORK / "icons")
    _run(
        *(sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"),
        *("--distpath", WORK / "dist", "--workpath", WORK / "work", ROOT / "packaging" / "chaindesk.spec"),
    )
    for library in made.rglob("libicudata.so.*"):
        if not library.is_symlink():  # written through a link, the data would be there twice
            icu_data.trim(library)
    settle_zip(made / "_internal" / "base_library.zip")  # its modules stand in an order that is chance
    (made / "THIRD-PARTY-LICENCES.txt").write_text(licence_texts(), encoding="utf-8")
    (WORK / "made").write_text(str(os.getpid()))
    sizes = sorted(((path.lstat().st_size, path) for path in made.rglob("*") if path.is_file()), reverse=True)
    total = sum(size for size, _ in sizes) / 1e6
    print(f"{made}: {total:.1f} MB in {len(sizes)} files; the largest:")
    print("\n".join(f"  {size / 1e6:6.1f} MB  {path.relative_to(made)}" for size, path in sizes[:40]))
    if total > MAX_FOLDER_MB:
        raise SystemExit(f"The folder is larger than {MAX_FOLDER_MB} MB: something crept in.")
    return made


def windows() -> None:
    """Compile the installer: around the folder on Windows, elsewhere around a stand-in, to prove the script."""
    source = folder() if sys.platform == "win32" else _stand_in()
    icons.write(ROOT / "resources" / "icons" / "chaindesk.svg", WORK / "icons")
    name = f"chaindesk-{VERSION}-windows-x64-setup.exe"
    target = (DIST if sys.platform == "win32" else WORK) / name
    definitions = {"VERSION": VERSION, "SOURCE": source, "TARGET": target, "ICON": WORK / "icons" / "chaindesk.ico"}
    script = ROOT / "packaging" / "windows" / "installer.nsi"
    _run("makensis", "-V2", "-WX", *(f"-D{name}={value}" for name, value in definitions.items()), script)
    print(f"{target}: {target.stat().st_size / 2**20:.1f} MiB")
    if sys.platform == "win32":
        shutil.make_archive(str(DIST / f"chaindesk-{VERSION}-windows-x64-portable"), "zip", source.parent, source.name)


def _stand_in() -> Path:
    made = WORK / "stand-in"
    (made / "_internal").mkdir(parents=True, exist_ok=True)
    for name in ("chaindesk.exe", "chaindesk-app.exe", "_internal/base_library.zip"):
        (made / name).write_bytes(b"a stand-in for the real program")
    return made


def _checksums() -> None:
    files = sorted(path for path in DIST.iterdir() if path.is_file() and path.name != "SHA256SUMS")
    lines = (f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files)
    (DIST / "SHA256SUMS").write_text("".join(lines))


def _run(*command: object) -> None:
    subprocess.run([str(word) for word in command], check=True, cwd=ROOT)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
