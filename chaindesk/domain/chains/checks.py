"""The checks of a step without code, and what a failed check does, as the chain file describes them."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from enum import Enum
from typing import Annotated, Any

from pydantic import (
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    field_validator,
    model_serializer,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from chaindesk.domain.chains.provider_settings import StrictModel, Text
from chaindesk.domain.chains.template import nearest_name

_RANGE = re.compile(r"\s*(?P<low>[^.\s]\S*?)?\s*\.\.\s*(?P<high>\S+)?\s*")
RULES = (
    *(
        "not_empty",
        "words",
        "characters",
        "contains",
        "not_contains",
        "matches",
        "not_matches",
        "starts_with",
        "one_of",
    ),
    *("number", "date", "json_schema", "url", "email", "language", "not_equal_to", "unique", "numbers_from"),
    *("quoted_from", "similar_length", "judge"),
)
"""What a check can want, by the names of its fields."""
ACROSS_ROWS = frozenset({"unique", "similar_length"})
"""Rules that compare a row with others, so that they can be judged only once these are there."""


def split_range(text: str) -> tuple[str, str]:
    """Return both ends of a range such as ``5..40``, "" for an open one; a value alone is both."""
    found = _RANGE.fullmatch(text)
    if found is None:
        return text.strip(), text.strip()
    return found["low"] or "", found["high"] or ""


def _texts(value: object) -> object:
    """A text alone is a list of one; YAML's numbers and truths are texts here."""
    values = value if isinstance(value, (list, tuple)) else [value]
    return [
        str(one).lower() if isinstance(one, bool) else str(one) if isinstance(one, (int, float)) else one
        for one in values
    ]


def _range_text(value: object) -> object:
    return str(value) if isinstance(value, (int, float, date)) and not isinstance(value, bool) else value


def _sources(value: object) -> object:
    return value if isinstance(value, bool) or value is None else _texts(value)


Texts = Annotated[list[Text], BeforeValidator(_texts)]
RangeText = Annotated[Text, BeforeValidator(_range_text)]
Sources = Annotated[list[Text] | bool, BeforeValidator(_sources)]


class Check(StrictModel):
    """One line of a step's checks: what is looked at, and what it must be like.

    Without ``field`` the whole answer is looked at. ``{text: {words: 5..40}}`` is the same as ``{words: 5..40}``.
    """

    # The short forms below are no fields, and an editor is not to mark them.
    model_config = ConfigDict(json_schema_extra=lambda schema: schema.pop("additionalProperties"))

    field: Text | None = Field(default=None, description="The field that is looked at; without it, the whole answer.")
    not_empty: bool | None = Field(default=None, description="true: there must be something.")
    words: RangeText | None = Field(default=None, description="How many words it has: 5..40, ..40, 5.. or 12.")
    characters: RangeText | None = Field(default=None, description="How many characters it has, such as ..160.")
    contains: Texts | None = Field(default=None, description="Texts that must all be in it; case makes no difference.")
    not_contains: Texts | None = Field(default=None, description="Texts of which none may be in it, whatever its case.")
    matches: Text | None = Field(default=None, description="A regular expression that must be found in it.")
    not_matches: Text | None = Field(default=None, description="A regular expression that must not be found in it.")
    starts_with: Texts | None = Field(default=None, description="Texts with one of which it must begin.")
    one_of: Texts | None = Field(default=None, description="Texts of which it must be one; case makes no difference.")
    number: RangeText | None = Field(default=None, description="It must be a number in this range, such as 0..10.")
    date: RangeText | None = Field(default=None, description="It must be a date in this range: 2026-01-01..2026-12-31.")
    json_schema: dict[str, Any] | bool | None = Field(
        default=None, description="true: it must be JSON; a JSON Schema: JSON that fits it."
    )
    url: bool | None = Field(default=None, description="true: it must be a web address.")
    email: bool | None = Field(default=None, description="true: it must be an e-mail address.")
    language: Text | None = Field(
        default=None, description="The language that it must be in, as a code such as en or de; a library's guess."
    )
    not_equal_to: Texts | None = Field(
        default=None, description="Columns or earlier steps that it may not be the same as, such as its own input."
    )
    unique: bool | None = Field(default=None, description="true: no other row may have the same answer.")
    numbers_from: Sources | None = Field(
        default=None,
        description="Columns or earlier steps in which every number of it must stand; true: all that the prompt uses.",
    )
    quoted_from: Sources | None = Field(
        default=None,
        description="Columns or earlier steps in which it, or each passage of it in quotation marks, must stand word "
        "for word; true: all that the prompt uses.",
    )
    similar_length: float | None = Field(
        default=None,
        gt=1,
        description="It may be at most so many times longer or shorter than the answers of the rows around it.",
    )
    judge: Text | None = Field(
        default=None,
        description="A question about the answer to another model, which answers yes or no. Each answer costs a call.",
    )
    model: Text | None = Field(default=None, description="The model that judges, as provider/model.")
    expect: bool = Field(default=True, description="The judge's answer that passes: yes or no.")

    @model_validator(mode="before")
    @classmethod
    def _flat(cls, data: object) -> object:
        """Take ``text: {…}`` and ``evidence: FIELD`` for what they are short for."""
        if not isinstance(data, dict):
            return data
        data = dict(data)
        if isinstance(data.get("text"), dict):
            data |= data.pop("text")
        if isinstance(data.get("evidence"), str):
            data |= {"field": data.pop("evidence"), "quoted_from": data.get("quoted_from", True)}
        if "json" in data:
            data["json_schema"] = data.pop("json")
        return data

    @field_validator("expect", mode="before")
    @classmethod
    def _yes_or_no(cls, value: object) -> object:
        word = value.strip().casefold() if isinstance(value, str) else value
        return {"yes": True, "no": False}.get(word, value) if isinstance(word, str) else value

    @model_validator(mode="after")
    def _sound(self) -> Check:
        """Refuse what could never be judged."""
        if not any(True for _ in self.rules()):
            raise ValueError(f"a check wants one of: {', '.join(RULES)}")
        if (self.judge is None) != (self.model is None):
            raise ValueError("a judge wants a question (judge) and a model")
        if self.model is not None and not all(self.model.partition("/")):
            raise ValueError("a model is written provider/model, such as openai/gpt-5.4-mini or local/llama3")
        for name in ("words", "characters", "number", "date"):
            _check_range(name, getattr(self, name))
        for name in ("matches", "not_matches"):
            try:
                re.compile(getattr(self, name) or "")
            except re.error as error:
                raise ValueError(f"{name} is no regular expression: {error}") from None
        return self

    def rules(self) -> Iterator[tuple[str, Any]]:
        """Yield what it wants: the rule's name and its value."""
        for name in RULES:
            value = getattr(self, name)
            if value is not None and value is not False:
                yield name, value

    @property
    def has_judge(self) -> bool:
        """Whether it costs a call."""
        return self.judge is not None


