"""The inputs of a row: each column with its text, and the picture that a cell names once the user asks for it."""

from __future__ import annotations

import html
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QImage, QTextDocument
from PySide6.QtWidgets import QWidget

from chaindesk.desktop.review.markdown_view import MarkdownView
from chaindesk.desktop.review.pictures import (
    Picture,
    PictureFetcher,
    PictureRefused,
    picture_in,
    thumbnail,
    thumbnail_of,
)
from chaindesk.desktop.ui.translation import tr
from chaindesk.domain.manifest import Manifest, Row

_PICTURE = "picture"
_NAMES_WIDTH_PX = 190  # what the columns' names take of a row, about
_LEAST_WIDTH_PX = 80
_LONG_NAME = 32  # characters of a name that is not broken over lines


class InputsView(MarkdownView):
    """Shows the user's columns of one row. A picture is opened, or fetched from its host, by a click on its link."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row: Row | None = None
        self._columns: list[str] = []
        self._folder = Path()
        self._shown: dict[int, QImage | str] = {}  # by column: the picture, or why there is none
        self._fetcher: PictureFetcher | None = None

    def show_inputs(self, row: Row, manifest: Manifest) -> None:
        """Show another row."""
        self._row, self._folder = row, manifest.path.parent
        self._columns = [column.name for column in manifest.inputs]
        self._shown = {}
        self._renew()

    @property
    def content_height(self) -> int:
        """How high it must be to show all of the row without scrolling, in pixels."""
        return round(self.document().size().height()) + 2 * self.frameWidth()

    def clear(self) -> None:
        """Show no row."""
        self._row, self._shown = None, {}
        super().clear()

    def _follow(self, target: QUrl) -> None:
        if target.scheme() != _PICTURE or self._row is None:
            super()._follow(target)
            return
        place = int(target.path())
        picture = picture_in(self._row.values[self._columns[place]], self._folder)
        if picture is None:
            return
        if picture.path is not None:
            try:
                self._shown[place] = thumbnail_of(picture.path)
            except PictureRefused as refused:
                self._shown[place] = str(refused)
            self._renew()
        elif picture.address is not None:
            self._shown[place] = tr("Fetching…")
            self._renew()
            self._fetch(picture.address)

    def _show_target(self, target: QUrl) -> None:
        if target.scheme() != _PICTURE:
            super()._show_target(target)

    def _fetch(self, address: QUrl) -> None:
        if self._fetcher is None:
            self._fetcher = PictureFetcher(self)
            self._fetcher.fetched.connect(self._fetched)
            self._fetcher.failed.connect(self._show_fetched)
        self._fetcher.fetch(address)

    def _fetched(self, address: QUrl, content: bytes) -> None:
        try:
            self._show_fetched(address, thumbnail(content))
        except PictureRefused as refused:
            self._show_fetched(address, str(refused))

    def _show_fetched(self, address: QUrl, shown: QImage | str) -> None:
        """Show what was fetched wherever the row that is shown by now names it."""
        if self._row is None:
            return
        for place, name in enumerate(self._columns):
            picture = picture_in(self._row.values[name], self._folder)
            if place in self._shown and picture is not None and picture.address == address:
                self._shown[place] = shown
        self._renew()

    def _renew(self) -> None:
        row = self._row
        if row is None:
            return
        cells = [html.escape(row.values[name]).replace("\n", "<br>") or "–" for name in self._columns]
        lines = [
            f'<tr><td style="padding-right:14px{_wrapped(name)}" valign="top"><b>{html.escape(name)}</b></td>'
            f"<td>{cells[place]}{self._picture_html(row, place)}</td></tr>"
            for place, name in enumerate(self._columns)
        ]
        place = self.verticalScrollBar().value()
        self.show_html(f'<table cellspacing="0" cellpadding="3">{"".join(lines)}</table>')
        for number, shown in self._shown.items():
            if isinstance(shown, QImage):
                kind = QTextDocument.ResourceType.ImageResource.value
                self.document().addResource(kind, QUrl(f"{_PICTURE}-of:{number}"), shown)
        if self._shown:
            self.document().markContentsDirty(0, self.document().characterCount())
        self.verticalScrollBar().setValue(place)

    def _picture_html(self, row: Row, place: int) -> str:
        picture = picture_in(row.values[self._columns[place]], self._folder)
        if picture is None:
            return ""
        shown = self._shown.get(place)
        if isinstance(shown, QImage):
            room = max(self.viewport().width() - _NAMES_WIDTH_PX, _LEAST_WIDTH_PX)
            width = min(shown.width(), room)
            size = f'width="{width}" height="{max(shown.height() * width // max(shown.width(), 1), 1)}"'
            return f'<br><img src="{_PICTURE}-of:{place}" {size}>'
        if picture.refused:
            why = tr("No picture: {why}.").format(why=picture.refused)
            return f"<br>{html.escape(why)}"
        told = "" if shown is None else f"<br>{html.escape(shown)}"
        return f'{told}<br><a href="{_PICTURE}:{place}">{html.escape(_link(picture))}</a>'


def _wrapped(name: str) -> str:
    return "" if len(name) > _LONG_NAME else "; white-space:nowrap"


def _link(picture: Picture) -> str:
    if picture.host:
        return tr("Fetch the picture from {host}").format(host=picture.host)
    return tr("Show the picture")
