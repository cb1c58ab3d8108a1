"""The fields of a structured answer as the chain file describes them: a type each, its allowed values, and how a cell
shows them."""

from __future__ import annotations

import unicodedata
from enum import Enum
from typing import Any, ClassVar

from pydantic import Field, GetJsonSchemaHandler, field_validator, model_serializer, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from chaindesk.domain.chains.provider_settings import StrictModel, Text
from chaindesk.domain.chains.template import nearest_name

FieldValue = str | int | float | bool | None | tuple[str, ...]
"""The value of a field as JSON has it: a date is a text (YYYY-MM-DD), a list is a tuple of texts."""
OPTIONAL_MARK = "?"
DEFAULT_SEPARATOR = "; "


class FieldType(Enum):
    """The types that a structured answer's fields may have."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    LIST = "list"
    CHOICE = "choice"


class AnswerField(StrictModel):
    """One field of a structured answer.

    In short it is written as its type (``number``, or ``number?`` where it may be empty) or as its allowed values.
    """

    SHORT_FORM: ClassVar[str] = " | ".join(kind.value for kind in FieldType if kind is not FieldType.CHOICE) + (
        f", with {OPTIONAL_MARK} after it where it may be empty | list of allowed values"
    )

    type: FieldType = Field(description="What the field holds; with ? after it, it may be empty.")
    nullable: bool = Field(default=False, description="Whether it may be empty; its cell then is blank.")
    values: list[Text] = Field(
        default_factory=list,
        description="The allowed values of a choice, or of a list's items; case and spaces are forgiven in an answer.",
    )
    separator: Text = Field(
        default=DEFAULT_SEPARATOR, description="What stands between the items of a list in their cell."
    )
    words: list[Text] = Field(
        default_factory=list,
        description="A boolean's words for true and false, in this order, as in [ja, nein]: its cell has them, and an "
        "answer may use them. The words of common languages are understood without it.",
    )

    @model_validator(mode="before")
    @classmethod
    def _long_form(cls, data: object) -> object:
        """Return the long form of whatever is written."""
        if isinstance(data, (list, tuple)):
            return {"type": FieldType.CHOICE.value, "values": data}
        if isinstance(data, str):
            data = {"type": data}
        if not isinstance(data, dict):
            return data
        data = dict(data)
        if "type" not in data and "values" in data:
            data["type"] = FieldType.CHOICE.value
        if isinstance(kind := data.get("type"), str):
            if kind.endswith(OPTIONAL_MARK):
                data |= {"type": kind.removesuffix(OPTIONAL_MARK).rstrip(), "nullable": True}
            _refuse_unknown_type(str(data["type"]))
        return data

    @field_validator("values", "words", mode="before")
    @classmethod
    def _as_texts(cls, values: object) -> object:
        """YAML reads some words as numbers or truths; here they are texts."""
        if not isinstance(values, (list, tuple)):
            return values
        return [str(one).lower() if isinstance(one, bool) else str(one) if _is_number(one) else one for one in values]

    @model_validator(mode="after")
    def _matches_type(self) -> AnswerField:
        """Refuse settings that the type has no use for."""
        if self.type is FieldType.CHOICE and not self.values:
            raise ValueError("a choice wants its allowed values, as in [retail, food, other]")
        if self.values and self.type not in {FieldType.CHOICE, FieldType.LIST}:
            raise ValueError(f"values are for a choice or a list, not for a field of the type {self.type.value}")
        folded = [folded_text(value) for value in self.values]
        if len(set(folded)) < len(folded):
            twice = next(value for value, one in zip(self.values, folded, strict=True) if folded.count(one) > 1)
            raise ValueError(f'the value "{twice}" stands there twice; case and spaces make no difference')
        if self.words and self.type is not FieldType.BOOLEAN:
            raise ValueError(f"words are for a boolean, not for a field of the type {self.type.value}")
        if self.words and (len(self.words) != 2 or folded_text(self.words[0]) == folded_text(self.words[1])):
            raise ValueError("words wants two texts, that for true and that for false, as in [ja, nein]")
        if self.separator != DEFAULT_SEPARATOR and self.type is not FieldType.LIST:
            raise ValueError(f"a separator is for a list, not for a field of the type {self.type.value}")
        return self

    @model_serializer
    def _short_form(self) -> Any:
        """Return the shortest form that reads back as the same."""
        name = self.type.value + (OPTIONAL_MARK if self.nullable else "")
        if self.type is FieldType.CHOICE and not self.nullable:
            return list(self.values)
        rest: dict[str, Any] = {}
        if self.values:
            rest["values"] = list(self.values)
        if self.separator != DEFAULT_SEPARATOR:
            rest["separator"] = self.separator
        if self.words:
            rest["words"] = list(self.words)
        return {"type": name, **rest} if rest else name

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Let editors know the short forms, too."""
        reference = handler(core)
        schema = handler.resolve_ref_schema(reference)
        plain = [kind.value for kind in FieldType if kind is not FieldType.CHOICE]
        every = [*plain, FieldType.CHOICE.value]
        long_form = {key: value for key, value in schema.items() if key not in {"description", "title"}}
        long_form["properties"]["type"] = {
            "description": cls.model_fields["type"].description,
            "enum": [name + mark for name in every for mark in ("", OPTIONAL_MARK)],
            "type": "string",
        }
        long_form.pop("required", None)
        short = {"enum": [name + mark for name in plain for mark in ("", OPTIONAL_MARK)], "type": "string"}
        choice = {"items": {"type": ["string", "number", "boolean"]}, "minItems": 1, "type": "array"}
        title, description = schema.get("title"), schema.get("description")
        schema.clear()
        schema |= {"title": title, "description": description, "anyOf": [short, choice, long_form]}
        return reference

    @property
    def schema_part(self) -> dict[str, Any]:
        """Its JSON Schema, in the subset that providers with structured output have in common."""
        kind: Any = _JSON_TYPES[self.type]
        schema: dict[str, Any] = {"type": [kind, "null"] if self.nullable else kind}
        match self.type:
            case FieldType.CHOICE:
                schema["enum"] = [*self.values, *([None] if self.nullable else [])]
            case FieldType.LIST:
                schema["items"] = {"type": "string"} | ({"enum": list(self.values)} if self.values else {})
            case FieldType.DATE:
                schema |= {"format": "date", "description": "a date as YYYY-MM-DD"}
        return schema


