"""An audit draws the same again, gives each class its rows, and its bounds hold as often as they say."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime

import pytest

from chaindesk.domain.check_results import Audit, AuditedRow
from chaindesk.domain.status import Review
from chaindesk.engine.quality.audit import (
    MIN_OF_CLASS,
    Candidate,
    Finding,
    GroupResult,
    audit_result,
    draw,
    statement,
    upper_percent,
)

AT = datetime(2026, 1, 2, tzinfo=UTC)


def candidates(count: int, classes: tuple[str, ...] = ()) -> list[Candidate]:
    return [Candidate(str(n), n, classes[n % len(classes)] if classes else "") for n in range(1, count + 1)]


def test_the_same_seed_draws_the_same_rows_again() -> None:
    one, two = (draw(1, candidates(500), 60, seed=7, made_at=AT) for _ in range(2))
    assert one == two
    assert draw(1, candidates(500), 60, seed=8, made_at=AT).rows != one.rows
    assert len({row.answer_id for row in one.rows}) == 60
    assert (one.population, dict(one.groups)) == (500, {"": 500})


def test_a_rare_class_gets_rows_of_its_own_besides() -> None:
    rows = [Candidate(str(n), n, "rare" if n <= 12 else "one" if n <= 14 else "usual") for n in range(1, 2001)]
    audit = draw(1, rows, 60, seed=3, made_at=AT)
    by_class = Counter(row.group for row in audit.rows)
    assert by_class["rare"] >= MIN_OF_CLASS
    assert by_class["one"] == 2  # all that it has
    assert sum(not row.extra for row in audit.rows) == 60
    assert dict(audit.groups) == {"one": 2, "rare": 12, "usual": 1986}


def test_columns_of_very_many_values_are_no_classes() -> None:
    rows = [Candidate(str(n), n, f"class {n % 40}") for n in range(400)]
    audit = draw(1, rows, 60, seed=3, made_at=AT)
    assert dict(audit.groups) == {"": 400}
    assert len(audit.rows) == 60


def test_what_people_said_is_what_came_out() -> None:
    audit = Audit(1, 1, AT, {"": 100}, tuple(AuditedRow(str(n), n) for n in range(1, 7)))
    reviews = {1: Review.APPROVED, 2: Review.REJECTED, 3: Review.EDITED, 4: Review.APPROVED}
    result = audit_result(audit, reviews, edited=[4], current=[1, 2, 3, 4, 5])
    found = [result.findings[n] for n in range(1, 7)]
    wrong = Finding.WRONG
    assert found == [Finding.RIGHT, wrong, wrong, wrong, Finding.NOT_READ, Finding.CHANGED]
    assert (result.whole.read, result.whole.wrong, result.left, result.changed) == (4, 3, 1, 1)


def test_a_statement_says_what_reading_is_worth() -> None:
    audit = draw(1, candidates(10_000), 60, seed=1, made_at=AT)
    whole = audit_result(audit, {row.answer_id: Review.APPROVED for row in audit.rows}, ()).whole
    assert statement(whole) == "60 read, none wrong: fewer than 4.9 % of the unread are wrong, 95 % sure."
    assert statement(GroupResult(10, 0, 0, 10)) == "None read yet."
    assert statement(GroupResult(10, 10, 2, 2)) == "10 read, 2 wrong. Nothing is unread."
    assert statement(GroupResult(21, 20, 0, 0)) == "20 read, none wrong: none of the unread are wrong, 95 % sure."


@pytest.mark.parametrize(
    ("share", "words"), [(0.0487, "4.9 %"), (0.05, "5.1 %"), (0.00031, "0.04 %"), (0.127, "13 %"), (1.0, "100 %")]
)
def test_a_bound_is_rounded_up(share: float, words: str) -> None:
    assert upper_percent(share) == words


@pytest.mark.parametrize(("share", "rows"), [(0.0, 60), (0.01, 60), (0.03, 60), (0.05, 150), (0.2, 30), (0.01, 300)])
def test_the_bound_holds_in_ninety_five_of_a_hundred_audits(share: float, rows: int) -> None:
    total, rng = 2000, random.Random(f"{share} {rows}")
    wrong = set(rng.sample(range(1, total + 1), round(share * total)))
    rare = set(rng.sample(range(1, total + 1), 30))
    everything = [Candidate(str(n), n, "rare" if n in rare else "usual") for n in range(1, total + 1)]
    held, held_for_class = 0, 0
    for seed in range(200):
        audit = draw(1, everything, rows, seed, AT)
        said = {row.answer_id: Review.REJECTED if row.answer_id in wrong else Review.APPROVED for row in audit.rows}
        result = audit_result(audit, said, ())
        sample = {row.answer_id for row in audit.rows if not row.extra}
        held += len(wrong - sample) <= result.whole.bound * result.whole.unread + 1e-9
        read = {row.answer_id for row in audit.rows if row.group == "rare"}
        group = result.classes["rare"]
        held_for_class += len((wrong & rare) - read) <= group.bound * group.unread + 1e-9
    assert held >= 190
    assert held_for_class >= 190


def test_a_sample_that_is_read_in_part_says_as_much_as_it_read() -> None:
    audit = draw(1, candidates(1000), 60, seed=1, made_at=AT)
    first = {row.answer_id: Review.APPROVED for row in audit.rows[:12]}
    result = audit_result(audit, first, ())
    assert (result.whole.read, result.left) == (12, 48)
    assert result.whole.bound > 0.2
