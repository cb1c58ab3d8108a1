"""``chaindesk mcp``: a server by which agents check, estimate, run and export, within the user's folders and caps."""

from __future__ import annotations

import argparse
import importlib.util

from chaindesk.cli import event_loop, options
from chaindesk.cli.inputs import opened_journal
from chaindesk.cli.printing.output import note
from chaindesk.domain.errors import UsageError

DESCRIPTION = """Serve agents by the Model Context Protocol on standard input and output; an agent's program starts it.

An agent can read and write files in the folders of --folder only. Nothing is paid for without a confirm token, which
an estimate gives for one workbook, one chain, some rows and a cap, once, for 15 minutes. No key reaches the agent.

It needs the SDK of the protocol, the extra mcp of the wheel: pip install 'chaindesk[mcp]'"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--folder",
        metavar="FOLDER",
        type=options.path,
        action="append",
        required=True,
        help="a folder with workbooks and chains; may be said again. Names without a path are in the first one",
    )
    parser.add_argument("--budget", metavar="USD", type=options.dollars, help="the highest cap that a run may have")
    options.add_journal(parser)


def execute(arguments: argparse.Namespace) -> int:
    """Serve until standard input ends."""
    if importlib.util.find_spec("mcp") is None:
        raise UsageError(
            "chaindesk mcp needs the SDK of the protocol, which the wheel's extra mcp brings, and no other installer. "
            "In a virtual environment: pip install 'chaindesk[mcp]'"
        )
    return event_loop.run(_serve(arguments))


async def _serve(arguments: argparse.Namespace) -> int:
    from chaindesk.cli.mcp_server.allowed_folders import AllowedFolders
    from chaindesk.cli.mcp_server.confirmation import ConfirmTokens
    from chaindesk.cli.mcp_server.requests import RequestStore
    from chaindesk.cli.mcp_server.server import make_server
    from chaindesk.cli.mcp_server.service import AgentLimits, AgentService
    from chaindesk.settings import journal_path

    limits = AgentLimits(AllowedFolders(arguments.folder), arguments.budget, arguments.journal)
    with opened_journal(arguments) as journal:
        folder = (arguments.journal or journal_path()).absolute().with_suffix(".requests")
        service = AgentService(limits, journal, RequestStore(folder), ConfirmTokens(folder))
        note("Serving the Model Context Protocol on standard input and output. Its end, or Ctrl-C, ends this.")
        try:
            await make_server(service).run_stdio_async()
        finally:
            await service.close()
    return 0