_JSON_TYPES = {
    FieldType.STRING: "string",
    FieldType.INTEGER: "integer",
    FieldType.NUMBER: "number",
    FieldType.BOOLEAN: "boolean",
    FieldType.DATE: "string",
    FieldType.LIST: "array",
    FieldType.CHOICE: "string",
}


def answer_schema(fields: dict[str, AnswerField]) -> dict[str, Any] | None:
    """Return the JSON Schema of an answer with these fields: all required, nothing beside them; None without any."""
    if not fields:
        return None
    return {
        "type": "object",
        "properties": {name: field.schema_part for name, field in fields.items()},
        "required": list(fields),
        "additionalProperties": False,
    }


def field_text(value: FieldValue, field: AnswerField | None = None) -> str:
    """Return a field's value as text, as prompts, conditions, cells and people see it."""
    if isinstance(value, bool):
        if field is not None and field.words:
            return field.words[0 if value else 1]
        return "TRUE" if value else "FALSE"
    if isinstance(value, (tuple, list)):
        return (DEFAULT_SEPARATOR if field is None else field.separator).join(value)
    return "" if value is None else str(value)


def folded_text(text: str) -> str:
    """Return a text as it is compared where case, spaces and the bytes of an accent make no difference."""
    plain = text if text.isascii() else unicodedata.normalize("NFC", text)
    return " ".join(plain.casefold().split())


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _refuse_unknown_type(name: str) -> None:
    """Refuse a type that there is not, and name the nearest one."""
    known = [kind.value for kind in FieldType]
    if name in known:
        return
    nearest = _OTHER_NAMES.get(name.casefold()) or nearest_name(name, known)
    hint = f'Did you mean "{nearest}"?' if nearest else f"It can be: {', '.join(known)}, or a list of allowed values."
    raise ValueError(f'there is no field type "{name}". {hint}')


_OTHER_NAMES = {"enum": "choice", "text": "string", "bool": "boolean", "int": "integer", "float": "number"}
