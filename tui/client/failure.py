"""What a network failure or an error answer is called: a Problem that names the host and the next thing to do.

Owns the wording of expected failures of both APIs. Sends nothing.
"""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from tui.core.errors import Problem
from tui.core.text import clean

_MOST: Final = 600
"""A message longer than this is cut: proxies answer with whole pages."""
_CHAIN: Final = 16
"""Errors that led to one another; a longer chain leads round in a circle."""
CONFLICT: Final = "Conflict"
"""The code of an apply to fields that others manage, too: it may be repeated with force."""
TIMEOUT: Final = "Timeout"
"""The code of an answer, or a part of one, that did not come in time."""
KUBE_CA: Final = "check certificate-authority in the kubeconfig"
ARM_CA: Final = "an intercepting proxy? name its CA in REQUESTS_CA_BUNDLE"


def host_port(url: str) -> str:
    """`host:port` of a URL, the port always there."""
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return clean(url)
    host = parts.hostname or "?"
    return clean(f"[{host}]:{port}" if ":" in host else f"{host}:{port}")


def reason_of(problem: Problem) -> str:
    """A problem in one line, with the next step: what a pane shows."""
    told = str(problem)
    return f"{told.rstrip('.')}; {problem.next}" if problem.next else told


def of_exception(error: BaseException, url: str, ca: str = KUBE_CA) -> Problem:
    """The Problem of a request that got no answer. Raises what is no network failure."""
    problem = _of_network(error, url, ca)
    _let_go(error)
    return problem


def _let_go(error: BaseException) -> None:
    """Forget where it was raised. Broken connections keep their error, whose frames hold a quarter of a megabyte."""
    found: BaseException | None = error
    for _ in range(_CHAIN):
        if found is None:
            return
        found.__traceback__ = None
        found = found.__cause__ or found.__context__


def _of_network(error: BaseException, url: str, ca: str) -> Problem:
    import aiohttp

    where = host_port(url)
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return Problem("cannot connect: no answer in time", where, "is it up, and reachable from here?", code="Connect")
    if isinstance(error, TimeoutError) and getattr(error, "errno", None) is None:
        return Problem("no answer in time", where, "check the network and the proxy", code=TIMEOUT)
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return _certificate(error.certificate_error, where, ca)
    if isinstance(error, ssl.SSLError):
        return Problem(_handshake(error), where, "check the server's address, and whether it speaks TLS", code="TLS")
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return _unresolved(error, where)
    if isinstance(error, aiohttp.ClientProxyConnectionError):
        told = f"its proxy {error.host}:{error.port} cannot be reached: {_reason(error.os_error)}"
        return Problem(clean(told), where, "check proxy-url and HTTPS_PROXY", code="Proxy")
    if isinstance(error, aiohttp.ClientHttpProxyError):
        told = f"the proxy refuses: {error.status} {error.message}"
        return Problem(clean(told), where, "check proxy-url and HTTPS_PROXY", code="Proxy")
    if isinstance(error, aiohttp.InvalidURL):
        return Problem("is no server address", clean(url), "check the kubeconfig's server", code="URL")
    if isinstance(error, aiohttp.ClientConnectorError):
        told = f"cannot connect: {_reason(error.os_error)}"
        return Problem(clean(told), where, "is it up, and reachable from here?", code="Connect")
    if isinstance(error, aiohttp.ClientError | OSError):
        return Problem(clean(f"the connection broke: {error or type(error).__name__}"), where, code="Broken")
    raise error


def _reason(error: OSError) -> str:
    """The system's word for it; asyncio puts the address in its place."""
    return os.strerror(error.errno) if error.errno else error.strerror or str(error)


def _unresolved(error: Any, where: str) -> Problem:
    name = clean(str(error.host))
    if where.startswith(f"{name}:"):
        return Problem("the name does not resolve", where, "check the server's address, and DNS", code="DNS")
    return Problem(f"the name of its proxy, {name}, does not resolve", where, "check HTTPS_PROXY, and DNS", code="DNS")


