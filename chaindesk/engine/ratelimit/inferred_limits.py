"""Limits that nobody reports, inferred from refusals: a rate, a cap on calls in flight, or none at all."""

from __future__ import annotations

import math

from chaindesk.engine.ratelimit.adaptive_rate import AdaptiveRate
from chaindesk.engine.ratelimit.concurrency_window import ConcurrencyWindow
from chaindesk.engine.ratelimit.permit import Permit
from chaindesk.engine.ratelimit.refusal_history import RefusalHistory
from chaindesk.engine.ratelimit.throughput import Throughput

_MEASURED_S = 2.0  # a rate is measured over at least so many seconds
_STEP_AFTER_DENSE = 0.7  # what many refusals at once leave of a known rate
_FIRST_STEP_AFTER_DENSE, _DENSE_AGAIN_S = 0.95, 10.0  # … if that comes after so many seconds
_HALF = 0.5  # … at least, where too few passed to measure it
_LONG_BLOCK_S = 3.0  # seconds in which nothing passed: what passed before was a window's worth
_NOISE_FALL = 0.55  # share of the rate at which refusals still come as often: it has nothing to do with them
_MAX_NOISE = 0.3  # share of calls refused; more is a limit
_FIRST_TRIAL_REFUSALS, _TRIAL_GROWTH = 6, 8  # refusals until a slower pace is tried, and times as many the next time
_FAR_ABOVE = 4.0  # times what is sent: a rate that holds nothing back
_NOTICEABLE = 0.02  # share of calls refused that a slower pace is tried for
_CAP_CONTRADICTIONS, _CAP_BAN_S = 3, 30.0  # refusals below a cap that disprove it, and how long none is set then
_MIN_CALLS_FOR_CAP = 30  # where a rate is known to limit calls
_MIN_MEASURED_CALLS, _SURE_CALLS = 10, 60
_SHY = 0.99  # times what passed in the last minute
_GENEROUS = 1.15  # times what passed at a rate that was still rising


