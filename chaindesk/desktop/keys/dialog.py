"""API keys: which there are and where they come from; set, replaced, tested and deleted, off the UI thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from chaindesk.credentials import FoundKey, KeySource, KeyStore, checked_key, in_background, origin_of
from chaindesk.desktop.keys.provider_list import SERVERS, ProviderList, endpoints_of
from chaindesk.desktop.runtime.background_tasks import BackgroundTasks
from chaindesk.desktop.ui.dialogs import ask
from chaindesk.desktop.ui.translation import tr
from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.completion import Endpoint
from chaindesk.domain.errors import ChainDeskError, KeyringError
from chaindesk.providers.registry import is_loopback


class KeysDialog(QDialog):
    """The keys of the chain's providers and of those that are well known.

    Signals:
        changed: a key was set or deleted.
    """

    changed = Signal()
    _waiting = Signal(str)

    def __init__(
        self,
        store: KeyStore,
        chain: Chain | None,
        addresses: Mapping[str, str],
        parent: QWidget | None = None,
        *,
        provider: str = "",
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("API keys"))
        self._store, self._addresses = store, dict(addresses)
        self._on_wait, store.on_wait = store.on_wait, self._waiting.emit
        self.tasks = BackgroundTasks(self._failed)
        self._found: dict[str, FoundKey | None] = {}
        self._doing = ""
        self.endpoints = {endpoint.name: endpoint for endpoint in endpoints_of(chain)}
        self._used = {step.provider for step in chain.steps} if chain else set()
        self.list = ProviderList()
        self.value = QLineEdit()
        self.value.setAccessibleName(tr("Key"))
        self.value.setEchoMode(QLineEdit.EchoMode.Password)
        self.value.setPlaceholderText(tr("Paste the key here"))
        self.set = QPushButton(tr("Keep in the keyring"))
        self.set.setProperty("primary", "true")
        self.set_session = QPushButton(tr("Only for this session"))
        self.delete = QPushButton(tr("Delete key"))
        self.test = QPushButton(tr("Test"))
        self.test.setToolTip(tr("Ask the provider for its list of models; costs nothing"))
        self.again = QPushButton(tr("Look again"))
        self.again.setToolTip(tr("Ask the keyring once more, after it was unlocked"))
        self.message = QLabel()
        self.message.setWordWrap(True)
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        self.message.setMinimumHeight(40)
        self.message.setAccessibleName(tr("What happened"))
        self.hint = QLabel()
        self.hint.setProperty("muted", "true")
        self.hint.setWordWrap(True)
        self.hint.setTextFormat(Qt.TextFormat.PlainText)
        self._lay_out()
        self._connect()
        self.list.show_endpoints(self.endpoints.values(), self._used, provider)
        self.value.setFocus()
        QTimer.singleShot(0, self.refresh)

    def refresh(self) -> None:
        """Look where each key is."""
        self._start(tr("Looking for keys…"), self._look(list(self.endpoints.values())))

    def chosen(self) -> Endpoint | None:
        """The provider that is selected."""
        return self.endpoints.get(self.list.chosen())

    def done(self, result: int) -> None:
        """Forget what was typed, and what was asked, however the dialog is left."""
        self.value.clear()
        self.tasks.cancel()
        self._store.on_wait = self._on_wait
        super().done(result)

    async def _look(self, endpoints: Sequence[Endpoint]) -> None:
        refused: KeyringError | None = None
        for endpoint in endpoints:
            found = self._store.at_hand(endpoint)
            try:
                if found is None and refused is None:
                    found = await in_background(partial(self._store.find, endpoint))
            except KeyringError as error:
                refused = error  # asking for the others would only wait as long again
            self._found[endpoint.name] = found
            self.list.show_state(
                endpoint, self._found.get(endpoint.name), tr("? the keyring does not answer") if refused else ""
            )
        self._show_message("" if refused is None else f"✕ {refused} {self._next_step()}")

    def _next_step(self) -> str:
        return tr("Press “{again}” then, or give a key “{set_session}”.").format(
            again=self.again.text(), set_session=self.set_session.text().lower()
        )

    async def _keep(self, endpoint: Endpoint, value: str) -> None:
        try:
            await in_background(partial(self._store.set, endpoint.key_holder, endpoint.base_url, value))
        except KeyringError as error:
            self._show_message(
                tr("{error}\nThe key is not kept yet: press “{set_session}” to use it until you quit.").format(
                    error=error, set_session=self.set_session.text()
                )
            )
            return
        await self._key_stored(endpoint, tr("The key is in the keyring."))

    async def _keep_for_session(self, endpoint: Endpoint, value: str) -> None:
        self._store.set_for_session(endpoint.key_holder, endpoint.base_url, value)
        await self._key_stored(endpoint, tr("The key is kept until ChainDesk is closed."))

    async def _key_stored(self, endpoint: Endpoint, words: str) -> None:
        self.value.clear()
        await self._look([endpoint])
        found = self._found.get(endpoint.name)
        if found is not None and found.source is KeySource.ENVIRONMENT:
            words += tr(" But {key_variable} is set, and comes first.").format(key_variable=endpoint.key_variable)
        self._show_message(words)
        self.changed.emit()

    async def _delete(self, endpoint: Endpoint) -> None:
        there = await in_background(partial(self._store.delete, endpoint.key_holder, endpoint.base_url))
        await self._look([endpoint])
        self._show_message(tr("The key is deleted.") if there else tr("There was no key to delete."))
        self.changed.emit()

    async def _test(self, endpoint: Endpoint) -> None:
        """Ask for the models with the key that is typed, or else with the one that is kept."""
        from chaindesk.providers.http.client import open_providers  # aiohttp takes its time to load

        typed = self.value.text().strip()
        if typed:
            keys = {endpoint.name: checked_key(typed)}
        else:
            found = await in_background(partial(self._store.find, endpoint))
            keys = {endpoint.name: found.value} if found else {}
        async with open_providers(keys, 1, addresses=self._addresses) as provider:
            models = await provider.models(endpoint)
        told = tr("✓ {name} answers: {models} models, such as {list}.").format(
            name=endpoint.name, models=len(models), list=", ".join(list(models)[:3])
        )
        self._show_message(tr("{told} The key is not kept yet.").format(told=told) if typed else told)

    def _start(self, words: str, work: Coroutine[Any, Any, None]) -> None:
        self._doing = words
        self._show_message(words)
        task = self.tasks.start(work)
        if task is not None:
            self._set_busy(busy=True)
            task.add_done_callback(self._rested)

    def _rested(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled():
            self._set_busy(busy=False)

    def _set_busy(self, *, busy: bool) -> None:
        endpoint = self.chosen()
        may_have = endpoint is not None and endpoint.base_url not in SERVERS
        for button in (self.set, self.set_session):
            button.setEnabled(not busy and may_have and bool(self.value.text().strip()))
        found = self._found.get(endpoint.name) if endpoint is not None else None
        replaces = found is not None and found.source is KeySource.KEYRING
        self.set.setText(tr("Replace in the keyring") if replaces else tr("Keep in the keyring"))
        self.again.setEnabled(not busy)
        self.delete.setEnabled(not busy and found is not None and found.source is not KeySource.ENVIRONMENT)
        self.test.setEnabled(not busy and may_have)
        self.value.setEnabled(may_have)

    def _failed(self, error: ChainDeskError) -> None:
        self._show_message(f"✕ {error}")

    def _show_message(self, text: str) -> None:
        self.message.setText(text)

    def _choose(self) -> None:
        endpoint = self.chosen()
        self.value.clear()
        self._show_message("")
        pending = self._store.pending_permissions([endpoint]) if endpoint is not None else []
        if endpoint is not None and pending:
            self.hint.setText(
                tr("The variable {key_variable} is set; before it is sent to {host}, a run asks you.").format(
                    key_variable=endpoint.key_variable, host=pending[0].host
                )
            )
            self._set_busy(busy=False)
            return
        variable = endpoint.key_variable if endpoint is not None else ""
        self.hint.setText(
            tr("Where the variable {variable} is set, it comes before the keyring.").format(variable=variable)
            if variable
            else tr("A key belongs to its address: another address asks for it again.")
        )
        self._set_busy(busy=False)

    def _connect(self) -> None:
        self.list.currentItemChanged.connect(lambda *_: self._choose())
        self.value.textChanged.connect(lambda _: self._set_busy(busy=False))
        self.set.clicked.connect(lambda: self._with_value(self._keep, tr("Keeping the key…")))
        self.set_session.clicked.connect(lambda: self._with_value(self._keep_for_session, ""))
        self.delete.clicked.connect(lambda: self._with_endpoint(self._delete, tr("Deleting the key…")))
        self.again.clicked.connect(self.refresh)
        self._waiting.connect(lambda words: self._show_message(words or self._doing))
        self.test.clicked.connect(lambda: self._with_endpoint(self._test, tr("Asking the provider…")))

    def _with_value(self, work: Callable[..., Coroutine[Any, Any, None]], words: str) -> None:
        endpoint = self.chosen()
        if endpoint is None:
            return
        value = self.value.text()
        if endpoint.base_url.startswith("https://") or is_loopback(endpoint.base_url):
            self._start(words, work(endpoint, value))
            return
        ask(
            self,
            tr("Not encrypted"),
            tr(
                "{address} is reached without encryption: the key and the prompts can be read on the way. "
                "Give the key to it all the same?"
            ).format(address=origin_of(endpoint.base_url)),
            tr("Give it"),
            tr("Do not"),
            lambda: self._start(words, work(endpoint, value)),
        )

    def _with_endpoint(self, work: Callable[..., Coroutine[Any, Any, None]], words: str) -> None:
        endpoint = self.chosen()
        if endpoint is not None:
            self._start(words, work(endpoint))

    def _lay_out(self) -> None:
        label = QLabel(tr("&Key"))
        label.setBuddy(self.value)
        form = QGridLayout()
        form.setSpacing(8)
        form.addWidget(label, 0, 0)
        form.addWidget(self.value, 0, 1, 1, 4)
        buttons = QHBoxLayout()
        for button in (self.set, self.set_session, self.test, self.delete, self.again):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        buttons.addStretch(1)
        form.addLayout(buttons, 1, 1, 1, 4)
        close = QPushButton(tr("Close"))
        close.setAutoDefault(False)
        close.clicked.connect(self.close)
        foot = QHBoxLayout()
        foot.addWidget(self.message, 1)
        foot.addWidget(close, 0, Qt.AlignmentFlag.AlignBottom)
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addWidget(self.list, 1)
        layout.addLayout(form)
        layout.addWidget(self.hint)
        layout.addLayout(foot)
        self.resize(680, 520)
