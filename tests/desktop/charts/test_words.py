"""Every word of the charts that the window shows can be translated."""

from __future__ import annotations

import re
from pathlib import Path

from chaindesk.desktop.charts.words import AXES, TEMPLATES
from chaindesk.engine.reports import run_charts


def test_what_the_engine_says_of_charts_is_what_is_translated() -> None:
    source = Path(run_charts.__file__).read_text("utf-8")
    assert set(TEMPLATES) == set(re.findall(r'say\(\s*"([^"]*)"', source))
    assert list(AXES) == [quantity.value for quantity in run_charts.Quantity]
