"""What the buttons of the banners ask for. The notifiers name one of these; the main controller carries it out."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from functools import partial

from chaindesk.desktop.notifications.banner import BannerButton


class BannerAction(Enum):
    """What a button asks for, and the argument that goes with it where there is one."""

    RUN = auto()
    START = auto()
    START_FRESH = auto()
    PLAN_WITH_APPROVED = auto()
    CONTINUE_INTERRUPTED = auto()  # the ``InterruptedRun``
    DISMISS_INTERRUPTED = auto()  # the ``InterruptedRun``
    RESUME = auto()
    RESUME_WITH_BUDGET = auto()
    TRY_NOW = auto()
    STOP = auto()
    STOP_AND_EDIT = auto()
    RETRY_FAILED = auto()
    RUN_AGAIN = auto()
    SHOW_FAILED = auto()
    COLLECT_JOBS = auto()
    CANCEL_JOBS = auto()
    EXPORT = auto()
    OPEN_KEYS = auto()  # the name of the provider whose key is needed
    REPAIR_JOURNAL = auto()
    EDIT_CHAIN = auto()  # the path of its file, or None for the one that is open
    NEW_CHAIN = auto()
    OPEN_CHAIN = auto()
    USE_CHAIN = auto()  # the path of its file
    SHOW_GALLERY = auto()  # the ``ChainOffer`` that is shown first, or None
    CHOOSE_SHEET = auto()
    CHOOSE_WORKBOOK = auto()
    CHANGE_TEXT_READING = auto()
    TAKE_IN_CHANGES = auto()
    OPEN_WORKBOOK = auto()  # its path, or None to choose one
    OPEN_FILE = auto()  # the path of a file or folder
    OPEN_FOLDER = auto()  # the path of a file in it


Perform = Callable[[BannerAction, object], object]


def action_button(
    perform: Perform,
    text: str,
    action: BannerAction,
    argument: object = None,
    *,
    primary: bool = False,
    closes: bool = True,
) -> BannerButton:
    """Return a button that has ``perform`` carry ``action`` out."""
    return BannerButton(text, partial(perform, action, argument), primary, closes)
