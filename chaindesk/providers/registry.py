"""Which providers ChainDesk knows by name, and how a provider's name and settings become an endpoint.

A module without HTTP: chains are checked against it before any call is made.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import SplitResult, urlsplit

from chaindesk.domain.chains.provider_settings import ProviderSettings
from chaindesk.domain.chains.template import nearest_name
from chaindesk.domain.completion import DEMO_BASE_URL, Endpoint, ProviderKind, Speed
from chaindesk.domain.errors import InputError
from chaindesk.providers.several_servers import with_servers

AZURE_EXAMPLE = "https://RESOURCE.openai.azure.com/openai/v1"
_AZURE_HOSTS = (  # run by Microsoft alone; other names under azure.com are customers' own machines
    ".openai.azure.com",
    ".cognitiveservices.azure.com",
    ".services.ai.azure.com",
    ".openai.azure.us",
    ".openai.azure.cn",
)
OPENAI_URL = "https://api.openai.com/v1"
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Quirks:
    """How a server departs from the common form of its wire format.

    Attributes:
        output_limit: the wire name of the output cap.
        seed: the wire name of the seed.
        structured: the strongest of ``json_schema``, ``json_object`` and ``prompt`` that it is known to take.
        requests_per_day: whether its request-limit headers count days, so that they say nothing of a minute.
        free: whether its calls cost no money, because the user's own machine answers them.
        speeds: the speeds that it has beside the standard one.
    """

    output_limit: str = "max_tokens"
    seed: str = "seed"
    structured: str = "json_schema"
    requests_per_day: bool = False
    free: bool = False
    speeds: frozenset[Speed] = frozenset()


@dataclass(frozen=True, slots=True)
class Preset:
    """A provider that needs no settings in the chain.

    Attributes:
        base_url: without a trailing slash; "" where each customer has an address of their own.
        key_variable: the environment variable that its users know, or "".
        quirks: what its server wants otherwise.
        kind: its wire format.
    """

    base_url: str
    key_variable: str = ""
    quirks: Quirks = Quirks()
    kind: ProviderKind = ProviderKind.OPENAI_CHAT

    @property
    def key_required(self) -> bool:
        """Whether a call without a key is pointless."""
        return bool(self.key_variable)


_LOCAL = Quirks(free=True)
_BATCH = frozenset({Speed.BATCH})
_FLEX_AND_BATCH = frozenset({Speed.FLEX, Speed.BATCH})
_OPENAI = Quirks(output_limit="max_completion_tokens", speeds=_FLEX_AND_BATCH)
PRESETS = MappingProxyType(
    {
        "openai": Preset(
            OPENAI_URL,
            "OPENAI_API_KEY",
            Quirks(output_limit="max_completion_tokens", speeds=_FLEX_AND_BATCH),
        ),
        "anthropic": Preset(
            "https://api.anthropic.com/v1", "ANTHROPIC_API_KEY", Quirks(speeds=_BATCH), ProviderKind.ANTHROPIC_MESSAGES
        ),
        "gemini": Preset(
            "https://generativelanguage.googleapis.com/v1beta",
            "GEMINI_API_KEY",
            Quirks(speeds=_FLEX_AND_BATCH),
            ProviderKind.GEMINI,
        ),
        "azure": Preset("", "AZURE_OPENAI_API_KEY", kind=ProviderKind.AZURE_OPENAI),
        "openrouter": Preset("https://openrouter.ai/api/v1", "OPENROUTER_API_KEY"),
        "groq": Preset(
            "https://api.groq.com/openai/v1",
            "GROQ_API_KEY",
            Quirks(output_limit="max_completion_tokens", requests_per_day=True),
        ),
        "mistral": Preset("https://api.mistral.ai/v1", "MISTRAL_API_KEY", Quirks(seed="random_seed", speeds=_BATCH)),
        "deepseek": Preset("https://api.deepseek.com", "DEEPSEEK_API_KEY", Quirks(structured="json_object")),
        "together": Preset("https://api.together.xyz/v1", "TOGETHER_API_KEY"),
        "xai": Preset("https://api.x.ai/v1", "XAI_API_KEY", Quirks(output_limit="max_completion_tokens")),
        "ollama": Preset("http://localhost:11434/v1", quirks=_LOCAL),
        "lmstudio": Preset("http://localhost:1234/v1", quirks=_LOCAL),
        "vllm": Preset("http://localhost:8000/v1", quirks=_LOCAL),
        "llamacpp": Preset("http://localhost:8080/v1", quirks=_LOCAL),
        "demo": Preset(DEMO_BASE_URL, quirks=Quirks(free=True, speeds=_FLEX_AND_BATCH)),
    }
)
_QUIRKS_BY_URL = {preset.base_url: preset.quirks for preset in PRESETS.values()}
_COMMON = Quirks()
_AZURE = Quirks(output_limit="max_completion_tokens")


def resolve(name: str, settings: ProviderSettings | None = None) -> Endpoint:
    """The endpoint that a provider's name stands for, given what the chain says of it.

    Raises:
        InputError: nobody knows the name, or its settings do not make an endpoint; says what to write.
    """
    if settings is not None and (settings.base_urls or settings.keys):
        return with_servers(name, settings, resolve)
    preset = PRESETS.get(name)
    if settings is None:
        settings = ProviderSettings()
        if preset is None:
            raise InputError(_unknown(name))
    if settings.base_url is None and (preset is None or not preset.base_url):
        example = AZURE_EXAMPLE if preset is not None else "https://llm.example.org/v1"
        raise InputError(f'The provider "{name}" has no base_url. Write one under providers, such as {example}')
    preset_url = preset.base_url if preset else ""
    kind = settings.kind or (preset.kind if preset else ProviderKind.OPENAI_CHAT)
    base_url = preset_url if settings.base_url is None else normalised(settings.base_url, name, settings.allow_http)
    if kind is ProviderKind.AZURE_OPENAI:
        base_url = _azure(base_url, name)
    at_home = preset is not None and _belongs(preset, base_url)
    variable = settings.api_key_env or (preset.key_variable if preset and at_home else "")
    _refuse_a_key_of_another(variable, base_url, name)
    wanted = bool(settings.api_key_env) or (preset is not None and preset.key_required)
    return Endpoint(
        name=name,
        kind=kind,
        base_url=base_url,
        key_variable=variable,
        key_trusted=_is_trusted(variable, base_url, name),
        key_required=wanted and (at_home or bool(settings.api_key_env) or not is_loopback(base_url)),
        accepts_key=bool(variable) or preset is None or not (at_home and preset.quirks.free),
        requests_per_minute=settings.requests_per_minute,
        tokens_per_minute=settings.tokens_per_minute,
        input_tokens_per_minute=settings.input_tokens_per_minute,
        output_tokens_per_minute=settings.output_tokens_per_minute,
        adaptive=_is_adaptive(preset, kind, base_url, settings),
        prices=MappingProxyType({model: settings.prices[model].price for model in settings.prices}),
        speeds=_speeds(kind, base_url, settings),
    )


def _is_adaptive(preset: Preset | None, kind: ProviderKind, base_url: str, settings: ProviderSettings) -> bool:
    """Whether a server's best number of calls at once is found out: by default where the user runs it."""
    if settings.adaptive_concurrency is not None:
        return settings.adaptive_concurrency
    own = preset is None or (preset.quirks.free and base_url != DEMO_BASE_URL)
    return own and kind is ProviderKind.OPENAI_CHAT


