"""A chain: an ordered list of steps, each one model call, as the chain file describes it.

Pydantic checks the shape of the file and reports every mistake at once; ``chain_binding`` then checks the chain against
a sheet.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

from chaindesk.domain.chains.answer_fields import AnswerField, answer_schema
from chaindesk.domain.chains.call_choices import SameRequest, SpeedFallback, refuse_unfit_calls
from chaindesk.domain.chains.checks import Check, FailAction, refuse_unfit
from chaindesk.domain.chains.provider_settings import ProviderSettings, StrictModel, Text
from chaindesk.domain.chains.retry_settings import RetrySettings
from chaindesk.domain.chains.step_examples import Examples
from chaindesk.domain.completion import Speed
from chaindesk.domain.names import readable_name

MAX_CONCURRENCY = 1000
STATUS_HEADER = "Status"
ERROR_HEADER = "Error"
CHECKS_HEADER = "Checks"
_FLEX_TIMEOUT_S = 900.0
_NAME = re.compile(r"[^{}|.\n]+")
ColumnName = Annotated[Text, AfterValidator(readable_name)]


class RowOrder(Enum):
    """The orders in which the rows of a run may begin."""

    LONGEST_FIRST = "longest-first"
    SHEET = "sheet"


class ExtraColumn(Enum):
    """Columns about the run that a chain may ask for beside its outputs; the value is the column's header."""

    MODEL = "model"
    TOKENS = "tokens"
    COST = "cost"
    SECONDS = "seconds"
    ATTEMPTS = "attempts"
    FINISHED_AT = "finished at"
    REVIEW = "review"
    REVIEW_REASON = "review reason"
    DOUBT = "doubt"
    AUDIT = "audit"


class RunIf(StrictModel):
    """A condition on one column or earlier step. Just one test: ``equals``, ``not_equals``, ``contains`` or ``blank``.

    Texts are compared without regard to case or surrounding spaces.
    """

    column: ColumnName | None = Field(default=None, description="The column of the sheet that is looked at.")
    step: Text | None = Field(default=None, description="The earlier step, or its step.field, that is looked at.")
    equals: str | None = Field(default=None, description="The step runs where the value is this text.")
    not_equals: str | None = Field(default=None, description="The step runs where the value is not this text.")
    contains: str | None = Field(default=None, description="The step runs where the value has this text in it.")
    blank: bool | None = Field(
        default=None, description="true: the step runs where the value is blank; false: where it is not."
    )

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


