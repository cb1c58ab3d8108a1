"""Audits as rows of the journal's table: their sample in one JSON text each."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from chaindesk.domain.check_results import Audit, AuditedRow
from chaindesk.journal.sqlite.row_mapping import storable

AUDIT_COLUMNS = "workbook_id, seed, made_at, groups, rows"


def audit_row(audit: Audit) -> tuple[Any, ...]:
    """Return the values of ``AUDIT_COLUMNS``."""
    rows = [[one.row_key, one.answer_id, one.group, one.extra] for one in audit.rows]
    groups, sample = (storable(json.dumps(value, ensure_ascii=False)) for value in (dict(audit.groups), rows))
    return audit.workbook_id, audit.seed, audit.made_at.isoformat(), groups, sample


def audit_of(row: tuple[Any, ...]) -> Audit:
    """Return the audit of a row of ``id`` and ``AUDIT_COLUMNS``."""
    number, workbook, seed, made_at, groups, sample = row
    rows = tuple(AuditedRow(key, answer, group, bool(extra)) for key, answer, group, extra in json.loads(sample))
    return Audit(workbook, seed, datetime.fromisoformat(made_at), json.loads(groups), rows, number)
