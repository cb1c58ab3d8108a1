"""Which rows ask the very same thing, before anything is asked: by what their prompts are made of."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Hashable, Sequence
from itertools import islice

from chaindesk.domain.chains.call_choices import SameRequest
from chaindesk.domain.chains.chain import Step
from chaindesk.domain.manifest import Notice, Row
from chaindesk.engine.answers.ledger import AnswerLedger
from chaindesk.engine.planning.plan import Plan
from chaindesk.engine.prompting.request_builder import RequestBuilder
from chaindesk.formatting import count

_MOST_ROWS = 20_000  # that are looked at for a hint
_MIN_SAVED_CALLS = 10
_MIN_SAVED_SHARE = 0.1
_VARIETY = re.compile(
    r"\b(?:random(?:ly)?|var(?:y|ied|iety|iations?)|different each|creative(?:ly)?|brainstorm|unique|invent)\b",
    re.IGNORECASE,
)


def shares(step: Step) -> bool:
    """Return whether rows that ask a step the same share one call."""
    return step.same_request is SameRequest.ONE_ANSWER


def distinct_rows(
    chain: RequestBuilder, ledger: AnswerLedger, missing: Sequence[Sequence[Row]], rerun: Collection[int] = ()
) -> list[Sequence[Row]]:
    """Return the rows of each step that will make its call, where others share it.

    Args:
        chain: what is said for a row.
        ledger: what the journal knows of every row.
        missing: for each step, the rows that have no answer.
        rerun: the indexes of steps that are paid for again, whatever other rows have.
    """
    found: list[Sequence[Row]] = list(missing)
    if not any(shares(step.step) for step in chain.steps):
        return found
    keys = _Keys(chain, ledger, lambda index: shares(chain.steps[index].step), exact=True)
    for index, rows in enumerate(missing):
        if shares(chain.steps[index].step):
            first: dict[Hashable, Row] = {}
            for row in rows:
                key = keys.of(index, row)
                if index in rerun or not (isinstance(key, str) and ledger.shared_answer(index, key)):
                    first.setdefault(key, row)
            found[index] = list(first.values())
    return found


def sharing_hints(chain: RequestBuilder, ledger: AnswerLedger, plan: Plan) -> list[Notice]:
    """Return where one answer for rows that ask the same would save calls, and is not asked for."""
    keys = _Keys(chain, ledger, lambda index: True, exact=False)
    hints = []
    differing: dict[int, list[Row]] = {}  # by step: its rows, where no two of them ask it the same
    for index, step in enumerate(chain.steps):
        if shares(step.step) or step.step.checks or step.step.votes > 1 or _asks_variety(step.step):
            continue
        asking = (
            planned.row for planned in plan.rows if planned.work.answers[index] is None and not planned.work.skipped
        )
        rows = list(islice(asking, _MOST_ROWS))
        if any(differing.get(source) == rows for source in chain.sources(index)):  # so do they in what follows from it
            differing[index] = rows
            continue
        different = len({keys.of(index, row) for row in rows})
        saved = len(rows) - different
        if not saved:
            differing[index] = rows
        of = "the first " if len(rows) == _MOST_ROWS else ""
        if saved >= _MIN_SAVED_CALLS and saved >= _MIN_SAVED_SHARE * len(rows):
            asked = f"{of}{count(len(rows), 'row')} ask {count(different, 'different question')}"
            gain = f"Write same_request: one_answer in this step, and {count(saved, 'call')} need not be made."
            hints.append(Notice(f"Step {step.step.name}: {asked}. {gain}"))
    return hints


class _Keys:
    """By what requests are told apart: the fingerprint where it is known, else a number for what prompts are made of.

    Args:
        chain: what is said for a row.
        ledger: what the journal knows of every row.
        is_shared: returns whether rows that ask a step the same count as one there.
        exact: whether the fingerprint is wanted of prompts, too, that cells alone decide.
    """

    def __init__(
        self, chain: RequestBuilder, ledger: AnswerLedger, is_shared: Callable[[int], bool], *, exact: bool
    ) -> None:
        self._chain = chain
        self._ledger = ledger
        self._is_shared = is_shared
        self._exact = exact
        self._columns = [sorted(chain.columns(index)) for index in range(chain.count)]
        self._numbers: dict[Hashable, int] = {}
        self._found: dict[tuple[int, int], Hashable] = {}

    def of(self, index: int, row: Row) -> Hashable:
        """Return it for one row."""
        known = self._found.get((index, row.number))
        if known is None:
            known = self._found[index, row.number] = self._key(index, row)
        return known

    def _key(self, index: int, row: Row) -> Hashable:
        sources = self._chain.sources(index)
        if sources or self._exact:
            outputs = self._ledger.outputs_before(row, index)
            if outputs.keys() >= self._chain.dependencies(index):
                return self._chain.fingerprint(index, row, outputs)[0]
        values = row.values
        cells = tuple([values.get(name, "") for name in self._columns[index]])
        before = tuple([self.of(one, row) if self._is_shared(one) else row.number for one in sources])
        key = (index, cells, before)
        return self._numbers.setdefault(key, len(self._numbers))


def _asks_variety(step: Step) -> bool:
    """Return whether a step wants its answers to differ: by its temperature, or in words."""
    return bool(step.temperature) or _VARIETY.search(f"{step.system}\n{step.prompt}") is not None
