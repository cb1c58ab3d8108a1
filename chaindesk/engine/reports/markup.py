"""Elements of SVG and HTML made so that nothing can break out: whatever is not markup already is escaped."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

_INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def escaped(value: object) -> Markup:
    """Return any value as text in a page. What no page can hold, such as half a character, is replaced by a sign."""
    return value if isinstance(value, Markup) else escape(_INVISIBLE.sub("�", str(value)))


def element(name: str, /, *children: object, **attributes: object) -> Markup:
    """Return an element. ``class_`` is ``class``, other underscores are hyphens; an attribute of None is left out."""
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escaped(_short(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Markup(f"<{name}{given}>{join(*children)}</{name}>")  # noqa: S704 - names are ours, the rest is escaped


def join(*children: object) -> Markup:
    """Return several pieces after one another; None is left out."""
    return Markup("").join(escaped(child) for child in children if child is not None)


def _short(value: object) -> object:
    """Return a coordinate needs no more than two decimals, and a page of thousands of bars is the smaller for it."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else value
