"""The one tree of errors.

Three branches tell apart what a caller must do: ``InputError`` (the user's file or words are at fault, nothing was
run), ``EnvironmentFailure`` (the machine refused: disk, keyring, journal) and ``CallError`` (a model call failed).
Anything else that escapes is a bug. Each class's docstring is its default message, in words for the user.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from chaindesk.domain.completion import Speed, Usage


class ChainDeskError(Exception):
    """Something went wrong."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or inspect.getdoc(type(self)) or "")


class InputError(ChainDeskError):
    """The input cannot be used as it is."""


class WorkbookError(InputError):
    """The workbook cannot be used as it is."""


class PasswordNeeded(WorkbookError):
    """The workbook is encrypted: give its password."""


class UsageError(InputError):
    """The request does not make sense as it stands."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in a chain or a sheet: what is wrong, where, and what to do about it.

    Attributes:
        message: a whole sentence, in the user's terms.
        file: the file's path as the user gave it, or "" where no file is involved.
        line: 1-based line in that file, or 0 where unknown.
        field: the path to the field, such as ``steps[2].prompt``, or "".
    """

    message: str
    file: str = ""
    line: int = 0
    field: str = ""

    def __str__(self) -> str:
        place = ":".join(part for part in (self.file, str(self.line) if self.line else "") if part)
        return ": ".join(part for part in (place, self.field, self.message) if part)


class ChainError(InputError):
    """The chain has mistakes."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems) or None)


class EnvironmentFailure(ChainDeskError):
    """The machine did not do what was asked of it."""


class JournalTrouble(Enum):
    """Why the journal did not do what was asked of it."""

    FULL = "disk full"
    READ_ONLY = "read-only"
    BUSY = "held by another program"
    DISK = "disk failure"  # the disk, or the way to it, gave an error
    GONE = "gone"  # its file or drive is not there any more
    DAMAGED = "damaged"
    SOUND = "sound"  # nothing is wrong with it, so that nothing is repaired
    FOREIGN = "no journal"  # a file of another kind, or of another program
    NEWER = "of a newer version"
    OTHER = "other"


class JournalError(EnvironmentFailure):
    """The journal cannot be read or written."""

    def __init__(self, message: str | None = None, trouble: JournalTrouble = JournalTrouble.OTHER) -> None:
        super().__init__(message)
        self.trouble = trouble

    @property
    def passing(self) -> bool:
        """Whether the same write may succeed later, once somebody has seen to the disk."""
        return self.trouble in _PASSING


_PASSING = frozenset(
    {
        JournalTrouble.FULL,
        JournalTrouble.READ_ONLY,
        JournalTrouble.BUSY,
        JournalTrouble.DISK,
        JournalTrouble.GONE,
    }
)


class SaveError(EnvironmentFailure):
    """The workbook could not be saved."""


class ClusterError(EnvironmentFailure):
    """The cluster cannot be used."""


class KeyringError(EnvironmentFailure):
    """The system's keyring did not answer."""


class Disposition(Enum):
    """What a failed call asks of the run."""

    RETRY = "retry"  # the same call may succeed later
    PAUSE = "pause"  # no call of this key can succeed until the user acts
    FAIL = "fail"  # this row cannot succeed as it is; the others can


class FailureKind(Enum):
    """Why a call failed, in the words that reports and the sheet use."""

    RATE_LIMIT = "rate limit"
    CAPACITY = "no flex capacity"  # a call at the flex price is refused for now, and not billed
    DAY_LIMIT = "daily limit"  # of requests or tokens a day: no call can succeed for long
    TIMEOUT = "timeout"
    CONNECTION = "connection"
    UNREACHABLE = "provider not reached"  # no connection at all: nothing was sent, so nothing can have been billed
    UNTRUSTED = "connection not trusted"
    SERVER = "server error"
    MALFORMED = "malformed reply"
    EMPTY = "empty answer"  # a good reply without a word of an answer; most likely paid for
    KEY = "key refused"
    QUOTA = "account empty"
    MODEL = "model not found"
    BUDGET = "budget reached"
    REFUSED = "answer refused"
    TOO_LONG = "prompt too long"
    REJECTED = "request rejected"
    FIELDS = "answer does not fit its fields"
    INTERNAL = "internal error"

    @property
    def disposition(self) -> Disposition:
        """What the run does about it."""
        if self in _RETRIED:
            return Disposition.RETRY
        return Disposition.PAUSE if self in _PAUSING else Disposition.FAIL


_RETRIED = frozenset(
    {
        FailureKind.RATE_LIMIT,
        FailureKind.CAPACITY,
        FailureKind.TIMEOUT,
        FailureKind.CONNECTION,
        FailureKind.UNREACHABLE,
        FailureKind.SERVER,
        FailureKind.MALFORMED,
        FailureKind.EMPTY,
    }
)
_PERHAPS_BILLED = frozenset(
    {
        FailureKind.TIMEOUT,
        FailureKind.CONNECTION,
        FailureKind.MALFORMED,
        FailureKind.EMPTY,
        FailureKind.REFUSED,
    }
)
_PAUSING = frozenset(
    {
        FailureKind.KEY,
        FailureKind.QUOTA,
        FailureKind.MODEL,
        FailureKind.BUDGET,
        FailureKind.UNTRUSTED,
        FailureKind.DAY_LIMIT,
    }
)


class CallError(ChainDeskError):
    """The model call failed.

    Attributes:
        kind: why.
        http_status: the HTTP status of the reply, or None where there was no reply.
        retry_after: the delay that the provider asked for, in seconds, or None.
        request_id: the provider's own id of the request, for its support, or "".
        raw_text: what the model said, where it said something that could not be used.
        usage: the tokens that the provider counted all the same, or None where it told none.
        cost: what the provider said that it cost all the same, in US dollars, or None.
        speed: the speed that it was served at, and so is charged for.
        suspected: what the failure would be if it were not about this row alone, such as ``KEY`` for a 403 that does
            not speak of the row or the key: where other rows' calls fail with the same suspicion, and none succeeds
            in between, it is true of all.
    """

    def __init__(
        self,
        kind: FailureKind,
        message: str,
        *,
        http_status: int | None = None,
        retry_after: float | None = None,
        request_id: str = "",
        raw_text: str = "",
        usage: Usage | None = None,
        cost: Decimal | None = None,
        suspected: FailureKind | None = None,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.http_status = http_status
        self.retry_after = retry_after
        self.request_id = request_id
        self.raw_text = raw_text
        self.usage = usage
        self.cost = cost
        self.speed = Speed.STANDARD
        self.suspected = suspected

    @property
    def billed(self) -> bool:
        """Whether the call was paid for although it failed."""
        return self.usage is not None or self.cost is not None

    @property
    def perhaps_billed(self) -> bool:
        """Whether nobody can know if it was paid for: it went out, and no count and no refusal came back."""
        if self.billed:
            return False
        refused = self.http_status is not None and self.http_status >= 300
        return bool(self.raw_text) or (self.kind in _PERHAPS_BILLED and not refused)
