"""Pydantic's findings in the user's terms: which field, what it wants, and the nearest real name."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from chaindesk.chain_file.yaml_tree import Path, Tree, field_words
from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.chains.template import nearest_name
from chaindesk.domain.errors import Problem

_Type = TypeVar("_Type")
_WANTED = {
    "string_type": "wants a text",
    "int_type": "wants a whole number",
    "int_parsing": "wants a whole number",
    "int_from_float": "wants a whole number",
    "float_type": "wants a number",
    "float_parsing": "wants a number",
    "decimal_type": "wants a number",
    "decimal_parsing": "wants a number",
    "finite_number": "wants a number",
    "bool_type": "wants true or false",
    "bool_parsing": "wants true or false",
    "list_type": "wants a list: lines that begin with -",
    "dict_type": "wants names with values, such as name: value",
    "model_type": "wants names with values, such as name: value",
    "model_attributes_type": "wants names with values, such as name: value",
}
_BOUNDS = {
    "greater_than": ("more than", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("less than", "lt"),
    "less_than_equal": ("at most", "le"),
}


def problems_of(error: ValidationError, tree: Tree, name: str) -> Iterable[Problem]:
    """Yield each finding as a problem with file, line and field, except for fields whose YAML is already at fault."""
    reported = {problem.field for problem in tree.problems if problem.field}
    for detail in error.errors(include_url=False):
        path = _path(detail["loc"])
        if field_words(path) in reported:
            continue
        message = _message(detail, path)
        yield Problem(message, file=name, line=tree.line(path), field=field_words(path))


def _path(location: Iterable[str | int]) -> Path:
    # Pydantic marks the key of a dict by a pseudo-part that is not in the file.
    return tuple(part for part in location if part != "[key]")


def _message(detail: ErrorDetails, path: Path) -> str:
    kind = detail["type"]
    own = next((part for part in reversed(path) if isinstance(part, str)), "The chain")
    context = detail.get("ctx", {})
    if kind == "missing":
        return f'"{own}" is missing.'
    if kind == "extra_forbidden":
        return _unknown_field(own, path)
    if kind in ("string_too_short", "too_short"):
        return f'"{own}" is empty.'
    if kind == "enum":
        return f'"{own}" cannot be {_shown(detail["input"])}. {_choices(path, context, detail["input"])}'
    if kind == "value_error":
        return _sentence(str(context.get("error", detail["msg"])))
    if detail["input"] is None:
        return f'"{own}" has no value. Write one, or take the line away.'
    if kind in _BOUNDS:
        words, key = _BOUNDS[kind]
        return f'"{own}" is {_shown(detail["input"])}; it must be {words} {context[key]:g}.'
    return f'"{own}" {_WANTED.get(kind, "cannot be used")}, not {_shown(detail["input"])}.'


def _unknown_field(name: str, path: Path) -> str:
    known = list(_fields_of(_model_at(path[:-1])))
    nearest = nearest_name(name, known)
    hint = f'Did you mean "{nearest}"?' if nearest else f"What there is: {', '.join(known)}."
    return f'There is no field "{name}" here. {hint}'


def _model_at(path: Path) -> type[BaseModel]:
    """Return the model that describes what stands at a path; the outermost one where nothing nearer does."""
    return _walked(path)[0]


def _walked(path: Path) -> tuple[type[BaseModel], Any]:
    """Return the innermost model on the way along a path, and the annotation of the last field that was met."""
    model: type[BaseModel] = Chain
    annotation: Any = None
    for part in path:
        # A list's places and a dict's own keys are no fields.
        if isinstance(part, str) and part in (fields := _fields_of(model)):
            annotation = fields[part].annotation
            model = next(_types_in(annotation, BaseModel), model)
    return model, annotation


def _fields_of(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """Return a model's fields by their names in a chain file."""
    return {info.alias or name: info for name, info in model.model_fields.items()}


def _types_in(annotation: Any, base: type[_Type]) -> Iterator[type[_Type]]:
    """Yield the subclasses of ``base`` in an annotation such as ``dict[str, FieldType] | None``."""
    if isinstance(annotation, type) and not get_args(annotation):
        if issubclass(annotation, base):
            yield annotation
        return
    for argument in get_args(annotation):
        yield from _types_in(argument, base)


def _choices(path: Path, context: Mapping[str, Any], given: object) -> str:
    names = _enum_values(path) or [word.strip(" '") for word in str(context.get("expected", "")).split(",")]
    nearest = nearest_name(str(given), names)
    return f'Did you mean "{nearest}"?' if nearest else f"It can be: {', '.join(names)}."


def _enum_values(path: Path) -> list[str]:
    # Pydantic's own list joins the last two by "or"; the enums know better.
    return [str(member.value) for kind in _types_in(_walked(path)[1], Enum) for member in kind]


def _shown(value: object) -> str:
    if isinstance(value, Mapping):
        return "a group of names and values"
    if isinstance(value, list):
        return "a list"
    words = json.dumps(value, ensure_ascii=False, default=str)
    return words if len(words) <= 60 else f'{words[:57]}…"'


def _sentence(words: str) -> str:
    first = words.partition(" ")[0]
    sentence = words if "_" in first else words[:1].upper() + words[1:]
    return sentence if sentence.endswith("?") else sentence.rstrip(".") + "."
