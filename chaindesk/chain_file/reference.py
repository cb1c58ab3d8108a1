"""What each field of a chain file is for, out of the model that checks it: for hovers, help and the guide's page."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from chaindesk.domain.chains.chain import Chain

_SCALARS = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true or false",
    Decimal: "number",
    Any: "anything",
}
_BOUNDS = (("ge", "at least"), ("gt", "more than"), ("le", "at most"), ("lt", "less than"))


class Shape(Enum):
    """What kind of value a field wants."""

    TEXT = "text"
    WHOLE_NUMBER = "whole number"
    NUMBER = "number"
    TRUTH = "true or false"
    CHOICE = "one of some words"
    TEXTS = "list of texts"
    CHOICES = "list of some words"
    NAMES = "names with values"
    OTHER = "something of parts"


_SHAPES = {
    str: Shape.TEXT,
    int: Shape.WHOLE_NUMBER,
    float: Shape.NUMBER,
    Decimal: Shape.NUMBER,
    bool: Shape.TRUTH,
}


@dataclass(frozen=True, slots=True)
class FieldReference:
    """What is known of one field.

    Attributes:
        path: where it stands, its lists and own names left open: ``steps[].run_if.equals``, ``providers.NAME.kind``.
        kind: what it wants, such as ``whole number, at least 1, at most 1000``.
        required: whether a chain, step or entry without it is refused.
        default: the value that it has where it is left out, or "".
        description: what it is for.
        shape: what kind of value it wants.
        choices: the values that it may have, as they are written; none where there are too many to tell.
    """

    path: str
    kind: str
    required: bool
    default: str
    description: str
    shape: Shape = Shape.OTHER
    choices: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The last part of its path, which is what stands in the file."""
        return self.path.removesuffix(".NAME").removesuffix("[]").rpartition(".")[2]

    def __str__(self) -> str:
        needed = "required" if self.required else f"default: {self.default}" if self.default else "optional"
        return f"{self.name} ({self.kind}; {needed})\n{self.description}"


@cache
def chain_reference() -> tuple[FieldReference, ...]:
    """Return every field of a chain file, from the outside in, in the model's order."""
    return tuple(_fields(Chain, ""))


def describe(field_path: str | Sequence[str | int]) -> str:
    """Return what a field is for, in one paragraph with its type and default; "" where there is no such field.

    Args:
        field_path: where the field stands, as problems name it (``steps[2].run_if.equals``), with or without the
            numbers (``steps.prompt``), or as parts (``("steps", 2, "prompt")``).
    """
    found = find_field(field_path)
    return str(found) if found is not None else ""


def find_field(field_path: str | Sequence[str | int]) -> FieldReference | None:
    """Return the field at a path, or None."""
    words = _words(field_path)
    return next((field for field in chain_reference() if _matches(field.path, words)), None)


def fields_called(name: str) -> tuple[FieldReference, ...]:
    """Return the fields that end with these words, such as ``timeout`` or ``run_if.equals``."""
    words = _words(name)
    return tuple(field for field in chain_reference() if _ends_with(field.path, words))


def _words(field_path: str | Sequence[str | int]) -> list[str]:
    if isinstance(field_path, str):
        field_path = field_path.replace("[", ".").replace("]", "").split(".")
    return [str(part) for part in field_path if str(part) and not str(part).isdecimal()]


def _pattern(path: str) -> list[str]:
    return path.replace("[]", "").split(".")


def _matches(path: str, words: list[str]) -> bool:
    # A name of the user's own may be left out, and may be any word.
    pattern = _pattern(path)
    return words == [part for part in pattern if part != "NAME"] or (
        len(words) == len(pattern) and all(part in ("NAME", word) for part, word in zip(pattern, words, strict=True))
    )


def _ends_with(path: str, words: list[str]) -> bool:
    named = [part for part in _pattern(path) if part != "NAME"]
    return bool(words) and named[-len(words) :] == words


def _fields(model: type[BaseModel], before: str) -> Iterator[FieldReference]:
    for name, info in model.model_fields.items():
        path = f"{before}{info.alias or name}"
        yield _field(path, info)
        inner, mark = _inner_model(info.annotation)
        if inner is not None:
            yield from _fields(inner, f"{path}{mark}.")


def _field(path: str, info: FieldInfo) -> FieldReference:
    shape, choices = _shape(info.annotation)
    return FieldReference(path, _kind(info), info.is_required(), _default(info), info.description or "", shape, choices)


def _shape(annotation: Any) -> tuple[Shape, tuple[str, ...]]:
    """Return what kind of value an annotation stands for, and which ones there are."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (typing.Union, types.UnionType):
        return _shape(next(one for one in arguments if one is not type(None)))
    if origin is typing.Annotated:
        return _shape(arguments[0])
    if origin is list:
        match _shape(arguments[0]):
            case (Shape.TEXT, _):
                return Shape.TEXTS, ()
            case (Shape.CHOICE, choices):
                return Shape.CHOICES, choices
        return Shape.OTHER, ()
    if origin is dict:
        return (Shape.OTHER if _is_model(arguments[1]) else Shape.NAMES), _shape(arguments[1])[1]
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return Shape.CHOICE, tuple(str(member.value) for member in annotation)
    return _SHAPES.get(annotation, Shape.OTHER), ("true", "false") if annotation is bool else ()


def _inner_model(annotation: Any) -> tuple[type[BaseModel] | None, str]:
    """Return the model that a field holds, and what its path has in between: ``[]`` of a list, ``.NAME`` of names."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (typing.Union, types.UnionType):
        return next((found for found in map(_inner_model, arguments) if found[0] is not None), (None, ""))
    if origin in (list, dict) and _is_model(arguments[-1]):
        return arguments[-1], "[]" if origin is list else ".NAME"
    return (annotation, "") if _is_model(annotation) else (None, "")


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _kind(info: FieldInfo) -> str:
    metadata = [*info.metadata, *_inner_metadata(info.annotation)]
    bounds = [_bound(metadata, name, words) for name, words in _BOUNDS]
    return ", ".join([_type_words(info.annotation), *filter(None, bounds)])


def _inner_metadata(annotation: Any) -> list[Any]:
    """Return what an annotation such as ``Annotated[Decimal, Field(ge=0)] | None`` says of its values."""
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        return [one for argument in typing.get_args(annotation) for one in _inner_metadata(argument)]
    if typing.get_origin(annotation) is typing.Annotated:
        found = annotation.__metadata__
        return [one for item in found for one in (item.metadata if isinstance(item, FieldInfo) else (item,))]
    return []


def _bound(metadata: Sequence[Any], name: str, words: str) -> str:
    value = next((getattr(one, name) for one in metadata if getattr(one, name, None) is not None), None)
    return "" if value is None else f"{words} {value:,}"


def _type_words(annotation: Any) -> str:
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (typing.Union, types.UnionType):
        return _type_words(next(one for one in arguments if one is not type(None)))
    if origin is typing.Annotated:
        return _type_words(arguments[0])
    if origin is list:
        return f"list: {_type_words(arguments[0])}"
    if origin is dict:
        return f"names, each with {_type_words(arguments[1])}"
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return " | ".join(str(member.value) for member in annotation)
    if _is_model(annotation):
        short = getattr(annotation, "SHORT_FORM", "")
        return f"{short} | group of fields" if short else "group of fields"
    return _SCALARS[annotation]


def _default(info: FieldInfo) -> str:
    if info.is_required() or info.default_factory is not None or info.default in (None, ""):
        return ""
    value = info.default
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Enum):
        return str(value.value)
    return f"{value:g}" if isinstance(value, float) else str(value)
