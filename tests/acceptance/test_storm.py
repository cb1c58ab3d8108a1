"""A storm of every fault at once, through the real command line's session: every row done, each with its own answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from chaindesk.chain_file import parse_chain
from chaindesk.credentials import KeyStore
from chaindesk.domain.events import Event, StepFinished
from chaindesk.domain.status import Status
from chaindesk.engine.run.options import RunOptions
from chaindesk.engine.session import Session
from chaindesk.journal.sqlite.journal import open_journal
from chaindesk.json_contract.encoding import to_json
from chaindesk.simulator.options import SimulatorOptions
from chaindesk.simulator.server import SimulatorServer, answer_of
from chaindesk.workbook import open_manifest
from tests.support.json_lines import checked_line

pytestmark = pytest.mark.slow

STORM: dict[str, Any] = {
    "latency": 0.01,
    "error_429": 0.10,
    "error_500": 0.05,
    "error_503": 0.05,
    "reset": 0.05,
    "hang": 0.02,
    "malformed": 0.03,
}
CHAIN = """
name: storm
concurrency: 20
providers:
  lab: {kind: openai-chat, base_url: "BASE"}
steps:
  - {name: notes, model: lab/writer, timeout: 3, prompt: "Notes on {{Topic}}"}
  - {name: draft, model: lab/writer, timeout: 3, prompt: "Draft from {{notes}}"}
"""


async def test_every_row_comes_through_a_storm_with_its_own_answers(tmp_path: Path) -> None:
    path = tmp_path / "jobs.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Jobs")
        sheet.write_column(0, 0, ["Topic", *(f"lamp {number}" for number in range(25))])
    options = SimulatorOptions(**STORM, seed=1)
    journal = open_journal(tmp_path / "journal.sqlite3")
    finished: list[StepFinished] = []

    def listen(event: Event) -> None:
        checked_line(to_json(event))
        if isinstance(event, StepFinished):
            finished.append(event)

    async with SimulatorServer(options) as server:
        chain = parse_chain(CHAIN.replace("BASE", server.base_url), "storm.yaml")
        session = Session(open_manifest(path), chain, journal, KeyStore())
        result = await session.run(RunOptions(), listen)
    assert result.counts == {Status.DONE: 25}
    for row in session.manifest.rows:
        outputs = {"": ""}
        for step, (index, event) in zip(
            chain.steps,
            enumerate(sorted((e for e in finished if e.row == row.number), key=lambda e: e.at)),
            strict=True,
        ):
            request = session.request_builder.request(index, row, outputs)
            assert event.text == answer_of(options, request)
            outputs[step.name] = event.text
    attempts = max(event.attempts for event in finished)
    assert attempts <= 3 * chain.retry.attempts  # refusals for the rate alone count a quarter
    journal.close()
