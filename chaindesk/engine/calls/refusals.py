"""Whether a refused key, account or model concerns all rows, or just the row whose call was refused.

A refusal may be about one row's text, whatever its words are: a firewall that answers 403, a message that quotes the
prompt. So it is believed only once another row's call is refused as well; until then that row waits alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from chaindesk.domain.errors import CallError, FailureKind

_CONFIRMED_BY_OTHERS = frozenset({FailureKind.KEY, FailureKind.QUOTA, FailureKind.MODEL})


def suspected_kind(error: CallError) -> FailureKind | None:
    """Return what would hold the whole run if it were true of all rows, or None where nothing would."""
    if error.suspected is not None:
        return error.suspected
    return error.kind if error.kind in _CONFIRMED_BY_OTHERS else None


@dataclass(slots=True)
class _Case:
    """A refused call that waits for what other rows meet.

    Attributes:
        kind: what it would mean for all.
        refused_at: when it was refused.
        verdict: whether it concerns all.
    """

    kind: FailureKind
    refused_at: float
    verdict: asyncio.Future[bool]


@dataclass(slots=True)
class _Step:
    """What the calls of one step met.

    Other steps say nothing of it: they may ask another model, or one that the key is allowed to use.

    Attributes:
        answered: rows that were answered, the last two of them: enough to know whether another one was.
        cases: refused rows that wait.
    """

    answered: list[int] = field(default_factory=list)
    cases: dict[int, _Case] = field(default_factory=dict)


class RefusalJudge:
    """Has a refused row wait until other rows' calls show whether the refusal concerns all.

    Args:
        clock: seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._steps: dict[str, _Step] = {}
        self._rows_left = 0

    @property
    def waiting(self) -> int:
        """Return how many refused rows wait."""
        return sum(len(step.cases) for step in self._steps.values())

    def verdict(self, error: CallError, step_name: str, row: int, sent_at: float) -> bool | None:
        """Return whether a refusal concerns all rows, as far as it is known already; else None.

        It does where another row's call was refused likewise. Where the error is only suspected to be about all, that
        must have happened before this call was sent: neighbours may have like texts.
        """
        step = self._steps.setdefault(step_name, _Step())
        others = [
            case
            for other, case in step.cases.items()
            if other != row and case.kind is suspected_kind(error) and not case.verdict.done()
        ]
        if not any(error.suspected is None or case.refused_at <= sent_at for case in others):
            return None
        for case in step.cases.values():
            if not case.verdict.done():
                case.verdict.set_result(True)
        return True

    async def wait(self, error: CallError, step_name: str, row: int) -> bool:
        """Wait until it is known whether a refusal concerns all rows, and return that.

        It concerns the row alone where a call of another row that is sent from now on is answered. Where no other row
        is left to tell by, it concerns all unless another row was answered before.
        """
        kind = suspected_kind(error)
        assert kind is not None  # noqa: S101 - shows mypy what the caller has made sure of
        step = self._steps.setdefault(step_name, _Step())
        case = step.cases[row] = _Case(kind, self._clock(), asyncio.get_running_loop().create_future())
        self._settle_where_nobody_is_left()
        try:
            return await case.verdict
        finally:
            del step.cases[row]

    def record_answer(self, step_name: str, row: int, sent_at: float) -> None:
        """A call was answered, so that what other rows were refused for before concerns them alone."""
        step = self._steps.setdefault(step_name, _Step())
        if row not in step.answered:
            step.answered = [*step.answered[-1:], row]
        for other, case in step.cases.items():
            if other != row and case.refused_at <= sent_at and not case.verdict.done():
                case.verdict.set_result(False)

    def rows_left(self, rows: int) -> None:
        """Take note of how many rows have not ended, those that wait here among them."""
        self._rows_left = rows
        self._settle_where_nobody_is_left()

    def _settle_where_nobody_is_left(self) -> None:
        if not self.waiting or self.waiting < self._rows_left:
            return
        for step in self._steps.values():
            for row, case in step.cases.items():
                if not case.verdict.done():
                    case.verdict.set_result(all(other == row for other in step.answered))
