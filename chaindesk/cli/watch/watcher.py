"""Takes the workbooks that arrive in a folder, runs each, and moves it with its result to where it belongs."""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chaindesk.cli.exit_status import Exit
from chaindesk.cli.watch.arrivals import LOCKED, Arrivals, signature_of
from chaindesk.cli.watch.day_budget import DayBudget
from chaindesk.cli.watch.job_folders import JobFolders
from chaindesk.cli.watch.workbook_run import Ended, Outcome, WorkbookJob, read_unattended, run_workbook
from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.errors import ChainDeskError, SaveError, WorkbookError
from chaindesk.engine.run.control import RunControl

if TYPE_CHECKING:
    from chaindesk.journal.protocol import Journal

FIRST_RETRY_S, LONGEST_RETRY_S = 60.0, 3600.0
Listener = Callable[[str, Path, dict[str, Any]], None]
"""Told of what happens: a name such as ``workbook_finished``, the workbook, and more of it."""


@dataclass(frozen=True, slots=True)
class WatchOptions:
    """How a folder is watched.

    Attributes:
        once: whether the watcher ends as soon as nothing is left to do.
        at_once: workbooks that are run side by side.
        every_s: seconds between two looks.
        settle_s: for how many seconds a file must not have changed before it is taken.
        patience_s: for how many seconds a file that does not open must not have changed before it counts as broken.
    """

    once: bool = False
    at_once: int = 1
    every_s: float = 2.0
    settle_s: float = 5.0
    patience_s: float = 60.0


@dataclass(slots=True)
class _Later:
    """A workbook that waits for another try: when, and how long after that for the next one."""

    at: float
    pause_s: float


