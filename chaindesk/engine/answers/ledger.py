"""What the journal knows of every row of a sheet under a chain: which answers are its own, and what is missing.

Built once when a workbook is opened, then kept up to date answer by answer. It alone claims and releases answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from chaindesk.domain.call_choices import SameRequest
from chaindesk.domain.chain import STATUS_HEADER
from chaindesk.domain.manifest import Manifest, Row
from chaindesk.domain.records import TRIAL_MARK, Answer, AnswerKind, Failure, RerunNote, RowOutcome
from chaindesk.domain.row_state import RowState
from chaindesk.domain.status import Review, Status
from chaindesk.engine.answers.answer_pool import AnswerPool
from chaindesk.engine.answers.answer_reader import AnswerReader
from chaindesk.engine.answers.manual_edits import ManualEdits, is_superseded
from chaindesk.engine.answers.note_matching import current_notes
from chaindesk.engine.answers.row_answers import SKIPPED, RowAnswers
from chaindesk.engine.answers.row_checks import RowChecks
from chaindesk.engine.answers.row_matching import match_rows, statuses_in_sheet
from chaindesk.engine.answers.standing_answers import StandingAnswers
from chaindesk.engine.answers.submitted_rows import mark_submitted
from chaindesk.engine.prompting.request_builder import RequestBuilder
from chaindesk.journal.protocol import Journal

_Claim = tuple[Row, int | None, tuple[str, str]]
"""A row, the answer that it has claimed for a step, its key and what it asks there."""


class AnswerLedger:
    """The entries of all rows of a sheet, by sheet number.

    Attributes:
        entries: by sheet number.
        digests: the hash of each row's inputs, by sheet number.
        seconds: how long rows took in the last run that they were done in, by sheet number.
        checks: what checks find of its answers.
    """

    def __init__(self, manifest: Manifest, chain: RequestBuilder, journal: Journal, workbook_id: int) -> None:
        self._chain = chain
        self._journal = journal
        self._workbook_id = workbook_id
        self._steps = tuple(step.step.name for step in chain.steps)
        sharing = {step.step.name for step in chain.steps if step.step.same_request is SameRequest.ONE_ANSWER}
        self._pool = AnswerPool(journal, workbook_id, sharing)
        self._reader = AnswerReader(journal)
        self.digests = manifest.digests()
        self._reviews: dict[int, Review] = {}
        self._reasons: dict[int, str] = {}
        flags: dict[int, tuple[str, ...]] = {}
        self.checks = RowChecks(chain, journal, workbook_id, flags)
        self.entries = {
            row.number: RowAnswers(
                [None] * chain.count,
                [0] * chain.count,
                chain.blank_reason(row),
                reviews=self._reviews,
                reasons=self._reasons,
                flags_of=flags,
            )
            for row in manifest.rows
        }
        self._previous_keys: dict[int, str] = {}  # the key that a row had before, where it is not the one it has now
        self._edited_rows: set[int] = set()  # rows that were edited; while one is at work, its later steps may not fit
        self._standing = StandingAnswers()
        known = _of_rows(manifest.rows, journal.outcomes(workbook_id))
        outcomes = match_rows(manifest.rows, self.digests, known)
        self._read_outcomes(manifest, outcomes)
        met = {outcome.row_key for outcome in known}
        notes = journal.notes(workbook_id)
        chain.notes = current_notes(manifest.rows, self.digests, self._steps, notes)
        self._withdrawn = {note.asked for note in notes if note.withdrawn}  # what was asked with a note that is gone
        self._edits = ManualEdits(manifest.rows, self.digests, met, journal.manual_edits(workbook_id))
        self._claim_steps([row for row in manifest.rows if not self.entries[row.number].blank_reason])
        self._read_reviews(manifest)
        mark_submitted(self, manifest.rows, chain, journal.batch_jobs, workbook_id)

    # --- building ----------------------------------------------------------------------------------------------

    def _read_outcomes(self, manifest: Manifest, outcomes: Mapping[int, RowOutcome]) -> None:
        self._uncertain: set[int] = set()  # known by no ID of their own, and their inputs are others
        self.seconds = {number: one.seconds for number, one in outcomes.items() if one.status is Status.DONE}
        gone = set()
        for number, outcome in outcomes.items():
            entry = self.entries[number]
            entry.was_run, entry.status, entry.failure = True, outcome.status, outcome.failure
            gone.add(outcome.row_key)
        for row in manifest.rows:
            origin = outcomes.get(row.number)
            if origin is not None and not row.named and origin.digest != self.digests[row.number]:
                self._uncertain.add(row.number)
            if origin is not None and origin.row_key != row.key:
                self._previous_keys[row.number] = origin.row_key
            elif origin is None and row.key in gone:
                self._previous_keys[row.number] = ""  # whoever had this key is another row now
        if not outcomes:
            for number, status in statuses_in_sheet(manifest, STATUS_HEADER).items():
                self.entries[number].status = status

    def _read_reviews(self, manifest: Manifest) -> None:
        named, unnamed = [], []
        for review in self._journal.reviews(self._workbook_id):
            if review.answer_id:
                self.record_review(review.answer_id, review.review, review.reason)
                named.append(review)
            else:
                unnamed.append(review)
        for number, review in match_rows(manifest.rows, self.digests, unnamed).items():
            if review.digest == self.digests[number] and (last := self.entries[number].last_answer):
                self._reviews.setdefault(last, review.review)
        rows = {row.number: row for row in manifest.rows}
        for number, review in match_rows(manifest.rows, self.digests, named).items():
            same = rows[number].named or review.digest == self.digests[number]
            if same and review.review is Review.APPROVED:
                self.keep_approved(rows[number], review.answer_id)

    def keep_approved(self, row: Row, approved: int) -> None:
        """Let a row keep the answers that a person approved, though it asks otherwise now.

        Not where a newer answer has taken their place, or where one is missing besides. A trial's answer takes no place
        before a run uses it.
        """
        entry = self.entries[row.number]
        if not entry.calls and entry.last_answer == approved:
            return
        newest: dict[str, Answer] = {}
        for answer in self.history(row):
            usable = answer.kind is AnswerKind.USABLE and answer.id not in self._pool.tried
            if usable and answer.request not in self._withdrawn:
                newest.setdefault(answer.step, answer)
        if approved not in {answer.id for answer in newest.values()}:
            return
        if any(number is None and step not in newest for number, step in zip(entry.answers, self._steps, strict=True)):
            return
        kept = {
            index: newest[step]
            for index, step in enumerate(self._steps)
            if entry.answers[index] != SKIPPED
            and self._standing.answer(row.number, index) is None
            and step in newest
            and newest[step].id != entry.answers[index]
        }
        if not all(self._pool.claim_answer(answer.id, answer.step, answer.fingerprint) for answer in kept.values()):
            return
        for index, answer in kept.items():
            if (before := self.answer(entry.answers[index])) is not None:
                self._pool.release(before)
            entry.set_answer(index, answer, outdated=True)
        self._standing.approve(row.number, approved, {index: answer.id for index, answer in kept.items()})
        entry.recount(map(self.answer, entry.answers))
        entry.stale = False

    def unapproved(self, number: int) -> frozenset[int]:
        """Return the outdated steps whose approval was taken back, or became a rejection: the next run asks again."""
        if self._reviews.get(self._standing.approval(number)) is Review.APPROVED:
            return frozenset()
        return self.outdated_approved(number)

    def outdated_approved(self, number: int) -> frozenset[int]:
        """Return the steps whose answer stands only because a person approved it before its prompt changed."""
        outdated = self.entries[number].manual_outdated
        if not outdated:
            return outdated
        return frozenset(index for index in outdated if self._standing.is_approved(number, index))

    def record_review(self, answer: int, review: Review, reason: str = "") -> None:
        """Note a person's word on an answer, and why."""
        self._reviews[answer] = review
        self._reasons[answer] = reason

    def _claim_steps(self, rows: Sequence[Row]) -> None:
        """Give rows the answers that they ask for, step by step, reading each answer once as far as can be."""
        wanted = [(self.previous_key(row), self._fingerprint(0, row)) for row in rows]
        for index in range(self._chain.count):
            wanted = self._claim_step(index, rows, wanted)

    def _claim_step(self, index: int, rows: Sequence[Row], wanted: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        """Claim the answers to one step for all rows.

        Args:
            index: of the step.
            rows: those that ask anything.
            wanted: for each row its key and the fingerprint of what it asks in this step.

        Returns:
            The same for the next step, found while the answers to this one are at hand; nothing after the last.
        """
        step, following = self._steps[index], index + 1
        claimed = self._claim_edits(index, rows, wanted)
        left = self._pool.claim_all(step, wanted, claimed)
        is_last = following == self._chain.count
        if is_last and not left and not any(claimed):
            return []
        sources = () if is_last else self._chain.sources(following)
        needed: Callable[[_Claim], Iterable[int | None]] = lambda claim: (  # noqa: E731
            claim[1],
            *(self.entries[claim[0].number].answers[earlier] for earlier in sources),
        )
        asked = []
        for row, number, (key, fingerprint) in self._reader.sweep(zip(rows, claimed, wanted, strict=True), needed):
            entry = self.entries[row.number]
            answer = self.answer(number)
            if answer is not None:
                entry.set_answer(index, answer, outdated=not answer.fits(fingerprint))
                entry.add(answer)
            elif entry.answers[index] is None:
                entry.stale = entry.stale or key in left
            if not is_last:
                asked.append((key, self._fingerprint(following, row)))
        return asked

    def _claim_edits(self, index: int, rows: Sequence[Row], wanted: Sequence[tuple[str, str]]) -> list[int | None]:
        """Read the answers to a step, and claim the edited ones for their own rows before others claim their like."""
        step = self._steps[index]
        edits = self._edits.by_row(step)
        keys = {
            row.number: {row.key, edits[row.number].row_key, key}
            for row, (key, _) in (zip(rows, wanted, strict=True) if edits else ())
            if row.number in edits
        }
        paid = self._pool.read(step, set().union(*keys.values()))
        claimed: list[int | None] = [None] * len(rows)
        for position, row in enumerate(rows) if edits else ():
            edit = edits.get(row.number)
            if edit is None or self.entries[row.number].answers[index] == SKIPPED:
                continue
            later = sorted(n for key in keys[row.number] for n in paid.get(key, ()) if n > edit.answer_id)
            digest, request = self.digests[row.number], wanted[position][1]
            note = self._chain.notes.get((row.number, index))
            noted = note is not None and note.asked == request and edit.edited_at < note.made_at
            superseded = noted or is_superseded(edit, row, digest, request, later, self._journal)
            if not superseded and self._pool.claim_answer(edit.answer_id, step, edit.fingerprint):
                claimed[position] = edit.answer_id
                self._standing.write(row.number, index, edit.answer_id)
        return claimed

    def _fingerprint(self, index: int, row: Row) -> str:
        """Return what the row asks in this step, "" where that is unknown or nothing; store the tokens of a call."""
        entry = self.entries[row.number]
        outputs = self.outputs_before(row, index) if self._chain.sources(index) else {}
        condition = self._chain.steps[index].step.run_if
        known = outputs.keys() >= self._chain.dependencies(index)
        if (known or (condition is not None and condition.column is not None)) and not self._chain.should_run(
            index, row, outputs
        ):
            entry.answers[index] = SKIPPED
            return ""
        if not known:
            return ""
        fingerprint, entry.tokens[index] = self._chain.fingerprint(index, row, outputs)
        return fingerprint

    # --- reading -----------------------------------------------------------------------------------------------

    def state(self, number: int) -> RowState:
        """Return a row as it is shown."""
        return self.entries[number].state(self._steps)

    def is_manual(self, number: int, index: int) -> bool:
        """Return whether a row's answer to a step is a person's text, which no run replaces unasked."""
        written = self._standing.is_written(number, index)
        return written and self._standing.answer(number, index) == self.entries[number].answers[index]

    def ignore_manual(self, row: Row, index: int) -> None:
        """Let a step be asked as though nobody had written, approved or noted anything: for a trial.

        An answer to what the row asks now is still claimed.
        """
        self._standing.forget(row.number, index)
        self._chain.notes.pop((row.number, index), None)
        self.replan(row, index)

    def is_certain(self, row: Row) -> bool:
        """Return whether a row is certainly the one that its answers were paid for."""
        return row.number not in self._uncertain

    def manual_fingerprint(self, row: Row, index: int) -> str:
        """Under what a person's text is kept where this row's step was never answered."""
        return AnswerKind.MANUAL.fingerprint(self._fingerprint(index, row), self.digests[row.number])

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
        return [note for note in known if note.row_key in keys and note.step == self._steps[index]]

    def outputs_before(self, row: Row, index: int) -> dict[str, str]:
        """Return the outputs that a step uses, as far as they are there."""
        outputs: dict[str, str] = {}
        answers = self.entries[row.number].answers
        for earlier in self._chain.sources(index):
            number = answers[earlier]
            if number is not None:
                outputs |= self._chain.outputs(earlier, self.answer(number))
        return outputs

    # --- keeping up to date ------------------------------------------------------------------------------------

    def reuse(self, row: Row, index: int, fingerprint: str) -> Answer | None:
        """Return the answer that a running row reuses instead of a call, now that its request is known."""
        entry = self.entries[row.number]
        before = entry.answers[index]
        answer = self._fit(row, index, self.answer(before), fingerprint, claim=True)
        if entry.answers[index] != before:
            entry.recount(map(self.answer, entry.answers))
        return answer

    def shared_answer(self, index: int, fingerprint: str) -> Answer | None:
        """Return an answer to the same request, whichever row has it, where the step gives one answer to all."""
        return self.answer(self._pool.shared.get((self._steps[index], fingerprint)))

    def reuse_for_approved(self, row: Row, index: int, fingerprint: str) -> Answer | None:
        """Return the answer that nobody has for a step whose approved answer is asked again: it was tried before."""
        answer = self.answer(self._pool.claim(self._steps[index], self.previous_key(row), fingerprint))
        if answer is not None:
            self.record_answer(row, index, answer)
            self.entries[row.number].recount(map(self.answer, self.entries[row.number].answers))
        return answer

    def record_answer(self, row: Row, index: int, answer: Answer) -> None:
        """Note a new answer; later ones that do not fit it go."""
        entry = self.entries[row.number]
        before = self.answer(entry.answers[index])
        if before is not None:
            self._pool.release(before)
        self._standing.forget(row.number, index)
        self._standing.drop_approved(row.number)
        entry.set_answer(index, answer, outdated=False)
        entry.add(answer)
        self._pool.share(answer.step, answer.fingerprint, answer.id)
        if before is not None or any(entry.answers[index + 1 :]):
            self.replan(row, index + 1, claim=False)

    def record_skip(self, row: Row, index: int) -> None:
        """Note that a step's condition does not hold."""
        entry = self.entries[row.number]
        before, entry.answers[index] = self.answer(entry.answers[index]), SKIPPED
        if before is not None:
            self._pool.release(before)
            entry.recount(map(self.answer, entry.answers))

    def record_outcome(self, row: Row, status: Status, failure: Failure | None) -> None:
        """Note how a row ended in a run."""
        entry = self.entries[row.number]
        self._previous_keys.pop(row.number, None)
        self._uncertain.discard(row.number)
        if status is Status.SUBMITTED:
            entry.submitted = self._steps[entry.answers.index(None)] if None in entry.answers else ""
        else:
            entry.was_run, entry.status, entry.failure, entry.submitted = True, status, failure, ""
        if row.number in self._edited_rows:
            self._edited_rows.discard(row.number)
            self.replan(row)
        elif not entry.calls:
            entry.stale = False

    def record_edit(self, row: Row, index: int, answer_id: int, text: str | None) -> None:
        """Note a person's text of an answer, the row's own or one that was stale; None took it back."""
        if text is not None:
            self._standing.write(row.number, index, answer_id)
        else:
            self._standing.take_back(row.number, index, answer_id)
        self.checks.forget(answer_id)
        self._edited_rows.add(row.number)
        self.replan(row)

    def record_note(self, row: Row, index: int, current: RerunNote | None, changed: RerunNote) -> None:
        """Note that a note was made or taken back, and which one the step asks with from now on; None: with none."""
        cell = (row.number, index)
        self._withdrawn -= {changed.asked}
        self._standing.forget(row.number, index)
        self._chain.notes.pop(cell, None)
        if current is not None:
            self._chain.notes[cell] = current
        if changed.withdrawn:  # a person's text that the note was about stands again
            self._withdrawn |= {changed.asked}
            own = (one for one in self.history(row) if one.step == changed.step and one.edited_text == changed.answer)
            if (answer := next(own, None)) is not None:
                self._standing.write(row.number, index, answer.id)
        self._standing.drop_approved(row.number)
        self._edited_rows.add(row.number)
        self.replan(row)

    def replan(self, row: Row, first: int = 0, *, claim: bool = True) -> None:
        """Match the row with answers again, from a step on; without ``claim``, only release those that do not fit."""
        entry = self.entries[row.number]
        before = [self.answer(number) for number in entry.answers[first:]]
        entry.answers[first:], entry.tokens[first:] = [None] * len(before), [0] * len(before)
        for index, held in enumerate(before, first):
            fingerprint = self._fingerprint(index, row)
            if entry.answers[index] is None:
                self._fit(row, index, held, fingerprint, claim=claim)
            elif held is not None:
                self._pool.release(held)  # the step is skipped now
        entry.recount(map(self.answer, entry.answers))
        missing = {self._steps[index] for index, number in enumerate(entry.answers) if number is None}
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
            held = self.answer(self._pool.claim(self._steps[index], self.previous_key(row), fingerprint))
            outdated = False
        entry.answers[index] = None
        if held is None:
            entry.manual_outdated = entry.manual_outdated - {index}
        else:
            entry.set_answer(index, held, outdated=outdated)
        return held

    def _manual_answer(self, row: Row, index: int, held: Answer | None) -> Answer | None:
        """Return the answer that shows a person's text of this cell, claimed for the row where nobody had it."""
        answer = self.answer(self._standing.answer(row.number, index))
        if answer is None or (answer.edited_text is None and not self._standing.is_approved(row.number, index)):
            return None
        if held is not None and held.id == answer.id:
            return held
        claimed = self._pool.claim_answer(answer.id, answer.step, answer.fingerprint)
        return answer if claimed else None

    def answer(self, number: int | None) -> Answer | None:
        """Return the answer of that number in the journal, or None."""
        return self._reader.answer(number)


def _of_rows(rows: Sequence[Row], outcomes: Iterable[RowOutcome]) -> list[RowOutcome]:
    """Leave out how trials of these rows ended: a row that was tried has not moved."""
    keys = {row.key for row in rows}
    return [outcome for outcome in outcomes if not outcome.row_key.endswith(TRIAL_MARK) or outcome.row_key in keys]
