"""What was found of answers, in memory: by checks, and by people who read a sample of them or picked the better one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from typing_extensions import override

from chaindesk.domain.check_results import Audit, Verdict
from chaindesk.domain.errors import JournalError
from chaindesk.domain.records import Answer
from chaindesk.journal.protocol import Journal


class MemoryCheckResults(Journal):
    """The verdicts, audits and picks of the journal in memory."""

    def __init__(self) -> None:
        self._answers: dict[int, Answer] = {}
        self._verdicts: dict[int, Verdict] = {}
        self._audits: list[Audit] = []
        self._picks: dict[tuple[int, int], int | None] = {}
        self._closed = False

    @override
    async def store_verdicts(self, verdicts: Sequence[Verdict]) -> None:
        self._check_open()
        self._verdicts |= {verdict.answer_id: verdict for verdict in verdicts}

    @override
    def verdicts(self, workbook_id: int) -> Iterable[Verdict]:
        return [one for one in self._verdicts.values() if self._answers[one.answer_id].workbook_id == workbook_id]

    @override
    async def store_audit(self, audit: Audit) -> int:
        self._check_open()
        self._audits.append(replace(audit, id=max((one.id for one in self._audits), default=0) + 1))
        return self._audits[-1].id

    @override
    def audits(self, workbook_id: int) -> Sequence[Audit]:
        return [one for one in reversed(self._audits) if one.workbook_id == workbook_id]

    @override
    async def store_pick(self, one: int, other: int, preferred: int | None) -> None:
        self._check_open()
        self._picks[min(one, other), max(one, other)] = preferred

    @override
    def picks(self, workbook_id: int) -> Mapping[tuple[int, int], int]:
        here = {number for number, answer in self._answers.items() if answer.workbook_id == workbook_id}
        return {pair: one for pair, one in self._picks.items() if one is not None and here.issuperset(pair)}

    def _check_open(self) -> None:
        if self._closed:
            raise JournalError("The journal is closed already.")
