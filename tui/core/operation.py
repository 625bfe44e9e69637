"""A long-running ARM operation, followed by values.

Owns which URL to ask, when to ask again, and when it is over. Sends nothing: `step` takes an answer, and says
what to do next. Rules: the ARM asynchronous operation contract (Azure-AsyncOperation first, else Location on the
same host, else the resource's own provisioningState). A Location elsewhere is never followed: the token is not
meant for that host.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from typing import Any, Final
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from tui.core.text import clean

INTERVAL: Final = 10.0
"""Seconds between two looks when the service does not say (SDKs take 5 to 30)."""
LONGEST_WAIT: Final = 600.0
"""A greater Retry-After than this is taken as this."""
PATIENCE: Final = 5
"""So many failed looks in a row make the operation lost, not failed: nobody knows how it ended."""
_ENDED_BADLY: Final = frozenset({"failed", "canceled", "cancelled"})
_SAYS_NOTHING: Final = frozenset({401, 403, 408, 429})
"""Statuses about the look, not about the operation: the sign-in expired, a right is missing, too many asked."""


class Answer(Struct, frozen=True):
    """One HTTP answer: status, headers by lower-case name, and the decoded body (None when it had none)."""

    status: int
    headers: Mapping[str, str] = {}
    body: Any = None


class Operation(Struct, frozen=True):
    """What is being followed, and what is known of it."""

    resource: str
    """URL of the resource it works on: asked when the service names no other."""
    method: str = "PUT"
    """What began it; after a DELETE a 404 of the resource means done."""
    url: str = ""
    """Where to ask next; empty once it is over."""
    status: str = "InProgress"
    """In the service's word; `Lost` when it cannot be read any more."""
    code: str = ""
    message: str = ""
    begun: float = 0.0
    next_at: float = 0.0
    """When to ask next, seconds since 1970."""
    failures: int = 0

    @property
    def done(self) -> bool:
        """Over, one way or another."""
        return not self.url

    @property
    def succeeded(self) -> bool:
        return self.done and self.status.lower() == "succeeded"


def begin(method: str, resource: str, answer: Answer, now: float) -> Operation:
    """The operation that an answered PUT, PATCH, POST or DELETE of `resource` began."""
    op = Operation(resource, method.upper(), resource, begun=now)
    if answer.status >= 400:
        return _over(op, "Failed", answer.body)
    url = _asynchronous(answer, resource) or _location(answer, resource)
    if url:
        return replace(op, url=url, next_at=now + _wait(answer, now))
    state = _state(answer.body)
    if op.method == "DELETE" and answer.status != 202:
        return _over(op, "Succeeded", None)
    if not state and answer.status in (200, 201, 204):
        return _over(op, "Succeeded", None)
    return _judge(op, state, answer, now)


def step(op: Operation, answer: Answer | None, now: float) -> Operation:
    """The operation after one look at `op.url`; `answer` is None when nobody answered."""
    if op.done:
        return op
    if answer is None or answer.status in _SAYS_NOTHING or answer.status >= 500:
        return _missed(op, answer, now)
    if answer.status == 404:
        return _not_found(op, answer)
    if answer.status >= 400:
        return _over(op, "Failed", answer.body)
    op = replace(op, failures=0)
    url = _asynchronous(answer, op.resource) or (_location(answer, op.resource) if answer.status == 202 else "")
    if url and url != op.url:
        op = replace(op, url=url)
    state = _state(answer.body)
    if not state:
        state = "InProgress" if answer.status == 202 else "Succeeded"
    if op.method == "DELETE" and op.url == op.resource:
        return _still_there(op, state, answer, now)
    return _judge(op, state, answer, now)


def _still_there(op: Operation, state: str, answer: Answer, now: float) -> Operation:
    """The resource that is deleted answers: its Succeeded or Failed may be older than the DELETE."""
    word, begun = state.lower(), op.status.lower() == "deleting"
    if word == "deleting" or (begun and word in _ENDED_BADLY):
        return _judge(op, state, answer, now)
    return replace(op, next_at=now + _wait(answer, now))


