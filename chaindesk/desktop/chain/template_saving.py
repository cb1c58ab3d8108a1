"""Saves a chain as a template of the user's, after its name was asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QInputDialog, QWidget

from chaindesk.chain_file.templates import save_template, user_templates
from chaindesk.desktop.ui import dialogs
from chaindesk.desktop.ui.translation import tr
from chaindesk.domain.errors import ChainDeskError


class TemplateSaver(QObject):
    """Asks for a name, and asks again before another template gives way.

    Args:
        parent: the window before which is asked.
        say: called with words for the user.
    """

    def __init__(self, parent: QWidget, say: Callable[[str], object]) -> None:
        super().__init__(parent)
        self._parent, self._say = parent, say

    def ask_name(self, suggested: str, text: Callable[[], str]) -> QInputDialog:
        """Ask under which name the chain is to be kept; ``text`` gives it once that is known."""
        dialog = QInputDialog(self._parent)
        dialog.setWindowTitle(tr("Save as template"))
        dialog.setLabelText(tr("Name of the template:"))
        dialog.setTextValue(suggested)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.textValueSelected.connect(lambda name: self._save(name, text))
        dialog.open()
        return dialog

    def _save(self, name: str, text: Callable[[], str]) -> None:
        try:
            taken = " ".join(name.split()) in [template.name for template in user_templates()]
        except ChainDeskError as error:
            self._say(str(error))
            return
        if not taken:
            self._write(name, text)
            return
        words = tr('There is a template "{name}" already.').format(name=name)
        write = partial(self._write, name, text, replace=True)
        dialogs.ask(self._parent, tr("Save as template"), words, tr("Replace it"), tr("Keep it"), write)

    def _write(self, name: str, text: Callable[[], str], *, replace: bool = False) -> None:
        try:
            saved = save_template(name, text(), replace=replace)
        except ChainDeskError as error:
            self._say(str(error))
        else:
            self._say(tr('Saved as the template "{name}".').format(name=saved.name))
