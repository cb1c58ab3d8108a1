"""Adds, takes away, moves, copies and renames whole steps of a chain's text, their comments with them."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from chaindesk.chain_file.editing.layout import Layout, Style, read_layout, refused
from chaindesk.chain_file.editing.scalars import Scalar, block_text, flow_text
from chaindesk.chain_file.editing.values import checked, set_value
from chaindesk.chain_file.yaml_tree import Path

_COMMENT_AT_END = re.compile(r"(?:^|(?<=\s))#[^\n]*\Z", re.MULTILINE)
_STEPS = ("steps",)
_DASH_COLUMN = 2


def add_step(text: str, at: int, step: Mapping[str, Scalar]) -> str:
    """Return the text with a new step at a place in the list (0 is the first).

    Raises:
        EditRefused: the list is written in a way that cannot be added to here.
    """
    layout = read_layout(text)
    steps = _steps(layout)
    if not steps:
        changed = _with_first(layout, step)
    else:
        items = _items(layout)
        lines = _lines_of(step, items.column)
        gaps = list(items.gaps)
        gaps.insert(max(at, 1), items.usual_gap)
        changed = items.text_of([*items.bodies[:at], lines, *items.bodies[at:]], gaps)
    return checked(layout, changed, lambda data: _put_steps(data, [*steps[:at], dict(step), *steps[at:]]))


def remove_step(text: str, index: int) -> str:
    """Return the text without a step. Comments above it stay.

    Raises:
        EditRefused: it cannot be taken away without changing more.
    """
    layout = read_layout(text)
    steps = _steps(layout)
    if len(steps) == 1:
        raise refused("A chain has one step at least.")
    items = _items(layout)
    above = items.above[index]
    bodies = [*items.bodies[:index], *items.bodies[index + 1 :]]
    gaps = [*items.gaps[:index], *items.gaps[index + 1 :]] if index else [items.gaps[0], *items.gaps[2:]]
    if above and index < len(bodies):
        bodies[index] = above + bodies[index]
    elif above:
        bodies[-1] += above
    return checked(layout, items.text_of(bodies, gaps), lambda data: data["steps"].pop(index))


def move_step(text: str, index: int, to: int) -> str:
    """Return the text with a step at another place in the list, the comments above it with it.

    Raises:
        EditRefused: it cannot be moved, as where an alias would come before its anchor.
    """
    layout = read_layout(text)
    items = _items(layout)
    bodies = list(items.bodies)
    bodies.insert(to, bodies.pop(index))
    return checked(
        layout, items.text_of(bodies, items.gaps), lambda data: data["steps"].insert(to, data["steps"].pop(index))
    )


def copy_step(text: str, index: int) -> str:
    """Return the text with a copy of a step behind it, under a name and with columns of its own.

    Raises:
        EditRefused: it cannot be copied.
    """
    layout = read_layout(text)
    steps = _steps(layout)
    items = _items(layout)
    bodies = [*items.bodies[: index + 1], items.bodies[index][len(items.above[index]) :], *items.bodies[index + 1 :]]
    gaps = [*items.gaps[: index + 1], items.usual_gap, *items.gaps[index + 1 :]]
    changed = checked(
        layout,
        items.text_of(bodies, gaps),
        lambda data: data["steps"].insert(index + 1, copy.deepcopy(data["steps"][index])),
    )
    step = steps[index]
    name = unused_name(str(step.get("name") or "step"), [str(one.get("name")) for one in steps])
    changed = set_value(changed, (*_STEPS, index + 1, "name"), name)
    if step.get("output") or step.get("fields"):
        output = str(step.get("output") or name)
        used = [str(one.get("output") or "") for one in steps]
        changed = set_value(changed, (*_STEPS, index + 1, "output"), unused_name(output, used))
    return changed


def rename_step(text: str, index: int, name: str, *, uses: bool) -> str:
    """Return the text with a step renamed, and with ``uses`` every place that uses it by name.

    Raises:
        EditRefused: it cannot be renamed without changing more.
    """
    old = str(_steps(read_layout(text))[index].get("name") or "")
    places = step_uses(text, old) if uses and old else ()
    text = set_value(text, (*_STEPS, index, "name"), name)
    return _renamed_uses(text, places, old, name)


def rename_field(text: str, index: int, old: str, name: str) -> str:
    """Return the text with places that use a step's field by its name renamed; the field's own key is left as it is.

    Raises:
        EditRefused: a place cannot be changed.
    """
    step = str(_steps(read_layout(text))[index].get("name") or "")
    return _renamed_uses(text, step_uses(text, f"{step}.{old}"), f"{step}.{old}", f"{step}.{name}")


def step_uses(text: str, name: str) -> tuple[Path, ...]:
    """Return the texts and conditions that use a step, or with ``step.field`` its field, by name."""
    found: list[Path] = []
    written = _use_of(name)
    for index, step in enumerate(_steps(read_layout(text))):
        found += [
            (*_STEPS, index, key)
            for key in ("prompt", "system")
            if isinstance(step.get(key), str) and written.search(step[key])
        ]
        condition = step.get("run_if")
        used = condition.get("step") if isinstance(condition, dict) else None
        if isinstance(used, str) and (used == name or used.startswith(f"{name}.")):
            found.append((*_STEPS, index, "run_if", "step"))
    return tuple(found)


def unused_name(name: str, used: Sequence[str]) -> str:
    """Return a name, numbered where it is in use: ``notes``, ``notes 2``, ``notes 3``."""
    stem = re.sub(r" \d+$", "", name)
    candidates = (name, *(f"{stem} {number}" for number in range(2, len(used) + 3)))
    return next(one for one in candidates if one not in used)


@dataclass(frozen=True, slots=True)
class _Items:
    """A list of steps cut up: what stands before it, each step with the comments above it, and what comes after.

    Attributes:
        bodies: the steps' lines.
        above: the lines of comments with which each body begins.
        gaps: the blank lines before each body, which stay where they are when steps move.
        column: where the dashes stand.
    """

    before: str
    bodies: tuple[str, ...]
    above: tuple[str, ...]
    gaps: tuple[str, ...]
    after: str
    column: int

    @property
    def usual_gap(self) -> str:
        """The blank lines between two steps, where there are some."""
        return next((gap for gap in self.gaps[1:] if gap), "")

    def text_of(self, bodies: Sequence[str], gaps: Sequence[str]) -> str:
        ended = [body if body.endswith("\n") else f"{body}\n" for body in bodies]
        text = self.before + "".join(gap + body for gap, body in zip(gaps, ended, strict=True))
        whole = self.bodies[-1].endswith("\n") or bool(self.after)
        return text + self.after if whole else text.removesuffix("\n")


def _items(layout: Layout) -> _Items:
    place = layout.places[_STEPS]
    if place.style is not Style.BLOCK or place.key is None or place.shared:
        raise refused("The steps are written in brackets, or with an anchor.")
    text = layout.text
    at = layout.line_end(place.key[1])
    before = text[:at]
    bodies: list[str] = []
    aboves: list[str] = []
    gaps: list[str] = []
    column = 0
    for index in range(place.count):
        dash = _dash(layout, (*_STEPS, index))
        column = layout.column(dash)
        lines = text[at : layout.line_start(dash)].splitlines(keepends=True)
        own = 0
        while bodies and own < len(lines) and _is_deep_comment(lines[own], column):
            own += 1
        if bodies:
            bodies[-1] += "".join(lines[:own])
        blank = own
        while blank < len(lines) and not lines[blank].strip():
            blank += 1
        gaps.append("".join(lines[own:blank]))
        aboves.append("".join(lines[blank:]))
        end = layout.entry_end((*_STEPS, index)) if not layout.places[(*_STEPS, index)].shared else 0
        if end <= dash:
            raise refused("A step has an anchor or an alias.")
        bodies.append(aboves[-1] + text[layout.line_start(dash) : end])
        at = end
    trailing = text[at:].splitlines(keepends=True)
    own = 0
    while own < len(trailing) and _is_deep_comment(trailing[own], column):
        own += 1
    bodies[-1] += "".join(trailing[:own])
    return _Items(before, tuple(bodies), tuple(aboves), tuple(gaps), "".join(trailing[own:]), column)


def _dash(layout: Layout, path: Path) -> int:
    before = layout.text[: layout.places[path].start].rstrip()
    while comment := _COMMENT_AT_END.search(before):  # between the dash and the first key
        before = before[: comment.start()].rstrip()
    dash = len(before) - 1
    if not before.endswith("-") or before[layout.line_start(dash) : dash].strip():
        raise refused("The steps are written in a way that they cannot be moved here.")
    return dash


def _is_deep_comment(line: str, column: int) -> bool:
    return line.lstrip().startswith("#") and len(line) - len(line.lstrip()) > column


def _steps(layout: Layout) -> list[dict[str, Any]]:
    steps = layout.data.get("steps")
    if steps in (None, []):
        return []
    if not isinstance(steps, list) or not all(isinstance(step, dict) for step in steps):
        raise refused("Each step is written as names with values.")
    return steps


def _put_steps(data: Any, steps: Sequence[Mapping[str, Any]]) -> None:
    data["steps"] = list(steps)


def _with_first(layout: Layout, step: Mapping[str, Scalar]) -> str:
    text, lines = layout.text, _lines_of(step, _DASH_COLUMN)
    place = layout.places.get(_STEPS)
    if place is None:
        return f"{text}{'' if text.endswith(chr(10)) else chr(10)}steps:\n{lines}"
    if place.key is None or place.shared:
        raise refused("The steps are written in a way that cannot be added to here.")
    line = layout.line_end(place.key[1])
    head = text[: place.start].rstrip(" ") + text[place.end : line]
    return head + ("" if head.endswith("\n") else "\n") + lines + text[line:]


def _lines_of(step: Mapping[str, Scalar], column: int) -> str:
    lines = []
    for key, value in step.items():
        block = block_text(value, column + 2) if isinstance(value, str) and "\n" in value else None
        lines.append(f"{' ' * (column + 2)}{key}: {block or flow_text(value, in_flow=False)}\n")
    return f"{' ' * column}- {''.join(lines).lstrip()}"


def _use_of(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\\)\{{\{{(?P<space>\s*){re.escape(name)}(?=\s*(?:\}}\}}|[.|]))")


def _renamed_uses(text: str, places: Sequence[Path], old: str, new: str) -> str:
    written = _use_of(old)
    for path in places:
        layout = read_layout(text)
        value = _value_at(layout.data, path)
        if path[-1] == "step":
            text = set_value(text, path, new + value[len(old) :])
            continue
        place = layout.places[path]
        renamed = written.sub(lambda match: f"{{{{{match['space']}{new}", value)
        source = written.sub(lambda match: f"{{{{{match['space']}{new}", text[place.start : place.end])
        changed = text[: place.start] + source + text[place.end :]
        if place.shared or _value_at(_data_of(changed), path) != renamed:
            changed = set_value(text, path, renamed)
        text = checked(layout, changed, partial(_set_at, path=path, value=renamed))
    return text


def _data_of(text: str) -> Any:
    return read_layout(text).data


def _value_at(data: Any, path: Path) -> Any:
    for part in path:
        data = data[part]
    return data


def _set_at(data: Any, path: Path, value: Any) -> None:
    _value_at(data, path[:-1])[path[-1]] = value
