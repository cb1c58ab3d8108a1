"""The history of one cell: every version that was paid for or written, to look at, compare and use again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from chaindesk.desktop.review.dialogs import text_diff
from chaindesk.desktop.review.markdown_view import MarkdownView
from chaindesk.desktop.ui import icons
from chaindesk.desktop.ui.status_palette import StatusPalette
from chaindesk.desktop.ui.translation import tr
from chaindesk.domain.status import Status
from chaindesk.engine.answers.row_history import Version
from chaindesk.formatting import count, duration, money


class VersionsDialog(QDialog):
    """Shows the versions of one step's output of one row, the newest first.

    Signals:
        used: the text that the user wants to have again, or None for the model's own.
    """

    used = Signal(object)

    def __init__(self, title: str, load: Callable[[], Sequence[Version]], parent: QWidget, *, dark: bool) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("History of {title}").format(title=title))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(860, 560)
        self._load = load
        self._versions: Sequence[Version] = ()
        self._palette = StatusPalette(dark=dark)
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Versions"))
        self.list.setWordWrap(True)
        self.list.setMinimumWidth(230)
        self.text = MarkdownView()
        self.text.setAccessibleName(tr("Text of the version"))
        self.facts = QLabel()
        self.facts.setWordWrap(True)
        self.facts.setTextFormat(Qt.TextFormat.PlainText)
        self.facts.setProperty("muted", "true")
        self.compare = QCheckBox(tr("Compare with what is shown now"))
        self.use = QPushButton(tr("Use this version"))
        self.use.setProperty("primary", "true")
        self.use.setToolTip(tr("Show this text from now on; it counts as your edit, and can be undone"))
        self.restore = QPushButton(tr("Back to the model's text"))
        self.restore.setToolTip(tr("Drop your text; it stays in this history"))
        icons.give(self.restore, "undo")
        self.leave = QPushButton(tr("Close"))
        self._lay_out()
        self.list.currentRowChanged.connect(lambda _: self._show())
        self.compare.toggled.connect(lambda _: self._show())
        self.use.clicked.connect(self._use)
        self.restore.clicked.connect(lambda: self.used.emit(None))
        self.leave.clicked.connect(self.accept)
        self.renew()

    def renew(self) -> None:
        """Read the versions again: something was changed."""
        self._versions = self._load()
        index = next((index for index, version in enumerate(self._versions) if version.shown), 0)
        self.list.blockSignals(True)
        self.list.clear()
        for version in self._versions:
            self.list.addItem(QListWidgetItem(version_text(version)))
        self.list.setCurrentRow(index)
        self.list.blockSignals(False)
        self._show()

    @property
    def chosen(self) -> Version | None:
        """The version that is looked at."""
        index = self.list.currentRow()
        return self._versions[index] if 0 <= index < len(self._versions) else None

    @property
    def present(self) -> Version | None:
        """The version that the row shows."""
        return next((version for version in self._versions if version.shown), None)

    def _show(self) -> None:
        chosen, present = self.chosen, self.present
        other = chosen is not None and present is not None and chosen is not present and chosen.text != present.text
        self.compare.setEnabled(other)
        self.use.setEnabled(other)
        self.restore.setEnabled(present is not None and present.by_hand)
        self.facts.setText("" if chosen is None else facts(chosen))
        if chosen is None:
            self.text.clear()
        elif other and self.compare.isChecked() and present is not None:
            self.text.setHtml(self._difference(chosen.text, present.text))
        else:
            self.text.show_markdown(chosen.text)

    def _difference(self, chosen: str, present: str) -> str:
        back, text = self._palette.background, self._palette.text
        gone = back[Status.FAILED].name(), text[Status.FAILED].name()
        new = back[Status.DONE].name(), text[Status.DONE].name()
        return text_diff.as_html(text_diff.compare(chosen, present), gone=gone, new=new)

    def _use(self) -> None:
        chosen, present = self.chosen, self.present
        if chosen is not None:
            own = present is not None and not chosen.by_hand and chosen.answer.id == present.answer.id
            self.used.emit(None if own else chosen.text)

    def _lay_out(self) -> None:
        right = QWidget()
        side = QVBoxLayout(right)
        side.setContentsMargins(0, 0, 0, 0)
        side.setSpacing(7)
        side.addWidget(self.facts)
        side.addWidget(self.text, 1)
        side.addWidget(self.compare)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.addWidget(self.list)
        splitter.addWidget(right)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([270, 590])
        splitter.setHandleWidth(9)
        splitter.setChildrenCollapsible(False)
        buttons = QHBoxLayout()
        buttons.addWidget(self.restore)
        buttons.addStretch(1)
        buttons.addWidget(self.leave)
        buttons.addWidget(self.use)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 12, 14, 12)
        layout.setSpacing(10)
        layout.addWidget(splitter, 1)
        layout.addLayout(buttons)


def version_text(version: Version, *, lines: bool = True) -> str:
    """Return a version's entry in the list: when, by whom, after which note, and whether it is shown."""
    who = tr("✎ You") if version.by_hand else version.answer.model
    known = ((tr("shown now"), version.shown), (tr("other inputs or prompt"), not version.fits))
    marks = [mark for mark, there in known if there]
    told = [_when(version.at), f"{who}  ·  {', '.join(marks)}" if marks else who]
    if version.note and not version.by_hand:
        told.append(tr("after your note: “{note}”").format(note=" ".join(version.note.split())))
    return "\n".join(told) if lines else ", ".join(told)


def facts(version: Version) -> str:
    """Where a version comes from, and what it took."""
    answer = version.answer
    if version.by_hand:
        return tr("Written by you {at}, over an answer of {model}. It cost nothing.").format(
            at=_when(version.at), model=answer.model
        )
    parts = [f"{answer.model}, {_when(answer.finished_at)}", duration(answer.seconds)]
    if answer.usage is not None:
        parts.append(
            tr("{input} + {output} tokens").format(input=count(answer.usage.input), output=count(answer.usage.output))
        )
    parts.append(tr("cost unknown") if answer.cost is None else money(answer.cost))
    parts.append(tr("run {run_id}").format(run_id=answer.run_id))
    return "  ·  ".join(parts)


def _when(moment: datetime) -> str:
    return moment.astimezone().strftime("%Y-%m-%d %H:%M:%S")
