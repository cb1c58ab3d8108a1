"""Builds what users install: ``python3 packaging/dev.py package [wheel | folder | deb | tar | windows]``.

``wheel`` makes wheel and source archive; ``folder`` one folder with the program, its Python and its libraries, by
PyInstaller; ``deb`` and ``tar`` pack that folder for Linux; ``windows`` compiles the installer's script around that
folder, or around a stand-in for it where this is not Windows. Builds of one commit are equal to the byte: every time in
them is the commit's.
"""

from __future__ import annotations

import gzip
import hashlib
import importlib.metadata
import io
import os
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import icons
import icu_data
from shipped import shipped

import chaindesk

ROOT = Path(__file__).resolve().parent.parent
LINUX = ROOT / "packaging" / "linux"
DIST = ROOT / "dist"
WORK = ROOT / "build" / "package"
VERSION = chaindesk.__version__
MAINTAINER = "The ChainDesk authors <chaindesk@users.noreply.github.com>"
MAX_FOLDER_MB, MAX_PACKED_MB = 140, 45
_WARNING = re.compile(r"\w*Warning\b|^\s*warning\b", re.M)
_OWN_LICENCES = {
    f"Python {sys.version.split()[0]}": "PSF-2.0",
    "Qt for Python (PySide6) and Qt": "LGPL-3.0-only",
    "The guide's pages: Material for MkDocs": "MIT",
}
# What a bare Debian lacks for Qt's window and for https, whose certificates are the system's own; found by starting the
# program in a fresh system of each release.
DEPENDS = (
    "ca-certificates, libc6 (>= 2.35), libdbus-1-3, libegl1, libfontconfig1, libfreetype6, libgl1,"
    " libglib2.0-0 | libglib2.0-0t64, libgssapi-krb5-2, libwayland-client0, libwayland-cursor0, libx11-6, libx11-xcb1,"
    " libxcb-cursor0, libxcb-icccm4, libxcb-image0, libxcb-keysyms1, libxcb-randr0, libxcb-render-util0, libxcb-shape0,"
    " libxcb-xinerama0, libxcb-xkb1, libxkbcommon-x11-0, libxkbcommon0"
)


def main(words: Sequence[str]) -> int:
    """Build what is named, or all that this system can build."""
    targets: dict[str, Callable[[], object]] = {
        "wheel": wheel,
        "folder": folder,
        "deb": deb,
        "tar": tar,
        "windows": windows,
    }
    unknown = [word for word in words if word not in targets]
    if unknown:
        print(f"{unknown[0]} is not known. There are: {', '.join(targets)}.", file=sys.stderr)
        return 2
    os.environ["SOURCE_DATE_EPOCH"] = str(_epoch())
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