class FailActionKind(Enum):
    """What can be done about a failed check."""

    ASK_AGAIN = "ask_again"
    ESCALATE = "escalate"
    REVIEW = "review"


class FailAction(StrictModel):
    """One stage of ``on_fail``: ``ask_again``, ``{escalate: provider/model}`` or ``review``."""

    kind: FailActionKind = Field(description="What is done: ask_again, escalate or review.")
    escalate: Text | None = Field(
        default=None, description="The model that is asked instead, for this row only, as provider/model."
    )

    @model_validator(mode="before")
    @classmethod
    def _long_form(cls, data: object) -> object:
        if isinstance(data, str):
            if data == FailActionKind.ESCALATE.value:
                raise ValueError("escalate wants a model, as in {escalate: openai/gpt-6.1}")
            if data not in {kind.value for kind in FailActionKind}:
                raise ValueError(f'"{data}" is none of ask_again, {{escalate: provider/model}}, review')
            return {"kind": data}
        if isinstance(data, dict) and "kind" not in data and "escalate" in data:
            return {"kind": FailActionKind.ESCALATE.value, **data}
        return data

    @model_validator(mode="after")
    def _has_model(self) -> FailAction:
        if (self.escalate is not None) != (self.kind is FailActionKind.ESCALATE):
            raise ValueError("a model is for escalate alone, as in {escalate: openai/gpt-6.1}")
        if self.escalate is not None and not all(self.escalate.partition("/")):
            raise ValueError("a model is written provider/model, such as openai/gpt-5.4-mini or local/llama3")
        return self

    @model_serializer
    def _short_form(self) -> Any:
        return {"escalate": self.escalate} if self.escalate is not None else self.kind.value

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        reference = handler(core)
        schema = handler.resolve_ref_schema(reference)
        properties, title, words = schema["properties"], schema.get("title"), schema.get("description")
        schema.clear()
        plain = {"enum": [FailActionKind.ASK_AGAIN.value, FailActionKind.REVIEW.value], "type": "string"}
        long_form = {"type": "object", "additionalProperties": False, "properties": properties}
        schema |= {"title": title, "description": words, "anyOf": [plain, long_form]}
        return reference


def checks_digest(checks: Sequence[Check]) -> str:
    """Return a hash of what these checks want: with another one, answers are judged anew."""
    said: list[Any] = [check.model_dump(mode="json", exclude_defaults=True) for check in checks]
    if any(check.has_judge for check in checks):
        said.append("judged")  # without it: verdicts of versions that took answers no judge had seen as passed
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]


def refuse_unfit(checks: Sequence[Check], on_fail: Sequence[FailAction], fields: Collection[str], votes: int) -> None:
    """Refuse what does not fit together in a step.

    Raises:
        ValueError: it does not.
    """
    for check in checks:
        if check.field is not None and check.field not in fields:
            raise ValueError(f'a check looks at the field "{check.field}". {_fields_there_are(fields, check.field)}')
    if votes > 1 and not fields:
        raise ValueError("votes are for a step with fields: free texts are never the same twice")
    if FailActionKind.REVIEW in [action.kind for action in on_fail][:-1]:
        raise ValueError("review is the end of on_fail: what comes after it would never be done")
    if on_fail and not checks:
        raise ValueError("on_fail is for a step with checks")


def _fields_there_are(fields: Collection[str], name: str) -> str:
    nearest = nearest_name(name, fields)
    if nearest is not None:
        return f'Did you mean "{nearest}"?'
    return f"The step's fields are: {', '.join(fields)}." if fields else "The step has no fields; leave it out."


def _check_range(name: str, text: str | None) -> None:
    if text is None:
        return
    low, high = split_range(text)
    try:
        read = [_bound(name, end) for end in (low, high) if end]
    except ValueError:
        example = "2026-01-01..2026-12-31" if name == "date" else "5..40"
        raise ValueError(f'{name} wants a range such as {example}, not "{text}"') from None
    if not read or (len(read) == 2 and read[0] > read[1]):  # type: ignore[operator]
        raise ValueError(f'{name} wants a range whose first end is not above its last, not "{text}"')


def _bound(name: str, text: str) -> float | date:
    if name == "date":
        return date.fromisoformat(text)
    return float(text) if name == "number" else int(text)
