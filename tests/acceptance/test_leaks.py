"""The key is in nothing that ChainDesk writes or says, whatever fails and however a server throws the key back."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import re
import signal
import sqlite3
import threading
import zipfile
from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import xlsxwriter

from chaindesk.cli.error_handler import report_error
from chaindesk.desktop.runtime.crash_handler import CrashHandler
from tests.support.command_line import CommandLine

pytestmark = pytest.mark.slow

KEY = "sk-live/9f8e7d6c5b4a39281706+Zq=="
ENCODED = base64.b64encode(KEY.encode()).decode()
FORMS = (KEY, KEY[:16], KEY[8:20], KEY[-12:], quote(KEY, safe=""), ENCODED[:24], ENCODED[8:32], KEY.encode().hex()[:24])
KINDS = ("openai-chat", "openai-responses", "anthropic-messages", "gemini", "azure-openai")
ECHO = f"You sent {KEY}. Bearer {KEY}; {KEY[:8]}****{KEY[-4:]}; Basic {ENCODED}; {quote(KEY, safe='')}"
ERROR = {"error": {"message": ECHO, "type": KEY, "code": KEY, "param": KEY}}
HEADERS = f"x-request-id: {KEY}\r\nLocation: https://elsewhere.invalid/{KEY}\r\nx-ratelimit-limit-requests: {KEY}\r\n"
STATUSES = (400, 403, 408, 409, 413, 422, 498, 500, 502, 503, 504, 529)
PAUSING = (301, 307, 401, 402, 404, 407)


def _answer(text: str) -> dict[str, Any]:
    """An answer in every wire format at once."""
    message = {"role": "assistant", "content": text}
    part = {"type": "output_text", "text": text}
    return {
        "id": KEY,
        "model": KEY,
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "output": [{"type": "message", "role": "assistant", "content": [part]}],
        "content": [{"type": "text", "text": text}],
        "stop_reason": "end_turn",
        "candidates": [{"content": {"role": "model", "parts": [{"text": text}]}, "finishReason": "STOP"}],
    }


def _chunk(text: str) -> dict[str, Any]:
    """A piece of a stream in every wire format at once."""
    return {
        "type": "content_block_delta",
        "choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}],
        "delta": {"type": "text_delta", "text": text},
        "candidates": [{"content": {"role": "model", "parts": [{"text": text}]}}],
    }


def _events(*data: Any) -> bytes:
    return b"".join(b"data: " + json.dumps(one).encode() + b"\n\n" for one in data)


BODIES = {
    "inner": json.dumps(ERROR).encode(),
    "text": KEY.encode(),
    "page": f"<html><title>{KEY}</title>{KEY}</html>".encode(),
    "half": json.dumps(_answer(KEY)).encode()[:60],
    "empty": json.dumps(_answer("")).encode(),
    "told": json.dumps(_answer(f"You sent {KEY}, in other words {ENCODED}.")).encode(),
    "midway": _events(_chunk(f"So {KEY}"), ERROR),
    "cut": _events(_chunk(f"So {KEY}")),
    "nojson": b"data: " + KEY.encode() + b"\n\n",
}
LOST = ("reset", "hang", "garbage", "short")
WAYS = (*(f"s{status}" for status in STATUSES), *BODIES, *LOST)
# A provider that answers nothing but errors would be waited for: a good answer stands between any two failures.
# The limit comes last, for calls are slower behind it.
MODES = (*(mode for way in WAYS for mode in (way, "told")), "s429")


def _reply(status: int, body: bytes, kind: str = "application/json") -> bytes:
    head = f"HTTP/1.1 {status} {KEY}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{HEADERS}\r\n"
    return head.encode() + body


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
            body = await reader.readexactly(int(length[1]) if length else 0)
            assert KEY.encode() in head
            found = re.search(rb"MODE-(\w+)", body)
            mode = found[1].decode() if found else "told"
            if mode == "reset":
                writer.transport.abort()
            elif mode == "hang":
                await asyncio.Event().wait()
            elif mode == "garbage":
                writer.write(f"HTTP/1.1 200 OK\r\nbad header line {KEY}\r\n\r\n".encode())
                writer.close()
            elif mode == "short":
                writer.write(_reply(200, json.dumps(_answer(KEY)).encode())[:-20])
                writer.close()
            elif mode in BODIES:
                streamed = mode in ("midway", "cut", "nojson")
                writer.write(_reply(200, BODIES[mode], "text/event-stream" if streamed else "application/json"))
            else:
                writer.write(_reply(int(mode[1:]), json.dumps(ERROR).encode()))


@contextlib.asynccontextmanager
async def _server(serve: Any = _serve) -> AsyncIterator[str]:
    """The address of a server whose connections all end with it."""
    tasks: set[asyncio.Task[None]] = set()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await serve(reader, writer)
        except asyncio.CancelledError:
            pass  # a hanging reply at the end of the test
        finally:
            writer.transport.abort()
            tasks.discard(task)

    async with await asyncio.start_server(accept, "127.0.0.1", 0) as server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks)


def _chain(folder: Path, plain: str, kinds: tuple[str, ...] = KINDS[:1], *, more: str = "", fields: str = "") -> Path:
    """A chain with a step for each wire format, plainly and streamed; a row says which of these ways it goes.

    Args:
        plain: the servers' addresses with spaces between, or one whole URL.
    """
    providers, steps = [], []
    for number, (kind, stream) in enumerate((kind, stream) for kind in kinds for stream in ("false", "true")):
        url = plain if "://" in plain else f"http://{plain.split()[number % len(plain.split())]}/{number}/v1"
        providers.append(f'  lab{number}: {{kind: {kind}, base_url: "{url}", api_key_env: LAB_KEY{more}}}\n')
        steps.append(
            f"  - {{name: step{number}, model: lab{number}/m, prompt: '{{{{Topic}}}}', timeout: 1, "
            f"parameters: {{stream: {stream}}}, run_if: {{column: Way, equals: way{number}}}{fields.format(number)}}}\n"
        )
    path = folder / "chain.yaml"
    path.write_text(
        f"name: leaks\norder: sheet\nconcurrency: {len(steps)}\nretry: {{attempts: 1}}\n"
        f"providers:\n{''.join(providers)}steps:\n{''.join(steps)}",
        encoding="utf-8",
    )
    return path


def _workbook(folder: Path, *modes: str, ways: tuple[int, ...] = (0,)) -> Path:
    path = folder / "jobs.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Jobs")
        sheet.write_row(0, 0, ["Topic", "Way"])
        for number, (mode, way) in enumerate(((mode, way) for mode in modes for way in ways), 1):
            sheet.write_row(number, 0, [f"MODE-{mode}", f"way{way}"])
    return path


async def _run(cli: CommandLine, *words: object, env: dict[str, str] | None = None) -> tuple[int, str]:
    """A run to its end; one that waits until its provider can be reached is stopped by Ctrl+C."""
    process = await cli.start("run", *words, "--allow-key-env", "--json", env={"LAB_KEY": KEY} | (env or {}))
    said = bytearray()

    async def hear(stream: asyncio.StreamReader) -> None:
        async for line in stream:
            said.extend(line)
            if b'"outage"' in line:
                process.send_signal(signal.SIGINT)

    await asyncio.gather(hear(process.stdout), hear(process.stderr))
    return await process.wait(), said.decode()


async def _told(cli: CommandLine, book: Path, chain: Path) -> list[str]:
    """All that the other commands say and save of the newest run."""
    said = []
    for words in (
        ("report", "--html", "page.html", "--bundle", "bundle.zip", "--with-texts"),
        ("report", "--json"),
        ("runs",),
        ("export", book, "--chain", chain, "--out", "again.xlsx"),
        ("keys", "list", "--chain", chain),
    ):
        done = await cli(*words, env={"LAB_KEY": KEY})
        assert "Traceback" not in done.err
        said += [done.out, done.err]
    return said


def _written(folders: tuple[Path, ...]) -> Iterator[tuple[str, str]]:
    """Every file below the folders: its bytes, what is packed in it, and what its tables hold."""
    for folder in folders:
        for path in folder.rglob("*"):
            if not path.is_file():
                continue
            yield path.name, path.read_bytes().decode("latin-1")
            if zipfile.is_zipfile(path):
                with zipfile.ZipFile(path) as package:
                    for name in package.namelist():
                        yield f"{path.name}/{name}", package.read(name).decode("latin-1")
            elif path.suffix == ".sqlite3":
                with contextlib.closing(sqlite3.connect(path)) as base:
                    yield f"{path.name} in SQL", "\n".join(base.iterdump())


def _leaks(said: list[str], folders: tuple[Path, ...]) -> list[str]:
    told = [("said", text) for text in said]
    return [f"{form} in {name}" for name, text in (*told, *_written(folders)) for form in FORMS if form in text]


def _places(cli: CommandLine) -> tuple[Path, ...]:
    return cli.folder, Path(os.environ["CHAINDESK_HOME"])


async def test_rows_that_fail_in_every_way_leave_no_trace_of_the_key(cli: CommandLine) -> None:
    ways = tuple(range(2 * len(KINDS)))
    async with contextlib.AsyncExitStack() as stack:
        plain = " ".join([await stack.enter_async_context(_server()) for _ in ways])  # each is waited for by itself
        chain, book = _chain(cli.folder, plain, KINDS), _workbook(cli.folder, *MODES, ways=ways)
        status, said = await _run(cli, book, "--chain", chain)
        told = await _told(cli, book, chain)
    assert status == 1, said
    outcomes = [json.loads(line) for line in said.splitlines() if '"row_finished"' in line]
    assert len(outcomes) == len(MODES) * len(ways), said
    assert {one["status"] for one in outcomes} == {"done", "failed"}
    assert not _leaks([said, *told], _places(cli))


async def test_refusals_that_halt_a_run_leave_no_trace_of_the_key(cli: CommandLine) -> None:
    said = []
    async with _server() as plain:
        chain = _chain(cli.folder, plain, KINDS)
        for number, status in enumerate(PAUSING):
            book = _workbook(cli.folder, f"s{status}", ways=(3 * number % (2 * len(KINDS)),))
            ended, words = await _run(cli, book, "--chain", chain)
            assert ended == 3, words
            said.append(words)
        said += await _told(cli, cli.folder / "jobs.xlsx", chain)
    assert not _leaks(said, _places(cli))


async def test_answers_that_do_not_fit_leave_no_trace_of_the_key(cli: CommandLine) -> None:
    async with _server() as plain:
        chain = _chain(cli.folder, plain, fields=", fields: {{quality{}: integer}}")
        book = _workbook(cli.folder, "told")
        status, said = await _run(cli, book, "--chain", chain)
        told = await _told(cli, book, chain)
    assert status == 1
    assert "does not fit" in said
    assert not _leaks([said, *told], _places(cli))


async def test_a_call_that_crashes_leaves_no_trace_of_the_key(cli: CommandLine) -> None:
    """The error's own words, its notes and its cause all hold the key, as those of a foreign library could."""
    (cli.folder / "sitecustomize.py").write_text(
        "import os\nfrom chaindesk.providers.wire_formats import json_body\n\n"
        "def boom(body):\n    key = os.environ['LAB_KEY']\n    error = RuntimeError(f'with {key}')\n"
        "    error.add_note(key)\n    raise error from OSError(f'Bearer {key}')\n\njson_body.parsed = boom\n",
        encoding="utf-8",
    )
    async with _server() as plain:
        chain, book = _chain(cli.folder, plain), _workbook(cli.folder, "told")
        status, said = await _run(cli, book, "--chain", chain, env={"PYTHONPATH": str(cli.folder)})
        told = await _told(cli, book, chain)
    assert status == 1, said
    assert "RuntimeError" in "".join(text for name, text in _written(_places(cli)) if name == "chaindesk.log")
    assert not _leaks([said, *told], _places(cli))


