"""Values as YAML text: as plain as they can be written, and never read back as anything else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode

from chaindesk.chain_file.editing.layout import Style

_STR_TAG = "tag:yaml.org,2002:str"
_SPELT_OUT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
_INDENT = 2

Scalar = str | int | float | bool
Value = Scalar | Sequence["Value | None"] | Mapping[str, "Value | None"]


def flow_text(value: Value | None, style: Style = Style.PLAIN, *, in_flow: bool) -> str:
    """Return a value on one line.

    Args:
        value: what is written.
        style: how its predecessor was written, which is kept where that is possible.
        in_flow: whether it stands between braces or brackets.
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(int(value)) if float(value).is_integer() else repr(value)
    if isinstance(value, str):
        usable = (one for one in _spellings(value, style) if _reads_back(one, value, in_flow=in_flow))
        return next(usable, _double_quoted(value))
    if isinstance(value, Mapping):
        inside = (f"{flow_text(key, in_flow=True)}: {flow_text(one, in_flow=True)}" for key, one in value.items())
        return f"{{{', '.join(inside)}}}"
    return f"[{', '.join(flow_text(one, in_flow=True) for one in value)}]"


def block_text(value: str, column: int, comment: str = "") -> str | None:
    """Return a text below ``|``, or None where it cannot be written so.

    Args:
        value: the text.
        column: where its key begins.
        comment: what stands behind the ``|``, with the spaces before it.
    """
    if not value.strip() or _SPELT_OUT.search(value):
        return None
    body = value.rstrip("\n")
    left = len(value) - len(body)
    chomping = "-" if left == 0 else "" if left == 1 else "+"
    lines = body.split("\n")
    indicator = str(_INDENT) if not lines[0] or lines[0][0] in " \t" else ""
    indent = " " * (column + _INDENT)
    written = "\n".join(f"{indent}{line}" if line else "" for line in lines) + "\n" * max(left - 1, 0)
    text = f"|{indicator}{chomping}{comment}\n{written}"
    spaces = " " * column
    return text if _value(f"{spaces}k: {text}\n{spaces}z: 1\n") == value else None


def _spellings(value: str, style: Style) -> Iterator[str]:
    single = "'" + value.replace("'", "''") + "'"
    if style is Style.SINGLE_QUOTED and "\n" not in value and not _SPELT_OUT.search(value):
        yield single
    if style is not Style.DOUBLE_QUOTED and "\n" not in value:
        yield value


def _double_quoted(value: str) -> str:
    return _SPELT_OUT.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(value, ensure_ascii=False))


def _reads_back(written: str, value: str, *, in_flow: bool) -> bool:
    if not written.strip() or _SPELT_OUT.search(written):
        return False
    node = _compose(f"{{k: {written}, z: 1}}" if in_flow else f"k: {written}\nz: 1\n")
    found = _first(node)
    return found is not None and str(found.tag) == _STR_TAG and found.value == value


def _value(text: str) -> str | None:
    found = _first(_compose(text))
    return None if found is None else str(found.value)


def _first(node: Node | None) -> ScalarNode | None:
    if not isinstance(node, MappingNode) or len(node.value) != 2:
        return None
    value = node.value[0][1]
    return value if isinstance(value, ScalarNode) and not value.anchor else None


def _compose(text: str) -> Node | None:
    try:
        node: Node | None = YAML(typ="safe", pure=True).compose(text)
    except (YAMLError, ValueError):
        return None
    return node
