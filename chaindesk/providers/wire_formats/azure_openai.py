"""Azure OpenAI (v1): chat completions with the key in a header of its own; the model is the deployment's name."""

from __future__ import annotations

from chaindesk.providers.wire_formats.openai_chat import OpenAIChat


class AzureOpenAI(OpenAIChat):
    """``POST https://RESOURCE.openai.azure.com/openai/v1/chat/completions``."""

    def headers(self, key: str | None) -> dict[str, str]:
        """The key in ``api-key``."""
        return {"api-key": key} if key else {}
