"""One run that an agent asked for: begun in the background, looked at while it goes on, recorded when it ends."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from chaindesk.cli.inputs import allow_keys, open_session, read_chain, read_fitting_manifest
from chaindesk.cli.mcp_server.results import dollars, end_result, progress_result, running_result, samples, short
from chaindesk.domain.errors import ChainDeskError
from chaindesk.domain.events import Event, RunStarted
from chaindesk.domain.row_selection import RowSelection
from chaindesk.engine.endpoints import read_keys
from chaindesk.engine.run.control import RunControl
from chaindesk.engine.run.options import RunOptions
from chaindesk.engine.run.progress.snapshot import Snapshot

if TYPE_CHECKING:
    import argparse

    from chaindesk.cli.mcp_server.confirmation import Confirmed
    from chaindesk.cli.mcp_server.requests import Claim
    from chaindesk.engine.session import Session
    from chaindesk.journal.protocol import Journal

_log = logging.getLogger(__name__)
RUNNING = "running"
REFUSED = "refused"
"""The state of a request of which nothing was run."""


class AgentRun:
    """A run that is going on.

    Attributes:
        task: ends with the run; it raises nothing.
        keys: the API keys that the run may use, to be kept out of everything that is told.
    """

    def __init__(
        self, request_id: str, confirmed: Confirmed, arguments: argparse.Namespace, journal: Journal, claim: Claim
    ) -> None:
        """Begin a run.

        Args:
            request_id: what the agent calls it.
            confirmed: what it may do.
            arguments: those of ``run`` for it.
            journal: the opened journal.
            claim: the claim of the request id.
        """
        self.keys: set[str] = set()
        self._confirmed, self._arguments, self._journal, self._claim = confirmed, arguments, journal, claim
        self._control, self._snapshot = RunControl(), Snapshot()
        self._head = {
            "request_id": request_id,
            "workbook": confirmed.workbook.name,
            "rows": confirmed.rows,
            "cap_usd": dollars(confirmed.cap),
        }
        self._end: dict[str, Any] | None = None
        self._record()
        self.task = asyncio.create_task(self._run_and_record())

    def stop(self) -> None:
        """End it as Ctrl-C does: no new call is made, and every answer that has arrived is kept."""
        self._control.stop()

    def status(self) -> dict[str, Any]:
        """Return how it stands: while it goes on in few bytes, as an agent asks often."""
        return {"state": RUNNING} | running_result(self._snapshot) if self._end is None else self._head | self._end

    def _record(self) -> None:
        end = self._end or {"state": RUNNING} | progress_result(self._snapshot)
        self._claim.record(self._head | end)

    async def _run_and_record(self) -> None:
        try:
            self._end = await self._run()
        except ChainDeskError as error:
            self._end = {"state": REFUSED, "message": short(str(error), 600)}
        except Exception:
            _log.exception("A run for an agent failed unexpectedly")
            words = "Something unexpected went wrong in ChainDesk; its log says what. Every answer that came is kept."
            self._end = {"state": "halted", "message": words} | progress_result(self._snapshot)
        finally:
            try:
                self._record()
            finally:
                self._claim.release()

    async def _run(self) -> dict[str, Any]:
        session = await asyncio.to_thread(self._open)
        allow_keys(session, allowed=False)
        found: dict[str, str] = {}
        await read_keys(session.endpoints.values(), session.keys, found)
        self.keys.update(found.values())
        choice = RowSelection.parse(self._confirmed.rows).fitted(session.manifest)
        chosen = RunOptions(choice=choice, budget=self._confirmed.cap)
        result = await session.run(chosen, self._handle, self._control)
        shown = await asyncio.to_thread(samples, session, self._snapshot)
        return {"state": result.state.value} | end_result(self._snapshot, result.message) | {"samples": shown}

    def _open(self) -> Session:
        chain = read_chain(self._arguments)
        manifest = read_fitting_manifest(self._arguments, chain)
        return open_session(manifest, chain, self._journal, chain_path=self._confirmed.chain)

    def _handle(self, event: Event) -> None:
        self._snapshot.fold(event)
        if isinstance(event, RunStarted):
            self._record()
