"""A chain: an ordered list of steps, each one model call, as the chain file describes it.

Pydantic checks the shape of the file and reports every mistake at once; ``chain_binding`` then checks the chain against
a sheet.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    field_validator,
    model_validator,
)

from chaindesk.domain.completion import ModelPrice, ProviderKind
from chaindesk.domain.names import readable_name

MAX_CONCURRENCY = 1000
STATUS_HEADER = "Status"
ERROR_HEADER = "Error"
_NAME = re.compile(r"[^{}|.\n]+")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_KEY_LIKE = re.compile(r"(?=[A-Za-z0-9]*[a-z])(?=[A-Za-z0-9]*[0-9])[A-Za-z0-9]{16}")
Text = Annotated[str, StringConstraints(min_length=1)]
ColumnName = Annotated[Text, AfterValidator(readable_name)]
Dollars = Annotated[Decimal, Field(ge=0, le=1_000_000, allow_inf_nan=False), PlainSerializer(float, when_used="json")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class FieldType(Enum):
    """The types that a structured answer's fields may have."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"


class ExtraColumn(Enum):
    """Columns about the run that a chain may ask for beside its outputs; the value is the column's header."""

    MODEL = "model"
    TOKENS = "tokens"
    COST = "cost"
    SECONDS = "seconds"
    ATTEMPTS = "attempts"
    FINISHED_AT = "finished at"
    REVIEW = "review"


class PriceSettings(_Strict):
    """What a model's tokens cost, in US dollars per million. What is left out costs as any other input."""

    input: Dollars
    output: Dollars
    cached_input: Dollars | None = None
    cache_write: Dollars | None = None

    @field_validator("input", "output", "cached_input", "cache_write", mode="before")
    @classmethod
    def _no_truth(cls, value: object) -> object:
        if isinstance(value, bool):
            raise ValueError("a price is a number of US dollars per million tokens, such as 0.5")
        return value

    @property
    def price(self) -> ModelPrice:
        """The same as a plain value."""
        return ModelPrice(self.input, self.output, self.cached_input, self.cache_write)


class ProviderSettings(_Strict):
    """What a chain says of a provider. For a well-known one everything may be left out."""

    kind: ProviderKind | None = None
    base_url: Text | None = None
    allow_http: bool = False
    api_key_env: Text | None = None
    requests_per_minute: float | None = Field(default=None, gt=0)
    tokens_per_minute: float | None = Field(default=None, gt=0)
    input_tokens_per_minute: float | None = Field(default=None, gt=0)
    output_tokens_per_minute: float | None = Field(default=None, gt=0)
    prices: dict[Text, PriceSettings] = Field(default_factory=dict)

    @field_validator("api_key_env")
    @classmethod
    def _no_key(cls, value: str | None) -> str | None:
        # The value is never part of the message: it may be the key itself.
        if value is not None and (not _VARIABLE.fullmatch(value) or _KEY_LIKE.search(value)):
            raise ValueError(
                "api_key_env names the environment variable that holds the key, such as LAB_API_KEY, and what stands "
                "here is no such name. If it is the key itself, take it out of the file"
            )
        return value


class RunIf(_Strict):
    """A condition on one column or earlier step. Just one test: ``equals``, ``not_equals``, ``contains`` or ``blank``.

    Texts are compared without regard to case or surrounding spaces.
    """

    column: ColumnName | None = None
    step: Text | None = None
    equals: str | None = None
    not_equals: str | None = None
    contains: str | None = None
    blank: bool | None = None

    @field_validator("equals", "not_equals", "contains", mode="before")
    @classmethod
    def _as_text(cls, value: object) -> object:
        if isinstance(value, bool):
            return "TRUE" if value else "FALSE"
        return str(value) if isinstance(value, (int, float)) else value

    @model_validator(mode="after")
    def _one_of_each(self) -> RunIf:
        if (self.column is None) == (self.step is None):
            raise ValueError("run_if wants either column or step")
        tests = (self.equals, self.not_equals, self.contains, self.blank)
        if sum(test is not None for test in tests) != 1:
            raise ValueError("run_if wants exactly one of equals, not_equals, contains, blank")
        return self

    @property
    def name(self) -> str:
        """The column or step that is looked at."""
        return self.column or self.step or ""

    def holds(self, values: Mapping[str, str]) -> bool:
        """Whether the step is to run, given the row's columns and the outputs so far."""
        value = _folded(values.get(self.name, ""))
        if self.equals is not None:
            return value == _folded(self.equals)
        if self.not_equals is not None:
            return value != _folded(self.not_equals)
        if self.contains is not None:
            return _folded(self.contains) in value
        return (value == "") == self.blank


