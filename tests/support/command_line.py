"""The command line as its users have it: a process of its own, against a real HTTP server that counts."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sqlite3
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlsxwriter
from python_calamine import CalamineWorkbook

from tests.support.json_lines import checked_lines

CLI = (sys.executable, "-m", "chaindesk")


@dataclass(frozen=True)
class FinishedProcess:
    """A process that has wait_for_end."""

    status: int
    out: str
    err: str

    @property
    def events(self) -> list[dict[str, Any]]:
        """The JSON lines of standard output, which all keep to the contract."""
        return checked_lines(self.out)


@dataclass(frozen=True)
class CommandLine:
    """A folder to work in, and the command line in it."""

    folder: Path

    async def start(self, *words: object, env: Mapping[str, str] | None = None) -> asyncio.subprocess.Process:
        """The command line as a process that is going on."""
        return await asyncio.create_subprocess_exec(
            *CLI,
            *map(str, words),
            cwd=self.folder,
            env=os.environ | dict(env or {}),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )

    async def __call__(self, *words: object, env: Mapping[str, str] | None = None, stdin: str = "") -> FinishedProcess:
        """Run the command line to its end."""
        return await wait_for_end(await self.start(*words, env=env), stdin)

    def workbook(self, rows: int, name: str = "jobs.xlsx", mark: tuple[int, str] | None = None) -> Path:
        """A workbook of so many jobs; the job in the marked sheet row has the mark in its topic."""
        path = self.folder / name
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet("Jobs")
            sheet.write_row(0, 0, ["ID", "Topic", "Tone"])
            for number in range(2, rows + 2):
                topic = f"Topic {number}" + (f" {mark[1]}" if mark and mark[0] == number else "")
                sheet.write_row(number - 1, 0, [f"J-{number}", topic, "warm" if number % 3 else None])
        return path

    def chain(self, base_url: str, *, steps: int = 3, name: str = "chain.yaml", more: str = "") -> Path:
        """A chain of so many steps, each on the one before."""
        lines = ["name: test", "id_column: ID", "concurrency: 25", more, "providers:"]
        lines += [f'  lab: {{kind: openai-chat, base_url: "{base_url}", api_key_env: LAB_KEY}}', "steps:"]
        for number in range(1, steps + 1):
            before = f"{{{{step{number - 1}}}}}" if number > 1 else "{{Topic}} {{Tone|plain}}"
            # Each answer is short, and tells the next step's prompt of the topic, so that all prompts differ.
            lines += [f"  - name: step{number}", "    model: lab/writer", "    prompt: |"]
            lines += [f"      {number}. In five words, for {{{{ID}}}}: {before}"]
        path = self.folder / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path


def kept_answers(journal: Path) -> int:
    """How many answers that can be used a journal has, as another program reads it."""
    with contextlib.closing(sqlite3.connect(journal)) as connection:
        return int(connection.execute("SELECT count(*) FROM answer WHERE fingerprint NOT LIKE 'unfit:%'").fetchone()[0])


async def wait_for_end(process: asyncio.subprocess.Process, stdin: str = "") -> FinishedProcess:
    """What a process said until its end."""
    out, err = await process.communicate(stdin.encode())
    return FinishedProcess(process.returncode or 0, out.decode(), err.decode())


async def until_event(process: asyncio.subprocess.Process, wanted: Callable[[dict[str, Any]], bool]) -> str:
    """Read the JSON lines of a process as far as the wanted event, and return what was read.

    Raises:
        AssertionError: the process ended without it.
    """
    assert process.stdout is not None
    said = ""
    while line := (await process.stdout.readline()).decode():
        said += line
        if wanted(json.loads(line)):
            return said
    raise AssertionError(f"the process ended first; it said: {said[-2000:]}")


def read_sheet(path: Path) -> list[dict[str, Any]]:
    """The rows of the first sheet by header, as another reader sees them."""
    rows: list[list[Any]] = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