def _speeds(kind: ProviderKind, base_url: str, settings: ProviderSettings) -> frozenset[Speed]:
    """The speeds that a server has: by its address, or by what the chain says of it."""
    known = _QUIRKS_BY_URL.get(base_url, _COMMON).speeds
    if kind is ProviderKind.AZURE_OPENAI and (urlsplit(base_url).hostname or "").endswith(_AZURE_HOSTS):
        known = _BATCH
    return known | set(settings.speeds or ()) | {Speed.STANDARD}


def _belongs(preset: Preset, base_url: str) -> bool:
    """Whether an address is on the preset's host, so that its key may go there."""
    parts = urlsplit(base_url)
    if preset.base_url:
        return parts[:2] == urlsplit(preset.base_url)[:2]
    return parts.scheme == "https" and (parts.hostname or "").endswith(_AZURE_HOSTS)


def _azure(base_url: str, name: str) -> str:
    """An Azure address with the path of its v1 interface, which is easily left out.

    Raises:
        InputError: it is that of one deployment, whose name belongs into the model.
    """
    parts = urlsplit(base_url)
    if not (parts.hostname or "").endswith(_AZURE_HOSTS):
        return base_url
    if "/deployments" in parts.path:
        raise InputError(
            f'The base_url of provider "{name}" names a deployment. Let it end with /openai/v1, as in {AZURE_EXAMPLE} '
            "and write the deployment as the model."
        )
    return f"{base_url.removesuffix('/openai')}/openai/v1" if parts.path in ("", "/openai") else base_url


