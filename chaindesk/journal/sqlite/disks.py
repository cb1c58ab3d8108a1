"""What the journal has to know of the disk that it lies on."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_REMOTE = (
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ncpfs", "davfs", "fuse.sshfs", "fuse.davfs2", "fuse.rclone",
    "fuse.gvfsd-fuse", "fuse.s3fs", "glusterfs", "fuse.glusterfs", "ceph", "lustre", "vboxsf", "prl_fs",
    "fuse.vmhgfs-fuse",
)  # fmt: skip
_MOUNTS = Path("/proc/self/mountinfo")
_WINDOWS_REMOTE = 4


def is_remote(path: Path) -> bool:
    """Whether a file is on a drive of another machine. There SQLite's write-ahead log is not safe.

    It is False where nobody can tell, as on macOS.
    """
    absolute = Path(os.path.realpath(path))
    if sys.platform == "win32":
        import ctypes

        drive = absolute.anchor
        return drive.startswith("\\\\") or bool(ctypes.windll.kernel32.GetDriveTypeW(drive) == _WINDOWS_REMOTE)
    try:
        return _kind_of_mount(absolute, _MOUNTS.read_text("utf-8", "surrogateescape")) in _REMOTE
    except OSError:
        return False


def _kind_of_mount(path: Path, mounts: str) -> str:
    """The file system of the mount that holds a path, from the text of ``mountinfo``: the last of the longest."""
    best, kind = -1, ""
    for line in mounts.splitlines():
        mount, _, device = line.partition(" - ")
        parts = mount.split()
        if len(parts) < 5 or not device:
            continue
        point = parts[4].replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\")
        if len(point) >= best and path.is_relative_to(point):
            best, kind = len(point), device.split()[0]
    return kind
