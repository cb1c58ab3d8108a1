"""Adds entries to the lists of a chain's text and takes them away, the other lines and comments left as they are."""

from __future__ import annotations

from chaindesk.chain_file.editing.layout import Layout, Style, read_layout, refused
from chaindesk.chain_file.editing.scalars import Value, flow_text
from chaindesk.chain_file.editing.values import checked, remove_value, set_value
from chaindesk.chain_file.yaml_tree import Path


def add_item(text: str, path: Path, value: Value) -> str:
    """Return the text with a value at the end of a list; a list that is not there is begun.

    Raises:
        EditRefused: the list is written in a way that cannot be added to here.
    """
    layout = read_layout(text)
    items = _items(layout, path)
    if not items or layout.places[path].style is Style.FLOW:
        return set_value(text, path, [*items, value])
    lines = text.split("\n")
    first = lines[layout.tree.spans[(*path, 0)].first - 1]
    dash = len(first) - len(first.lstrip())
    if not first.lstrip().startswith("- "):
        raise refused("This list is written in a way that cannot be added to here. Change it in the YAML.")
    last = layout.tree.spans[(*path, len(items) - 1)]
    lines.insert(_end_of(lines, last.first), f"{' ' * dash}- {flow_text(value, in_flow=False)}")
    return checked(layout, "\n".join(lines), lambda data: _list_of(data, path).append(value))


def remove_item(text: str, path: Path, index: int) -> str:
    """Return the text without an entry of a list; a list that has no other is taken away with it.

    Raises:
        EditRefused: it cannot be taken away without changing more.
    """
    layout = read_layout(text)
    items = _items(layout, path)
    if len(items) == 1:
        return remove_value(text, path)
    if layout.places[path].style is Style.FLOW:
        return set_value(text, path, [*items[:index], *items[index + 1 :]])
    span = layout.tree.spans[(*path, index)]
    lines = text.split("\n")
    del lines[span.first - 1 : _end_of(lines, span.first)]
    return checked(layout, "\n".join(lines), lambda data: _list_of(data, path).pop(index))


def _end_of(lines: list[str], first: int) -> int:
    """Return the last line of a list's entry, counted from 1: which those that are indented further belong to."""
    dash = len(lines[first - 1]) - len(lines[first - 1].lstrip())
    end = first
    for number in range(first + 1, len(lines) + 1):
        line = lines[number - 1]
        if line.strip() and len(line) - len(line.lstrip()) <= dash:
            break
        end = number if line.strip() else end
    return end


def _items(layout: Layout, path: Path) -> list[Value]:
    try:
        found = _list_of(layout.data, path)
    except (KeyError, IndexError, TypeError):
        return []
    return found if isinstance(found, list) else []


def _list_of(data: object, path: Path) -> list[Value]:
    for part in path:
        data = data[part]  # type: ignore[index]
    return data  # type: ignore[return-value]
