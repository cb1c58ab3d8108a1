"""Confirm tokens: once, for a while, for files as they were."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest

from chaindesk.cli.mcp_server.confirmation import LIFETIME_S, Confirmed, ConfirmTokens, digests_of
from chaindesk.domain.errors import UsageError


@dataclass
class Clock:
    now: float = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def confirmed(folder: Path) -> Confirmed:
    workbook, chain = folder / "jobs.xlsx", folder / "chain.yaml"
    workbook.write_bytes(b"rows")
    chain.write_text("name: x")
    return Confirmed(workbook, "Jobs", chain, "first:3", Decimal("0.50"), digests_of(workbook, chain))


def test_a_token_allows_what_it_was_given_for_once(tmp_path: Path) -> None:
    allowed = confirmed(tmp_path)
    token = ConfirmTokens(tmp_path / "tokens").give(allowed)
    other_process = ConfirmTokens(tmp_path / "tokens")
    assert other_process.use(token) == allowed
    with pytest.raises(UsageError, match="it was used"):
        other_process.use(token)
    assert token not in "".join(path.name for path in (tmp_path / "tokens").iterdir())


def test_a_token_expires(tmp_path: Path) -> None:
    clock = Clock()
    tokens = ConfirmTokens(tmp_path / "tokens", clock)
    early, late = tokens.give(confirmed(tmp_path)), tokens.give(confirmed(tmp_path))
    clock.now += LIFETIME_S - 1
    assert tokens.use(early)
    clock.now += 1
    with pytest.raises(UsageError, match="has expired"):
        tokens.use(late)


@pytest.mark.parametrize("name", ["jobs.xlsx", "chain.yaml"])
def test_a_token_ends_when_a_file_changes(tmp_path: Path, name: str) -> None:
    tokens = ConfirmTokens(tmp_path / "tokens")
    token = tokens.give(confirmed(tmp_path))
    (tmp_path / name).write_bytes(b"other")
    with pytest.raises(UsageError, match="has changed"):
        tokens.use(token)


@pytest.mark.parametrize("token", ["", "guessed", "../x", "\ud800"])
def test_a_guess_is_no_token(tmp_path: Path, token: str) -> None:
    with pytest.raises(UsageError, match="no confirm token"):
        ConfirmTokens(tmp_path / "tokens").use(token)
