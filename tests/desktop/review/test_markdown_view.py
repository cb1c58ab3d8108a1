"""A model's text may name any address: what a click on it does, and what is shown before."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QToolTip
from pytestqt.qtbot import QtBot

from chaindesk.desktop.review import markdown_view
from chaindesk.desktop.review.markdown_view import MarkdownView

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "does not support raise")
SAFE = ["https://example.org/a?b=1", "http://example.org", "HTTPS://example.org/", "mailto:ada@example.org"]
REFUSED = [
    "file:///etc/passwd",
    "file://server/share/a.exe",
    "//server/share/a.exe",
    "javascript:alert(1)",
    "ms-settings:privacy",
    "vbscript:x",
    "smb://server/share",
    "data:text/html,x",
    "https:/a",
    "notes.md",
    "../notes.md",
    "#there",
]


class Opener:
    """Stands in for the system's programs."""

    opened: list[str]

    def __init__(self) -> None:
        self.opened = []

    def openUrl(self, target: QUrl) -> bool:
        self.opened.append(target.toString())
        return True


def link_position(view: MarkdownView, text: str) -> QPoint:
    """Where the middle of a link's text stands."""
    cursor = view.document().find(text)
    cursor.setPosition(cursor.selectionStart() + len(text) // 2, QTextCursor.MoveMode.MoveAnchor)
    return view.cursorRect(cursor).center()


@pytest.fixture
def opener(monkeypatch: pytest.MonkeyPatch) -> Opener:
    made = Opener()
    monkeypatch.setattr(markdown_view, "QDesktopServices", made)
    return made


def shown(qtbot: QtBot, target: str) -> MarkdownView:
    view = MarkdownView()
    qtbot.addWidget(view)
    view.resize(500, 200)
    view.show_markdown(f"Before. [some words]({target}) After.")
    view.show()
    return view


@pytest.mark.parametrize("target", SAFE)
def test_web_and_mail_addresses_are_opened_in_their_own_programs(qtbot: QtBot, opener: Opener, target: str) -> None:
    view = shown(qtbot, target)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=link_position(view, "some words"))
    assert opener.opened == [QUrl(target).toString()]


@pytest.mark.parametrize("target", REFUSED)
def test_every_other_link_does_nothing_and_leaves_the_text(qtbot: QtBot, opener: Opener, target: str) -> None:
    view = shown(qtbot, target)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=link_position(view, "some words"))
    assert opener.opened == []
    assert view.toPlainText() == "Before. some words After."


def test_where_a_link_leads_is_shown_under_the_pointer(qtbot: QtBot, opener: Opener) -> None:
    view = shown(qtbot, "https://example.org/<b>")
    view.highlighted.emit(QUrl("https://example.org/?q=<b>"))
    assert QToolTip.text() == "<qt>https://example.org/?q=%3Cb%3E</qt>"
    view.highlighted.emit(QUrl("file:///etc/passwd"))
    assert "is not opened" in QToolTip.text()
