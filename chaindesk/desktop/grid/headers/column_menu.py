"""The menus of the table's columns: sort, filter, move, size, hide and show."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtWidgets import QMenu

from chaindesk.desktop.grid.column_filter import ColumnFilter
from chaindesk.desktop.grid.headers.column_arranger import ColumnArranger
from chaindesk.desktop.grid.headers.filter_popup import MAX_VALUES, FilterPopup
from chaindesk.desktop.grid.view import RowTableView
from chaindesk.desktop.ui.translation import tr

_ASCENDING, _DESCENDING = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder


class ColumnMenu(QObject):
    """Opens the menu of a column, and the form of its filter.

    Attributes:
        popup: the form that was opened last, or None.
    """

    def __init__(self, table: RowTableView, arranger: ColumnArranger) -> None:
        super().__init__(table)
        self._table, self._arranger = table, arranger
        self.popup: FilterPopup | None = None
        table.header.menu_requested.connect(self._show_menu)

    def fill(self, menu: QMenu, place: int) -> None:
        """Offer what can be done with the column at a logical place."""
        table, arranger, column = self._table, self._arranger, self._table.rows.columns[place]
        if table.rows.can_search(column):
            menu.addAction(tr("Sort &ascending"), partial(table.sortByColumn, place, _ASCENDING))
            menu.addAction(tr("Sort &descending"), partial(table.sortByColumn, place, _DESCENDING))
            menu.addAction(tr("Order of the &sheet"), partial(table.sortByColumn, -1, _ASCENDING))
            menu.addSeparator()
            menu.addAction(tr("&Filter…"), partial(self.show_filter, place))
            if column.key in table.rows.column_filters:
                clear = partial(table.rows.set_column_filter, column.key, ColumnFilter())
                menu.addAction(tr("&Clear this filter"), clear)
        else:
            menu.addAction(tr("Too many rows have outputs to sort and filter by them")).setEnabled(False)
        menu.addSeparator()
        menu.addAction(tr("Fit the &width to the texts"), partial(arranger.fit, place))
        if not column.frozen:
            menu.addAction(tr("Move to the &left"), partial(arranger.move, place, -1))
            menu.addAction(tr("Move to the &right"), partial(arranger.move, place, 1))
        if place > 0:
            menu.addAction(
                tr("&Hide “{column}”").format(column=_plain(column.title)), partial(arranger.hide, column.key)
            )
        away = arranger.hidden()
        menu.addSeparator()
        for key, title in away:
            menu.addAction(tr("Show “{column}”").format(column=_plain(title)), partial(arranger.show_columns, [key]))
        if len(away) > 1:
            menu.addAction(tr("Show all columns"), partial(arranger.show_columns, [key for key, _ in away]))
        menu.addAction(tr("&Usual places and widths"), arranger.reset)

    def show_filter(self, place: int) -> None:
        """Show the form of a column's filter below its header."""
        table, column = self._table, self._table.rows.columns[place]
        values, distinct = table.rows.frequent_values(column, MAX_VALUES)
        current = table.rows.column_filters.get(column.key, ColumnFilter())
        self.popup = FilterPopup(column.title, current, values, distinct, table.window())
        self.popup.changed.connect(partial(table.rows.set_column_filter, column.key))
        rect = table.header.section_rect(place)
        self.popup.adjustSize()
        self.popup.move(self._inside_screen(table.header.viewport().mapToGlobal(rect.bottomLeft())))
        self.popup.show()

    def show_filter_of_current(self) -> None:
        """Show the form of the filter of the current cell's column."""
        place = max(self._table.currentIndex().column(), 0)
        if place < len(self._table.rows.columns) and self._table.rows.can_search(self._table.rows.columns[place]):
            self.show_filter(place)

    def _inside_screen(self, corner: QPoint) -> QPoint:
        room = self._table.screen().availableGeometry()
        size = self.popup.size() if self.popup is not None else room.size()
        left = max(min(corner.x(), room.right() - size.width()), room.left())
        return QPoint(left, max(min(corner.y(), room.bottom() - size.height()), room.top()))

    def _show_menu(self, place: int, corner: QPoint) -> None:
        menu = QMenu(self._table)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.fill(menu, place)
        menu.popup(corner)


def _plain(title: str) -> str:
    """A title as menu text, in which & would underline a letter."""
    return title.replace("&", "&&")