class InferredLimits:
    """Finds out which kind of limit refuses calls by what happens when fewer are sent.

    A lone refusal is the call's own affair: it backs off alone. Many in a row are a limit. Where they are refused from
    some number in flight on, it is a cap; else a rate, which is measured by what passed. Refusals that go on
    alike however far the rate falls are noise.
    """

    def __init__(self, window: ConcurrencyWindow) -> None:
        self.rate = AdaptiveRate()
        self._window = window
        self._history = RefusalHistory()
        self._throughput = Throughput()
        self._noise = False
        self._trial_at = _FIRST_TRIAL_REFUSALS
        self._calm_from = (0, 0)  # calls sent and refused when the last trial ended
        self._blocked_since: float | None = None  # nothing passed since then
        self._no_cap_until = 0.0
        self._cap_ban = _CAP_BAN_S
        self._series = (0, 0)  # calls sent and refused when the rate began to fall
        self._last_event = 0
        self._last_event_at = 0.0

    def known_rate(self, now: float) -> float | None:
        """Return the calls a second that pass, where that was measured."""
        return self.rate.at(now) if self.rate.limits and not self.rate.in_slow_start else None

    def sent(self, permit: Permit, now: float) -> None:
        """A call is sent."""
        permit.number = self._history.add(permit.in_flight)
        self._throughput.sent(now)
        self.rate.sent(now)

    def succeeded(self, permit: Permit, now: float) -> None:
        """A call was answered."""
        self._window.observe_success(permit.in_flight)
        if self._blocked_since is None or permit.number <= self._last_event:
            return
        blocked, self._blocked_since = now - self._blocked_since, None
        if blocked <= _LONG_BLOCK_S:
            return
        self.rate.blocked_for(blocked)
        self._throughput.begin_cycle(permit.sent_at, permit.number - 1)
        self._last_event, self._last_event_at = permit.number - 1, permit.sent_at
        if self.rate.limits:
            began, passed = self._throughput.cycle_before
            measured = max(passed / max(permit.sent_at - began, 1e-3), self._throughput.last_minute(permit.sent_at))
            if passed >= _MIN_MEASURED_CALLS and measured < self.rate.at(now):
                self.rate.set(measured, now, sure=passed >= _SURE_CALLS)

    def refused(self, permit: Permit, now: float, *, long_wait: bool) -> bool:
        """A call was refused; return whether all calls are to pause for it.

        Args:
            permit: of the call.
            now: the time.
            long_wait: the provider asks for a wait that says more than "not at once".
        """
        self._history.mark_refused(permit.number)
        self._throughput.refused(permit.number, permit.sent_at)
        if permit.number <= self._last_event or self._is_for_cap(permit, now):
            return False
        if self._history.is_dense(permit.number, noise=self._noise) or (long_wait and not self._noise):
            self._dense(now)
            return True
        self._lone(now)
        return False

    # --- within ------------------------------------------------------------------------------------------------

    def _is_for_cap(self, permit: Permit, now: float) -> bool:
        """Return whether the call was refused for how many were in flight."""
        if self._window.is_capped:
            if self._window.observe_refusal(permit.in_flight) < _CAP_CONTRADICTIONS:
                return True
            self._window.open()
            self._no_cap_until, self._cap_ban = now + self._cap_ban, self._cap_ban * 2
            if not self.rate.limits:  # what passed below the cap says nothing of what passes without
                self.rate.slow_start(now)
        elif now >= self._no_cap_until:
            cap = self._history.in_flight_cap(_MIN_CALLS_FOR_CAP if self.rate.limits else 0)
            if cap is not None:
                self._window.set_cap(cap)
                return True
        return False

    def _dense(self, now: float) -> None:
        """Nothing passes for now: go by what passed since that was so the last time."""
        self._noise = False
        passed, seconds = self._throughput.in_cycle(self._history.sent, now)
        if passed > 0:
            self._go_by(passed, seconds, now)
            self._throughput.end_cycle(now, passed, self._history.sent)
        if self._blocked_since is None:
            self._blocked_since = now
        self._last_event, self._last_event_at = self._history.sent, now
        self._history.forget()

    def _go_by(self, passed: int, seconds: float, now: float) -> None:
        measured = passed / seconds
        if not self.rate.limits:
            if seconds < _MEASURED_S:
                self.rate.slow_start(now)
            else:
                self.rate.set(measured, now)
        elif self.rate.in_slow_start:
            self.rate.set(measured, now, sure=passed >= _SURE_CALLS)
        else:
            rate, confirms = self.rate.at(now), passed >= _MIN_MEASURED_CALLS
            is_repeated = seconds < _DENSE_AGAIN_S
            least = rate * _HALF if is_repeated else max(rate * _HALF, self._throughput.last_minute(now))
            left = _STEP_AFTER_DENSE if is_repeated else _FIRST_STEP_AFTER_DENSE
            self.rate.set(min(rate * left, max(measured, least)), now, confirms=confirms)

    def _lone(self, now: float) -> None:
        if self.rate.limits:
            if self.rate.in_slow_start:
                if self.rate.at(now) > _FAR_ABOVE * self._throughput.sent_lately(now):
                    self.rate.stop()
                return
            passed, seconds = self._history.sent - self._last_event - 1, max(now - self._last_event_at, 1e-3)
            measured = passed / seconds * _GENEROUS if passed >= _SURE_CALLS else math.inf
            self.rate.step_down(
                now, measured, self._throughput.last_minute(now) * _SHY if self.rate.looks_back else 0.0
            )
            self._last_event, self._last_event_at = self._history.sent, now
            if self.rate.fall == 1.0:
                self._series = (self._history.sent, self._history.refused)
            elif self.rate.fall <= _NOISE_FALL and self._series_share <= _MAX_NOISE:
                self._is_noise()
            return
        sent, refused = self._history.sent - self._calm_from[0], self._history.refused - self._calm_from[1]
        if refused >= self._trial_at and refused >= _NOTICEABLE * sent:
            self.rate.set(self._throughput.sent_lately(now), now, sure=True)
            self._last_event, self._last_event_at = self._history.sent, now
            self._series = (self._history.sent, self._history.refused)

    @property
    def _series_share(self) -> float:
        """The share of calls refused since the rate began to fall."""
        sent, refused = self._history.sent - self._series[0], self._history.refused - self._series[1]
        return refused / max(sent, 1)

    def _is_noise(self) -> None:
        self._noise = True
        self.rate.stop()
        self._trial_at *= _TRIAL_GROWTH
        self._calm_from = (self._history.sent, self._history.refused)