def _refuse_a_key_of_another(variable: str, base_url: str, name: str) -> None:
    """A chain from elsewhere must not send one provider's key to another's address."""
    for owner, preset in PRESETS.items():
        if (
            variable
            and variable.casefold() == preset.key_variable.casefold()
            and not is_loopback(base_url)
            and not _belongs(preset, base_url)
        ):
            raise InputError(
                f'{variable} holds a key of {owner}, and the provider "{name}" is at {base_url}. '
                "Name a variable of its own in api_key_env."
            )


def _is_trusted(variable: str, base_url: str, name: str) -> bool:
    """Return whether a variable may go to an address without the user's word: a preset's own, to its own host.

    What goes to this very machine does not leave it: there a variable needs no word if it is named after the provider.
    """
    if any(variable == preset.key_variable and _belongs(preset, base_url) for preset in PRESETS.values()):
        return bool(variable)
    own = re.sub(r"\W", "_", name, flags=re.ASCII).upper()
    return is_loopback(base_url) and variable.upper() in {f"{own}_KEY", f"{own}_API_KEY", f"{own}_TOKEN"}


def quirks_of(endpoint: Endpoint) -> Quirks:
    """What the endpoint's server is known to want otherwise; it goes by the address, not by the name."""
    common = _AZURE if endpoint.kind is ProviderKind.AZURE_OPENAI else _COMMON
    return _QUIRKS_BY_URL.get(endpoint.base_url, common)


def key_command(endpoint: Endpoint) -> str:
    """The command that keeps the endpoint's key; it tells the address where the name alone does not stand for it."""
    command = f"chaindesk keys set {endpoint.name}"
    preset = PRESETS.get(endpoint.name)
    if preset is None or not preset.base_url or not _belongs(preset, endpoint.base_url):
        command += f" --base-url {endpoint.base_url}"
        if endpoint.base_url.startswith("http://") and not is_loopback(endpoint.base_url):
            command += " --allow-http"
    return command


def is_loopback(base_url: str) -> bool:
    """Whether the address is this very machine."""
    host = urlsplit(base_url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def normalised(base_url: str, name: str, allow_http: bool = False) -> str:  # noqa: FBT001
    """A base URL in its one form: small letters in the host, no default port, no trailing slash, no method's path.

    Raises:
        InputError: it is no http(s) address, holds what does not belong there, or would send prompts in the clear.
    """
    text = base_url.strip()
    parts = _split(text, name)
    if parts.username is not None or parts.password is not None:
        raise InputError(
            f'The base_url of provider "{name}" holds a user name or password. '
            "Take it out, and give the key with `chaindesk keys set` or name its variable in api_key_env."
        )
    if parts.query or parts.fragment or "?" in text or "#" in text:
        raise InputError(f'The base_url of provider "{name}" must end before any ? or #.')
    host = (parts.hostname or "").lower()
    shown = f"[{host}]" if ":" in host else host
    port = "" if parts.port in (None, _PORTS[parts.scheme]) else f":{parts.port}"
    path = (
        parts.path.rstrip("/")
        .removesuffix("/chat/completions")
        .removesuffix("/messages")
        .removesuffix("/responses")
        .rstrip("/")
    )
    address = f"{parts.scheme}://{shown}{port}{path}"
    if parts.scheme == "http" and not allow_http and not is_loopback(address):
        raise InputError(
            f'The base_url of provider "{name}" is http:// and not on this machine: prompts and keys could be read '
            "on the way. Use https://, or write allow_http: true under this provider if you trust the network."
        )
    return address


def _split(text: str, name: str) -> SplitResult:
    wrong = f'The base_url of provider "{name}" is not a web address. Write one such as https://llm.example.org/v1.'
    if any(character.isspace() or not character.isprintable() for character in text):
        raise InputError(wrong)
    try:
        parts = urlsplit(text)
        usable = parts.scheme in _PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise InputError(wrong)
    return parts


def _unknown(name: str) -> str:
    nearest = nearest_name(name, PRESETS)
    hint = f'Did you mean "{nearest}"? ' if nearest else f"Well known are: {', '.join(PRESETS)}. "
    return (
        f'No provider is called "{name}". {hint}For a server of your own write under providers: '
        f'{name}: {{kind: openai-chat, base_url: "http://localhost:11434/v1"}}'
    )
