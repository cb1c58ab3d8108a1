"""Why no window can be opened, in plain words."""

from __future__ import annotations

import sys

import pytest

from chaindesk.desktop.runtime.start_failure import failure_text

XCB = "From 6.5.0, xcb-cursor0 or libxcb-cursor0 is needed to load the Qt xcb platform plugin."


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have a screen, or none that a variable names")
def test_without_a_screen_the_variable_is_named() -> None:
    assert "set DISPLAY" in failure_text(["could not connect to display ", XCB], {})


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (["could not connect to display :9", XCB], ":9 does not answer"),
        ([XCB], "sudo apt install libxcb-cursor0"),
        (
            ['Could not find the Qt platform plugin "nope" in ""'],
            'Could not find the Qt platform plugin "nope"',
        ),
        ([], "Qt said: nothing"),
    ],
)
def test_with_a_screen_the_reason_is_what_qt_said(said: list[str], words: str) -> None:
    told = failure_text(said, {"DISPLAY": ":9"})
    assert words in told
    assert "chaindesk --help" in told
