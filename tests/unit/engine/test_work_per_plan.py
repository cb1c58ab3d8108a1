"""How much a plan does for each row: counted, never timed."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from chaindesk.credentials import KeyStore
from chaindesk.domain.chain import Chain
from chaindesk.domain.completion import FingerprintFrame
from chaindesk.domain.manifest import Column, Manifest, Row, RowValues
from chaindesk.engine.session import Session
from chaindesk.journal.memory import MemoryJournal

ROWS = 50


def test_a_plan_fingerprints_each_row_once_and_renders_nothing_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: Counter[str] = Counter()
    fingerprint = FingerprintFrame.fingerprint

    def counting(self: FingerprintFrame, *words: object) -> str:
        counted["fingerprints"] += 1
        return fingerprint(self, *words)  # type: ignore[arg-type]

    monkeypatch.setattr(FingerprintFrame, "fingerprint", counting)
    rows = tuple(Row(n, str(n), RowValues({"Topic": 0}, [f"Topic {n}"])) for n in range(2, ROWS + 2))
    manifest = Manifest(tmp_path / "a.xlsx", "Jobs", ("Jobs",), 1, (Column("Topic", 1, "Topic"),), rows)
    prompts = {"first": "Notes on {{Topic}}.", "second": "Go on. {{first}}", "third": "Edit. {{second}}"}
    steps = [{"name": name, "model": "demo/writer", "prompt": prompt} for name, prompt in prompts.items()]
    chain = Chain.model_validate({"name": "count", "steps": steps})
    plan = Session(manifest, chain, MemoryJournal(), KeyStore(environment={})).plan()
    assert plan.calls == 3 * ROWS
    assert counted["fingerprints"] == ROWS  # only what the first step asks is known
