"""Every command that the menus hold, as the palette and the list of keys show it."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QMenuBar

from chaindesk.desktop.help.command_palette import Command
from chaindesk.desktop.ui.translation import tr, tr_noop

_ROW = tr_noop("Choose a row that is done.")
_RUNNING = tr_noop("No run is going on.")
NEEDS = {
    "approve": _ROW,
    "reject": _ROW,
    "edit": tr_noop("Choose an output first."),
    "versions": tr_noop("Choose an output first."),
    "compare": tr_noop("Choose an output first."),
    "reject_reason": _ROW,
    "reading": _ROW,
    "rerun": tr_noop("Choose a row first."),
    "rerun_note": tr_noop("Choose an output first."),
    "undo": tr_noop("There is nothing to undo."),
    "redo": tr_noop("There is nothing to do again."),
    "pause": _RUNNING,
    "stop": _RUNNING,
    "retry": tr_noop("No row has failed."),
    "run_rejected": tr_noop("No row is rejected."),
}
"""What a command needs, by the name of its action, where nothing more is known of why it is not possible."""


def menu_commands(bar: QMenuBar) -> Iterator[Command]:
    """Yield the commands of a menu bar in their order, with the menus in which they are."""
    for entry in bar.actions():
        menu = entry.menu()
        if isinstance(menu, QMenu):
            yield from _of_menu(menu, plain_text(entry))


def plain_text(action: QAction) -> str:
    """Return a command's words without the marks of its keys."""
    return action.text().partition("\t")[0].replace("&&", "\0").replace("&", "").replace("\0", "&")


def shortcut_groups(bar: QMenuBar) -> dict[str, list[tuple[str, str]]]:
    """Return each command that has keys, by menu."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for command in menu_commands(bar):
        keys = command.keys or command.action.text().partition("\t")[2]
        if keys:
            groups.setdefault(command.place.partition(" › ")[0], []).append((command.name.rstrip("…"), keys))
    return groups


def _of_menu(menu: QMenu, place: str) -> Iterator[Command]:
    menu.aboutToShow.emit()  # some are filled only then
    for action in menu.actions():
        inner = action.menu()
        if isinstance(inner, QMenu):
            yield from _of_menu(inner, f"{place} › {plain_text(action)}")
        elif not action.isSeparator() and action.isVisible():
            yield Command(action, plain_text(action), place, _reason(action))


def _reason(action: QAction) -> str:
    if action.isEnabled():
        return ""
    known = action.property("reason") or NEEDS.get(action.objectName(), tr_noop("Not possible now."))
    return tr(str(known))