def settle_archive(path: Path) -> None:
    """Give the entries of a source archive the commit's time, which setuptools does not."""
    settled = io.BytesIO()
    with (
        tarfile.open(path) as source,
        gzip.GzipFile("", "wb", 9, settled, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as target,
    ):
        for entry in sorted(source.getmembers(), key=lambda entry: entry.name):
            entry.pax_headers = {}  # the times to the nanosecond
            target.addfile(_anonymous(entry), source.extractfile(entry) if entry.isfile() else None)
    path.write_bytes(settled.getvalue())


def guide_and_licences() -> None:
    """Make what comes with the program and is not in the repository: the guide as HTML, and the list of licences."""
    _run(sys.executable, ROOT / "packaging" / "guide.py")
    lines = [f"{name}: {licence}\n" for name, licence in _shipped_licences()]
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
    (made / "THIRD-PARTY-LICENCES.txt").write_text(_licences(), encoding="utf-8")
    (WORK / "made").write_text(str(os.getpid()))
    sizes = sorted(((path.lstat().st_size, path) for path in made.rglob("*") if path.is_file()), reverse=True)
    total = sum(size for size, _ in sizes) / 1e6
    print(f"{made}: {total:.1f} MB in {len(sizes)} files; the largest:")
    print("\n".join(f"  {size / 1e6:6.1f} MB  {path.relative_to(made)}" for size, path in sizes[:40]))
    if total > MAX_FOLDER_MB:
        raise SystemExit(f"The folder is larger than {MAX_FOLDER_MB} MB: something crept in.")
    return made


def deb() -> None:
    """Make the .deb of the folder."""
    tree = WORK / "deb"
    shutil.rmtree(tree, ignore_errors=True)
    shutil.copytree(folder(), tree / "usr/lib/chaindesk", symlinks=True)
    shared = tree / "usr/share"
    _place(LINUX / "chaindesk-app", tree / "usr/bin/chaindesk-app", 0o755)
    (tree / "usr/bin/chaindesk").symlink_to("../lib/chaindesk/chaindesk")
    _place(LINUX / "chaindesk.desktop", shared / "applications/chaindesk.desktop")
    _place(ROOT / "resources/icons/chaindesk.svg", shared / "icons/hicolor/scalable/apps/chaindesk.svg")
    for size in icons.SIZES:
        _place(WORK / f"icons/{size}.png", shared / f"icons/hicolor/{size}x{size}/apps/chaindesk.png")
    metainfo = "io.github.chaindesk.chaindesk.metainfo.xml"
    _place(LINUX / metainfo, shared / "metainfo" / metainfo, VERSION=VERSION, DATE=f"{_moment():%Y-%m-%d}")
    indented = "\n".join(f" {line}" if line else " ." for line in (ROOT / "LICENSE").read_text().splitlines()[4:])
    documents = shared / "doc/chaindesk"
    _place(LINUX / "copyright", documents / "copyright", LICENCE=indented)
    (tree / "usr/lib/chaindesk/THIRD-PARTY-LICENCES.txt").replace(documents / "THIRD-PARTY-LICENCES.txt")
    _gzip(_debian_changelog(), documents / "changelog.gz")
    _place(LINUX / "lintian-overrides", shared / "lintian/overrides/chaindesk")
    size = sum(path.lstat().st_size for path in tree.rglob("*") if path.is_file()) // 1024
    control = (
        f"Package: chaindesk\nVersion: {VERSION}\nSection: utils\nPriority: optional\nArchitecture: {_architecture()}\n"
        f"Maintainer: {MAINTAINER}\nInstalled-Size: {size}\nDepends: {DEPENDS}\n"
        "Recommends: gnome-keyring | kwalletmanager\n"
        "Description: run chains of model calls over the rows of a workbook\n"
        " ChainDesk opens an Excel workbook with one row per job, runs a chain of model\n"
        " calls for each row, rows side by side, and writes the answers into new columns\n"
        " of a copy. It keeps each paid answer on disk before showing it.\n"
    )
    (tree / "DEBIAN").mkdir()
    (tree / "DEBIAN/control").write_text(control)
    (tree / "DEBIAN/md5sums").write_text(_md5sums(tree))
    _settle(tree)
    target = DIST / f"chaindesk_{VERSION}_{_architecture()}.deb"
    _run("dpkg-deb", "--root-owner-group", "-Zxz", "--build", tree, target)
    _gate(target)


def tar() -> None:
    """Make the .tar.xz of the folder, which runs from any place on a Linux that has a desktop."""
    source = folder()
    _settle(source)
    target = DIST / f"chaindesk-{VERSION}-linux-{_architecture()}.tar.xz"
    with tarfile.open(target, "w:xz", format=tarfile.PAX_FORMAT) as archive:
        for path in [source, *sorted(source.rglob("*"))]:
            archive.add(path, f"chaindesk-{VERSION}/{path.relative_to(source)}", recursive=False, filter=_anonymous)
    _gate(target)


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


def _gate(path: Path) -> None:
    size = path.stat().st_size / 1e6
    print(f"{path}: {size:.1f} MB")
    if size > MAX_PACKED_MB:
        raise SystemExit(f"It is larger than {MAX_PACKED_MB} MB: something crept in.")


def _licences() -> str:
    """Return the licences of all that is shipped, each whole, as far as the distributions carry them."""
    parts = [f"{name}: {licence}" for name, licence in _OWN_LICENCES.items()]
    for distribution in _shipped_sorted():
        parts.append(f"{'=' * 80}\n{distribution.name} {distribution.version}: {_licence_of(distribution)}\n")
        parts += [
            Path(str(distribution.locate_file(file))).read_text("utf-8", "replace")
            for file in distribution.files or ()
            if Path(file).name.upper().startswith(("LICEN", "COPYING", "NOTICE")) and ".dist-info" in str(file)
        ]
    return "\n".join(parts)


def _shipped_licences() -> Iterator[tuple[str, str]]:
    """Yield everything that is shipped with its version, and the name of its licence."""
    yield from _OWN_LICENCES.items()
    for distribution in _shipped_sorted():
        yield f"{distribution.name} {distribution.version}", _licence_of(distribution)


def _licence_of(distribution: importlib.metadata.Distribution) -> str:
    found = distribution.metadata
    told = found.get("License-Expression") or (found.get("License") or "").strip().partition("\n")[0]
    classified = [
        one.rpartition(" :: ")[2] for one in found.get_all("Classifier") or () if one.startswith("License ::")
    ]
    return told or ", ".join(classified) or "see its text"


def _shipped_sorted() -> list[importlib.metadata.Distribution]:
    return sorted(shipped(), key=lambda one: one.name.lower())


def _place(source: Path, target: Path, mode: int = 0o644, **values: str) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if values:
        text = source.read_text(encoding="utf-8")
        for name, value in values.items():
            text = text.replace(f"@{name}@", value)
        target.write_text(text, encoding="utf-8")
    else:
        shutil.copyfile(source, target)
    target.chmod(mode)


def _debian_changelog() -> str:
    return (
        f"chaindesk ({VERSION}) unstable; urgency=medium\n\n  * See CHANGELOG.md in the source.\n\n"
        f" -- {MAINTAINER}  {_moment():%a, %d %b %Y %H:%M:%S +0000}\n"
    )


def _gzip(text: str, target: Path) -> None:
    with target.open("wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        packed.write(text.encode())


def _md5sums(tree: Path) -> str:
    files = sorted(path for path in (tree / "usr").rglob("*") if path.is_file() and not path.is_symlink())
    sums = ((hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest(), path) for path in files)
    return "".join(f"{digest}  {path.relative_to(tree)}\n" for digest, path in sums)


def _settle(tree: Path) -> None:
    """Give all files the rights that a package has and the commit's time."""
    for path in sorted(tree.rglob("*"), reverse=True):
        if not path.is_symlink():
            executable = path.is_dir() or path.parent.name == "bin" or (path.suffix == "" and _is_program(path))
            path.chmod(0o755 if executable else 0o644)
        os.utime(path, (_epoch(), _epoch()), follow_symlinks=False)


def _is_program(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def _anonymous(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    entry.mtime = _epoch()
    return entry


def _checksums() -> None:
    files = sorted(path for path in DIST.iterdir() if path.is_file() and path.name != "SHA256SUMS")
    lines = (f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files)
    (DIST / "SHA256SUMS").write_text("".join(lines))


def _architecture() -> str:
    return subprocess.run(["dpkg", "--print-architecture"], capture_output=True, text=True, check=True).stdout.strip()


def _epoch() -> int:
    told = os.environ.get("SOURCE_DATE_EPOCH")
    if told:
        return int(told)
    command = ["git", "log", "-1", "--format=%ct"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return int(done.stdout) if done.returncode == 0 and done.stdout.strip() else 1_767_225_600


def _moment() -> datetime:
    return datetime.fromtimestamp(_epoch(), UTC)


def _run(*command: object) -> None:
    subprocess.run([str(word) for word in command], check=True, cwd=ROOT)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
