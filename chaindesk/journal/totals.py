"""Past runs in figures, for a list of many: what SQLite counts, as values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from chaindesk.domain.status import Status
from chaindesk.journal.protocol import RunTotals

SELECT_ROWS = "SELECT run_id, status, count(*) FROM outcome GROUP BY run_id, status"
SELECT_ANSWERS = (
    "SELECT run_id, count(*), total(input_tokens) + total(output_tokens), sum(CAST(cost AS REAL)) "
    "FROM answer WHERE run_id > 0 AND attempts > 0 GROUP BY run_id"
)
_PLACES = Decimal("0.000001")  # binary sums of decimal prices are right that far


def totals_of(
    rows: Iterable[tuple[int, str, int]], answers: Iterable[tuple[int, int, float, float | None]]
) -> Mapping[int, RunTotals]:
    """The figures of each run, from the rows of ``SELECT_ROWS`` and ``SELECT_ANSWERS``."""
    ended: dict[int, dict[Status, int]] = {}
    for run, status, count in rows:
        ended.setdefault(run, {})[Status(status)] = count
    totals = {run: RunTotals(counts) for run, counts in ended.items()}
    for run, count, tokens, cost in answers:
        dollars = None if cost is None else Decimal(str(cost)).quantize(_PLACES)
        totals[run] = RunTotals(ended.get(run, {}), count, int(tokens), dollars)
    return totals
