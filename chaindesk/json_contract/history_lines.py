"""The lines of the other commands that read the journal: ``runs``, ``show`` and ``export``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from chaindesk.domain.manifest import Notice
from chaindesk.domain.records import Failure, RunState
from chaindesk.domain.status import Review, Status
from chaindesk.json_contract.report_lines import RowOutcomes


@dataclass(frozen=True, slots=True)
class RunLine:
    """One run of a list.

    Attributes:
        run_id: its number.
        workbook: its file, as it was.
        sheet: the sheet's name.
        chain: the chain's name.
        step_names: its steps in order.
        state: how it stands or ended.
        started_at: when it began.
        finished_at: when it ended; null while it goes on, or where it never ended.
        concurrency: rows at once when it began.
        row_count: rows that it took.
        outcomes: what this run did with them.
        stored_answers: answers that it paid for, those included that are of no use.
        retries: calls that were made again.
        reused: answers that were taken from the journal.
        total_tokens: in and out.
        cost: as far as prices are known; null where none is.
        budget: what it was allowed to cost; null for no limit.
        held_seconds: seconds in which it was paused or held.
        journal_bytes: the room that the whole journal takes.
    """

    run_id: int
    workbook: str
    sheet: str
    chain: str
    step_names: tuple[str, ...]
    state: RunState
    started_at: datetime
    finished_at: datetime | None
    concurrency: int
    row_count: int
    outcomes: RowOutcomes
    stored_answers: int
    retries: int
    reused: int
    total_tokens: int
    cost: Decimal | None
    budget: Decimal | None
    held_seconds: float
    journal_bytes: int


@dataclass(frozen=True, slots=True)
class CleanedLine:
    """What ``runs --clean`` took away, all figures 0 where nothing was old enough.

    Attributes:
        runs: runs.
        answers: their answers.
        workbooks: workbooks of which nothing is left.
        journal_bytes_before: the room that the journal took.
        journal_bytes: the room that it takes now.
    """

    runs: int
    answers: int
    workbooks: int
    journal_bytes_before: int
    journal_bytes: int


@dataclass(frozen=True, slots=True)
class RepairedLine:
    """What ``runs --repair`` found and saved.

    Attributes:
        kept: where the damaged journal is, as it was; null where it was sound.
        answers: answers that could be read.
        runs: runs that could be read.
        whole: whether everything could be read.
    """

    kept: Path | None
    answers: int
    runs: int
    whole: bool


@dataclass(frozen=True, slots=True)
class OutputVersion:
    """One version of an output.

    Attributes:
        text: what it says.
        made_at: when it came about.
        by_hand: whether a person wrote it.
        shown: whether the row shows it now.
    """

    text: str
    made_at: datetime
    by_hand: bool
    shown: bool


@dataclass(frozen=True, slots=True)
class RowOutput:
    """One step's output of a row.

    Attributes:
        step: its name.
        state: answered, kept, stale, missing or skipped.
        text: what is shown.
        fields: the text of each field of a structured answer.
        model: as the provider named it; null where there is no answer.
        run_id: the run that paid for it; null where there is no answer.
        cost: of the call; null where unknown.
        versions: every version, the newest first.
        flags: the checks that it fails, in words.
    """

    step: str
    state: str
    text: str
    fields: Mapping[str, str]
    model: str | None
    run_id: int | None
    cost: Decimal | None
    versions: tuple[OutputVersion, ...]
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RowLine:
    """One row, as ``show`` tells it.

    Attributes:
        row: its sheet row number.
        key: how it is known.
        status: how it stands.
        review: a person's word on it.
        reason: why, in the person's words, or "".
        inputs: the texts of the user's own columns.
        outputs: each step's output.
        failure: why it failed, or null.
    """

    row: int
    key: str
    status: Status
    review: Review
    reason: str
    inputs: Mapping[str, str]
    outputs: tuple[RowOutput, ...]
    failure: Failure | None


@dataclass(frozen=True, slots=True)
class ExportLine:
    """What ``export`` saved.

    Attributes:
        path: the file, or the folder of the rows' files.
        row_count: how many rows it holds.
        file_count: how many files were written.
        notices: what should be known.
        columns: the column number of each new header; empty for other formats than a workbook.
    """

    path: Path
    row_count: int
    file_count: int
    notices: tuple[Notice, ...]
    columns: Mapping[str, int]
