"""The answers of both sides to one row beside each other, and the buttons by which a person picks the better one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from chaindesk.desktop.review.dialogs import text_diff
from chaindesk.desktop.review.markdown_view import MarkdownView
from chaindesk.desktop.ui.engine_words import finding_text
from chaindesk.desktop.ui.status_palette import StatusPalette
from chaindesk.desktop.ui.translation import tr
from chaindesk.domain.manifest import Row
from chaindesk.domain.status import Status
from chaindesk.engine.comparison.comparison import ComparedRow
from chaindesk.engine.comparison.row_sample import place_by_chance
from chaindesk.engine.comparison.side import SideAnswer


def is_turned(row: Row) -> bool:
    """Return whether B stands on the left in a blind look at a row: by chance, and the same each time."""
    return place_by_chance(f"side {row.key}")[0] % 2 == 1


class PairView(QWidget):
    """Shows one row.

    Signals:
        picked: True for the left answer, False for the right one, None for neither.
    """

    picked = Signal(object)

    def __init__(self, *, dark: bool) -> None:
        super().__init__()
        self._row: ComparedRow | None = None
        self._palette = StatusPalette(dark=dark)
        self.heads, self.flags = (QLabel(), QLabel()), (QLabel(), QLabel())
        self.texts = MarkdownView(), MarkdownView()
        for label in (*self.heads, *self.flags):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        for head in self.heads:
            head.setProperty("title", "true")
        self.blind = QCheckBox(tr("Bli&nd"))
        self.blind.setToolTip(tr("Hide which side is which, and turn them round by chance"))
        self.left, self.same, self.right = (QPushButton() for _ in range(3))
        self.left.setText(tr("&1  Left is better"))
        self.same.setText(tr("&2  The same"))
        self.right.setText(tr("&3  Right is better"))
        for button, key, value in ((self.left, "1", True), (self.same, "2", None), (self.right, "3", False)):
            button.setAutoDefault(False)
            button.clicked.connect(lambda _=False, value=value: self.picked.emit(value))
            QShortcut(QKeySequence(key), self, button.click)
        self._lay_out()
        self.show_row(None)

    def set_dark(self, *, dark: bool) -> None:
        """Use the other colours."""
        self._palette = StatusPalette(dark=dark)
        self.show_row(self._row)

    def show_row(self, row: ComparedRow | None) -> None:
        """Show a row, or that there is none."""
        self._row = row
        for button in (self.left, self.same, self.right):
            button.setEnabled(row is not None and row.picked_pair is not None)
        if row is None:
            for place in (0, 1):
                self.heads[place].clear()
                self.texts[place].show_plain("")
                self.flags[place].setVisible(False)
            return
        blind = self.blind.isChecked()
        turned = blind and is_turned(row.row)
        sides: list[tuple[str, Sequence[SideAnswer]]] = [("A", row.a), ("B", row.b)]
        if turned:
            sides.reverse()
        stretches = text_diff.compare(_text(sides[0][1]), _text(sides[1][1]))
        back, colour = self._palette.background, self._palette.text
        gone = back[Status.FAILED].name(), colour[Status.FAILED].name()
        come = back[Status.DONE].name(), colour[Status.DONE].name()
        shown = (text_diff.before(stretches), text_diff.after(stretches))
        for place, (name, answers) in enumerate(sides):
            names = (tr("Left"), tr("Right"))
            model = next((one.answer.model for one in reversed(answers) if one.answer is not None), "")
            self.heads[place].setText(names[place] if blind else f"{name}  ·  {model}")
            self.texts[place].setAccessibleName(self.heads[place].text())
            self.texts[place].show_html(text_diff.as_html(shown[place], gone=gone, new=come, beside=True))
            flags = [finding_text(flag) for one in answers for flag in one.flags]
            self.flags[place].setText("✕ " + "\n✕ ".join(flags))
            self.flags[place].setVisible(bool(flags) and not blind)

    def _lay_out(self) -> None:
        grid = QGridLayout()
        for place in (0, 1):
            grid.addWidget(self.heads[place], 0, place)
            grid.addWidget(self.texts[place], 1, place)
            grid.addWidget(self.flags[place], 2, place)
            grid.setColumnStretch(place, 1)
        grid.setRowStretch(1, 1)
        picks = QHBoxLayout()
        picks.addWidget(self.left)
        picks.addWidget(self.same)
        picks.addWidget(self.right)
        picks.addStretch(1)
        picks.addWidget(self.blind)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(grid, 1)
        layout.addLayout(picks)


def _text(answers: Sequence[SideAnswer]) -> str:
    """Return what a side says, field by field and step by step."""
    parts = []
    for one in answers:
        said = "\n".join(f"{name}: {text}" for name, text in one.fields.items()) or one.text
        parts.append(f"{one.step}\n{said}" if len(answers) > 1 else said)
    return "\n\n".join(parts)
