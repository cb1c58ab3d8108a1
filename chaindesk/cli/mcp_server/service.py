"""What an agent can ask for, free of the protocol by which it does: every answer is a small dictionary."""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chaindesk.cli.commands import check, export, run
from chaindesk.cli.mcp_server.agent_run import AgentRun
from chaindesk.cli.mcp_server.confirmation import LIFETIME_S, Confirmed, ConfirmTokens, digests_of
from chaindesk.cli.mcp_server.results import (
    check_result,
    dollars,
    estimate_result,
    export_result,
    listed_short,
    report_result,
)
from chaindesk.domain.errors import ChainError, UsageError
from chaindesk.engine.cost.budget import no_price
from chaindesk.files.save import checked_ending, save_text
from chaindesk.formatting import money
from chaindesk.providers.redaction import without_key

if TYPE_CHECKING:
    from chaindesk.cli.mcp_server.allowed_folders import AllowedFolders
    from chaindesk.cli.mcp_server.requests import RequestStore
    from chaindesk.journal.protocol import Journal

LONGEST_WAIT_S = 50.0  # below the minute after which clients give a call up


@dataclass(frozen=True, slots=True)
class AgentLimits:
    """What the user allowed.

    Attributes:
        folders: where files may be.
        most: the highest cap that a run may have, in US dollars; None is any.
        journal: the journal's path where it is not the usual one.
    """

    folders: AllowedFolders
    most: Decimal | None = None
    journal: Path | None = None


