"""What checks found stands by its answer, and a draft becomes its row's answer at once with its fellows put aside."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from chaindesk.domain.check_results import AnswerPath, Verdict
from chaindesk.domain.completion import Finish, Usage
from chaindesk.domain.records import Answer, AnswerKind, RunRecord, RunState
from chaindesk.journal.protocol import Journal

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def answer(run: int, workbook: int, fingerprint: str, **others: Any) -> Answer:
    made = Answer(run, workbook, "2", 2, "s", fingerprint, "T", "m", Usage(1, 2), None, 1.0, 1, Finish.STOP, "", AT)
    return replace(made, **others)


async def begun(journal: Journal, path: Path) -> tuple[int, int]:
    workbook = journal.workbook_id(path, "Jobs")
    run = RunRecord(workbook, str(path), "Jobs", "c", ("s",), 1, 1, AT)
    return await journal.begin_run(run), workbook


async def test_a_verdict_is_replaced_and_loses_its_key_by_an_edit(journal: Journal, tmp_path: Path) -> None:
    run, workbook = await begun(journal, tmp_path / "a.xlsx")
    number = await journal.store_answer(answer(run, workbook, "f", fields={"tags": ("a", "b"), "n": 1}))
    first = Verdict(number, "k", ("s: it is empty", "s: „ö“"), AnswerPath.REVIEW, 2 / 3)
    await journal.store_verdicts([first._replace(failed=(), path=AnswerPath.AT_ONCE), first])
    assert list(journal.verdicts(workbook)) == [first]
    assert list(journal.verdicts(workbook + 1)) == []
    text = (number, "T", None, {"tags": ("a", "b"), "n": 1})
    other = await journal.store_answer(answer(run, workbook, "g"))
    assert list(journal.answer_texts(workbook, "s")) == [text, (other, "T", None, {})]
    assert list(journal.answer_texts(workbook, "s", [number])) == [text]
    assert list(journal.answer_texts(workbook, "another", [number])) == []
    assert list(journal.answer_texts(workbook + 1, "s", [number])) == []
    await journal.store_edit(number, "Mine.")
    assert list(journal.verdicts(workbook)) == [first._replace(key="")]
    assert next(iter(journal.answer_texts(workbook, "s")))[2] == "Mine."
    found = journal.answer(number)
    assert found is not None
    assert found.fields == {"tags": ("a", "b"), "n": 1}


async def test_a_draft_is_settled_and_its_fellows_are_nobodys(journal: Journal, tmp_path: Path) -> None:
    run, workbook = await begun(journal, tmp_path / "a.xlsx")
    draft = AnswerKind.DRAFT.fingerprint
    first = await journal.store_answer(answer(run, workbook, draft("f")))
    second = await journal.store_answer(answer(run, workbook, draft("f2"), text="U"))
    await journal.settle(second, "f", [first])
    assert [one.text for one in journal.answers(workbook, "s", "f")] == ["U"]
    assert journal.answers(workbook, "s", draft("f")) == journal.answers(workbook, "s", draft("f2")) == []
    kinds = [one.kind for one in journal.history(workbook, "2")]
    assert kinds == [AnswerKind.USABLE, AnswerKind.DRAFT]


async def test_verdicts_go_with_their_answers(journal: Journal, tmp_path: Path) -> None:
    run, workbook = await begun(journal, tmp_path / "a.xlsx")
    number = await journal.store_answer(answer(run, workbook, "f"))
    await journal.store_verdicts([Verdict(number, "k")])
    await journal.end_run(run, RunState.FINISHED, AT + timedelta(seconds=1), 0, 0)
    later = await begun(journal, tmp_path / "b.xlsx")
    await journal.store_answer(answer(*later, "g"))
    await journal.clean(AT + timedelta(days=1))
    assert journal.usage_counts()["verdict"] == 0
