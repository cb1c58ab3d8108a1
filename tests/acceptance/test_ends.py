"""How runs end early, seen by a server that knows nothing of ChainDesk: what it is asked, when, and what it is not."""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
import os
import re
import shutil
import signal
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from chaindesk.chain_file import load_chain
from chaindesk.credentials import KeyStore
from chaindesk.domain.events import Event, PauseCause, RunPaused
from chaindesk.engine.run.control import RunControl
from chaindesk.engine.run.options import RunOptions
from chaindesk.engine.session import Session
from chaindesk.journal.sqlite.journal import open_journal
from chaindesk.workbook import ReadOptions, open_manifest
from tests.support.command_line import CommandLine, read_sheet
from tests.support.waiting import until

pytestmark = pytest.mark.slow


def chat(text: str) -> dict[str, Any]:
    message = {"role": "assistant", "content": text}
    usage = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
    choices = [{"index": 0, "message": message, "finish_reason": "stop"}]
    return {"id": "x", "object": "chat.completion", "model": "writer", "choices": choices, "usage": usage}


def messages(text: str) -> dict[str, Any]:
    usage = {"input_tokens": 10, "output_tokens": 5}
    content = [{"type": "text", "text": text}]
    common = {"id": "x", "type": "message", "role": "assistant", "model": "writer"}
    return common | {"content": content, "stop_reason": "end_turn", "usage": usage}


def gemini(text: str) -> dict[str, Any]:
    candidate = {"content": {"role": "model", "parts": [{"text": text}]}, "finishReason": "STOP", "index": 0}
    usage = {"promptTokenCount": 10, "candidatesTokenCount": 5, "totalTokenCount": 15}
    return {"candidates": [candidate], "usageMetadata": usage, "modelVersion": "writer"}


SAYS = {"openai-chat": chat, "anthropic-messages": messages, "gemini": gemini}


@dataclass
class Watcher:
    """A plain HTTP server that notes every request.

    Attributes:
        kind: whose replies it gives.
        latency: seconds that an answer takes.
        holds: answers nothing any more, once so many requests have come.
        refuses: gives a refusal instead of an answer, once so many were given.
        good: answers before the first refusal.
        arrived: requests that came.
        answered: whole answers.
        cut: requests that the client left before they were answered.
    """

    kind: str = "openai-chat"
    latency: float = 0.02
    refuses: tuple[int, dict[str, Any]] | None = None
    good: int = 4
    holds: float = math.inf
    key: str = ""
    arrived: int = 0
    cut: int = 0
    answered: int = 0
    refused: int = 0
    port: int = 0
    tls: ssl.SSLContext | None = None

    async def reply(self, request: web.Request) -> web.StreamResponse:
        self.arrived += 1
        if self.key and request.headers.get("Authorization") != f"Bearer {self.key}":
            self.refused += 1
            return web.json_response({"error": {"message": "Incorrect API key provided."}}, status=401)
        if self.refuses is not None and self.arrived > self.good:
            self.refused += 1
            status, body = self.refuses
            return web.json_response(body, status=status)
        try:
            await asyncio.sleep(self.latency if self.arrived <= self.holds else 3600)
        except asyncio.CancelledError:
            self.cut += 1
            raise
        self.answered += 1
        return web.json_response(SAYS[self.kind](f"answer {self.answered}"))

    @asynccontextmanager
    async def open(self, keepalive: float = 75.0) -> AsyncIterator[Watcher]:
        app = web.Application()
        app.router.add_post("/{tail:.*}", self.reply)
        runner = web.AppRunner(app, handler_cancellation=True, keepalive_timeout=keepalive)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", self.port, ssl_context=self.tls)
        await site.start()
        self.port = runner.addresses[0][1]
        try:
            yield self
        finally:
            await runner.cleanup()


def chain_of(folder: Path, watcher: Watcher, *, steps: int = 1, more: str = "") -> Path:
    base = f"http{'s' if watcher.tls else ''}://127.0.0.1:{watcher.port}" + (
        "/v1" if watcher.kind == "openai-chat" else ""
    )
    lines = ["name: test", "id_column: ID", "concurrency: 2", "providers:"]
    lines += [f'  lab: {{kind: {watcher.kind}, base_url: "{base}", api_key_env: LAB_KEY{more}}}']
    lines += ["retry: {attempts: 2, seconds: 5, outage_minutes: 0.05}", "steps:"]
    for number in range(1, steps + 1):
        lines += [f"  - {{name: s{number}, model: lab/writer, prompt: '{number} {{{{Topic}}}}'}}"]
    path = folder / "chain.yaml"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def openai(code: str, message: str) -> dict[str, Any]:
    return {"error": {"message": message, "type": code, "code": code, "param": None}}


