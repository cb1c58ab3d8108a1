"""In which order the calls of a run reach a provider, and in which order its answers stand in the workbook."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import xlsxwriter

from tests.support.command_line import CommandLine, read_sheet
from tests.support.http_server import ReceivedRequest, ScriptedServer, chat_completion, http_reply, scripted_server

_ROWS = 20


def words_workbook(folder: Path) -> Path:
    path = folder / "jobs.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Jobs")
        sheet.write_row(0, 0, ["Words"])
        for number in range(_ROWS):
            sheet.write_row(number + 1, 0, [100 + number])
    return path


def words_chain(folder: Path, url: str) -> Path:
    path = folder / "chain.yaml"
    path.write_text(
        "name: words\nconcurrency: 1\nproviders:\n"
        f'  lab: {{kind: openai-chat, base_url: "{url}", api_key_env: LAB_KEY}}\n'
        'steps:\n  - {name: text, model: lab/writer, prompt: "Write {{Words}} words."}\n'
    )
    return path


async def asked(cli: CommandLine, *options: str) -> tuple[list[int], list[str]]:
    """Run the chain; return the numbers of words in the order of their calls, and the texts in the workbook."""

    async def answer(received: ReceivedRequest, writer: asyncio.StreamWriter) -> None:
        writer.write(http_reply(200, chat_completion(f"for {wanted(received)}")))

    server: ScriptedServer
    async with scripted_server(answer) as server:
        book, chain = words_workbook(cli.folder), words_chain(cli.folder, server.url)
        ran = await cli("run", book, "--chain", chain, *options, "--allow-key-env")
        assert ran.status == 0, ran.err
        numbers = [wanted(received) for received in server.received]
    return numbers, [row["text"] for row in read_sheet(book.with_name("jobs.completed.xlsx"))]


def wanted(received: ReceivedRequest) -> int:
    found = re.search(r"Write (\d+) words", received.body.decode())
    assert found is not None
    return int(found[1])


async def test_the_last_rows_are_asked_longest_first_and_stand_in_sheet_order(cli: CommandLine) -> None:
    numbers, texts = await asked(cli)
    assert numbers == [*range(100, 112), *range(119, 111, -1)]
    assert texts == [f"for {number}" for number in range(100, 120)]


async def test_rows_are_asked_in_sheet_order_where_that_is_asked_for(cli: CommandLine) -> None:
    numbers, _ = await asked(cli, "--order", "sheet")
    assert numbers == list(range(100, 120))
