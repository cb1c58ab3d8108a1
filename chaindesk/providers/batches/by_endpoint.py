"""The batch jobs of an endpoint: which provider's form they have."""

from __future__ import annotations

from chaindesk.domain.completion import Endpoint, ProviderKind, Speed
from chaindesk.providers.batches.anthropic import AnthropicBatches
from chaindesk.providers.batches.azure import AzureBatches
from chaindesk.providers.batches.caller import JobCaller
from chaindesk.providers.batches.gemini import GeminiBatches
from chaindesk.providers.batches.mistral import MistralBatches
from chaindesk.providers.batches.openai import OpenAIBatches
from chaindesk.providers.batches.protocol import BatchApi, BatchLimits
from chaindesk.providers.registry import PRESETS

Form = type[AnthropicBatches] | type[GeminiBatches] | type[OpenAIBatches] | type[MistralBatches]


def batch_api(caller: JobCaller) -> BatchApi | None:
    """The batch jobs of the caller's endpoint, or None where it has none."""
    form = _form_of(caller.endpoint)
    return None if form is None else form(caller)


def batch_limits(endpoint: Endpoint) -> BatchLimits | None:
    """What one job of an endpoint may hold and how long it lives, or None where it has no batch jobs."""
    form = _form_of(endpoint)
    return None if form is None else form.limits


def _form_of(endpoint: Endpoint) -> Form | None:
    if Speed.BATCH not in endpoint.speeds:
        return None
    match endpoint.kind:
        case ProviderKind.ANTHROPIC_MESSAGES:
            return AnthropicBatches
        case ProviderKind.GEMINI:
            return GeminiBatches
        case ProviderKind.AZURE_OPENAI:
            return AzureBatches
    return MistralBatches if endpoint.base_url == PRESETS["mistral"].base_url else OpenAIBatches
