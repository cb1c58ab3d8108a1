"""The proxy that the environment names for an address, if ChainDesk can use it. A room without HTTP.

aiohttp's own ``trust_env`` would read ``.netrc`` into Authorization too, and passes over kinds that it does not know.
"""

from __future__ import annotations

import base64
import ipaddress
from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from chaindesk.domain.completion import Endpoint
from chaindesk.providers.registry import is_loopback


@dataclass(frozen=True, slots=True)
class Proxy:
    """How an address is reached.

    Attributes:
        url: the proxy's, or None for the direct way.
        authorization: what the proxy wants in ``Proxy-Authorization``, or None.
        mistake: why the proxy that is named cannot be used, in a whole sentence, or "".
    """

    url: str | None = None
    authorization: str | None = field(default=None, repr=False)
    mistake: str = ""


DIRECT = Proxy()


def proxy_for(url: str) -> Proxy:
    """The proxy of the environment for an address; this very machine is always reached directly."""
    target = urlsplit(url)
    host = target.hostname or ""
    if not host or is_loopback(url) or _bypassed(host, target.port):
        return DIRECT
    variable, address = _named(target.scheme)
    if not address:
        return DIRECT
    parts = urlsplit(address if "://" in address else f"http://{address.removeprefix('//')}")
    mistake = _mistake(parts, variable)
    if mistake:
        return Proxy(mistake=mistake)
    shown = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    found = f"http://{shown}:{parts.port or 80}"
    if parts.username is None:
        return Proxy(found)
    secret = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return Proxy(found, "Basic " + base64.b64encode(secret.encode()).decode("ascii"))


def unusable_proxy(endpoint: Endpoint) -> str:
    """Why the endpoint cannot be called through the proxy that the environment names, or ""."""
    return proxy_for(endpoint.base_url).mistake


def password_required(host: str) -> str:
    """What to say of a proxy that lets nothing through to ``host`` without its own user name and password."""
    return (
        f"The proxy on the way to {host} wants a user name and password (407). "
        "Write them into HTTPS_PROXY or HTTP_PROXY, as http://name:password@proxy.example.org:3128."
    )


def _named(scheme: str) -> tuple[str, str]:
    """The variable that names the proxy, and what it says."""
    proxies = getproxies()
    for name in (scheme, "all"):
        if proxies.get(name):
            return f"{name.upper()}_PROXY", proxies[name].strip()
    return "", ""


def _mistake(parts: SplitResult, variable: str) -> str:
    try:
        usable = bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        return f"The proxy in {variable} cannot be read. Write it as http://proxy.example.org:3128, or unset it."
    if parts.scheme == "http":
        return ""
    what = "a SOCKS proxy" if parts.scheme.startswith("socks") else f"a proxy reached by {parts.scheme}://"
    return (
        f"{variable} names {what}, which ChainDesk cannot use. Name one that is reached by http:// "
        "(https calls are passed through it unread), or leave the provider out with NO_PROXY."
    )


def _bypassed(host: str, port: int | None) -> bool:
    """Whether ``no_proxy`` leaves it out: by name, by ending, with its port, or by a network (10.0.0.0/8)."""
    if proxy_bypass(host) or (port is not None and proxy_bypass(f"{host}:{port}")):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return any(address in network for network in _networks(getproxies().get("no", "")))


def _networks(names: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    found = []
    for name in names.split(","):
        try:
            found.append(ipaddress.ip_network(name.strip(), strict=False))
        except ValueError:
            continue
    return found