@pytest.mark.parametrize("kind", [RuntimeError, OSError, ValueError, KeyError, TypeError])
def test_crash_text_holds_no_key(cli: CommandLine, capfd: pytest.CaptureFixture[str], kind: type[Exception]) -> None:
    """What the command line and the window say and log of an error that nobody expected."""
    try:
        raise kind(f"Bearer {KEY}") from OSError(KEY)
    except kind as caught:
        error = caught
    error.add_note(KEY)
    said: list[str] = []
    report_error(error)
    crash = CrashHandler(said.append)
    crash.install()
    try:
        crash.handle(kind, error, error.__traceback__)
        crash.handle_loop_error(None, {"message": f"Task was destroyed: {KEY}", "exception": error})
        crash.handle_loop_error(None, {"message": f"Task was destroyed: {KEY}"})
        thread = threading.Thread(target=partial(_raise, error), name=KEY)
        thread.start()
        thread.join()
    finally:
        crash.uninstall()
    assert len(said) >= 2
    assert "Unexpected" in "".join(text for name, text in _written(_places(cli)) if name == "chaindesk.log")
    assert not _leaks([*said, *capfd.readouterr()], _places(cli))


def _raise(error: Exception) -> None:
    raise error


@pytest.mark.parametrize(
    ("base_url", "env", "more"),
    [
        ("http://127.0.0.1:9/v1", {}, ""),
        ("https://nowhere.invalid/v1", {}, ""),
        ("https://{plain}", {}, ""),
        (
            "http://llm.example.org/v1",
            {"http_proxy": f"http://me:{quote(KEY, safe='')}@127.0.0.1:9"},
            ", allow_http: true",
        ),
        ("https://llm.example.org/v1", {"https_proxy": f"socks5://me:{quote(KEY, safe='')}@127.0.0.1:9"}, ""),
        ("https://llm.example.org/v1", {"https_proxy": f"http://me:{quote(KEY, safe='')}@{{plain}}"}, ""),
        ("https://llm.example.org/v1", {"LAB_KEY": KEY + " x"}, ""),
    ],
)
async def test_connections_that_are_never_made_leave_no_trace_of_the_key(
    cli: CommandLine, base_url: str, env: dict[str, str], more: str
) -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 407 {KEY}\r\nProxy-Authenticate: Basic realm={KEY}\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    async with _server(refuse) as plain:
        chain = _chain(cli.folder, base_url.format(plain=plain), more=more)
        book = _workbook(cli.folder, "told")
        env = {name: value.replace("{plain}", plain) for name, value in env.items()}
        status, said = await _run(cli, book, "--chain", chain, env=env)
    assert status != 0
    assert not _leaks([said], _places(cli))


async def test_a_key_in_an_address_is_refused_unshown(cli: CommandLine) -> None:
    book = _workbook(cli.folder, "told")
    for base_url in (f"https://me:{quote(KEY, safe='')}@llm.example.org/v1", f"https://llm.example.org/v1?key={KEY}"):
        chain = _chain(cli.folder, base_url)
        status, said = await _run(cli, book, "--chain", chain)
        chain.unlink()
        assert status == 2
        assert not _leaks([said], _places(cli))
