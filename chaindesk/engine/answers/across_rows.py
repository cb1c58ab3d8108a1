"""What rules that compare rows find: answers that another row has, too, or of another length than those around."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence

from chaindesk.domain.check_results import CheckedAnswer
from chaindesk.engine.checks.step_checks import AcrossRule

_NEIGHBOURS = 5
"""Answers before and behind a row that its length is compared with."""


def compared(rule: AcrossRule, answers: Sequence[tuple[int, CheckedAnswer]]) -> Iterator[tuple[int, str]]:
    """Yield the numbers of the answers that a rule finds fault with, and what it is, in words.

    Args:
        rule: the rule.
        answers: the answers of all rows with their numbers, in sheet order.
    """
    texts = [(number, rule.text_of(answer)) for number, answer in answers]
    return _repeated(texts) if rule.name == "unique" else _of_odd_length(texts, rule.wanted)


def _repeated(texts: Sequence[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Yield the answers that another row has, too: all of them, for nobody knows which is the right one."""
    by_text: dict[str, list[int]] = {}
    for number, text in texts:
        if said := " ".join(text.casefold().split()):
            by_text.setdefault(said, []).append(number)
    for numbers in by_text.values():
        if len(numbers) > 1:
            others = len(numbers) - 1
            words = f"it is the same as in {others} other row{'' if others == 1 else 's'}"
            yield from ((number, words) for number in numbers)


def _of_odd_length(texts: Sequence[tuple[int, str]], factor: float) -> Iterator[tuple[int, str]]:
    """Yield the answers that are far longer or shorter than those of the rows around them."""
    lengths = [len(text.strip()) for _, text in texts]
    for place, (number, _) in enumerate(texts):
        around = lengths[max(place - _NEIGHBOURS, 0) : place] + lengths[place + 1 : place + 1 + _NEIGHBOURS]
        usual = statistics.median(around) if around else 0
        length = lengths[place]
        if usual and not usual / factor <= length <= usual * factor:
            yield number, f"it has {length} characters, those of the rows around it about {usual:.0f}"
