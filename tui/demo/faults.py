"""What can be made to go wrong in the simulated cloud: on the wire, or in its world.

Owns the names, and which requests a wire fault strikes. Must not know how a server answers then.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from typing import Final

WIRE: Final[Mapping[str, str]] = {
    "gone-410": "watches end with 410 Gone after some events",
    "drop": "watches and followed logs are cut in the middle",
    "silent": "watches stay open and say nothing",
    "throttle": "every fifth request is answered 429 with Retry-After",
    "error-500": "every seventh request is answered with a server error",
    "expired-token": "tokens are refused after half a minute",
    "slow": "every answer comes 300 ms late",
    "kube-down": "the Kubernetes API answers 503 to everything",
    "kube-denied": "nodes and events may not be read",
    "arm-down": "ARM answers 503 to everything",
    "arm-denied": "ARM answers 403: no role is assigned",
}
WORLD: Final[Mapping[str, str]] = {
    "not-installed": "the extension was never installed",
    "installing": "the extension is being installed and will be ready in two and a half minutes",
    "install-failing": "the extension is being installed and will be rolled back in four minutes",
    "install-failed": "an install was rolled back: the health check's report is all that is left",
    "relay-down": "both relay servers crash: no job comes in",
    "arc-offline": "the Arc agents have not called for forty minutes",
}
NAMES: Final[Mapping[str, str]] = {**WIRE, **WORLD}
"""Every fault and what it does, in one line."""

LATE: Final = 0.3
"""Seconds that `slow` adds."""
LIFETIME: Final = 30.0
"""Real seconds that tokens live under `expired-token`."""
_EVERY: Final = {"throttle": 5, "error-500": 7}
_ON_WATCHES: Final = ("gone-410", "drop", "silent")
_DOWN: Final = "error-503"
"""How the Kubernetes API is down: it answers, and says that it shuts down."""
_DENIED: Final = ("/nodes", "/events")


class Faults:
    """The wire faults that are on. Counts requests, so that a run can be repeated; `real` is the real clock."""

    def __init__(self, names: Collection[str] = (), real: Callable[[], float] = time.monotonic) -> None:
        self._on = frozenset(names)
        self._real, self._since = real, real()
        self._asked: Counter[str] = Counter()
        self.delay: float = LATE if "slow" in self._on else 0.0
        """Seconds to wait before each answer."""

    def kube(self, request_path: str, *, watch: bool) -> str:
        """The fault that strikes this request to the Kubernetes API; empty for none."""
        path = request_path.partition("?")[0]
        if "kube-down" in self._on:
            return _DOWN
        if "kube-denied" in self._on and any(part in path for part in _DENIED):
            return "kube-denied"
        if found := self._struck("kube"):
            return found
        streams = _ON_WATCHES if watch else ("drop",) if path.endswith("/log") else ()
        return next((name for name in streams if name in self._on), "")

    def arm(self, path: str) -> str:
        """The fault that strikes this request to ARM; empty for none."""
        del path
        whole = next((name for name in ("arm-down", "arm-denied") if name in self._on), "")
        return whole or self._struck("arm")

    def _struck(self, server: str) -> str:
        if "expired-token" in self._on and self._real() - self._since > LIFETIME:
            return "expired-token"
        self._asked[server] += 1
        asked = self._asked[server]
        return next((name for name, every in _EVERY.items() if name in self._on and asked % every == 0), "")
