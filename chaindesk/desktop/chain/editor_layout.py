"""Where the parts of the chain editor stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from chaindesk.desktop.ui import icons
from chaindesk.desktop.ui.translation import tr

if TYPE_CHECKING:
    from chaindesk.desktop.chain.editor import ChainEditor

_ALONE, _WITH_PANEL = QSize(860, 720), QSize(1240, 780)
_FRAME_PX = 60  # what the system's frame and bars take of the screen


def lay_out(editor: ChainEditor) -> None:
    """Put the editor's parts in their places."""
    editor.tabs.setDocumentMode(True)
    editor.tabs.addTab(editor.cards, tr("&Steps"))
    editor.tabs.addTab(editor.text, tr("&YAML"))
    corner = QWidget()
    tools = QHBoxLayout(corner)
    tools.setContentsMargins(0, 0, 0, 4)
    for button in (editor.undo_button, editor.redo_button, editor.save_template):
        tools.addWidget(button)
    editor.tabs.setCornerWidget(corner, Qt.Corner.TopRightCorner)
    left = QWidget()
    main = QVBoxLayout(left)
    main.setContentsMargins(0, 0, 0, 0)
    main.addWidget(editor.tabs, 1)
    main.addWidget(editor.list)
    editor.columns.addWidget(left)
    editor.verdict.setWordWrap(True)
    editor.verdict.setTextFormat(Qt.TextFormat.PlainText)
    editor.verdict.setAccessibleName(tr("State of the chain"))
    editor.save.setProperty("primary", "true")
    editor.save.setToolTip(tr("Save the chain and use it (Ctrl+S)"))
    editor.revert.setToolTip(tr("Go back to the file as it is on the disk"))
    editor.save_template.setToolTip(tr("Keep the chain among your templates, to begin others with it"))
    icons.give(editor.revert, "undo")
    close = QPushButton(tr("Close"))
    close.clicked.connect(editor.close)
    foot = QHBoxLayout()
    foot.addWidget(editor.verdict, 1)
    for button in (editor.revert, editor.save_as, editor.save, close):
        button.setAutoDefault(False)
        foot.addWidget(button)
    editor.save_template.setAutoDefault(False)
    editor.save_template.setProperty("narrow", "true")
    layout = QVBoxLayout(editor)
    layout.addWidget(editor.columns, 1)
    layout.addLayout(foot)
    editor.list.hide()
    editor.setSizeGripEnabled(True)
    _resize(editor, _ALONE)


def add_side_panel(editor: ChainEditor, panel: QWidget) -> None:
    """Put a widget at the right of the chain."""
    editor.columns.addWidget(panel)
    editor.columns.setStretchFactor(0, 3)
    editor.columns.setStretchFactor(1, 2)
    editor.columns.setCollapsible(0, False)
    editor.columns.setCollapsible(1, True)
    _resize(editor, _WITH_PANEL)


def fixed_font() -> QFont:
    """Return the system's fixed font in a size that can be read."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPointSizeF(max(font.pointSizeF(), 10.0))
    return font


def _resize(editor: ChainEditor, size: QSize) -> None:
    room = editor.screen().availableGeometry().size() - QSize(_FRAME_PX, _FRAME_PX)
    editor.resize(size.boundedTo(room))
