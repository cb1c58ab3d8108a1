"""What helps with the ``{{…}}`` of a prompt, below it: the likely meaning of an unknown name, the text for blanks."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from chaindesk.desktop.chain.cards.placeholders import Written
from chaindesk.desktop.chain.cards.prompt_edit import PromptEdit
from chaindesk.desktop.ui.translation import tr

_MAX_FIXES = 3


class PromptHints(QWidget):
    """Watches one prompt."""

    def __init__(self, prompt: PromptEdit) -> None:
        super().__init__()
        self._prompt = prompt
        self.words = QLabel()
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setProperty("tone", "error")
        self.fixes = [QPushButton() for _ in range(_MAX_FIXES)]
        self.fallback_label = QLabel()
        self.fallback_label.setTextFormat(Qt.TextFormat.PlainText)
        self.fallback_label.setProperty("muted", "true")
        self.fallback = QLineEdit()
        self.fallback.setMaximumWidth(260)
        self.fallback.setPlaceholderText(tr("nothing"))
        kept = self.fallback.sizePolicy()
        kept.setRetainSizeWhenHidden(True)  # else what stands below moves with the cursor
        self.fallback.setSizePolicy(kept)
        self._written: Written | None = None
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.words)
        for button in self.fixes:
            button.setAutoDefault(False)
            button.setProperty("chip", "true")
            button.setToolTip(tr("Write this name instead (Ctrl+. takes the first)"))
            layout.addWidget(button)
            button.clicked.connect(partial(self._fix, button))
        layout.addWidget(self.fallback_label)
        layout.addWidget(self.fallback)
        layout.addStretch(1)
        prompt.placeholder_changed.connect(self._show)
        self.fallback.editingFinished.connect(self._set_fallback)
        shortcut = QShortcut(QKeySequence("Ctrl+."), prompt, prompt.fix_nearest)
        shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
        self._show(None)

    def _show(self, written: Written | None) -> None:
        unknown, fixes = self._prompt.unknown(), self._prompt.fixes()
        self.words.setVisible(bool(fixes))
        if unknown is not None:
            self.words.setText(tr("Unknown: {name}. Did you mean").format(name=f"{{{{{unknown.name}}}}}"))
        for at, button in enumerate(self.fixes):
            button.setVisible(at < len(fixes))
            if at < len(fixes):
                button.setText(f"{{{{{fixes[at]}}}}}".replace("&", "&&"))
                button.setProperty("fix", fixes[at])
                button.setAccessibleName(tr("Write {name} instead").format(name=fixes[at]))
        known = written is not None and written.known
        if known or not self.fallback.hasFocus():
            self._written = written if known else None
            for widget in (self.fallback_label, self.fallback):
                widget.setVisible(known)
        if written is not None and known:
            words = tr("Where {name} is blank, write").format(name=written.name)
            self.fallback_label.setText(words)
            self.fallback.setAccessibleName(words)
            if not self.fallback.hasFocus():
                self.fallback.setText(written.fallback or "")

    def _fix(self, button: QPushButton) -> None:
        self._prompt.fix(str(button.property("fix")))
        self._prompt.setFocus()

    def _set_fallback(self) -> None:
        if self._written is not None and (self._written.fallback or "") != self.fallback.text():
            self._prompt.set_fallback(self.fallback.text().translate(str.maketrans("", "", "{}\n")))
