"""What a chain's text says at one moment: the chain, its mistakes, and its steps as far as they can be read at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any

from chaindesk.chain_file import locate, parse_chain
from chaindesk.chain_file.editing.block_lists import in_brackets
from chaindesk.chain_file.editing.layout import EditRefused, Layout, read_layout
from chaindesk.desktop.ui.translation import tr
from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.chains.chain_binding import bind
from chaindesk.domain.errors import ChainDeskError, ChainError, Problem
from chaindesk.domain.manifest import Manifest, link_name


@dataclass(frozen=True, slots=True)
class StepReading:
    """A step as its text says it, be it right or wrong.

    Attributes:
        name: its name, "" where it has none.
        values: what stands under each of its keys.
        first: its first line, counted from 1.
        names: what its prompt may use: columns, earlier steps and their fields.
        problems: its mistakes, each with its field's path.
        fixed: the keys whose values cannot be edited but in the YAML.
    """

    name: str
    values: Mapping[str, Any]
    first: int
    names: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    fixed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ChainReading:
    """A chain's text, read.

    Attributes:
        text: the text.
        chain: what it defines, or None while it defines no chain.
        problems: every mistake with its line.
        values: what stands under each of the chain's own keys.
        steps: its steps in order.
        columns: the columns of the sheet that is open; none where none is.
        blocked: why its steps cannot be shown as cards, or "".
        unwritten: the steps whose empty prompt is no mistake yet, as they were only begun.
        in_brackets: whether steps are written in brackets, where cards can change little of them.
    """

    text: str
    chain: Chain | None = None
    problems: tuple[Problem, ...] = ()
    values: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    steps: tuple[StepReading, ...] = ()
    columns: tuple[str, ...] = ()
    blocked: str = ""
    in_brackets: bool = False
    unwritten: tuple[str, ...] = ()

    def without_unwritten(self) -> ChainReading:
        """Return the same without the mistakes that are only prompts to be written yet."""
        begun = {f"steps[{place}].prompt": step.name for place, step in enumerate(self.steps) if _is_unwritten(step)}
        if not begun:
            return self
        left = tuple(problem for problem in self.problems if problem.field not in begun)
        steps = tuple(
            replace(step, problems=tuple(problem for problem in step.problems if problem.field not in begun))
            for step in self.steps
        )
        return replace(self, problems=left, steps=steps, unwritten=tuple(begun.values()))

    @property
    def words(self) -> dict[str, tuple[str, ...]]:
        """The names that may be written under some keys: columns, and steps with their fields."""
        outputs = tuple(name for step in self.steps for name in _outputs(step.values))
        return {"id_column": self.columns, "column": self.columns, "step": outputs}

    def step_at(self, line: int) -> int:
        """Return the place of the step in which a line stands, or -1 where it has none."""
        before = [index for index, step in enumerate(self.steps) if step.first <= line]
        return before[-1] if before else 0 if self.steps else -1


def read_chain_text(text: str, name: str, manifest: Manifest | None) -> ChainReading:
    """Read a text, checked against a sheet where one is open. Takes some hundredths of a second: use a thread."""
    chain: Chain | None = None
    try:
        chain = parse_chain(text, name)
        problems = _misfits(chain, text, name, manifest)
    except ChainError as error:
        problems = error.problems
    except ChainDeskError as error:
        problems = (Problem(str(error)),)
    columns = tuple(column.name for column in manifest.columns) if manifest is not None else ()
    try:
        layout = read_layout(text)
    except EditRefused as error:
        return ChainReading(text, chain, problems, columns=columns, blocked=str(error))
    steps = layout.data.get("steps")
    if not isinstance(steps, list) or not all(isinstance(step, dict) for step in steps):
        blocked = (
            "" if steps is None else tr("Each step is written as names with values, below steps. Mend that first.")
        )
        return ChainReading(text, chain, problems, layout.data, (), columns, blocked)
    found = _steps(layout, steps, problems, manifest)
    return ChainReading(text, chain, problems, layout.data, found, columns, in_brackets=in_brackets(layout))


def _steps(
    layout: Layout, steps: Sequence[dict[str, Any]], problems: Sequence[Problem], manifest: Manifest | None
) -> tuple[StepReading, ...]:
    columns = _columns(manifest, {name for step in steps for name in _outputs(step)})
    earlier: list[str] = []
    found = []
    for index, step in enumerate(steps):
        own = tuple(one for one in problems if one.field.startswith(f"steps[{index}]"))
        fixed = {key for key in step if layout.places[("steps", index, key)].shared}
        line = layout.tree.line(("steps", index))
        found.append(
            StepReading(_name(step), step, line, tuple(dict.fromkeys([*columns, *earlier])), own, frozenset(fixed))
        )
        if step.get("enabled") is not False:
            earlier += _outputs(step)
    return tuple(found)


def _columns(manifest: Manifest | None, produced: set[str]) -> list[str]:
    """Return the columns that prompts may use; those that an earlier run wrote are their steps' outputs."""
    if manifest is None:
        return []
    own = {column.name for column in manifest.inputs}
    usable = [column.name for column in manifest.columns if column.name in own or column.name not in produced]
    return usable + [link_name(name) for name in usable if name in manifest.linked]


def _is_unwritten(step: StepReading) -> bool:
    return not step.values.get("prompt") and "prompt" in step.values


def _outputs(step: Mapping[str, Any]) -> list[str]:
    name, fields = _name(step), step.get("fields")
    inner = [f"{name}.{one}" for one in fields] if isinstance(fields, dict) else []
    return [name, *inner] if name else []


def _name(step: Mapping[str, Any]) -> str:
    name = step.get("name")
    return name if isinstance(name, str) else ""


def _misfits(chain: Chain, text: str, name: str, manifest: Manifest | None) -> tuple[Problem, ...]:
    if manifest is None:
        return ()
    _, problems = bind(chain, manifest)
    if not problems:
        return ()
    with TemporaryDirectory(prefix="chaindesk-") as folder:
        copy = Path(folder) / name
        copy.write_text(text, "utf-8")
        return locate(copy, problems)
