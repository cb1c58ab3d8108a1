"""A chart as a picture: for the clipboard, as .png, and as .svg, with its title and what it says in words."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QImage, QPainter
from PySide6.QtSvg import QSvgGenerator

from chaindesk.desktop.charts.colours import ChartColours
from chaindesk.desktop.charts.painting import paint_chart
from chaindesk.engine.reports.run_charts import Chart
from chaindesk.files.save import save_bytes

_SCALE = 2.0
_MIN_SIZE = QSize(640, 320)
SUFFIXES = (".png", ".svg")


def image_of(chart: Chart, size: QSize, font: QFont, colours: ChartColours) -> QImage:
    """Return the picture, twice as fine as on the screen."""
    whole = size.expandedTo(_MIN_SIZE)
    image = QImage(whole * _SCALE, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(_SCALE)
    image.fill(colours.ground)
    painter = QPainter(image)
    _paint(painter, chart, whole, font, colours)
    painter.end()
    return image


def save_picture(chart: Chart, size: QSize, font: QFont, colours: ChartColours, path: Path) -> Path:
    """Save the picture as .svg where the name ends so, else as .png; return where it is.

    Raises:
        SaveError: it could not be saved.
    """
    path = path if path.suffix.lower() in SUFFIXES else path.with_name(f"{path.name}.png")
    made = QByteArray()
    buffer = QBuffer(made)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if path.suffix.lower() == ".svg":
        whole = size.expandedTo(_MIN_SIZE)
        generator = QSvgGenerator()
        generator.setOutputDevice(buffer)
        generator.setSize(whole)
        generator.setViewBox(QRectF(0, 0, whole.width(), whole.height()))
        generator.setTitle(chart.title)
        generator.setDescription(chart.summary)
        painter = QPainter(generator)
        _paint(painter, chart, whole, font, colours)
        painter.end()
    else:
        image_of(chart, size, font, colours).save(buffer, "PNG")  # type: ignore[call-overload]
    buffer.close()
    return save_bytes(path, bytes(made.data()))


def _paint(painter: QPainter, chart: Chart, size: QSize, font: QFont, colours: ChartColours) -> None:
    """Draw the title above the chart and its summary below."""
    bold = QFont(font)
    bold.setBold(True)
    line = QFontMetricsF(bold).height()
    whole = QRectF(0, 0, size.width(), size.height())
    painter.fillRect(whole, colours.ground)
    painter.setFont(bold)
    painter.setPen(colours.text)
    flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap
    painter.drawText(QRectF(8, 4, size.width() - 16, line + 4), flags, chart.title)
    painter.setFont(font)
    painter.setPen(colours.faint)
    foot = 2 * QFontMetricsF(font).height() + 6
    painter.drawText(QRectF(8, size.height() - foot, size.width() - 16, foot - 2), flags, chart.summary)
    paint_chart(painter, whole.adjusted(0, line + 8, 0, -foot), chart, colours)