class Watcher:
    """One folder with its chain and journal."""

    def __init__(
        self,
        folders: JobFolders,
        arguments: argparse.Namespace,
        chain: Chain,
        journal: Journal,
        budgets: DayBudget,
        options: WatchOptions,
        listener: Listener,
        *,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._folders = folders
        self._arguments, self._chain, self._journal, self._budgets = arguments, chain, journal, budgets
        self._options, self._tell = options, listener
        self._clock, self._pause = clock, pause
        self._arrivals = Arrivals(folders.folder, options.settle_s, clock)
        self._running: dict[Path, tuple[asyncio.Task[Ended], RunControl]] = {}
        self._later: dict[Path, _Later] = {}
        self._told: dict[Path, str] = {}
        self._stopped = asyncio.Event()
        self._failed = False
        self._held_back = False  # whether the last look found workbooks for which there was no room

    def stop(self) -> None:
        """End: what is under way stops as a run does at Ctrl-C, and is gone on with at the next start."""
        self._stopped.set()
        for _, control in self._running.values():
            control.stop()

    async def watch(self) -> Exit:
        """Watch until ``stop``, or with ``once`` until nothing is left to do, and return the exit status.

        Raises:
            SaveError: the folder cannot be read or written any more.
        """
        while True:
            await self._begin()
            await self._wait()
            for workbook in [path for path, (task, _) in self._running.items() if task.done()]:
                self._end(workbook, await self._running.pop(workbook)[0])
            if self._running:
                continue
            if self._stopped.is_set():
                return Exit.INTERRUPTED if self._options.once else Exit.DONE
            if self._options.once and not (self._held_back or self._arrivals.unsettled or self._ready()):
                left = self._later or self._folders.waiting()
                return Exit.HALTED if left else Exit.FAILED if self._failed else Exit.DONE

    async def _wait(self) -> None:
        """Wait for the next look, for the end of a run, or for the end of all."""
        tasks = [task for task, _ in self._running.values()]
        if self._stopped.is_set():
            if tasks:
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            return
        waits = [asyncio.ensure_future(self._pause(self._options.every_s)), asyncio.ensure_future(self._stopped.wait())]
        await asyncio.wait([*waits, *tasks], return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)

    async def _begin(self) -> None:
        """Take what has arrived, and begin as many runs as may go on at once."""
        self._held_back = False
        if self._stopped.is_set():
            return
        try:
            settled = self._arrivals.look()
        except OSError as error:
            raise SaveError(f"{self._folders.folder} cannot be read: {error.strerror}.") from error
        for path in self._arrivals.locked:
            self._tell_once(path, f"{path.name} {LOCKED}. It is taken once it is closed.")
        for workbook in self._ready():
            self._run(workbook)
        for path in settled:
            if len(self._running) >= self._options.at_once:
                self._held_back = True
                break
            if await self._opens(path):
                self._take(path)

    def _ready(self) -> list[Path]:
        """Return the workbooks in ``working`` that are to be run now, as many as may go on at once."""
        now = self._clock()
        ready = [
            path
            for path in self._folders.waiting()
            if path not in self._running and (path not in self._later or self._later[path].at <= now)
        ]
        return ready[: max(self._options.at_once - len(self._running), 0)]

    async def _opens(self, path: Path) -> bool:
        """Return whether a workbook is to be taken: it opens whole, or has not for so long that it counts as broken."""
        try:
            await asyncio.to_thread(read_unattended, path, self._arguments, self._chain)
        except WorkbookError as error:
            if self._is_old(path):
                return True
            self._tell_once(path, f"{path.name} does not open yet: {error}")
            return False
        except ChainDeskError:  # which is told beside the workbook
            return True
        return True

    def _is_old(self, path: Path) -> bool:
        """Return whether a file is unchanged for so long that nobody can still be copying it."""
        if not self._options.once:
            return self._arrivals.unchanged_s(path) >= self._options.patience_s
        signature = signature_of(path)
        return signature is not None and time.time() - signature[1] / 1e9 >= self._options.patience_s

    def _take(self, path: Path) -> None:
        try:
            workbook = self._folders.take(path)
        except OSError as error:
            self._tell_once(path, f"{path.name} cannot be moved: {error.strerror}. It is tried again.")
            return
        if workbook is not None:
            self._told.pop(path, None)
            self._run(workbook)

    def _run(self, workbook: Path) -> None:
        control = RunControl()
        self._tell("workbook_started", workbook, {})
        self._running[workbook] = (asyncio.create_task(self._run_within_budget(workbook, control)), control)

    async def _run_within_budget(self, workbook: Path, control: RunControl) -> Ended:
        before = signature_of(workbook)
        with self._budgets.granted() as grant:
            job = WorkbookJob(workbook, self._arguments, self._chain, self._journal, grant, control)
            ended = await run_workbook(job)
        if ended.outcome is not Outcome.LEFT and signature_of(workbook) not in (before, None) and not _is_own(workbook):
            return Ended(Outcome.LEFT, "It was written to while it ran, so it is run once more.")
        return ended

    def _end(self, workbook: Path, ended: Ended) -> None:
        if ended.outcome is Outcome.LEFT:
            before = self._later.get(workbook)
            pause_s = FIRST_RETRY_S if before is None else min(before.pause_s * 2, LONGEST_RETRY_S)
            self._later[workbook] = _Later(self._clock() + pause_s, pause_s)
            self._tell("workbook_waiting", workbook, {"message": ended.words})
            return
        self._later.pop(workbook, None)
        failed = ended.outcome is Outcome.FAILED
        self._failed = self._failed or failed
        folder = self._folders.end(workbook, failure=ended.words if failed else "")
        result = ended.result
        if result is not None and result.path is not None:  # it was saved in working, and has moved on
            result = replace(result, path=folder / result.path.name)
        told = {"outcome": ended.outcome.value, "folder": folder, "message": ended.words}
        self._tell("workbook_finished", workbook, told | {"path": result and result.path, "result": result})

    def _tell_once(self, path: Path, words: str) -> None:
        if self._told.get(path) != words:
            self._told[path] = words
            self._tell("workbook_waiting", path, {"message": words})


def _is_own(workbook: Path) -> bool:
    """Return whether a workbook is a completed one, into which its result is written."""
    from chaindesk.workbook import export_name

    with suppress(OSError):
        return workbook.samefile(export_name(workbook))
    return False
