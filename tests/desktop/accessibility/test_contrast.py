"""Texts stand out from their ground by 4.5 to 1 in light and dark, and what shows where a control is by 3 to 1 (AA).

https://www.w3.org/TR/WCAG22/#contrast-minimum and #non-text-contrast; what is disabled is exempt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from chaindesk import settings
from chaindesk.desktop.notifications.banner import Tone
from chaindesk.desktop.ui.status_palette import StatusPalette
from chaindesk.desktop.ui.theme import Theme
from chaindesk.domain.status import Status

TEXT, CONTROL = 4.5, 3.0
GROUNDS = ("window", "base", "raised", "alternate")
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_DECLARED = re.compile(r"(?<![-\w])(background|color): \$(\w+)")


def contrast(first: QColor, second: QColor) -> float:
    def luminance(colour: QColor) -> float:
        parts = [colour.redF(), colour.greenF(), colour.blueF()]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def style_sheet_pairs() -> Iterator[tuple[str, str, str]]:
    """Each rule of the style sheet that gives both a ground and a text colour: its selector, text and ground."""
    for selector, body in _RULE.findall(settings.resource("themes/style.qss").read_text("utf-8")):
        found = dict(_DECLARED.findall(body))
        if len(found) == 2 and ":disabled" not in selector:
            yield selector.strip(), found["color"], found["background"]


@pytest.fixture(params=["light", "dark"])
def theme(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[Theme]:
    shown = Theme(qapp, request.param)
    yield shown
    shown.choose("light")


def colour(theme: Theme, name: str) -> QColor:
    return QColor(theme.hex(name))


def test_texts_stand_out_from_every_ground(theme: Theme) -> None:
    pairs = [*product(("text", "muted", "link"), GROUNDS)]
    pairs += [("text", ground) for ground in ("hover", "pressed", "selection")]
    pairs += [("muted", "hover"), ("accent_text", "accent"), ("accent_text", "accent_hover")]
    pairs += [("selection_text", "selection")]
    pairs += [(f"{tone.value}_text", tone.value) for tone in Tone]
    weak = {pair: contrast(colour(theme, pair[0]), colour(theme, pair[1])) for pair in pairs}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < TEXT} == {}


def test_every_rule_of_the_style_sheet_that_sets_both_colours_can_be_read(theme: Theme) -> None:
    pairs = list(style_sheet_pairs())
    assert len(pairs) > 12
    ratios = {
        (selector, text): contrast(colour(theme, text), colour(theme, ground)) for selector, text, ground in pairs
    }
    assert {rule: ratio for rule, ratio in ratios.items() if ratio < TEXT} == {}


def test_every_status_can_be_read(theme: Theme) -> None:
    palette = StatusPalette(dark=theme.dark)
    ratios = {status: contrast(palette.text[status], palette.background[status]) for status in Status}
    assert {status: ratio for status, ratio in ratios.items() if ratio < TEXT} == {}


def test_outlines_of_controls_and_of_the_focus_can_be_seen(theme: Theme) -> None:
    pairs = [
        *product(("strong_border", "accent"), ("window", "base", "raised")),
        ("faint", "base"),
        ("faint", "window"),
    ]
    ratios = {pair: contrast(colour(theme, pair[0]), colour(theme, pair[1])) for pair in pairs}
    assert {pair: ratio for pair, ratio in ratios.items() if ratio < CONTROL} == {}


def test_the_palette_of_widgets_that_no_rule_names_can_be_read(theme: Theme, qapp: QApplication) -> None:
    palette, role = qapp.palette(), QPalette.ColorRole
    pairs = [
        (role.WindowText, role.Window),
        (role.Text, role.Base),
        (role.Text, role.AlternateBase),
        (role.ButtonText, role.Button),
        (role.ToolTipText, role.ToolTipBase),
        (role.HighlightedText, role.Highlight),
        (role.PlaceholderText, role.Base),
        (role.Link, role.Base),
        (role.BrightText, role.Window),
    ]
    ratios = {pair: contrast(palette.color(pair[0]), palette.color(pair[1])) for pair in pairs}
    assert {pair: ratio for pair, ratio in ratios.items() if ratio < TEXT} == {}
    assert palette.color(role.Window) == colour(theme, "window")
