"""Icons drawn from our own SVG files in the theme's colours; the system's icon themes are empty on many machines."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, Qt, QTemporaryDir
from PySide6.QtGui import QAction, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton, QWidget

from chaindesk import settings

_SIZES = (16, 20, 24, 32, 48)
_colours = {"normal": "#000000", "disabled": "#888888"}


def set_colours(normal: str, disabled: str) -> None:
    """From now on icons are drawn in these colours; call ``refresh`` for those already drawn."""
    _colours.update(normal=normal, disabled=disabled)


def icon(name: str, colour: str | None = None) -> QIcon:
    """An icon of ``resources/icons``, in the theme's text colour or in ``colour``."""
    return _drawn(name, colour or _colours["normal"], _colours["disabled"])


@cache
def _drawn(name: str, normal: str, disabled: str) -> QIcon:
    """Return an icon in these colours; a window has each several times, and drawing all was half of its making."""
    made = QIcon()
    for size in _SIZES:
        made.addPixmap(pixmap(name, size, normal), QIcon.Mode.Normal)
        made.addPixmap(pixmap(name, size, disabled), QIcon.Mode.Disabled)
    return made


def pixmap(name: str, size: int, colour: str) -> QPixmap:
    """A square picture of an icon, ``size`` pixels wide."""
    picture = QPixmap(size, size)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    QSvgRenderer(QByteArray(_coloured(name, colour).encode())).render(painter, QRectF(0, 0, size, size))
    painter.end()
    return picture


def application_icon() -> QIcon:
    """The program's own icon."""
    made = QIcon()
    for size in (16, 24, 32, 48, 64, 128, 256):
        made.addPixmap(pixmap("chaindesk", size, "#FFFFFF"))
    return made


def give(target: QAction | QAbstractButton, name: str, colour: str | None = None) -> None:
    """Set the icon of an action or button, and remember its name for ``refresh``."""
    target.setProperty("iconName", name)
    target.setIcon(icon(name, colour))


def refresh(window: QWidget) -> None:
    """Draw all icons of a window again in the colours of now."""
    targets: list[QAction | QAbstractButton] = [*window.findChildren(QAction), *window.findChildren(QAbstractButton)]
    for target in targets:
        name = target.property("iconName")
        if isinstance(name, str):
            target.setIcon(icon(name))


def coloured_file(name: str, colour: str) -> str:
    """The path of a coloured copy of an icon, for style sheets, which cannot colour one themselves."""
    digest = hashlib.sha256(f"{name}{colour}".encode()).hexdigest()[:12]
    path = Path(_copies().filePath(f"{name}-{digest}.svg"))
    if not path.exists():
        path.write_text(_coloured(name, colour), "utf-8")
    return path.as_posix()


@cache
def _copies() -> QTemporaryDir:
    return QTemporaryDir()


@cache
def _source(name: str) -> str:
    return settings.resource(f"icons/{name}.svg").read_text("utf-8")


def _coloured(name: str, colour: str) -> str:
    return _source(name).replace("currentColor", colour)
