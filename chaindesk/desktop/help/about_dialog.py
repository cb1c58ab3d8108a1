"""What the program is: versions, folders and licences, to read and to copy into a bug report."""

from __future__ import annotations

import platform
import re
import sys
from collections.abc import Iterator
from importlib import metadata

from PySide6.QtCore import QLibraryInfo, QSettings, Qt, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

import chaindesk
from chaindesk import settings
from chaindesk.desktop.ui import icons
from chaindesk.desktop.ui.dialogs import close_button
from chaindesk.desktop.ui.translation import tr

_LICENCE_CHARS = 60


class AboutDialog(QDialog):
    """Shows what this program is and what it is made of."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("About ChainDesk"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        logo = QLabel()
        logo.setPixmap(icons.pixmap("chaindesk", 56, "#FFFFFF"))
        title = QLabel(f"ChainDesk {chaindesk.__version__}")
        title.setProperty("title", "true")
        words = QLabel(
            tr(
                "Runs chains of model calls over the rows of a workbook, side by side, and keeps every answer that was "
                "paid for."
            )
        )
        words.setWordWrap(True)
        head_words = QVBoxLayout()
        head_words.addWidget(title)
        head_words.addWidget(words)
        head = QHBoxLayout()
        head.setSpacing(14)
        head.addWidget(logo)
        head.addLayout(head_words, 1)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        for name, text in (
            (tr("Versions"), versions_text()),
            (tr("Folders"), folders_text()),
            (tr("Licences"), licences_text()),
        ):
            page = QPlainTextEdit(text)
            page.setReadOnly(True)
            page.setAccessibleName(name)
            page.setTabChangesFocus(True)
            self.tabs.addTab(page, name)
        self.tabs.tabBar().setAccessibleName(tr("About ChainDesk"))
        self.copy = QPushButton(tr("Copy versions and folders"))
        self.copy.setAutoDefault(False)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(f"{versions_text()}\n\n{folders_text()}"))
        foot = QHBoxLayout()
        foot.addWidget(self.copy)
        foot.addWidget(close_button(self), 1)
        layout = QVBoxLayout(self)
        layout.setSpacing(12)
        layout.addLayout(head)
        layout.addWidget(self.tabs, 1)
        layout.addLayout(foot)
        self.resize(620, 460)


def versions_text() -> str:
    """Return the versions of the program and of what it is made with, one a line."""
    lines = [
        f"ChainDesk {chaindesk.__version__}",
        f"Python {platform.python_version()} ({platform.platform()})",
        f"Qt {qVersion()} ({QGuiApplication.platformName()})",
        *(f"{name} {version}" for name, version, _ in _dependencies()),
    ]
    return "\n".join(lines)


def folders_text() -> str:
    """Return where the program keeps what, one a line."""
    places = {
        tr("Journal"): settings.journal_path(),
        tr("Preferences"): settings.preferences_path(),
        tr("Logs"): settings.log_folder(),
        tr("Window's place"): QSettings("ChainDesk", "ChainDesk").fileName(),
        tr("Program"): sys.executable,
        tr("Qt"): QLibraryInfo.path(QLibraryInfo.LibraryPath.LibrariesPath),
    }
    return "\n".join(f"{name}: {place}" for name, place in places.items())


def licences_text() -> str:
    """Return the licences of the program and of what it is made with, one a line."""
    own = tr("ChainDesk: MIT licence. The window is made with Qt for Python, under the LGPL 3.")
    return "\n".join([own, "", *(f"{name}: {licence}" for name, _, licence in _dependencies() if licence)])


def _dependencies() -> Iterator[tuple[str, str, str]]:
    """Yield name, version and licence of what is installed of our requirements."""
    try:
        required = metadata.requires("chaindesk") or []
    except metadata.PackageNotFoundError:
        return  # a packaged program may come without its metadata
    names = sorted({re.split(r"[^\w.-]", line)[0] for line in required if "extra ==" not in line}, key=str.casefold)
    for name in names:
        try:
            found = metadata.metadata(name)
        except metadata.PackageNotFoundError:
            continue
        yield name, found["Version"], _licence(found)


def _licence(found: metadata.PackageMetadata) -> str:
    """Return the licence of a package as it says itself: an expression, a short text, or its classifiers."""
    text = next((found[name] for name in ("License-Expression", "License") if name in found), "")
    first = text.strip().partition("\n")[0]
    if first and len(first) <= _LICENCE_CHARS:
        return first
    classified = [line.rpartition(":: ")[2] for line in found.get_all("Classifier") or [] if line.startswith("License")]
    return ", ".join(classified)
