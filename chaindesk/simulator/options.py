"""The settings of the simulated provider: speed, limits, faults. Plain values that a command line can carry."""

from __future__ import annotations

import hashlib
import json
import math
import random
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from chaindesk.domain.completion import CompletionRequest
from chaindesk.domain.errors import InputError
from chaindesk.simulator.batches.options import BatchOptions

DISTRIBUTIONS = ("constant", "log-normal")
DRAWS = ("request", "arrival")


@dataclass(frozen=True, slots=True)
class SimulatorOptions:
    """How the simulated provider behaves. Equal options and equal requests give equal answers, delays and faults.

    Attributes:
        latency: mean seconds from a request's arrival to the end of its answer.
        distribution: ``constant`` or ``log-normal``.
        sigma: the spread of the log-normal delays (of their logarithm).
        capacity: calls that it works on as fast as on one, more of them share its time; 0 for any number.
        overload: the power of the crowd by which calls get slower: 1 keeps the answers a second, more lowers them.
        draw: what a delay depends on: ``request`` (its model and messages) or ``arrival`` (the n-th request).
        seed: changes every draw, and the wording of the answers.
        rpm: requests a minute that one key may make, or None for any number.
        tpm: tokens a minute that one key may use, or None for any number.
        burst: seconds of the limits that may be used at once; 60 lets a rested key use a whole minute's at once.
        limits_told: whether replies report the limits in headers; refusals say how long to wait in any case.
        require_key: the only key that is let in, or "" to let everybody in.
        error_500: share of requests, 0 to 1, that are answered 500.
        error_503: share answered 503, with Retry-After.
        error_429: share answered 429 whatever the limits say.
        reset: share whose connection is reset, before or in the middle of the reply.
        hang: share that are never answered.
        malformed: share answered 200 with a body that is no chat completion.
        flex_refused: share of the flex requests that are refused for want of capacity, 0 to 1.
        flex_as_standard: share of the flex requests that are served, and charged, at the standard speed.
        fail_containing: requests whose messages contain this text fail; "" for none.
        fail_status: the status with which they fail.
        fail_attempts: so many first attempts of such a request fail, and the next succeeds; 0 fails them all.
        words: about so many words in an answer, where its prompt names no number; 0 leaves it to the prompt's form.
        models: the models that it lists; any name is answered.
        unsupported: parameters that are answered 400, as reasoning models do.
        prompt_cache: whether long beginnings of prompts are cached from the first byte of an answer on.
        batch: how batch jobs behave.
    """

    latency: float = 1.0
    distribution: str = "log-normal"
    sigma: float = 0.5
    capacity: int = 0
    overload: float = 1.0
    draw: str = "request"
    seed: int = 0
    rpm: float | None = None
    tpm: float | None = None
    burst: float = 60.0
    limits_told: bool = True
    require_key: str = ""
    error_500: float = 0.0
    error_503: float = 0.0
    error_429: float = 0.0
    reset: float = 0.0
    hang: float = 0.0
    malformed: float = 0.0
    flex_refused: float = 0.0
    flex_as_standard: float = 0.0
    fail_containing: str = ""
    fail_status: int = 400
    fail_attempts: int = 0
    words: int = 0
    models: tuple[str, ...] = ("writer", "researcher", "editor", "classifier", "translator")
    unsupported: tuple[str, ...] = ()
    prompt_cache: bool = False
    batch: BatchOptions = field(default_factory=BatchOptions)

    def __post_init__(self) -> None:
        if self.distribution not in DISTRIBUTIONS:
            raise InputError(f'"{self.distribution}" is no distribution. Choose constant or log-normal.')
        if self.draw not in DRAWS:
            raise InputError(f'"{self.draw}" is no draw. Choose request or arrival.')
        if self.latency < 0 or self.sigma < 0 or self.burst <= 0 or not math.isfinite(self.latency):
            raise InputError("Latency and sigma are at least 0, and the burst is more than 0 seconds.")
        if self.capacity < 0 or self.overload < 1:
            raise InputError("The capacity is at least 0, and the overload at least 1.")
        if any(limit is not None and limit <= 0 for limit in (self.rpm, self.tpm)):
            raise InputError("A limit a minute is more than 0. Leave it out for none.")
        shares = (self.error_500, self.error_503, self.error_429, self.reset, self.hang, self.malformed)
        every = (*shares, self.flex_refused, self.flex_as_standard)
        if any(not 0 <= share <= 1 for share in every) or sum(shares) > 1:
            raise InputError("The shares of faults lie between 0 and 1, and together are at most 1.")

    def to_json(self) -> str:
        """All options as one line of JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> SimulatorOptions:
        """The options that ``to_json`` wrote.

        Raises:
            InputError: the text holds something else.
        """
        known = [one.name for one in fields(cls)]
        try:
            values: dict[str, Any] = json.loads(text)
            given: dict[str, Any] = {
                name: tuple(value) if isinstance(value, list) else value for name, value in values.items()
            }
            if "batch" in given:
                given["batch"] = BatchOptions(**given["batch"])
            return cls(**given)
        except (ValueError, TypeError, AttributeError):
            raise InputError(f"These are no options of the simulated provider. It knows: {', '.join(known)}.") from None


def latency_of(options: SimulatorOptions, request: CompletionRequest, arrival: int = 0) -> float:
    """The seconds that the server will take for a request; a bench computes the ideal time of a run from them.

    Args:
        options: the server's.
        request: the call.
        arrival: which request it is for the server, from 0; counts only where ``options.draw`` is ``arrival``.
    """
    messages = [{"role": message.role, "content": message.content} for message in request.messages]
    return draw_latency(options, request_digest(request.model, messages), arrival)


def draw_latency(options: SimulatorOptions, digest: str, arrival: int) -> float:
    """The delay of a request that is known by its digest, in seconds."""
    if options.distribution == "constant" or options.latency == 0 or options.sigma == 0:
        return options.latency
    source = digest if options.draw == "request" else str(arrival)
    mean = math.log(options.latency) - options.sigma**2 / 2
    return generator(options.seed, "latency", source).lognormvariate(mean, options.sigma)


def request_digest(model: str, messages: Iterable[Mapping[str, Any]]) -> str:
    """What a request is known by: a hash of its model and messages (hex)."""
    said = [[message.get("role"), message.get("content")] for message in messages]
    return hashlib.sha256(json.dumps([model, said], ensure_ascii=True).encode("ascii")).hexdigest()[:32]


def generator(seed: int, purpose: str, source: str) -> random.Random:
    """Chance that is the same for the same seed, purpose and source on every machine."""
    return random.Random(f"{seed}:{purpose}:{source}")  # noqa: S311
