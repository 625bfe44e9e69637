"""What a network failure or an error answer is called: a Problem that names the host and the next thing to do.

Owns the wording of expected failures of both APIs. Sends nothing.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from tui.core.errors import Problem
from tui.core.text import clean

_MOST: Final = 600
"""A message longer than this is cut: proxies answer with whole pages."""


def host_port(url: str) -> str:
    """`host:port` of a URL, the port always there."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return f"{parts.hostname or '?'}:{port}"


def of_exception(error: BaseException, url: str) -> Problem:
    """The Problem of a request that got no answer. Raises what is no network failure."""
    import aiohttp

    where = host_port(url)
    if isinstance(error, TimeoutError | aiohttp.ServerTimeoutError):
        return Problem("no answer in time", where, "check the network and the proxy", code="Timeout")
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return _certificate(error.certificate_error, where)
    if isinstance(error, aiohttp.ClientConnectorSSLError | ssl.SSLError):
        return Problem(clean(f"TLS failed: {error}"), where, "check the server address and its CA", code="TLS")
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return Problem("the name does not resolve", where, "check the server address and DNS", code="DNS")
    if isinstance(error, aiohttp.ClientProxyConnectionError):
        return Problem(clean(f"the proxy cannot be reached: {error}"), where, "check HTTPS_PROXY", code="Proxy")
    if isinstance(error, aiohttp.ClientHttpProxyError):
        return Problem(clean(f"the proxy refuses: {error.status} {error.message}"), where, "check HTTPS_PROXY")
    if isinstance(error, aiohttp.InvalidURL):
        return Problem("is not a server address", clean(url), "check the kubeconfig's server", code="URL")
    if isinstance(error, aiohttp.ClientConnectorError):
        reason = error.os_error.strerror or str(error.os_error)
        return Problem(clean(f"cannot connect: {reason}"), where, "is it up, and reachable from here?", code="Connect")
    if isinstance(error, aiohttp.ClientError | OSError):
        return Problem(clean(f"the connection broke: {error or type(error).__name__}"), where, code="Broken")
    raise error


def _certificate(error: Exception, where: str) -> Problem:
    reason = getattr(error, "verify_message", "") or str(error)
    return Problem(
        clean(f"its certificate is not trusted: {reason}"),
        where,
        "check certificate-authority in the kubeconfig (or tls-server-name)",
        code="Certificate",
    )


def of_status(status: int, body: bytes, where: str) -> Problem:
    """The Problem of a Kubernetes error answer: its Status object, else the text."""
    found = _status_object(body)
    message = found.get("message")
    what = clean(str(message))[:_MOST] if message else _fallback(status, body)
    causes = _causes(found)
    if causes:
        what = f"{what} ({causes})" if causes not in what else what
    code = clean(str(found.get("reason") or ""))
    return Problem(what, where, _NEXT.get(status, ""), status, code)


_NEXT: Final[Mapping[int, str]] = {
    401: "sign in again: the token or certificate is expired or not accepted",
    403: "ask for the permission, or use another context",
}


def _status_object(body: bytes) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return {}
    return found if isinstance(found, dict) else {}


def _causes(status: dict[str, Any]) -> str:
    details = status.get("details")
    causes = details.get("causes") if isinstance(details, dict) else None
    if not isinstance(causes, list):
        return ""
    parts = [f"{c.get('field') or ''} {c.get('message') or ''}".strip() for c in causes if isinstance(c, dict)]
    return clean("; ".join(part for part in parts if part))[:_MOST]


def _fallback(status: int, body: bytes) -> str:
    text = clean(body[:200].decode("utf-8", "replace")).strip()
    return f"HTTP {status}" + (f": {text}" if text and not text.startswith("<") else "")


def of_arm(status: int, body: Any, where: str) -> Problem:
    """The Problem of an ARM error body `{error: {code, message}}`."""
    error = body.get("error", body) if isinstance(body, dict) else {}
    error = error if isinstance(error, dict) else {}
    code = clean(str(error.get("code") or ""))
    message = clean(str(error.get("message") or ""))[:_MOST]
    step = (
        "run `az login`" if status == 401 else "ask for the role, or sign in as somebody else" if status == 403 else ""
    )
    return Problem(message or code or f"HTTP {status}", where, step, status, code)
