"""``chaindesk worker``: makes the calls of runs on other machines, as a part of a cluster."""

from __future__ import annotations

import argparse
import asyncio
import signal

from chaindesk.cli import options
from chaindesk.cli.interrupts import ending_signals
from chaindesk.cli.printing.output import note, say, say_json
from chaindesk.json_contract.watch_lines import ConnectedLine

DESCRIPTION = """Make calls for runs of other machines (chaindesk run --cluster), until Ctrl-C or the scheduler's end.

The keys of providers are looked for on this machine: in its environment and in its keyring, as a run does.
It needs Dask, the extra cluster of the wheel: uv tool install "chaindesk-VERSION-py3-none-any.whl[cluster]"."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("scheduler", metavar="ADDRESS", help="the scheduler: tls://HOST:PORT, or tcp://127.0.0.1:PORT")
    parser.add_argument(
        "--processes", metavar="N", type=options.positive, default=1, help="so many workers (%(default)s)"
    )
    options.add_certificates(parser)
    options.add_json(parser, "one JSON object with the workers' addresses on standard output, once they are connected")


def execute(arguments: argparse.Namespace) -> int:
    """Serve until a signal comes, or the scheduler ends."""
    return asyncio.run(_serve(arguments))


async def _serve(arguments: argparse.Namespace) -> int:
    from chaindesk.cluster.worker_process import serve_workers

    address = options.cluster_address(arguments.scheduler, arguments)
    ended, loop = asyncio.Event(), asyncio.get_running_loop()
    for one in ending_signals():
        signal.signal(one, lambda *_: loop.call_soon_threadsafe(ended.set))

    def on_ready(workers: tuple[str, ...]) -> None:
        if arguments.json:
            say_json(ConnectedLine(workers))
            return
        for worker in workers:
            say(f"The worker at {worker} is connected to {address.url}. Ctrl-C ends it.")

    await serve_workers(address, arguments.processes, ended, on_ready)
    if not ended.is_set():
        note("The scheduler has ended, and the workers with it.")
    return 0
