"""The chain editor at its narrowest, in each language: nothing is wider than its place, and no text is cut."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTranslator
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QStyle,
    QStyleOptionComboBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from chaindesk.credentials import KeyStore
from chaindesk.desktop.chain.cards.controls.parameters import ParameterControls
from chaindesk.desktop.chain.editor import ChainEditor
from chaindesk.desktop.chain.model_cache import ModelCache
from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.desktop.trial.panel import TrialPanel
from chaindesk.desktop.ui.language import install_language
from chaindesk.desktop.ui.layout.elided_label import ElidedLabel
from chaindesk.desktop.ui.theme import Theme
from chaindesk.workbook import open_manifest
from tests.support.waiting import until

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "raise", "grabbing the keyboard")
FIELDS = "    model: demo/researcher\n    fields: {kind: [retail, food], ok: boolean?}\n"


@pytest.fixture(params=["en", "de"])
def language(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[str]:
    """Each language for one test."""
    before = qapp.findChildren(QTranslator)
    install_language(qapp, request.param)
    yield request.param
    for translator in qapp.findChildren(QTranslator):
        if translator not in before:
            qapp.removeTranslator(translator)


@pytest.fixture
def with_fields(chain: Path) -> Path:
    """A chain whose first step asks for fields."""
    chain.write_text(chain.read_text("utf-8").replace("    model: demo/researcher\n", FIELDS), "utf-8")
    return chain


def shown_text(widget: QWidget) -> str:
    """What a control says, and must have room for."""
    match widget:
        case QAbstractSpinBox():
            return widget.text()
        case QComboBox() if widget.isEditable():
            line = widget.lineEdit()
            return (line.text() or line.placeholderText()) if line is not None else ""
        case QLineEdit():
            return widget.text() or widget.placeholderText()
        case QComboBox():
            return widget.currentText()
    return ""


def room_for_text(widget: QWidget) -> int:
    """The width in which a control's text is painted."""
    match widget:
        case QAbstractSpinBox():
            line = widget.lineEdit()
            return line.width() - line.textMargins().left() - line.textMargins().right()
        case QComboBox():
            option = QStyleOptionComboBox()
            widget.initStyleOption(option)
            part = QStyle.SubControl.SC_ComboBoxEditField
            return widget.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, widget).width()
    return widget.contentsRect().width()


def is_cut(widget: QWidget) -> bool:
    if isinstance(widget, ElidedLabel):
        return False
    if isinstance(widget, QLabel):
        return not widget.wordWrap() and widget.width() < widget.fontMetrics().horizontalAdvance(widget.text())
    if isinstance(widget, QAbstractButton):
        return bool(widget.text()) and widget.width() < widget.minimumSizeHint().width()
    text = shown_text(widget)
    return bool(text) and room_for_text(widget) < widget.fontMetrics().horizontalAdvance(text)


async def test_at_its_least_width_the_editor_cuts_no_text_in_any_language(
    qloop: DesktopLoop, qtbot: QtBot, qapp: QApplication, with_fields: Path, jobs: Callable[[int], Path], language: str
) -> None:
    theme = Theme(qapp, "light")
    editor = ChainEditor(with_fields, open_manifest(jobs(2)), models=ModelCache(KeyStore(environment={}), {}))
    qtbot.addWidget(editor, before_close_func=lambda one: one.text.document().setModified(False))
    panel = TrialPanel()
    panel.again.show()  # as after a trial
    editor.set_side_panel(panel)
    editor.show()
    await until(lambda: editor.chain is not None)
    for button in (*editor.cards.form.sections.values(), *editor.cards.settings.sections.values()):
        button.setChecked(True)
    editor.resize(100, 900)
    inside, area = editor.cards.area.widget(), editor.cards.area.viewport()
    assert inside is not None
    await until(lambda: editor.width() == editor.minimumSizeHint().width() and inside.width() <= area.width())
    widgets = [one for one in editor.findChildren(QWidget) if one.isVisible()]
    assert len([one for one in widgets if isinstance(one, QAbstractSpinBox)]) == 4
    cut = [f"{type(one).__name__} {shown_text(one) or getattr(one, 'text', str)()}" for one in widgets if is_cut(one)]
    assert cut == []
    assert theme


def test_controls_of_a_narrow_form_go_on_in_the_next_line(qtbot: QtBot) -> None:
    parameters = ParameterControls()
    qtbot.addWidget(parameters)
    parameters.resize(1400, 100)
    parameters.show()
    assert (
        len({one.mapTo(parameters, one.rect().topLeft()).y() for one in parameters.findChildren(QAbstractSpinBox)}) == 1
    )
    wide = parameters.heightForWidth(1400)
    assert parameters.heightForWidth(400) > wide
