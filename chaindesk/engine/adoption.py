"""Keeps what was found in a sheet as a person's own words, now and whenever the journal is read anew."""

from __future__ import annotations

from collections.abc import Sequence

from chaindesk.engine.adopt import SheetEdit
from chaindesk.engine.ledger import Ledger
from chaindesk.journal.base import Journal


class Adoption:
    """The edits that one session took over from its sheet, which tells that their rows are surely the same.

    Args:
        journal: where they are kept.
        steps: the names of the chain's steps.
    """

    def __init__(self, journal: Journal, steps: Sequence[str]) -> None:
        self._journal = journal
        self._steps = steps
        self._taken: list[SheetEdit] = []

    async def keep(self, found: Sequence[SheetEdit]) -> None:
        """Store what the journal does not know yet."""
        self._taken = [edit for edit in found if edit.text is not None]
        for edit in self._taken:
            if not edit.known:
                await self._journal.store_edit(edit.answer_id, edit.text)

    def apply(self, ledger: Ledger) -> None:
        """Let these texts stand in a ledger, as far as nobody has changed them since."""
        for edit in self._taken:
            answer = self._journal.answer(edit.answer_id)
            if answer is not None and answer.edited_text == edit.text:
                ledger.edited(edit.row, self._steps.index(edit.step), edit.answer_id, edit.text)
