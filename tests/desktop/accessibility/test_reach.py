"""In every state of the window what takes the focus has a name and a role, is reached by Tab, and is seen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QComboBox, QLineEdit, QPlainTextEdit, QScrollArea, QWidget

from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.simulator.options import SimulatorOptions
from tests.support.window_states import window_states
from tests.support.windows import WindowMaker

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
FAULTY = SimulatorOptions(latency=0.01, fail_containing="topic 4.", fail_status=400)
MAX_STOPS = 200


def is_part(widget: QWidget) -> bool:
    """Whether another control takes the focus for it, or it for another."""
    inside = isinstance(widget.parent(), QAbstractSpinBox | QComboBox | QLineEdit)
    return inside or widget.focusProxy() is not None


def takes_focus(widget: QWidget, policy: Qt.FocusPolicy) -> bool:
    return widget.isVisible() and bool(widget.focusPolicy() & policy) and not is_part(widget)


def told(widget: QWidget) -> str:
    interface = QAccessible.queryAccessibleInterface(widget)
    return f"{type(widget).__name__} “{interface.text(QAccessible.Text.Name)}” in {type(widget.parent()).__name__}"


async def test_what_takes_the_focus_has_a_name_and_a_role_in_every_state(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Callable[[int], Path], chain: Path
) -> None:
    lacking: set[str] = set()
    seen = 0
    async for state, top in window_states(make_app(FAULTY), jobs(4), chain):
        for widget in top.findChildren(QWidget):
            if widget.window() is not top or not takes_focus(widget, Qt.FocusPolicy.StrongFocus):
                continue
            seen += 1
            interface = QAccessible.queryAccessibleInterface(widget)
            unknown = interface.role() in (QAccessible.Role.NoRole, QAccessible.Role.Client)
            if not interface.text(QAccessible.Text.Name) or (unknown and not isinstance(widget, QScrollArea)):
                lacking.add(f"{state}: {told(widget)}")
    assert sorted(lacking) == []
    assert seen > 250


async def test_tab_reaches_everything_in_every_state_and_every_stop_is_seen(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Callable[[int], Path], chain: Path
) -> None:
    missed: set[str] = set()
    unseen: set[str] = set()
    async for state, top in window_states(make_app(FAULTY), jobs(4), chain):
        wanted = {
            widget
            for widget in top.findChildren(QWidget)
            if widget.window() is top and widget.isEnabled() and takes_focus(widget, Qt.FocusPolicy.TabFocus)
        }
        visited = walked_by_tab(top, len(wanted))
        missed |= {f"{state}: {told(widget)}" for widget in wanted - set(visited)}
        unseen |= {f"{state}: {told(widget)}" for widget in visited if not is_seen(widget, top)}
    assert sorted(missed) == []
    assert sorted(unseen) == []


def walked_by_tab(top: QWidget, stops: int) -> list[QWidget]:
    """Press Tab until the focus comes round, and return where it was."""
    top.activateWindow()
    QApplication.processEvents()
    visited: list[QWidget] = []
    for _ in range(stops + MAX_STOPS):
        focused = top.focusWidget()
        if focused is None:
            QTest.keyClick(top, Qt.Key.Key_Tab)
            continue
        owner = focused
        while is_part(owner) and (holder := owner.parentWidget()) is not None:
            owner = holder
        if owner in visited and owner is visited[0]:
            break
        visited.append(owner)
        types_tabs = isinstance(focused, QPlainTextEdit) and not focused.tabChangesFocus() and not focused.isReadOnly()
        QTest.keyClick(
            focused,
            Qt.Key.Key_Tab,
            Qt.KeyboardModifier.ControlModifier if types_tabs else Qt.KeyboardModifier.NoModifier,
        )
    return visited


def is_seen(widget: QWidget, top: QWidget) -> bool:
    """Whether some of a control is inside the window, at least as large as a letter."""
    if not widget.isVisible():
        return False
    shown = widget.visibleRegion().boundingRect()
    return shown.width() >= 8 and shown.height() >= 8
