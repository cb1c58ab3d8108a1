"""What the journal knows of every row of a sheet under a chain: which answers are its own, and what is missing.

Built once when a workbook is opened, then kept up to date answer by answer. It alone claims and releases answers.
"""

from __future__ import annotations

from collections.abc import Mapping

from chaindesk.domain.chains.call_choices import SameRequest
from chaindesk.domain.manifest import Manifest, Row
from chaindesk.domain.records import TRIAL_MARK, Answer, AnswerKind, Failure, RerunNote, RowReview
from chaindesk.domain.row_places import RowPlaces
from chaindesk.domain.row_state import RowState
from chaindesk.domain.status import Review, Status
from chaindesk.engine.answers.answer_pool import AnswerPool
from chaindesk.engine.answers.answer_reader import AnswerReader
from chaindesk.engine.answers.approvals import keep_approved, read_reviews
from chaindesk.engine.answers.first_claims import FirstClaims
from chaindesk.engine.answers.row_checks import RowChecks
from chaindesk.engine.answers.rows.manual_edits import ManualEdits
from chaindesk.engine.answers.rows.note_matching import current_notes
from chaindesk.engine.answers.rows.row_answers import SKIPPED
from chaindesk.engine.answers.rows.row_columns import RowColumns
from chaindesk.engine.answers.rows.row_origins import RowOrigins
from chaindesk.engine.answers.rows.standing_answers import StandingAnswers
from chaindesk.engine.answers.rows.submitted_rows import mark_submitted
from chaindesk.engine.prompting.request_builder import RequestBuilder
from chaindesk.journal.protocol import Journal


