"""The same chain gives the same flags in events, states, panel and workbook; changed checks cost no call."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path

from python_calamine import CalamineWorkbook

from chaindesk.chain_file import parse_chain
from chaindesk.credentials import KeyStore
from chaindesk.domain.events import Event, StepFinished
from chaindesk.engine.run.options import RunOptions
from chaindesk.engine.session import Session
from chaindesk.journal.protocol import AnswerText, Journal
from chaindesk.journal.sqlite.journal import open_journal
from chaindesk.simulator.options import SimulatorOptions
from chaindesk.simulator.server import SimulatorServer
from chaindesk.workbook import ReadOptions, open_manifest
from tests.support.workbooks import WorkbookMaker

CHAIN = """\
name: checked
providers: {{lab: {{kind: openai-chat, base_url: "{address}"}}}}
steps:
  - name: first
    model: lab/writer
    prompt: "A title for {{{{Topic}}}}."
  - name: text
    model: lab/writer
    prompt: "Write on {{{{Topic}}}}."
    checks:
      - {{words: "{words}"}}
      - {{unique: true}}
      - {{not_equal_to: first}}
"""


def opened(path: Path, address: str, journal: Journal, words: str) -> Session:
    chain = parse_chain(CHAIN.format(address=address, words=words), "checked.yaml")
    keys = KeyStore(environment={"LAB_API_KEY": "k"})
    return Session(open_manifest(path, ReadOptions()), chain, journal, keys)


def flags_in_sheet(path: Path) -> list[str]:
    rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    place = rows[0].index("Checks")
    return [str(row[place]) for row in rows[1:]]


async def test_flags_are_the_same_everywhere_and_changed_checks_cost_no_call(tmp_path: Path) -> None:
    path = WorkbookMaker(tmp_path).table([["Topic"], ["tea"], ["coffee"], ["tea"]])
    async with SimulatorServer(SimulatorOptions(latency=0, words=9)) as server:
        journal = open_journal(tmp_path / "journal.sqlite3")
        session = opened(path, server.base_url, journal, "1..3")
        events: list[Event] = []
        await session.run(RunOptions(), events.append)
        asked = server.counters.requests
        told = {e.row: e.flags for e in events if isinstance(e, StepFinished) and e.step == "text"}
        states = {number: state.flags for number, state in session.statuses().items()}
        assert all(len(flags) == 1 and "words, wanted 1 to 3" in flags[0] for flags in told.values())
        assert states[3] == told[3]  # of its own; those of rows that are compared come at the end of the run
        assert states[2] == (*told[2], "text: it is the same as in 1 other row")
        for row in session.manifest.rows:
            assert session.outputs(row)[1].flags == states[row.number]
        await session.export(tmp_path / "out.xlsx")
        assert flags_in_sheet(tmp_path / "out.xlsx") == ["; ".join(states[number]) for number in (2, 3, 4)]

        await session.edit(session.manifest.rows[0], "text", "Three good words")
        assert session.statuses()[2].flags == ()
        assert "same as in" not in " ".join(session.statuses()[4].flags)
        changed = opened(path, server.base_url, journal, "1..500")
        await changed.judge()
        assert [state.flags for state in changed.statuses().values()] == [(), (), ()]
        assert server.counters.requests == asked
        journal.close()
        again = open_journal(tmp_path / "journal.sqlite3")  # the verdicts are there already
        ledger = opened(path, server.base_url, again, "1..500").ledger
        assert ledger.checks.judge(ledger, session.manifest.rows) == []
        again.close()


UNCOMPARED = CHAIN.replace("      - {{unique: true}}\n", "").replace("      - {{not_equal_to: first}}\n", "")


async def test_one_edited_answer_is_judged_without_reading_the_others(tmp_path: Path) -> None:
    path = WorkbookMaker(tmp_path).table([["Topic"], *([f"tea {number}"] for number in range(6))])
    async with SimulatorServer(SimulatorOptions(latency=0, words=9)) as server:
        journal = open_journal(tmp_path / "journal.sqlite3")
        chain = parse_chain(UNCOMPARED.format(address=server.base_url, words="1..3"), "checked.yaml")
        session = Session(
            open_manifest(path, ReadOptions()), chain, journal, KeyStore(environment={"LAB_API_KEY": "k"})
        )
        await session.run(RunOptions(), lambda event: None)
        read: list[int] = []
        texts = journal.answer_texts

        def counted(workbook_id: int, step: str, numbers: Collection[int] | None = None) -> Iterable[AnswerText]:
            found = list(texts(workbook_id, step, numbers))
            read.extend(one[0] for one in found)
            return found

        journal.answer_texts = counted  # type: ignore[method-assign]
        await session.edit(session.manifest.rows[0], "text", "Three good words")
        assert session.statuses()[2].flags == ()
        assert read == [session.ledger.entries[2].answers[1]]
        read.clear()
        await session.judge()
        assert read == []
        journal.close()


JUDGED = """\
name: judged
providers: {{lab: {{kind: openai-chat, base_url: "{address}"}}}}
steps:
  - name: text
    model: lab/writer
    prompt: "Write on {{{{Topic}}}}."
    checks:
      - {{words: "{words}"}}
      - {{judge: "Is it right?", model: lab/judge}}
