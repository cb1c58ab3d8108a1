"""The batch jobs of an endpoint: which provider's form they have."""

from __future__ import annotations

from chaindesk.domain.completion import ProviderKind, Speed
from chaindesk.providers.batches.anthropic import AnthropicBatches
from chaindesk.providers.batches.azure import AzureBatches
from chaindesk.providers.batches.caller import JobCaller
from chaindesk.providers.batches.gemini import GeminiBatches
from chaindesk.providers.batches.mistral import MistralBatches
from chaindesk.providers.batches.openai import OpenAIBatches
from chaindesk.providers.batches.protocol import BatchApi
from chaindesk.providers.registry import PRESETS


def batch_api(caller: JobCaller) -> BatchApi | None:
    """The batch jobs of the caller's endpoint, or None where it has none."""
    endpoint = caller.endpoint
    if Speed.BATCH not in endpoint.speeds:
        return None
    match endpoint.kind:
        case ProviderKind.ANTHROPIC_MESSAGES:
            return AnthropicBatches(caller)
        case ProviderKind.GEMINI:
            return GeminiBatches(caller)
        case ProviderKind.AZURE_OPENAI:
            return AzureBatches(caller)
    return MistralBatches(caller) if endpoint.base_url == PRESETS["mistral"].base_url else OpenAIBatches(caller)