_EXPIRED: Final = (9, 10)
"""OpenSSL's codes of a certificate that is not yet, or not any more, valid."""
_MISNAMED: Final = (62, 64)
"""OpenSSL's codes of a name or an address that the certificate does not carry."""


def _certificate(error: Exception, where: str, ca: str) -> Problem:
    code = getattr(error, "verify_code", 0)
    reason = str(getattr(error, "verify_message", "") or error).rstrip(".")
    if code in _EXPIRED:
        what, step = reason, "renew the server's certificate, or set this machine's clock"
    elif code in _MISNAMED:
        what, step = reason, "use a name it carries, or set tls-server-name in the kubeconfig"
    else:
        what, step = f"is not trusted: {reason}", ca
    return Problem(clean(f"its certificate: {what}"), where, step, code="Certificate")


def _handshake(error: ssl.SSLError) -> str:
    cause = getattr(error, "os_error", error)
    reason = str(getattr(cause, "reason", None) or cause).replace("_", " ").lower()
    if "wrong version number" in reason or "record layer failure" in reason:
        return "TLS failed: it answers, but not in TLS"
    return clean(f"TLS failed: {reason}")


def of_status(status: int, body: bytes, where: str) -> Problem:
    """The Problem of a Kubernetes error answer: its Status object, else the text."""
    found = _status_object(body)
    code = clean(str(found.get("reason") or ""))
    disputed = _disputed(found)
    if status == 409 and disputed:
        step = "take these fields over, or leave them as they are"
        return Problem(disputed[:_MOST], where, step, status, CONFLICT)
    message = found.get("message")
    what = clean(str(message))[:_MOST] if message else _fallback(status, body)
    causes = _causes(found)
    if causes:
        what = f"{what} ({causes})" if causes not in what else what
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


def _cause_list(status: dict[str, Any]) -> list[dict[str, Any]]:
    details = status.get("details")
    causes = details.get("causes") if isinstance(details, dict) else None
    return [cause for cause in causes if isinstance(cause, dict)] if isinstance(causes, list) else []


def _causes(status: dict[str, Any]) -> str:
    parts = [f"{c.get('field') or ''} {c.get('message') or ''}".strip() for c in _cause_list(status)]
    return clean("; ".join(part for part in parts if part))[:_MOST]


_MANAGER: Final = re.compile(r'"([^"]*)"')


def _disputed(status: dict[str, Any]) -> str:
    """Who has which fields of an apply: `helm has .spec.a, .spec.b; kubectl-edit has .spec.c`; empty without a dispute.

    Rule: a cause FieldManagerConflict says `conflict with "manager" using v1`, and the field's path.
    """
    by: dict[str, list[str]] = {}
    for cause in _cause_list(status):
        if cause.get("reason") == "FieldManagerConflict":
            message = str(cause.get("message") or "another manager")
            named = _MANAGER.search(message)
            by.setdefault(named[1] if named else message, []).append(str(cause.get("field") or "?"))
    return clean("; ".join(f"{manager} has {', '.join(fields)}" for manager, fields in by.items()))


def _fallback(status: int, body: bytes) -> str:
    text = clean(body[:200].decode("utf-8", "replace")).strip()
    return f"HTTP {status}" + (f": {text}" if text and not text.startswith("<") else "")


_ARM_NEXT: Final[Mapping[int, str]] = {
    401: "run `az login`",
    403: "ask for the Reader role there, or sign in as somebody else",
    404: "check the id, and the subscription you are signed in to",
    429: "too many requests: it is asked again when it allows",
}


def of_arm(status: int, body: Any, where: str) -> Problem:
    """The Problem of an ARM error body `{error: {code, message}}`, or of the bare `{code, message}`."""
    error = body.get("error", body) if isinstance(body, dict) else {}
    error = error if isinstance(error, dict) else {}
    code = clean(str(error.get("code") or ""))
    message = clean(str(error.get("message") or ""))[:_MOST]
    step = _ARM_NEXT.get(status, "")
    return Problem(message or code or f"HTTP {status}", where, step, status, code)
