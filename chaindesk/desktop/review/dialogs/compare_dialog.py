"""What differs between two texts of a row: steps as they are now, and versions of them; in one text or side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from chaindesk.desktop.review import output_text
from chaindesk.desktop.review.dialogs import text_diff
from chaindesk.desktop.review.markdown_view import MarkdownView
from chaindesk.desktop.ui import icons
from chaindesk.desktop.ui.status_palette import StatusPalette
from chaindesk.desktop.ui.translation import tr, tr_count, tr_noop
from chaindesk.domain.status import Status


@dataclass(frozen=True, slots=True)
class ComparedText:
    """A text that can be compared, and what it is: such as a step's name with the time of a version."""

    name: str
    text: str


class CompareDialog(QDialog):
    """Shows how one text became another, word by word.

    Args:
        title: whose texts these are.
        texts: what can be compared.
        left: the index of the earlier text that is shown first.
        right: the index of the later one.
    """

    def __init__(
        self, title: str, texts: Sequence[ComparedText], left: int, right: int, parent: QWidget, *, dark: bool
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Compare texts of {row}").format(row=title))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(980, 600)
        self._texts = texts
        self._palette = StatusPalette(dark=dark)
        self.left, self.right = self._box(tr("Before"), left), self._box(tr("After"), right)
        self.swap = QPushButton()
        self.swap.setToolTip(tr("Exchange the two (X)"))
        self.swap.setAccessibleName(tr("Exchange the two"))
        self.swap.setShortcut("X")
        icons.give(self.swap, "retry")
        self.side_by_side = QCheckBox(tr("&Side by side"))
        self.side_by_side.setChecked(True)
        self.facts = QLabel()
        self.facts.setProperty("muted", "true")
        self.facts.setAccessibleName(tr("How much differs"))
        self.old, self.new = MarkdownView(), MarkdownView()
        self.old.setAccessibleName(tr("Before"))
        self.new.setAccessibleName(tr("After"))
        self.leave = QPushButton(tr("Close"))
        self.leave.clicked.connect(self.accept)
        self.swap.clicked.connect(self._swap)
        self.side_by_side.toggled.connect(lambda _: self._show())
        for box in (self.left, self.right):
            box.currentIndexChanged.connect(lambda _: self._show())
        self._lay_out()
        self._show()

    def _box(self, name: str, index: int) -> QComboBox:
        box = QComboBox()
        box.setAccessibleName(name)
        box.addItems([one.name for one in self._texts])
        box.setCurrentIndex(index)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        return box

    def _swap(self) -> None:
        left, right = self.left.currentIndex(), self.right.currentIndex()
        self.left.setCurrentIndex(right)
        self.right.setCurrentIndex(left)

    def _show(self) -> None:
        old, new = (self._texts[box.currentIndex()].text for box in (self.left, self.right))
        stretches = text_diff.compare(old, new)
        back, colour = self._palette.background, self._palette.text
        gone = back[Status.FAILED].name(), colour[Status.FAILED].name()
        come = back[Status.DONE].name(), colour[Status.DONE].name()
        parted = self.side_by_side.isChecked()
        self.new.setVisible(parted)
        if parted:
            self.old.show_html(text_diff.as_html(text_diff.before(stretches), gone=gone, new=come, beside=True))
            self.new.show_html(text_diff.as_html(text_diff.after(stretches), gone=gone, new=come, beside=True))
        else:
            self.old.show_html(text_diff.as_html(stretches, gone=gone, new=come))
        less, more = text_diff.changed_words(stretches)
        if not less and not more:
            differs = tr("The two texts are the same.") if old == new else tr("Only blanks and signs differ.")
        else:
            gone_words = tr_count(less, tr_noop("{n} word gone"), tr_noop("{n} words gone"))
            new_words = tr_count(more, tr_noop("{n} word new"), tr_noop("{n} words new"))
            differs = f"{gone_words}, {new_words}"
        self.facts.setText(f"{differs}  ·  {output_text.size(old)}  →  {output_text.size(new)}")

    def _lay_out(self) -> None:
        heads = QHBoxLayout()
        heads.addWidget(self.left, 1)
        heads.addWidget(self.swap)
        heads.addWidget(self.right, 1)
        texts = QHBoxLayout()
        texts.addWidget(self.old, 1)
        texts.addWidget(self.new, 1)
        feet = QHBoxLayout()
        feet.addWidget(self.side_by_side)
        feet.addWidget(self.facts, 1)
        feet.addWidget(self.leave)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 12, 14, 12)
        layout.setSpacing(9)
        layout.addLayout(heads)
        layout.addLayout(texts, 1)
        layout.addLayout(feet)
