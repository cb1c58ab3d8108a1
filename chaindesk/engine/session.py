"""An opened workbook with its chain and its journal: what the command line and the window hold.

This is the room that wires the runner to real providers, a real journal and real workbooks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from chaindesk.domain.chain import Chain, bind
from chaindesk.domain.completion import Endpoint
from chaindesk.domain.errors import ChainError
from chaindesk.domain.events import Event
from chaindesk.domain.row import Manifest, Row
from chaindesk.domain.row_choice import RowChoice
from chaindesk.domain.status import Review
from chaindesk.engine.control import RunControl
from chaindesk.engine.planned import (
    Estimate,
    ExportReport,
    OutputState,
    Plan,
    PlannedRow,
    RunOptions,
    RunResult,
    StepOutput,
)
from chaindesk.engine.snapshot import RowState
from chaindesk.journal.base import Journal

if TYPE_CHECKING:
    from chaindesk.credentials import KeyStore

__all__ = [
    "Estimate",
    "ExportReport",
    "OutputState",
    "Plan",
    "PlannedRow",
    "RowState",
    "RunControl",
    "RunOptions",
    "RunResult",
    "Session",
    "StepOutput",
]


class Session:
    """An opened workbook with its chain and its journal.

    Attributes:
        manifest: the sheet that holds the jobs.
        chain: the chain.
        journal: where every paid-for answer is kept.
        keys: where API keys come from.
        endpoints: each provider that the chain uses, by name.
        workbook_id: the journal's number of the workbook and sheet.
    """

    def __init__(
        self,
        manifest: Manifest,
        chain: Chain,
        journal: Journal,
        keys: KeyStore,
        *,
        addresses: Mapping[str, str] | None = None,
    ) -> None:
        """Tie a chain to a sheet.

        Args:
            manifest: the sheet.
            chain: the chain.
            journal: the opened journal.
            keys: where API keys come from.
            addresses: where to find a base URL really, such as the simulated provider's port for ``demo:embedded``.

        Raises:
            ChainError: the chain does not fit the sheet, with every mistake.
            InputError: a provider is unknown.
            JournalError: the journal cannot be read.
        """
        self.manifest = manifest
        self.chain = chain
        self.journal = journal
        self.keys = keys
        self.bound, problems = bind(chain, manifest)
        if problems:
            raise ChainError(problems)
        self.addresses = dict(addresses or {})
        self.endpoints: dict[str, Endpoint] = {}
        self.workbook_id = journal.workbook_id(manifest.path, manifest.sheet)

    def plan(self, choice: RowChoice | None = None, *, fresh: bool = False) -> Plan:
        """What a run would do. May take seconds for a very long sheet: call it in a thread there."""
        raise NotImplementedError

    def statuses(self) -> Mapping[int, RowState]:
        """Each row as the journal knows it, by sheet number: for the table before any run."""
        raise NotImplementedError

    def outputs(self, row: Row) -> tuple[StepOutput, ...]:
        """The outputs of each step of a row, as they are now. Quick."""
        raise NotImplementedError

    async def run(
        self, options: RunOptions, listener: Callable[[Event], None], control: RunControl | None = None
    ) -> RunResult:
        """Run the chain over the chosen rows.

        Raises:
            InputError: nothing was run, because a key is missing or a budget cannot be kept.
            JournalError: the journal cannot be written.
        """
        raise NotImplementedError

    async def review(self, row: Row, review: Review) -> None:
        """Keep a person's word on a row."""
        raise NotImplementedError

    async def edit(self, row: Row, step: str, text: str | None) -> None:
        """Keep a person's version of a step's output beside the model's own; None goes back to the model's.

        Raises:
            UsageError: the step has no answer yet, or the text does not fit the step's fields.
        """
        raise NotImplementedError

    async def export(self, target: Path | None = None, *, overwrite_source: bool = False) -> ExportReport:
        """Save the workbook with what the journal knows; by default as ``NAME.completed.xlsx`` beside it.

        Raises:
            SaveError: it could not be saved.
            WorkbookError: the workbook cannot be read any more.
        """
        raise NotImplementedError
