"""A chain without its fields at fault, so that one mistake does not hide those of the sheet and of the providers."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from chaindesk.chain_file import parsed, read_text
from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.errors import ChainError, Problem

_MAX_ROUNDS = 20
_STAND_INS = {"name": "-", "model": "demo/writer", "prompt": "-", "input": 0, "output": 0}
"""What stands for a required field that is missing, or at fault; none of it is reported or run."""


def load_what_fits(path: Path) -> tuple[Chain | None, tuple[Problem, ...]]:
    """Read a chain file, and return what is left of it without its mistakes, and these.

    The chain is None where too little is left: the file cannot be read, is no YAML, or has no steps.
    """
    try:
        text = read_text(path)
    except ChainError as error:
        return None, error.problems
    chain, problems, data = parsed(text, str(path))
    return chain or _salvaged(data), problems


def _salvaged(data: Any) -> Chain | None:
    if not isinstance(data, dict):
        return None
    left = copy.deepcopy(data)
    for _ in range(_MAX_ROUNDS):
        try:
            return Chain.model_validate(left)
        except ValidationError as error:
            # From the end of a list to its beginning, so that no place moves.
            for detail in reversed(error.errors(include_url=False)):
                path = [part for part in detail["loc"] if part != "[key]"]
                if not path or not _mended(left, path, missing=detail["type"] == "missing"):
                    return None
    return None


def _mended(data: Any, path: list[str | int], *, missing: bool) -> bool:
    """Take the field at a path away, or put a stand-in there, and return whether that could be done."""
    *before, last = path
    holder = _at(data, before)
    if missing and isinstance(holder, dict) and last in _STAND_INS:
        holder[last] = _STAND_INS[str(last)]
    elif isinstance(holder, dict) and last in holder and last != "steps":
        del holder[last]
    elif isinstance(holder, list) and isinstance(last, int) and last < len(holder):
        if before == ["steps"]:
            holder[last] = {}
        else:
            del holder[last]
    else:
        return False
    return True


def _at(data: Any, path: Iterable[str | int]) -> Any:
    for part in path:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return None
    return data
