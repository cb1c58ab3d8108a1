"""Who gets which paid answer.

An answer belongs to whoever asks the very same thing. Where several rows do, each gets an answer of its own: first the
row that had it last, wherever that row is now, then the others in sheet order. What a person has written over is the
row's own, whatever is asked: see ``standing``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Container, Sequence

from chaindesk.domain.records import TRIAL_MARK, Answer, AnswerKind
from chaindesk.journal.protocol import Journal


class AnswerPool:
    """Hands out the answers of one workbook, each to one row only. It keeps numbers, never texts.

    Attributes:
        tried: the answers of trials that no run has used yet.
        shared: the newest answer to each request of the steps that share, whoever has it.
    """

    def __init__(self, journal: Journal, workbook_id: int, sharing: Container[str] = ()) -> None:
        self._journal = journal
        self._workbook_id = workbook_id
        self.tried: set[int] = set()
        self.shared: dict[tuple[str, str], int] = {}
        self._sharing = sharing
        self._unclaimed: dict[str, dict[str, _Waiting]] = {}

    def read(self, step: str, watched: Container[str] = ()) -> dict[str, list[int]]:
        """Read what the journal has for a step; return the answers of each watched row key, oldest first."""
        found: dict[str, list[int]] = {}
        unclaimed = self._of_step(step)
        shares = step in self._sharing
        for number, key, fingerprint in self._journal.answer_index(self._workbook_id, step):
            if AnswerKind.of(fingerprint) is AnswerKind.USABLE:
                _add(unclaimed, fingerprint, number, key)
                if shares:
                    self.shared[step, fingerprint] = number
                if key.endswith(TRIAL_MARK):
                    self.tried.add(number)
                if key in watched:
                    found.setdefault(key, []).append(number)
        return found

    def has(self, step: str) -> bool:
        """Return whether a step has answers that nobody has claimed."""
        return bool(self._unclaimed.get(step))

    def has_answer(self, step: str, fingerprint: str) -> bool:
        """Return whether there is an answer to a request that nobody has claimed."""
        return fingerprint in self._of_step(step)

    def share(self, step: str, fingerprint: str, number: int) -> None:
        """Note an answer for other rows that ask the same, where the step shares."""
        if step in self._sharing:
            self.shared[step, fingerprint] = number

    def claim_all(
        self, step: str, keys: Sequence[str], wanted: Sequence[str], claimed: list[int | None]
    ) -> Container[str]:
        """Claim for all rows at once that have nothing yet, after ``read``.

        Args:
            step: the step's name.
            keys: the key of each row, in sheet order.
            wanted: the fingerprint of what each asks, "" where it cannot be known yet.
            claimed: the number of each row's answer or None; filled in.

        Returns:
            The row keys that have answers which nobody claimed.
        """
        unclaimed = self._of_step(step)
        for exact in (True, False):
            if unclaimed:
                for position, fingerprint in enumerate(wanted):
                    if fingerprint in unclaimed and claimed[position] is None:
                        claimed[position] = _pick(unclaimed, fingerprint, keys[position], exact=exact)
        return _keys_left(unclaimed)

    def claim(self, step: str, row_key: str, fingerprint: str) -> int | None:
        """Claim for one row among the answers that nobody has claimed."""
        unclaimed = self._of_step(step)
        own = _pick(unclaimed, fingerprint, row_key, exact=True)
        return own if own is not None else _pick(unclaimed, fingerprint, row_key, exact=False)

    def claim_answer(self, number: int, step: str, fingerprint: str) -> bool:
        """Claim one certain answer, whatever its row asks; False where another row has it."""
        if AnswerKind.of(fingerprint) is not AnswerKind.USABLE:
            return True  # no row ever claims it
        unclaimed = self._of_step(step)
        waiting = unclaimed.get(fingerprint)
        if not isinstance(waiting, tuple):
            return waiting is not None and waiting.claim(number)
        if waiting[0] != number:
            return False
        del unclaimed[fingerprint]
        return True

    def release(self, answer: Answer) -> None:
        """Give an answer back, because its row does not ask for it any more."""
        if answer.kind is AnswerKind.USABLE:
            _add(self._of_step(answer.step), answer.fingerprint, answer.id, answer.row_key)

    def _of_step(self, step: str) -> dict[str, _Waiting]:
        return self._unclaimed.setdefault(step, {})


class _Unclaimed:
    """Several unclaimed answers to one request, by the row key under which they were paid for."""

    __slots__ = ("_by_key", "_order")

    def __init__(self, number: int, key: str) -> None:
        self._by_key: dict[str, list[int]] = {key: [number]}
        self._order: deque[str] = deque([key])

    def add(self, number: int, key: str) -> None:
        if key not in self._by_key:
            self._by_key[key] = []
            self._order.append(key)
        self._by_key[key].append(number)

    def pick(self, key: str, *, exact: bool) -> int | None:
        """Take the row's own newest answer, or else the newest of the next key that still has one.

        Of several under one key, as after paying again, the newest goes first: the others are its forerunners.
        """
        if exact:
            own = self._by_key.get(key)
            return own.pop() if own else None
        while self._order:
            first = self._order.popleft()
            numbers = self._by_key[first]
            if numbers:
                self._order.append(first)
                return numbers.pop()
            del self._by_key[first]
        return None

    def claim(self, number: int) -> bool:
        """Take this very answer, if it is still here."""
        for numbers in self._by_key.values():
            if number in numbers:
                numbers.remove(number)
                return True
        return False

    def keys_left(self) -> list[str]:
        return [key for key, numbers in self._by_key.items() if numbers]


_Waiting = tuple[int, str] | _Unclaimed
"""The unclaimed answers to one request: nearly always one, with the row key under which it was paid for."""


def _add(unclaimed: dict[str, _Waiting], fingerprint: str, number: int, key: str) -> None:
    waiting = unclaimed.get(fingerprint)
    if waiting is None:
        unclaimed[fingerprint] = (number, key)
        return
    if isinstance(waiting, tuple):
        waiting = unclaimed[fingerprint] = _Unclaimed(*waiting)
    waiting.add(number, key)


def _pick(unclaimed: dict[str, _Waiting], fingerprint: str, key: str, *, exact: bool) -> int | None:
    waiting = unclaimed.get(fingerprint)
    if not isinstance(waiting, tuple):
        return None if waiting is None else waiting.pick(key, exact=exact)
    number, own = waiting
    if exact and own != key:
        return None
    del unclaimed[fingerprint]
    return number


def _keys_left(unclaimed: dict[str, _Waiting]) -> set[str]:
    """Return the keys of the answers that are left; requests without any need not be kept."""
    left: set[str] = set()
    for fingerprint, waiting in list(unclaimed.items()):
        keys = [waiting[1]] if isinstance(waiting, tuple) else waiting.keys_left()
        left.update(keys)
        if not keys:
            del unclaimed[fingerprint]
    return left
