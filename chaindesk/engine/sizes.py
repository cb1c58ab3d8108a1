"""How many tokens a model's calls really take, learnt from those that were answered."""

from __future__ import annotations

from collections.abc import Iterator

from chaindesk.domain.completion import Usage

_LEARNING = 0.1


class Sizes:
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
    def __init__(self) -> None:
        self.value = 1.0
        self._learnt = 0

    def learn(self, real: int, likely: int) -> None:
        if likely <= 0:
            return
        self._learnt += 1
        self.value += max(_LEARNING, 1 / self._learnt) * (real / likely - self.value)
