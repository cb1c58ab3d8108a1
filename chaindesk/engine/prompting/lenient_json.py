"""JSON as models write it: what has one meaning only is read, whatever else is refused.

Beyond JSON it reads raw line breaks and tabs in strings, a backslash that escapes nothing, comments, a comma before a
closing bracket, any white space between tokens, JSON that was encoded once more as a string, Python's literals, strings
in single or curly quotation marks, numbers with a plus sign, and brackets too many behind all else.

A text may hold words around the values. A value that was opened is read whole or refused whole: nothing inside it is
ever taken for a value of its own, so that a slightly broken object cannot be replaced by a part of it.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterable

_MAX_DEPTH = 100
_MAX_NUMBER_LENGTH = 400
_MAX_ATTEMPTS = 10
_LOOKBACK = 100
_STRING_PARTS = {end: re.compile(rf"[^{end}\\\\]+") for end in "\"'”"}
_STRING_ENDS = {'"': '"', "'": "'", "“": "”"}
_ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "'": "'"}
_LATEX = re.compile(r"\\[bf][A-Za-z]")  # \beta, \frac: no text has a backspace or form feed before a letter
_NUMBER = re.compile(r"[+-]?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![\w.])")
_WORD = re.compile(r"(?:true|false|null|True|False|None|NaN|-?Infinity)(?!\w)")
_WORDS = {
    "true": True,
    "True": True,
    "false": False,
    "False": False,
    "null": None,
    "None": None,
    "NaN": float("nan"),
    "Infinity": float("inf"),
}
_SURPLUS = re.compile(r"[\s}\]]{1,20}(?:```\s*)?")
_SPACE = re.compile(r"(?:\s|[\u200b\u2060\ufeff]|//[^\n]*|#[^\n]*|/\*.*?\*/)*", re.DOTALL)
# A run of brackets, and what shows that the last one begins an object, well-formed or not, rather than a word of prose.
_BRACKETS = re.compile(r"(?:([{\[])[\s\u200b\u2060\ufeff]*)+")
_LIST_START = re.compile(r'\[\s{0,99}(?:-?\d[\d.]{0,30}|true|false|null)\s{0,99},\s{0,99}[{\["]')
_OBJECT_START = re.compile(r"[}'\"“”#\\,:]|//|/\*|[\w$][\w$ .-]{0,100}(?:[\"'”“],?\s{0,9})?:")
_MEMBER_START = re.compile(r"(?:[\"'”]|\A)[\s\u200b\ufeff]*:[\s\u200b\ufeff]*\Z")
_FENCE = re.compile(r"\s*```[\w-]*[ \t]*\n(.*)\n[ \t]*```\s*", re.DOTALL)
_THOUGHT_WORDS = r"(?:\w{1,20}:)?(?:think|thinking|thoughts?|reasoning|reflection|analysis|scratchpad)"
_OPENING = re.compile(rf"\[(?P<bar>/?)THINK\]|[{{\[}}]|<(?P<slash>/?){_THOUGHT_WORDS}\b[^<>]*>", re.IGNORECASE)
_THOUGHT_END = re.compile(rf"</{_THOUGHT_WORDS}\s*>|\[/THINK\]", re.IGNORECASE)


class BrokenJson(ValueError):
    """A value was opened that cannot be read; the text says why."""


class JsonObject(dict[str, object]):
    """An object, and which of its keys it has twice with different values.

    Attributes:
        repeated: these keys.
    """

    def __init__(self, pairs: Iterable[tuple[str, object]]) -> None:
        super().__init__()
        self.repeated: set[str] = set()
        for key, value in pairs:
            if key in self and self[key] != value:
                self.repeated.add(key)
            self[key] = value


def values_in(text: str) -> list[object]:
    """Return the objects and lists that stand in a text, side by side, in their order.

    What stands in a block of thoughts is none of them.

    Raises:
        BrokenJson: something was opened that cannot be read.
    """
    whole = _whole(text)
    if isinstance(whole, str):
        whole = _whole(whole)
    return [whole] if isinstance(whole, (dict, list)) else _among_words(text)


def _whole(text: str) -> object:
    """Return the text as the one value that it is, or None."""
    fenced = _FENCE.fullmatch(text)
    text = (fenced[1] if fenced else text).strip().strip("\ufeff")
    if text[:4].replace("[", "").startswith('{\\"'):
        text = f'"{text}"'  # encoded as a string, without its quotes
    if not _LATEX.search(text):
        with contextlib.suppress(ValueError, RecursionError):
            return json.loads(text, object_pairs_hook=JsonObject, strict=False)
    try:
        reader = _Reader(text)
        value = reader.value()
    except BrokenJson:
        return None
    return value if reader.at_end() else None


def decoded(text: str) -> object:
    """Return the object or list that a string holds in itself as JSON, or None."""
    value = _whole(text)
    return value if isinstance(value, (dict, list)) else None


def _among_words(text: str) -> list[object]:
    found: list[object] = []
    position = prose_braces = attempts = 0
    value_end: int | None = None  # of a value at the text's beginning
    while match := _OPENING.search(text, position):
        position = match.end()
        if match["slash"] or match["bar"]:  # the end of thoughts whose beginning was left out
            found.clear()
        elif match.group() == "}":
            if value_end is not None and len(found) == 1 and _SURPLUS.fullmatch(text, value_end):
                break
            if not prose_braces:
                raise BrokenJson('a "}" closes nothing')
            prose_braces -= 1
        elif match.group() not in "{[":
            end = _THOUGHT_END.search(text, position)
            position = end.end() if end else len(text)
        elif brackets := _BRACKETS.match(text, match.start()):
            reader = _Reader(text, match.start())
            position = brackets.end()
            opened = text.startswith('"', position) or _LIST_START.match(text, match.start())
            if opened or (brackets[1] == "{" and _OBJECT_START.match(text, position)):
                if _MEMBER_START.search(text, max(match.start() - _LOOKBACK, 0), match.start()):
                    raise BrokenJson("an object has no beginning")
                found.append(reader.value())
                position = reader.position
                if not text[: match.start()].strip().removeprefix("```").removeprefix("json"):
                    value_end = position
                continue
            prose_braces += brackets.group().count("{")
            if brackets[1] == "[" and attempts < _MAX_ATTEMPTS:  # a list of something else, or a word in brackets
                attempts += 1
                with contextlib.suppress(BrokenJson):
                    found.append(reader.value())
                    position = reader.position
    return found


def _after_space(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position


class _Reader:
    """Reads one value from a position on."""

    def __init__(self, text: str, position: int = 0) -> None:
        self._text = text
        self.position = position
        self._depth = 0

    def value(self) -> object:
        """Read the next value.

        Raises:
            BrokenJson: there is none.
        """
        self._skip_space()
        match self._next():
            case "{":
                return self._object()
            case "[":
                return self._list()
            case '"' | "'" | "“":
                return self._string()
        if word := _WORD.match(self._text, self.position):
            self.position = word.end()
            return -float("inf") if word.group() == "-Infinity" else _WORDS[word.group()]
        if number := _NUMBER.match(self._text, self.position):
            self.position = number.end()
            return _number(number.group())
        raise self._broken("a value")

    def at_end(self) -> bool:
        """Return whether nothing but white space follows."""
        self._skip_space()
        return self.position >= len(self._text)

    def _object(self) -> JsonObject:
        pairs: list[tuple[str, object]] = []
        self._enter()
        while not self._closes("}"):
            if self._next() not in _STRING_ENDS:
                raise self._broken("a key in double quotes")
            key = self._string()
            self._skip_space()
            if self._next() != ":":
                raise self._broken("a colon")
            self.position += 1
            pairs.append((key, self.value()))
            self._separator("}")
        return JsonObject(pairs)

    def _list(self) -> list[object]:
        values: list[object] = []
        self._enter()
        while not self._closes("]"):
            values.append(self.value())
            self._separator("]")
        return values

    def _string(self) -> str:
        end = _STRING_ENDS[self._next()]
        self.position += 1
        parts: list[str] = []
        while (character := self._next()) != end:
            if part := _STRING_PARTS[end].match(self._text, self.position):
                parts.append(part.group())
                self.position = part.end()
            elif character == "\\":
                parts.append(self._escape())
            else:
                raise self._broken("the end of a string")
        self.position += 1
        text = "".join(parts)
        if text.isascii():
            return text
        # Halves of one character that were escaped one by one belong together.
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")

    def _escape(self) -> str:
        """Read a backslash and what it escapes; where that is nothing, as in ``\\(x\\)``, the backslash stands."""
        escaped = self._text[self.position + 1 : self.position + 2]
        if not escaped:
            raise self._broken("the end of a string")
        if escaped == "u" and re.fullmatch(r"[0-9a-fA-F]{4}", digits := self._text[self.position + 2 :][:4]):
            self.position += 6
            return chr(int(digits, 16))
        stands = _LATEX.match(self._text, self.position) or escaped not in _ESCAPES
        self.position += 2
        return f"\\{escaped}" if stands else _ESCAPES[escaped]

    def _enter(self) -> None:
        self.position += 1
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise BrokenJson(f"it is nested more than {_MAX_DEPTH} levels deep")

    def _closes(self, bracket: str) -> bool:
        self._skip_space()
        if self._next() != bracket:
            return False
        self.position += 1
        self._depth -= 1
        return True

    def _separator(self, bracket: str) -> None:
        self._skip_space()
        if self._next() == ",":
            self.position += 1
        elif self._next() != bracket:
            raise self._broken(f'a comma or "{bracket}"')

    def _skip_space(self) -> None:
        self.position = _after_space(self._text, self.position)

    def _next(self) -> str:
        return self._text[self.position : self.position + 1]

    def _broken(self, wanted: str) -> BrokenJson:
        if self.position >= len(self._text):
            return BrokenJson("it breaks off")
        line = self._text.count("\n", 0, self.position) + 1
        return BrokenJson(f"line {line} lacks {wanted}")


def _number(text: str) -> int | float:
    if any(sign in text for sign in ".eE"):
        return float(text)
    return int(text) if len(text) <= _MAX_NUMBER_LENGTH else float("-inf" if text[0] == "-" else "inf")
