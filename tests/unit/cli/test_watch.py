"""What becomes of workbooks that are put into a watched folder: real files, a real server, and a clock that jumps."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from chaindesk.cli.commands import watch
from chaindesk.cli.exit_status import Exit
from chaindesk.cli.inputs import read_chain
from chaindesk.cli.watch.day_budget import DayBudget
from chaindesk.cli.watch.job_folders import JobFolders
from chaindesk.cli.watch.watcher import Watcher, WatchOptions
from chaindesk.domain.errors import UsageError
from chaindesk.journal.sqlite.journal import open_journal
from chaindesk.simulator.server import SimulatorOptions, SimulatorServer
from tests.support.command_line import CommandLine, kept_answers, read_sheet
from tests.support.waiting import until

FAST = SimulatorOptions(latency=0.0, words=4)
PRICED = "prices: {writer: {input: 0, output: 1000}}"
_CHAIN = """name: night
concurrency: 4
providers:
  lab: {{kind: openai-chat, base_url: "{base_url}", api_key_env: LAB_KEY, {prices}}}
steps:
  - {{name: note, model: lab/writer, max_output_tokens: 20, prompt: "In four words: {{{{Topic}}}}"}}
"""


@dataclass
class Night:
    """A watched folder, what was told of it, and the time, which passes only while the watcher pauses.

    Attributes:
        folder: the folder.
        server: the provider.
        told: each event with the workbook's name and its values.
        now: the monotonic time.
        day: today.
        on_pause: called at each pause.
        on_event: called with each event's name and the workbook.
    """

    folder: Path
    server: SimulatorServer
    prices: str = ""
    told: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    now: float = 1000.0
    day: date = field(default_factory=lambda: datetime.now(UTC).astimezone().date())
    on_pause: Callable[[], object] = lambda: None
    on_event: Callable[[str, Path], object] = lambda *_: None

    async def pause(self, seconds: float) -> None:
        self.now += seconds
        self.on_pause()
        await asyncio.sleep(0.005)

    def tell(self, event: str, workbook: Path, more: dict[str, Any]) -> None:
        self.told.append((event, workbook.name, more))
        self.on_event(event, workbook)

    def events(self, name: str) -> list[tuple[str, str, dict[str, Any]]]:
        return [one for one in self.told if one[0] == name]

    def words(self) -> str:
        return "\n".join(str(more.get("message", "")) for _, _, more in self.told)

    def put(self, rows: int, name: str = "jobs.xlsx", word: str = "") -> Path:
        """Put a workbook into the folder at one stroke."""
        book = CommandLine(self.folder.parent).workbook(rows, name, mark=(2, word) if word else None)
        return book.rename(self.folder / name)

    @asynccontextmanager
    async def watcher(self, **options: Any) -> AsyncIterator[Watcher]:
        """A watcher as the command line makes one."""
        chain = self.folder.parent / "night.yaml"
        chain.write_text(_CHAIN.format(base_url=self.server.base_url, prices=self.prices))
        parser = argparse.ArgumentParser()
        watch.add_arguments(parser)
        per_workbook, per_day = options.pop("budget", None), options.pop("budget_per_day", None)
        arguments = parser.parse_args([str(self.folder), "--chain", str(chain)])
        folders, journal = JobFolders(self.folder), open_journal(self.folder.parent / "journal.sqlite3")
        try:
            budgets = DayBudget(journal, per_workbook, per_day, lambda: self.day)
            chosen = WatchOptions(**options)
            yield Watcher(
                folders, arguments, read_chain(arguments), journal, budgets, chosen, self.tell,
                clock=lambda: self.now, pause=self.pause,
            )  # fmt: skip
        finally:
            journal.close()
            folders.close()

    async def once(self, **options: Any) -> Exit:
        """Run what is there."""
        async with self.watcher(once=True, **options) as watcher:
            return await watcher.watch()

    @asynccontextmanager
    async def going(self, **options: Any) -> AsyncIterator[Watcher]:
        """A watcher that goes on until the end of this."""
        async with self.watcher(**options) as watcher:
            task = asyncio.create_task(watcher.watch())
            try:
                yield watcher
                watcher.stop()
                assert await task is Exit.DONE
            finally:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task

    def result(self, job: str, name: str = "jobs.completed.xlsx") -> list[dict[str, Any]]:
        return read_sheet(self.folder / "done" / job / name)

    def left(self) -> list[str]:
        """The workbooks in the folder itself and in ``working``."""
        there = [*self.folder.glob("*.*"), *(self.folder / "working").glob("*/*.*")]
        return sorted(path.name for path in there if path.is_file() and not path.name.startswith((".", "~$")))


@asynccontextmanager
async def a_night(tmp_path: Path, options: SimulatorOptions = FAST, prices: str = "") -> AsyncIterator[Night]:
    folder = tmp_path / "in"
    folder.mkdir()
    async with SimulatorServer(options) as server:
        yield Night(folder, server, prices)


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAB_KEY", "sk-lab-0123456789abcdef")


async def test_a_workbook_comes_back_completed_in_a_folder_of_its_own(tmp_path: Path) -> None:
    async with a_night(tmp_path) as night:
        night.put(3)
        assert await night.once() is Exit.DONE
        assert [row["Status"] for row in night.result("jobs")] == ["done"] * 3
        assert (night.folder / "done" / "jobs" / "jobs.xlsx").is_file()
        assert night.left() == []
        ((_, name, more),) = night.events("workbook_finished")
        assert (name, more["outcome"], more["result"].exit_status) == ("jobs.xlsx", "done", 0)
        assert more["path"] == more["result"].path == (night.folder / "done" / "jobs" / "jobs.completed.xlsx")


async def test_a_workbook_that_is_copied_in_slowly_is_taken_when_it_is_whole(tmp_path: Path) -> None:
    async with a_night(tmp_path) as night:
        whole = night.put(3).read_bytes()
        half = night.folder / "jobs.xlsx"
        half.write_bytes(whole[: len(whole) // 2])
        async with night.going():
            await until(lambda: "does not open yet" in night.words())
            assert night.server.counters.requests == 0
            half.write_bytes(whole)
            await until(lambda: night.events("workbook_finished"))
        assert len(night.result("jobs")) == 3
        assert not list((night.folder / "failed").iterdir())


async def test_a_text_file_is_not_taken_while_it_grows(tmp_path: Path) -> None:
    async with a_night(tmp_path) as night:
        growing = night.folder / "jobs.csv"
        growing.write_text("Topic\nfirst\n")
        left = [f"topic {number}\n" for number in range(6)]

        def grow() -> None:
            if left:
                with growing.open("a") as file:
                    file.write(left.pop())

        night.on_pause = grow
        assert await night.once() is Exit.DONE
        assert len(night.result("jobs")) == 7


async def test_a_workbook_that_never_opens_is_explained(tmp_path: Path) -> None:
    async with a_night(tmp_path) as night:
        whole = night.put(3)
        whole.write_bytes(whole.read_bytes()[:-2000])
        async with night.going(patience_s=60):
            await until(lambda: night.events("workbook_finished"))
        assert night.now > 1060
        assert "is damaged" in (night.folder / "failed" / "jobs" / "jobs.txt").read_text()
        assert (night.folder / "failed" / "jobs" / "jobs.xlsx").is_file()
        assert night.left() == []


async def test_a_link_to_a_file_elsewhere_is_not_taken(tmp_path: Path) -> None:
    async with a_night(tmp_path) as night:
        elsewhere = tmp_path / "secret.csv"
        elsewhere.write_text("Topic\nsecret\n")
        (night.folder / "jobs.csv").symlink_to(elsewhere)
        assert await night.once() is Exit.DONE
        assert (night.folder / "jobs.csv").is_symlink()
        assert (night.told, night.server.counters.requests) == ([], 0)


async def test_an_old_file_that_does_not_open_is_explained_at_once_where_nobody_stays(tmp_path: Path) -> None:
    async with a_night(tmp_path) as night:
        broken = night.put(1)
        broken.write_bytes(b"no workbook")
        assert await night.once() is Exit.DONE
        assert night.left() == ["jobs.xlsx"], "somebody may be copying it still"
        os.utime(broken, (1, 1))
        assert await night.once() is Exit.FAILED
        assert night.left() == []


@pytest.mark.parametrize("lock", ["~$jobs.xlsx", ".~lock.jobs.xlsx#"])
async def test_a_workbook_that_is_open_elsewhere_is_taken_when_it_is_closed(tmp_path: Path, lock: str) -> None:
    async with a_night(tmp_path) as night:
        night.put(2)
        held = night.folder / lock
        held.touch()
        async with night.going():
            await until(lambda: "is open in another program" in night.words())
            passed = night.now + 100
            await until(lambda: night.now > passed)
            assert night.server.counters.requests == 0
            assert len(night.told) == 1, "told once"
            held.unlink()
            await until(lambda: night.events("workbook_finished"))
        assert len(night.result("jobs")) == 2


async def test_a_workbook_that_is_replaced_while_it_runs_is_run_as_well(tmp_path: Path) -> None:
    async with a_night(tmp_path) as night:
        night.put(2, word="of the first")
        later = [5]

        def replace(event: str, _: Path) -> None:
            if event == "workbook_started" and later:
                night.put(later.pop(), word="of the second")

        night.on_event = replace
        async with night.going():
            await until(lambda: len(night.events("workbook_finished")) == 2)
        first, second = night.result("jobs"), night.result("jobs 2")
        assert [len(first), len(second)] == [2, 5]
        assert "of the first" in first[0]["Topic"]
        assert "of the second" in second[0]["Topic"]
        assert all(row["note"] for row in (*first, *second))


async def test_a_workbook_that_is_written_to_while_it_runs_is_run_once_more(tmp_path: Path) -> None:
    async with a_night(tmp_path, SimulatorOptions(latency=0.05, words=4)) as night:
        night.put(2)
        writes = [CommandLine(tmp_path).workbook(4).read_bytes()]

        def write() -> None:
            if night.server.counters.requests and writes:
                (night.folder / "working" / "jobs.xlsx" / "jobs.xlsx").write_bytes(writes.pop())

        night.on_pause = write
        async with night.going():
            await until(lambda: night.events("workbook_finished"))
        assert "written to while it ran" in night.words()
        rows = night.result("jobs")
        assert [row["Status"] for row in rows] == ["done"] * 4
        assert night.server.counters.requests == 4


async def test_failed_rows_are_explained_and_alone_run_again(tmp_path: Path) -> None:
    async with a_night(tmp_path, SimulatorOptions(latency=0, words=4, fail_containing="BOOM")) as night:
        night.put(4, word="BOOM")
        assert await night.once() is Exit.FAILED
        failed = night.folder / "failed" / "jobs"
        assert "3 done, 1 failed" in (failed / "jobs.txt").read_text()
        assert [row["Status"] for row in read_sheet(failed / "jobs.completed.xlsx")].count("done") == 3
        night.server.options = FAST
        night.server.counters.reset()
        (failed / "jobs.xlsx").rename(night.folder / "jobs.xlsx")
        assert await night.once() is Exit.DONE
        assert night.server.counters.requests == 1


async def test_a_refused_key_fails_no_workbook(tmp_path: Path) -> None:
    async with a_night(tmp_path, SimulatorOptions(latency=0, words=4, require_key="sk-another-0123456789")) as night:
        night.put(3)
        assert await night.once() is Exit.HALTED
        assert "key" in night.words()
        assert night.left() == ["jobs.completed.xlsx", "jobs.xlsx"]
        night.server.options = FAST
        assert await night.once() is Exit.DONE
        assert [row["Status"] for row in night.result("jobs")] == ["done"] * 3


async def test_a_workbook_may_cost_no_more_than_its_budget(tmp_path: Path) -> None:
    async with a_night(tmp_path, prices=PRICED) as night:
        night.put(50)
        assert await night.once(budget=Decimal("0.10")) is Exit.FAILED
        assert "budget" in (night.folder / "failed" / "jobs" / "jobs.txt").read_text().lower()
        assert 0 < night.server.counters.requests < 50


async def test_what_the_day_has_no_money_for_goes_on_tomorrow(tmp_path: Path) -> None:
    async with a_night(tmp_path, prices=PRICED) as night:
        night.put(20)
        assert await night.once(budget_per_day=Decimal("0.10")) is Exit.HALTED
        first = night.server.counters.requests
        assert 0 < first < 20
        assert await night.once(budget_per_day=Decimal("0.10")) is Exit.HALTED
        assert "goes on tomorrow" in night.words()
        assert night.server.counters.requests == first
        night.day += timedelta(days=1)
        assert await night.once(budget_per_day=Decimal("10")) is Exit.DONE
        assert night.server.counters.requests == 20


async def test_as_many_workbooks_run_side_by_side_as_are_allowed(tmp_path: Path) -> None:
    async with a_night(tmp_path, SimulatorOptions(latency=0.02, words=4)) as night:
        for number in range(5):
            night.put(2, f"jobs{number}.xlsx", word=f"of {number}")
        running, peak = set[str](), list[int]()

        def count(event: str, workbook: Path) -> None:
            running.add(workbook.name) if event == "workbook_started" else running.discard(workbook.name)
            peak.append(len(running))

        night.on_event = count
        assert await night.once(at_once=2) is Exit.DONE
        assert max(peak) == 2
        assert len(list((night.folder / "done").iterdir())) == 5


async def test_a_stop_cuts_a_run_off_and_the_next_start_goes_on(tmp_path: Path) -> None:
    async with a_night(tmp_path, SimulatorOptions(latency=0.05, words=4)) as night:
        night.put(40)
        async with night.going():
            await until(lambda: night.server.counters.requests >= 8)
        await until(lambda: not night.server.counters.running)
        kept = kept_answers(tmp_path / "journal.sqlite3")
        assert kept < 40
        night.server.counters.reset()
        assert "jobs.xlsx" in night.left()
        assert await night.once() is Exit.DONE
        assert night.server.counters.requests == 40 - kept
        assert [row["Status"] for row in night.result("jobs")] == ["done"] * 40


async def test_a_folder_has_one_watcher(tmp_path: Path) -> None:
    async with a_night(tmp_path) as night, night.watcher():
        with pytest.raises(UsageError, match="Another chaindesk watch"):
            JobFolders(night.folder)


async def test_a_kill_before_a_workbook_was_moved_leaves_nothing_in_the_way(tmp_path: Path) -> None:
    async with a_night(tmp_path) as night:
        (night.folder / "working" / "jobs.xlsx").mkdir(parents=True)
        night.put(1)
        assert await night.once() is Exit.DONE
        assert len(night.result("jobs")) == 1
