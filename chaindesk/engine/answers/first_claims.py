"""Gives the rows of a sheet the answers that they ask for, when a ledger is read: step by step, all rows at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from chaindesk.domain.manifest import Row
from chaindesk.engine.answers.answer_pool import AnswerPool
from chaindesk.engine.answers.rows.manual_edits import ManualEdits, is_superseded
from chaindesk.engine.answers.rows.row_answers import SKIPPED
from chaindesk.engine.prompting.request_builder import RequestBuilder
from chaindesk.journal.protocol import Journal

if TYPE_CHECKING:
    from chaindesk.engine.answers.ledger import AnswerLedger

_Claim = tuple[Row, int | None, str]
"""A row, the answer that it has claimed for a step, and what it asks there."""


class FirstClaims:
    """Claims answers for rows that have none yet.

    Args:
        ledger: whose rows they are.
        chain: what is said for a row.
        pool: the answers that nobody has.
        edits: people's texts.
        journal: where the answers are.
    """

    def __init__(
        self, ledger: AnswerLedger, chain: RequestBuilder, pool: AnswerPool, edits: ManualEdits, journal: Journal
    ) -> None:
        self._ledger = ledger
        self._chain = chain
        self._pool = pool
        self._journal = journal
        self._steps = tuple(step.step.name for step in chain.steps)
        self._edited = [edits.by_row(step) for step in self._steps]
        self._conditional = any(step.step.run_if is not None for step in chain.steps)
        self._any_claimed = False

    def claim(self, rows: Sequence[Row]) -> None:
        """Claim the answers to all steps for these rows, reading each answer once as far as can be."""
        keys = [self._ledger.previous_key(row) for row in rows]
        paid = self._read(0, rows)
        wanted = self._nothing_asked(0, rows) or [self._asked(0, row) for row in rows]
        for index in range(self._chain.count):
            paid, wanted = self._claim_step(index, rows, keys, wanted, paid)

    def _asked(self, index: int, row: Row) -> str:
        """Return what a row asks in a step, "" where that is unknown, or where nothing has answered it."""
        step, edited = self._steps[index], row.number in self._edited[index]
        if not edited and not self._pool.has(step):
            self._ledger.foresee(index, row)
            return ""
        fingerprint = self._ledger.fingerprint(index, row)
        return fingerprint if edited or self._pool.has_answer(step, fingerprint) else ""

    def _nothing_asked(self, index: int, rows: Sequence[Row]) -> list[str]:
        """Return a "" for each row where it is known without looking at them that they can claim nothing; else none."""
        known = self._pool.has(self._steps[index]) or self._edited[index] or self._any_claimed or self._conditional
        return [] if known else [""] * len(rows)

    def _claim_step(
        self,
        index: int,
        rows: Sequence[Row],
        keys: Sequence[str],
        wanted: Sequence[str],
        paid: Mapping[str, list[int]],
    ) -> tuple[dict[str, list[int]], list[str]]:
        """Claim the answers to one step for all rows.

        Args:
            index: of the step.
            rows: those that ask anything.
            keys: under which the rows were known before.
            wanted: for each row the fingerprint of what it asks in this step.
            paid: the answers to it of each row that a person has edited, by row key.

        Returns:
            Both for the next step, found while the answers to this one are at hand; nothing after the last.
        """
        step, following, ledger = self._steps[index], index + 1, self._ledger
        claimed = self._claim_edits(index, rows, wanted, paid)
        left = self._pool.claim_all(step, keys, wanted, claimed)
        is_last = following == self._chain.count
        if is_last and not left and not any(claimed):
            return {}, []
        paid = {} if is_last else self._read(following, rows)
        self._any_claimed = self._any_claimed or any(claimed)
        if not is_last and not left and (nothing := self._nothing_asked(following, rows)):
            return paid, nothing
        sources = () if is_last else self._chain.sources(following)
        needed: Callable[[_Claim], Iterable[int | None]] = lambda claim: (  # noqa: E731
            claim[1],
            *[ledger.entries[claim[0].number].answer(earlier) for earlier in sources],
        )
        asked = []
        for row, number, fingerprint in ledger.reader.sweep(zip(rows, claimed, wanted, strict=True), needed):
            if number is not None:
                self._give(index, row, number, fingerprint)
            elif left and ledger.previous_key(row) in left and ledger.entries[row.number].answer(index) is None:
                ledger.entries[row.number].stale = True
            if not is_last:
                asked.append(self._asked(following, row))
        return paid, asked

    def _give(self, index: int, row: Row, number: int, fingerprint: str) -> None:
        answer = self._ledger.answer(number)
        if answer is not None:
            entry = self._ledger.entries[row.number]
            entry.set_answer(index, answer, outdated=not answer.fits(fingerprint))
            entry.add(answer)

    def _read(self, index: int, rows: Sequence[Row]) -> dict[str, list[int]]:
        """Read what the journal has for a step; return the answers under the keys of rows that a person has edited."""
        edits = self._edited[index]
        watched = [self._keys(row, edits[row.number].row_key) for row in (rows if edits else ()) if row.number in edits]
        return self._pool.read(self._steps[index], set[str]().union(*watched))

    def _keys(self, row: Row, edited_as: str) -> Collection[str]:
        return {row.key, edited_as, self._ledger.previous_key(row)}

    def _claim_edits(
        self, index: int, rows: Sequence[Row], wanted: Sequence[str], paid: Mapping[str, list[int]]
    ) -> list[int | None]:
        """Claim the answers that people have edited for their own rows, before others claim their like."""
        step, ledger, edits = self._steps[index], self._ledger, self._edited[index]
        claimed: list[int | None] = [None] * len(rows)
        for position, row in enumerate(rows) if edits else ():
            edit = edits.get(row.number)
            if edit is None or ledger.entries[row.number].answer(index) == SKIPPED:
                continue
            keys = self._keys(row, edit.row_key)
            later = sorted(n for key in keys for n in paid.get(key, ()) if n > edit.answer_id)
            digest, request = ledger.digests[row.number], wanted[position]
            note = self._chain.notes.get((row.number, index))
            noted = note is not None and note.asked == request and edit.edited_at < note.made_at
            superseded = noted or is_superseded(edit, row, digest, request, later, self._journal)
            if not superseded and self._pool.claim_answer(edit.answer_id, step, edit.fingerprint):
                claimed[position] = edit.answer_id
                ledger.standing.write(row.number, index, edit.answer_id)
        return claimed
