"""Chooses a step's model from what its provider offers; any other name can be typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QWidget,
)

from chaindesk.chain_file import describe
from chaindesk.desktop.chain.model_cache import ModelList
from chaindesk.desktop.ui import icons
from chaindesk.desktop.ui.tool_tips import html_text
from chaindesk.desktop.ui.translation import tr, tr_count, tr_noop

_PRICE_ROLE = Qt.ItemDataRole.UserRole + 1


class ModelPicker(QWidget):
    """A provider and its models. Nothing is asked of a provider before its list is opened.

    Signals:
        models_wanted: a provider's name: its list is opened.
        refresh_requested: a provider's name: its models are to be asked for again.
        chosen: a model reference, such as ``openai/gpt-6.1-mini``.
    """

    models_wanted = Signal(str)
    refresh_requested = Signal(str)
    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = ""
        self._lists: ModelList = ModelList()
        self.provider = QComboBox()
        self.provider.setAccessibleName(tr("Provider"))
        self.provider.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.model = _ModelBox()
        self.model.setAccessibleName(tr("Model"))
        self.model.setToolTip(html_text(describe(("steps", "model"))))
        self.model.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.model.setMinimumContentsLength(12)
        self.again = QToolButton()
        self.again.setAccessibleName(tr("Ask for the models again"))
        self.again.setToolTip(tr("Ask the provider for its models again"))
        icons.give(self.again, "retry")
        self.state = QLabel()
        self.state.setAccessibleName(tr("Price and list of the models"))
        self.state.setProperty("muted", "true")
        self.state.setWordWrap(True)
        self.state.setTextFormat(Qt.TextFormat.PlainText)
        self._price = ""
        self._lay_out()
        self.provider.activated.connect(lambda _: self._provider_chosen())
        self.model.opened.connect(lambda: self.models_wanted.emit(self.provider.currentText()))
        self.model.activated.connect(lambda _: self._tell())
        field = self.model.lineEdit()
        if field is not None:
            field.editingFinished.connect(self._tell)
        self.again.clicked.connect(lambda: self.refresh_requested.emit(self.provider.currentText()))

    def show_model(self, reference: str, providers: Sequence[str]) -> None:
        """Show a step's model among these providers."""
        provider, _, name = reference.partition("/")
        names = list(dict.fromkeys([*providers, *([provider] if provider else [])]))
        if [self.provider.itemText(at) for at in range(self.provider.count())] != names:
            self.provider.clear()
            self.provider.addItems(names)
        field = self.model.lineEdit()
        if reference != self._shown or field is None or not field.hasFocus():
            self.provider.setCurrentText(provider)
            self.model.setEditText(name)
        self._shown = reference

    def show_list(self, provider: str, known: ModelList) -> None:
        """Show what is known of a provider's models, where it is the one that is chosen."""
        if provider != self.provider.currentText():
            return
        self._lists = known
        names = list(known.names or ())
        if [self.model.itemText(at) for at in range(self.model.count())] != names:
            typed = self.model.currentText()
            self.model.clear()
            self.model.addItems(names)
            self.model.setCurrentIndex(-1)
            self.model.setEditText(typed)
            self.model.refresh_popup()
        self.again.setEnabled(not known.asking)
        self._show_state()

    def show_prices(self, prices: Mapping[str, str]) -> None:
        """Show the prices of the provider's models, by model; what it lacks is not known yet."""
        for at in range(self.model.count()):
            self.model.setItemData(at, prices.get(self.model.itemText(at), ""), _PRICE_ROLE)
        self._price = prices.get(self.model.currentText(), "")
        self._show_state()

    def _show_state(self) -> None:
        known, provider = self._lists, self.provider.currentText()
        if known.asking:
            words = tr("Asking {provider} for its models…").format(provider=provider)
        elif known.error:
            words = tr("⚠ {error} A name can be typed all the same.").format(error=known.error)
        elif known.names is not None:
            words = tr_count(len(known.names), tr_noop("{n} model"), tr_noop("{n} models"))
        else:
            words = ""
        self.state.setText(" · ".join(filter(None, (self._price, words))))

    def _provider_chosen(self) -> None:
        provider = self.provider.currentText()
        if provider != self._shown.partition("/")[0]:
            self._lists, self._price = ModelList(), ""
            self.model.clear()
            self.model.setEditText("")
            self._show_state()
            self.model.setFocus()

    def _tell(self) -> None:
        name = self.model.currentText().strip()
        reference = f"{self.provider.currentText()}/{name}"
        if name and reference != self._shown:
            self._shown = reference
            self.chosen.emit(reference)

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(self.provider)
        line.addWidget(self.model, 1)
        line.addWidget(self.again)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(2)
        grid.addLayout(line, 0, 0)
        grid.addWidget(self.state, 1, 0)


class _ModelBox(QComboBox):
    """The models, with a signal when their list opens, and their prices at the right of it."""

    opened = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        field = self.lineEdit()
        if field is not None:
            field.setPlaceholderText(tr("choose or type a model"))
        completer = QCompleter(self.model(), self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setCompleter(completer)
        self.setItemDelegate(_PriceDelegate(self))
        self._open = False

    def showPopup(self) -> None:
        """Ask for the models first."""
        self._open = True
        self.opened.emit()
        self.view().setMinimumWidth(max(self.width(), 380))
        if self.count():
            super().showPopup()

    def hidePopup(self) -> None:
        """Close the list."""
        self._open = False
        super().hidePopup()

    def refresh_popup(self) -> None:
        """Open the list where it was asked for and was empty."""
        if self._open and self.count() and self.isVisible() and not self.view().isVisible():
            super().showPopup()
        self._open = False if self.count() else self._open


class _PriceDelegate(QStyledItemDelegate):
    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().paint(painter, option, index)
        price = index.data(_PRICE_ROLE)
        if price:
            painter.save()
            painter.setPen(option.palette.placeholderText().color())
            place = option.rect.adjusted(0, 0, -8, 0)
            painter.drawText(place, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), str(price))
            painter.restore()
