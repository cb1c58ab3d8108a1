"""An audit as lines of text, for the terminal and the report, and as values for scripts."""

from __future__ import annotations

from chaindesk.engine.quality.audit import AuditResult, GroupResult, statement
from chaindesk.engine.quality.statistics import CONFIDENCE
from chaindesk.formatting import count
from chaindesk.json_contract.quality_lines import AuditFigures, AuditRow, AuditState


def audit_lines(result: AuditResult) -> list[str]:
    """Return how an audit stands, a line each: the whole, its classes, and what has become of the sample since."""
    audit = result.audit
    made = f"{audit.made_at.astimezone():%Y-%m-%d %H:%M}"
    lines = [
        f"Audit of {count(audit.population, 'row')} that nobody doubted ({made}, seed {audit.seed}): "
        f"{statement(result.whole)}"
    ]
    lines += [f"  {group or 'no class'}: {statement(one)}" for group, one in result.classes.items()]
    if result.left:
        lines.append(f"  {count(result.left, 'row')} of the sample still to be read")
    if result.changed:
        lines.append(f"  {count(result.changed, 'row')} of the sample: other answers since, of which this says nothing")
    return lines


def audit_state(result: AuditResult) -> AuditState:
    """Return an audit for scripts."""
    audit = result.audit
    return AuditState(
        audit=audit.id,
        made_at=audit.made_at,
        seed=audit.seed,
        confidence=CONFIDENCE,
        whole=_figures(result.whole),
        classes={group: _figures(one) for group, one in result.classes.items()},
        left=result.left,
        changed=result.changed,
        rows=tuple(AuditRow(one.row_key, one.group, result.findings[one.answer_id].value) for one in audit.rows),
    )


def _figures(one: GroupResult) -> AuditFigures:
    return AuditFigures(one.total, one.read, one.wrong, one.most - one.wrong, one.bound, statement(one))
