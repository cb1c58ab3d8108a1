"""A text that changes within a part of the window lays that part out, and the window only where it needs more room."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from chaindesk.desktop.ui.layout.layout_boundary import LayoutBoundary

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


class Layouts(QObject):
    """Counts how often widgets are laid out."""

    def __init__(self, *widgets: QWidget) -> None:
        super().__init__()
        self.counted: Counter[QObject] = Counter()
        for widget in widgets:
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.counted[watched] += event.type() is QEvent.Type.LayoutRequest
        return False


class Part(QWidget):
    """A label that wraps its text."""

    def __init__(self) -> None:
        super().__init__()
        self.label = QLabel("short")
        self.label.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.addWidget(self.label)


class Page(QWidget):
    """A part in its boundary above another widget."""

    def __init__(self) -> None:
        super().__init__()
        self.part, self.below = Part(), QLabel("below")
        self.boundary = LayoutBoundary(self.part, self)
        layout = QVBoxLayout(self)
        layout.addWidget(self.boundary)
        layout.addWidget(self.below, 1)


@pytest.fixture
def page(qtbot: QtBot, qapp: QApplication) -> Page:
    page = Page()
    qtbot.addWidget(page)
    page.resize(300, 200)
    page.show()
    qtbot.waitExposed(page)
    qtbot.waitUntil(lambda: page.below.height() > page.part.height() > 0)
    return page


def test_a_text_that_has_room_lays_out_its_part_alone(page: Page, qtbot: QtBot) -> None:
    page.part.label.setText("longest")
    qtbot.waitUntil(lambda: page.part.label.width() > 0)
    layouts = Layouts(page, page.part)
    before = page.boundary.passed_on
    for word in ("longer", "other"):
        done = layouts.counted[page.part]
        page.part.label.setText(word)
        qtbot.waitUntil(lambda done=done: layouts.counted[page.part] > done)  # type: ignore[misc]
    assert (layouts.counted[page], page.boundary.passed_on) == (0, before)


def test_a_text_that_needs_more_lines_gets_them(page: Page, qtbot: QtBot) -> None:
    before, below = page.part.height(), page.below.y()
    page.part.label.setText("many words " * 20)
    qtbot.waitUntil(lambda: page.part.height() > before)
    assert page.part.height() == page.boundary.height() == page.part.heightForWidth(page.part.width())
    assert page.below.y() > below


def test_a_part_that_is_hidden_takes_no_room_and_comes_back(page: Page, qtbot: QtBot) -> None:
    below = page.below.y()
    page.part.hide()
    qtbot.waitUntil(lambda: page.below.y() < below)
    page.part.show()
    qtbot.waitUntil(lambda: page.below.y() == below)
    assert page.part.isVisible()
