"""What ``show`` tells of all rows: which to read first and why, what an audit of the rest says, whom to trust."""

from __future__ import annotations

import asyncio

from chaindesk.cli.printing.output import say, say_json
from chaindesk.engine.quality.agreement import agreement_figures
from chaindesk.engine.quality.audit import AuditResult, Finding
from chaindesk.engine.quality.audit_words import audit_lines, audit_state
from chaindesk.engine.quality.doubt import NO_DOUBT
from chaindesk.engine.quality.doubt_finder import FoundDoubts
from chaindesk.engine.session import Session
from chaindesk.formatting import count
from chaindesk.json_contract.quality_lines import DoubtFigures, QueuedRow, ReviewQueueLine


def show_quality(session: Session, *, first: int, audit: int | None, seed: int | None, json: bool) -> None:
    """Judge what is not judged, draw an audit where one is asked for, and tell all.

    Args:
        session: the opened workbook.
        first: how many rows of the queue people are told of.
        audit: how many rows a new audit is to have; None draws none.
        seed: of its random numbers, or None.
        json: whether it is told for scripts.

    Raises:
        UsageError: there is no row to audit.
    """
    asyncio.run(session.judge())
    found = session.quality.doubts()
    if audit is not None:
        asyncio.run(session.quality.draw_audit(found, audit, seed))
    newest = next(iter(session.quality.audits()), None)
    line = _line(session, found, newest)
    if json:
        say_json(line)
    else:
        _say(line, newest, first)


def _line(session: Session, found: FoundDoubts, newest: AuditResult | None) -> ReviewQueueLine:
    waiting = session.quality.queue(found)
    keys = {row.number: row.key for row in session.manifest.rows}
    rows = tuple(_queued(number, keys[number], found) for number in waiting)
    return ReviewQueueLine(
        waiting=len(rows),
        doubtful=sum(row.doubtful for row in rows),
        queue=rows,
        audit=None if newest is None else audit_state(newest),
        agreement=tuple(map(agreement_figures, session.quality.agreements())),
    )


def _say(line: ReviewQueueLine, newest: AuditResult | None, first: int) -> None:
    say(f"{count(line.waiting, 'row')} to review, {count(line.doubtful)} doubtful. The most doubtful first:")
    for row in line.queue[:first]:
        name = row.key if row.key != str(row.row) else f"row {row.row}"
        say(f"  {name}: {'; '.join(one.words for one in row.reasons) or 'nothing to doubt'}")
    if line.waiting > first:
        say(f"  … and {count(line.waiting - first)} more (--first N tells of more, --json of all)")
    if newest is not None and line.audit is not None:
        for text in audit_lines(newest):
            say(text)
        if left := [row.key for row in line.audit.rows if row.finding == Finding.NOT_READ.value]:
            say(f"  to read: {', '.join(left)}")
    for one in line.agreement:
        say(f"Check {one.check}: {one.sentence}")


def _queued(number: int, key: str, found: FoundDoubts) -> QueuedRow:
    doubt = found.rows.get(number, NO_DOUBT)
    reasons = tuple(DoubtFigures(one.kind.value, one.words()) for one in doubt.reasons)
    return QueuedRow(number, key, doubt.score, doubt.doubtful, reasons)
