"""The shipped chains fit their own sheets and run: each against the simulated provider, every row to its end."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from chaindesk.chain_file import load_chain
from chaindesk.credentials import KeyStore
from chaindesk.domain.chains.chain_binding import bind
from chaindesk.domain.completion import DEMO_BASE_URL
from chaindesk.domain.status import Status
from chaindesk.engine.run.options import RunOptions
from chaindesk.engine.session import Session
from chaindesk.journal.memory import MemoryJournal
from chaindesk.settings import resource
from chaindesk.simulator.options import SimulatorOptions
from chaindesk.simulator.server import SimulatorServer
from chaindesk.workbook import ReadOptions, open_manifest

ROWS = {
    "articles": 40,
    "classify": 16,
    "extract": 12,
    "leads": 26,
    "moderate": 14,
    "products": 14,
    "quality": 12,
    "research": 12,
    "rewrite": 12,
    "summarise": 8,
    "translate": 32,
}


def test_every_shipped_chain_has_its_sheet() -> None:
    folder = resource("examples")
    assert {path.stem for path in folder.glob("*.yaml")} == set(ROWS)
    assert {path.stem for path in folder.glob("*.xlsx")} == set(ROWS)


@pytest.mark.parametrize("name", ROWS)
def test_the_examples_fit_their_chains(name: str) -> None:
    chain = load_chain(resource(f"examples/{name}.yaml"))
    manifest = open_manifest(resource(f"examples/{name}.xlsx"), ReadOptions(id_column=chain.id_column))
    _, problems = bind(chain, manifest)
    assert not problems
    assert not manifest.notices
    assert len(manifest.rows) == ROWS[name]
    assert len({row.key for row in manifest.rows if row.named}) == ROWS[name]
    assert {step.provider for step in chain.steps} == {"demo"}


@pytest.mark.parametrize("name", sorted(set(ROWS) - {"articles", "leads", "translate"}))
async def test_the_chains_of_the_gallery_run_to_their_end(name: str, tmp_path: Path) -> None:
    workbook = Path(shutil.copy(resource(f"examples/{name}.xlsx"), tmp_path))
    chain = load_chain(resource(f"examples/{name}.yaml"))
    manifest = open_manifest(workbook, ReadOptions(id_column=chain.id_column))
    async with SimulatorServer(SimulatorOptions(latency=0.0)) as server:
        places = {DEMO_BASE_URL: server.base_url}
        session = Session(manifest, chain, MemoryJournal(), KeyStore(environment={}), addresses=places)
        result = await session.run(RunOptions(), lambda event: None)
    assert result.counts == {Status.DONE: ROWS[name]}
    first = session.outputs(manifest.rows[0])
    for step, output in zip(chain.steps, first, strict=True):
        if step.fields and output.answer is not None:
            assert set(output.answer.fields) == set(step.fields)
