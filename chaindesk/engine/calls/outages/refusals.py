"""Whether a refused key, account or model concerns all rows, or just the rows whose calls were refused.

A refusal may be about a row's text, whatever its words are: a firewall that answers 403, a message that quotes the
prompt; and neighbours often have like texts. So rows that are refused wait, and what later calls of other rows meet
decides. Once two rows are refused alike, new calls wait too, and one call at a time goes out as a probe, of a row far
away in the sheet. See docs/rows-at-fault.md.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection

from chaindesk.domain.errors import CallError
from chaindesk.engine.calls.outages.refusal_cases import (
    ANSWERED_ALL_THE_SAME,
    FAR_ROW_PATIENCE_S,
    LAST_ROWS_ALONE,
    ROWS_IN_DOUBT,
    Case,
    Scope,
    ScopeCalls,
    Verdict,
    farthest,
    suspected_kind,
)
from chaindesk.engine.calls.row_slots import RowSlots


class RefusalJudge:
    """Has refused rows wait until other rows' calls show whether the refusal concerns all.

    Args:
        clock: seconds.
        slots: the slots of the run's rows.
        begin_far_row: begins a row that stands as far from these rows as can be; returns its number, or None where
            there is none left to begin.
    """

    def __init__(
        self, clock: Callable[[], float], slots: RowSlots, begin_far_row: Callable[[Collection[int]], int | None]
    ) -> None:
        self._clock = clock
        self._slots = slots
        self._begin_far_row = begin_far_row
        self._scopes: dict[Scope, ScopeCalls] = {}
        self._rows_left = 0

    @property
    def waiting(self) -> int:
        """Return how many refused rows wait."""
        return sum(len(calls.cases) for calls in self._scopes.values())

    # --- which calls may go out --------------------------------------------------------------------------------

    def may_send(self, scope: Scope, row: int) -> bool:
        """Return whether a row's call may go out now; where calls wait for a probe, this makes it the probe."""
        calls = self._calls(scope)
        if not calls.in_doubt or calls.probe == row:
            return True
        if calls.probe is not None:
            return False
        if calls.far_row not in (None, row) and self._clock() < calls.far_row_until:
            return False
        calls.probe, calls.far_row = row, None
        return True

    async def wait_turn(self, scope: Scope, row: int) -> None:
        """Wait until a row's call may go out."""
        async with self._slots.step_aside():
            await self._wait_turn(scope, row)

    async def _wait_turn(self, scope: Scope, row: int) -> None:
        calls = self._calls(scope)
        while not self.may_send(scope, row):
            future = calls.waiters[row] = asyncio.get_running_loop().create_future()
            patience = None if calls.far_row is None else max(calls.far_row_until - self._clock(), 0.01)
            try:
                async with asyncio.timeout(patience):
                    await future
            except TimeoutError:  # the row that was begun has not come here: any other may be the probe
                continue
            except asyncio.CancelledError:
                self._wake_next(calls)  # it may have been chosen
                raise
            finally:
                calls.waiters.pop(row, None)

    def release(self, scope: Scope, row: int) -> None:
        """A row's call has ended or did not go out; if it was the probe, another one may be."""
        calls = self._calls(scope)
        if calls.probe == row:
            calls.probe = None
            self._wake_next(calls)

    # --- what calls met ----------------------------------------------------------------------------------------

    def concerns_all(self, error: CallError, scope: Scope, row: int, sent_at: float) -> bool:
        """Return whether a refusal is known to concern all rows already.

        It does where the call was a probe, sent after two other rows had been refused alike; where there is reason to
        think that the rows may be at fault, only with several such probes in a row.
        """
        calls = self._calls(scope)
        alike = [
            case
            for other, case in calls.undecided.items()
            if other != row and case.kind is suspected_kind(error) and case.refused_at <= sent_at
        ]
        last_rows = self._rows_left <= LAST_ROWS_ALONE and calls.was_another_answered(row)
        if calls.probe != row or len(alike) < ROWS_IN_DOUBT or last_rows:
            return False
        calls.probes_refused += 1
        answered_beside = calls.answered_sent_at >= min(case.sent_at for case in alike)
        if calls.probes_refused < calls.probes_needed(answered_beside=answered_beside):
            return False
        self.settle_all()
        return True

    async def wait(self, error: CallError, scope: Scope, row: int, sent_at: float) -> Verdict:
        """Wait until it is known what a refusal means, and see that it becomes known.

        It concerns the row alone where a call of another row that is sent from now on is answered. Where no other row
        is left to tell by, it concerns all unless other rows were answered before, and few are refused.
        """
        kind = suspected_kind(error)
        assert kind is not None  # noqa: S101 - shows mypy what the caller has made sure of
        calls = self._calls(scope)
        case = calls.cases[row] = Case(kind, sent_at, self._clock(), asyncio.get_running_loop().create_future())
        self._settle_where_nobody_is_left()
        if calls.in_doubt and calls.probe in (None, row) and calls.far_row is None:
            calls.far_row = self._begin_far_row(calls.cases)
            calls.far_row_until = self._clock() + FAR_ROW_PATIENCE_S
        self.release(scope, row)
        others_at_work = self._slots.active > 1
        try:
            async with self._slots.step_aside() if others_at_work else self._slots.lend():
                return await case.verdict
        finally:
            del calls.cases[row]
            self._wake_where_decided(calls)

    def record_answer(self, scope: Scope, row: int, sent_at: float) -> None:
        """A call was answered, so that what other rows were refused for before concerns them alone."""
        calls = self._calls(scope)
        if row not in calls.answered:
            calls.answered = [*calls.answered[-1:], row]
        calls.answers += 1
        calls.answered_sent_at = max(calls.answered_sent_at, sent_at)
        alone = Verdict.ASK_AGAIN if calls.in_doubt else Verdict.ROW_ALONE
        for other, case in calls.undecided.items():
            if other != row and case.refused_at <= sent_at:
                case.verdict.set_result(alone)
                calls.bad_rows += 1
                calls.probes_refused = 0
        if calls.probe == row:
            calls.probe = None
            self._wake_next(calls)
        self._wake_where_decided(calls)

    def record_failure(self, error: CallError, scope: Scope, row: int, sent_at: float) -> None:
        """A call failed otherwise: some failures are answers all the same, and any ends a probe."""
        if error.billed or error.kind in ANSWERED_ALL_THE_SAME:
            self.record_answer(scope, row, sent_at)
        self.release(scope, row)

    def rows_left(self, rows: int) -> None:
        """Take note of how many rows have not ended, those that wait here among them."""
        self._rows_left = rows
        if self._scopes:
            self._settle_where_nobody_is_left()

    def settle_all(self) -> None:
        """The run is held: all refused calls are made again when it goes on."""
        for calls in self._scopes.values():
            for case in calls.undecided.values():
                case.verdict.set_result(Verdict.ALL_ROWS)
            self._wake_where_decided(calls)

    # --- inside ------------------------------------------------------------------------------------------------

    def _calls(self, scope: Scope) -> ScopeCalls:
        calls = self._scopes.get(scope)
        if calls is None:
            calls = self._scopes[scope] = ScopeCalls()
        return calls

    def _settle_where_nobody_is_left(self) -> None:
        if not self.waiting or self.waiting < self._rows_left:
            return
        for calls in self._scopes.values():
            undecided = calls.undecided
            for row, case in undecided.items():
                alone = calls.was_another_answered(row) and len(undecided) <= LAST_ROWS_ALONE
                case.verdict.set_result(Verdict.ROW_ALONE if alone else Verdict.ALL_ROWS)
            self._wake_where_decided(calls)

    def _wake_where_decided(self, calls: ScopeCalls) -> None:
        """Let all calls go out where none needs to wait for a probe any more."""
        if calls.in_doubt:
            return
        calls.probe = calls.far_row = None
        calls.probes_refused = 0
        for future in calls.waiters.values():
            if not future.done():
                future.set_result(None)

    def _wake_next(self, calls: ScopeCalls) -> None:
        """Wake the waiting row that is to be the probe: the one that stands farthest from the refused ones."""
        waiting = {row: future for row, future in calls.waiters.items() if not future.done()}
        if not calls.in_doubt or calls.far_row is not None or not waiting:
            return
        waiting[farthest(waiting, calls.cases)].set_result(None)
