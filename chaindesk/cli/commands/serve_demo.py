"""``chaindesk serve-demo``: the simulated provider as a server of its own."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import threading
from collections.abc import Callable

from chaindesk.cli import event_loop
from chaindesk.cli.interrupts import ending_signals
from chaindesk.cli.options import add_json, number, port, whole
from chaindesk.cli.printing.output import note, say, say_json
from chaindesk.json_contract.tool_lines import ListeningLine
from chaindesk.simulator.options import DISTRIBUTIONS, DRAWS, SimulatorOptions

DESCRIPTION = """Serve the simulated provider: a real HTTP server that speaks OpenAI's chat completions and responses,
Anthropic's messages and Gemini's generateContent.

Its answers follow from the prompt, and are marked as simulated. Ctrl-C ends it."""

_HELP = {
    "latency": "mean seconds of a call",
    "distribution": "how the times of calls are spread",
    "sigma": "the spread of log-normal times",
    "capacity": "calls that it works on as fast as on one, more share its time (any number)",
    "overload": "how much more slows it: 1 keeps the answers a second, 1.5 lowers them",
    "draw": "what a call's time depends on: its prompt, or its place in the order of arrival",
    "seed": "changes every draw",
    "rpm": "requests a minute for each key (no limit)",
    "tpm": "tokens a minute for each key (no limit)",
    "limits_told": "whether replies tell the limits in headers; refusals tell how long to wait in any case",
    "burst": "seconds of the limits that may be used at once",
    "require_key": "the only key that is let in (everybody is)",
    "error_500": "share of calls, 0 to 1, that are answered 500",
    "error_503": "share that are answered 503, with Retry-After",
    "error_429": "share that are answered 429 whatever the limits say",
    "reset": "share whose connection is reset",
    "hang": "share that are never answered",
    "malformed": "share that are answered with a broken body",
    "flex_refused": "share of the flex calls that are refused for want of capacity",
    "flex_as_standard": "share of the flex calls that are served at the standard speed",
    "fail_containing": "calls whose messages contain this text fail",
    "fail_status": "the status with which they fail",
    "fail_attempts": "so many first attempts fail, then it succeeds (0: all fail)",
    "words": "about so many words in an answer (0: as the prompt says)",
    "prompt_cache": "whether long beginnings of prompts are cached",
    "models": "the models that are listed, with commas",
    "unsupported": "parameters that are refused, with commas",
}
_CHOICES = {"distribution": DISTRIBUTIONS, "draw": DRAWS}
_TYPES: dict[type, Callable[[str], object]] = {int: whole, float: number, type(None): number, str: str}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare an option for each of the server's."""
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen at (%(default)s)")
    parser.add_argument("--port", metavar="N", type=port, default=0, help="the port (a free one)")
    defaults = SimulatorOptions()
    for name, words in _HELP.items():
        default = getattr(defaults, name)
        if isinstance(default, bool):
            switch = argparse.BooleanOptionalAction
            parser.add_argument(f"--{name.replace('_', '-')}", action=switch, default=default, help=words)
            continue
        listed = isinstance(default, tuple)
        told = ",".join(default) if listed else "%(default)s"
        shown = "" if default in (None, "", ()) or "(" in words else f" ({told})"
        parser.add_argument(
            f"--{name.replace('_', '-')}",
            metavar=None if name in _CHOICES else "A,B" if listed else "X",
            type=_names if listed else _TYPES[type(default)],
            choices=_CHOICES.get(name),
            default=default,
            help=words + shown,
        )
    parser.add_argument("--options", metavar="JSON", help=argparse.SUPPRESS)
    parser.add_argument("--until-stdin-ends", action="store_true", help=argparse.SUPPRESS)
    add_json(parser, "one JSON object with the address on standard output")


def execute(arguments: argparse.Namespace) -> int:
    """Serve until a signal comes."""
    return event_loop.run(_serve(arguments, _options(arguments)))


def _options(arguments: argparse.Namespace) -> SimulatorOptions:
    if arguments.options:
        return SimulatorOptions.from_json(arguments.options)
    return SimulatorOptions(**{name: getattr(arguments, name) for name in _HELP})


async def _serve(arguments: argparse.Namespace, options: SimulatorOptions) -> int:
    from chaindesk.simulator.server import SimulatorServer

    ended = asyncio.Event()
    _end_on_signals(ended, asyncio.get_running_loop())
    if arguments.until_stdin_ends:
        _end_with_stdin(ended, asyncio.get_running_loop())
    async with SimulatorServer(options, arguments.host, arguments.port) as server:
        if arguments.json:
            say_json(ListeningLine(server.base_url, f"{server.root_url}/counters"))
        else:
            _say_how_to_use(server)
        await ended.wait()
        if not arguments.json:
            counters = server.counters
            note(f"\n{counters.requests:,} calls, {counters.peak:,} at once at most, {counters.connections:,} sockets.")
    return 0


def _say_how_to_use(server: object) -> None:
    base_url = getattr(server, "base_url", "")
    say(f"The simulated provider listens at {base_url}")
    say(f"What it saw: {getattr(server, 'root_url', '')}/counters     Ctrl-C ends it.")
    say()
    say("A chain that asks it:")
    say()
    say(
        f"""\
name: simulated
providers:
  simulated: {{kind: openai-chat, base_url: "{base_url}"}}
steps:
  - name: draft
    model: simulated/writer
    prompt: "Write two sentences on {{{{Topic}}}}." """.rstrip()
    )


def _end_on_signals(ended: asyncio.Event, loop: asyncio.AbstractEventLoop) -> None:
    for one in ending_signals():
        signal.signal(one, lambda *_: loop.call_soon_threadsafe(ended.set))


def _end_with_stdin(ended: asyncio.Event, loop: asyncio.AbstractEventLoop) -> None:
    """End when the process that started this one ends, however it does."""

    def watch() -> None:
        # Not through sys.stdin, whose lock a thread that still reads would hold at the interpreter's end.
        while os.read(0, 1024):
            pass
        if not loop.is_closed():
            loop.call_soon_threadsafe(ended.set)

    threading.Thread(target=watch, daemon=True).start()


def _names(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
