from __future__ import annotations

from chaindesk.cli.output import table


def test_a_table_is_aligned() -> None:
    assert table([["a", "1"], ["bcd", "20"]], right=" r") == ["a     1", "bcd  20"]
