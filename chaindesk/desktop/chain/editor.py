"""Edits a chain file as text: checked while one types, with each mistake at its line."""

from __future__ import annotations

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QFont, QFontDatabase, QKeySequence, QShortcut, QTextCursor
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from chaindesk.chain_file import locate, parse_chain
from chaindesk.credentials import KeyStore
from chaindesk.desktop.chain.code_edit import CodeEdit
from chaindesk.desktop.chain.model_assist import ModelAssist
from chaindesk.desktop.chain.model_cache import ModelCache
from chaindesk.desktop.chain.model_hints import read_chain
from chaindesk.desktop.chain.model_picker import ModelPicker
from chaindesk.desktop.chain.step_lines import StepLines, step_lines
from chaindesk.desktop.chain.yaml_highlighter import YamlHighlighter
from chaindesk.desktop.runtime.background_tasks import BackgroundTasks
from chaindesk.desktop.ui import dialogs, icons
from chaindesk.domain.chain import Chain
from chaindesk.domain.chain_binding import bind
from chaindesk.domain.errors import ChainDeskError, ChainError, Problem
from chaindesk.domain.manifest import Manifest

_CHECK_DELAY_MS = 350  # milliseconds after the last key


class ChainEditor(QDialog):
    """One chain file.

    Attributes:
        chain: what the text defined when it was last checked, saved or not; None while it defines no chain.

    Signals:
        saved: the file was saved; its path.
        chain_changed: the text was checked: ``chain``, which may be the same as before, or None.
        current_step_changed: the name of the step that is worked on, or "".
    """

    saved = Signal(object)
    chain_changed = Signal(object)
    current_step_changed = Signal(str)

    def __init__(
        self,
        path: Path,
        manifest: Manifest | None,
        parent: QWidget | None = None,
        *,
        dark: bool = False,
        models: ModelCache | None = None,
    ) -> None:
        super().__init__(parent)
        self.path = path
        self.problems: tuple[Problem, ...] = ()
        self.chain: Chain | None = None
        self._current_step = ""
        self._steps: tuple[StepLines, ...] = ()
        self._manifest = manifest
        self.tasks = BackgroundTasks(lambda error: self._show_message(str(error)))
        self._checking: asyncio.Task[None] | None = None
        self.text = CodeEdit()
        self.text.setAccessibleName("Chain file")
        self.text.setFont(_fixed_font())
        self._highlighter = YamlHighlighter(self.text.document(), dark=dark)
        self.list = QListWidget()
        self.list.setAccessibleName("Mistakes")
        self.list.setWordWrap(True)
        self.verdict = QLabel()
        self.verdict.setWordWrap(True)
        self.verdict.setTextFormat(Qt.TextFormat.PlainText)
        self.save = QPushButton("Save")
        self.save.setProperty("primary", "true")
        self.save.setToolTip("Save the chain and use it (Ctrl+S)")
        self.save_as = QPushButton("Save as…")
        self.revert = QPushButton("Revert")
        self.revert.setToolTip("Go back to the file as it is on the disk")
        self.model_picker = ModelPicker()
        lists = models or ModelCache(KeyStore(), {}, self)
        self._models = ModelAssist(self.text, self.model_picker, lists, self)
        self._columns = QSplitter(Qt.Orientation.Horizontal)
        self._timer = QTimer(self, interval=_CHECK_DELAY_MS, singleShot=True)
        self._lay_out()
        self._connect()
        self._load()

    @property
    def modified(self) -> bool:
        """Return whether something is unsaved."""
        return self.text.document().isModified()

    @property
    def manifest(self) -> Manifest | None:
        """The sheet against which the chain is checked, or None."""
        return self._manifest

    @property
    def chain_text(self) -> str:
        """The text as it is now, saved or not."""
        return self.text.toPlainText()

    @property
    def current_step(self) -> str:
        """The name of the step that is worked on, or "" where there is none."""
        return self._current_step

    def set_side_panel(self, panel: QWidget) -> None:
        """Show a widget at the right of the chain, which the editor owns from now on."""
        self._columns.addWidget(panel)
        self._columns.setStretchFactor(0, 3)
        self._columns.setStretchFactor(1, 2)
        self._columns.setCollapsible(1, True)

    def check(self) -> None:
        """Start a check for mistakes."""
        self._timer.stop()
        if self._checking is not None:
            self._checking.cancel()
        self._checking = self.tasks.start(self._check(self.text.toPlainText()))

    def save_file(self) -> None:
        """Save; a chain with mistakes can be saved too, but not run."""
        self._write(self.path)

    def go_to(self, line: int) -> None:
        """Put the cursor on a line (1 is the first)."""
        block = self.text.document().findBlockByNumber(max(line - 1, 0))
        cursor = QTextCursor(block)
        self.text.setTextCursor(cursor)
        self.text.centerCursor()
        self.text.setFocus()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask before a change is lost."""
        if self.modified:
            event.ignore()
            self._ask_to_leave()
        else:
            super().closeEvent(event)

    def reject(self) -> None:
        """Escape closes as the window's own cross does."""
        if self.modified:
            self._ask_to_leave()
        else:
            super().reject()

    def done(self, result: int) -> None:
        """Nothing is checked any more."""
        self._timer.stop()
        self.tasks.cancel()
        super().done(result)

    def _ask_to_leave(self) -> None:
        dialogs.ask(self, "Unsaved changes", f"Leave {self.path.name} unsaved?", "Leave", "Go on editing", self._leave)

    def _leave(self) -> None:
        self.text.document().setModified(False)
        self.close()

    async def _check(self, text: str) -> None:
        problems = await asyncio.to_thread(find_problems, text, self.path.name, self._manifest)
        chain, steps = await asyncio.to_thread(lambda: (read_chain(text), step_lines(text)))
        self.chain, self._steps = chain, steps
        self._models.show_chain(self.chain)
        self.problems = tuple(problems)
        self._show()
        self._find_step()
        self.chain_changed.emit(self.chain)

    def _find_step(self) -> None:
        line = self.text.textCursor().blockNumber() + 1
        found = next((step.name for step in reversed(self._steps) if step.first <= line), "")
        if not found and self._steps:
            found = self._steps[0].name
        if found != self._current_step:
            self._current_step = found
            self.current_step_changed.emit(found)

    def _show(self) -> None:
        problems = self.problems
        self.text.mark_lines({problem.line for problem in problems if problem.line})
        self.list.clear()
        for problem in problems:
            place = f"Line {problem.line}: " if problem.line else ""
            item = QListWidgetItem(f"✕ {place}{problem.message}")
            item.setData(Qt.ItemDataRole.UserRole, problem.line)
            self.list.addItem(item)
        hints = self._models.hints()
        for hint in hints:
            item = QListWidgetItem(f"? Line {hint.line}: {hint.message}" if hint.line else f"? {hint.message}")
            item.setData(Qt.ItemDataRole.UserRole, hint.line)
            self.list.addItem(item)
        self.list.setVisible(bool(problems or hints))
        self._show_message(self._verdict())

    def _verdict(self) -> str:
        if self.problems:
            count = len(self.problems)
            return "1 mistake. It can be saved, but not run." if count == 1 else f"{count} mistakes."
        if self._manifest is None:
            return "✓ No mistake found. With a workbook open, its columns are checked too."
        return f'✓ No mistake found. It fits sheet "{self._manifest.sheet}" in {self._manifest.path.name}.'

    def _show_message(self, text: str) -> None:
        self.verdict.setText(text)

    def _load(self) -> None:
        try:
            self.text.setPlainText(self.path.read_text("utf-8-sig"))
        except (OSError, UnicodeDecodeError) as error:
            self._show_message(f"{self.path.name} cannot be read: {error}.")
        self.text.document().setModified(False)
        self.setWindowTitle(f"{self.path.name}[*] – Chain")
        self.check()

    def _write(self, path: Path) -> None:
        try:
            path.write_text(self.text.toPlainText(), "utf-8")
        except OSError as error:
            self._show_message(f"{path.name} could not be saved: {error.strerror}. Save it under another name.")
            return
        self.path = path
        self.text.document().setModified(False)
        self.setWindowTitle(f"{path.name}[*] – Chain")
        self.check()
        self.saved.emit(path)

    def _choose_name(self) -> None:
        dialogs.choose_target(self, "Save the chain", self.path, dialogs.CHAINS, self._write)

    def _connect(self) -> None:
        self.text.textChanged.connect(self._timer.start)
        self.text.document().modificationChanged.connect(self.setWindowModified)
        self.text.cursorPositionChanged.connect(self._find_step)
        self._timer.timeout.connect(self.check)
        self._models.changed.connect(self._show)
        self._models.said.connect(self._show_message)
        self.save.clicked.connect(self.save_file)
        self.save_as.clicked.connect(self._choose_name)
        self.revert.clicked.connect(self._load)
        self.list.itemActivated.connect(lambda item: self.go_to(item.data(Qt.ItemDataRole.UserRole)))
        self.list.itemClicked.connect(lambda item: self.go_to(item.data(Qt.ItemDataRole.UserRole)))
        QShortcut(QKeySequence("Ctrl+S"), self, self.save_file)

    def _lay_out(self) -> None:
        close = QPushButton("Close")
        close.clicked.connect(self.close)
        for button in (self.save, self.save_as, self.revert, close):
            button.setAutoDefault(False)
        icons.give(self.revert, "undo")
        buttons = QHBoxLayout()
        buttons.addWidget(self.verdict, 1)
        for button in (self.revert, self.save_as, self.save, close):
            buttons.addWidget(button)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.addWidget(self.text)
        splitter.addWidget(self.list)
        splitter.setStretchFactor(0, 4)
        splitter.setStretchFactor(1, 1)
        self._columns.addWidget(splitter)
        layout = QVBoxLayout(self)
        layout.addWidget(self.model_picker)
        layout.addWidget(self._columns, 1)
        layout.addLayout(buttons)
        self.setSizeGripEnabled(True)
        self.resize(820, 640)


def find_problems(text: str, name: str, manifest: Manifest | None) -> tuple[Problem, ...]:
    """Return every mistake of a chain's text with its line, checked against a sheet where one is open."""
    try:
        chain = parse_chain(text, name)
    except ChainError as error:
        return error.problems
    except ChainDeskError as error:
        return (Problem(str(error)),)
    if manifest is None:
        return ()
    _, problems = bind(chain, manifest)
    if not problems:
        return ()
    with TemporaryDirectory(prefix="chaindesk-") as folder:
        copy = Path(folder) / name
        copy.write_text(text, "utf-8")
        return locate(copy, problems)


def _fixed_font() -> QFont:
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPointSizeF(max(font.pointSizeF(), 10.0))
    return font
