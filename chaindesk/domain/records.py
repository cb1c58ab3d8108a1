"""What the journal keeps: answers that were paid for, how rows ended, what people said of them, and the runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import Enum
from types import MappingProxyType

from chaindesk.domain.chains.answer_fields import FieldValue
from chaindesk.domain.completion import Finish, Speed, Usage
from chaindesk.domain.errors import FailureKind
from chaindesk.domain.fast_values import fast_init
from chaindesk.domain.status import Review, Status

TRIAL_MARK = " (trial)"
"""How the key ends under which a trial's answers stand until a run uses them."""


class AnswerKind(Enum):
    """What a stored answer is. The value is how the fingerprint begins that it is stored under."""

    USABLE = ""
    UNUSABLE = "unfit:"  # paid for, but it did not fit its step's fields, or broke off: no row claims it
    POSSIBLY_BILLED = "unfit:lost:"  # no whole reply came, and nobody knows whether the call was billed
    DRAFT = "unfit:draft:"  # of a row whose answer is not settled yet: a vote, or one that failed its checks
    VERDICT = "unfit:judge:"  # what a judge said of an answer
    MANUAL = "unfit:own:"  # a person's text where no call was ever answered

    @classmethod
    def of(cls, fingerprint: str) -> AnswerKind:
        """Return the kind of the answer that is stored under a fingerprint."""
        if not fingerprint.startswith(cls.UNUSABLE.value):
            return cls.USABLE
        special = (cls.POSSIBLY_BILLED, cls.MANUAL, cls.DRAFT, cls.VERDICT)
        return next((kind for kind in special if fingerprint.startswith(kind.value)), cls.UNUSABLE)

    def fingerprint(self, request: str, inputs: str = "") -> str:
        """Return what an answer of this kind is stored under.

        Args:
            request: the fingerprint of the request; "" where a manual text stands for an unknown one.
            inputs: of a manual text, the hash of the row's inputs beside which it was written.
        """
        return f"{self.value}{inputs}:{request}" if self is AnswerKind.MANUAL else f"{self.value}{request}"


def inputs_of_manual(fingerprint: str) -> str:
    """Return the hash of the inputs beside which a manual text was written; "" for an answer of another kind."""
    if AnswerKind.of(fingerprint) is not AnswerKind.MANUAL:
        return ""
    return fingerprint.removeprefix(AnswerKind.MANUAL.value).partition(":")[0]


