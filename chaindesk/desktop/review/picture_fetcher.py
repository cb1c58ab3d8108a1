"""Fetches a picture from the web once a person asks for just that one: no cookies, no other host, no large file."""

from __future__ import annotations

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtNetwork import QNetworkAccessManager, QNetworkReply, QNetworkRequest

from chaindesk.desktop.review.pictures import MAX_BYTES, too_large
from chaindesk.desktop.ui.translation import tr

_TIMEOUT_MS = 20_000
_OK = 200


class PictureFetcher(QObject):
    """Fetches pictures, one call each.

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
