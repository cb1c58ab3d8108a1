"""Approved answers as examples: which are shown to a row, by how many words its inputs share with theirs.

No model and no index on disk: an overlap of words, in which a rare word counts more than a common one, finds what is
alike well enough among some thousands, in a millisecond.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from chaindesk.domain.chains.step_examples import Examples
from chaindesk.domain.chains.template import byte_length
from chaindesk.domain.completion import Example
from chaindesk.domain.records import TRIAL_MARK

MOST_KEPT = 2_000
"""So many of the newest examples of a step are chosen from."""
HELD_OUT_OF = 5
"""One example of so many is held out."""
_WORD = re.compile(r"\w+")
_WORDS = 400  # of a text that are compared, each counted once
_BYTES_PER_TOKEN = 4
_MESSAGE_TOKENS = 8  # what frames an example: two messages
_COMMON_SHARE = 0.5  # of the examples: a word that is in more of them tells none from another
_FEW = 20  # examples, among which every word counts


def is_held_out(key: str) -> bool:
    """Return whether the answer of a row with this key is never shown as an example, so that others are measured by it.

    That is by chance, and the same each time.
    """
    digest = hashlib.sha256(f"held out {key.removesuffix(TRIAL_MARK)}".encode("utf-8", "replace")).digest()
    return int.from_bytes(digest[:4], "big") % HELD_OUT_OF == 0


@dataclass(frozen=True, slots=True)
class KnownExample:
    """An approved answer that may be shown.

    Attributes:
        row: the sheet number of its row, which is never shown it.
        inputs: what the row has in the names that the step's texts use.
        shown: the prompt and the answer as they are shown.
    """

    row: int
    inputs: str
    shown: Example

    @property
    def tokens(self) -> int:
        """About how many tokens it takes to show."""
        size = byte_length(self.shown.prompt) + byte_length(self.shown.text)
        return size // _BYTES_PER_TOKEN + _MESSAGE_TOKENS


class ExampleSet:
    """The examples of one step, frozen: what is approved later is in a later set.

    Attributes:
        known: the examples.
        held_out: how many approved answers are held out.
    """

    def __init__(self, settings: Examples, known: Sequence[KnownExample], held_out: int) -> None:
        self.known, self.held_out = tuple(known), held_out
        self._settings = settings
        self._tokens = [one.tokens for one in self.known]
        words = [_words(one.inputs) for one in self.known]
        found = Counter(word for one in words for word in one)
        most = len(words) if len(words) <= _FEW else len(words) * _COMMON_SHARE
        self._weights = {word: math.log(1 + len(words) / n) for word, n in found.items() if n <= most}
        self._places: dict[str, list[int]] = {}
        for place, one in enumerate(words):
            for word in one:
                if word in self._weights:
                    self._places.setdefault(word, []).append(place)
        self._lengths = [math.sqrt(sum(self._weights.get(word, 0.0) for word in one)) or 1.0 for one in words]

    @property
    def likely_tokens(self) -> int:
        """About how many tokens a call sends for them."""
        if not self.known:
            return 0
        usual = sorted(self._tokens)[len(self._tokens) // 2]
        return min(self._settings.most_tokens, usual * min(self._settings.most, len(self.known)))

    def nearest(self, row: int, inputs: str) -> tuple[Example, ...]:
        """Return the examples that a row is shown, the most like it last; its own answer is never among them."""
        scores: dict[int, float] = {}
        for word in _words(inputs):
            weight = self._weights.get(word, 0.0)
            for place in self._places.get(word, ()):
                scores[place] = scores.get(place, 0.0) + weight
        order = sorted(
            (place for place, one in enumerate(self.known) if one.row != row),
            key=lambda place: (-scores.get(place, 0.0) / self._lengths[place], -self.known[place].shown.answer_id),
        )
        chosen: list[Example] = []
        left = self._settings.most_tokens
        for place in order:
            if len(chosen) == self._settings.most:
                break
            if self._tokens[place] <= left:
                left -= self._tokens[place]
                chosen.append(self.known[place].shown)
        return tuple(reversed(chosen))


def _words(text: str) -> list[str]:
    return list(dict.fromkeys(_WORD.findall(text.casefold())))[:_WORDS]
