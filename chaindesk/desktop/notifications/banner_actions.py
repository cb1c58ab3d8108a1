"""What the buttons of the banners do: the notifier names them, the main controller says what happens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from chaindesk.desktop.session.interrupted_run import InterruptedRun

Act = Callable[[], object]


@dataclass(frozen=True, slots=True)
class BannerActions:
    """What the banners' buttons do."""

    run: Act
    start: Act
    start_fresh: Act
    go_on: Callable[[InterruptedRun], object]
    not_now: Callable[[InterruptedRun], object]
    resume: Act
    resume_with_budget: Act
    try_now: Act
    stop: Act
    stop_and_edit: Act
    retry: Act
    run_again: Act
    show_failed: Act
    export: Act
    keys: Act
    repair_journal: Act
    edit_chain: Callable[[Path | None], object]
    open_chain: Act
    open_folder: Callable[[Path], object]
