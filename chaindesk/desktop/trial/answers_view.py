"""What a trial has answered, row by row: the text, and what it took."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QTimer
from PySide6.QtGui import QFont, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QTextBrowser, QWidget

from chaindesk.desktop.trial.prompt_view import muted_format
from chaindesk.desktop.ui.engine_words import failure_text
from chaindesk.desktop.ui.translation import tr, tr_count, tr_noop
from chaindesk.domain.chains.answer_fields import field_text
from chaindesk.domain.completion import Finish
from chaindesk.engine.trial import TrialAnswer
from chaindesk.formatting import duration, money, visible


class AnswersView(QTextBrowser):
    """Shows the answers of a trial, plain: nothing that a model says is read as markup."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Answers of the trial"))
        self.setOpenLinks(False)

    def show_answers(self, step: str, answers: Sequence[TrialAnswer]) -> None:
        """Show what each row has of a step, which need not be the one whose prompt is shown."""
        self.clear()
        cursor = QTextCursor(self.document())
        strong, muted, plain = self._formats()
        for place, found in enumerate(answers):
            cursor.insertText("\n\n" if place else "", plain)
            title = tr("{step}, {row}").format(step=step, row=tr("row {number}").format(number=found.row.number))
            cursor.insertText(title, strong)
            cursor.insertText(f"  ·  {facts(found)}\n", muted)
            cursor.insertText(_text(found), plain if found.answer is not None else muted)
        QTimer.singleShot(0, self, lambda: self.verticalScrollBar().setValue(0))  # once it has its size

    def _formats(self) -> tuple[QTextCharFormat, QTextCharFormat, QTextCharFormat]:
        plain = QTextCharFormat()
        plain.setForeground(self.palette().text())
        strong = QTextCharFormat(plain)
        strong.setFontWeight(QFont.Weight.DemiBold)
        return strong, muted_format(self.palette()), plain


def facts(found: TrialAnswer) -> str:
    """Return what an answer took, or why there is none, in one line."""
    if found.failure is not None:
        return tr("failed")
    if found.skipped:
        return tr("skipped")
    answer = found.answer
    if answer is None:
        return tr("no answer")
    parts = [duration(answer.seconds)]
    if answer.usage is not None:
        parts.append(tr_count(answer.usage.total, tr_noop("{n} token"), tr_noop("{n} tokens")))
    parts.append(money(answer.cost) if answer.cost is not None else tr("price unknown"))
    if answer.finish is Finish.LENGTH:
        parts.append(tr("cut at the output limit"))
    if found.reused:
        parts.append(tr("answered before: nothing paid now"))
    return "  ·  ".join(parts)


def _text(found: TrialAnswer) -> str:
    if found.failure is not None:
        return f"{found.failure.step}: {failure_text(found.failure.message)}"
    if found.answer is None:
        return found.skipped or tr("The trial ended before this row was answered.")
    if found.answer.fields:
        return "\n".join(f"{name}: {visible(field_text(value))}" for name, value in found.answer.fields.items())
    return visible(found.answer.text)
