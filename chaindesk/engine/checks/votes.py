"""Which of several answers to the same request counts, and how far the others agree with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chaindesk.domain.chains.answer_fields import AnswerField, FieldType, FieldValue, folded_text

Fields = Mapping[str, FieldValue]


def elect(votes: Sequence[Fields], specs: Mapping[str, AnswerField]) -> tuple[int, float]:
    """Return the place of the vote that the others agree with most, and the share of votes that agree with it in all.

    Free texts are compared only where a step has no other fields: models hardly ever choose the same words twice. Of
    votes with equal support the first counts. A whole answer is chosen, never a mixture that nobody gave.
    """
    typed = [name for name, spec in specs.items() if spec.type is not FieldType.STRING] or list(specs)
    folded = [tuple(_folded(vote.get(name)) for name in typed) for vote in votes]
    support = [sum(one == other for vote in folded for one, other in zip(mine, vote, strict=True)) for mine in folded]
    chosen = max(range(len(votes)), key=lambda place: (support[place], -place))
    return chosen, sum(vote == folded[chosen] for vote in folded) / len(votes)


def _folded(value: FieldValue) -> object:
    if isinstance(value, str):
        return folded_text(value)
    return frozenset(map(folded_text, value)) if isinstance(value, (tuple, list)) else value
