"""The gallery: chains to begin with, what each does, and how it fits the sheet that is open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from chaindesk.desktop.opening.chain_offers import MIN_SCORE, ChainOffer, OfferKind, free_name
from chaindesk.desktop.opening.column_mapping import ColumnMapping
from chaindesk.desktop.ui import dialogs, icons
from chaindesk.desktop.ui.layout.elided_label import ElidedLabel
from chaindesk.desktop.ui.translation import tr, tr_count, tr_noop
from chaindesk.domain.chains.chain_fit import ChainFit, columns_needed
from chaindesk.formatting import listed

_OWN_FILES = (OfferKind.RECENT, OfferKind.BESIDE)
_ROW_PADDING_PX = 11


@dataclass(frozen=True, slots=True)
class GalleryEntry:
    """A chain with how it fits the sheet that is open; None where there is no sheet."""

    offer: ChainOffer
    fit: ChainFit | None = None

    @property
    def fits(self) -> bool:
        """Return whether it suggests itself for the sheet."""
        return self.fit is not None and (self.fit.exact or (self.fit.possible and self.fit.score >= MIN_SCORE))


class GalleryDialog(QDialog):
    """Lists chains, those that fit the sheet first, and shows the chosen one.

    Signals:
        use_requested: a ``ChainOffer``, the header for each of its columns, and the path of the copy to be made.
        sheet_requested: the example workbook of a ``ChainOffer`` is to be opened with it.
    """

    use_requested = Signal(object, object, object)
    sheet_requested = Signal(object)

    def __init__(
        self,
        entries: Sequence[GalleryEntry],
        headers: Sequence[str],
        sheet: str,
        folder: Path,
        parent: QWidget | None = None,
        *,
        chosen: str = "",
    ) -> None:
        """Show the entries.

        Args:
            entries: the chains.
            headers: of the sheet that is open; none where none is.
            sheet: the sheet in words, "" where none is open.
            folder: where copies are proposed to lie.
            parent: the window.
            chosen: the title of the entry that is shown first, or "".
        """
        super().__init__(parent)
        self.setWindowTitle(tr("Chains to begin with"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._headers, self._sheet, self._folder = list(headers), sheet, folder
        self._target: Path | None = None
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Chains"))
        self.list.setProperty("headings", "true")  # they are disabled, but to be read
        self.title = QLabel()
        self.title.setProperty("title", "true")
        self.summary = _wrapped()
        self.steps = _wrapped()
        self.steps.setAccessibleName(tr("Steps"))
        self.columns = _wrapped()
        self.columns.setAccessibleName(tr("Columns"))
        self.mapping = ColumnMapping()
        self.target = ElidedLabel()
        self.target.setProperty("muted", "true")
        self.target.setAccessibleName(tr("Where your copy lies"))
        self.change = QPushButton(tr("Change…"))
        self.change.setToolTip(tr("Choose where your copy lies"))
        self.use = QPushButton(tr("Use a copy"))
        self.use.setProperty("primary", "true")
        self.with_sheet = QPushButton(tr("Try it with its example sheet"))
        icons.give(self.with_sheet, "example")
        self.leave = QPushButton(tr("Close"))
        self._fill(entries)
        self._lay_out()
        self._connect()
        self._choose(chosen)

    @property
    def entry(self) -> GalleryEntry | None:
        """The entry that is shown."""
        item = self.list.currentItem()
        found = item.data(Qt.ItemDataRole.UserRole) if item is not None else None
        return found if isinstance(found, GalleryEntry) else None

    def _fill(self, entries: Sequence[GalleryEntry]) -> None:
        fitting = sorted((one for one in entries if one.fits), key=lambda one: -(one.fit.score if one.fit else 0))
        groups = (
            (tr("Fit this sheet"), fitting),
            (tr("Your chain"), [one for one in entries if one.offer.kind in _OWN_FILES and not one.fits]),
            (tr("Your templates"), [one for one in entries if one.offer.kind is OfferKind.TEMPLATE and not one.fits]),
            (tr("Examples"), [one for one in entries if one.offer.kind is OfferKind.EXAMPLE and not one.fits]),
        )
        for heading, group in groups:
            if group:
                self._add_heading(heading)
            for entry in group:
                item = QListWidgetItem(entry.offer.title)
                item.setData(Qt.ItemDataRole.UserRole, entry)
                self._add(item)

    def _add(self, item: QListWidgetItem) -> None:
        item.setSizeHint(QSize(0, self.list.fontMetrics().height() + _ROW_PADDING_PX))
        self.list.addItem(item)

    def _add_heading(self, text: str) -> None:
        item = QListWidgetItem(text)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        font = self.list.font()
        font.setBold(True)
        item.setFont(font)
        self._add(item)

    def _choose(self, title: str) -> None:
        places = [place for place in range(self.list.count()) if self.list.item(place).data(Qt.ItemDataRole.UserRole)]
        named = [place for place in places if self.list.item(place).text() == title]
        if places:
            self.list.setCurrentRow((named or places)[0])
        self.list.setFocus()

    def _show_entry(self) -> None:
        entry = self.entry
        for widget in (self.use, self.change, self.with_sheet):
            widget.setEnabled(entry is not None)
        if entry is None:
            return
        offer = entry.offer
        self.title.setText(offer.title)
        self.summary.setText(offer.summary)
        self.summary.setVisible(bool(offer.summary))
        self.steps.setText(steps_text(offer))
        self.mapping.show_fit(entry.fit, self._headers)
        self.with_sheet.setVisible(offer.sheet is not None)
        self._target = None
        self._show_mapping()

    def _show_mapping(self) -> None:
        entry = self.entry
        if entry is None:
            return
        missing = self.mapping.missing
        self.columns.setText(columns_text(entry, self._sheet, missing))
        self.use.setEnabled(not missing)
        self.use.setToolTip(tr("Choose a column for {names} first").format(names=listed(missing)) if missing else "")
        target = self._target or free_name(self._folder, entry.offer.chain.name)
        self.target.set_text(tr("Your copy: {path}").format(path=target))
        self.target.setToolTip(str(target))

    def _choose_target(self) -> None:
        entry = self.entry
        if entry is not None:
            suggested = self._target or free_name(self._folder, entry.offer.chain.name)
            dialogs.choose_target(self, tr("Save your copy as"), suggested, dialogs.CHAINS, self._take_target)

    def _take_target(self, path: Path) -> None:
        self._target = path
        self._show_mapping()

    def _use(self) -> None:
        entry = self.entry
        if entry is not None and not self.mapping.missing:
            target = self._target or free_name(self._folder, entry.offer.chain.name)
            self.use_requested.emit(entry.offer, self.mapping.mapping, target)
            self.accept()

    def _open_sheet(self) -> None:
        entry = self.entry
        if entry is not None and entry.offer.sheet is not None:
            self.sheet_requested.emit(entry.offer)
            self.accept()

    def _connect(self) -> None:
        self.list.currentItemChanged.connect(lambda *_: self._show_entry())
        self.list.itemActivated.connect(lambda _: self._use())
        self.mapping.changed.connect(self._show_mapping)
        self.change.clicked.connect(self._choose_target)
        self.use.clicked.connect(self._use)
        self.with_sheet.clicked.connect(self._open_sheet)
        self.leave.clicked.connect(self.reject)

    def _lay_out(self) -> None:
        inside = QWidget()
        inside.setObjectName("plain")
        details = QVBoxLayout(inside)
        details.setContentsMargins(12, 4, 12, 4)
        details.setSpacing(10)
        for widget in (self.title, self.summary, self.steps, self.columns, self.mapping):
            details.addWidget(widget)
        details.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(inside)
        halves = QSplitter(Qt.Orientation.Horizontal)
        halves.addWidget(self.list)
        halves.addWidget(area)
        halves.setStretchFactor(1, 1)
        halves.setSizes([230, 560])
        halves.setChildrenCollapsible(False)
        copy = QHBoxLayout()
        copy.addWidget(self.target, 1)
        copy.addWidget(self.change)
        buttons = QHBoxLayout()
        buttons.addWidget(self.with_sheet)
        buttons.addStretch(1)
        buttons.addWidget(self.leave)
        buttons.addWidget(self.use)
        for button in (self.change, self.use, self.with_sheet, self.leave):
            button.setAutoDefault(False)
        self.use.setDefault(True)
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addWidget(halves, 1)
        layout.addLayout(copy)
        layout.addLayout(buttons)
        self.resize(820, 560)


def steps_text(offer: ChainOffer) -> str:
    """Return the steps of a chain, a line for each, with the columns that it writes."""
    steps = offer.chain.steps
    count = tr_count(len(steps), tr_noop("{n} step for each row:"), tr_noop("{n} steps for each row:"))
    one, many = tr_noop("{place}. {step}: column {columns}"), tr_noop("{place}. {step}: columns {columns}")
    lines = [
        tr(one if len(step.columns) == 1 else many).format(place=place, step=step.name, columns=listed(step.columns))
        for place, step in enumerate(steps, 1)
    ]
    return "\n".join([count, *lines])


def columns_text(entry: GalleryEntry, sheet: str, missing: Sequence[str]) -> str:
    """Return which columns a chain needs, and whether the sheet has them."""
    needed = columns_needed(entry.offer.chain)
    if entry.fit is None:
        must = [column.name for column in needed if not column.optional]
        may = [column.name for column in needed if column.optional]
        text = tr("Columns needed: {names}.").format(names=listed(must))
        more = tr("Used where there: {names}.").format(names=listed(may))
        return f"{text} {more}" if may else text
    if missing:
        text = tr("Choose the column of {sheet} that stands for {names}:")
        return text.format(sheet=sheet, names=listed(missing))
    if entry.fit.exact:
        return tr("It fits {sheet} as it is. The columns that it uses:").format(sheet=sheet)
    return tr("Your copy is written with the columns of {sheet}:").format(sheet=sheet)


def _wrapped() -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
