"""What a chain says of examples: a step is shown answers that a person approved or edited, so many and so long."""

from __future__ import annotations

from enum import Enum
from typing import Any

from pydantic import ConfigDict, Field, model_serializer

from chaindesk.domain.chains.provider_settings import StrictModel


class ExampleSource(Enum):
    """Where examples come from."""

    APPROVED = "approved"  # the answers that a person has approved or edited


class Examples(StrictModel):
    """The examples of a step: they are said before the row's own request, the most like it last."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False)

    source: ExampleSource = Field(
        default=ExampleSource.APPROVED,
        alias="from",
        description="Where they come from: approved, the step's answers that you have approved or edited. A fifth of "
        "them, by chance, is never shown, so that what examples do can be measured there.",
    )
    most: int = Field(
        default=5, ge=1, le=20, description="How many a row is shown at most: those whose inputs are most like its own."
    )
    most_tokens: int = Field(
        default=2000, ge=1, description="How long they may be together, in tokens; longer ones are left out."
    )

    @property
    def rule(self) -> str:
        """What of a request's fingerprint stands for its examples: the rule, and never what it chose."""
        return f"examples {self.source.value} {self.most} {self.most_tokens} "

    @model_serializer
    def _as_written(self) -> Any:
        """Return it as it stands in a chain file, with ``from`` always."""
        written: dict[str, Any] = {"from": self.source.value, "most": self.most}
        if self.most_tokens != type(self).model_fields["most_tokens"].default:
            written["most_tokens"] = self.most_tokens
        return written
