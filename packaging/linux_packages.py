"""Packs the program's folder for Linux: a .deb for Debian and its kin, a .tar.xz for every other."""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import subprocess
import tarfile
from pathlib import Path

import icons
from reproducible import anonymous, moment, settle

import chaindesk

_ROOT = Path(__file__).resolve().parent.parent
_LINUX = _ROOT / "packaging" / "linux"
_VERSION = chaindesk.__version__
_MAINTAINER = "The ChainDesk authors <chaindesk@users.noreply.github.com>"
_MAX_PACKED_MB = 45
# What a bare Debian lacks for Qt's window and for https, whose certificates are the system's own; found by starting the
# program in a fresh system of each release.
_DEPENDS = (
    "ca-certificates, libc6 (>= 2.35), libdbus-1-3, libegl1, libfontconfig1, libfreetype6, libgl1,"
    " libglib2.0-0 | libglib2.0-0t64, libgssapi-krb5-2, libwayland-client0, libwayland-cursor0, libx11-6, libx11-xcb1,"
    " libxcb-cursor0, libxcb-icccm4, libxcb-image0, libxcb-keysyms1, libxcb-randr0, libxcb-render-util0, libxcb-shape0,"
    " libxcb-xinerama0, libxcb-xkb1, libxkbcommon-x11-0, libxkbcommon0"
)


def deb(folder: Path, work: Path, target_folder: Path) -> None:
    """Make the .deb of the program's folder; ``work`` has the icons, and is where the package's tree is built."""
    tree = work / "deb"
    shutil.rmtree(tree, ignore_errors=True)
    shutil.copytree(folder, tree / "usr/lib/chaindesk", symlinks=True)
    shared = tree / "usr/share"
    _place(_LINUX / "chaindesk-app", tree / "usr/bin/chaindesk-app", 0o755)
    (tree / "usr/bin/chaindesk").symlink_to("../lib/chaindesk/chaindesk")
    _place(_LINUX / "chaindesk.desktop", shared / "applications/chaindesk.desktop")
    _place(_ROOT / "resources/icons/chaindesk.svg", shared / "icons/hicolor/scalable/apps/chaindesk.svg")
    for size in icons.SIZES:
        _place(work / f"icons/{size}.png", shared / f"icons/hicolor/{size}x{size}/apps/chaindesk.png")
    metainfo = "io.github.chaindesk.chaindesk.metainfo.xml"
    _place(_LINUX / metainfo, shared / "metainfo" / metainfo, VERSION=_VERSION, DATE=f"{moment():%Y-%m-%d}")
    indented = "\n".join(f" {line}" if line else " ." for line in (_ROOT / "LICENSE").read_text().splitlines()[4:])
    documents = shared / "doc/chaindesk"
    _place(_LINUX / "copyright", documents / "copyright", LICENCE=indented)
    (tree / "usr/lib/chaindesk/THIRD-PARTY-LICENCES.txt").replace(documents / "THIRD-PARTY-LICENCES.txt")
    _gzip(_debian_changelog(), documents / "changelog.gz")
    _place(_LINUX / "lintian-overrides", shared / "lintian/overrides/chaindesk")
    (tree / "DEBIAN").mkdir()
    (tree / "DEBIAN/control").write_text(_control(tree))
    (tree / "DEBIAN/md5sums").write_text(_md5sums(tree))
    settle(tree)
    target = target_folder / f"chaindesk_{_VERSION}_{_architecture()}.deb"
    command = ["dpkg-deb", "--root-owner-group", "-Zxz", "-z9", "--build", str(tree), str(target)]
    # One thread, since how the packed data is cut depends on their number.
    subprocess.run(command, check=True, env=os.environ | {"DPKG_DEB_THREADS_MAX": "1"})
    _gate(target)


def tar(folder: Path, target_folder: Path) -> None:
    """Make the .tar.xz of the program's folder, which runs from any place on a Linux that has a desktop."""
    settle(folder)
    target = target_folder / f"chaindesk-{_VERSION}-linux-{_architecture()}.tar.xz"
    with tarfile.open(target, "w:xz", format=tarfile.PAX_FORMAT, preset=9) as archive:
        for path in [folder, *sorted(folder.rglob("*"))]:
            archive.add(path, f"chaindesk-{_VERSION}/{path.relative_to(folder)}", recursive=False, filter=anonymous)
    _gate(target)


def _gate(path: Path) -> None:
    size = path.stat().st_size / 1e6
    print(f"{path}: {size:.1f} MB")
    if size > _MAX_PACKED_MB:
        raise SystemExit(f"It is larger than {_MAX_PACKED_MB} MB: something crept in.")


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


def _control(tree: Path) -> str:
    size = sum(path.lstat().st_size for path in (tree / "usr").rglob("*") if path.is_file()) // 1024
    return (
        f"Package: chaindesk\nVersion: {_VERSION}\nSection: utils\nPriority: optional\n"
        f"Architecture: {_architecture()}\nMaintainer: {_MAINTAINER}\nInstalled-Size: {size}\nDepends: {_DEPENDS}\n"
        "Recommends: gnome-keyring | kwalletmanager\n"
        "Description: run chains of model calls over the rows of a workbook\n"
        " ChainDesk opens an Excel workbook with one row per job, runs a chain of model\n"
        " calls for each row, rows side by side, and writes the answers into new columns\n"
        " of a copy. It keeps each paid answer on disk before showing it.\n"
    )


def _debian_changelog() -> str:
    return (
        f"chaindesk ({_VERSION}) unstable; urgency=medium\n\n  * See CHANGELOG.md in the source.\n\n"
        f" -- {_MAINTAINER}  {moment():%a, %d %b %Y %H:%M:%S +0000}\n"
    )


def _gzip(text: str, target: Path) -> None:
    with target.open("wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        packed.write(text.encode())


def _md5sums(tree: Path) -> str:
    files = sorted(path for path in (tree / "usr").rglob("*") if path.is_file() and not path.is_symlink())
    sums = ((hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest(), path) for path in files)
    return "".join(f"{digest}  {path.relative_to(tree)}\n" for digest, path in sums)


def _architecture() -> str:
    return subprocess.run(["dpkg", "--print-architecture"], capture_output=True, text=True, check=True).stdout.strip()
