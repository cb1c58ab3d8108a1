"""Prints what a run over a folder of workbooks showed: rates in all and by feature, and why files were refused."""

from __future__ import annotations

import collections
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def report(verdicts: list[dict[str, Any]], opened: Mapping[str, bool]) -> None:
    """Print the verdicts; ``opened`` tells of a sample of the exports whether LibreOffice opens them."""
    totals = collections.Counter(verdict["verdict"] for verdict in verdicts)
    print(f"\n{len(verdicts)} workbooks: " + ", ".join(f"{count} {word}" for word, count in totals.most_common()))
    tried = len(verdicts) - totals["refused"]
    print(f"whole of those that were not refused: {totals['whole']}/{tried} ({_rate(totals['whole'], tried)})")
    slowest = sorted(verdicts, key=lambda verdict: -verdict["seconds"])[:3]
    print("slowest: " + ", ".join(f"{verdict['seconds']} s {Path(verdict['file']).name}" for verdict in slowest))
    if opened:
        print(f"LibreOffice opens {sum(opened.values())}/{len(opened)} of the sampled exports")
    by_feature: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for verdict in verdicts:
        for feature in verdict.get("features", ()):
            by_feature[feature][verdict["verdict"]] += 1
    print(f"\n{'feature':<22}{'whole':>7}{'of':>7}{'refused':>9}")
    for feature, counts in sorted(by_feature.items(), key=lambda item: -item[1].total()):
        print(f"{feature:<22}{counts['whole']:>7}{counts.total() - counts['refused']:>7}{counts['refused']:>9}")
    _report_openpyxl([verdict["openpyxl"] for verdict in verdicts if "openpyxl" in verdict])
    reasons = collections.Counter(_plain(verdict["detail"]) for verdict in verdicts if verdict["verdict"] == "refused")
    print("\nrefused:")
    for reason, count in reasons.most_common(20):
        print(f"{count:>6}  {reason}")


def _report_openpyxl(verdicts: list[dict[str, str]]) -> None:
    if not verdicts:
        return
    print("\nopenpyxl beside our reader:")
    for word, count in collections.Counter(verdict["verdict"] for verdict in verdicts).most_common():
        print(f"{count:>6}  {word}")
        reasons = collections.Counter(_plain(item["detail"]) for item in verdicts if item["verdict"] == word)
        for reason, times in reasons.most_common(12) if word != "agrees" else ():
            print(f"{times:>12}  {reason}")


def _plain(message: str) -> str:
    """A message without its names, so that equal reasons count together."""
    return "".join(part if place % 2 == 0 else "…" for place, part in enumerate(message.split('"')))[:150]


def _rate(part: int, whole: int) -> str:
    return f"{part / whole:.2%}" if whole else "none"