class Step(StrictModel):
    """One model call of a chain."""

    name: Text = Field(
        description="What the step is called: {{name}} puts its output into later prompts, and its column has this "
        "header unless output names another."
    )
    enabled: bool = Field(
        default=True, description="Whether the step runs. One that is switched off makes no call and writes no column."
    )
    model: Text = Field(
        description="The model that is asked, as provider/model: openai/gpt-5.4-mini, local/llama3, demo/writer."
    )
    fallback: Text | None = Field(
        default=None,
        description="The model that is asked instead, as provider/model, in rows where the first one's provider is "
        "away or refuses the call for good. The run says so, and the answer names its model.",
    )
    prompt: Text = Field(
        description="The request. {{Column}} stands for the row's cell, {{step}} and {{step.field}} for an earlier "
        "output, {{Column|text}} has a text for blank cells, {{Column.link}} is the address behind a link."
    )
    system: str = Field(
        default="",
        description="Instructions in the model's system role, before the prompt. Names work as there.",
    )
    output: Text | None = Field(
        default=None,
        description="The header of the output's column. With fields: what stands before each field's name. Without it: "
        "the step's name, or the fields' names alone.",
    )
    fields: dict[str, AnswerField] = Field(
        default_factory=dict,
        description="Asks for a structured answer: a column for each field, by name and type. A list of texts in the "
        "type's place is a choice of these; ? after a type lets the field be empty.",
    )
    checks: list[Check] = Field(
        default_factory=list,
        description="What an answer must be like. Each is judged without a call, except a judge, which asks a model.",
    )
    on_fail: list[FailAction] = Field(
        default_factory=list,
        description="What is done in a row whose answer fails a check, one after another until it passes: ask_again, "
        "{escalate: provider/model}, review. Without it the answer is flagged.",
    )
    examples: Examples | None = Field(
        default=None,
        description="Shows the model answers to this step that you have approved or edited, those of the rows most "
        "like its own. A row that has an answer keeps it, whatever you approve later.",
    )
    votes: int = Field(
        default=1,
        ge=1,
        le=15,
        description="How often a step with fields is asked; the answer that most of them agree with counts.",
    )
    run_if: RunIf | None = Field(
        default=None, description="Runs the step only in rows where this holds; in the others its output is blank."
    )
    max_output_tokens: int | None = Field(
        default=None,
        gt=0,
        description="The most tokens that an answer may have, reasoning included. It makes a budget certain.",
    )
    temperature: float | None = Field(
        default=None, ge=0, le=2, description="How much chance there is in an answer: 0 is the least."
    )
    top_p: float | None = Field(
        default=None, gt=0, le=1, description="Draws only from the likeliest words that together have this probability."
    )
    seed: int | None = Field(
        default=None, description="Starts the model's chance from this number, where the provider has such a thing."
    )
    stop: list[str] | None = Field(default=None, description="Texts at which the model ends its answer.")
    reasoning_effort: Text | None = Field(
        default=None, description="How long a reasoning model thinks, in its provider's words: low, medium, high."
    )
    parameters: dict[str, Any] = Field(
        default_factory=dict,
        description="Any other parameter of the provider, sent as it stands here.",
    )
    speed: Speed | None = Field(
        default=None,
        description="How soon the step's answers are wanted: standard, flex (half the price, minutes instead of "
        "seconds) or batch (half the price, within hours). Without it: the chain's speed.",
    )
    speed_fallback: SpeedFallback | None = Field(default=None, description="As of the chain. Without it: the chain's.")
    same_request: SameRequest = Field(
        default=SameRequest.OWN_ANSWER,
        description="What rows do whose request is the same to the letter: own_answer makes a call for each, "
        "one_answer makes one call and gives its answer to all of them.",
    )
    timeout: float = Field(
        default=600.0,
        gt=0,
        description="Seconds without anything of an answer after which a call has timed out; pings are nothing. "
        "Without it, flex calls have 900.",
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

    @field_validator("model", "fallback")
    @classmethod
    def _model_reference(cls, model: str | None) -> str | None:
        if model is None:
            return None
        provider, slash, name = model.partition("/")
        if not (provider and slash and name):
            raise ValueError("a model is written provider/model, such as openai/gpt-5.4-mini or local/llama3")
        return model

    @model_validator(mode="after")
    def _checks_fit(self) -> Step:
        if self.fallback == self.model:
            raise ValueError("fallback is to be another model than the step's own")
        refuse_unfit(self.checks, self.on_fail, self.fields, self.votes)
        refuse_unfit_calls(self.speed, self.parameters, self.same_request, checked=bool(self.checks) or self.votes > 1)
        return self

    @property
    def provider(self) -> str:
        """The provider's name: what stands before the first slash of the model reference."""
        return self.model.partition("/")[0]

    @property
    def model_name(self) -> str:
        """The model's name as the provider knows it."""
        return self.model.partition("/")[2]

    @property
    def other_models(self) -> tuple[tuple[str, str], ...]:
        """The models that it may ask beside its own, each with the field that names it."""
        judges = [(f"checks[{at}].model", one.model) for at, one in enumerate(self.checks) if one.model]
        larger = [(f"on_fail[{at}].escalate", one.escalate) for at, one in enumerate(self.on_fail) if one.escalate]
        fallback = [("fallback", self.fallback)] if self.fallback else []
        return (*fallback, *judges, *larger)

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
        return answer_schema(self.fields)


class Chain(StrictModel):
    """A chain file's whole content."""

    name: Text = Field(description="What the chain is called in the window, in reports and in the history.")
    steps: list[Step] = Field(min_length=1, description="The model calls of each row, one after another in this order.")
    id_column: ColumnName | None = Field(
        default=None,
        description="The column by which rows are called in messages and reports. Without it: their row numbers.",
    )
    concurrency: int = Field(
        default=10, ge=1, le=MAX_CONCURRENCY, description="How many rows run at once. It can be turned during a run."
    )
    speed: Speed = Field(
        default=Speed.STANDARD,
        description="How soon answers are wanted, of steps that do not say it themselves: standard, flex or batch. An "
        "answer is the same at any speed, and is reused whatever it was bought at.",
    )
    speed_fallback: SpeedFallback = Field(
        default=SpeedFallback.NONE,
        description="What flex calls do while the provider has no capacity for them: none waits as long as it takes, "
        "standard lets a call that was refused several times go out at the standard price.",
    )
    order: RowOrder = Field(
        default=RowOrder.LONGEST_FIRST,
        description="The order in which rows begin. longest-first: the last ones, and all but the first ten of a short "
        "run, by how long they are likely to take, which ends it sooner; sheet: as in the sheet. Results stand in "
        "sheet order either way.",
    )
    hedge: bool = Field(
        default=False,
        description="Makes a call of the last rows a second time where it takes longer than 99 in 100 of its step, and "
        "takes what comes first. Both are paid for; at most 2 calls in 100 are made twice.",
    )
    providers: dict[str, ProviderSettings] = Field(
        default_factory=dict,
        description="Servers of your own by name, and limits, prices or addresses of built-in providers.",
    )
    retry: RetrySettings = Field(
        default_factory=RetrySettings, description="How long a call that fails is tried again."
    )
    columns: list[ExtraColumn] = Field(
        default_factory=list, description="Columns about the run that are added right of the outputs."
    )

    @property
    def step_names(self) -> tuple[str, ...]:
        """The names of its steps in order."""
        return tuple(step.name for step in self.steps)

    def resolved(self, step: Step) -> Step:
        """Return a step as it is run: what it leaves to the chain is the chain's."""
        speed, fallback = step.speed or self.speed, step.speed_fallback or self.speed_fallback
        if speed is Speed.FLEX and "timeout" not in step.model_fields_set:
            step = step.model_copy(update={"timeout": _FLEX_TIMEOUT_S})
        if (speed, fallback) == (step.speed, step.speed_fallback):
            return step
        return step.model_copy(update={"speed": speed, "speed_fallback": fallback})

    def without_batch_jobs(self) -> Self:
        """Return the chain with each step that would go by batch jobs at the standard speed."""
        at_once = {"speed": Speed.STANDARD}
        steps = [step.model_copy(update=at_once) if step.speed is Speed.BATCH else step for step in self.steps]
        return self.model_copy(update={"steps": steps} | (at_once if self.speed is Speed.BATCH else {}))

    def at_speed(self, speed: Speed) -> Self:
        """Return the chain with every step at one speed."""
        steps = [step.model_copy(update={"speed": speed}) for step in self.steps]
        return self.model_copy(update={"speed": speed, "steps": steps})

    def without_disabled(self) -> Chain:
        """Return the chain as it is run: without the steps that are switched off."""
        if all(step.enabled for step in self.steps):
            return self
        return self.model_copy(update={"steps": [step for step in self.steps if step.enabled]})


def _folded(text: str) -> str:
    return text.strip().casefold()
