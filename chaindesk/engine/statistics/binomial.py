"""The binomial distribution, exactly enough for any number of rows: probabilities and tails."""

from __future__ import annotations

import math


def probability(successes: int, trials: int, rate: float) -> float:
    """Return the probability of just so many successes."""
    if rate <= 0 or rate >= 1:
        return float(successes == (0 if rate <= 0 else trials))
    ways = math.lgamma(trials + 1) - math.lgamma(successes + 1) - math.lgamma(trials - successes + 1)
    return math.exp(ways + successes * math.log(rate) + (trials - successes) * math.log1p(-rate))


def at_most(successes: int, trials: int, rate: float) -> float:
    """Return the probability of at most so many successes."""
    return min(math.fsum(probability(one, trials, rate) for one in range(successes + 1)), 1.0)


def at_least(successes: int, trials: int, rate: float) -> float:
    """Return the probability of at least so many successes."""
    return min(math.fsum(probability(one, trials, rate) for one in range(successes, trials + 1)), 1.0)
