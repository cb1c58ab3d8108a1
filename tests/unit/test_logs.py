from __future__ import annotations

import logging
from pathlib import Path

import pytest

from chaindesk.domain.errors import EnvironmentFailure
from chaindesk.logs import open_log

KEY = "sk-proj-0123456789abcdefghij"


def test_an_error_is_logged_with_its_place_and_without_its_key(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = open_log(lambda: tmp_path)
    assert path is not None
    assert not path.exists(), "no line, no file"
    log = logging.getLogger("chaindesk.engine.row_task")
    try:
        raise ValueError(f"refused {KEY}")
    except ValueError:
        log.exception("Row %s failed", 7)
    logged = path.read_text("utf-8")
    assert "Row 7 failed: ValueError: refused •••" in logged
    assert "test_logs.py" in logged
    assert KEY not in logged
    assert capsys.readouterr().err == "", "the terminal is for plain words"


def test_without_a_folder_nothing_is_logged_and_nothing_fails(capsys: pytest.CaptureFixture[str]) -> None:
    def refused() -> Path:
        raise EnvironmentFailure("The folder cannot be made.")

    assert open_log(refused) is None
    logging.getLogger("chaindesk").error("nobody hears it")
    assert capsys.readouterr().err == ""
