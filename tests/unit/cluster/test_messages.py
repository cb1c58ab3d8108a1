from __future__ import annotations

import pickle
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType

from chaindesk.cluster.messages import Batch, Call, Failed, Outcome, Report, portable_endpoint, portable_request
from chaindesk.domain.completion import (
    Completion,
    CompletionRequest,
    Endpoint,
    Message,
    ModelPrice,
    ProviderKind,
    Speed,
    Usage,
)
from chaindesk.domain.errors import CallError, FailureKind

PRICES = {"m": ModelPrice(Decimal(1), Decimal(2))}
ENDPOINT = Endpoint("lab", ProviderKind.GEMINI, "https://lab.example/v1", prices=MappingProxyType(PRICES))
REQUEST = CompletionRequest(
    ENDPOINT, "m", (Message("user", "hush"),), MappingProxyType({"seed": 7}), MappingProxyType({"type": "object"})
)


def test_a_request_arrives_as_the_same_question() -> None:
    sent = portable_request(REQUEST, portable_endpoint(ENDPOINT))
    arrived = pickle.loads(pickle.dumps(sent))  # noqa: S301 - as Dask does
    assert arrived.fingerprint == REQUEST.fingerprint
    assert replace(arrived, endpoint=ENDPOINT) == replace(REQUEST, parameters={"seed": 7}, schema={"type": "object"})


def test_an_error_arrives_with_all_that_the_engine_asks_of_it() -> None:
    error = CallError(
        FailureKind.RATE_LIMIT,
        "slow down",
        http_status=429,
        retry_after=2.5,
        request_id="r-1",
        raw_text="text",
        usage=Usage(1, 2),
        cost=Decimal("0.1"),
        suspected=FailureKind.KEY,
    )
    error.speed = Speed.FLEX
    arrived = pickle.loads(pickle.dumps(Failed.of(error))).error()  # noqa: S301
    assert str(arrived) == "slow down"
    assert vars(arrived) == vars(error)


def test_no_text_shows_where_a_message_is_logged() -> None:
    call = Call("1", REQUEST, "f")
    outcome = Outcome("1", "f", Completion("hush", "m", None), Failed(FailureKind.EMPTY, "hush", raw_text="hush"))
    for message in (Batch((call,)), Report((outcome,), {"1": "hush"}), call, outcome, outcome.failed):
        assert "hush" not in repr(message)
