"""What a chain file says of a provider: its endpoint, its limits and its prices. And the base of all its models."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, StringConstraints, field_validator, model_validator

from chaindesk.domain.completion import ModelPrice, ProviderKind, Speed

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_KEY_LIKE = re.compile(r"(?=[A-Za-z0-9]*[a-z])(?=[A-Za-z0-9]*[0-9])[A-Za-z0-9]{16}")
Text = Annotated[str, StringConstraints(min_length=1)]
Dollars = Annotated[Decimal, Field(ge=0, le=1_000_000, allow_inf_nan=False), PlainSerializer(float, when_used="json")]


class StrictModel(BaseModel):
    """A part of a chain file. A field that it does not know is a mistake; each field that it knows is described."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class PriceSettings(StrictModel):
    """What a model's tokens cost, in US dollars per million. What is left out costs as any other input."""

    input: Dollars = Field(description="US dollars for a million tokens that are sent.")
    output: Dollars = Field(description="US dollars for a million tokens that the model writes, reasoning included.")
    cached_input: Dollars | None = Field(
        default=None,
        description="US dollars for a million sent tokens that the provider has in its cache. Without it: input.",
    )
    cache_write: Dollars | None = Field(
        default=None,
        description="US dollars for a million sent tokens that the provider puts into its cache. Without it: input.",
    )

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


class ProviderSettings(StrictModel):
    """What a chain says of a provider. For a well-known one everything may be left out."""

    kind: ProviderKind | None = Field(
        default=None,
        description="The wire format that the server speaks. Without it: that of the built-in provider of this name, "
        "else openai-chat.",
    )
    base_url: Text | None = Field(
        default=None,
        description="The server's address up to the version, such as https://llm.example.org/v1. Built-in providers "
        "have theirs.",
    )
    base_urls: list[Text] | None = Field(
        default=None,
        min_length=2,
        description="Several servers of the same models instead of base_url: each gets as many calls as it can take, "
        "and those of one that is away go to the others. An answer counts whichever gave it.",
    )
    keys: list[Text] | None = Field(
        default=None,
        min_length=1,
        description="Names under which keys are kept, or variables that hold them, never keys themselves: several for "
        "one address, or one for each of base_urls in their order.",
    )
    allow_http: bool = Field(
        default=False,
        description="Takes an http:// address beyond this machine: prompts, answers and key can be read on the way.",
    )
    api_key_env: Text | None = Field(
        default=None,
        description="The name of the environment variable that holds the key, never the key itself. It is sent to the "
        "host of base_url only after you allowed that once.",
    )
    requests_per_minute: float | None = Field(
        default=None,
        gt=0,
        description="The most calls a minute that your account allows there. Without it the limit is learnt from "
        "replies.",
    )
    tokens_per_minute: float | None = Field(
        default=None, gt=0, description="The most tokens a minute, sent and written together."
    )
    input_tokens_per_minute: float | None = Field(
        default=None, gt=0, description="The most sent tokens a minute, where the provider counts them apart."
    )
    output_tokens_per_minute: float | None = Field(
        default=None, gt=0, description="The most written tokens a minute, where the provider counts them apart."
    )
    adaptive_concurrency: bool | None = Field(
        default=None,
        description="Sends fewer calls at once than concurrency allows where more make the server slower, which is "
        "tried out. Without it: true for local servers and your own that tell no limits.",
    )
    prices: dict[Text, PriceSettings] = Field(
        default_factory=dict,
        description="Prices of your own by model name, which replace the known ones; * stands for any other model of "
        "this provider.",
    )

    speeds: list[Speed] | None = Field(
        default=None,
        description="The speeds that a server has beside standard, where ChainDesk cannot know it: flex, batch.",
    )

    @model_validator(mode="after")
    def _several_servers(self) -> ProviderSettings:
        if self.base_url is not None and self.base_urls is not None:
            raise ValueError("a provider has base_url or base_urls, not both")
        if self.keys is not None and self.api_key_env is not None:
            raise ValueError("a provider has api_key_env or keys, not both")
        addresses, names = len(self.base_urls or ()), len(self.keys or ())
        if addresses > 1 and names > 1 and addresses != names:
            raise ValueError(f"keys are as many as base_urls, one for each: here are {names} for {addresses}")
        for values in (self.base_urls, self.keys):
            if values is not None and len(set(values)) < len(values):
                raise ValueError("each server and each key is named once")
        if any(_KEY_LIKE.search(name) for name in self.keys or ()):
            raise ValueError("keys are named, never written here: `chaindesk keys set NAME` keeps one under a name")
        return self

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
