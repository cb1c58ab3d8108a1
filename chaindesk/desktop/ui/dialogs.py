"""The window's small dialogs. All are opened, never executed: a nested loop would stop the tasks of this one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QInputDialog,
    QLabel,
    QLineEdit,
    QMessageBox,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

import chaindesk
from chaindesk.desktop.ui import icons

WORKBOOKS = "Workbooks (*.xlsx *.xlsm *.xltx *.xltm *.csv *.tsv *.xls *.xlsb *.ods);;All files (*)"
CHAINS = "Chain files (*.yaml *.yml);;All files (*)"
OpenPath = Callable[[Path], object]


def choose_file(parent: QWidget, title: str, folder: str, kinds: str, then: OpenPath) -> QFileDialog:
    """Let the user choose a file, and give it to ``then``."""
    dialog = QFileDialog(parent, title, folder, kinds)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    return _opened(dialog, then)


def choose_target(parent: QWidget, title: str, suggested: Path, kinds: str, then: OpenPath) -> QFileDialog:
    """Let the user name a file to save; an existing one is asked about by the dialog itself."""
    dialog = QFileDialog(parent, title, str(suggested.parent), kinds)
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


def ask_password(parent: QWidget, name: str, then: Callable[[str], object], *, again: bool = False) -> QInputDialog:
    """Ask for the password of an encrypted workbook, ``again`` where the first one did not open it."""
    dialog = QInputDialog(parent)
    dialog.setWindowTitle("Password")
    words = f"That password does not open {name}. Try again:" if again else f"{name} is encrypted. Its password:"
    dialog.setLabelText(words)
    dialog.setTextEchoMode(QLineEdit.EchoMode.Password)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.textValueSelected.connect(then)
    dialog.open()
    return dialog


def show_shortcuts(parent: QWidget, shortcuts: Sequence[tuple[str, str]]) -> QDialog:
    """All commands with their keys."""
    dialog = QDialog(parent)
    dialog.setWindowTitle("Keyboard shortcuts")
    inside = QWidget()
    form = QFormLayout(inside)
    form.setHorizontalSpacing(28)
    form.setVerticalSpacing(7)
    for command, keys in shortcuts:
        form.addRow(command, QLabel(f"<b>{keys}</b>"))
    area = QScrollArea()
    area.setWidget(inside)
    area.setWidgetResizable(True)
    _finish(dialog, area)
    dialog.resize(460, 560)
    return dialog


def show_about(parent: QWidget) -> QDialog:
    """What this program is."""
    dialog = QDialog(parent)
    dialog.setWindowTitle("About ChainDesk")
    inside = QWidget()
    layout = QVBoxLayout(inside)
    layout.setSpacing(10)
    logo = QLabel()
    logo.setPixmap(icons.pixmap("chaindesk", 72, "#FFFFFF"))
    text = QLabel(
        f"<h3>ChainDesk {chaindesk.__version__}</h3>"
        "<p>Runs chains of model calls over the rows of a workbook, side by side,<br>"
        "and keeps every answer that was paid for.</p>"
        "<p>MIT licence. The window is made with Qt for Python (LGPL).</p>"
    )
    layout.addWidget(logo, 0, Qt.AlignmentFlag.AlignHCenter)
    layout.addWidget(text)
    _finish(dialog, inside)
    return dialog


def _finish(dialog: QDialog, inside: QWidget) -> None:
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.rejected.connect(dialog.close)
    layout = QVBoxLayout(dialog)
    layout.addWidget(inside, 1)
    layout.addWidget(buttons)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()


def _opened(dialog: QFileDialog, then: OpenPath) -> QFileDialog:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(lambda path: then(Path(path)))
    dialog.open()
    return dialog
