"""Pictures that cells name: where one lies, whether it may be opened, and its thumbnail; nothing is opened unasked."""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, QSize, Qt, QUrl, Signal
from PySide6.QtGui import QImage, QImageReader
from PySide6.QtNetwork import QNetworkAccessManager, QNetworkReply, QNetworkRequest

from chaindesk.desktop.ui.translation import tr
from chaindesk.formatting import size as size_text

MAX_BYTES = 15 * 1024 * 1024
_MAX_PIXELS = 80_000_000
_TIMEOUT_MS = 20_000
_OK = 200
_THUMBNAIL = QSize(360, 240)
_SUFFIXES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp")
_MAX_ADDRESS_CHARS = 2000
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):")  # one letter alone is a drive of Windows
_SHARES = ("\\\\", "//", "\\/", "/\\")


class PictureRefused(Exception):
    """A picture cannot be shown; the text says why."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that a cell names.

    Attributes:
        path: its file, or None.
        address: its web address, or None.
        refused: why it is not opened, or "".
    """

    path: Path | None = None
    address: QUrl | None = None
    refused: str = ""

    @property
    def host(self) -> str:
        """Whom a fetch would ask, or ""."""
        return self.address.host() if self.address is not None else ""


def picture_in(text: str, folder: Path) -> Picture | None:
    """Return the picture that a cell names, or None where it names none. Nothing on a disk is looked at.

    Args:
        text: the cell's text.
        folder: the workbook's, beside which relative paths are.
    """
    text = text.strip()
    if not text or len(text) > _MAX_ADDRESS_CHARS or "\n" in text or "\0" in text:
        return None
    scheme = _SCHEME.match(text)
    if scheme is not None and scheme[1].lower() in ("http", "https"):
        address = QUrl(text, QUrl.ParsingMode.StrictMode)
        named = address.isValid() and bool(address.host()) and address.path().lower().endswith(_SUFFIXES)
        return Picture(address=address) if named else None
    if not text.lower().endswith(_SUFFIXES):
        return None
    if scheme is not None:
        return Picture(refused=tr("addresses that begin with {scheme}: are not opened").format(scheme=scheme[1]))
    if text.startswith(_SHARES):
        return Picture(refused=tr("pictures on a network share are not opened"))
    path = Path(os.path.normpath(folder / text))
    if str(path).startswith(_SHARES):
        return Picture(refused=tr("pictures on a network share are not opened"))
    return Picture(path=path)


def thumbnail_of(path: Path) -> QImage:
    """Return the small picture of a file.

    Raises:
        PictureRefused: it is no picture, too large, or cannot be read.
    """
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise PictureRefused(tr("{name} is no file").format(name=path.name))
        if found.st_size > MAX_BYTES:
            raise PictureRefused(too_large(found.st_size))
        return thumbnail(path.read_bytes())
    except OSError as error:
        reason = error.strerror or str(error)
        raise PictureRefused(tr("{name} cannot be read: {reason}").format(name=path, reason=reason)) from error


def too_large(size: int) -> str:
    """Return why a picture of so many bytes is not shown."""
    return tr("it takes {size}, and more than {most} are not opened").format(
        size=size_text(size), most=size_text(MAX_BYTES)
    )


def thumbnail(content: bytes) -> QImage:
    """Return the small picture of a file's content.

    Raises:
        PictureRefused: it is no picture, or too large.
    """
    buffer = QBuffer()
    buffer.setData(QByteArray(content))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setDecideFormatFromContent(True)
    reader.setAutoTransform(True)
    whole = reader.size()
    if whole.isValid() and whole.width() * whole.height() > _MAX_PIXELS:
        raise PictureRefused(
            tr("it has {w} × {h} pixels, which are too many").format(w=whole.width(), h=whole.height())
        )
    if whole.isValid() and (whole.width() > _THUMBNAIL.width() or whole.height() > _THUMBNAIL.height()):
        reader.setScaledSize(whole.scaled(_THUMBNAIL, Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    if image.isNull():
        raise PictureRefused(tr("it is no picture that can be shown"))
    return image


class PictureFetcher(QObject):
    """Fetches pictures from the web, one call each: no cookies, no other host, no large file.

    Signals:
        fetched: the address, and the content.
        failed: the address, and why.
    """

    fetched = Signal(QUrl, bytes)
    failed = Signal(QUrl, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._network = QNetworkAccessManager(self)

    def fetch(self, address: QUrl) -> None:
        """Fetch one picture."""
        request = QNetworkRequest(address)
        policy = QNetworkRequest.RedirectPolicy.SameOriginRedirectPolicy
        request.setAttribute(QNetworkRequest.Attribute.RedirectPolicyAttribute, policy)
        for attribute in (
            QNetworkRequest.Attribute.CookieLoadControlAttribute,
            QNetworkRequest.Attribute.CookieSaveControlAttribute,
            QNetworkRequest.Attribute.AuthenticationReuseAttribute,
        ):
            request.setAttribute(attribute, QNetworkRequest.LoadControl.Manual.value)
        request.setHeader(QNetworkRequest.KnownHeaders.UserAgentHeader, "ChainDesk")
        request.setTransferTimeout(_TIMEOUT_MS)
        reply = self._network.get(request)
        reply.downloadProgress.connect(lambda got, whole: self._bound(reply, address, max(got, whole)))
        reply.finished.connect(lambda: self._finish(reply, address))

    def _bound(self, reply: QNetworkReply, address: QUrl, size: int) -> None:
        if size > MAX_BYTES and not reply.isFinished():
            self.failed.emit(address, too_large(size))
            reply.abort()

    def _finish(self, reply: QNetworkReply, address: QUrl) -> None:
        reply.deleteLater()
        if reply.error() is QNetworkReply.NetworkError.OperationCanceledError:
            return
        status = reply.attribute(QNetworkRequest.Attribute.HttpStatusCodeAttribute)
        if reply.error() is not QNetworkReply.NetworkError.NoError:
            self.failed.emit(address, reply.errorString())
        elif status != _OK:
            self.failed.emit(address, tr("the server answered {status}").format(status=status))
        else:
            self.fetched.emit(address, bytes(reply.readAll().data()))
