"""Tests of files that are put in their place whole or not at all."""

from __future__ import annotations

import stat
import sys
from pathlib import Path
from typing import IO

import pytest

from chaindesk.files.atomic_write import replace_file


def test_a_file_that_cannot_be_written_whole_leaves_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "notes.json"
    path.write_bytes(b"before")

    def fail(file: IO[bytes]) -> None:
        file.write(b"half of it")
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        replace_file(path, fail)
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_is_replaced_by_what_was_written(tmp_path: Path) -> None:
    path = tmp_path / "notes.json"
    path.write_bytes(b"before, and longer")
    replace_file(path, lambda file: file.write(b"after"))
    assert path.read_bytes() == b"after"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other rights")
def test_a_file_is_kept_to_its_user_unless_told_otherwise(tmp_path: Path) -> None:
    replace_file(tmp_path / "own", lambda file: file.write(b""))
    replace_file(tmp_path / "report", lambda file: file.write(b""), mode=0o644)
    assert stat.S_IMODE((tmp_path / "own").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "report").stat().st_mode) == 0o644
