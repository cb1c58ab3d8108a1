"""No text from outside makes a regular expression work for longer than the text's length allows.

A repetition without a bound is tried from each place of a text to the text's end, again and again, where something
behind it fails: twenty thousand digits in an error message took a minute. So repetitions are bounded, or stand at the
end of their pattern, where nothing behind them can fail.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import chaindesk.providers

PACKAGES = (chaindesk.providers,)
LONGEST_MATCH = 1000
_REPEATS = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")
_ONE_CHARACTER = ("IN", "LITERAL", "NOT_LITERAL", "ANY", "CATEGORY", "RANGE")
_parser: Any = re._parser  # type: ignore[attr-defined]
_NO_BOUND = int(_parser.MAXREPEAT)


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    yield package
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        yield importlib.import_module(found.name)


def _patterns() -> Iterator[tuple[str, str, int]]:
    """Every pattern with where it stands and its flags: those with a name, and those written where they are used."""
    for package in PACKAGES:
        for module in _modules(package):
            for name, value in vars(module).items():
                if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
                    yield f"{module.__name__}.{name}", value.pattern, value.flags
            for node in ast.walk(ast.parse(Path(str(module.__file__)).read_text("utf-8"))):
                match node:
                    case ast.Call(ast.Attribute(ast.Name("re")), [ast.Constant(str(pattern)), *_]):
                        yield f"{module.__name__}:{node.lineno}", pattern, 0


def _unbounded(parsed: Any, *, last: bool) -> Iterator[str]:
    """The repetitions without a bound that are not one character's, or have something behind them."""
    items = list(parsed)
    for number, (operation, argument) in enumerate(items):
        ends = last and number == len(items) - 1
        name = str(operation)
        if name in _REPEATS:
            _, most, inner = argument
            if int(most) == _NO_BOUND and not (ends and len(inner) == 1 and str(inner[0][0]) in _ONE_CHARACTER):
                yield str(inner)
            yield from _unbounded(inner, last=False)
        elif name == "SUBPATTERN":
            yield from _unbounded(argument[-1], last=ends)
        elif name == "BRANCH":
            for branch in argument[1]:
                yield from _unbounded(branch, last=ends)
        elif name in ("ASSERT", "ASSERT_NOT"):
            yield from _unbounded(argument[1], last=False)
        elif name == "ATOMIC_GROUP":
            yield from _unbounded(argument, last=ends)


PATTERNS = list(_patterns())


@pytest.mark.parametrize(("pattern", "flags"), [one[1:] for one in PATTERNS], ids=[one[0] for one in PATTERNS])
def test_repetitions_have_a_bound_or_nothing_behind_them(pattern: str, flags: int) -> None:
    parsed = _parser.parse(pattern, flags & ~re.DEBUG)
    assert not list(_unbounded(parsed, last=True))
    _, widest = parsed.getwidth()
    assert widest < LONGEST_MATCH or widest >= _NO_BOUND // 2


def test_a_pattern_that_looks_at_digits_again_and_again_is_found() -> None:
    for bad in (r"(\d+)\s*s", r"<t>.*?</t>", r"(?:a+)+$", r"(\d[\d.]*\s*[a-z]+(?:\s*\d)*)"):
        assert list(_unbounded(_parser.parse(bad), last=True)), bad
    for good in (r"\w+", r"\d{1,15}s", r"stop.*|end.*", r"[^\s]{6,}"):
        assert not list(_unbounded(_parser.parse(good), last=True)), good
