"""How the checks and judges of a past run agree with what people said of its answers, from the journal alone.

The workbook need not be there, so checks that compare with its cells are left out; ``show`` has them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.chains.checks import Check
from chaindesk.domain.check_results import CheckedAnswer, Verdict
from chaindesk.domain.records import Answer, AnswerKind, RowReview
from chaindesk.domain.status import Review
from chaindesk.engine.checks.step_checks import StepChecks
from chaindesk.engine.quality.agreement import CheckAgreement, agreement_of

_OF_CELLS = frozenset({"not_equal_to", "numbers_from", "quoted_from"})
_JUDGE_WORDS = "judge: "


class RunAgreement:
    """Compares the checks of a run's chain with the reviews of its answers."""

    def __init__(self, definition: str, reviews: Mapping[int, RowReview], verdicts: Mapping[int, Verdict]) -> None:
        """Begin with the chain as JSON, and what people and checks said of answers, by their numbers."""
        self._reviews, self._verdicts = reviews, verdicts
        self._keys = {one.row_key for one in reviews.values()}
        self._answers: dict[int, list[Answer]] = defaultdict(list)
        try:
            steps = Chain.model_validate_json(definition).steps if reviews else []
        except ValueError:  # of an older version
            steps = []
        self._steps = {step.name: StepChecks(step, ()) for step in steps if step.checks}

    def add(self, answer: Answer) -> None:
        """Note an answer of the run; only those of reviewed rows are kept."""
        if self._steps and answer.row_key in self._keys and answer.kind is AnswerKind.USABLE:
            self._answers[answer.row_number].append(answer)

    def found(self) -> tuple[CheckAgreement, ...]:
        """Return how each check that was heard agrees with people, in the order of the chain."""
        said: dict[tuple[str, int], list[tuple[bool, bool]]] = defaultdict(list)
        for answers in self._answers.values():
            review = next((self._reviews[one.id].review for one in reversed(answers) if one.id in self._reviews), None)
            if review is None:
                continue
            edited = any(one.by_hand for one in answers)
            for answer in answers:
                written_over = answer.by_hand if edited else review is Review.EDITED
                for place, flagged in self._heard(answer):
                    said[answer.step, place].append((flagged, review is not Review.REJECTED and not written_over))
        return tuple(
            agreement_of(name, check, said[name, place])
            for name, checks in self._steps.items()
            for place, check in enumerate(checks.step.checks)
            if said[name, place]
        )

    def _heard(self, answer: Answer) -> Iterator[tuple[int, bool]]:
        """Yield whether each check flags what the model wrote, by the check's place among those of the step."""
        if (checks := self._steps.get(answer.step)) is None:
            return
        places = {id(check): place for place, check in enumerate(checks.step.checks)}
        for check, wrong in checks.each(CheckedAnswer(answer.text, answer.fields)):
            if not _compares_with_cells(check):
                yield places[id(check)], bool(wrong)
        verdict = self._verdicts.get(answer.id)
        if len(checks.judges) != 1 or verdict is None or answer.by_hand:
            return
        flagged = any(words.startswith(_JUDGE_WORDS) for words in verdict.failed)
        if flagged or not verdict.failed:  # else it was not asked
            yield places[id(checks.judges[0])], flagged


def _compares_with_cells(check: Check) -> bool:
    return any(name in _OF_CELLS for name, _ in check.rules())
