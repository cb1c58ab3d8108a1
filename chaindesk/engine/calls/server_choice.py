"""Which of several servers behind one provider's name a call goes to: all of them are to be busy, and none waited for.

A server that has room answers a call the sooner the faster it is; one that has none queues it, so that one more call
there waits for those before it. Both are learnt from the answers: how long a call takes while there is room, and how
many answers a second come when there is none.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial

from chaindesk.domain.completion import Completion, CompletionRequest, Endpoint
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.engine.calls.outages.circuit_breaker import AskAnotherServer
from chaindesk.engine.calls.outages.circuit_breakers import CircuitBreakers
from chaindesk.engine.calls.outages.outage import may_be_outage
from chaindesk.engine.calls.outages.refusal_cases import suspected_kind

_KNOWN_ANSWERS = 5
_REFUSALS = 2  # of rows that another server answered, until a server is left out
_WEIGHT = 0.08  # of the newest answer
_FADING = 1.002  # by which the best that was seen loses with each answer
_GROWS_FROM = 8  # calls out at its best from which a server is tried with one more


@dataclass(slots=True, eq=False)
class _Server:
    """One server and what is known of it; seconds are shares of what calls of the step take on the whole.

    Attributes:
        endpoint: where it is.
        out: calls that it has.
        answers: how many it gave.
        seconds: of a call lately.
        crowd: calls that it had, in the mean, when these were sent.
        least: seconds of a call at its best.
        pace: answers a second at its best.
        refusals: calls in a row that it refused and another server answered.
    """

    endpoint: Endpoint
    out: int = 0
    answers: int = 0
    seconds: float = 0.0
    crowd: float = 0.0
    least: float = 0.0
    pace: float = 0.0
    refusals: int = 0

    @property
    def is_out(self) -> bool:
        """Whether its key, its account or its model is refused, so that it gets no more calls."""
        return self.refusals >= _REFUSALS

    def learn(self, seconds: float, crowd: int) -> None:
        self.answers += 1
        self.refusals = 0
        weight = max(_WEIGHT, 1 / self.answers)
        self.seconds += weight * (seconds - self.seconds)
        self.crowd += weight * (crowd - self.crowd)
        if self.answers < _KNOWN_ANSWERS:
            return
        known = self.answers > _KNOWN_ANSWERS
        self.least = min(self.least * _FADING, self.seconds) if known else self.seconds
        self.pace = max(self.pace / _FADING, self.crowd / max(self.seconds, 1e-9))

    @property
    def has_room(self) -> bool:
        seen = self.least * self.pace
        return self.out + 1 <= max(seen + min(seen / _GROWS_FROM, 1.0), 1.0)

    @property
    def wait(self) -> float:
        return (self.out + 1) / max(self.pace, 1e-9)


@dataclass(frozen=True, slots=True)
class SentCall:
    """A call that a server has."""

    server: _Server
    crowd: int

    @property
    def endpoint(self) -> Endpoint:
        """Where it is."""
        return self.server.endpoint


class ServerChoice:
    """Chooses among the servers of one provider.

    Args:
        endpoint: the provider, with its servers.
        is_there: whether a server answers.
        may_probe: whether a server that did not answer is to be tried again now.
    """

    def __init__(
        self, endpoint: Endpoint, is_there: Callable[[Endpoint], bool], may_probe: Callable[[Endpoint], bool]
    ) -> None:
        self._servers = [_Server(one) for one in endpoint.servers]
        self._is_there = is_there
        self._may_probe = may_probe
        self._usual: dict[str, tuple[float, int]] = {}  # mean seconds of a step's calls on all servers

    def takes_over(self, endpoint: Endpoint, besides: Collection[str], error: CallError) -> bool:
        """Return whether a call that failed at a server is to be made at another one.

        Args:
            endpoint: the server.
            besides: the names of others that it failed at as well: where all have failed, its row may be at fault.
            error: how it failed.
        """
        if not may_be_outage(error) and suspected_kind(error) is None:
            return False
        failed = set() if error.kind is FailureKind.UNREACHABLE else set(besides)
        return any(
            self._is_there(server.endpoint)
            for server in self._servers
            if not server.is_out and server.endpoint.name not in failed | {endpoint.name}
        )

    def send(self, besides: Collection[str] = ()) -> SentCall:
        """Choose a server for a call, where possible none of those besides."""
        probed = next((one for one in self._servers if self._may_probe(one.endpoint)), None)
        there = [one for one in self._servers if self._is_there(one.endpoint) and not one.is_out]
        if probed is not None and there and probed.endpoint.name not in besides:
            chosen = probed
        else:
            fresh = [one for one in there if one.endpoint.name not in besides]
            chosen = self._best(fresh or there or self._servers)
        chosen.out += 1
        return SentCall(chosen, chosen.out)

    def refused(self, sent: SentCall) -> bool:
        """A server has refused what another one answered; return whether it is left out from now on, which is news."""
        was_out = sent.server.is_out
        sent.server.refusals += 1
        return sent.server.is_out and not was_out

    def take_back(self) -> None:
        """Ask those again that were left out."""
        for server in self._servers:
            server.refusals = 0

    def ended(self, sent: SentCall, step: str, seconds: float | None) -> None:
        """A call has come back, answered after so many seconds, or without an answer."""
        sent.server.out -= 1
        if seconds is None:
            return
        mean, count = self._usual.get(step, (0.0, 0))
        mean += max(_WEIGHT, 1 / (count + 1)) * (seconds - mean)
        self._usual[step] = mean, count + 1
        sent.server.learn(seconds / max(mean, 1e-9), sent.crowd)

    def _best(self, servers: Sequence[_Server]) -> _Server:
        if any(server.answers < _KNOWN_ANSWERS for server in servers):
            return min(servers, key=lambda one: one.out)
        with_room = [server for server in servers if server.has_room]
        if with_room:
            return min(with_room, key=lambda one: one.least)
        return min(servers, key=lambda one: one.wait)


_LEFT_OUT = (
    "{error} The other servers of {name} take its calls from now on. Once that is put right, it is asked again by the "
    "next run, or after this one was paused."
)
Ask = Callable[[CompletionRequest, Callable[[CallError], bool]], Awaitable[Completion]]
"""Asks one server, and raises ``AskAnotherServer`` where a failure is to be taken over by another."""


class ServerChoices:
    """The choices of a run, one for each provider that has several servers.

    Args:
        breakers: know which servers are away.
        epoch: returns how often the run was held so far: afterwards servers that were left out are asked again.
        tell: called with what the user should know.
    """

    def __init__(self, breakers: CircuitBreakers, epoch: Callable[[], int], tell: Callable[[str], object]) -> None:
        self._breakers = breakers
        self._epoch = epoch
        self._tell = tell
        self._seen_epoch = epoch()
        self._choices: dict[str, ServerChoice] = {}

    async def ask(self, request: CompletionRequest, step: str, ask: Ask) -> Completion:
        """Ask one server after another until one answers, or the call fails for another reason than an outage.

        Raises:
            CallError: it failed for good.
        """
        choice = self._choice(request.endpoint)
        tried: set[str] = set()
        refused: list[tuple[SentCall, CallError]] = []
        while True:
            sent = choice.send(tried)
            seconds: float | None = None
            try:
                asked = replace(request, endpoint=sent.endpoint)
                completion = await ask(asked, partial(choice.takes_over, sent.endpoint, tried))
                seconds = completion.seconds
            except AskAnotherServer as asked_on:
                tried.add(sent.endpoint.name)
                error = asked_on.__cause__
                if isinstance(error, CallError) and suspected_kind(error) is not None:
                    refused.append((sent, error))
            else:
                for one, error in refused:
                    if choice.refused(one):
                        self._tell(_LEFT_OUT.format(error=error, name=request.endpoint.name))
                return completion
            finally:
                choice.ended(sent, step, seconds)

    def _choice(self, endpoint: Endpoint) -> ServerChoice:
        if self._seen_epoch != (epoch := self._epoch()):
            self._seen_epoch = epoch
            for one in self._choices.values():
                one.take_back()
        choice = self._choices.get(endpoint.name)
        if choice is None:
            self._breakers.join(endpoint.servers)
            choice = self._choices[endpoint.name] = ServerChoice(
                endpoint,
                is_there=lambda server: not self._breakers.for_endpoint(server).is_open,
                may_probe=lambda server: self._breakers.for_endpoint(server).is_probe_due,
            )
        return choice
