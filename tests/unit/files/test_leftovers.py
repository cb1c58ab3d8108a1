"""What a killed export leaves beside its target is gone after the next; what another one is writing stays."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from chaindesk.files.atomic_write import temporary_beside
from chaindesk.workbook.writing.backup import save

KILLED = """
import os, signal, sys
from pathlib import Path
from chaindesk.workbook.writing.backup import save

def write(file):
    file.write(b"half")
    file.flush()
    print("writing", flush=True)
    sys.stdin.read()

save(Path(sys.argv[1]), write)
"""


def aged(path: Path) -> Path:
    os.utime(path, (1_000_000_000, 1_000_000_000))
    return path


def test_what_a_killed_export_left_is_cleared_and_what_is_being_written_stays(tmp_path: Path) -> None:
    target = tmp_path / "jobs.completed.xlsx"
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(target)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "writing\n"
        (half,) = tmp_path.iterdir()
        aged(half)
        save(target, lambda file: file.write(b"whole"))
        assert half.exists()
        other.kill()
        other.wait()
    save(target, lambda file: file.write(b"whole"))
    assert [path.name for path in tmp_path.iterdir()] == ["jobs.completed.xlsx"]


def test_nothing_else_is_cleared(tmp_path: Path) -> None:
    target = tmp_path / "jobs.xlsx"
    others = [".jobs.xlsx.tmp", ".jobs.0123456789ab.tmp.xlsx", "jobs.0123456789ab.tmp", ".job.0123456789ab.tmp"]
    for name in others:
        aged_file = tmp_path / name
        aged_file.write_bytes(b"somebody's")
        aged(aged_file)
    fresh = temporary_beside(target)
    fresh.write_bytes(b"just begun")
    save(target, lambda file: file.write(b"whole"))
    assert {path.name for path in tmp_path.iterdir()} == {*others, fresh.name, target.name}
