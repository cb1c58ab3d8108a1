"""Answers that workers keep on their disks: which of them the journal has by now, and which still wait for a row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator

from chaindesk.cluster.messages import Outcome
from chaindesk.cluster.worker_link import WorkerLink
from chaindesk.domain.completion import Completion
from chaindesk.domain.records import Answer

KeptAnswer = tuple[Outcome, WorkerLink | None]
"""An answer, and the worker that keeps it."""
IsStored = Callable[[str, Callable[[Answer], bool]], bool]
"""Returns whether the journal has an answer to a request, by its fingerprint, that a function knows again."""
_AnswerKey = tuple[float, str, str]  # seconds, request id and text


class KeptAnswers:
    """Follows each answer from a worker's disk into the journal.

    Args:
        is_stored: looks in the journal for answers of runs before this one.
    """

    def __init__(self, is_stored: IsStored) -> None:
        self._is_stored = is_stored
        self._free: defaultdict[str, dict[str, KeptAnswer]] = defaultdict(dict)  # by fingerprint and id
        self._unstored: defaultdict[_AnswerKey, list[KeptAnswer]] = defaultdict(list)
        self._stored: set[str] = set()  # of lost workers, which have not been told

    def take(self, fingerprint: str) -> KeptAnswer | None:
        """Return an answer to a request that no row has, if there is one."""
        found = self._free.get(fingerprint)
        return found.popitem()[1] if found else None

    def late(self, given_up: Collection[str]) -> Iterator[KeptAnswer]:
        """Yield the answers to calls that were given up, which no other call has taken."""
        for several in self._free.values():
            yield from (kept for id_, kept in several.items() if id_ in given_up)

    def deliver(self, completion: Completion, kept: KeptAnswer) -> None:
        """A row has got an answer, which is going to be stored."""
        self._unstored[_key(completion)].append(kept)

    def stored(self, answer: Answer) -> None:
        """The journal has an answer, so that no worker need keep it."""
        key = _key(answer)
        if key not in self._unstored:
            return
        outcome, link = self._unstored[key].pop(0)
        if not self._unstored[key]:
            del self._unstored[key]
        if link is None or link.lost:
            self._stored.add(outcome.id)
        else:
            link.stored(outcome.id)

    def lose(self, link: WorkerLink) -> None:
        """A worker was lost: what is stored is told to the one that takes over its disk."""
        self._stored.update(link.untold)

    def offer(self, outcome: Outcome, link: WorkerLink) -> None:
        """A worker keeps an answer that no call waits for."""
        if outcome.id in self._stored:
            self._stored.remove(outcome.id)
            link.stored(outcome.id)
            return
        for several in self._unstored.values():
            for place, (one, _) in enumerate(several):
                if one.id == outcome.id:
                    several[place] = (one, link)
                    return
        completion = outcome.completion
        if completion is None:
            return
        key = _key(completion)
        if self._is_stored(outcome.fingerprint, lambda answer: _key(answer) == key):
            link.stored(outcome.id)  # by a run that ended before it could say so
        else:
            self._free[outcome.fingerprint][outcome.id] = (outcome, link)


def _key(answer: Completion | Answer) -> _AnswerKey:
    """Return what tells an answer from others, as a worker made it and as the journal has it."""
    return answer.seconds, answer.request_id, answer.text
