"""The command line as its users have it: a process of its own, against a real HTTP server that counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command_line import CommandLine


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """The command line in a folder of its own, with a key for the provider ``lab``."""
    monkeypatch.setenv("LAB_KEY", "sk-lab-0123456789abcdef")
    return CommandLine(tmp_path)
