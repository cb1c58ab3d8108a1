"""What an export reads from, and what it returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.manifest import Manifest
from chaindesk.engine.answers.ledger import AnswerLedger
from chaindesk.engine.quality.review_quality import ReviewQuality
from chaindesk.journal.protocol import Journal


@dataclass(frozen=True, slots=True)
class ExportSource:
    """Where an export has its cells from.

    Attributes:
        manifest: the sheet as the file has it now.
        chain: the chain whose outputs are written.
        ledger: the answers and states of the rows.
        journal: where the answers are stored; it records the path of the export.
        workbook_id: the journal's number of the workbook and sheet.
        password: of an encrypted workbook.
        quality: what the answers are worth; None for a past run.
    """

    manifest: Manifest
    chain: Chain
    ledger: AnswerLedger
    journal: Journal
    workbook_id: int
    password: str | None = None
    quality: ReviewQuality | None = None


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What was saved.

    Attributes:
        path: the file, or the folder of the rows' files.
        notices: what was noticed on the way.
        columns: the column of each header in a workbook's sheet; empty for other formats.
        rows: how many rows it holds.
        files: how many files were written.
    """

    path: Path
    notices: tuple[str, ...]
    columns: Mapping[str, int]
    rows: int = 0
    files: int = 1
