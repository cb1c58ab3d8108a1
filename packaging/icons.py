"""The program's icon in the formats that installers want: PNG of each size, .ico and .icns, all from the one SVG."""

from __future__ import annotations

import os
from pathlib import Path

SIZES = (16, 24, 32, 48, 64, 128, 256, 512)


def write(source: Path, folder: Path) -> None:
    """Write ``SIZE.png`` for each size, ``chaindesk.ico`` and ``chaindesk.icns`` into a folder."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PIL import Image
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QGuiApplication, QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    folder.mkdir(parents=True, exist_ok=True)
    _ = QGuiApplication.instance() or QGuiApplication([])
    drawing = QSvgRenderer(str(source))
    for size in SIZES:
        image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        drawing.render(painter)
        painter.end()
        image.save(str(folder / f"{size}.png"))
    largest = Image.open(folder / f"{SIZES[-1]}.png")
    largest.save(folder / "chaindesk.ico", sizes=[(size, size) for size in SIZES if size <= 256])
    largest.save(folder / "chaindesk.icns")
