"""The chain editor's parts and where they stand, without what they do."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QSplitter, QTabWidget, QVBoxLayout, QWidget

from chaindesk.desktop.chain.cards.cards_page import CardsPage
from chaindesk.desktop.chain.problem_list import ProblemList
from chaindesk.desktop.chain.yaml.code_edit import CodeEdit
from chaindesk.desktop.chain.yaml.yaml_help import YamlHelp
from chaindesk.desktop.chain.yaml.yaml_highlighter import YamlHighlighter
from chaindesk.desktop.ui import icons
from chaindesk.desktop.ui.buttons import arrow_button
from chaindesk.desktop.ui.translation import tr

STEPS_TAB, YAML_TAB = 0, 1
_ALONE, _WITH_PANEL = QSize(860, 720), QSize(1240, 780)
_FRAME_PX = 60  # what the system's frame and bars take of the screen


class EditorFrame(QDialog):
    """The dialog of the editor: two tabs, the mistakes, the buttons, and room for a panel at the right."""

    def __init__(self, parent: QWidget | None, *, dark: bool) -> None:
        super().__init__(parent)
        self.text = CodeEdit()
        self.text.setAccessibleName(tr("Chain file"))
        self.text.setFont(_fixed_font())
        self._highlighter = YamlHighlighter(self.text.document(), dark=dark)
        self.yaml_help = YamlHelp(self.text)
        self.tabs = QTabWidget()
        self.list = ProblemList()
        self.verdict = QLabel()
        self.save = QPushButton(tr("Save"))
        self.save_as = QPushButton(tr("Save as…"))
        self.save_template = QPushButton(tr("Save as template…"))
        self.revert = QPushButton(tr("Revert"))
        self.undo_button = arrow_button("undo", tr("Undo (Ctrl+Z)"))
        self.redo_button = arrow_button("redo", tr("Redo (Ctrl+Shift+Z, Ctrl+Y)"))
        self._columns = QSplitter(Qt.Orientation.Horizontal)

    def set_side_panel(self, panel: QWidget) -> None:
        """Show a widget at the right of the chain, which the editor owns from now on."""
        self._columns.addWidget(panel)
        self._columns.setStretchFactor(0, 3)
        self._columns.setStretchFactor(1, 2)
        self._columns.setCollapsible(0, False)
        self._columns.setCollapsible(1, True)
        self._fit(_WITH_PANEL)

    def lay_out(self, cards: CardsPage) -> None:
        """Put the parts in their places, the cards in the first tab: the outer ones first.

        Each time that a widget gets a parent, all that is in it has its style worked out anew.
        """
        layout = QVBoxLayout(self)
        layout.addWidget(self._columns, 1)
        left = QWidget()
        self._columns.addWidget(left)
        main = QVBoxLayout(left)
        main.setContentsMargins(0, 0, 0, 0)
        main.addWidget(self.tabs, 1)
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(cards, tr("&Steps"))
        cards.fill()
        self.tabs.addTab(self.text, tr("&YAML"))
        self.tabs.setCornerWidget(self._corner(), Qt.Corner.TopRightCorner)
        main.addWidget(self.list)
        layout.addLayout(self._foot())
        self.list.hide()
        self.setSizeGripEnabled(True)
        self._fit(_ALONE)

    def _corner(self) -> QWidget:
        corner = QWidget()
        tools = QHBoxLayout(corner)
        tools.setContentsMargins(0, 0, 0, 4)
        for button in (self.undo_button, self.redo_button, self.save_template):
            tools.addWidget(button)
        self.save_template.setAutoDefault(False)
        self.save_template.setProperty("chip", "true")  # low enough for the line of tabs
        self.save_template.setToolTip(tr("Keep the chain among your templates, to begin others with it"))
        return corner

    def _foot(self) -> QHBoxLayout:
        self.verdict.setWordWrap(True)
        self.verdict.setTextFormat(Qt.TextFormat.PlainText)
        self.verdict.setAccessibleName(tr("State of the chain"))
        self.save.setProperty("primary", "true")
        self.save.setToolTip(tr("Save the chain and use it (Ctrl+S)"))
        self.revert.setToolTip(tr("Go back to the file as it is on the disk"))
        icons.give(self.revert, "undo")
        close = QPushButton(tr("Close"))
        close.clicked.connect(self.close)
        foot = QHBoxLayout()
        foot.addWidget(self.verdict, 1)
        for button in (self.revert, self.save_as, self.save, close):
            button.setAutoDefault(False)
            foot.addWidget(button)
        return foot

    def _fit(self, size: QSize) -> None:
        room = self.screen().availableGeometry().size() - QSize(_FRAME_PX, _FRAME_PX)
        self.resize(size.boundedTo(room))


def _fixed_font() -> QFont:
    """Return the system's fixed font in a size that can be read."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPointSizeF(max(font.pointSizeF(), 10.0))
    return font
