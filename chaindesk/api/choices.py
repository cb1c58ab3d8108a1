"""What may be said of a run and of what is opened, as typed keywords of the public API."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import TypedDict

from chaindesk.api.values import Event
from chaindesk.domain.chains.chain import RowOrder
from chaindesk.domain.errors import UsageError
from chaindesk.domain.row_selection import RowSelection
from chaindesk.engine.run.options import RunOptions

Rows = str | Iterable[int]
"""Rows by the words of ``--rows``, such as ``failed`` or ``Country=DE``, or sheet row numbers."""
Dollars = Decimal | str | float


class RunChoices(TypedDict, total=False):
    """The keywords of ``Session.run``, which tells them."""

    fresh: bool
    budget: Dollars | None
    concurrency: int | None
    order: str | None
    wait: bool
    brake: bool
    on_event: Callable[[Event], None] | None
    progress: bool | None


class OpenChoices(TypedDict, total=False):
    """The keywords of ``open_session``, which tells them."""

    sheet: str | None
    id_column: str | None
    header_row: int | None
    password: str | None
    name: str | None
    journal: str | Path | None
    keys: Mapping[str, str] | None
    allow_key_env: bool


class AllChoices(RunChoices, OpenChoices, total=False):
    """The keywords of ``run``."""


def run_options(selection: RowSelection, chosen: RunChoices) -> RunOptions:
    """Return the engine's options.

    Raises:
        UsageError: one of them cannot be.
    """
    budget, order = chosen.get("budget"), chosen.get("order")
    orders = [one.value for one in RowOrder]
    if order is not None and order not in orders:
        raise UsageError(f'There is no order "{order}". There are: {", ".join(orders)}.')
    return RunOptions(
        choice=selection,
        concurrency=chosen.get("concurrency"),
        fresh=chosen.get("fresh", False),
        budget=None if budget is None else _dollars(budget),
        wait_for_limits=chosen.get("wait", False),
        brake=chosen.get("brake", True),
        order=None if order is None else RowOrder(order),
        tells_reused=True,
    )


def _dollars(budget: Dollars) -> Decimal:
    try:
        dollars = Decimal(str(budget))
    except ArithmeticError:
        raise UsageError(f'A budget is US dollars, such as 5 or "2.50", not {budget!r}.') from None
    if not dollars.is_finite() or dollars <= 0:
        raise UsageError(f'A budget is US dollars, such as 5 or "2.50", not {budget!r}.')
    return dollars
