"""Ties the picker of models to their lists and prices: which are offered, what they cost, what is on no list."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from chaindesk.desktop.chain.model_cache import ModelCache, ModelList
from chaindesk.desktop.chain.model_hints import endpoint_of, providers_of, unlisted
from chaindesk.desktop.chain.model_picker import ModelPicker
from chaindesk.desktop.chain.model_prices import ModelPrices
from chaindesk.desktop.ui.translation import tr
from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.errors import Problem


class ModelAssist(QObject):
    """What the editor knows of models.

    Signals:
        changed: more is known: ``hints`` may be others.
    """

    changed = Signal()

    def __init__(self, picker: ModelPicker, lists: ModelCache, parent: QObject) -> None:
        super().__init__(parent)
        self._picker, self._lists = picker, lists
        self._chain: Chain | None = None
        self.prices = ModelPrices(self)
        lists.changed.connect(self._listed)
        self.prices.changed.connect(lambda provider: self._show_prices(provider))
        picker.models_wanted.connect(self._ask)
        picker.refresh_requested.connect(lambda provider: self._ask(provider, again=True))

    def show_chain(self, chain: Chain | None) -> None:
        """Use this chain; None, where the text defines none, keeps the one before. Its providers are asked."""
        self._chain = chain or self._chain
        if chain is not None:
            for provider in dict.fromkeys(step.provider for step in chain.steps):
                self._ask(provider)

    def show_model(self, reference: str) -> None:
        """Show the model of the step that is worked on, and what is known of its provider."""
        self._picker.show_model(reference, providers_of(self._chain))
        provider = reference.partition("/")[0]
        endpoint = endpoint_of(provider, self._chain)
        if endpoint is not None:
            self._picker.show_list(provider, self._lists.of(endpoint))
            self._show_prices(provider)

    def hints(self, text: str) -> list[Problem]:
        """The models of the chain that their providers do not list, by the lines of its text."""
        return unlisted(text, self._chain, self._lists.of) if self._chain is not None else []

    def _ask(self, provider: str, *, again: bool = False) -> None:
        endpoint = endpoint_of(provider, self._chain)
        if endpoint is None:
            words = tr("{provider} can be asked once the chain's providers say where it is.").format(provider=provider)
            self._picker.show_list(provider, ModelList(error=words))
            return
        self._lists.ask(endpoint, again=again)
        self._picker.show_list(provider, self._lists.of(endpoint))
        self._show_prices(provider)

    def _listed(self, provider: str) -> None:
        endpoint = endpoint_of(provider, self._chain)
        if endpoint is not None:
            self._picker.show_list(provider, self._lists.of(endpoint))
            self._show_prices(provider)
        self.changed.emit()

    def _show_prices(self, provider: str) -> None:
        if provider != self._picker.provider.currentText():
            return
        endpoint = endpoint_of(provider, self._chain)
        if endpoint is not None:
            names = self._lists.of(endpoint).names or ()
            self.prices.ask(endpoint, [*names, self._picker.model.currentText()])
            self._picker.show_prices(self.prices.of(endpoint))