class AgentService:
    """The runs of one server."""

    def __init__(self, limits: AgentLimits, journal: Journal, requests: RequestStore, tokens: ConfirmTokens) -> None:
        self._limits, self._journal, self._requests, self._tokens = limits, journal, requests, tokens
        self._going: dict[str, AgentRun] = {}
        self._keys: set[str] = set()

    async def close(self) -> None:
        """Stop what is going on, and wait until that is recorded."""
        for one in self._going.values():
            one.stop()
        await asyncio.gather(*(one.task for one in self._going.values()))

    def told(self, values: dict[str, Any]) -> str:
        """Return an answer as JSON without an API key in it."""
        there = {name: value for name, value in values.items() if value not in ([], "")}
        return self.without_keys(json.dumps(there, ensure_ascii=False))

    def without_keys(self, text: str) -> str:
        """Return a text without an API key in it."""
        for key in self._keys:
            text = without_key(text, key)
        return text

    async def check(self, workbook: str, chain: str, rows: str, sheet: str) -> dict[str, Any]:
        """Return every mistake in chain and sheet."""
        arguments = self._arguments(check.add_arguments, workbook, chain, rows, sheet)
        return check_result(await asyncio.to_thread(check.findings, arguments))

    async def estimate(self, workbook: str, chain: str, rows: str, sheet: str, cap_usd: float) -> dict[str, Any]:
        """Return what a run would do and cost, and the token that confirms just that.

        Raises:
            ChainError: it cannot be run, with every mistake.
            UsageError: the cap is none, or higher than the user allowed.
        """
        cap = self._cap(cap_usd)
        arguments = self._arguments(check.add_arguments, workbook, chain, rows, sheet)
        digests = await asyncio.to_thread(digests_of, arguments.workbook, arguments.chain)
        found = await asyncio.to_thread(check.findings, arguments)
        if found.problems:
            raise ChainError(found.problems)
        if found.plan is not None and found.plan.estimate.unknown_prices:
            raise UsageError(no_price(found.plan.estimate.unknown_prices))
        name = found.manifest.sheet if found.manifest is not None else ""
        confirmed = Confirmed(arguments.workbook, name, arguments.chain, rows, cap, digests)
        values = estimate_result(found) | {"sheet": name, "cap_usd": dollars(cap)}
        return values | {"confirm_token": self._tokens.give(confirmed), "expires_in_seconds": int(LIFETIME_S)}

    async def run(self, request_id: str, confirm_token: str, wait_seconds: float) -> dict[str, Any]:
        """Begin the run that a token confirms, or look at the one that the request id has begun.

        Raises:
            UsageError: the token confirms nothing: nothing was run.
        """
        # From here to the end of the claim nothing is awaited, so that a second request finds the first.
        if request_id not in self._going:
            claim = self._requests.claim(request_id)
            if claim is not None:
                try:
                    self._going[request_id] = self._begun(request_id, confirm_token, claim)
                except BaseException:
                    claim.release()
                    raise
        return await self.status(request_id, wait_seconds)

    def _begun(self, request_id: str, token: str, claim: Any) -> AgentRun:
        confirmed = self._tokens.use(token)
        names = (str(confirmed.workbook), str(confirmed.chain), confirmed.rows, confirmed.sheet)
        arguments = self._arguments(run.add_arguments, *names)
        return AgentRun(request_id, confirmed, arguments, self._journal, claim)

    async def status(self, request_id: str, wait_seconds: float) -> dict[str, Any]:
        """Return how a run stands, as soon as it has ended or so many seconds have passed.

        Raises:
            UsageError: there is no such request.
        """
        going = self._going.get(request_id)
        if going is None:
            return self._requests.recorded(request_id)
        await asyncio.wait([going.task], timeout=min(max(wait_seconds, 0), LONGEST_WAIT_S))
        self._keys |= going.keys
        if not going.task.done():
            return going.status()
        self._going.pop(request_id, None)
        return self._requests.recorded(request_id)

    async def stop(self, request_id: str) -> dict[str, Any]:
        """Stop a run, and return how it ended.

        Raises:
            UsageError: there is no such request.
        """
        if (going := self._going.get(request_id)) is not None:
            going.stop()
        return await self.status(request_id, LONGEST_WAIT_S)

    async def export(self, workbook: str, chain: str, out: str) -> dict[str, Any]:
        """Save what is known of a workbook, and return where."""
        more = [f"--out={self._limits.folders.path(out)}"] if out else []
        arguments = self._arguments(export.add_arguments, workbook, chain, "", "", more)
        return export_result(await asyncio.to_thread(export.newest_export, arguments))

    async def report(self, run_id: int, page: str) -> dict[str, Any]:
        """Return a past run in figures, and save it as a page where one is named.

        Raises:
            UsageError: there is no such run over a workbook in the allowed folders, or the page is there already.
        """
        return await asyncio.to_thread(self._report, run_id, page)

    def _report(self, run_id: int, page: str) -> dict[str, Any]:
        from chaindesk.engine.past_run import run_record
        from chaindesk.engine.reports.html_page import report_page
        from chaindesk.engine.reports.run_report import priced_report

        self._limits.folders.path(run_record(self._journal, run_id).workbook)
        report = priced_report(self._journal, run_id)
        if not page:
            return report_result(report)
        path = checked_ending(self._limits.folders.path(page), ".html")
        if path.exists():
            raise UsageError(f"{path.name} is there already. Name another page.")
        return report_result(report) | {"page": str(save_text(path, report_page(report)))}

    def _cap(self, cap_usd: float) -> Decimal:
        cap = Decimal(str(cap_usd))
        if not cap.is_finite() or cap <= 0:
            raise UsageError("cap_usd is the most that the run may cost, in US dollars, such as 0.50.")
        if self._limits.most is not None and cap > self._limits.most:
            raise UsageError(f"The user allows {money(self._limits.most)} for a run at most. Choose a lower cap_usd.")
        return cap

    def _arguments(
        self,
        declare: Callable[[argparse.ArgumentParser], None],
        workbook: str,
        chain: str,
        rows: str,
        sheet: str,
        more: list[str] | None = None,
    ) -> argparse.Namespace:
        """Return what the command line would make of it, of files that may be named."""
        folders = self._limits.folders
        words = [str(folders.file(workbook)), *(more or [])]
        words += [f"--chain={folders.file(chain)}"] if chain else []
        words += [f"--rows={rows}"] if rows else []
        words += [f"--sheet={sheet}"] if sheet else []
        words += [f"--journal={self._limits.journal}"] if self._limits.journal else []
        parser = _Parser(allow_abbrev=False)
        declare(parser)
        return parser.parse_args(words)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> Any:
        """Raise instead of ending the process.

        Raises:
            UsageError: always.
        """
        raise UsageError(message)


def problems_text(error: ChainError) -> str:
    """Return the mistakes of a chain or sheet in few words."""
    return "\n".join(listed_short(map(str, error.problems), 6, 400)) or str(error)
