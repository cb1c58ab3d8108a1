"""What an opened workbook's answers are worth: its queue by doubt, its audits, and how its checks agree with people."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from chaindesk.domain.check_results import Audit
from chaindesk.domain.errors import UsageError
from chaindesk.domain.manifest import Manifest
from chaindesk.domain.row_selection import RowSelection
from chaindesk.domain.status import Review, Status
from chaindesk.engine.answers.ledger import AnswerLedger
from chaindesk.engine.prompting.request_builder import RequestBuilder
from chaindesk.engine.quality.agreement import CheckAgreement
from chaindesk.engine.quality.audit import USUAL_ROWS, AuditResult, Candidate, audit_result, draw
from chaindesk.engine.quality.check_reviews import agreements
from chaindesk.engine.quality.doubt import NO_DOUBT, queue
from chaindesk.engine.quality.doubt_finder import FoundDoubts, find_doubts
from chaindesk.journal.protocol import Journal

_SEEDS = 1_000_000
_NOTHING_LEFT = "Nothing to audit: no row is done, not doubtful and not reviewed. Read the doubtful rows first."


class ReviewQuality:
    """Computes from the journal alone; no call is made. Everything may take seconds for a long sheet: use a thread."""

    def __init__(
        self,
        manifest: Manifest,
        chain: RequestBuilder,
        journal: Journal,
        workbook_id: int,
        ledger: Callable[[], AnswerLedger],
    ) -> None:
        """Tie it to a workbook; ``ledger`` returns the answers that its rows have now, judged by their checks."""
        self._manifest = manifest
        self._chain = chain
        self._journal = journal
        self._workbook_id = workbook_id
        self._ledger = ledger

    def doubts(self) -> FoundDoubts:
        """Return what is to be doubted about each row, and why."""
        return find_doubts(self._ledger(), self._chain, self._journal, self._workbook_id, self._manifest.rows)

    def resolved(self, choice: RowSelection) -> RowSelection:
        """Return a selection that knows which rows it chooses by their flags or doubts; others are as they are."""
        if choice.flagged_only or choice.doubtful_only:
            ledger = self._ledger()
            ledger.checks.judge(ledger, self._manifest.rows)
        if not choice.doubtful_only:
            return choice
        found = self.doubts()
        return choice.among(number for number in self.queue(found) if found.rows.get(number, NO_DOUBT).doubtful)

    def queue(self, found: FoundDoubts) -> Sequence[int]:
        """Return the rows that wait for a review, the most doubtful first, by sheet number."""
        return queue(found.rows, self._waiting())

    def rest(self, found: FoundDoubts) -> list[Candidate]:
        """Return the rows that an audit may draw: done, not reviewed, and nothing to doubt about them."""
        rows = {row.number: row for row in self._manifest.rows}
        entries = self._ledger().entries
        return [
            Candidate(rows[number].key, entries[number].last_answer, found.classes.get(number, ""))
            for number in self._waiting()
            if not found.rows.get(number, NO_DOUBT).doubtful
        ]

    async def draw_audit(self, found: FoundDoubts, rows: int = USUAL_ROWS, seed: int | None = None) -> AuditResult:
        """Draw a sample of the rest, store it, and return it.

        Args:
            found: what ``doubts`` returned.
            rows: how many rows are to be read.
            seed: of the random numbers; None for any.

        Raises:
            UsageError: there is no row to draw.
        """
        candidates = self.rest(found)
        if not candidates:
            raise UsageError(_NOTHING_LEFT)
        seed = secrets.randbelow(_SEEDS) if seed is None else seed
        await self._journal.store_audit(draw(self._workbook_id, candidates, rows, seed, datetime.now(UTC)))
        return self.audits()[0]

    def audits(self) -> list[AuditResult]:
        """Return the audits of the workbook as they stand, the newest first."""
        return [self._result(audit) for audit in self._journal.audits(self._workbook_id)]

    def findings(self) -> dict[int, str]:
        """Return what came out for each row of the newest audit, by sheet number."""
        numbers = {row.key: row.number for row in self._manifest.rows}
        for result in self.audits()[:1]:
            rows = result.audit.rows
            return {
                numbers[one.row_key]: result.findings[one.answer_id].value for one in rows if one.row_key in numbers
            }
        return {}

    def rows_of(self, audit: Audit) -> list[int]:
        """Return the sheet numbers of an audit's rows that still have their answers, in the order drawn."""
        entries = self._ledger().entries
        numbers = {entries[row.number].last_answer: row.number for row in self._manifest.rows}
        return [numbers[one.answer_id] for one in audit.rows if one.answer_id in numbers]

    def agreements(self) -> list[CheckAgreement]:
        """Return how each check and judge of the chain agrees with the reviews."""
        return agreements(self._ledger(), self._chain, self._journal, self._manifest.rows)

    def _waiting(self) -> list[int]:
        ledger = self._ledger()
        states = ((row.number, ledger.state(row.number)) for row in self._manifest.rows)
        return [number for number, state in states if state.status is Status.DONE and state.review is Review.UNREVIEWED]

    def _result(self, audit: Audit) -> AuditResult:
        entries = self._ledger().entries
        drawn = {one.row_key: one.answer_id for one in audit.rows}
        edited = _edited(self._journal, audit)
        current = set()
        for row in self._manifest.rows:
            entry = entries[row.number]
            current.add(entry.last_answer)
            if row.key in drawn and entry.last_answer != drawn[row.key] and entry.review is Review.EDITED:
                edited.add(drawn[row.key])  # an earlier step was edited, so that the last one has no answer any more
        return audit_result(audit, entries.reviews, edited, current)


def stored_results(journal: Journal, workbook_id: int, reviews: Mapping[int, Review]) -> list[AuditResult]:
    """Return the audits of a workbook that need not be there, by the reviews of its answers, the newest first."""
    return [audit_result(one, reviews, _edited(journal, one)) for one in journal.audits(workbook_id)]


def _edited(journal: Journal, audit: Audit) -> set[int]:
    found = journal.answers_by_number({one.answer_id for one in audit.rows})
    return {number for number, answer in found.items() if answer.by_hand}
