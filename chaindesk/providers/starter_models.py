"""For each provider a model to begin with: cheap and good at most things."""

from __future__ import annotations

from types import MappingProxyType

STARTER_MODELS = MappingProxyType(
    {
        "openai": "gpt-5.4-mini",
        "anthropic": "claude-haiku-4-5",
        "gemini": "gemini-2.5-flash",
        "openrouter": "openai/gpt-5.4-mini",
        "groq": "openai/gpt-oss-120b",
        "mistral": "mistral-small-latest",
        "deepseek": "deepseek-chat",
        "together": "meta-llama/Llama-3.3-70B-Instruct-Turbo",
        "xai": "grok-4-fast",
    }
)
DEMO_MODEL = "demo/writer"
