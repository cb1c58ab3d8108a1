"""Events as one line of JSON each, for scripts that follow a run by ``--json``.

Monotonic times become ISO dates in UTC. An event holds no API key, so none can come out here; the row's own key is
called ``row_key`` to leave no doubt.
"""

from __future__ import annotations

import json
import re
import time
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any

from chaindesk.domain.events import Event

if TYPE_CHECKING:
    from chaindesk.engine.run.snapshot import Snapshot

_WORD_START = re.compile(r"(?<!^)(?=[A-Z])")
_NAMES = {"key": "row_key", "at": "time", "until": "until", "cost": "cost_usd"}
_CLOCKS = frozenset({"at", "until"})


def to_json(event: Event) -> str:
    """Return the event as a JSON object without line breaks, in ASCII: ``{"event": "step_finished", "time": …, …}``."""
    return json.dumps(to_dict(event), separators=(",", ":"), allow_nan=False)


def to_dict(event: Event) -> dict[str, Any]:
    """Return the event as JSON values: first its name, such as ``row_finished``, then its fields."""
    wall = time.time() - time.monotonic()
    values: dict[str, Any] = {"event": _WORD_START.sub("_", type(event).__name__).lower()}
    for part in fields(event):
        value = getattr(event, part.name)
        values[_NAMES.get(part.name, part.name)] = (
            _iso(wall + value) if _is_known_time(part.name, value) else _plain(value)
        )
    return values


def progress_to_json(at: float, shot: Snapshot) -> str:
    """Return how the run stands as one more JSON line, ``{"event": "progress", …}``, with the window's own figures."""
    left = shot.time_left
    values = {
        "event": "progress",
        "time": _iso(time.time() - time.monotonic() + at),
        "rows": shot.chosen,
        "rows_finished": shot.finished,
        "calls": shot.calls,
        "calls_done": shot.calls_done,
        "rows_per_minute": round(shot.rate, 3),
        "time_left_seconds": None if left is None else round(left, 1),
        "cost_usd": None if shot.cost is None else float(shot.cost),
    }
    return json.dumps(values, separators=(",", ":"), allow_nan=False)


def _is_known_time(name: str, value: Any) -> bool:
    """Return whether a field is a time that is known."""
    return name in _CLOCKS and value is not None


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {part.name: _plain(getattr(value, part.name)) for part in fields(value)}
    return value
