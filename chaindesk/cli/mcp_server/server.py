"""The tools of ``chaindesk mcp`` in the Model Context Protocol: the only module that imports its SDK."""

from __future__ import annotations

import functools
import logging
from collections.abc import Awaitable, Callable
from typing import Any, ParamSpec

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations

import chaindesk
from chaindesk.cli.mcp_server.results import short
from chaindesk.cli.mcp_server.service import AgentService, problems_text
from chaindesk.domain.errors import ChainDeskError, ChainError

_log = logging.getLogger(__name__)
_P = ParamSpec("_P")
_Register = Callable[[Callable[..., Awaitable[dict[str, Any]]]], None]
_INSTRUCTIONS = """Runs chains of model calls over the rows of a workbook. The way: check; estimate with cap_usd, which
gives a confirm_token for just this workbook, chain, rows and cap; tell the user the cost; run with a request_id of your
own and the token; status until state is no longer "running"; export. A request_id is one run however often it is sent,
so repeat it when an answer is lost. Failed rows: estimate with rows="failed", then run with a new request_id. Answers
that are known are never paid for twice."""
_READS = ToolAnnotations(read_only_hint=True)
_SAVES = ToolAnnotations(read_only_hint=False, destructive_hint=False, idempotent_hint=True)
_PAYS = ToolAnnotations(read_only_hint=False, destructive_hint=True, idempotent_hint=True, open_world_hint=True)


def make_server(service: AgentService) -> MCPServer[Any]:
    """Return the server with all its tools."""
    server: MCPServer[Any] = MCPServer(
        "chaindesk", instructions=_INSTRUCTIONS, version=chaindesk.__version__, log_level="CRITICAL"
    )

    tool = _registry_of(server, service)

    @tool(_READS)
    async def check(workbook: str, chain: str, rows: str = "all", sheet: str = "") -> dict[str, Any]:
        """Find every mistake in a chain (.yaml) and a workbook's sheet. Costs nothing."""
        return await service.check(workbook, chain, rows, sheet)

    @tool(_READS)
    async def estimate(workbook: str, chain: str, cap_usd: float, rows: str = "all", sheet: str = "") -> dict[str, Any]:
        """Tell what a run would do and cost, and give the confirm_token for it. Costs nothing.

        rows: all, failed, first:10, sheet rows such as 2-50,60, or COLUMN=TEXT. cap_usd: the most that it may cost.
        """
        return await service.estimate(workbook, chain, rows, sheet, cap_usd)

    @tool(_PAYS)
    async def run(request_id: str, confirm_token: str, wait_seconds: float = 20) -> dict[str, Any]:
        """Run what the token confirms. Costs up to its cap. Comes back after wait_seconds at the latest: see status.

        request_id: any text of your own; the same one is the same run, also while it goes on and after a restart.
        """
        return await service.run(request_id, confirm_token, wait_seconds)

    @tool(_READS)
    async def status(request_id: str, wait_seconds: float = 20) -> dict[str, Any]:
        """Tell how a run stands; at its end with counts, failures by kind and three samples."""
        return await service.status(request_id, wait_seconds)

    @tool(_SAVES)
    async def stop(request_id: str) -> dict[str, Any]:
        """Stop a run. What has been answered is kept."""
        return await service.stop(request_id)

    @tool(_SAVES)
    async def export(workbook: str, out: str = "", chain: str = "") -> dict[str, Any]:
        """Save the workbook with all known answers beside it, or as out (.xlsx, .csv, .md, .html). Costs nothing."""
        return await service.export(workbook, chain, out)

    @tool(_SAVES)
    async def report(run_id: int, page: str = "") -> dict[str, Any]:
        """Tell of a past run in figures; page names an .html file to save it with charts. Costs nothing."""
        return await service.report(run_id, page)

    return server


def _registry_of(server: MCPServer[Any], service: AgentService) -> Callable[[ToolAnnotations], _Register]:
    """Return a decorator that makes a function one of the server's tools."""

    def tool(annotations: ToolAnnotations) -> _Register:
        def register(act: Callable[..., Awaitable[dict[str, Any]]]) -> None:
            # As text alone: with a structured copy beside it every answer would be sent twice.
            server.tool(annotations=annotations, structured_output=False)(_told(service, act))

        return register

    return tool


def _told(service: AgentService, act: Callable[_P, Awaitable[dict[str, Any]]]) -> Callable[_P, Awaitable[str]]:
    """Return a tool that answers in JSON, and whose errors are the user's own words without a key in them."""

    @functools.wraps(act)
    async def told(*args: _P.args, **kwargs: _P.kwargs) -> str:
        try:
            return service.told(await act(*args, **kwargs))
        except ChainError as error:
            words = problems_text(error)
        except ChainDeskError as error:
            words = short(str(error), 600)
        except Exception as error:
            _log.exception("A tool failed unexpectedly")
            words = f"Something unexpected went wrong in ChainDesk ({type(error).__name__}): its log says what."
        raise ToolError(service.without_keys(words)) from None

    told.__annotations__ = act.__annotations__ | {"return": str}
    return told
