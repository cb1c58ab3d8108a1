"""Sets, takes away and renames single values of a chain's text."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from chaindesk.chain_file.dump import CHAIN_ORDER, STEP_ORDER
from chaindesk.chain_file.editing.layout import Layout, Place, Style, read_layout, refused
from chaindesk.chain_file.editing.scalars import Value, block_text, flow_text
from chaindesk.chain_file.yaml_tree import Path

_BLOCK_MAPPINGS = frozenset({"fields"})  # new ones are written one entry a line


def set_value(text: str, path: Path, value: Value | None) -> str:
    """Return the text with a value of a chain set; None takes it away.

    A mapping gives all its entries: those that are not in it are taken away. Its comments stay.

    Raises:
        EditRefused: the value cannot be changed without changing more.
    """
    layout = read_layout(text)
    if value is None or value == {}:
        return remove_value(text, path) if path in layout.places else text
    if path in layout.places:
        place = layout.places[path]
        if isinstance(value, Mapping) and place.keys and not place.shared:
            return _set_entries(text, path, value)
        changed = _replace(layout, path, value)
    elif path[:-1] in layout.places:
        changed = _insert(layout, path, value)
    elif isinstance(path[-1], str) and len(path) > 1:
        return set_value(text, path[:-1], {path[-1]: value})
    else:
        raise refused("There is no place for this value.")
    return checked(layout, changed, lambda data: _put(data, path, value))


def remove_value(text: str, path: Path) -> str:
    """Return the text without an entry of a mapping; a mapping that has no other is taken away with it.

    Raises:
        EditRefused: the entry cannot be taken away without changing more.
    """
    layout = read_layout(text)
    if path not in layout.places:
        return text
    parent = layout.places[path[:-1]]
    if len(parent.keys) == 1 and len(path) > 1 and isinstance(path[-2], str):
        return remove_value(text, path[:-1])
    take = _without_in_flow if parent.style is Style.FLOW else _without_line
    return checked(layout, take(layout, path), lambda data: _at(data, path[:-1]).pop(path[-1]))


def rename_key(text: str, path: Path, name: str) -> str:
    """Return the text with the key of an entry renamed.

    Raises:
        EditRefused: the name is in use there, or the key cannot be changed.
    """
    layout = read_layout(text)
    place = layout.places[path]
    if place.key is None or name in layout.places[path[:-1]].keys:
        raise refused(f'There is a "{name}" already.')
    start, end = place.key
    in_flow = layout.places[path[:-1]].style is Style.FLOW
    changed = text[:start] + flow_text(name, in_flow=in_flow) + text[end:]

    def renamed(data: Any) -> None:
        parent = _at(data, path[:-1])
        entries = [(name if key == path[-1] else key, value) for key, value in parent.items()]
        parent.clear()
        parent.update(entries)

    return checked(layout, changed, renamed)


def checked(layout: Layout, changed: str, expect: Callable[[Any], object]) -> str:
    """Return the changed text where it says just what is expected.

    Args:
        layout: the text before.
        changed: the text after.
        expect: makes the change to the data before.

    Raises:
        EditRefused: it says something else, as where an anchor is in the way.
    """
    expected = copy.deepcopy(layout.data)
    expect(expected)
    after = read_layout(changed)
    if after.data != expected or len(after.tree.problems) > len(layout.tree.problems):
        raise refused("This is written in a way that cannot be changed here.")
    return changed


def _set_entries(text: str, path: Path, value: Mapping[str, Any]) -> str:
    for key, one in value.items():
        layout = read_layout(text)
        if (*path, key) not in layout.places or _at(layout.data, path).get(key) != one:
            text = set_value(text, (*path, key), one)
    for key in read_layout(text).places[path].keys:
        if key not in value:
            text = remove_value(text, (*path, key))
    return text


def _replace(layout: Layout, path: Path, value: Value) -> str:
    place, text = layout.places[path], layout.text
    if place.shared:
        raise refused("This value has an anchor or an alias, and may stand elsewhere, too.")
    in_flow = layout.places[path[:-1]].style is Style.FLOW
    start, end = place.start, place.end
    head = "" if text[:start].endswith((" ", "\n")) else " "
    comment = ""
    if place.style is Style.BLOCK_TEXT:
        header = text[start : layout.line_end(start)].rstrip("\n")
        comment = _comment_of(header)
    elif place.style is Style.BLOCK:
        return _replace_list(layout, path, value)
    written: str | None = None
    in_lines = isinstance(value, str) and ("\n" in value or place.style is Style.BLOCK_TEXT)
    if isinstance(value, str) and in_lines and not in_flow and place.key is not None:
        behind = text[end : layout.line_end(end)].rstrip("\n") if place.style is not Style.BLOCK_TEXT else ""
        kept = comment or (behind if behind.lstrip().startswith("#") else "")
        written = block_text(value, layout.column(place.key[0]), kept)
        if written is not None and not comment:
            end += len(kept)
    if written is None:
        is_first = end - start <= len('""') and value != ""  # an empty pair of quotes says nothing of the style
        style = Style.PLAIN if is_first else place.style
        written = flow_text(value, style, in_flow=in_flow) + comment
    return text[:start] + head + written + text[end:]


def _replace_list(layout: Layout, path: Path, value: Value) -> str:
    """Write a list, which has a line for each entry so far, in one line."""
    place, text = layout.places[path], layout.text
    start = place.key[1] + 1 if place.key is not None else 0  # behind the colon
    if not place.count or not start or text[start : place.start].strip() or "#" in text[start : place.end]:
        raise refused("This value is written over several lines.")
    return f"{text[:start]} {flow_text(value, in_flow=False)}{text[place.end :]}"


def _insert(layout: Layout, path: Path, value: Value) -> str:
    parent, key = layout.places[path[:-1]], str(path[-1])
    if parent.shared:
        raise refused("This part has an anchor or an alias, and may stand elsewhere, too.")
    if parent.style is Style.FLOW:
        return _insert_in_flow(layout, path, value)
    if parent.style is not Style.BLOCK or not parent.keys:
        return _fill(layout, path, value)
    before = _predecessor(parent.keys, path)
    at = layout.entry_end((*path[:-1], before))
    first = layout.places[(*path[:-1], parent.keys[0])].key
    column = layout.column(first[0]) if first else 0
    return _with_lines(layout.text, at, _entry(key, value, column))


def _fill(layout: Layout, path: Path, value: Value) -> str:
    """Give a key that stands there without a value its first entry."""
    parent = layout.places[path[:-1]]
    if parent.key is None or parent.start != parent.end:
        raise refused("This part is written in a way that cannot be added to here.")
    entry = _entry(str(path[-1]), value, layout.column(parent.key[0]) + 2)
    return _with_lines(layout.text, layout.line_end(parent.key[1]), entry)


def _insert_in_flow(layout: Layout, path: Path, value: Value) -> str:
    parent, text = layout.places[path[:-1]], layout.text
    entry = f"{flow_text(str(path[-1]), in_flow=True)}: {flow_text(value, in_flow=True)}"
    if not parent.keys:
        return f"{text[: parent.start]}{{{entry}}}{text[parent.end :]}"
    last = layout.places[(*path[:-1], parent.keys[-1])]
    if last.shared or last.start == last.end:
        raise refused("This part is written in a way that cannot be added to here.")
    return f"{text[: last.end]}, {entry}{text[last.end :]}"


def _without_in_flow(layout: Layout, path: Path) -> str:
    keys, text = layout.places[path[:-1]].keys, layout.text
    index = keys.index(str(path[-1]))
    places = [layout.places[(*path[:-1], key)] for key in keys]
    if any(place.shared for place in places):
        raise refused("This part has an anchor or an alias, and may stand elsewhere, too.")
    if index:
        start, end = _value_end(places[index - 1]), _value_end(places[index])
    else:
        following = places[1].key if len(places) > 1 else None
        start, end = _key_start(places[0]), following[0] if following else _value_end(places[0])
    if "#" in text[start : _key_start(places[index])] + text[_value_end(places[index]) : end]:
        raise refused("There is a comment between the braces.")
    return text[:start] + text[end:]


def _without_line(layout: Layout, path: Path) -> str:
    place, text = layout.places[path], layout.text
    start, end = _key_start(place), layout.entry_end(path)
    begin = layout.line_start(start)
    kept = layout.comments(start, end)  # they outlive what they stand beside
    if text[begin:start].strip():  # behind a dash
        dash = begin + len(text[begin:start].rstrip())
        return f"{text[:dash]}{''.join(f'  {comment}' for comment in kept)}\n{text[end:]}"
    return text[:begin] + "".join(f"{text[begin:start]}{comment}\n" for comment in kept) + text[end:]


def _comment_of(header: str) -> str:
    """Return the comment of a block text's first line with the spaces before it."""
    indicator, sign, words = header.partition("#")
    return indicator[len(indicator.rstrip()) :] + sign + words if sign else ""


