"""The colours of charts, for light and dark: of the steps, of failures and waits, and of axes and words."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QColor, QPalette

from chaindesk.engine.reports.call_timeline import FAILED, WAITING

_STEPS = {
    False: ("#2563C9", "#B45F06", "#0D7A5F", "#7B3FB5", "#0E7490", "#A8275F", "#5B7A10", "#5C5650"),
    True: ("#78A9FF", "#F0A35E", "#4FD1AC", "#C79BF2", "#5CC8E0", "#F28AB8", "#B4D455", "#BDB5AC"),
}
_FAILED = {False: "#C62828", True: "#FF7B72"}


@dataclass(frozen=True, slots=True)
class ChartColours:
    """What a chart is drawn in.

    Attributes:
        dark: whether on a dark ground.
        ground: behind everything.
        text: of words.
        faint: of the words of axes.
        line: of axes and marks.
    """

    dark: bool
    ground: QColor
    text: QColor
    faint: QColor
    line: QColor

    @classmethod
    def of(cls, palette: QPalette, *, dark: bool) -> ChartColours:
        """Return the colours of the theme."""
        return cls(
            dark,
            palette.base().color(),
            palette.text().color(),
            palette.placeholderText().color(),
            palette.mid().color(),
        )

    def of_step(self, index: int) -> QColor:
        """Return the colour of a step, of failures or of waits."""
        if index == FAILED:
            return QColor(_FAILED[self.dark])
        if index == WAITING:
            return self.line
        steps = _STEPS[self.dark]
        return QColor(steps[index % len(steps)])
