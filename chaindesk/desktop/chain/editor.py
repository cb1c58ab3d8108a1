"""Edits a chain, as cards and as text: two views of one document, checked while one types."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut, QTextCursor
from PySide6.QtWidgets import QWidget

from chaindesk.credentials import KeyStore
from chaindesk.desktop.chain.cards.cards_page import CardsPage
from chaindesk.desktop.chain.cards.controls.small_controls import take_in_typing
from chaindesk.desktop.chain.document import ChainDocument
from chaindesk.desktop.chain.editor_frame import STEPS_TAB, YAML_TAB, EditorFrame
from chaindesk.desktop.chain.model_assist import ModelAssist
from chaindesk.desktop.chain.model_cache import ModelCache
from chaindesk.desktop.chain.reading import ChainReading
from chaindesk.desktop.chain.saving import ChainSaving, NewChain
from chaindesk.desktop.chain.template_saving import TemplateSaver
from chaindesk.desktop.runtime.background_tasks import BackgroundTasks
from chaindesk.desktop.ui.translation import tr, tr_count, tr_noop
from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.errors import Problem
from chaindesk.domain.manifest import Manifest


class ChainEditor(EditorFrame):
    """One chain file, or a new chain that has none yet.

    Attributes:
        chain: what the text defined when it was last checked, saved or not; None while it defines no chain.
        problems: its mistakes.

    Signals:
        saved: the file was saved; its path.
        stayed: it was asked to close, and stays open.
        chain_changed: the text was checked: ``chain``, which may be the same as before, or None.
        current_step_changed: the name of the step that is worked on, or "".
    """

    saved = Signal(object)
    stayed = Signal()
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
        new: NewChain | None = None,
    ) -> None:
        super().__init__(parent, dark=dark)
        self.manifest = manifest
        self.problems: tuple[Problem, ...] = ()
        self.chain: Chain | None = None
        self.tasks = BackgroundTasks(lambda error: self.verdict.setText(str(error)))
        self._step = ""
        self._said = ""  # of an edit whose text is still to be checked
        self._tab_chosen = False
        self.document = ChainDocument(self.text.document(), manifest, self.tasks)
        self._saving = ChainSaving(path, new, self.document, self)
        self.cards = CardsPage(self.document)
        self.model_picker = self.cards.form.model
        self._models = ModelAssist(self.model_picker, models or ModelCache(KeyStore(), {}, self), self)
        self._templates = TemplateSaver(self, self.verdict.setText)
        self.lay_out(self.cards)
        self._connect()
        self._load()

    @property
    def path(self) -> Path:
        """The file; of a new chain, the one that is suggested for it."""
        return self._saving.path

    @property
    def modified(self) -> bool:
        """Return whether something is unsaved."""
        return self.text.document().isModified() or self.cards.unsaved or self.document.busy

    @property
    def chain_text(self) -> str:
        """The text as it is now, saved or not."""
        return self.document.text

    @property
    def current_step(self) -> str:
        """The name of the step that is worked on, or "" where there is none."""
        return self._step

    def check(self) -> None:
        """Start a check for mistakes."""
        self.document.read_now()

    def save_file(self) -> None:
        """Save; a chain with mistakes can be saved too, but not run. A new chain gets its name first."""
        self.cards.flush()
        self.document.lenient = False
        self._saving.save()

    def go_to(self, line: int) -> None:
        """Put the text's cursor on a line (1 is the first), and show the step in which it is."""
        block = self.text.document().findBlockByNumber(max(line - 1, 0))
        self.text.setTextCursor(QTextCursor(block))
        if self.tabs.currentIndex() == YAML_TAB:
            self.text.centerCursor()
            self.text.setFocus()
        else:
            self.cards.choose(self.document.reading.step_at(line))

    def changeEvent(self, event: QEvent) -> None:
        """There is something to revert once something has changed."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.ModifiedChange:
            self.revert.setEnabled(self.isWindowModified() and self._saving.new is None)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask before a change is lost."""
        take_in_typing(self.cards, but=self.cards.form.name)
        if self.modified:
            event.ignore()
            self._saving.ask_to_leave(self.save_file)
        else:
            super().closeEvent(event)

    def reject(self) -> None:
        """Escape closes as the window's own cross does."""
        take_in_typing(self.cards, but=self.cards.form.name)
        if self.modified:
            self._saving.ask_to_leave(self.save_file)
        else:
            super().reject()

    def done(self, result: int) -> None:
        """Nothing is checked any more."""
        self.document.stop()
        self.tasks.cancel()
        super().done(result)

    def _leave(self) -> None:
        self.text.document().setModified(False)
        super().reject()

    def _read(self, reading: ChainReading) -> None:
        self.chain, self.problems = reading.chain, reading.problems
        self._models.show_chain(reading.chain)
        self.yaml_help.show_words(reading.words)
        self.text.mark_lines({problem.line for problem in reading.problems if problem.line})
        if not self._tab_chosen:
            self._tab_chosen = True
            self.tabs.setCurrentIndex(YAML_TAB if reading.blocked else STEPS_TAB)
        self._show_problems()
        said, self._said = self._said, ""
        self.verdict.setText(" ".join(filter(None, (said, self._verdict()))))
        self._find_step()
        self._show_model()
        self.chain_changed.emit(reading.chain)

    def _find_step(self) -> None:
        steps = self.document.reading.steps
        index = self.cards.current
        if self.tabs.currentIndex() == YAML_TAB:
            index = self.document.reading.step_at(self.text.textCursor().blockNumber() + 1)
        name = steps[index].name if 0 <= index < len(steps) else ""
        if name != self._step:
            self._step = name
            self.current_step_changed.emit(name)

    def _card_chosen(self) -> None:
        self._find_step()
        self._show_model()
        self._show_problems()

    def _show_model(self) -> None:
        steps, index = self.document.reading.steps, self.cards.current
        if 0 <= index < len(steps):
            self._models.show_model(str(steps[index].values.get("model") or ""))

    def _tab_changed(self, tab: int) -> None:
        """Show in either view the step that the other one showed."""
        self.cards.flush()
        reading = self.document.reading
        at = reading.step_at(self.text.textCursor().blockNumber() + 1)
        if tab == STEPS_TAB:
            self.cards.choose(at)
        elif 0 <= self.cards.current < len(reading.steps) and at != self.cards.current:
            self.go_to(reading.steps[self.cards.current].first)
        self._find_step()
        self._show_problems()

    def _show_problems(self) -> None:
        told = self.problems
        if self.tabs.currentIndex() == STEPS_TAB:  # the card of the current step shows its own
            own = f"steps[{self.cards.current}]"
            told = tuple(problem for problem in told if not problem.field.startswith(own))
        self.list.show_problems(told, self._models.hints(self.document.reading.text))

    def _verdict(self) -> str:
        new = self._saving.new
        if new is not None and self.chain_text == new.text:
            return new.words
        if self.problems:
            mistakes = tr_count(len(self.problems), tr_noop("{n} mistake."), tr_noop("{n} mistakes."))
            return tr("{mistakes} It can be saved, but not run.").format(mistakes=mistakes)
        if unwritten := self.document.reading.unwritten:
            return tr("To be written yet: the prompt of {steps}.").format(steps=", ".join(unwritten))
        if self.manifest is None:
            return tr("✓ No mistake found. With a workbook open, its columns are checked too.")
        words = tr('✓ No mistake found. It fits sheet "{sheet}" in {name}.')
        return words.format(sheet=self.manifest.sheet, name=self.manifest.path.name)

    def _say(self, words: str) -> None:
        self._said = words
        self.verdict.setText(words)

    def _load(self) -> None:
        self.verdict.clear()
        self.text.setPlainText(self._saving.read())
        self._named()
        self.cards.begin_in_prompt = self.document.lenient = self._saving.new is not None
        self.check()

    def _named(self) -> None:
        name = self.path.name if self._saving.new is None else tr("New chain")
        self.document.name = self.path.name
        self.text.document().setModified(False)
        self.setWindowTitle(tr("{name}[*] – Chain").format(name=name))
        self.setWindowModified(False)
        self.revert.setEnabled(False)

    def _saved(self, path: Path) -> None:
        self._named()
        self.check()
        self.saved.emit(path)

    def _save_as(self) -> None:
        self.cards.flush()
        self._saving.save_as()

    def _save_template(self) -> None:
        self.cards.flush()
        name = str(self.document.reading.values.get("name") or "")
        self._templates.ask_name(name, lambda: self.chain_text)

    def _undo(self) -> None:
        self.cards.flush()
        self.document.undo()

    def _connect(self) -> None:
        self.document.read.connect(self._read)
        self._saving.saved.connect(self._saved)
        self._saving.left.connect(self._leave)
        self._saving.stayed.connect(self.stayed)
        self._saving.said.connect(self._say)
        self.text.document().modificationChanged.connect(self.setWindowModified)
        self.text.cursorPositionChanged.connect(self._find_step)
        self.cards.current_changed.connect(lambda _: self._card_chosen())
        self.cards.said.connect(self._say)
        self.cards.yaml_requested.connect(lambda: self.tabs.setCurrentIndex(YAML_TAB))
        self.cards.form.prompt.typed.connect(lambda: self.setWindowModified(True))
        self.tabs.currentChanged.connect(self._tab_changed)
        self._models.changed.connect(self._show_problems)
        self.save.clicked.connect(self.save_file)
        self.save_as.clicked.connect(self._save_as)
        self.save_template.clicked.connect(self._save_template)
        self.revert.clicked.connect(self._load)
        self.undo_button.clicked.connect(self._undo)
        self.redo_button.clicked.connect(self.document.redo)
        self.list.chosen.connect(lambda problem: self.go_to(problem.line))
        for keys, act in (
            ("Ctrl+Z", self._undo),
            ("Ctrl+Shift+Z", self.document.redo),
            ("Ctrl+Y", self.document.redo),
        ):
            QShortcut(QKeySequence(keys), self, act)
        QShortcut(QKeySequence("Ctrl+S"), self, self.save_file)