REFUSALS: dict[str, tuple[str, int, dict[str, Any]]] = {
    "401": ("openai-chat", 401, openai("invalid_api_key", "Incorrect API key provided.")),
    "402": ("openai-chat", 402, openai("payment_required", "Insufficient credits.")),
    "403": ("openai-chat", 403, openai("forbidden", "Your key may not do that.")),
    "404 model": ("openai-chat", 404, openai("model_not_found", "The model `writer` does not exist.")),
    "429 quota": ("openai-chat", 429, openai("insufficient_quota", "You exceeded your current quota.")),
    "anthropic 400 limits": (
        "anthropic-messages",
        400,
        {
            "type": "error",
            "error": {
                "type": "invalid_request_error",
                "message": "You have reached your specified API usage limits. You will regain access on 2026-12-01.",
            },
        },
    ),
    "gemini 400 key": (
        "gemini",
        400,
        {
            "error": {
                "code": 400,
                "message": "API key not valid. Please pass a valid API key.",
                "status": "INVALID_ARGUMENT",
                "details": [
                    {
                        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                        "reason": "API_KEY_INVALID",
                        "domain": "googleapis.com",
                    }
                ],
            }
        },
    ),
    "gemini 429 per day": (
        "gemini",
        429,
        {
            "error": {
                "code": 429,
                "message": "You exceeded your current quota, please check your plan and billing details.",
                "status": "RESOURCE_EXHAUSTED",
                "details": [
                    {
                        "@type": "type.googleapis.com/google.rpc.QuotaFailure",
                        "violations": [{"quotaId": "GenerateRequestsPerDayPerProjectPerModel-FreeTier"}],
                    },
                    {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "41s"},
                ],
            }
        },
    ),
}


@pytest.mark.parametrize("name", list(REFUSALS))
async def test_what_only_the_user_can_mend_ends_the_run_with_status_3(cli: CommandLine, name: str) -> None:
    kind, status, body = REFUSALS[name]
    book = cli.workbook(12)
    async with Watcher(kind, refuses=(status, body)).open() as server:
        chain = chain_of(cli.folder, server)
        done = await cli("run", book, "--chain", chain, "--quiet")
        assert done.status == 3, (done.out, done.err)
        assert "Traceback" not in done.err
        assert server.refused <= 3, "no more than were out at once, and the probe"
        rows = read_sheet(cli.folder / "jobs.completed.xlsx")
        states = [row["Status"] for row in rows]
        assert sorted(states) == ["done"] * 4 + ["pending"] * 8
        assert not any(row["Error"] for row in rows), "a pending row has no fault of its own"
        said = [line for line in done.out.splitlines() if "lab" in line.lower() and "Go on" not in line]
        assert len(said) == 1, done.out
        server.refuses = None
        before = server.arrived
        again = await cli("run", book, "--chain", chain, "--quiet")
        assert again.status == 0, again.err
        assert server.arrived - before == 8, "only the rest is paid for"


async def test_a_server_that_is_never_reached_ends_the_run_with_status_3(cli: CommandLine) -> None:
    book = cli.workbook(6)
    server = Watcher(port=_free_port())
    chain = chain_of(cli.folder, server)
    done = await cli("run", book, "--chain", chain, "--quiet")
    assert done.status == 3, (done.out, done.err)
    assert "Traceback" not in done.err
    assert {row["Status"] for row in read_sheet(cli.folder / "jobs.completed.xlsx")} == {"pending"}
    async with server.open():
        again = await cli("run", book, "--chain", chain, "--quiet")
    assert (again.status, server.arrived) == (0, 6)


def self_signed(certificate: Path, key: Path) -> None:
    words = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    words += ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    words += ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run(words, check=True, capture_output=True)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl, to make a certificate")
async def test_an_untrusted_certificate_ends_the_run_with_status_3(cli: CommandLine) -> None:
    book, certificate, key = cli.workbook(6), cli.folder / "server.pem", cli.folder / "server.key"
    self_signed(certificate, key)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate, key)
    async with Watcher(tls=tls).open() as server:
        chain = chain_of(cli.folder, server)
        done = await cli("run", book, "--chain", chain, "--quiet")
        assert (done.status, server.arrived) == (3, 0), (done.out, done.err)
        assert "is not trusted" in done.out
        assert "Traceback" not in done.err
        assert {row["Status"] for row in read_sheet(cli.folder / "jobs.completed.xlsx")} == {"pending"}
        again = await cli("run", book, "--chain", chain, "--quiet", env={"SSL_CERT_FILE": str(certificate)})
        assert (again.status, server.arrived) == (0, 6), (again.out, again.err)