def _judge(op: Operation, state: str, answer: Answer, now: float) -> Operation:
    word = state.lower()
    if word == "succeeded" or word in _ENDED_BADLY:
        return _over(op, state, answer.body)
    return replace(op, status=clean(state or "InProgress"), next_at=now + _wait(answer, now))


def _missed(op: Operation, answer: Answer | None, now: float) -> Operation:
    throttled = answer is not None and answer.status == 429
    failures = op.failures + (0 if throttled else 1)
    if failures > PATIENCE:
        code, message = error_of(answer.body) if answer is not None else ("", "")
        message = message or "the service stopped answering"
        return replace(op, url="", status="Lost", code=code, message=message, failures=failures)
    wait = _wait(answer, now) if answer is not None else INTERVAL
    return replace(op, failures=failures, next_at=now + max(wait, INTERVAL * 2 ** (failures - 1)))


def _not_found(op: Operation, answer: Answer) -> Operation:
    if op.url != op.resource:
        # Operation records expire before long operations end; the resource itself still tells.
        return replace(op, url=op.resource, next_at=0.0)
    if op.method == "DELETE":
        return _over(op, "Succeeded", None)
    return _over(op, "Failed", answer.body)


def _over(op: Operation, status: str, body: Any) -> Operation:
    code, message = error_of(body) if status.lower() != "succeeded" else ("", "")
    return replace(op, url="", status=clean(status), code=code, message=message)


def error_of(body: Any) -> tuple[str, str]:
    """Code and message of an ARM error body, clean; empty when it holds none."""
    error: Any = body.get("error", body) if isinstance(body, dict) else {}
    if not isinstance(error, dict):
        return "", ""
    return clean(str(error.get("code") or "")), clean(str(error.get("message") or ""))


def _state(body: Any) -> str:
    if not isinstance(body, dict):
        return ""
    properties = body.get("properties")
    inner = properties if isinstance(properties, dict) else {}
    found = body.get("status") or inner.get("provisioningState") or inner.get("installState") or ""
    if not isinstance(found, str):
        return ""
    return "Succeeded" if found.lower() == "installed" else found  # the 2020 body


def _asynchronous(answer: Answer, resource: str) -> str:
    url = answer.headers.get("azure-asyncoperation", "")
    return url if _same_host(url, resource) else ""


def _location(answer: Answer, resource: str) -> str:
    url = answer.headers.get("location", "")
    return url if _same_host(url, resource) else ""


def _same_host(url: str, other: str) -> bool:
    try:
        one, two = urlsplit(url), urlsplit(other)
    except ValueError:
        return False
    return bool(one.netloc) and (one.scheme, one.netloc.lower()) == (two.scheme, two.netloc.lower())


def _wait(answer: Answer, now: float) -> float:
    return min(retry_after(answer.headers, now) or INTERVAL, LONGEST_WAIT)


def retry_after(headers: Mapping[str, str], now: float | None = None) -> float:
    """Seconds of a Retry-After header (ARM also sends one in milliseconds); 0 when there is none.

    An HTTP date counts from the answer's own Date, so that a wrong clock here does no harm; without one from `now`.
    """
    for name, scale in (("retry-after-ms", 1000.0), ("x-ms-retry-after-ms", 1000.0), ("retry-after", 1.0)):
        try:
            seconds = float(headers.get(name, "")) / scale
        except ValueError:
            continue
        if 0 < seconds < float("inf"):
            return seconds
    until, since = _date(headers.get("retry-after", "")), _date(headers.get("date", "")) or now
    return max(until - since, 0.0) if until is not None and since is not None else 0.0


def _date(text: str) -> float | None:
    """Seconds since 1970 of an HTTP date, None when it is none."""
    if "," not in text:  # spares the everyday `120` the parser; only C's asctime, obsolete since 1997, has none
        return None
    from email.utils import parsedate_to_datetime

    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