"""


async def test_what_a_judge_said_stands_where_other_checks_change_and_edits_are_taken_back(tmp_path: Path) -> None:
    path = WorkbookMaker(tmp_path).table([["Topic"], *([f"tea {number}"] for number in range(8))])
    async with SimulatorServer(SimulatorOptions(latency=0, words=9)) as server:
        journal = open_journal(tmp_path / "journal.sqlite3")

        def judged(words: str) -> Session:
            chain = parse_chain(JUDGED.format(address=server.base_url, words=words), "judged.yaml")
            keys = KeyStore(environment={"LAB_API_KEY": "k"})
            return Session(open_manifest(path, ReadOptions()), chain, journal, keys)

        session = judged("1..")
        await session.run(RunOptions(), lambda event: None)
        asked = server.counters.requests
        flags = {number: state.flags for number, state in session.statuses().items()}
        refused = [row for row in session.manifest.rows if flags[row.number]]
        assert refused
        assert all(found[0].startswith("judge: no") for found in flags.values() if found)
        await session.edit(refused[0], "text", "Right")
        assert session.statuses()[refused[0].number].flags == ()
        await session.edit(refused[0], "text", None)
        assert session.statuses()[refused[0].number].flags == flags[refused[0].number]
        changed = judged("1..500")
        await changed.judge()
        assert {number: state.flags for number, state in changed.statuses().items()} == flags
        assert server.counters.requests == asked
        journal.close()


async def test_answers_that_failed_another_check_are_told_as_not_judged_when_that_check_is_relaxed(
    tmp_path: Path,
) -> None:
    path = WorkbookMaker(tmp_path).table([["Topic"], ["tea"], ["coffee"]])
    async with SimulatorServer(SimulatorOptions(latency=0, words=9)) as server:
        journal = open_journal(tmp_path / "journal.sqlite3")

        def judged(words: str) -> Session:
            chain = parse_chain(JUDGED.format(address=server.base_url, words=words), "judged.yaml")
            keys = KeyStore(environment={"LAB_API_KEY": "k"})
            return Session(open_manifest(path, ReadOptions()), chain, journal, keys)

        await judged("1..3").run(RunOptions(), lambda event: None)
        asked = server.counters.requests
        assert asked == 2, "no judge is asked about what fails already"
        for _ in range(2):  # the second time the journal has it
            relaxed = judged("1..500")
            await relaxed.judge()
            flags = [state.flags for state in relaxed.statuses().values()]
            assert flags == [("not judged yet: “Is it right?”",)] * 2
        await relaxed.edit(relaxed.manifest.rows[0], "text", "Right")
        assert relaxed.statuses()[2].flags == ()
        assert server.counters.requests == asked
        await relaxed.run(RunOptions(fresh=True), lambda event: None)
        assert not [state for state in relaxed.statuses().values() if "not judged" in " ".join(state.flags)]
        assert server.counters.requests == asked + 4
        journal.close()