async def test_a_run_that_waits_goes_on_with_the_key_that_was_replaced(cli: CommandLine) -> None:
    book = cli.workbook(12)
    async with Watcher(key="sk-new", latency=0.05).open() as server:
        manifest = open_manifest(book, ReadOptions(id_column="ID"))
        chain = load_chain(chain_of(cli.folder, server, steps=2))
        with contextlib.closing(open_journal(cli.folder / "journal.sqlite3")) as journal:
            session = Session(manifest, chain, journal, KeyStore())
            control, paused = RunControl(), []

            def listen(event: Event) -> None:
                if isinstance(event, RunPaused):
                    paused.append(event)
                    if len(paused) == 2:  # the first time nothing was done about it
                        os.environ["LAB_KEY"] = "sk-new"
                    asyncio.get_running_loop().call_later(0.2, control.resume)

            result = await session.run(RunOptions(on_pause="wait"), listen, control)
        assert {status.value: number for status, number in result.counts.items() if number} == {"done": 12}
        assert [event.cause for event in paused] == [PauseCause.KEY] * 2
        assert "key" in paused[0].message
        assert server.refused <= 6, "two at once and the probe, each time"
        assert server.answered == 24


async def test_a_budget_that_is_reached_ends_the_run_with_status_3(cli: CommandLine) -> None:
    book = cli.workbook(12)
    prices = ", prices: {writer: {input: 1000, output: 1000}}"
    async with Watcher().open() as server:
        chain = chain_of(cli.folder, server, more=prices)
        text = chain.read_text("utf-8").replace("model: lab/writer", "model: lab/writer, max_output_tokens: 5")
        chain.write_text(text, "utf-8")
        done = await cli("run", book, "--chain", chain, "--quiet", "--budget", "0.2")
        assert done.status == 3, (done.out, done.err)
        paid = server.answered
        assert 0 < paid < 12
        assert paid * 0.015 <= 0.2
        states = [row["Status"] for row in read_sheet(cli.folder / "jobs.completed.xlsx")]
        assert states.count("done") == paid
        assert states.count("pending") == 12 - paid
        again = await cli("run", book, "--chain", chain, "--quiet")
        assert (again.status, server.answered) == (0, 12)


@pytest.mark.parametrize("how", ["ctrl-c", "ctrl-c twice", "sigterm"])
async def test_after_a_stop_the_server_is_asked_for_nothing(cli: CommandLine, how: str) -> None:
    book = cli.workbook(40)
    async with Watcher(holds=10).open() as server:
        chain = chain_of(cli.folder, server, steps=2)
        process = await cli.start("run", book, "--chain", chain, "--json", "--concurrency", "10")
        finished = 0
        while finished < 10:
            finished += json.loads(await process.stdout.readline())["event"] == "step_finished"
        await until(lambda: server.arrived == 20)
        process.send_signal(signal.SIGTERM if how == "sigterm" else signal.SIGINT)
        if how == "ctrl-c twice":
            while b"Stopping" not in await process.stderr.readline():
                pass
            process.send_signal(signal.SIGINT)
        async with asyncio.timeout(90):
            _, err = await process.communicate()
        assert process.returncode == 130, err
        assert b"Traceback" not in err
        await until(lambda: server.cut == 10)
        assert server.arrived == 20, "nothing more is asked for"
        assert server.answered == 10
        runs = await cli("runs", "--json")
        assert runs.events[0]["state"] in ({"stopped", "interrupted"} if how == "ctrl-c twice" else {"stopped"})
        if how != "ctrl-c twice":
            rows = read_sheet(cli.folder / "jobs.completed.xlsx")
            assert {row["Status"] for row in rows} <= {"pending", "done"}
            assert sum(bool(row["s1"]) + bool(row["s2"]) for row in rows) == server.answered
        server.holds, answered = math.inf, server.answered
        again = await cli("run", book, "--chain", chain, "--quiet")
        assert again.status == 0, again.err
        assert server.answered == 80, f"{answered} answers were kept"


async def test_a_connection_that_went_stale_while_it_idled_fails_no_row(cli: CommandLine) -> None:
    """As after a sleep: the client believes in a connection that its other end has forgotten."""
    book = cli.workbook(6)
    connections: list[int] = []
    answered = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.closing(writer), contextlib.suppress(asyncio.IncompleteReadError):  # the client is done
            await answer(reader, writer)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal answered
        connections.append(0)
        while head := await reader.readuntil(b"\r\n\r\n"):
            length = int(re.search(rb"content-length: (\d+)", head.lower())[1])
            await reader.readexactly(length)
            if answered and answered % 4 == 0 and connections[-1]:
                writer.transport.abort()  # a reset, after the request went out on a connection of before
                return
            connections[-1] += 1
            answered += 1
            body = json.dumps(chat(f"answer {answered}")).encode()
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n")
            writer.write(b"content-length: %d\r\n\r\n" % len(body) + body)

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with listening:
        chain = chain_of(cli.folder, Watcher(port=listening.sockets[0].getsockname()[1]), steps=3)
        done = await cli("run", book, "--chain", chain, "--json", "--concurrency", "1")
    assert done.status == 0, (done.out, done.err)
    assert len(connections) > 3
    assert answered == 18
    assert done.events[-1]["retries"] == len(connections) - 1


def _free_port() -> int:
    import socket

    with contextlib.closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
