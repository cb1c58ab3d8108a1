"""A field of a structured answer as the text of a chain has it, read for its row of controls and written from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chaindesk.domain.chains.answer_fields import OPTIONAL_MARK, FieldType

WITH_VALUES = (FieldType.CHOICE, FieldType.LIST)
_ONLY_OF = {"separator": FieldType.LIST, "words": FieldType.BOOLEAN}


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """What a row of the table says of a field.

    Attributes:
        kind: its type, or a word that is none.
        nullable: whether it may be empty.
        values: its allowed values.
    """

    kind: FieldType | str
    nullable: bool = False
    values: tuple[str, ...] = ()


def read_spec(written: Any) -> FieldSpec:
    """Return what stands under a field's name, be it right or wrong."""
    if isinstance(written, list):
        return FieldSpec(FieldType.CHOICE, values=_texts(written))
    if isinstance(written, Mapping):
        values = _texts(written.get("values"))
        spec = read_spec(written.get("type", FieldType.CHOICE.value if values else ""))
        nullable = spec.nullable or written.get("nullable") is True
        return FieldSpec(spec.kind, nullable, values)
    word = str(written) if written is not None else ""
    name = word.removesuffix(OPTIONAL_MARK).rstrip()
    kind = next((kind for kind in FieldType if kind.value == name), name)
    return FieldSpec(kind, word.endswith(OPTIONAL_MARK))


def write_spec(spec: FieldSpec, before: Any) -> Any:
    """Return a field as it is to stand under its name: in short, unless it was written at length ``before``."""
    kind = spec.kind.value if isinstance(spec.kind, FieldType) else spec.kind
    name = kind + (OPTIONAL_MARK if spec.nullable else "")
    values = list(spec.values) if spec.kind in WITH_VALUES else []
    if isinstance(before, Mapping):
        kept = {key: value for key, value in before.items() if key not in ("type", "nullable", "values")}
        kept = {key: value for key, value in kept.items() if _ONLY_OF.get(key, spec.kind) is spec.kind}
        return {"type": name} | ({"values": values} if values else {}) | kept
    if spec.kind is FieldType.CHOICE and not spec.nullable:
        return values
    return {"type": name, "values": values} if values else name


def split_values(typed: str) -> tuple[str, ...]:
    """Return the values of a line: between semicolons where there are some, else between commas."""
    parts = typed.split(";" if ";" in typed else ",")
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))


def joined_values(values: Sequence[str]) -> str:
    """Return values as one line, from which ``split_values`` reads the same again."""
    if any("," in value for value in values):
        return "; ".join(values) + (";" if len(values) == 1 else "")
    return ", ".join(values)


def _texts(values: Any) -> tuple[str, ...]:
    if not isinstance(values, list):
        return ()
    return tuple(str(one).lower() if isinstance(one, bool) else str(one) for one in values)
