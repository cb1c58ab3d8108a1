"""What models cost, in words: looked up off the widgets' way in the price list that is installed with ChainDesk."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from decimal import Decimal

from PySide6.QtCore import QObject, Signal

from chaindesk.desktop.runtime.background_tasks import BackgroundTasks
from chaindesk.desktop.ui.translation import tr
from chaindesk.domain.completion import DEMO_BASE_URL, Endpoint, Usage
from chaindesk.engine.endpoints import price

_SAMPLE = 1000  # tokens of one call: few enough for the price of short prompts


class ModelPrices(QObject):
    """Keeps prices by endpoint and model.

    Signals:
        changed: an endpoint's name: more of its prices are known.
    """

    changed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.tasks = BackgroundTasks(lambda _: None)
        self._known: dict[Endpoint, dict[str, str]] = {}

    def of(self, endpoint: Endpoint) -> dict[str, str]:
        """Return the prices that are known of an endpoint's models, in words."""
        return self._known.get(endpoint, {})

    def ask(self, endpoint: Endpoint, models: Sequence[str]) -> None:
        """Look the prices of these models up."""
        known = self._known.setdefault(endpoint, {})
        missing = [model for model in models if model and model not in known]
        if missing:
            known.update(dict.fromkeys(missing, ""))
            self.tasks.start(self._look_up(endpoint, missing))

    async def _look_up(self, endpoint: Endpoint, models: Sequence[str]) -> None:
        self._known[endpoint].update(
            await asyncio.to_thread(lambda: {model: price_words(endpoint, model) for model in models})
        )
        self.changed.emit(endpoint.name)


def price_words(endpoint: Endpoint, model: str) -> str:
    """Return what a million tokens cost, in words. The first call loads the price list: use a thread."""
    if endpoint.base_url == DEMO_BASE_URL:
        return tr("simulated, free")
    sent, answered = price(endpoint, model, Usage(_SAMPLE, 0)), price(endpoint, model, Usage(0, _SAMPLE))
    if sent is None or answered is None:
        return tr("price unknown")
    if not sent and not answered:
        return tr("free")
    return tr("{input} in, {output} out per million tokens").format(input=_dollars(sent), output=_dollars(answered))


def _dollars(cost: Decimal) -> str:
    amount = cost * (1_000_000 // _SAMPLE)
    return f"${amount:.2f}" if amount >= Decimal("0.1") else f"${amount:.3f}"
