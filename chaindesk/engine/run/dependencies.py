"""What a run is made of: the sheet, the chain, the journal and whatever else its parts work with."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime

from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.completion import Endpoint
from chaindesk.domain.estimate import OutputLimitOf, Price
from chaindesk.domain.manifest import Manifest
from chaindesk.domain.records import Answer
from chaindesk.engine.answers.ledger import AnswerLedger
from chaindesk.engine.batch.settings import BatchSettings
from chaindesk.engine.calls.clocks import SteadyTime, seconds_asleep
from chaindesk.engine.calls.outages.outage import BreakerSettings
from chaindesk.engine.prompting.request_builder import RequestBuilder
from chaindesk.journal.protocol import Journal
from chaindesk.providers.base import NoticeListener, Provider, RateListener


@dataclass(slots=True)
class RunDependencies:
    """What a run is made of.

    Attributes:
        manifest: the sheet.
        chain: the chain.
        request_builder: the chain as it is said for a row.
        endpoints: each provider that the chain uses, by name.
        journal: where answers are stored.
        workbook_id: the journal's number of the workbook and sheet.
        ledger: what the journal knows of every row; kept up to date as rows end.
        keys: API keys by endpoint name; read again in place.
        read_keys: fills ``keys``; returns what is missing in words for the user, or "".
        open_provider: opens the run's one session; closed at its end.
        price: what tokens cost.
        output_limit: the output limit that a call is sent with.
        batch_settings: how batch jobs are cut and followed.
        breaker_settings: how an outage is waited out; its patience is the chain's.
        on_stored: called with each answer that the journal has.
        asleep: seconds that the machine has slept so far.
        now: the time of day, which never jumps.
        clock: seconds, the event loop's.
    """

    manifest: Manifest
    chain: Chain
    request_builder: RequestBuilder
    endpoints: Mapping[str, Endpoint]
    journal: Journal
    workbook_id: int
    ledger: AnswerLedger
    keys: Mapping[str, str]
    read_keys: Callable[[], Awaitable[str]]
    open_provider: Callable[[RateListener, NoticeListener], AbstractAsyncContextManager[Provider]]
    price: Price
    output_limit: OutputLimitOf
    batch_settings: BatchSettings = field(default_factory=BatchSettings)
    breaker_settings: BreakerSettings = field(default_factory=BreakerSettings)
    on_stored: Callable[[Answer], object] = lambda answer: None
    asleep: Callable[[], float] = seconds_asleep
    now: Callable[[], datetime] = field(default_factory=SteadyTime)
    clock: Callable[[], float] = time.monotonic
