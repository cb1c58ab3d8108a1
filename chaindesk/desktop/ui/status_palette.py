"""What statuses and reviews look like in the window: the domain's table of styles as Qt colours, and their words."""

from __future__ import annotations

from PySide6.QtGui import QColor

from chaindesk.desktop.ui.translation import tr, tr_noop
from chaindesk.domain.status import STATUS_STYLES, Review, Status

REVIEW_SYMBOLS: dict[Review, str] = {
    Review.UNREVIEWED: "",
    Review.APPROVED: "✔",
    Review.REJECTED: "✗",
    Review.EDITED: "✎",
}


class StatusPalette:
    """Background and text colours of each status, for a light or a dark page."""

    def __init__(self, *, dark: bool) -> None:
        self.background: dict[Status, QColor] = {}
        self.text: dict[Status, QColor] = {}
        for status, style in STATUS_STYLES.items():
            self.background[status] = QColor(f"#{style.dark if dark else style.light}")
            self.text[status] = QColor(f"#{style.dark_text if dark else style.light_text}")


_WORDS = {
    Status.PENDING: tr_noop("Pending"),
    Status.QUEUED: tr_noop("Queued"),
    Status.RUNNING: tr_noop("Running"),
    Status.WAITING: tr_noop("Waiting"),
    Status.SUBMITTED: tr_noop("Submitted"),
    Status.DONE: tr_noop("Done"),
    Status.FAILED: tr_noop("Failed"),
    Status.STOPPED: tr_noop("Stopped"),
    Status.SKIPPED: tr_noop("Skipped"),
}
_REVIEW_WORDS = {
    Review.UNREVIEWED: tr_noop("Not reviewed"),
    Review.APPROVED: tr_noop("Approved"),
    Review.REJECTED: tr_noop("Rejected"),
    Review.EDITED: tr_noop("Edited"),
}


def word(status: Status) -> str:
    """The status as a word, such as ``Done``."""
    return tr(_WORDS[status])


def label(status: Status) -> str:
    """The status as symbol and word, such as ``✓ Done``."""
    return f"{STATUS_STYLES[status].symbol} {word(status)}"


def review_label(review: Review) -> str:
    """The review as a mark and a word, or nothing where nobody has looked at the row."""
    return "" if review is Review.UNREVIEWED else f"{REVIEW_SYMBOLS[review]} {tr(_REVIEW_WORDS[review])}"