class AnswerLedger:
    """What is known of all rows of a sheet, by sheet number.

    Attributes:
        entries: the rows.
        digests: the hash of each row's inputs.
        seconds: how long rows took in the last run that they were done in, where they have answers to be asked for.
        checks: what checks find of the answers.
        steps: the names of the chain's steps.
        standing: the answers that stay a row's own, whatever it asks.
        reader: reads answers from the journal.
    """

    def __init__(self, manifest: Manifest, chain: RequestBuilder, journal: Journal, workbook_id: int) -> None:
        self._chain = chain
        self._journal = journal
        self._workbook_id = workbook_id
        self.steps = tuple(step.step.name for step in chain.steps)
        sharing = {step.step.name for step in chain.steps if step.step.same_request is SameRequest.ONE_ANSWER}
        self._pool = AnswerPool(journal, workbook_id, sharing)
        self.reader = AnswerReader(journal)
        self.digests = manifest.digests()
        self.entries = RowColumns(RowPlaces(manifest.rows), chain.count)
        self.checks = RowChecks(chain, journal, workbook_id, self.entries.flags)
        self.standing = StandingAnswers()
        self._edited_rows: set[int] = set()  # rows that were edited; while one is at work, its later steps may not fit
        origins = RowOrigins(manifest, self.digests, self.entries)
        origins.read(journal.outcomes(workbook_id))
        self._previous_keys, self._uncertain = origins.previous_keys, origins.uncertain
        notes = journal.notes(workbook_id)
        chain.notes = current_notes(manifest.rows, self.digests, self.steps, notes)
        self._withdrawn = {note.asked for note in notes if note.withdrawn}  # what was asked with a note that is gone
        self._claim(manifest)
        self.seconds = origins.seconds_of_unfinished()
        read_reviews(self, manifest.rows, journal.reviews(workbook_id))
        mark_submitted(self, manifest.rows, chain, journal.batch_jobs, workbook_id)

    def _claim(self, manifest: Manifest) -> None:
        """Give the rows the answers that are theirs."""
        asking = []
        for row in manifest.rows:
            if reason := self._chain.blank_reason(row):
                self.entries.set_blank(row.number, reason)
            else:
                asking.append(row)
        found = self._journal.manual_edits(self._workbook_id)
        met = {outcome.row_key for outcome in self._journal.outcomes(self._workbook_id)} if found else ()
        edits = ManualEdits(manifest.rows, self.digests, met, found)
        FirstClaims(self, self._chain, self._pool, edits, self._journal).claim(asking)

    # --- reading -----------------------------------------------------------------------------------------------

    def keep_approved(self, row: Row, approval: RowReview) -> None:
        """Let a row keep the answers that a person approved, though it asks otherwise now."""
        keep_approved(self, self._pool, row, approval, self._withdrawn)

    def unapproved(self, number: int) -> frozenset[int]:
        """Return the outdated steps whose approval was taken back, or became a rejection: the next run asks again."""
        if self.entries.reviews.get(self.standing.approval(number)) is Review.APPROVED:
            return frozenset()
        return self.outdated_approved(number)

    def outdated_approved(self, number: int) -> frozenset[int]:
        """Return the steps whose answer stands only because a person approved it before its prompt changed."""
        outdated = self.entries[number].manual_outdated
        if not outdated:
            return outdated
        return frozenset(index for index in outdated if self.standing.is_approved(number, index))

    def record_review(self, answer: int, review: Review, reason: str = "") -> None:
        """Note a person's word on an answer, and why."""
        self.entries.reviews[answer] = review
        self.entries.reasons[answer] = reason

    def fingerprint(self, index: int, row: Row) -> str:
        """Return what the row asks in this step, "" where that is unknown or nothing; note whether it is skipped."""
        outputs = self.outputs_before(row, index) if self._chain.sources(index) else {}
        if self._skips(index, row, outputs) or not outputs.keys() >= self._chain.dependencies(index):
            return ""
        fingerprint, tokens = self._chain.fingerprint(index, row, outputs)
        self.entries[row.number].put_tokens(index, tokens)
        return fingerprint

    def foresee(self, index: int, row: Row) -> None:
        """Note whether the row skips a step, and how long its call is where outputs decide that; for its plan."""
        if self._chain.sources(index):
            outputs = self.outputs_before(row, index)
            if not self._skips(index, row, outputs) and outputs.keys() >= self._chain.dependencies(index):
                tokens = self._chain.likely_tokens(index, row, outputs, {})
                self.entries[row.number].put_tokens(index, tokens)
        elif self._chain.steps[index].step.run_if is not None:
            self._skips(index, row, {})

    def _skips(self, index: int, row: Row, outputs: Mapping[str, str]) -> bool:
        """Return whether it is known that the row skips a step, and note that."""
        condition = self._chain.steps[index].step.run_if
        if condition is None or (condition.column is None and not outputs.keys() >= self._chain.dependencies(index)):
            return False
        if self._chain.should_run(index, row, outputs):
            return False
        self.entries[row.number].put_answer(index, SKIPPED)
        return True

    def state(self, number: int) -> RowState:
        """Return a row as it is shown."""
        return self.entries[number].state(self.steps)

    def is_manual(self, number: int, index: int) -> bool:
        """Return whether a row's answer to a step is a person's text, which no run replaces unasked."""
        written = self.standing.is_written(number, index)
        return written and self.standing.answer(number, index) == self.entries[number].answer(index)

    def ignore_manual(self, row: Row, index: int) -> None:
        """Let a step be asked as though nobody had written, approved or noted anything: for a trial.

        An answer to what the row asks now is still claimed.
        """
        self.standing.forget(row.number, index)
        self._chain.notes.pop((row.number, index), None)
        self.replan(row, index)

    def is_certain(self, row: Row) -> bool:
        """Return whether a row is certainly the one that its answers were paid for."""
        return row.number not in self._uncertain

    def manual_fingerprint(self, row: Row, index: int) -> str:
        """Under what a person's text is kept where this row's step was never answered."""
        return AnswerKind.MANUAL.fingerprint(self.fingerprint(index, row), self.digests[row.number])

    def known_as(self, row: Row) -> str | None:
        """Return the key under which earlier runs knew a row, or None where that is its own."""
        return self._previous_keys.get(row.number)

    def previous_key(self, row: Row) -> str:
        """Return the key under which a row was known before it had moved; "" where its own key was another row's."""
        return self._previous_keys.get(row.number, row.key)

    def history(self, row: Row) -> list[Answer]:
        """Return every answer that was paid for under this row's keys, then and now, the newest first."""
        keys = dict.fromkeys([self.previous_key(row), f"{row.key}{TRIAL_MARK}"])
        for number in self.entries[row.number].answers:
            if (answer := self.answer(number)) is not None:
                keys[answer.row_key] = None
        found = [answer for key in keys if key for answer in self._journal.history(self._workbook_id, key)]
        own = [answer for answer in found if answer.id not in self._pool.tried or answer.row_key == row.key]
        return sorted(own, key=lambda answer: answer.id, reverse=True)

    def use_tried(self, row: Row) -> list[Answer]:
        """Take the answers of trials that a row has for its own: a person has approved them. Return them."""
        held = [self.answer(number) for number in self.entries[row.number].answers]
        used = [answer for answer in held if answer is not None and answer.id in self._pool.tried]
        self._pool.tried.difference_update(answer.id for answer in used)
        return used

    def notes_of(self, row: Row, index: int) -> list[RerunNote]:
        """Return every note on a row's answers to a step, the oldest first, those taken back included."""
        keys = {row.key, self.previous_key(row)}
        known = self._journal.notes(self._workbook_id)
        return [note for note in known if note.row_key in keys and note.step == self.steps[index]]

    def outputs_before(self, row: Row, index: int) -> dict[str, str]:
        """Return the outputs that a step uses, as far as they are there."""
        outputs: dict[str, str] = {}
        entry = self.entries[row.number]
        for earlier in self._chain.sources(index):
            number = entry.answer(earlier)
            if number is not None:
                outputs |= self._chain.outputs(earlier, self.answer(number))
        return outputs

    # --- keeping up to date ------------------------------------------------------------------------------------

    def reuse(self, row: Row, index: int, fingerprint: str) -> Answer | None:
        """Return the answer that a running row reuses instead of a call, now that its request is known."""
        entry = self.entries[row.number]
        before = entry.answer(index)
        if before is None and not self.standing and not self._pool.has(self.steps[index]):
            return None
        answer = self._fit(row, index, self.answer(before), fingerprint, claim=True)
        if entry.answer(index) != before:
            entry.recount(map(self.answer, entry.answers))
        return answer

    def shared_answer(self, index: int, fingerprint: str) -> Answer | None:
        """Return an answer to the same request, whichever row has it, where the step gives one answer to all."""
        return self.answer(self._pool.shared.get((self.steps[index], fingerprint)))

    def reuse_for_approved(self, row: Row, index: int, fingerprint: str) -> Answer | None:
        """Return the answer that nobody has for a step whose approved answer is asked again: it was tried before."""
        answer = self.answer(self._pool.claim(self.steps[index], self.previous_key(row), fingerprint))
        if answer is not None:
            self.record_answer(row, index, answer)
            self.entries[row.number].recount(map(self.answer, self.entries[row.number].answers))
        return answer

    def record_answer(self, row: Row, index: int, answer: Answer) -> None:
        """Note a new answer; later ones that do not fit it go."""
        entry = self.entries[row.number]
        before = self.answer(entry.answer(index))
        if before is not None:
            self._pool.release(before)
        if self.standing:
            self.standing.forget(row.number, index)
            self.standing.drop_approved(row.number)
        entry.set_answer(index, answer, outdated=False)
        entry.add(answer)
        self._pool.share(answer.step, answer.fingerprint, answer.id)
        if before is not None or entry.has_behind(index):
            self.replan(row, index + 1, claim=False)

    def record_skip(self, row: Row, index: int) -> None:
        """Note that a step's condition does not hold."""
        entry = self.entries[row.number]
        before = self.answer(entry.answer(index))
        entry.put_answer(index, SKIPPED)
        if before is not None:
            self._pool.release(before)
            entry.recount(map(self.answer, entry.answers))

    def record_outcome(self, row: Row, status: Status, failure: Failure | None) -> None:
        """Note how a row ended in a run."""
        entry = self.entries[row.number]
        self._previous_keys.pop(row.number, None)
        self._uncertain.discard(row.number)
        if status is Status.SUBMITTED:
            entry.submitted = self.steps[entry.answers.index(None)] if None in entry.answers else ""
        else:
            entry.set_outcome(status, failure)
            entry.submitted = ""
        if row.number in self._edited_rows:
            self._edited_rows.discard(row.number)
            self.replan(row)
        elif not entry.calls:
            entry.stale = False

    def record_edit(self, row: Row, index: int, answer_id: int, text: str | None) -> None:
        """Note a person's text of an answer, the row's own or one that was stale; None took it back."""
        if text is not None:
            self.standing.write(row.number, index, answer_id)
        else:
            self.standing.take_back(row.number, index, answer_id)
        answers = list(self.entries[row.number].answers)
        answers[index] = answer_id
        self.checks.forget(index, answers)
        self._edited_rows.add(row.number)
        self.replan(row)

    def record_note(self, row: Row, index: int, current: RerunNote | None, changed: RerunNote) -> None:
        """Note that a note was made or taken back, and which one the step asks with from now on; None: with none."""
        cell = (row.number, index)
        self._withdrawn -= {changed.asked}
        self.standing.forget(row.number, index)
        self._chain.notes.pop(cell, None)
        if current is not None:
            self._chain.notes[cell] = current
        if changed.withdrawn:  # a person's text that the note was about stands again
            self._withdrawn |= {changed.asked}
            own = (one for one in self.history(row) if one.step == changed.step and one.edited_text == changed.answer)
            if (answer := next(own, None)) is not None:
                self.standing.write(row.number, index, answer.id)
        self.standing.drop_approved(row.number)
        self._edited_rows.add(row.number)
        self.replan(row)

    def replan(self, row: Row, first: int = 0, *, claim: bool = True) -> None:
        """Match the row with answers again, from a step on; without ``claim``, only release those that do not fit."""
        entry = self.entries[row.number]
        before = [self.answer(number) for number in entry.answers[first:]]
        for index in range(first, first + len(before)):
            entry.put_answer(index, None)
        for index, held in enumerate(before, first):
            fingerprint = self.fingerprint(index, row)
            if entry.answer(index) is None:
                self._fit(row, index, held, fingerprint, claim=claim)
            elif held is not None:
                self._pool.release(held)  # the step is skipped now
        entry.recount(map(self.answer, entry.answers))
        missing = {self.steps[index] for index, number in enumerate(entry.answers) if number is None}
        entry.stale = bool(missing) and any(
            answer.step in missing and answer.kind is AnswerKind.USABLE for answer in self.history(row)
        )

    def _fit(self, row: Row, index: int, held: Answer | None, fingerprint: str, *, claim: bool) -> Answer | None:
        """Give the row a person's text that stands, else what it has if that fits, else what nobody has."""
        entry = self.entries[row.number]
        manual = self._manual_answer(row, index, held)
        if manual is not None and (held is None or held.id != manual.id):
            if held is not None:
                self._pool.release(held)
            held = manual
        outdated = held is not None and not held.fits(fingerprint)
        if held is not None and outdated and manual is None:
            self._pool.release(held)
            held = None
        if held is None and claim and fingerprint:
            held = self.answer(self._pool.claim(self.steps[index], self.previous_key(row), fingerprint))
            outdated = False
        if held is None:
            entry.put_answer(index, None)
            entry.set_outdated(index, False)
        else:
            entry.set_answer(index, held, outdated=outdated)
        return held

    def _manual_answer(self, row: Row, index: int, held: Answer | None) -> Answer | None:
        """Return the answer that shows a person's text of this cell, claimed for the row where nobody had it."""
        answer = self.answer(self.standing.answer(row.number, index))
        if answer is None or (answer.edited_text is None and not self.standing.is_approved(row.number, index)):
            return None
        if held is not None and held.id == answer.id:
            return held
        claimed = self._pool.claim_answer(answer.id, answer.step, answer.fingerprint)
        return answer if claimed else None

    def answer(self, number: int | None) -> Answer | None:
        """Return the answer of that number in the journal, or None."""
        return self.reader.answer(number)
