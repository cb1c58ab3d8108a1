"""The simulated provider's faults: which one a request meets, and what its reply then says."""

from __future__ import annotations

import json
from enum import Enum
from typing import Any

from chaindesk.simulator.key_limits import Refusal, as_duration
from chaindesk.simulator.options import SimulatorOptions, generator


class Fault(Enum):
    """What can go wrong with a request."""

    ERROR_500 = "error_500"
    ERROR_503 = "error_503"
    ERROR_429 = "error_429"
    RESET = "reset"
    HANG = "hang"
    MALFORMED = "malformed"


def draw_fault(options: SimulatorOptions, digest: str, attempt: int) -> Fault | None:
    """The fault that the ``attempt``-th try of a request meets, or None."""
    point = generator(options.seed, "fault", f"{digest}:{attempt}").random()
    for fault in Fault:
        point -= getattr(options, fault.value)
        if point < 0:
            return fault
    return None


def lacks_capacity(options: SimulatorOptions, digest: str, attempt: int) -> bool:
    """Whether the ``attempt``-th try of a flex request is refused for want of capacity."""
    return generator(options.seed, "flex", f"{digest}:{attempt}").random() < options.flex_refused


def is_marked(options: SimulatorOptions, text: str, attempt: int) -> bool:
    """Whether the request was chosen to fail by the text that it contains."""
    if not options.fail_containing or options.fail_containing not in text:
        return False
    return options.fail_attempts == 0 or attempt <= options.fail_attempts


def malformed_body(options: SimulatorOptions, digest: str, whole: bytes) -> bytes:
    """A body that is no chat completion: cut short, a web page, empty, or JSON of another shape."""
    bodies = (
        whole[: len(whole) // 2],
        b"<!DOCTYPE html><html><head><title>Bad gateway</title></head><body>Bad gateway</body></html>",
        b"",
        b'{"object":"chat.completion","choices":[]}',
    )
    return generator(options.seed, "malformed", digest).choice(bodies)


def breaks_in_the_middle(options: SimulatorOptions, digest: str) -> bool:
    """Whether a reset comes in the middle of the reply instead of before it."""
    return generator(options.seed, "reset", digest).random() < 0.5


def error_body(message: str, kind: str, *, code: str | None = None, param: str | None = None) -> bytes:
    """An error as OpenAI writes it."""
    error: dict[str, Any] = {"message": message, "type": kind, "param": param, "code": code}
    return json.dumps({"error": error}).encode()


def status_error(status: int, model: str, key: str) -> bytes:
    """OpenAI's words for a status."""
    match status:
        case 401:
            message = f"Incorrect API key provided: {starred(key)}. You can find your API key in the settings."
            return error_body(message, "invalid_request_error", code="invalid_api_key")
        case 402:
            return error_body("Insufficient Balance", "unknown_error", code="invalid_request_error")
        case 404:
            message = f"The model `{model}` does not exist or you do not have access to it."
            return error_body(message, "invalid_request_error", code="model_not_found")
        case 429:
            return error_body("Too many requests. Slow down.", "requests", code="rate_limit_exceeded")
        case 503:
            return error_body("That model is currently overloaded with other requests.", "server_error")
        case _ if status >= 500:
            return error_body("The server had an error while processing your request.", "server_error")
        case _:
            message = "Invalid request: simulated, because the request contains the chosen text."
            return error_body(message, "invalid_request_error", code="invalid_value")


def capacity_error() -> bytes:
    """OpenAI's words where there is no capacity at the flex price; nothing is charged."""
    message = "Resource Unavailable: there is no flex capacity for this model at the moment. Try again later."
    return error_body(message, "resource_unavailable", code="resource_unavailable")


def limit_error(refusal: Refusal, model: str) -> tuple[dict[str, str], bytes]:
    """Headers and body of the 429 that a limit gives."""
    kind = "requests" if refusal.limit == "RPM" else "tokens"
    message = (
        f"Rate limit reached for {model} in organization org-simulated on {kind} per min ({refusal.limit}): "
        f"Limit {refusal.allowed:.0f}, Used {refusal.allowed:.0f}, Requested {refusal.requested}. "
        f"Please try again in {as_duration(refusal.wait)}."
    )
    headers = {"retry-after": str(max(round(refusal.wait), 1)), "retry-after-ms": str(int(refusal.wait * 1000) + 1)}
    return headers, error_body(message, kind, code="rate_limit_exceeded")


def starred(key: str) -> str:
    """A key as OpenAI echoes it: its ends, with stars between."""
    return f"{key[:7]}{'*' * 12}{key[-4:]}" if len(key) > 12 else key
