"""What is being worked on, in one line: the workbook, its sheet, and the chain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QWidget

from chaindesk.desktop.opening.text_reading_dialog import delimiter_text
from chaindesk.desktop.ui import icons
from chaindesk.desktop.ui.layout.elided_label import ElidedLabel
from chaindesk.desktop.ui.tool_tips import html_text
from chaindesk.desktop.ui.translation import tr
from chaindesk.domain.manifest import Manifest, SourceReading

_OPEN = "open"
_GALLERY = "gallery"
_NEW = "new"


class SourceBar(QWidget):
    """Shows and changes the sheet and the chain.

    Signals:
        sheet_chosen: a sheet's name.
        chain_chosen: a chain file's path.
        gallery_requested: the user wants to see the chains to begin with.
        new_chain_requested: the user wants to write a chain.
        open_chain_requested: the user wants to choose a chain file.
        edit_chain_requested: the user wants to change the chain.
        text_reading_requested: the user wants to see, or change, how the text file was read.
    """

    sheet_chosen = Signal(str)
    chain_chosen = Signal(str)
    gallery_requested = Signal()
    open_chain_requested = Signal()
    new_chain_requested = Signal()
    edit_chain_requested = Signal()
    text_reading_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.workbook = ElidedLabel()
        self.workbook.setAccessibleName(tr("Workbook"))
        self.workbook.setProperty("title", "true")
        self.text_reading = QPushButton()
        self.text_reading.setAccessibleName(tr("How the text was read"))
        self.text_reading.setProperty("narrow", "true")
        self.text_reading.hide()
        self.sheet = QComboBox()
        self.sheet.setAccessibleName(tr("Sheet"))
        self.sheet.setMaximumWidth(170)
        self.chain = QComboBox()
        self.chain.setAccessibleName(tr("Chain"))
        self.chain.setMinimumWidth(150)
        self.chain.setMaximumWidth(260)
        self.edit = QPushButton(tr("Edit chain"))
        self.edit.setToolTip(tr("Change the chain's steps and prompts (Ctrl+Shift+E)"))
        icons.give(self.edit, "edit")
        self._lay_out()
        self.sheet.activated.connect(lambda place: self.sheet_chosen.emit(self.sheet.itemText(place)))
        self.chain.activated.connect(self._chain_picked)
        self.edit.clicked.connect(self.edit_chain_requested)
        self.text_reading.clicked.connect(self.text_reading_requested)

    def show_manifest(self, manifest: Manifest | None) -> None:
        """Show the sheet that is open."""
        self.sheet.clear()
        if manifest is None:
            self.workbook.set_text(tr("No workbook"))
            self.workbook.setToolTip("")
        else:
            self.workbook.set_text(manifest.path.name)
            self.workbook.setToolTip(html_text(str(manifest.path)))
            self.sheet.addItems(list(manifest.sheets))
            self.sheet.setCurrentText(manifest.sheet)
        self._show_source(manifest.source if manifest is not None else None)
        several = manifest is not None and len(manifest.sheets) > 1
        self.sheet.setVisible(several)
        self._sheet_label.setVisible(several)

    def choose_sheet(self) -> None:
        """Open the list of the sheets."""
        self.sheet.setFocus()
        self.sheet.showPopup()

    def _show_source(self, source: SourceReading | None) -> None:
        self.text_reading.setVisible(source is not None)
        if source is None:
            return
        doubt = "?" if source.guessed else ""
        self.text_reading.setText(f"{source.encoding}, {delimiter_text(source.delimiter).lower()}{doubt}")
        sample = f"\n{source.sample}" if source.sample else ""
        found = tr("found out by ChainDesk") if source.guessed else tr("as chosen")
        self.text_reading.setToolTip(
            html_text(
                tr("Encoding and delimiter, {found}. Click to change.{sample}").format(found=found, sample=sample)
            )
        )

    def show_chains(self, current: Path | None, name: str, recent: Sequence[str]) -> None:
        """Show the chain that is open, and offer the recent ones."""
        self.chain.clear()
        if current is None:
            self.chain.addItem(tr("Choose a chain…"), None)
        else:
            self.chain.addItem(name, ("", ""))
            self.chain.setItemData(0, str(current), Qt.ItemDataRole.ToolTipRole)
        self.chain.insertSeparator(self.chain.count())
        offered = [path for path in recent if path != str(current) and Path(path).exists()][:6]
        names = Counter([name, *(Path(path).name for path in offered)])
        for path in offered:
            words = Path(path).name if names[Path(path).name] == 1 else f"{Path(path).name} ({Path(path).parent.name})"
            self.chain.addItem(words, ("file", path))
            self.chain.setItemData(self.chain.count() - 1, path, Qt.ItemDataRole.ToolTipRole)
        self.chain.insertSeparator(self.chain.count())
        self.chain.addItem(tr("Chains to begin with…"), (_GALLERY, ""))
        self.chain.addItem(tr("New chain…"), (_NEW, ""))
        self.chain.addItem(tr("Open a chain file…"), (_OPEN, ""))
        self.chain.setCurrentIndex(0)
        self.edit.setEnabled(current is not None)

    def _chain_picked(self, place: int) -> None:
        data = self.chain.itemData(place)
        self.chain.setCurrentIndex(0)
        match data:
            case ("file", str(path)):
                self.chain_chosen.emit(path)
            case ("gallery", _):
                self.gallery_requested.emit()
            case ("new", _):
                self.new_chain_requested.emit()
            case ("open", _):
                self.open_chain_requested.emit()
            case _:
                pass

    def _lay_out(self) -> None:
        self._sheet_label = _muted(tr("Sheet"), self.sheet)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.workbook, 1)
        layout.addWidget(self.text_reading)
        layout.addWidget(self._sheet_label)
        layout.addWidget(self.sheet)
        layout.addSpacing(6)
        layout.addWidget(_muted(tr("Chain"), self.chain))
        layout.addWidget(self.chain)
        layout.addWidget(self.edit)


def _muted(text: str, buddy: QWidget) -> QLabel:
    label = QLabel(text)
    label.setProperty("muted", "true")
    label.setBuddy(buddy)
    return label
