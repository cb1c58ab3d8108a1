"""How much a plan does for each row: counted, never timed."""

from __future__ import annotations

import gc
import hashlib
from collections import Counter
from collections.abc import Collection, Mapping
from hashlib import sha256
from pathlib import Path

import pytest

from chaindesk.credentials import KeyStore
from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.completion import FingerprintFrame
from chaindesk.domain.manifest import Column, Manifest, Row, RowValues
from chaindesk.domain.records import Answer
from chaindesk.engine.session import Session
from chaindesk.journal.memory import MemoryJournal
from tests.support.engine import EngineHarness, make_chain, make_topics

ROWS = 50


@pytest.fixture
def fingerprints(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Counts the fingerprints that are computed."""
    counted: Counter[str] = Counter()
    fingerprint = FingerprintFrame.fingerprint

    def counting(self: FingerprintFrame, *words: object) -> str:
        counted["all"] += 1
        return fingerprint(self, *words)  # type: ignore[arg-type]

    monkeypatch.setattr(FingerprintFrame, "fingerprint", counting)
    return counted


def test_a_plan_of_a_new_sheet_fingerprints_and_hashes_nothing(
    tmp_path: Path, fingerprints: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = tuple(Row(n, str(n), RowValues({"Topic": 0}, [f"Topic {n}"])) for n in range(2, ROWS + 2))
    manifest = Manifest(tmp_path / "a.xlsx", "Jobs", ("Jobs",), 1, (Column("Topic", 1, "Topic"),), rows)
    prompts = {"first": "Notes on {{Topic}}.", "second": "Go on. {{first}}", "third": "Edit. {{second}}"}
    steps = [{"name": name, "model": "demo/writer", "prompt": prompt} for name, prompt in prompts.items()]
    chain = Chain.model_validate({"name": "count", "steps": steps})
    session = Session(manifest, chain, MemoryJournal(), KeyStore(environment={}))
    hashed: list[bytes] = []
    monkeypatch.setattr(hashlib, "sha256", lambda data: hashed.append(data) or sha256(data))
    plan = session.plan()
    assert plan.calls == 3 * ROWS
    assert session.hints(plan) == []
    assert not fingerprints
    assert len(hashed) <= len(steps)  # nobody has paid for an answer that a row could claim


def test_a_ledger_makes_no_object_for_a_row() -> None:
    engine = EngineHarness(make_topics(20 * ROWS), make_chain({"prompt": "Notes on {{Topic}}."}))
    gc.collect()
    before = len(gc.get_objects())
    ledger = engine.read_ledger()
    made = len(gc.get_objects()) - before
    assert len(ledger.entries) == 20 * ROWS
    assert made < ROWS


class CountingJournal(MemoryJournal):
    """Counts the answers that are read."""

    def __init__(self) -> None:
        super().__init__()
        self.read: Counter[int] = Counter()

    def answers_by_number(self, numbers: Collection[int]) -> Mapping[int, Answer]:
        self.read.update(numbers)
        return super().answers_by_number(numbers)

    def answer(self, number: int) -> Answer | None:
        self.read[number] += 1
        return super().answer(number)


async def test_a_finished_sheet_is_taken_in_with_each_answer_read_and_each_request_fingerprinted_once(
    fingerprints: Counter[str],
) -> None:
    journal = CountingJournal()
    steps = [{"prompt": "Notes on {{Topic}}."}, {"prompt": "Go on. {{s1}}"}, {"prompt": "Edit. {{s2}}"}]
    engine = EngineHarness(make_topics(ROWS), make_chain(*steps), journal)
    await engine.run()
    journal.read.clear()
    fingerprints.clear()
    again = engine.reopened()
    assert again.statuses() == {"done": ROWS}
    assert again.plan().calls == 0
    assert set(journal.read.values()) == {1}
    assert len(journal.read) == 3 * ROWS
    assert fingerprints["all"] == 3 * ROWS
