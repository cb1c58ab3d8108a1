"""Hides columns of the table, and remembers them by their titles."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtWidgets import QMenu

from chaindesk.desktop.grid.view import RowTableView

_MAX_HIDDEN_TITLES = 200  # titles that are remembered


class ColumnMenu(QObject):
    """The menu of the table's header.

    Signals:
        changed: other columns are hidden; the titles to remember.
    """

    changed = Signal(object)

    def __init__(self, table: RowTableView, hidden: Sequence[str]) -> None:
        super().__init__(table)
        self._table = table
        self._hidden = list(hidden)
        header = table.horizontalHeader()
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._show_menu)
        header.sectionCountChanged.connect(lambda *_: self.apply())
        table.model().modelReset.connect(self.apply)

    def apply(self) -> None:
        """Hide the columns whose titles are to be hidden; the status always stays."""
        hidden = set(self._hidden)
        for place, title in enumerate(self._titles()):
            self._table.setColumnHidden(place, place > 0 and title in hidden)

    def hide(self, title: str) -> None:
        """Hide the columns of this title."""
        self._set([*(other for other in self._hidden if other != title), title][-_MAX_HIDDEN_TITLES:])

    def show(self, title: str) -> None:
        """Show them again."""
        self._set([other for other in self._hidden if other != title])

    def fill(self, menu: QMenu, place: int) -> None:
        """Offer to hide the column at a place, and to show each that is hidden."""
        titles = self._titles()
        if 0 < place < len(titles):
            menu.addAction(f"Hide “{titles[place]}”", partial(self.hide, titles[place]))
        away = [title for title in titles[1:] if title in self._hidden]
        if away:
            menu.addSeparator()
        for title in dict.fromkeys(away):
            menu.addAction(f"Show “{title}”", partial(self.show, title))
        if len(away) > 1:
            menu.addAction("Show all columns", partial(self._show_all, away))

    def _show_all(self, titles: Sequence[str]) -> None:
        self._set([other for other in self._hidden if other not in titles])

    def _set(self, hidden: list[str]) -> None:
        self._hidden = hidden
        self.apply()
        self.changed.emit(tuple(hidden))

    def _titles(self) -> list[str]:
        model = self._table.model()
        return [str(model.headerData(place, Qt.Orientation.Horizontal)) for place in range(model.columnCount())]

    def _show_menu(self, place: QPoint) -> None:
        menu = QMenu(self._table)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.fill(menu, self._table.horizontalHeader().logicalIndexAt(place))
        if menu.actions():
            menu.popup(self._table.horizontalHeader().mapToGlobal(place))
        else:
            menu.deleteLater()
