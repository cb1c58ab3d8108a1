"""The chain as cards, one a step, of which the current one shows its form."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from chaindesk.chain_file.editing import steps as step_edits
from chaindesk.chain_file.editing.block_lists import steps_as_lines
from chaindesk.chain_file.editing.values import set_value
from chaindesk.desktop.chain.cards.brackets_note import BracketsNote
from chaindesk.desktop.chain.cards.cards_area import CardsArea
from chaindesk.desktop.chain.cards.chain_settings import ChainSettings
from chaindesk.desktop.chain.cards.controls.small_controls import take_in_typing
from chaindesk.desktop.chain.cards.drop_line import DropLine
from chaindesk.desktop.chain.cards.step_card import StepCard
from chaindesk.desktop.chain.cards.step_edits import StepEdits
from chaindesk.desktop.chain.cards.step_form import StepForm
from chaindesk.desktop.chain.document import ChainDocument
from chaindesk.desktop.chain.reading import ChainReading, StepReading
from chaindesk.desktop.ui import icons
from chaindesk.desktop.ui.translation import tr
from chaindesk.providers.starter_models import DEMO_MODEL


class CardsPage(QWidget):
    """Shows the steps of a document and edits them.

    Attributes:
        current: the place of the current step, -1 where there is none.
        begin_in_prompt: whether the prompt gets the focus when the steps are shown next.

    Signals:
        current_changed: ``current`` is another.
        yaml_requested: the user wants to see the text.
        said: words for the user.
    """

    current_changed = Signal(int)
    yaml_requested = Signal()
    said = Signal(str)

    def __init__(self, document: ChainDocument, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.current = -1
        self.cards: list[StepCard] = []
        self._document = document
        self._reading = ChainReading("")
        self._name = ""  # of the current step
        self._placed = False  # whether an edit that is under way says which step is the current one
        self.begin_in_prompt = False
        self.settings = ChainSettings()
        self.form = StepForm()
        self._open = self._make_card()  # the current step's
        self._open.hide()
        self._edits = StepEdits(self.form, document, lambda: self.current, self)
        self.add = QPushButton(tr("Add step"))
        self.add.setAutoDefault(False)
        self.add.setToolTip(tr("Add a step at the end (Ctrl+Shift+Return)"))
        icons.give(self.add, "add")
        self.reason = QLabel()
        self.reason.setWordWrap(True)
        self.reason.setTextFormat(Qt.TextFormat.PlainText)
        self.reason.setAccessibleName(tr("Why the steps cannot be shown"))
        self.show_yaml = QPushButton(tr("Show the YAML"))
        self.show_yaml.setAutoDefault(False)
        self.brackets = BracketsNote()
        self._lay_out()
        self._connect()

    @property
    def unsaved(self) -> bool:
        """Return whether something is typed that the text does not have yet."""
        return self.form.unsaved or self.form.name.isModified() or self.settings.unsaved

    def flush(self) -> None:
        """Take in what is being typed."""
        take_in_typing(self, but=self.form.name)
        self.form.flush()

    def show_reading(self, reading: ChainReading) -> None:
        """Show what the text says now."""
        self._reading = reading
        self.pages.setCurrentIndex(1 if reading.blocked else 0)
        words = tr("The steps cannot be shown as cards while the text is like this. {reason}")
        self.reason.setText(words.format(reason=reading.blocked))
        self.brackets.setVisible(reading.in_brackets)
        if reading.blocked:
            return
        self.settings.show_settings(reading)
        count = len(reading.steps)
        before, names = self.current, [step.name for step in reading.steps]
        if self._placed or self._name not in names:
            self.current = min(max(self.current, 0), count - 1)
        elif names[self.current : self.current + 1] != [self._name]:  # it was moved by undo, or in the text
            self.current = names.index(self._name)
        self._placed = False
        self._show_cards()
        if self.current != before:
            self.current_changed.emit(self.current)
        if self.begin_in_prompt and self.current >= 0:
            self.begin_in_prompt = False
            self.form.prompt.setFocus()
            self._scroll_soon()

    def choose(self, index: int, *, focus: bool = False) -> None:
        """Make a step the current one."""
        if not 0 <= index < self._count:
            return
        self.flush()
        if index != self.current:
            focused = self.focusWidget()
            at_another = any(card.isAncestorOf(focused) for card in self.cards if focused and card is not self._open)
            self.current = index
            self._show_cards()
            self.current_changed.emit(index)
            focus = focus or at_another
        if focus:
            self._open.title.setFocus()
        self._scroll_soon()

    def add_step(self) -> None:
        """Add a step at the end."""
        if self._reading.blocked:
            return
        self.add.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, False)  # it moves away, and the mouse does not
        steps = self._reading.steps
        name = step_edits.unused_name(tr("step {steps}").format(steps=len(steps) + 1), [step.name for step in steps])
        models = [str(step.values["model"]) for step in steps if step.values.get("model")]
        self._document.lenient = True
        step = {"name": name, "model": models[-1] if models else DEMO_MODEL, "prompt": ""}
        self._change(partial(step_edits.add_step, at=len(steps), step=step), len(steps), focus=True)

    def copy_step(self, index: int) -> None:
        """Put a copy of a step behind it."""
        if 0 <= index < self._count:
            self._change(partial(step_edits.copy_step, index=index), index + 1, focus=True)

    def remove_step(self, index: int) -> None:
        """Take a step away."""
        if self._count > 1 and 0 <= index < self._count:
            name = self._reading.steps[index].name
            self._change(partial(step_edits.remove_step, index=index), max(min(index, self._count - 2), 0))
            self.said.emit(tr("The step {name} is removed. Ctrl+Z brings it back.").format(name=name))

    def move_step(self, index: int, to: int) -> None:
        """Move a step to another place."""
        if index != to and 0 <= index < self._count and 0 <= to < self._count:
            self._change(partial(step_edits.move_step, index=index, to=to), to)

    def _change(self, edit: Callable[[str], str], current: int, *, focus: bool = False) -> None:
        """Change the list of steps. What is typed meanwhile would be of another step."""
        self.flush()
        self.form.prompt.setReadOnly(True)
        self.form.system.setReadOnly(True)
        self._document.edit(edit)
        self.current, self._placed = current, True
        self.begin_in_prompt = focus
        self.current_changed.emit(current)

    def _set_enabled(self, card: StepCard, enabled: bool) -> None:  # noqa: FBT001 - a signal's
        path = ("steps", card.index, "enabled")
        self._document.edit(lambda text: set_value(text, path, None if enabled else False))

    @property
    def _count(self) -> int:
        """How many steps are shown: none while the text cannot be read."""
        return len(self._reading.steps)

    def _show_cards(self) -> None:
        self._arrange(self._count)
        for card, step in zip(self.cards, self._reading.steps, strict=True):
            card.show_step(step, self._count, current=card is self._open)
        if self._count:
            self._show_form(self._reading.steps[self.current])

    def _show_form(self, step: StepReading) -> None:
        other = step.name != self._name
        self._name = step.name
        self.form.show_step(step, self._reading.columns)
        if other:
            self.form.open_used_sections()
        self._edits.show_step(step)

    def _arrange(self, count: int) -> None:
        """Have a card for each step, the one that holds the form in the place of the current step.

        The form stays in its card, which moves: to give a widget to another parent costs a tenth of a second.
        """
        closed = [card for card in self.cards if card is not self._open]
        while len(closed) > max(count - 1, 0):
            card = closed.pop()
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        while len(closed) < count - 1:
            closed.append(self._make_card())
        cards = [*closed[: self.current], self._open, *closed[self.current :]] if count else []
        self._open.setVisible(bool(count))
        for place, card in enumerate(cards):
            card.index = place
            if self._column.indexOf(card) != place + 1:
                self._column.removeWidget(card)
                self._column.insertWidget(place + 1, card)
        if cards != self.cards:
            self.cards = cards
            for before, after in pairwise([self.settings, *cards, self.add]):
                self.setTabOrder(before, after)

    def _make_card(self) -> StepCard:
        card = StepCard(len(self.cards))
        card.opened.connect(lambda: self.choose(card.index))
        card.up_requested.connect(lambda: self.move_step(card.index, card.index - 1))
        card.down_requested.connect(lambda: self.move_step(card.index, card.index + 1))
        card.copy_requested.connect(lambda: self.copy_step(card.index))
        card.remove_requested.connect(lambda: self.remove_step(card.index))
        card.enabled_changed.connect(partial(self._set_enabled, card))
        card.dragged.connect(self._show_drop)
        card.dropped.connect(lambda place: self._drop(card, place))
        return card

    def _place_of(self, point: QPoint) -> int:
        """Return before which card a card would go that is dropped at a point on the screen."""
        y = self._inside.mapFromGlobal(point).y()
        return sum(1 for card in self.cards if card.geometry().center().y() < y)

    def _show_drop(self, point: QPoint) -> None:
        place = self._place_of(point)
        below = place == len(self.cards)
        edge = self.cards[-1].geometry().bottom() + 4 if below else self.cards[place].geometry().top() - 4
        self._line.show_at(edge, self._inside.width())
        self.area.ensureVisible(0, edge, 0, 40)

    def _drop(self, card: StepCard, point: QPoint) -> None:
        self._line.hide()
        place = self._place_of(point)
        self.move_step(card.index, place - 1 if place > card.index else place)

    def _scroll_soon(self) -> None:
        QTimer.singleShot(0, self, self._scroll)

    def _scroll(self) -> None:
        if 0 <= self.current < self._count:
            self.area.ensureWidgetVisible(self._open, 0, 8)
            if self.form.prompt.hasFocus():
                self.area.ensureWidgetVisible(self.form.prompt, 0, 60)

    def _connect(self) -> None:
        self._document.read.connect(self.show_reading)
        self._document.refused.connect(self.said)
        self._edits.said.connect(self.said)
        self.settings.changed.connect(lambda at, value: self._document.edit(partial(set_value, path=at, value=value)))
        self.brackets.lines_requested.connect(lambda: self._document.edit(steps_as_lines))
        self.add.clicked.connect(self.add_step)
        self.show_yaml.clicked.connect(self.yaml_requested)
        keys: dict[str, Callable[[], object]] = {
            "Ctrl+Shift+Return": self.add_step,
            "Ctrl+D": lambda: self.copy_step(self.current),
            "Ctrl+Shift+Delete": lambda: self.remove_step(self.current),
            "Ctrl+PgUp": lambda: self.choose(self.current - 1, focus=True),
            "Ctrl+PgDown": lambda: self.choose(self.current + 1, focus=True),
            "Alt+Shift+Up": lambda: self.move_step(self.current, self.current - 1),
            "Alt+Shift+Down": lambda: self.move_step(self.current, self.current + 1),
        }
        for key, act in keys.items():
            QShortcut(QKeySequence(key), self, act, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def _lay_out(self) -> None:
        self._inside = QWidget()
        self._inside.setObjectName("plain")
        self._column = QVBoxLayout(self._inside)
        self._column.setContentsMargins(0, 4, 6, 4)
        self._column.setSpacing(8)
        self._line = DropLine(self._inside)
        self.area = CardsArea(self._inside)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.area)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.brackets)
        layout.addWidget(self.pages, 1)

    def fill(self) -> None:
        """Put the controls into the page, once it is in its place: it would be slow to move with all of them."""
        self._column.addWidget(self.settings)
        self._column.addWidget(self._open)
        self._open.hold(self.form)
        self._column.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addStretch(1)
        blocked = QWidget()
        self.pages.addWidget(blocked)
        blocked_layout = QVBoxLayout(blocked)
        blocked_layout.addWidget(self.reason)
        blocked_layout.addWidget(self.show_yaml, 0, Qt.AlignmentFlag.AlignLeft)
        blocked_layout.addStretch(1)
