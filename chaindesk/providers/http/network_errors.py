"""What it means that a call brought no reply: what aiohttp and the system raise becomes a ``CallError``.

A connection that was never made is told apart from one that broke after the request had gone out: nothing can have
been billed for the first. Nothing of a foreign exception's text is passed on, for it can hold the headers.
"""

from __future__ import annotations

import errno
import os
import ssl
from urllib.parse import urlsplit

import aiohttp

from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.providers.proxies import password_required
from chaindesk.providers.wire_formats.protocol import HttpRequest, no_content

_NO_MORE_FILES = frozenset({errno.EMFILE, errno.ENFILE})
# What OpenSSL says of a certificate that cannot be believed.
_NOT_YET, _EXPIRED, _OTHER_HOST, _OTHER_ADDRESS = 9, 10, 62, 64


class ReplyTooLarge(Exception):
    """A reply that is larger than any answer."""


class NoContent(TimeoutError):
    """A reply that goes on without anything in it."""


TRANSPORT_ERRORS = (aiohttp.ClientError, OSError, ValueError, TypeError, ReplyTooLarge, EOFError)


def to_call_error(error: BaseException, request: HttpRequest, *, begun: bool = False) -> CallError:
    """The failure that a foreign exception stands for, most specific first.

    Args:
        error: what was raised.
        request: the request.
        begun: whether the reply's head had come.
    """
    name = request.name
    host = urlsplit(request.url).netloc
    if isinstance(error, ReplyTooLarge):
        return CallError(FailureKind.MALFORMED, str(error))
    if _out_of_files(error):
        return _unreachable(
            "This computer lets one program open no more files and connections than it has now. Run fewer rows at "
            "once, or raise the limit (ulimit -n)."
        )
    if isinstance(error, ssl.SSLCertVerificationError):
        return CallError(FailureKind.UNTRUSTED, _untrusted(error, name, host))
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return _unreachable(f"{name} could not be reached at {host} in time. Is the network up?")
    if (
        begun
        and isinstance(error, (aiohttp.ClientConnectionError, ConnectionError))
        and not isinstance(error, TimeoutError)
    ):
        return _broken_off(name)
    if isinstance(error, (aiohttp.ServerTimeoutError, NoContent)):
        return no_content(name, request.timeout)
    if isinstance(error, TimeoutError):
        return CallError(
            FailureKind.TIMEOUT,
            f"{name} did not end its answer within {request.total_timeout:g} seconds. If it needs longer, raise the "
            "step's total_timeout.",
        )
    if isinstance(error, aiohttp.ClientSSLError):
        return _unreachable(f"No secure connection to {host} could be made. Check base_url.")
    if isinstance(error, aiohttp.ClientHttpProxyError):
        return _proxy_refused(error.status, host)
    if isinstance(error, aiohttp.ClientProxyConnectionError):
        return _unreachable("The proxy could not be reached. Check HTTPS_PROXY and HTTP_PROXY.")
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return _unreachable(f"No computer is known as {host}. Check the network and base_url.")
    if isinstance(error, aiohttp.ClientConnectorError):
        return _unreachable(f"{name} does not answer at {host}. Is it running, and base_url right?")
    return _broken(error, name, host)


def reply_too_large(name: str, limit: int) -> ReplyTooLarge:
    """A reply of more than ``limit`` bytes."""
    return ReplyTooLarge(f"{name} sent more than {limit / 1024 / 1024:g} MB in answer to one call. Check base_url.")


def _out_of_files(error: BaseException) -> bool:
    """Whether the system refused one more file or socket; a name that cannot be looked up for it does not say so."""
    cause = getattr(error, "os_error", error)
    if isinstance(cause, OSError) and cause.errno in _NO_MORE_FILES:
        return True
    if not isinstance(error, (aiohttp.ClientConnectorDNSError, ssl.SSLError)):
        return False
    try:
        os.close(os.open(os.devnull, os.O_RDONLY))
    except OSError as refused:
        return refused.errno in _NO_MORE_FILES
    return False


def _unreachable(message: str) -> CallError:
    return CallError(FailureKind.UNREACHABLE, message)


def _proxy_refused(status: int, host: str) -> CallError:
    if status == 407:
        return CallError(FailureKind.UNTRUSTED, password_required(host), http_status=407)
    return _unreachable(f"The proxy did not connect to {host} ({status}). Check the address and the proxy's rules.")


def _untrusted(error: ssl.SSLCertVerificationError, name: str, host: str) -> str:
    first = f"The certificate of {host} is not trusted by this computer"
    # aiohttp's own copy of the error does not carry the reason.
    code = getattr(getattr(error, "certificate_error", error), "verify_code", 0)
    if code == _EXPIRED:
        return f"{first}: it has expired. Check this computer's clock, or ask whoever runs {name} to renew it."
    if code == _NOT_YET:
        return f"{first}: it is not valid yet. Check this computer's clock."
    if code in (_OTHER_HOST, _OTHER_ADDRESS):
        return f"{first}: it was made out to another name. Check base_url."
    return (
        f"{first}. If your network has a certificate of its own, have it installed in the system "
        "(or name its file in SSL_CERT_FILE); else check base_url."
    )


def _broken_off(name: str) -> CallError:
    return CallError(FailureKind.CONNECTION, f"{name} broke off in the middle of its reply.")


def _broken(error: BaseException, name: str, host: str) -> CallError:
    if isinstance(error, aiohttp.ClientPayloadError):
        return _broken_off(name)
    if isinstance(error, (aiohttp.ClientConnectionError, ConnectionError)):
        return CallError(FailureKind.CONNECTION, f"{name} closed the connection without a reply.")
    if isinstance(error, aiohttp.ClientResponseError):
        return CallError(FailureKind.MALFORMED, f"{name} answered with something that is not HTTP. Check base_url.")
    if isinstance(error, aiohttp.InvalidURL):
        return CallError(FailureKind.REJECTED, f"The base_url of {name} cannot be called. Check how it is written.")
    if isinstance(error, OSError):
        return CallError(FailureKind.CONNECTION, f"The connection to {host} failed. Check the network.")
    # What is left is aiohttp refusing to send a header or a body; its text would show them.
    return CallError(FailureKind.REJECTED, f"The request to {name} could not be sent. Check its key and base_url.")
