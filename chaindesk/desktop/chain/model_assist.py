"""Ties the editor's text to the lists of models: which are offered, which one a step uses, which are on no list."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QTextCursor

from chaindesk.desktop.chain.code_edit import CodeEdit
from chaindesk.desktop.chain.model_cache import ModelCache, ModelList
from chaindesk.desktop.chain.model_hints import endpoint_of, providers_of, read_chain, unlisted, with_model
from chaindesk.desktop.chain.model_picker import ModelPicker
from chaindesk.domain.chain import Chain
from chaindesk.domain.errors import Problem


class ModelAssist(QObject):
    """What the editor knows of models.

    Signals:
        changed: more is known: ``hints`` may be others.
        said: words for the user.
    """

    changed = Signal()
    said = Signal(str)

    def __init__(self, text: CodeEdit, bar: ModelPicker, lists: ModelCache, parent: QObject) -> None:
        super().__init__(parent)
        self._text, self._bar, self._lists = text, bar, lists
        self._chain: Chain | None = None
        lists.changed.connect(self._listed)
        bar.provider_chosen.connect(self._ask)
        bar.refresh_requested.connect(lambda provider: self._ask(provider, again=True))
        bar.used.connect(self._use)

    def show_chain(self, chain: Chain | None) -> None:
        """Use this chain; None, where the text defines none, keeps the one before."""
        self._chain = chain or self._chain
        self._bar.offer(providers_of(self._chain))
        if chain is not None:
            for provider in dict.fromkeys(step.provider for step in chain.steps):
                self._ask(provider)

    def hints(self) -> list[Problem]:
        """The models of the text that their providers do not list."""
        text = self._text.toPlainText()
        chain = read_chain(text)
        return unlisted(text, chain, self._lists.of) if chain is not None else []

    def _ask(self, provider: str, *, again: bool = False) -> None:
        endpoint = endpoint_of(provider, self._chain)
        if endpoint is None:
            words = f"{provider} can be asked once the chain's providers say where it is."
            self._bar.show_list(provider, ModelList(error=words))
            return
        self._lists.ask(endpoint, again=again)
        self._bar.show_list(provider, self._lists.of(endpoint))

    def _listed(self, provider: str) -> None:
        endpoint = endpoint_of(provider, self._chain)
        if endpoint is not None:
            self._bar.show_list(provider, self._lists.of(endpoint))
        self.changed.emit()

    def _use(self, model: str) -> None:
        lines = self._text.toPlainText().split("\n")
        found = with_model(lines, self._text.textCursor().blockNumber(), model)
        if found is None:
            self.said.emit("Put the cursor into a step that has a model first.")
            return
        number, line = found
        cursor = QTextCursor(self._text.document().findBlockByNumber(number))
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(line)  # can be undone
        cursor.setPosition(cursor.block().position() + len(line))
        self._text.setTextCursor(cursor)
        self._text.setFocus()
