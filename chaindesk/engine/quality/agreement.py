"""Whether a check or a judge agrees with people: what it says of answers beside what they said of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from chaindesk.domain.chains.checks import Check
from chaindesk.engine.quality.statistics import Interval, kappa
from chaindesk.formatting import count
from chaindesk.json_contract.quality_lines import AgreementFigures

MIN_REVIEWS = 20
MIN_OF_EACH = 5
"""So many answers must be accepted, and so many not: of one kind alone nothing can be said."""
MIN_KAPPA = 0.6
"""Below it agreement is moderate at best: Landis and Koch, "The measurement of observer agreement for categorical
data", Biometrics 33 (1977)."""


class Trust(Enum):
    """Whether what a check says can be relied on."""

    TOO_FEW = "too few reviews"
    UNTRUSTED = "not trusted"
    UNSURE = "unsure"
    TRUSTED = "trusted"


TOO_FEW = "too few reviews to say: {n} of {least}."
ONE_SIDED = "too few to say: of {n} reviewed answers {accepted} were accepted. It takes {least} of each kind."
AGREES = "agrees with you in {share} of {n} reviews (kappa {kappa}, {low} to {high})."
DOES = "It can be trusted."
PERHAPS = "It seems so, but more reviews would tell."
DOES_NOT = (
    "Do not trust it: it flagged {hits} of {rejected} answers that you rejected or edited, and {alarms} of {accepted} "
    "that you approved."
)


@dataclass(frozen=True, slots=True)
class CheckAgreement:
    """What a check said of answers that people reviewed.

    Attributes:
        step: the step's name.
        check: the check in words.
        judge: whether it is another model's judgement.
        hits: answers that it flagged, and that people rejected or edited.
        missed: answers that it passed, and that people rejected or edited.
        alarms: answers that it flagged, and that people approved.
        passed: answers that it passed, and that people approved.
    """

    step: str
    check: str
    judge: bool
    hits: int
    missed: int
    alarms: int
    passed: int

    @property
    def reviews(self) -> int:
        """How many reviews there are."""
        return self.hits + self.missed + self.alarms + self.passed

    @property
    def kappa(self) -> Interval | None:
        """Cohen's kappa with its interval; None where both always said the same one thing."""
        return kappa(((self.hits, self.alarms), (self.missed, self.passed)))

    @property
    def trust(self) -> Trust:
        """Whether it deserves trust."""
        enough = min(self.hits + self.missed, self.alarms + self.passed) >= MIN_OF_EACH
        found = self.kappa
        if self.reviews < MIN_REVIEWS or not enough or found is None:
            return Trust.TOO_FEW
        if found.value < MIN_KAPPA:
            return Trust.UNTRUSTED
        return Trust.TRUSTED if found.low >= MIN_KAPPA else Trust.UNSURE

    def words(self, translated: Callable[[str], str] = str) -> str:
        """Return it in plain words; ``translated`` gives their templates in another language."""
        accepted, rejected = self.alarms + self.passed, self.hits + self.missed
        found, trust = self.kappa, self.trust
        if self.reviews < MIN_REVIEWS:
            return translated(TOO_FEW).format(n=count(self.reviews), least=MIN_REVIEWS)
        if trust is Trust.TOO_FEW or found is None:
            return translated(ONE_SIDED).format(n=count(self.reviews), accepted=count(accepted), least=MIN_OF_EACH)
        agrees = translated(AGREES).format(
            share=f"{(self.hits + self.passed) / self.reviews:.0%}",
            n=count(self.reviews),
            kappa=f"{found.value:.2f}",
            low=f"{found.low:.2f}",
            high=f"{found.high:.2f}",
        )
        verdict = {Trust.TRUSTED: DOES, Trust.UNSURE: PERHAPS}.get(trust, DOES_NOT)
        said = translated(verdict).format(
            hits=count(self.hits), rejected=count(rejected), alarms=count(self.alarms), accepted=count(accepted)
        )
        return f"{agrees} {said}"


def agreement_figures(one: CheckAgreement) -> AgreementFigures:
    """Return it for scripts."""
    found = one.kappa
    figures = AgreementFigures(
        one.step, one.check, one.judge, one.trust.value, one.reviews, one.hits, one.missed, one.alarms, one.passed,
        kappa=None, kappa_low=None, kappa_high=None, sentence=one.words(),
    )  # fmt: skip
    return figures if found is None else replace(figures, kappa=found.value, kappa_low=found.low, kappa_high=found.high)


def agreement_of(step: str, check: Check, said: Sequence[tuple[bool, bool]]) -> CheckAgreement:
    """Return how a check agrees with people, by whether it flagged and whether they accepted each answer."""
    counts = {
        (flagged, accepted): said.count((flagged, accepted)) for flagged in (True, False) for accepted in (True, False)
    }
    return CheckAgreement(
        step,
        check_words(check, step),
        check.has_judge,
        hits=counts[True, False],
        missed=counts[False, False],
        alarms=counts[True, True],
        passed=counts[False, True],
    )


def check_words(check: Check, step: str) -> str:
    """Return what a check is called: what it looks at, and what it wants."""
    if check.judge is not None:
        return f"{step}: judge “{check.judge}”"
    rules = ", ".join(f"{name} {_wanted(value)}".strip() for name, value in check.rules())
    return f"{check.field or step}: {rules}"


def _wanted(value: object) -> str:
    if value is True or isinstance(value, dict):
        return ""
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
