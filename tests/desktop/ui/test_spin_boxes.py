"""Spin boxes keep their text off the edge, in the style that the window has."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QSpinBox
from pytestqt.qtbot import QtBot

from chaindesk.desktop.ui.layout.spin_boxes import inset
from chaindesk.desktop.ui.theme import Theme

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


def test_the_text_of_a_spin_box_begins_off_the_edge(qtbot: QtBot, qapp: QApplication) -> None:
    Theme(qapp, "light")
    box = inset(QSpinBox(minimum=0, maximum=9))
    qtbot.addWidget(box)
    box.show()
    assert box.lineEdit().cursorRect().center().x() >= 6
