"""What makes builds of one commit equal to the byte: every time in them is the commit's, and every owner is root."""

from __future__ import annotations

import gzip
import io
import os
import subprocess
import tarfile
import zipfile
from datetime import UTC, datetime
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
_OUTSIDE_A_CLONE = 1_767_225_600


def epoch() -> int:
    """Return the commit's time, or what SOURCE_DATE_EPOCH says."""
    told = os.environ.get("SOURCE_DATE_EPOCH")
    if told:
        return int(told)
    command = ["git", "log", "-1", "--format=%ct"]
    done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False)
    return int(done.stdout) if done.returncode == 0 and done.stdout.strip() else _OUTSIDE_A_CLONE


def moment() -> datetime:
    """Return that time as a moment."""
    return datetime.fromtimestamp(epoch(), UTC)


def settle(tree: Path) -> None:
    """Give all files the rights that a package has and the commit's time."""
    for path in [*sorted(tree.rglob("*"), reverse=True), tree]:
        if not path.is_symlink():
            executable = path.is_dir() or path.parent.name == "bin" or (path.suffix == "" and _is_program(path))
            path.chmod(0o755 if executable else 0o644)
        os.utime(path, (epoch(), epoch()), follow_symlinks=False)


def _is_program(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def anonymous(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """Return an archive's entry as one of root's, of the commit's time."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    entry.mtime = epoch()
    return entry


def settle_zip(path: Path) -> None:
    """Put the entries of a zip into the order of their names, each with the time and rights that it has."""
    settled = io.BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(settled, "w") as target:
        for entry in sorted(source.infolist(), key=lambda entry: entry.filename):
            target.writestr(entry, source.read(entry))
    path.write_bytes(settled.getvalue())


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
            target.addfile(anonymous(entry), source.extractfile(entry) if entry.isfile() else None)
    path.write_bytes(settled.getvalue())
