"""Writes steps that stand in brackets as lines, one below the other, with which the other edits can do all they do."""

from __future__ import annotations

from typing import Any

from chaindesk.chain_file.editing.layout import Layout, Place, Style, read_layout, refused
from chaindesk.chain_file.editing.scalars import block_text, flow_text
from chaindesk.chain_file.editing.values import checked
from chaindesk.chain_file.yaml_tree import Path

_STEPS = ("steps",)
_DASH_COLUMN = 2
_INDENT = 2


def in_brackets(layout: Layout) -> bool:
    """Return whether the list of steps, or a step of it, is written in brackets or braces."""
    place = layout.places.get(_STEPS)
    if place is None or not place.count:
        return False
    return any(layout.places[path].style is Style.FLOW for path in (_STEPS, *layout.children(_STEPS)))


def steps_as_lines(text: str) -> str:
    """Return the text with its steps as a block list, each of their keys in a line of its own. Comments stay.

    Raises:
        EditRefused: a part of them has an anchor or an alias.
    """
    layout = read_layout(text)
    if not in_brackets(layout):
        return text
    inside = [path for path in layout.places if path[:1] == _STEPS]
    if any(layout.places[path].shared for path in inside):
        raise refused("The steps have an anchor or an alias.")
    place = layout.places[_STEPS]
    changed = _list_as_lines(layout, place) if place.style is Style.FLOW else _steps_of_list(layout, text)
    return checked(layout, changed, lambda _: None)


def _list_as_lines(layout: Layout, place: Place) -> str:
    text, key = layout.text, place.key
    if key is None:
        raise refused("The steps are written in a way that cannot be changed here.")
    line_end = layout.line_end(place.end - 1) if place.end else place.end
    behind = text[place.end : line_end].strip()
    if behind and not behind.startswith("#"):
        raise refused("Something stands behind the steps' brackets.")
    lines = [f"steps:  {behind}" if behind else "steps:"]
    at = place.start
    for path in layout.children(_STEPS):
        step, indent = layout.places[path], " " * _DASH_COLUMN
        for comment in layout.comments(at, step.start):
            if path[-1] and "\n" not in text[at : text.find(comment, at)]:  # behind the step before
                first, mark, rest = lines[-1].partition("\n")
                lines[-1] = f"{first}  {comment}{mark}{rest}"
            else:
                lines.append(f"{indent}{comment}")
        lines.append(f"{indent}- {_step_as_lines(layout, path, _DASH_COLUMN + _INDENT)}")
        at = step.end
    lines += [f"{' ' * _DASH_COLUMN}{comment}" for comment in layout.comments(at, place.end)]
    return text[: key[0]] + "\n".join(lines) + "\n" + text[line_end:]


def _steps_of_list(layout: Layout, text: str) -> str:
    for path in reversed(list(layout.children(_STEPS))):
        step = layout.places[path]
        if step.style is Style.FLOW:
            lines = _step_as_lines(layout, path, layout.column(step.start))
            text = text[: step.start] + lines + text[step.end :]
    return text


def _step_as_lines(layout: Layout, path: Path, column: int) -> str:
    """Return a step's keys, the first without its indentation."""
    step, indent = layout.places[path], " " * column
    lines: list[str] = []
    at = step.start
    for entry in layout.children(path):
        place = layout.places[entry]
        key_start = place.key[0] if place.key is not None else place.start
        for comment in layout.comments(at, key_start):
            _add_comment(lines, comment, indent, same_line="\n" not in layout.text[at : layout.text.find(comment, at)])
        lines.append(f"{indent}{_entry(layout, entry, column)}")
        at = max(place.end, place.key[1] + 1 if place.key is not None else 0)
    lines += [f"{indent}{comment}" for comment in layout.comments(at, step.end)]
    return "\n".join(lines).removeprefix(indent)


def _add_comment(lines: list[str], comment: str, indent: str, *, same_line: bool) -> None:
    """Put a comment behind the value that it stood behind, or on a line of its own."""
    if same_line and lines and "\n" not in lines[-1]:
        lines[-1] += f"  {comment}"
    else:
        lines.append(f"{indent}{comment}")


def _entry(layout: Layout, path: Path, column: int) -> str:
    place, value = layout.places[path], _value(layout.data, path)
    name = flow_text(str(path[-1]), in_flow=False)
    source = layout.text[place.start : place.end]
    if isinstance(value, str) and "\n" in value:
        written = block_text(value, column) or flow_text(value, place.style, in_flow=False)
        return f"{name}: {written}"
    if "\n" in source and layout.comments(place.start, place.end):
        return f"{name}:\n{' ' * (column + _INDENT)}{source}"
    if "\n" in source:
        source = flow_text(value, in_flow=False)
    return f"{name}: {source}".rstrip()


def _value(data: Any, path: Path) -> Any:
    for part in path:
        data = data[part]
    return data
