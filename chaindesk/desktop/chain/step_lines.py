"""Where the steps of a chain's text stand, as far as it can be read at all."""

from __future__ import annotations

from dataclasses import dataclass

from chaindesk.chain_file.yaml_tree import read_tree


@dataclass(frozen=True, slots=True)
class StepLines:
    """A step's name ("" where it has none) and its first line, counted from 1."""

    name: str
    first: int


def step_lines(text: str) -> tuple[StepLines, ...]:
    """Return the steps of a text in order; none where it is no YAML or has no list of steps."""
    tree = read_tree(text, "chain")
    steps = tree.data.get("steps") if isinstance(tree.data, dict) else None
    if not isinstance(steps, list):
        return ()
    return tuple(
        StepLines(str(step.get("name") or "") if isinstance(step, dict) else "", tree.line(("steps", number)))
        for number, step in enumerate(steps)
    )
