"""How many tokens a model's calls really take, learnt from those that were answered."""

from __future__ import annotations

from collections.abc import Iterator

from chaindesk.domain.completion import Usage

_KEPT = 0.9  # what each new call leaves of the weight of those before


class UsageCalibration:
    """What calls take of what they were likely to take, in and out apart, learnt from real usage."""

    def __init__(self) -> None:
        self._input = _Share()
        self._output = _Share()

    def of(self, likely: Usage) -> dict[str, float]:
        """What a call will take of each allowance by its name."""
        sent, made = likely.input * self._input.value, likely.output * self._output.value
        return {"requests": 1.0, "tokens": sent + made, "input_tokens": sent, "output_tokens": made}

    def learn(self, likely: Usage, usage: Usage) -> None:
        """Take in what a call took."""
        self._input.learn(usage.input, likely.input)
        self._output.learn(usage.output, likely.output)


def taken(usage: Usage) -> Iterator[tuple[str, float]]:
    """What an answered call took of each allowance by its name; those who count apart leave out what was cached."""
    yield "tokens", float(usage.total)
    yield "input_tokens", float(usage.input - usage.cached_input)
    yield "output_tokens", float(usage.output)


class _Share:
    """Sums of what calls took and of what they were likely to, the newest counting most: short ones weigh little."""

    def __init__(self) -> None:
        self._real = self._likely = 0.0

    @property
    def value(self) -> float:
        return self._real / self._likely if self._likely else 1.0

    def learn(self, real: int, likely: int) -> None:
        self._real = self._real * _KEPT + real
        self._likely = self._likely * _KEPT + likely
