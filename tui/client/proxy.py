"""Which proxy leads to a URL, by the variables kubectl and the az CLI read.

Owns the rules of Go programs (kubectl is one): NO_PROXY may hold names, suffixes, addresses, networks and ports, and a
loopback address is never proxied. Sends nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from typing import Final
from urllib.parse import urlsplit

from tui.core.errors import UsageProblem
from tui.core.redact import redact_text
from tui.core.text import clean

_PORTS: Final = {"http": 80, "https": 443}


def proxy_for(url: str, environ: Mapping[str, str]) -> str:
    """The proxy the environment wants for `url`, empty for none. Raises UsageProblem for one that cannot be used."""
    parts = urlsplit(url)
    variable = f"{parts.scheme}_proxy"
    named = environ.get(variable.upper()) or environ.get(variable) or ""
    if not named or bypassed(url, environ.get("NO_PROXY") or environ.get("no_proxy") or ""):
        return ""
    return checked(named if "://" in named else f"http://{named}", variable.upper())


def checked(proxy: str, origin: str) -> str:
    """`proxy` when it is one that can be used; `origin` says who named it."""
    try:
        parts = urlsplit(proxy)
        good = parts.scheme in _PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good:
        raise UsageProblem(clean(redact_text(f"{origin}: {proxy} is no http:// or https:// proxy")))
    return proxy


def bypassed(url: str, no_proxy: str) -> bool:
    """Whether `url` is to be reached directly."""
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    port = parts.port or _PORTS.get(parts.scheme, 0)
    if host == "localhost" or _loopback(host):
        return True
    return any(_matches(entry.strip().lower(), host, port) for entry in no_proxy.split(",") if entry.strip())


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _matches(entry: str, host: str, port: int) -> bool:
    if entry == "*":
        return True
    network = _in_network(entry, host)
    if network is not None:
        return network
    name, colon, wanted = entry.rpartition(":")
    if colon and wanted.isdigit() and (":" not in name or name.startswith("[")):
        return int(wanted) == port and _matches(name.strip("[]"), host, port)
    suffix = entry.removeprefix("*")
    return host.endswith(suffix) if suffix.startswith(".") else host == suffix or host.endswith(f".{suffix}")


def _in_network(entry: str, host: str) -> bool | None:
    """Whether the host's address is in the network (or is the address) `entry`; None when that is a name."""
    try:
        network = ip_network(entry.strip("[]"), strict=False)
    except ValueError:
        return None
    try:
        return ip_address(host) in network
    except ValueError:
        return False
