"""Where a cluster is and by which certificates it is entered: over TLS, or on this machine alone."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from chaindesk.domain.errors import ClusterError

_NOT_INSTALLED = (
    "A cluster needs Dask, which the wheel's extra cluster brings, and no other installer. The guide has the command, "
    "under Many machines."
)
_OPEN_PORT = (
    "{where} is not on this machine, and its address is without TLS. Whoever reaches such a port can run programs "
    "there and read API keys. Start scheduler and workers with certificates, and write tls://: see the guide, Many "
    "machines."
)


@dataclass(frozen=True, slots=True)
class ClusterAddress:
    """Where a cluster's scheduler is.

    Attributes:
        url: ``tls://HOST:PORT``, or ``tcp://127.0.0.1:PORT``.
        ca_file: the authority that has signed the certificates of the cluster; None for the one that Dask's own
            settings name.
        certificate: of this machine.
        private_key: of this machine; None where it is in the file of the certificate.
    """

    url: str
    ca_file: Path | None = None
    certificate: Path | None = None
    private_key: Path | None = None

    @classmethod
    def parse(
        cls, text: str, ca_file: Path | None = None, certificate: Path | None = None, private_key: Path | None = None
    ) -> ClusterAddress:
        """Read an address as a user writes it.

        Raises:
            ClusterError: it is none, a file is not there, or it is neither on this machine nor over TLS.
        """
        parts = urlsplit(text.strip())
        try:
            port = parts.port
        except ValueError:
            port = None
        if parts.scheme not in ("tls", "tcp") or not parts.hostname or port is None:
            raise ClusterError(
                f'"{text}" is no address of a cluster. Write tls://HOST:PORT, or tcp://127.0.0.1:PORT for a scheduler '
                "on this machine."
            )
        for path in (ca_file, certificate, private_key):
            if path is not None and not path.is_file():
                raise ClusterError(f"There is no file {path}. Name the cluster's certificates as the guide says.")
        address = cls(f"{parts.scheme}://{parts.netloc}", ca_file, certificate, private_key)
        address.check_reached(address.url, "The cluster")
        return address

    @property
    def encrypted(self) -> bool:
        """Return whether everything goes over TLS."""
        return self.url.startswith("tls://")

    def check_reached(self, url: str, what: str) -> None:
        """See that a part of the cluster is on this machine where there is no TLS.

        Raises:
            ClusterError: it is not.
        """
        if not url.startswith("tls://") and not is_loopback(urlsplit(url).hostname or ""):
            raise ClusterError(_OPEN_PORT.format(where=f"{what} at {url}"))

    def security(self) -> Any:
        """Return what Dask needs to know of the certificates, from here and from Dask's own settings.

        Raises:
            ClusterError: Dask is not installed, or TLS is asked for and a certificate is missing.
        """
        need_dask()
        from distributed import security as dask_security

        make: Any = dask_security.Security
        given = {"tls_ca_file": self.ca_file, "certificate": self.certificate, "private_key": self.private_key}
        named = {name: str(path) for name, path in given.items() if path is not None}
        certificate, key = named.pop("certificate", None), named.pop("private_key", None)
        for role in ("client", "worker", "scheduler"):
            if certificate is not None:
                named |= {f"tls_{role}_cert": certificate, f"tls_{role}_key": key or certificate}
        security = make(require_encryption=self.encrypted, **named)
        if self.encrypted and not (security.tls_ca_file and security.tls_client_cert):
            raise ClusterError(
                "A cluster over TLS needs certificates: --tls-ca-file, --tls-cert and --tls-key. The guide tells how "
                "to make them, under Many machines."
            )
        return security


def need_dask() -> None:
    """See that Dask is installed.

    Raises:
        ClusterError: it is not; the message says how it is installed.
    """
    try:
        import distributed  # noqa: F401
    except ImportError:
        raise ClusterError(_NOT_INSTALLED) from None


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine, seen from itself alone."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
