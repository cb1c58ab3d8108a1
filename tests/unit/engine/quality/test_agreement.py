"""A check or a judge is compared with people by planted verdicts, and said when it does not deserve trust."""

from __future__ import annotations

import pytest

from chaindesk.domain.chains.checks import Check
from chaindesk.engine.quality.agreement import CheckAgreement, Trust, agreement_of, check_words


def agreement(hits: int, missed: int, alarms: int, passed: int) -> CheckAgreement:
    return CheckAgreement("s", "s: words 5", False, hits, missed, alarms, passed)


@pytest.mark.parametrize(
    ("counts", "trust", "words"),
    [
        ((3, 2, 4, 10), Trust.TOO_FEW, "too few reviews to say: 19 of 20."),
        ((2, 2, 0, 60), Trust.TOO_FEW, "of 64 reviewed answers 60 were accepted. It takes 5 of each kind."),
        ((40, 0, 0, 60), Trust.TRUSTED, "agrees with you in 100% of 100 reviews (kappa 1.00, 1.00 to 1.00)."),
        ((12, 3, 3, 40), Trust.UNSURE, "It seems so, but more reviews would tell."),
        (
            (4, 10, 12, 54),
            Trust.UNTRUSTED,
            "Do not trust it: it flagged 4 of 14 answers that you rejected or edited, and 12 of 66 that you approved.",
        ),
    ],
)
def test_trust_is_said_in_plain_words(counts: tuple[int, int, int, int], trust: Trust, words: str) -> None:
    found = agreement(*counts)
    assert found.trust is trust
    assert words in found.words()


def test_a_check_that_never_flags_deserves_no_trust() -> None:
    assert agreement(0, 20, 0, 80).trust is Trust.UNTRUSTED


def test_what_was_said_is_counted() -> None:
    check = Check.model_validate({"field": "reason", "words": "5..40", "not_contains": "as an AI"})
    found = agreement_of("s", check, [(True, False)] * 3 + [(False, False)] * 2 + [(True, True)] + [(False, True)] * 9)
    assert (found.hits, found.missed, found.alarms, found.passed) == (3, 2, 1, 9)
    assert found.check == "reason: words 5..40, not_contains as an AI"
    judge = Check.model_validate({"judge": "Is it good?", "model": "lab/judge"})
    assert check_words(judge, "s") == "s: judge “Is it good?”"
    assert check_words(Check.model_validate({"not_empty": True}), "s") == "s: not_empty"
