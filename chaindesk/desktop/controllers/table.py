"""The table's filters, columns and row heights: tied to menus and footer, and remembered."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal

from chaindesk import settings
from chaindesk.desktop.grid.column_filter import ColumnFilter
from chaindesk.desktop.grid.headers.column_arranger import ColumnArranger
from chaindesk.desktop.grid.headers.column_layout import ColumnLayoutStore
from chaindesk.desktop.grid.headers.column_menu import ColumnMenu
from chaindesk.desktop.main_window import MainWindow
from chaindesk.domain.errors import ChainDeskError


class TableController(QObject):
    """Ties the table to what changes its looks.

    Attributes:
        arranger: moves, sizes and hides its columns.
        menu: the menus of its columns.

    Signals:
        failed: a ``ChainDeskError``: a setting could not be stored.
    """

    failed = Signal(object)

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._layouts = ColumnLayoutStore()
        table, model, footer, a = window.table, window.model, window.footer, window.actions_
        self.arranger = ColumnArranger(table)
        self.menu = ColumnMenu(table, self.arranger)
        table.columns_shown.connect(self._arrange)
        self.arranger.changed.connect(self._remember_layout)
        window.progress_strip.filter_requested.connect(model.set_filter)
        model.order_changed.connect(self._show_order)
        table.selection_changed.connect(footer.show_selected)
        footer.filter_cleared.connect(lambda key: model.set_column_filter(key, ColumnFilter()))
        footer.all_cleared.connect(a.show_all.trigger)
        a.show_all.triggered.connect(window.progress_strip.clear_filter)
        a.show_all.triggered.connect(model.clear_column_filters)
        a.find.triggered.connect(window.progress_strip.search.setFocus)
        a.peek.triggered.connect(table.toggle_peek)
        a.filter_column.triggered.connect(self.menu.show_filter_of_current)
        a.reset_columns.triggered.connect(self.arranger.reset)
        window.columns_menu.aboutToShow.connect(self._fill_columns_menu)
        self._connect_lines()

    def _connect_lines(self) -> None:
        lines = settings.load_preferences().lines_per_row
        for number, action in self._window.actions_.lines.items():
            action.setChecked(number == lines)
            action.triggered.connect(partial(self._choose_lines, number))
        self._window.table.set_lines(lines)

    def _choose_lines(self, lines: int, *_: object) -> None:
        self._window.table.set_lines(lines)
        try:
            settings.save_preferences(settings.load_preferences().model_copy(update={"lines_per_row": lines}))
        except ChainDeskError as error:
            self.failed.emit(error)

    def _arrange(self) -> None:
        """Arrange the columns of the sheet that is shown as the user left them."""
        if (sheet := self._window.model.sheet) is not None:
            self.arranger.show(self._layouts.load(*sheet))

    def _remember_layout(self) -> None:
        if (sheet := self._window.model.sheet) is not None:
            self._layouts.save(*sheet, self.arranger.layout)

    def _show_order(self) -> None:
        model, footer = self._window.model, self._window.footer
        titles = {column.key: column.title for column in model.columns}
        words = {key: one.describe(titles.get(key, "")) for key, one in model.column_filters.items()}
        footer.show_count(model.rowCount(), model.total)
        footer.show_filters(words, filtered=model.filtered)
        self._window.table.header.viewport().update()

    def _fill_columns_menu(self) -> None:
        menu, table = self._window.columns_menu, self._window.table
        menu.clear()
        place = max(table.currentIndex().column(), 0)
        if place < len(table.rows.columns):
            title = table.rows.columns[place].title.replace("&", "&&")
            menu.addSection(title)
            self.menu.fill(menu, place)
        else:
            menu.addAction(self._window.actions_.reset_columns)
