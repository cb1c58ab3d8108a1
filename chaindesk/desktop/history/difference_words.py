"""What differs between two past runs, in the window's language: the lines of ``chaindesk compare --runs``."""

from __future__ import annotations

from collections.abc import Iterator

from chaindesk.desktop.ui.translation import tr, tr_counted, tr_noop
from chaindesk.engine.comparison.run_difference import Change, RunDifference
from chaindesk.engine.statistics.paired import Pairs
from chaindesk.formatting import duration, money

CHANGES = {
    Change.SAME_ANSWER: tr_noop("same answer"),
    Change.SAME_TEXT: tr_noop("same text"),
    Change.CHANGED: tr_noop("changed"),
    Change.ONLY_A: tr_noop("only before"),
    Change.ONLY_B: tr_noop("only after"),
}


def difference_lines(found: RunDifference) -> Iterator[str]:
    """Yield the figures, a sentence a line; A is the run before, B the one after."""
    a, b = found.a.run, found.b.run
    yield tr("Run {a} ({chain_a}) is A, run {b} ({chain_b}) is B: {rows} changed.").format(
        a=a.id, chain_a=a.chain, b=b.id, chain_b=b.chain, rows=tr_counted(found.changed_rows, "row")
    )
    for step, changes in found.counts.items():
        parts = [f"{changes[kind]:,} {tr(word)}" for kind, word in CHANGES.items() if changes.get(kind)]
        yield f"{step}: {', '.join(parts)}."
    if moved := len({one.key for one in found.rows if one.moved_inputs}):
        yield tr("The inputs had changed as well: {rows}.").format(rows=tr_counted(moved, "row"))
    for shift in found.shifts:
        before, after = (text or tr("(blank)") for text in (shift.before, shift.after))
        yield f"{shift.step}, {shift.field}: {before} → {after}: " + tr_counted(shift.rows, "row")
    if found.checks is not None:
        yield _checks(found.checks.pairs)
    yield f"{_cost(found)} {_time(found)}"


def _checks(pairs: Pairs) -> str:
    chance = "p < 0.001" if pairs.chance < 0.001 else f"p = {pairs.chance:.2f}"
    words = tr("Checks: better in {better}, worse in {worse}; that may be chance ({chance}).")
    if pairs.sure:
        words = tr("Checks: better in {better}, worse in {worse}; that is hardly chance ({chance}).")
    return words.format(better=tr_counted(pairs.better, "row"), worse=tr_counted(pairs.worse, "row"), chance=chance)


def _cost(found: RunDifference) -> str:
    a, b = money(found.a.cost), money(found.b.cost)
    more = found.more_cost
    if not more:
        return tr("Cost {a} and {b}.").format(a=a, b=b)
    words = tr("Cost {a} and {b}: {difference} more.") if more > 0 else tr("Cost {a} and {b}: {difference} less.")
    return words.format(a=a, b=b, difference=money(abs(more)))


def _time(found: RunDifference) -> str:
    longer = found.more_seconds > 0
    words = tr("Time {a} and {b}: {difference} longer.") if longer else tr("Time {a} and {b}: {difference} shorter.")
    a, b = duration(found.a.elapsed), duration(found.b.elapsed)
    return words.format(a=a, b=b, difference=duration(abs(found.more_seconds)))
