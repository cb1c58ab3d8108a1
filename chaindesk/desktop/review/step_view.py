"""One step's output, to be read as formatted text, copied, and edited in place."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import (
    QAction,
    QGuiApplication,
    QKeySequence,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from chaindesk.desktop.review import output_text
from chaindesk.desktop.review.markdown_view import MarkdownView
from chaindesk.desktop.ui.buttons import narrow_button
from chaindesk.desktop.ui.tool_tips import html_text
from chaindesk.desktop.ui.translation import tr
from chaindesk.engine.answers.row_history import OutputState, StepOutput

_READING_SCALE = 1.35
_SPACING_PX = 6
_READING_CHARS = 84  # characters in a line of the reading view, about


class StepView(QWidget):
    """Reads and edits one output.

    Signals:
        saved: the user's text for a step: its name and the text, or None to go back to the model's own.
        edit_closed: an edit was saved or left by its keys or buttons.
        history_requested: the user wants to see all versions of a step's output; its name.
        rerun_step_requested: the step is to be run again, with those that use it; its name.
    """

    saved = Signal(str, object)
    edit_closed = Signal()
    history_requested = Signal(str)
    rerun_step_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._output: StepOutput | None = None
        self._bare = self._narrow = self._raw = self._running = False
        self._partial = ""
        self._line_px = 0
        self._text_layout = QHBoxLayout()
        self.marks = QLabel()
        self.marks.setWordWrap(True)
        self.marks.setTextFormat(Qt.TextFormat.PlainText)
        self.marks.setAccessibleName(tr("What to know of the output"))
        self.browser = MarkdownView()
        self.browser.setAccessibleName(tr("Output"))
        self.editor = QPlainTextEdit()
        self.editor.setAccessibleName(tr("Edit the output"))
        self.editor.setTabChangesFocus(True)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.browser)
        self.stack.addWidget(self.editor)
        self.facts = QLabel()
        self.facts.setTextFormat(Qt.TextFormat.PlainText)
        self.facts.setProperty("muted", "true")
        self.facts.setWordWrap(True)
        self.facts.setAccessibleName(tr("Facts of the call"))
        self.save = narrow_button(tr("Save"), "", tr("Save your text (Ctrl+Return)"))
        self.save.setProperty("primary", "true")
        self.cancel = narrow_button(tr("Cancel"), "close", tr("Leave the text as it was (Escape)"))
        self.restore = narrow_button(
            tr("Model's text"), "undo", tr("Back to the model's own text; yours stays in the history")
        )
        self.copy = narrow_button("", "copy", tr("Copy the text"))
        self.history = narrow_button(
            tr("History"), "history", tr("Every version of this output: look, compare, use again (H)")
        )
        self.again = narrow_button(tr("From here"), "retry", tr("Run this step again, and the later ones that use it"))
        self._foot = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._worded = {button: button.text() for button in (self.history, self.again, self.restore)}
        self._lay_out()
        self._connect()
        self.show_output(None)

    @property
    def output(self) -> StepOutput | None:
        """The output that is shown."""
        return self._output

    @property
    def editing(self) -> bool:
        """Return whether an edit is open."""
        return self.stack.currentWidget() is self.editor

    @property
    def can_edit(self) -> bool:
        """Return whether there is a text to edit."""
        output = self._output
        return output is not None and output.answer is not None and output.state is not OutputState.MISSING

    @property
    def marks_height(self) -> int:
        """How much of its height goes to what is to be known of the output, in pixels."""
        return 0 if self.marks.isHidden() else self.marks.heightForWidth(self.width()) + _SPACING_PX

    @property
    def has_answer(self) -> bool:
        """Return whether there is an answer, be it one that fits or not."""
        return self._output is not None and self._output.answer is not None

    @property
    def name(self) -> str:
        """The name of the step, or ""."""
        return self._output.step if self._output is not None else ""

    def show_output(self, output: StepOutput | None, *, running: bool = False) -> None:
        """Show another output, which is maybe being written; an open edit is dropped where it is not kept before."""
        self._output, self._running = output, running
        self.stack.setCurrentWidget(self.browser)
        self._partial = ""
        self._show_text()
        self._show_buttons()

    def show_partial(self, text: str) -> None:
        """Show what a model has written so far, which is no answer yet; "" shows the output again."""
        if text == self._partial or self.editing:
            return
        begun, self._partial = not self._partial, text
        self._show_buttons()
        if text and not begun:
            self.browser.extend_plain(text)
        else:
            self._show_text()

    def set_reading(self, *, reading: bool) -> None:
        """Show the text in larger letters, in lines that are not too long."""
        for view in (self.browser, self.editor):
            font = self.font()
            if reading:
                font.setPointSizeF(font.pointSizeF() * _READING_SCALE)
            view.setFont(font)
        self._line_px = self.browser.fontMetrics().averageCharWidth() * _READING_CHARS if reading else 0
        self._set_line_length()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width leaves another margin."""
        super().resizeEvent(event)
        self._set_line_length()

    def _set_line_length(self) -> None:
        spare = max((self.width() - self._line_px) // 2, 0) if self._line_px else 0
        self._text_layout.setContentsMargins(spare, 0, spare, 0)

    def set_raw(self, *, raw: bool) -> None:
        """Show outputs as they are, or as formatted text."""
        self._raw = raw
        if not self.editing:
            self._show_text()

    def highlight(self, words: Sequence[str]) -> None:
        """Mark these words wherever they stand in the output."""
        self.browser.highlight(words)

    def _show_text(self) -> None:
        output = self._output
        if self._partial:
            self.browser.show_plain(self._partial)
            told = [tr("… being written: no answer yet")]
        else:
            told = output_text.flags(output)
            if self._raw and output is not None and output.answer is not None:
                self.browser.show_plain(output.text)
            else:
                self.browser.show_markdown(output_text.markdown_of(output, running=self._running))
        self.marks.setText("\n".join(told))
        self.marks.setVisible(bool(told))

    def set_tight(self, *, tight: bool, bare: bool = False, narrow: bool = False) -> None:
        """Show the buttons beside the facts, wordless; none in a ``bare`` view, few facts in a ``narrow`` one."""
        self._bare, self._narrow = bare, narrow
        self._show_buttons()
        direction = QBoxLayout.Direction.LeftToRight if tight else QBoxLayout.Direction.TopToBottom
        if self._foot.direction() is not direction:
            self._foot.setDirection(direction)
            for button, text in self._worded.items():
                button.setText("" if tight else text)

    def begin_edit(self) -> None:
        """Let the user change the text."""
        if self.can_edit and self._output is not None and not self.editing:
            self.editor.setPlainText(self._output.text)
            self.stack.setCurrentWidget(self.editor)
            self.editor.setFocus()
            self._show_buttons()

    def keep_edit(self) -> None:
        """Save an edit that is going on, because something else is about to be shown."""
        self._save()

    def show_history(self) -> None:
        """Ask for all versions of the output that is shown."""
        if self._output is not None and self._output.answer is not None:
            self.history_requested.emit(self._output.step)

    def buttons(self) -> list[QPushButton]:
        """Return the buttons below the text, left to right."""
        return [self.history, self.again, self.restore, self.copy, self.cancel, self.save]

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        for button in (self.history, self.again):
            buttons.addWidget(button)
        buttons.addStretch(1)
        for button in (self.restore, self.copy, self.cancel, self.save):
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(_SPACING_PX)
        layout.addWidget(self.marks)
        self._text_layout.addWidget(self.stack)
        layout.addLayout(self._text_layout, 1)
        self._foot.setSpacing(6)
        self._foot.addWidget(self.facts, 1)
        self._foot.addLayout(buttons)
        layout.addLayout(self._foot)

    def _connect(self) -> None:
        self.save.clicked.connect(self._save)
        self.cancel.clicked.connect(self._cancel)
        self.restore.clicked.connect(self._restore)
        self.copy.clicked.connect(self._copy)
        self.history.clicked.connect(self.show_history)
        self.again.clicked.connect(self._run_again)
        for keys, act in (("Ctrl+Return", self._save), ("Escape", self._cancel)):
            action = QAction(self.editor)
            action.setShortcut(QKeySequence(keys))
            action.setShortcutContext(action.shortcutContext().WidgetShortcut)
            action.triggered.connect(act)
            self.editor.addAction(action)

    def _show_buttons(self) -> None:
        editing, answer = self.editing, self._output.answer if self._output else None
        self.save.setVisible(editing)
        self.cancel.setVisible(editing)
        self.facts.setVisible(editing or not (self._bare or self._partial))
        facts = output_text.facts(self._output)
        shown = facts.partition("  ·  ")[0] if self._narrow else facts
        self.facts.setText(tr("Ctrl+Return saves") if editing else _unbroken(shown))
        request = answer.request_id if answer is not None else ""
        told = tr("For the provider's support: request {request}").format(request=request) if request else ""
        self.facts.setToolTip(html_text("\n".join(filter(None, (facts if self._narrow else "", told)))))
        for button in (self.copy, self.history, self.again):
            button.setVisible(not editing and answer is not None and not (self._bare or self._partial))
        self.restore.setVisible(not editing and answer is not None and answer.by_hand)

    def _save(self) -> None:
        if self._output is not None and self.editing:
            text = self.editor.toPlainText()
            changed = text != self._output.text
            self._close_editor()
            if changed:
                self.saved.emit(self._output.step, text)

    def _cancel(self) -> None:
        if self.editing:
            self._close_editor()

    def _close_editor(self) -> None:
        focused = self.editor.hasFocus() or self.save.hasFocus() or self.cancel.hasFocus()
        self.stack.setCurrentWidget(self.browser)
        self._show_buttons()
        if focused:
            self.edit_closed.emit()

    def _restore(self) -> None:
        if self._output is not None:
            self.saved.emit(self._output.step, None)

    def _run_again(self) -> None:
        if self._output is not None:
            self.rerun_step_requested.emit(self._output.step)

    def _copy(self) -> None:
        if self._output is not None:
            QGuiApplication.clipboard().setText(self._output.text)


def _unbroken(facts: str) -> str:
    """Return facts whose line ends between two of them, and not within one."""
    return "  ·  ".join(fact.replace(" ", "\xa0") for fact in facts.split("  ·  "))
