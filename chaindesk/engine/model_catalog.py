"""The models that providers offer, asked for outside a run."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.chains.template import nearest_name
from chaindesk.domain.completion import DEMO_BASE_URL, Endpoint, ProviderKind
from chaindesk.domain.errors import CallError

if TYPE_CHECKING:
    from chaindesk.providers.base import Keys

_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Offer:
    """The models of one provider.

    Attributes:
        provider: its name.
        models: what it lists, in its own order; empty where it lists none, or calls its models by names of the user's.
        trouble: why they could not be had, as a whole sentence, or "".
        failure: how asking for them failed, where it did.
    """

    provider: str
    models: tuple[str, ...] = ()
    trouble: str = ""
    failure: CallError | None = field(default=None, compare=False)

    def lacks(self, model: str) -> bool:
        """Whether the provider lists models, and none that this name can mean.

        Aliases are shorter than what is listed (``llama3`` for ``llama3:8b``, or a name without its date); what follows
        a colon may be a variant. Google's list has ``models/`` before each.
        """
        if not self.models or model in self.models or model.partition(":")[0] in self.models:
            return False
        return f"models/{model}" not in self.models and not any(
            listed.removeprefix("models/").startswith((model + "-", model + ":", model + "@")) for listed in self.models
        )

    def words(self, model: str) -> str:
        """What is to be said of a model that is lacking."""
        nearest = nearest_name(model, self.models)
        some = ", ".join(self.models[:5]) + (", …" if len(self.models) > 5 else "")
        hint = f"Did you mean {self.provider}/{nearest}?" if nearest else f"It lists: {some}."
        return f'{self.provider} lists no model "{model}". {hint}'


async def offers(
    endpoints: Iterable[Endpoint], keys: Keys, *, addresses: Mapping[str, str] | None = None, seconds: float = _SECONDS
) -> dict[str, Offer]:
    """The models of each provider, all asked at once for no longer than ``seconds``. None of it is billed.

    A provider that needs a key and has none is not asked. Nothing is raised: what fails is the offer's ``trouble``.
    """
    from chaindesk.providers.http.client import open_providers

    asked = list(endpoints)
    async with open_providers(keys, max(len(asked), 1), addresses=addresses) as provider:

        async def offer(endpoint: Endpoint) -> Offer:
            if not _lists(endpoint, addresses or {}):
                return Offer(endpoint.name)
            if endpoint.key_required and endpoint.name not in keys:
                return Offer(endpoint.name, trouble=f"The models of {endpoint.name} are not known without its key.")
            try:
                async with asyncio.timeout(seconds):
                    return Offer(endpoint.name, tuple(await provider.models(endpoint)))
            except TimeoutError:
                trouble = f"{endpoint.name} did not list its models within {seconds:g} seconds."
            except CallError as error:
                trouble = f"The models of {endpoint.name} could not be listed. {error}"
                return Offer(endpoint.name, trouble=trouble, failure=error)
            return Offer(endpoint.name, trouble=trouble)

        return {one.provider: one for one in await asyncio.gather(*map(offer, asked))}


def missing_models(chain: Chain, offered: Mapping[str, Offer]) -> Sequence[tuple[int, str]]:
    """The steps whose model its provider does not list, with what is to be said of each."""
    return [
        (index, offered[step.provider].words(step.model_name))
        for index, step in enumerate(chain.steps)
        if step.provider in offered and offered[step.provider].lacks(step.model_name)
    ]


def _lists(endpoint: Endpoint, addresses: Mapping[str, str]) -> bool:
    """Whether a list of its models says which names it takes: Azure's are the user's own, the simulation takes any."""
    if endpoint.kind is ProviderKind.AZURE_OPENAI:
        return False
    return endpoint.base_url != DEMO_BASE_URL or DEMO_BASE_URL in addresses