@fast_init
@dataclass(frozen=True, slots=True)
class Answer:
    """One paid-for answer, as it is kept.

    Attributes:
        id: the journal's number for it; 0 while it is not stored.
        run_id: the run that paid for it.
        workbook_id: the journal's number of the workbook and sheet.
        row_key: the row's key at that time.
        row_number: the row's sheet number at that time.
        step: the step's name.
        fingerprint: what it is stored under: its kind and its request in one text.
        text: the model's own text.
        fields: the values of a structured answer by field name; empty for plain text.
        model: as the provider named it.
        usage: tokens, or None where the provider did not say.
        cost: US dollars, or None where unknown.
        seconds: of the call that succeeded.
        attempts: calls made for it, the failed ones included.
        finish: why the model stopped.
        request_id: the provider's id of the request.
        finished_at: when it arrived (UTC).
        edited_text: what a person made of it, or None.
        speed: the speed that it was served at.
        examples: the numbers of the approved answers that the model was shown with the request.
    """

    run_id: int
    workbook_id: int
    row_key: str
    row_number: int
    step: str
    fingerprint: str
    text: str
    model: str
    usage: Usage | None
    cost: Decimal | None
    seconds: float
    attempts: int
    finish: Finish
    request_id: str
    finished_at: datetime
    fields: Mapping[str, FieldValue] = field(default_factory=lambda: MappingProxyType({}))
    edited_text: str | None = None
    id: int = 0
    speed: Speed = Speed.STANDARD
    examples: tuple[int, ...] = ()

    @property
    def shown_text(self) -> str:
        """The text that later steps and the workbook see: the person's where there is one, else the model's."""
        return self.text if self.edited_text is None else self.edited_text

    @property
    def by_hand(self) -> bool:
        """Whether a person's text is shown. The model's own may have been chosen again, and is stored like an edit."""
        return self.edited_text is not None and self.edited_text != self.text

    @property
    def kind(self) -> AnswerKind:
        """Whether rows may use it, and why not."""
        return AnswerKind.of(self.fingerprint)

    @property
    def request(self) -> str:
        """The fingerprint of the request that it answers; "" where that is unknown."""
        kind = self.kind
        stored = self.fingerprint.removeprefix(kind.value)
        return stored.partition(":")[2] if kind is AnswerKind.MANUAL else stored

    def fits(self, request: str) -> bool:
        """Return whether it answers a request, given by its fingerprint.

        What did not fit its step's fields is there only as a person's version of it.
        """
        match self.kind:
            case AnswerKind.POSSIBLY_BILLED | AnswerKind.DRAFT | AnswerKind.VERDICT:
                return False
            case AnswerKind.MANUAL:
                return self.request in {"", request}
            case _:
                return self.request == request


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a row failed: the step, the kind, a plain reason, and the calls that were made for that step.

    ``http_status`` and ``request_id`` are of the last call, where there was a reply that named them: for the provider's
    support.
    """

    step: str
    kind: FailureKind
    message: str
    attempts: int = 1
    http_status: int | None = None
    request_id: str = ""


@fast_init
@dataclass(frozen=True, slots=True)
class RowOutcome:
    """How a row ended in a run.

    Attributes:
        run_id: the run.
        workbook_id: the journal's number of the workbook and sheet.
        row_key: the row's key at that time.
        row_number: its sheet number at that time.
        digest: the hash of its inputs (``Manifest.digest``), which recognises a moved row.
        status: done, failed, stopped or skipped.
        failure: why, where it failed.
        seconds: from its first call to its end.
        finished_at: when it ended (UTC).
    """

    run_id: int
    workbook_id: int
    row_key: str
    row_number: int
    digest: str
    status: Status
    failure: Failure | None
    seconds: float
    finished_at: datetime


@dataclass(frozen=True, slots=True)
class RowReview:
    """A person's word on a row, which is a word on the answer that the row had then; the newest counts.

    Attributes:
        workbook_id: the journal's number of the workbook and sheet.
        row_key: the row's key at that time.
        digest: the hash of its inputs at that time.
        review: the word.
        answer_id: the journal's number of the row's last answer at that time; 0 where that was not noted.
        reason: why, in the person's words; "" where none was given.
        answers: the row's answers at that time, of an approval; empty where they were not noted.
        newest: the row's newest answer at that time, of an approval, whichever prompt had asked for it; 0 likewise.
    """

    workbook_id: int
    row_key: str
    digest: str
    review: Review
    answer_id: int = 0
    reason: str = ""
    answers: tuple[int, ...] = ()
    newest: int = 0


@dataclass(frozen=True, slots=True)
class RerunNote:
    """What a person told a model about its answer, so that the step is asked again with both.

    Attributes:
        workbook_id: the journal's number of the workbook and sheet.
        row_key: the row's key at that time.
        digest: the hash of its inputs at that time.
        step: the step's name.
        request: the fingerprint of what the step asks without the note: where it asks anything else, the note lapses.
        answer: the text that the note is about.
        text: the note.
        made_at: when it was written (UTC), by which it is known; stored again, it is the same note.
        asked: the fingerprint of what the step asks with the note.
        withdrawn: whether the person has taken it back.
    """

    workbook_id: int
    row_key: str
    digest: str
    step: str
    request: str
    answer: str
    text: str
    made_at: datetime
    asked: str = ""
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class ManualEdit:
    """A person's text that an answer shows now.

    Attributes:
        answer_id: the answer's number.
        row_key: the row's key when the answer was paid for.
        digest: the hash of the row's inputs in that run; "" where the row never came to its end in it.
        step: the step's name.
        fingerprint: of the request that the answer belongs to.
        edited_at: when the text was written (UTC).
    """

    answer_id: int
    row_key: str
    digest: str
    step: str
    fingerprint: str
    edited_at: datetime


class RunState(Enum):
    """How a run stands or ended."""

    RUNNING = "running"
    FINISHED = "finished"
    STOPPED = "stopped"  # by the user
    HALTED = "halted"  # by a refused key, an empty account, a wrong model, the budget or the brake
    INTERRUPTED = "interrupted"  # by a crash or a kill: it never ended, and nobody is running it


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run as history shows it.

    Attributes:
        id: its number; 0 while it is not stored.
        workbook_id: the journal's number of the workbook and sheet.
        workbook: the workbook's path, as it was.
        sheet: the sheet's name.
        chain: the chain's name.
        steps: the names of its steps in order.
        concurrency: rows at once when it began.
        rows: how many rows were chosen.
        started_at: UTC.
        finished_at: UTC, or None while it runs or where it never ended.
        state: how it stands.
        retries: calls that were made again.
        reused: answers that were reused from the journal instead of paid for.
        definition: the chain itself as JSON, so that its answers can be exported without its file; "" where unknown.
        budget: US dollars that it may spend, as it was last set, or None for no limit.
        held_seconds: seconds in which it was paused or held.
        complete: chosen rows that had all their answers before it; None where that was not noted.
        skipped: chosen rows that had nothing to run; None where that was not noted.
    """

    workbook_id: int
    workbook: str
    sheet: str
    chain: str
    steps: tuple[str, ...]
    concurrency: int
    rows: int
    started_at: datetime
    finished_at: datetime | None = None
    state: RunState = RunState.RUNNING
    retries: int = 0
    reused: int = 0
    id: int = 0
    definition: str = ""
    budget: Decimal | None = None
    held_seconds: float = 0.0
    complete: int | None = None
    skipped: int | None = None
