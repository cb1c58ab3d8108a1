"""A check as the text of a chain has it, read for its row of controls and written from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chaindesk.chain_file.editing.scalars import flow_text
from chaindesk.domain.chains.checks import RULES

PLAIN = frozenset({"not_empty", "json_schema", "url", "email", "unique"})
"""Rules that want nothing more; a JSON Schema is written as YAML."""
_LISTS = frozenset({"contains", "not_contains", "starts_with", "one_of", "not_equal_to", "numbers_from", "quoted_from"})
_ALL = frozenset({"numbers_from", "quoted_from"})  # without a source: all that the prompt uses


@dataclass(frozen=True, slots=True)
class CheckSpec:
    """What a row of the list says of a check.

    Attributes:
        field: the field that is looked at; "" for the whole answer.
        rule: its rule; "" where it has several or none, which only the YAML shows.
        value: what the rule wants, as one line.
        model: of a judge.
        text: the check in one line of YAML.
    """

    field: str = ""
    rule: str = ""
    value: str = ""
    model: str = ""
    text: str = ""


def read_check(written: Any) -> CheckSpec:
    """Return what stands in a list of checks, be it right or wrong."""
    if not isinstance(written, Mapping):
        return CheckSpec(text=str(written))
    inner = written.get("text")
    flat = {**written, **inner} if isinstance(inner, Mapping) else dict(written)
    flat.pop("text", None)
    text = flow_text(dict(written), in_flow=False)
    if isinstance(flat.get("evidence"), str):
        flat = {"field": flat.pop("evidence"), "quoted_from": True, **flat}
    if "json" in flat:
        flat = {("json_schema" if name == "json" else name): wanted for name, wanted in flat.items()}
    rules = [name for name in flat if name in RULES]
    extra = set(flat) - {"field", "model", "expect", *rules}
    other = flat.get("expect", "yes") != "yes"
    if len(rules) != 1 or extra or other or isinstance(flat[rules[0]], Mapping):
        return CheckSpec(str(flat.get("field") or ""), text=text)
    value = flat[rules[0]]
    shown = "; ".join(map(str, value)) if isinstance(value, list) else "" if value is True else str(value)
    return CheckSpec(str(flat.get("field") or ""), rules[0], shown, str(flat.get("model") or ""), text)


def write_check(spec: CheckSpec) -> dict[str, Any]:
    """Return a check as it is to stand in the list."""
    value: Any = spec.value.strip()
    if spec.rule in PLAIN or (spec.rule in _ALL and not value):
        value = True
    elif spec.rule in _LISTS:
        parts = [part.strip() for part in value.split(";") if part.strip()]
        value = parts if len(parts) > 1 else value
    elif spec.rule == "similar_length":
        value = _number(value)
    check: dict[str, Any] = {"field": spec.field} if spec.field else {}
    check[spec.rule] = value
    if spec.rule == "judge":
        check["model"] = spec.model
    return check


def _number(typed: str) -> float | str:
    try:
        return float(typed)
    except ValueError:
        return typed
