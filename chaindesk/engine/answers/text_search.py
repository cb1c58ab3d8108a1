"""Finds words in the outputs of all rows at once: the journal's texts are read one after another, and none is kept."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from chaindesk.domain.chains.answer_fields import field_text
from chaindesk.engine.answers.ledger import AnswerLedger
from chaindesk.journal.protocol import Journal


def rows_with_words(
    words: Sequence[str],
    steps: Sequence[str],
    ledger: AnswerLedger,
    journal: Journal,
    workbook_id: int,
    cancelled: Callable[[], bool] = lambda: False,
) -> Mapping[str, Collection[int]]:
    """Return for each casefolded word the sheet rows that have it in an answer of theirs. Use a thread.

    Args:
        words: what is looked for.
        steps: the names of the chain's steps.
        ledger: which answers the rows have.
        journal: where their texts are.
        workbook_id: the journal's number of the workbook and sheet.
        cancelled: whether nobody wants to know any more; what was found so far is returned then.
    """
    found: dict[str, set[int]] = {word: set() for word in words}
    for index, step in enumerate(steps):
        holders = {entry.answers[index]: number for number, entry in ledger.entries.items() if entry.answers[index]}
        for number, text, written, fields in journal.answer_texts(workbook_id, step):
            row = holders.get(number)
            if row is None:
                continue
            if cancelled():
                return found
            values = [field_text(value) for value in fields.values()] if written is None else []
            folded = "\n".join((text if written is None else written, *values)).casefold()
            for word, rows in found.items():
                if word in folded:
                    rows.add(row)
    return found
