"""The providers that take a key, and where the key of each is."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem

from chaindesk.credentials import FoundKey, KeySource, origin_of
from chaindesk.desktop.ui.translation import tr, tr_noop
from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.completion import DEMO_BASE_URL, Endpoint
from chaindesk.domain.errors import InputError
from chaindesk.providers.registry import PRESETS, resolve

_STATES = {
    KeySource.ENVIRONMENT: tr_noop("✓ from the environment"),
    KeySource.KEYRING: tr_noop("✓ in the keyring"),
    KeySource.SESSION: tr_noop("✓ for this session only"),
}
SERVERS = {DEMO_BASE_URL: tr_noop("built in")}


class ProviderList(QTreeWidget):
    """Shows a provider a line."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("Providers"))
        self.setHeaderLabels([tr("Provider"), tr("Address"), tr("Key"), ""])
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        header = self.header()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)

    def chosen(self) -> str:
        """Return the name of the provider that is selected, or ""."""
        item = self.currentItem()
        return str(item.data(0, Qt.ItemDataRole.UserRole)) if item is not None else ""

    def show_endpoints(self, endpoints: Iterable[Endpoint], used: Collection[str], provider: str) -> None:
        """List the providers, those ``used`` by the chain marked; ``provider``, or else the first one, is selected."""
        for endpoint in endpoints:
            mark = tr("used by the chain") if endpoint.name in used else ""
            address = tr(SERVERS.get(endpoint.base_url, "")) or origin_of(endpoint.base_url)
            item = QTreeWidgetItem([endpoint.name, address, "…", mark])
            item.setData(0, Qt.ItemDataRole.UserRole, endpoint.name)
            self.addTopLevelItem(item)
        named = self.findItems(provider, Qt.MatchFlag.MatchExactly, 0)
        chosen = named[0] if named else self.topLevelItem(0)
        if chosen is not None:
            self.setCurrentItem(chosen)

    def show_state(self, endpoint: Endpoint, found: FoundKey | None, doubt: str) -> None:
        """Show where the key of a provider is; ``doubt``: why nobody knows."""
        for index in range(self.topLevelItemCount()):
            item = self.topLevelItem(index)
            if item is not None and item.data(0, Qt.ItemDataRole.UserRole) == endpoint.name:
                item.setText(2, _state_words(endpoint, found, doubt))


def endpoints_of(chain: Chain | None) -> list[Endpoint]:
    """The chain's providers first, then the well-known ones that take a key. Those without an address are left out."""
    found: dict[str, Endpoint] = {}
    if chain is not None:
        for step in chain.steps:
            try:
                endpoint = resolve(step.provider, chain.providers.get(step.provider))
            except InputError:
                continue  # the chain's own check tells it, with its line
            found.update((one.name, one) for one in endpoint.asked if one.name not in found)
    for name, preset in PRESETS.items():
        if preset.key_required and preset.base_url:
            found.setdefault(name, resolve(name))
    return list(found.values())


def _state_words(endpoint: Endpoint, found: FoundKey | None, doubt: str) -> str:
    if found is not None:
        return tr(_STATES[found.source])
    if doubt and endpoint.accepts_key:
        return doubt
    return tr("✕ no key yet") if endpoint.key_required else tr("needs none")
