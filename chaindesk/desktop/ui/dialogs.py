"""The window's small dialogs. All are opened, never executed: a nested loop would stop the tasks of this one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QInputDialog,
    QLineEdit,
    QMessageBox,
    QWidget,
)

from chaindesk.desktop.ui.translation import tr, tr_noop

WORKBOOKS = tr_noop("Workbooks (*.xlsx *.xlsm *.xltx *.xltm *.csv *.tsv *.xls *.xlsb *.ods);;All files (*)")
CHAINS = tr_noop("Chain files (*.yaml *.yml);;All files (*)")
OpenPath = Callable[[Path], object]


def choose_file(parent: QWidget, title: str, folder: str, kinds: str, then: OpenPath) -> QFileDialog:
    """Let the user choose a file, and give it to ``then``."""
    dialog = QFileDialog(parent, title, folder, tr(kinds))
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    return _opened(dialog, then)


def choose_target(parent: QWidget, title: str, suggested: Path, kinds: str, then: OpenPath) -> QFileDialog:
    """Let the user name a file to save; an existing one is asked about by the dialog itself."""
    dialog = QFileDialog(parent, title, str(suggested.parent), tr(kinds))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(suggested.suffix.lstrip("."))
    dialog.selectFile(suggested.name)
    return _opened(dialog, then)


def ask(
    parent: QWidget,
    title: str,
    text: str,
    yes: str,
    no: str,
    then: Callable[[], object],
    otherwise: Callable[[], object] = lambda: None,
) -> QMessageBox:
    """Ask one question with two answers: ``then`` is called for yes, ``otherwise`` for no."""
    box = QMessageBox(QMessageBox.Icon.Question, title, text, QMessageBox.StandardButton.NoButton, parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    agreed = box.addButton(yes, QMessageBox.ButtonRole.AcceptRole)
    box.setDefaultButton(box.addButton(no, QMessageBox.ButtonRole.RejectRole))
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.buttonClicked.connect(lambda button: then() if button is agreed else otherwise())
    box.open()
    return box


def ask_to_save(
    parent: QWidget,
    text: str,
    save: Callable[[], object],
    leave: Callable[[], object],
    stay: Callable[[], object],
) -> QMessageBox:
    """Ask what becomes of unsaved changes: saved, left, or worked on further."""
    box = QMessageBox(
        QMessageBox.Icon.Question, tr("Unsaved changes"), text, QMessageBox.StandardButton.NoButton, parent
    )
    box.setTextFormat(Qt.TextFormat.PlainText)
    saved = box.addButton(tr("Save"), QMessageBox.ButtonRole.AcceptRole)
    left = box.addButton(tr("Leave"), QMessageBox.ButtonRole.DestructiveRole)
    box.setEscapeButton(box.addButton(tr("Go on editing"), QMessageBox.ButtonRole.RejectRole))
    box.setDefaultButton(saved)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.buttonClicked.connect(lambda button: save() if button is saved else leave() if button is left else stay())
    box.open()
    return box


def ask_password(parent: QWidget, name: str, then: Callable[[str], object], *, again: bool = False) -> QInputDialog:
    """Ask for the password of an encrypted workbook, ``again`` where the first one did not open it."""
    dialog = QInputDialog(parent)
    dialog.setWindowTitle(tr("Password"))
    words = (
        tr("That password does not open {name}. Try again:").format(name=name)
        if again
        else tr("{name} is encrypted. Its password:").format(name=name)
    )
    dialog.setLabelText(words)
    dialog.setTextEchoMode(QLineEdit.EchoMode.Password)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.textValueSelected.connect(then)
    dialog.open()
    return dialog


def close_button(dialog: QDialog) -> QDialogButtonBox:
    """The foot of a dialog that only shows something."""
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.rejected.connect(dialog.close)
    return buttons


def _opened(dialog: QFileDialog, then: OpenPath) -> QFileDialog:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(lambda path: then(Path(path)))
    dialog.open()
    return dialog
