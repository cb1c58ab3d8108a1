"""Doubts, audits and agreement in the window's language: the engine's templates, to be found and translated."""

from __future__ import annotations

from chaindesk.desktop.ui.engine_words import finding_text
from chaindesk.desktop.ui.translation import tr, tr_noop
from chaindesk.engine.quality.agreement import CheckAgreement
from chaindesk.engine.quality.audit import AuditResult, GroupResult, statement
from chaindesk.engine.quality.doubt import DoubtKind, RowDoubt
from chaindesk.formatting import count

_OF_CHECKS = {DoubtKind.CHECK, DoubtKind.JUDGE}
TEMPLATES = (
    tr_noop("{column}: reads like a refusal"),
    tr_noop("{column}: cut at the output limit"),
    tr_noop("{column}: is empty"),
    tr_noop("{column}: {share} of the votes agree"),
    tr_noop("{column}: looks like {language}, the others like {usual}"),
    tr_noop("{column}: {length} characters, the others about {usual}"),
    tr_noop("{column}: only {rows} of {total} rows have “{said}”"),
    tr_noop("{column}: needed the larger model"),
    tr_noop("None read yet."),
    tr_noop("{n} read, {wrong}"),
    tr_noop("none wrong"),
    tr_noop("{n} wrong"),
    tr_noop("fewer than {share} of the unread are wrong, {sure} sure."),
    tr_noop("none of the unread are wrong, {sure} sure."),
    tr_noop("Nothing is unread."),
    tr_noop("too few reviews to say: {n} of {least}."),
    tr_noop("too few to say: of {n} reviewed answers {accepted} were accepted. It takes {least} of each kind."),
    tr_noop("agrees with you in {share} of {n} reviews (kappa {kappa}, {low} to {high})."),
    tr_noop("It can be trusted."),
    tr_noop("It seems so, but more reviews would tell."),
    tr_noop(
        "Do not trust it: it flagged {hits} of {rejected} answers that you rejected or edited, and {alarms} of "
        "{accepted} that you approved."
    ),
)
"""Every text of the engine that is shown here; a test holds them to the engine's."""


def doubt_lines(doubt: RowDoubt) -> list[str]:
    """Return why a row is doubted, the strongest reason first."""
    return [finding_text(reason.words()) if reason.kind in _OF_CHECKS else reason.words(tr) for reason in doubt.reasons]


def audit_text(result: AuditResult) -> str:
    """Return what an audit says by now."""
    said = tr("Audit: {statement}").format(statement=group_text(result.whole))
    if result.left:
        said += " " + tr("{n} of the sample still to be read.").format(n=count(result.left))
    if result.changed:
        said += " " + tr("{n} of the sample have other answers since.").format(n=count(result.changed))
    return said


def class_lines(result: AuditResult) -> list[str]:
    """Return what an audit says of each class."""
    return [f"{group or '–'}: {group_text(one)}" for group, one in result.classes.items()]


def group_text(group: GroupResult) -> str:
    """Return what reading a group is worth."""
    return statement(group, tr)


def agreement_text(one: CheckAgreement) -> str:
    """Return how a check agrees with the reviews."""
    return one.words(tr)
