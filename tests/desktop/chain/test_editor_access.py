"""The editor by keys and by screen reader: everything has a name, can be reached, and asks nobody by a mere focus."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QInputDialog,
    QLineEdit,
    QMessageBox,
    QPlainTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from chaindesk.chain_file.templates import user_templates
from chaindesk.credentials import KeyStore
from chaindesk.desktop.chain.editor import ChainEditor
from chaindesk.desktop.chain.model_cache import ModelCache
from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.workbook import open_manifest
from tests.support.waiting import until

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "raise", "grabbing the keyboard")
CONTROLS = (QAbstractButton, QComboBox, QLineEdit, QAbstractSpinBox, QPlainTextEdit)
MODIFIER = Qt.KeyboardModifier


class CountedLists(ModelCache):
    """Lists that count who is asked."""

    def __init__(self) -> None:
        super().__init__(KeyStore(environment={}), {})
        self.asked: list[str] = []

    def ask(self, endpoint, *, again: bool = False) -> None:  # type: ignore[no-untyped-def]
        self.asked.append(endpoint.name)


@pytest.fixture
def lists() -> CountedLists:
    return CountedLists()


async def shown(qtbot: QtBot, chain: Path, jobs: Callable[[int], Path], lists: CountedLists) -> ChainEditor:
    editor = ChainEditor(chain, open_manifest(jobs(2)), models=lists)
    qtbot.addWidget(editor, before_close_func=lambda one: one.text.document().setModified(False))
    editor.show()
    editor.activateWindow()
    await until(lambda: editor.chain is not None)
    for button in editor.cards.form.sections.values():
        button.setChecked(True)
    return editor


def visible_controls(editor: ChainEditor) -> list[QWidget]:
    return [one for one in editor.findChildren(QWidget) if isinstance(one, CONTROLS) and one.isVisible()]


async def test_every_control_has_a_name_that_a_screen_reader_tells(
    qloop: DesktopLoop, qtbot: QtBot, chain: Path, jobs: Callable[[int], Path], lists: CountedLists
) -> None:
    editor = await shown(qtbot, chain, jobs, lists)
    nameless = [
        control
        for control in visible_controls(editor)
        if not inside_another(control)
        and not QAccessible.queryAccessibleInterface(control).text(QAccessible.Text.Name).strip()
    ]
    assert nameless == []


def inside_another(control: QWidget) -> bool:
    """A box's own line, or an own button of Qt's, is told with what it belongs to."""
    parent = control.parentWidget()
    return isinstance(parent, QComboBox | QAbstractSpinBox) or control.objectName().startswith("qt_")


async def test_tab_walks_through_the_card_in_order_and_reaches_all_of_it(
    qloop: DesktopLoop, qtbot: QtBot, chain: Path, jobs: Callable[[int], Path], lists: CountedLists
) -> None:
    editor = await shown(qtbot, chain, jobs, lists)
    form = editor.cards.form
    form.name.setFocus()
    met: list[QWidget] = []
    for _ in range(80):
        focused = QApplication.focusWidget()
        assert focused is not None
        assert focused.isVisible()
        met.append(focused)
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    in_order = [form.name, form.model.provider, form.model.model, form.prompt, form.sections["system"], form.system]
    in_order += [form.fields.new_name, form.condition.subject, form.parameters.temperature]
    places = [met.index(one) for one in in_order]
    assert places == sorted(places)
    for button in (editor.save, editor.cards.add, editor.cards.cards[0].title, *editor.cards.cards[0].tools()[0:1]):
        assert button in met


async def test_a_focus_the_wheel_and_arrows_ask_no_provider_and_change_nothing_unseen(
    qloop: DesktopLoop, qtbot: QtBot, chain: Path, jobs: Callable[[int], Path], lists: CountedLists
) -> None:
    editor = await shown(qtbot, chain, jobs, lists)
    before, text = list(lists.asked), editor.chain_text
    picker = editor.model_picker
    for control in (picker.provider, picker.model, editor.cards.form.parameters.temperature):
        control.setFocus()
        editor.cards.form.prompt.setFocus()
        roll(control)
    picker.provider.setFocus()
    QTest.keyClick(picker.provider, Qt.Key.Key_Down)
    assert lists.asked == before
    await until(lambda: not editor.document.busy)
    assert editor.chain_text == text
    picker.model.showPopup()
    assert lists.asked == [*before, picker.provider.currentText()]
    picker.model.hidePopup()


async def test_steps_are_worked_on_by_keys_alone(
    qloop: DesktopLoop, qtbot: QtBot, chain: Path, jobs: Callable[[int], Path], lists: CountedLists
) -> None:
    editor = await shown(qtbot, chain, jobs, lists)
    prompt = editor.cards.form.prompt

    async def press(key: Qt.Key, modifier: Qt.KeyboardModifier) -> list[str]:
        prompt.setFocus()
        QTest.keyClick(prompt, key, modifier)
        await until(lambda: not editor.document.busy and editor.document.reading.text == editor.chain_text)
        return [step.name for step in editor.document.reading.steps]

    control, shift, alt = MODIFIER.ControlModifier, MODIFIER.ShiftModifier, MODIFIER.AltModifier
    assert await press(Qt.Key.Key_Return, control | shift) == ["notes", "text", "step 3"]
    assert await press(Qt.Key.Key_Up, alt | shift) == ["notes", "step 3", "text"]
    assert await press(Qt.Key.Key_Down, alt | shift) == ["notes", "text", "step 3"]
    await press(Qt.Key.Key_PageUp, control)
    assert editor.current_step == "text"
    assert await press(Qt.Key.Key_D, control) == ["notes", "text", "text 2", "step 3"]
    assert await press(Qt.Key.Key_Delete, control | shift) == ["notes", "text", "step 3"]
    await press(Qt.Key.Key_Z, control)
    assert await press(Qt.Key.Key_Z, control) == ["notes", "text", "step 3"]
    assert editor.current_step in ("text", "step 3")
    editor.text.document().setModified(False)


async def test_a_chain_is_kept_as_a_template_and_asked_about_before_it_replaces_one(
    qloop: DesktopLoop, qtbot: QtBot, chain: Path, jobs: Callable[[int], Path], lists: CountedLists
) -> None:
    editor = await shown(qtbot, chain, jobs, lists)
    for answer in ("", "Replace it"):
        editor.save_template.click()
        dialog = editor.findChildren(QInputDialog)[-1]
        assert dialog.textValue() == "two"
        dialog.accept()
        if answer:
            box = editor.findChildren(QMessageBox)[-1]
            next(button for button in box.buttons() if button.text() == answer).click()
        await until(lambda: "template" in editor.verdict.text())
        editor.verdict.clear()
        await until(lambda: not editor.findChildren(QInputDialog))
    assert [(one.name, one.text()) for one in user_templates()] == [("two", editor.chain_text)]


async def test_a_later_step_says_that_it_uses_one_that_is_off(
    qloop: DesktopLoop, qtbot: QtBot, chain: Path, jobs: Callable[[int], Path], lists: CountedLists
) -> None:
    editor = await shown(qtbot, chain, jobs, lists)
    editor.cards.cards[0].on.click()
    await until(lambda: editor.problems)
    assert "mistake" in editor.cards.cards[1].summary.text()
    editor.cards.choose(1)
    assert 'step "notes", which is switched off' in editor.cards.form.mistakes.text()
    editor.undo_button.click()
    await until(lambda: not editor.problems)


def roll(control: QWidget) -> None:
    """Turn the wheel over a control."""
    place = QPointF(control.rect().center())
    down = QPoint(0, -120)
    event = QWheelEvent(
        place,
        QPointF(control.mapToGlobal(control.rect().center())),
        down,
        down,
        Qt.MouseButton.NoButton,
        MODIFIER.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(control, event)