class Step(_Strict):
    """One model call of a chain."""

    name: Text
    model: Text
    prompt: Text
    system: str = ""
    output: Text | None = None
    fields: dict[str, FieldType] = Field(default_factory=dict)
    run_if: RunIf | None = None
    max_output_tokens: int | None = Field(default=None, gt=0)
    temperature: float | None = Field(default=None, ge=0, le=2)
    top_p: float | None = Field(default=None, gt=0, le=1)
    seed: int | None = None
    stop: list[str] | None = None
    reasoning_effort: Text | None = None
    parameters: dict[str, Any] = Field(default_factory=dict)
    timeout: float = Field(
        default=600.0,
        gt=0,
        description="Seconds without anything of an answer after which a call has timed out; pings are nothing.",
    )
    total_timeout: float = Field(
        default=3600.0, gt=0, description="Seconds after which a call has timed out, whatever still comes."
    )

    @field_validator("name")
    @classmethod
    def _plain_name(cls, name: str) -> str:
        if not _NAME.fullmatch(name) or name != name.strip():
            raise ValueError("a step's name is one line without { } | . and without spaces around it")
        return name

    @field_validator("model")
    @classmethod
    def _model_reference(cls, model: str) -> str:
        provider, slash, name = model.partition("/")
        if not (provider and slash and name):
            raise ValueError("a model is written provider/model, such as openai/gpt-6.1-mini or local/llama3")
        return model

    @property
    def provider(self) -> str:
        """The provider's name: what stands before the first slash of the model reference."""
        return self.model.partition("/")[0]

    @property
    def model_name(self) -> str:
        """The model's name as the provider knows it."""
        return self.model.partition("/")[2]

    @property
    def columns(self) -> tuple[str, ...]:
        """The headers of the step's output columns: one, or one for each field."""
        if self.fields:
            return tuple(f"{self.output} {name}" if self.output else name for name in self.fields)
        return (self.output or self.name,)

    @property
    def references(self) -> tuple[str, ...]:
        """The names by which later steps may use its output."""
        return (self.name, *(f"{self.name}.{name}" for name in self.fields))

    @property
    def call_parameters(self) -> dict[str, Any]:
        """The parameters of its calls by neutral name, only those that the chain sets."""
        named = ("max_output_tokens", "temperature", "top_p", "seed", "stop", "reasoning_effort")
        chosen = {name: getattr(self, name) for name in named if getattr(self, name) is not None}
        return chosen | self.parameters

    @property
    def answer_schema(self) -> dict[str, Any] | None:
        """The JSON Schema of its answer (every field required, nothing beside them), or None without fields."""
        if not self.fields:
            return None
        return {
            "type": "object",
            "properties": {name: {"type": kind.value} for name, kind in self.fields.items()},
            "required": list(self.fields),
            "additionalProperties": False,
        }


class RetrySettings(_Strict):
    """How long a failing call is tried: calls in all, and seconds from the first one.

    A refusal for the provider's rate counts a quarter: all rows wait it out together, and none is to fail for it.
    What a provider's outage fails counts nothing; it is waited out for ``outage_minutes``, then the user is asked.

    Nine attempts bring 3,000 calls through a storm in which a fifth of all calls fail and another tenth are refused for
    the rate: of the tries that count 0.2 / 0.9 fail, so that one call fails for good with a chance of (2/9)^9, which is
    1.3 in a million, and all 3,000 come through in 99.6 % of runs (with eight attempts in 98 %, with six in 70 %).
    """

    attempts: int = Field(default=9, ge=1, le=50, description="Calls in all; of answers that are of no use, three.")
    seconds: float = Field(default=1800.0, gt=0, description="Seconds from the first call on.")
    outage_minutes: float = Field(
        default=60.0, ge=0, description="Minutes that a provider's outage is waited out before the user is asked."
    )


class Chain(_Strict):
    """A chain file's whole content."""

    name: Text
    steps: list[Step] = Field(min_length=1)
    id_column: ColumnName | None = None
    concurrency: int = Field(default=10, ge=1, le=MAX_CONCURRENCY)
    providers: dict[str, ProviderSettings] = Field(default_factory=dict)
    retry: RetrySettings = Field(default_factory=RetrySettings)
    columns: list[ExtraColumn] = Field(default_factory=list)

    @property
    def step_names(self) -> tuple[str, ...]:
        """The names of its steps in order."""
        return tuple(step.name for step in self.steps)


def _folded(text: str) -> str:
    return text.strip().casefold()
