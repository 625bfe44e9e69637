"""A local port that leads to a port of a pod: what is asked for, and how one stands.

Owns the form `LOCAL:REMOTE` and the row. Must not know how bytes travel.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from tui.core.health import Health
from tui.core.text import clean
from tui.domain.wire import dig, mapping, sequence, text

_LARGEST: Final = 65535
_PRIVILEGED: Final = 1024
"""Lower ports are root's."""


class Ports(Struct, frozen=True):
    """Local and remote; local 0: any that is free."""

    local: int
    remote: int


class SpecPort(Struct, frozen=True):
    """A port that a pod's spec names."""

    container: str
    number: int
    name: str

    def __str__(self) -> str:
        return f"{self.container} {self.number}{f' {self.name}' if self.name else ''}"


class ForwardRow(Struct, frozen=True):
    """One forward as it is shown."""

    key: str
    """Its number, in the order in which they were opened."""
    pod: str
    local: int
    remote: int
    since: float
    open: int = 0
    """Connections that are open."""
    total: int = 0
    """Connections there were."""
    sent: int = 0
    """Bytes to the pod."""
    received: int = 0
    errors: int = 0
    why: str = ""
    """What went wrong last."""
    over: bool = False
    """It listens no more."""

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"127.0.0.1:{self.local}"

    @property
    def health(self) -> Health:
        """How it stands."""
        if self.over:
            return Health.BAD
        return Health.WARN if self.why else Health.GOOD


def parsed(typed: str) -> Ports | str:
    """`LOCAL:REMOTE`, `:REMOTE` for any free local port, `PORT` for the same on both sides; else why not."""
    local, colon, remote = typed.strip().partition(":")
    numbers = [_number(local.strip() or "0") if colon else _number(local), _number(remote if colon else local)]
    if numbers[1] is None or not numbers[1]:
        return "LOCAL:REMOTE, the remote port from 1 to 65535"
    if numbers[0] is None:
        return "LOCAL:REMOTE, the local port from 0 to 65535; 0 or nothing takes a free one"
    return Ports(numbers[0], numbers[1])


def _number(typed: str) -> int | None:
    typed = typed.strip()
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 5):
        return None
    return int(typed) if int(typed) <= _LARGEST else None


def judge(typed: str) -> str:
    """Why a text will not do; empty when it will."""
    found = parsed(typed)
    return found if isinstance(found, str) else ""


def spec_ports(pod: Mapping[str, Any], container: str) -> list[SpecPort]:
    """The TCP ports that a pod (as the API sends it) names, those of `container` first."""
    found = [
        SpecPort(text(each.get("name")), port["containerPort"], clean(text(port.get("name"))))
        for each in map(mapping, sequence(dig(pod, "spec", "containers")))
        for port in map(mapping, sequence(each.get("ports")))
        if port.get("protocol") in (None, "TCP") and isinstance(port.get("containerPort"), int)
    ]
    return sorted(found, key=lambda port: port.container != container)


def proposed(ports: list[SpecPort]) -> str:
    """What is asked for when nothing else is typed."""
    if not ports:
        return ""
    number = ports[0].number
    return f"{number}:{number}" if number >= _PRIVILEGED else f":{number}"
