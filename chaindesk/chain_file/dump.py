"""A chain as YAML text: keys in the order of the design, defaults left out, prompts as readable blocks."""

from __future__ import annotations

import io
from typing import Any

from pydantic import BaseModel
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.scalarstring import LiteralScalarString

from chaindesk.domain.chains.chain import Chain, Step

CHAIN_ORDER = ("name", "id_column", "concurrency", "order", "hedge", "retry", "columns", "providers", "steps")
STEP_ORDER = ("name", "enabled", "model", "run_if", "system", "prompt", "max_output_tokens", "output", "fields")


def dump_chain(chain: Chain) -> str:
    """Return the chain as the text of a chain file; reading it back gives an equal chain."""
    data = _ordered(_plain(chain), CHAIN_ORDER)
    data["steps"] = [_ordered(_plain(step), _step_order(step)) for step in chain.steps]
    yaml = YAML()
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    text = io.StringIO()
    yaml.dump(_readable(data), text)
    return text.getvalue()


def _plain(model: BaseModel) -> dict[str, Any]:
    return model.model_dump(mode="json", exclude_defaults=True)


def _step_order(step: Step) -> tuple[str, ...]:
    return (*STEP_ORDER, *(name for name in type(step).model_fields if name not in STEP_ORDER))


def _ordered(data: dict[str, Any], order: tuple[str, ...]) -> dict[str, Any]:
    return {name: data[name] for name in order if name in data}


def _readable(value: Any) -> Any:
    if isinstance(value, dict):
        return CommentedMap((key, inner if key == "parameters" else _readable(inner)) for key, inner in value.items())
    if isinstance(value, list):
        return [_readable(inner) for inner in value]
    if isinstance(value, str) and _fits_a_block(value):
        return LiteralScalarString(value)
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _fits_a_block(text: str) -> bool:
    # What a block cannot hold (a leading blank, trailing spaces, odd line ends) the library puts in quotes itself.
    lines = text.split("\n")
    tidy = all(line == line.rstrip() for line in lines)
    return len(lines) > 1 and tidy and text[0] not in " \n"