def _value_end(place: Place) -> int:
    return max(place.end, place.key[1] + 1) if place.key is not None and not place.shared else place.end


def _key_start(place: Place) -> int:
    if place.key is None:
        raise refused("An entry of a list cannot be taken away here.")
    return place.key[0]


def _entry(key: str, value: Value | None, column: int) -> str:
    indent = " " * column
    named = f"{indent}{flow_text(key, in_flow=False)}:"
    if isinstance(value, Mapping) and key in _BLOCK_MAPPINGS:
        return "\n".join([named, *(_entry(name, one, column + 2) for name, one in value.items())])
    written = block_text(value, column) if isinstance(value, str) and "\n" in value else None
    return f"{named} {written or flow_text(value, in_flow=False)}"


def _with_lines(text: str, at: int, lines: str) -> str:
    before = text[:at] if not at or text[at - 1] == "\n" else f"{text[:at]}\n"
    return f"{before}{lines}\n{text[at:]}"


def _predecessor(keys: Sequence[str], path: Path) -> str:
    """Return the key behind which a new one is written: the order of the design, as far as it is kept."""
    order = CHAIN_ORDER if len(path) == 1 else STEP_ORDER
    if path[-1] not in order or len(path) not in (1, 3):
        return keys[-1]
    rank = order.index(str(path[-1]))
    earlier = [key for key in keys if key in order and order.index(key) < rank]
    return earlier[-1] if earlier else keys[0]


def _at(data: Any, path: Path) -> Any:
    for part in path:
        data = data[part]
    return data


def _put(data: Any, path: Path, value: Value) -> None:
    parent = _at(data, path[:-1])
    if isinstance(parent, dict) or isinstance(path[-1], int):
        parent[path[-1]] = _plain(value)
        return
    _at(data, path[:-2])[path[-2]] = {path[-1]: _plain(value)}  # it stood there without a value


def _plain(value: Value | None) -> Any:
    """Return a value as the text's data has it."""
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    return value if isinstance(value, str | int | float) or value is None else [_plain(one) for one in value]
