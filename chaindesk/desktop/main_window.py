"""The window: where everything stands, and what is connected to what."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QResizeEvent, QUndoStack
from PySide6.QtWidgets import (
    QApplication,
    QMainWindow,
    QMenu,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from chaindesk.desktop.actions import Actions
from chaindesk.desktop.grid.footer import GridFooter
from chaindesk.desktop.grid.model import RowTableModel
from chaindesk.desktop.grid.view import RowTableView
from chaindesk.desktop.menus import fill_menus
from chaindesk.desktop.notifications.banner import Banner
from chaindesk.desktop.opening.source_bar import SourceBar
from chaindesk.desktop.opening.welcome_page import WelcomePage
from chaindesk.desktop.review.panel import ReviewPanel
from chaindesk.desktop.run_controls.budget_field import BudgetField
from chaindesk.desktop.run_controls.progress_strip import ProgressStrip
from chaindesk.desktop.run_controls.run_options import ConcurrencyBox, RowsChooser
from chaindesk.desktop.tool_bar import MainToolBar
from chaindesk.desktop.ui import icons
from chaindesk.desktop.ui.layout.holders import above, place_of
from chaindesk.desktop.ui.layout.layout_boundary import LayoutBoundary
from chaindesk.desktop.ui.theme import Theme
from chaindesk.desktop.ui.translation import tr
from chaindesk.desktop.ui.window_memory import WindowMemory

_USUAL_SIZE = QSize(1240, 780)
_TITLE_BAR_PX = 32  # what the system's frame takes of the screen
_ROOM_FOR_TWO_BANNERS_PX = 620


class MainWindow(QMainWindow):
    """Lays out the parts. What they do together is the ``MainController``'s.

    Signals:
        dropped: a file was dropped on the window; its path.
        closing: the user wants to close; the window closes only after ``allow_close``.
        closed: the window is gone.
    """

    dropped = Signal(object)
    closing = Signal()
    closed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.setObjectName("ChainDesk")
        self.setWindowTitle("ChainDesk")
        self.setWindowIcon(icons.application_icon())
        self.setAcceptDrops(True)
        self.setAnimated(False)  # else each layout makes an animation of the tool bar, which stays where it is
        self.actions_ = Actions(self)
        self.undo = QUndoStack(self)
        self.model = RowTableModel(self, dark=theme.dark)
        self.table = RowTableView(self.model)
        self.footer = GridFooter()
        self.panel = ReviewPanel(dark=theme.dark)
        self.progress_strip = ProgressStrip(dark=theme.dark)
        self.source = SourceBar()
        self.welcome = WelcomePage()
        self.run_banner = Banner(tr("Run"))
        self.message_banner = Banner(tr("Message"))
        self.rows = RowsChooser()
        self.at_once = ConcurrencyBox()
        self.budget = BudgetField(self)
        self.recent_menu = QMenu(tr("Open &recent"), self)
        self.examples_menu = QMenu(tr("E&xamples"), self)
        self.columns_menu = QMenu(tr("&Columns"), self)
        self.theme_button = QToolButton()
        self._banners = [self.run_banner, self.message_banner]  # the newest last
        self._may_close = False
        self._asking = False
        self.tool_bar = MainToolBar(self.actions_, self.rows, self.at_once, self.theme_button)
        self.addToolBar(self.tool_bar)
        self.rows.box.currentIndexChanged.connect(lambda _: self.tool_bar.fit(self.width()))
        self._lay_out()
        fill_menus(self.actions_, self.menuBar(), self.recent_menu, self.examples_menu, self.columns_menu)
        self.addActions(self.actions_.commands())
        self.table.addActions(self.actions_.table_keys)
        self.panel.step.browser.addActions(self.actions_.output_keys)
        self.table.menu_requested.connect(self._fill_row_menu)
        self.panel.setVisible(True)
        self.actions_.panel.toggled.connect(self.panel.setVisible)
        theme.changed.connect(self._apply_theme)
        self._apply_theme()
        self._set_tab_order()
        splitters = {"splitter": self.splitter, "panel-splitter": self.panel.splitter}
        self.memory = WindowMemory(self, "", splitters)
        self.restore()
        self.welcome.open.setFocus()

    def set_reading(self, *, reading: bool) -> None:
        """Let the panel fill the window, or stand beside the table again."""
        self.panel.setVisible(reading or self.actions_.panel.isChecked())
        for part in (self.table_side, self.source, self.progress_strip, self.tool_bar):
            part.setVisible(not reading)
        self.panel.set_reading(reading=reading)
        if not reading:
            self.table.setFocus()

    def show_rows(self, *, shown: bool) -> None:
        """The rows, or the first page."""
        self.pages.setCurrentIndex(1 if shown else 0)

    def show_busy(self, text: str) -> None:
        """Show what is being done at the moment."""
        self.welcome.show_busy(text)
        self.progress_strip.show_busy(text)

    def allow_close(self) -> None:
        """Close now, without asking again."""
        self._may_close = True
        if not self._asking:  # Qt takes no close() within a close
            self.close()

    def bring_to_front(self) -> None:
        """Stand before the other programs' windows, or ask for it where the system does not let us."""
        if self.isMinimized():
            self.showNormal()
        self.show()
        self.raise_()
        self.activateWindow()
        QApplication.alert(self)

    def restore(self) -> None:
        """Restore size and position of the last session."""
        placed, splitters = self.memory.restore()
        if not placed:
            self._fit_screen()
        if "splitter" not in splitters:
            self.splitter.setSizes([760, 460])

    def _fit_screen(self) -> None:
        """Take the usual size, or as much of it as the screen has."""
        room = self.screen().availableGeometry()
        self.resize(_USUAL_SIZE.boundedTo(room.size() - QSize(0, _TITLE_BAR_PX)))
        framed = self.rect().adjusted(0, 0, 0, _TITLE_BAR_PX)  # a window is moved by the corner of its frame
        self.move(room.center() - framed.center())

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask whoever has something to lose, then remember size and place."""
        if not self._may_close:
            self._asking = True
            self.closing.emit()
            self._asking = False
        if not self._may_close:
            event.ignore()
            return
        self.memory.save()
        super().closeEvent(event)
        self.closed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow window the tool bar shows icons without text; a low one shows the newest message alone."""
        super().resizeEvent(event)
        self.tool_bar.fit(self.width())
        self._fit_banners()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files are welcome."""
        if _dropped_path(event) is not None:
            event.acceptProposedAction()
            self.welcome.set_dropping(dropping=True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """The file went elsewhere."""
        self.welcome.set_dropping(dropping=False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped, after the drop itself is over."""
        self.welcome.set_dropping(dropping=False)
        path = _dropped_path(event)
        if path is not None:
            event.acceptProposedAction()
            QTimer.singleShot(0, self, lambda: self.dropped.emit(path))

    def focus_work(self) -> None:
        """Give the focus to the rows, where letters are commands and nothing is typed by mistake."""
        (self.table if self.pages.currentIndex() else self.welcome.open).setFocus()

    def _fit_banners(self, newest: Banner | None = None) -> None:
        """Show both messages, or the newest alone where two would leave no room for the rows."""
        if newest is not None and not newest.isHidden():
            self._banners.sort(key=lambda banner: banner is newest)
        shown = [banner for banner in self._banners if not banner.isHidden()]
        with self.table.rows_in_place():
            for banner in self._banners:
                covered = self.height() < _ROOM_FOR_TWO_BANNERS_PX and banner in shown[:-1]
                self._banner_places[banner].setVisible(banner in shown and not covered)

    def _lay_out(self) -> None:
        """Put the parts in their places, the outer ones first: what moves has its style worked out anew."""
        page = QWidget()
        self.setCentralWidget(page)
        outer = QVBoxLayout(page)
        outer.setContentsMargins(12, 10, 12, 12)
        outer.setSpacing(8)
        self._banner_places = {banner: place_of(banner) for banner in self._banners}
        for banner, place in self._banner_places.items():
            outer.addWidget(place)
            banner.changed.connect(partial(self._fit_banners, banner))
            banner.focus_left.connect(self.focus_work)
        self.pages = QStackedWidget()
        outer.addWidget(self.pages, 1)
        self.pages.addWidget(self.welcome)
        work = QWidget()
        self.pages.addWidget(work)
        layout = QVBoxLayout(work)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(9)
        layout.addWidget(self.source)
        layout.addWidget(LayoutBoundary(self.progress_strip, work))
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        layout.addWidget(LayoutBoundary(self.splitter, work), 1)
        self._fill_splitter()
        self.setMinimumSize(760, 500)

    def _fill_splitter(self) -> None:
        self.table_side = QSplitter(Qt.Orientation.Vertical)
        self.splitter.addWidget(self.table_side)
        self.table_side.addWidget(above(self.table, self.footer))
        self.table_side.setChildrenCollapsible(False)
        self.splitter.addWidget(self.panel)
        self.splitter.setStretchFactor(0, 3)
        self.splitter.setStretchFactor(1, 2)
        self.splitter.setHandleWidth(9)
        self.splitter.setChildrenCollapsible(False)
        self.panel.setMinimumWidth(330)
        self.table.setMinimumWidth(320)

    def _fill_row_menu(self, menu: QMenu) -> None:
        a = self.actions_
        menu.addActions([a.approve, a.reject, a.edit])
        menu.addSeparator()
        menu.addActions([a.run_selected, a.copy, a.export_as])

    def _apply_theme(self) -> None:
        dark = self.theme.dark
        accent = self.theme.hex("accent_text")
        self.model.set_dark(dark=dark)
        self.panel.set_dark(dark=dark)
        self.progress_strip.set_dark(dark=dark)
        icons.refresh(self)
        icons.give(self.actions_.run, "run", accent)
        for banner in (self.run_banner, self.message_banner):
            banner.restyle()
        icons.give(self.theme_button, "sun" if dark else "moon")
        self.actions_.themes[self.theme.choice].setChecked(True)
        self.table.viewport().update()

    def _set_tab_order(self) -> None:
        order: list[QWidget] = [
            *self.tool_bar.focus_stops(),
            self.source.text_reading,
            self.source.sheet,
            self.source.chain,
            self.source.edit,
            *self.progress_strip.chips.values(),
            self.progress_strip.reviews,
            self.progress_strip.search,
            self.table,
            self.footer.cancel,
            self.footer.clear,
            self.panel.previous,
            self.panel.next,
            self.panel.inputs,
            self.panel.tabs,
            self.panel.step.browser,
            self.panel.step.editor,
            *self.panel.step.buttons(),
            self.panel.approve,
            self.panel.reject,
            self.panel.edit,
            self.panel.rerun,
        ]
        for before, after in pairwise(order):
            self.setTabOrder(before, after)


def _dropped_path(event: QDropEvent) -> Path | None:
    files = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
    return Path(files[0]) if files else None
