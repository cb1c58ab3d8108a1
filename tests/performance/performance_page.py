"""The README's section on performance, and its chart, made of measured ratios."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

BEGIN, END = "<!-- performance: written by packaging/dev.py bench -->", "<!-- end of performance -->"
_ROW, _LABEL, _BAR = 30, 190, 380  # pixels


@dataclass(slots=True)
class Figures:
    """What was measured.

    Attributes:
        machine: on what, and how busy it was.
        cpu: CPU of a call over raw aiohttp's, by client.
        rate: calls a second over raw aiohttp's at many at once, by client.
        failed: calls that failed, by client.
        grown: megabytes by which memory grew at most from the first calls to the last, many at once, by client.
        server: the greatest share of one processor that the server took meanwhile.
        table: for calls and calls at once the share of the ideal time and of the greedy bound.
        opening: CPU of opening a workbook over python-calamine's, by kind of file.
    """

    machine: str = ""
    cpu: dict[str, float] = field(default_factory=dict)
    rate: dict[str, float] = field(default_factory=dict)
    failed: Counter[str] = field(default_factory=Counter)
    grown: dict[str, float] = field(default_factory=dict)
    server: float = 0.0
    table: dict[tuple[int, int], tuple[float, float]] = field(default_factory=dict)
    opening: dict[str, float] = field(default_factory=dict)

    def add(self, client: str, server: float, failed: int, grown: float = 0.0) -> None:
        """Note what one measurement met."""
        self.server = max(self.server, server)
        self.failed[client] += failed
        self.grown[client] = max(self.grown.get(client, 0.0), grown)


def section(figures: Figures) -> str:
    """Return the section as Markdown."""
    lines = [
        BEGIN,
        "![CPU of a call, as a multiple of raw aiohttp's](docs/performance.svg)",
        "",
        f"Measured on {figures.machine}.",
        "Only ratios within one run are told, since seconds are the machine's; the simulated server ran in a process",
        f"of its own and took at most {figures.server:.0%} of one processor.",
        "ChainDesk runs as on its command line.",
        "",
        "| Client | CPU of a call ÷ raw aiohttp, 25 at once | Calls a second ÷ raw aiohttp, 1,000 at once, 50 ms | "
        "Memory grown meanwhile | Calls failed |",
        "|---|---|---|---|---|",
        *(_client(figures, name) for name in figures.cpu),
        "",
        "ChainDesk's figure is a whole run: limits, retries, events, and each answer on the disk before it counts.",
        "",
        *_table(figures.table),
        "",
        *(f"Opening {name}: {ratio:.1f} × python-calamine's CPU." for name, ratio in figures.opening.items()),
        END,
    ]
    return "\n".join(lines)


def _client(figures: Figures, name: str) -> str:
    """One client's line of the table."""
    ratios = f"{figures.cpu[name]:.1f} | {figures.rate[name]:.2f}"
    return f"| {name} | {ratios} | {figures.grown[name]:.0f} MB | {figures.failed[name]} |"


def _table(table: Mapping[tuple[int, int], tuple[float, float]]) -> Sequence[str]:
    at_once = sorted({concurrency for _, concurrency in table})
    lines = [
        "| Calls | " + " | ".join(f"{number} at once" for number in at_once) + " |",
        "|---|" + "---|" * len(at_once),
    ]
    for calls in sorted({calls for calls, _ in table}):
        cells = [f"{table[calls, number][0]:.0%} · {table[calls, number][1]:.0%}" for number in at_once]
        lines.append(f"| {calls} | " + " | ".join(cells) + " |")
    lines += [
        "",
        "Each cell: the share of the ideal time · of the greedy list-schedule bound that was reached, for calls of",
    ]
    lines += [
        "log-normal length. A published tutorial of such chains reports 150 s where 100 s are ideal (100 chains, 25 at"
    ]
    return [*lines, "once), which is 67%."]


def chart(figures: Figures) -> str:
    """Return bars of each client's CPU of a call as SVG that reads on light and dark pages."""
    most = max(figures.cpu.values())
    bars = []
    for place, (name, ratio) in enumerate(figures.cpu.items()):
        top = 10 + place * _ROW
        ours = " ours" if name.startswith("ChainDesk") else ""
        bars.append(
            f'<text x="{_LABEL - 8}" y="{top + 15}" text-anchor="end">{escape(name)}</text>'
            f'<rect class="bar{ours}" x="{_LABEL}" y="{top}" width="{max(_BAR * ratio / most, 2):.0f}" height="20"/>'
            f'<text x="{_LABEL + _BAR * ratio / most + 6:.0f}" y="{top + 15}">{ratio:.1f} ×</text>'
        )
    height = 20 + len(bars) * _ROW
    style = (
        "text{font:13px sans-serif;fill:#24292f}.bar{fill:#8c959f}.ours{fill:#0969da}"
        "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.bar{fill:#6e7681}.ours{fill:#58a6ff}}"
    )
    width = _LABEL + _BAR + 60
    title = "CPU of a call, as a multiple of raw aiohttp's"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'role="img" aria-label="{title}"><title>{title}</title><style>{style}</style>{"".join(bars)}</svg>\n'
    )


def write(figures: Figures, root: Path) -> None:
    """Write the section into the README between its markers, and the chart beside the documents."""
    readme = root / "README.md"
    text = readme.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    readme.write_text(before + section(figures) + after, encoding="utf-8")
    (root / "docs" / "performance.svg").write_text(chart(figures), encoding="utf-8")
