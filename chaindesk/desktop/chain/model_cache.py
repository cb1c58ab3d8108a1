"""The models that providers offer, asked for once a session, off the widgets' way."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from chaindesk.credentials import KeyStore
from chaindesk.desktop.runtime.background_tasks import BackgroundTasks
from chaindesk.desktop.ui.translation import tr
from chaindesk.domain.completion import DEMO_BASE_URL, Endpoint
from chaindesk.domain.errors import ChainDeskError
from chaindesk.engine.model_catalog import Offer, offers
from chaindesk.simulator.options import SimulatorOptions

_LIST_TIMEOUT_S = 20.0  # seconds for a list


@dataclass(frozen=True, slots=True)
class ModelList:
    """What is known of one provider's models.

    Attributes:
        names: the models, without the provider's name; None while nobody has told.
        error: why they cannot be had, in words for the user, or "".
        asking: whether the provider is being asked.
    """

    names: tuple[str, ...] | None = None
    error: str = ""
    asking: bool = False


class ModelCache(QObject):
    """Keeps the lists by provider and address.

    Signals:
        changed: a provider's name: more is known of its models, or it is being asked.
    """

    changed = Signal(str)

    def __init__(self, keys: KeyStore, addresses: dict[str, str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._keys, self._addresses = keys, addresses
        self._lists: dict[tuple[str, str], ModelList] = {}
        self.tasks = BackgroundTasks(lambda _: None)  # each list keeps its own error

    def of(self, endpoint: Endpoint) -> ModelList:
        """What is known of an endpoint's models."""
        return self._lists.get((endpoint.name, endpoint.base_url), ModelList())

    def ask(self, endpoint: Endpoint, *, again: bool = False) -> None:
        """Ask for the list unless it is known; ``again`` asks in any case."""
        known = self.of(endpoint)
        if not known.asking and (again or (known.names is None and not known.error)):
            self._put(endpoint, ModelList(known.names, asking=True))
            self.tasks.start(self._ask(endpoint, known.names))

    async def _ask(self, endpoint: Endpoint, before: tuple[str, ...] | None) -> None:
        told = ModelList(before, tr("{name} was not asked to the end.").format(name=endpoint.name))
        try:
            offer = await self._offer(endpoint)
            if offer.models:
                told = ModelList(tuple(sorted(offer.models, key=str.casefold)))
            else:
                told = ModelList(
                    before,
                    (offer.trouble or tr("{name} lists no models.").format(name=endpoint.name)).partition("\n")[0],
                )
        except ChainDeskError as error:
            told = ModelList(before, str(error).partition("\n")[0])
        finally:
            self._put(endpoint, told)

    async def _offer(self, endpoint: Endpoint) -> Offer:
        if endpoint.base_url == DEMO_BASE_URL and DEMO_BASE_URL not in self._addresses:
            return Offer(endpoint.name, SimulatorOptions().models)
        keys, _ = await self._keys.find_all([endpoint])
        return (await offers([endpoint], keys, addresses=self._addresses, seconds=_LIST_TIMEOUT_S))[endpoint.name]

    def _put(self, endpoint: Endpoint, known: ModelList) -> None:
        self._lists[endpoint.name, endpoint.base_url] = known
        self.changed.emit(endpoint.name)
