"""The wire format of each provider kind."""

from __future__ import annotations

from collections.abc import Mapping

from chaindesk.domain.completion import CompletionRequest, Endpoint, ProviderKind
from chaindesk.domain.estimate import OutputLimit
from chaindesk.providers.wire_formats.anthropic_messages import AnthropicMessages
from chaindesk.providers.wire_formats.gemini import Gemini
from chaindesk.providers.wire_formats.openai_chat import AzureOpenAI, OpenAIChat
from chaindesk.providers.wire_formats.openai_responses import OpenAIResponses
from chaindesk.providers.wire_formats.protocol import WireFormat

_WIRE_FORMATS: Mapping[ProviderKind, WireFormat] = {
    ProviderKind.OPENAI_CHAT: OpenAIChat(),
    ProviderKind.OPENAI_RESPONSES: OpenAIResponses(),
    ProviderKind.AZURE_OPENAI: AzureOpenAI(),
    ProviderKind.ANTHROPIC_MESSAGES: AnthropicMessages(),
    ProviderKind.GEMINI: Gemini(),
}


def wire_format_of(endpoint: Endpoint) -> WireFormat:
    """The wire format that an endpoint speaks."""
    return _WIRE_FORMATS[endpoint.kind]


def output_limit(request: CompletionRequest) -> OutputLimit:
    """The output limit that a call is sent with."""
    return wire_format_of(request.endpoint).output_limit(request)
