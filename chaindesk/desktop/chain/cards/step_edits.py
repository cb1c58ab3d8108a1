"""Turns what is changed in the form of a step into edits of the chain's text."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QPushButton

from chaindesk.chain_file.editing import steps as step_edits
from chaindesk.chain_file.editing.items import add_item, remove_item
from chaindesk.chain_file.editing.layout import EditRefused
from chaindesk.chain_file.editing.values import remove_value, rename_key, set_value
from chaindesk.desktop.chain.cards.step_form import StepForm
from chaindesk.desktop.chain.document import ChainDocument
from chaindesk.desktop.chain.reading import StepReading
from chaindesk.desktop.ui import dialogs
from chaindesk.desktop.ui.translation import tr, tr_count, tr_noop


class StepEdits(QObject):
    """Edits the step that the form shows.

    Signals:
        said: words for the user.
    """

    said = Signal(str)

    def __init__(self, form: StepForm, document: ChainDocument, index: Callable[[], int], parent: QObject) -> None:
        super().__init__(parent)
        self._form, self._document, self._index = form, document, index
        self._step = StepReading("", {}, 0)
        form.value_changed.connect(self._set)
        form.renamed.connect(self._rename)
        form.field_added.connect(self._add_field)
        form.field_renamed.connect(self._rename_field)
        form.field_changed.connect(self._change_field)
        form.checks.added.connect(self._add_check)
        form.checks.changed.connect(self._change_check)
        form.checks.removed.connect(self._remove_check)

    def show_step(self, step: StepReading) -> None:
        """The form shows this step."""
        self._step = step

    def _set(self, key: str, value: Any) -> None:
        if key == "prompt" and not value:
            self._document.lenient = False  # it was there, and is a mistake now
        self._document.edit(partial(_with_value, index=self._index(), key=key, value=value))

    def _rename(self, name: str) -> None:
        old, index = self._step.name, self._index()
        uses = self._uses(old)
        if not uses:
            self._rename_now(index, name, uses=False)
            return
        places = tr_count(len(uses), tr_noop("{n} place uses"), tr_noop("{n} places use"))
        box = dialogs.ask(
            self._form,
            tr("Rename the step"),
            tr('{places} "{old}" by its name. Write "{new}" there, too?').format(places=places, old=old, new=name),
            tr("Rename there, too"),
            tr("Only the step"),
            partial(self._rename_now, index, name, uses=True),
            partial(self._rename_now, index, name, uses=False),
        )
        first = box.buttons()[0]
        if isinstance(first, QPushButton):
            box.setDefaultButton(first)

    def _rename_now(self, index: int, name: str, *, uses: bool) -> None:
        old = self._step.name
        self._document.edit(partial(step_edits.rename_step, index=index, name=name, uses=uses))
        if old:
            words = tr('Renamed. Answers that "{old}" has so far stay under that name: a run asks "{new}" anew.')
            self.said.emit(words.format(old=old, new=name))

    def _uses(self, name: str) -> tuple[object, ...]:
        try:
            return step_edits.step_uses(self._document.text, name) if name else ()
        except EditRefused:
            return ()

    def _add_field(self, name: str, kind: Any) -> None:
        path = ("steps", self._index(), "fields", name)
        self._document.edit(lambda text: set_value(text, path, kind))

    def _rename_field(self, old: str, name: str) -> None:
        index = self._index()
        uses = self._uses(f"{self._step.name}.{old}")

        def renamed(text: str) -> str:
            return rename_key(step_edits.rename_field(text, index, old, name), ("steps", index, "fields", old), name)

        self._document.edit(renamed)
        if uses:
            words = tr_count(len(uses), tr_noop("{n} place that uses it"), tr_noop("{n} places that use it"))
            self.said.emit(tr("The field is renamed, and {places}.").format(places=words))

    def _change_field(self, name: str, kind: Any) -> None:
        path = ("steps", self._index(), "fields", name)
        self._document.edit(lambda text: set_value(text, path, kind) if kind is not None else remove_value(text, path))

    def _add_check(self, check: Any) -> None:
        path = ("steps", self._index(), "checks")
        self._document.edit(lambda text: add_item(text, path, check))

    def _change_check(self, place: int, check: Any) -> None:
        path = ("steps", self._index(), "checks", place)
        self._document.edit(lambda text: set_value(text, path, check))

    def _remove_check(self, place: int) -> None:
        path = ("steps", self._index(), "checks")
        last = len(self._step.values.get("checks") or ()) == 1

        def without(text: str) -> str:  # what a failed check does is nothing without any
            return remove_item(remove_value(text, (*path[:2], "on_fail")) if last else text, path, place)

        self._document.edit(without)


def _with_value(text: str, *, index: int, key: str, value: Any) -> str:
    return set_value(text, ("steps", index, *key.split(".")), value)
