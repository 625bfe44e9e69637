"""Owns the seam to what runs inside containers: programs that are started in one, and ports that one listens on.

Knows nothing of HTTP, of channels, or of what there is to run.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Start:
    """A program that is to be started in a container."""

    pod: Body
    container: str
    command: tuple[str, ...]
    tty: bool = False


class Wire(Protocol):
    """A program's standard streams, and the size of its terminal."""

    columns: int
    rows: int

    async def read(self) -> bytes:
        """What came on standard input; empty at its end."""

    async def write(self, data: bytes) -> None:
        """Standard output."""

    async def error(self, data: bytes) -> None:
        """Standard error."""


class Line(Protocol):
    """A connection to a port, as who listens has it."""

    async def read(self) -> bytes:
        """What comes; empty at the end."""

    async def write(self, data: bytes) -> None:
        """Answer."""


class Unstartable(Exception):
    """The container's runtime cannot start the program. Its text says why."""


class Unreachable(Exception):
    """Nothing listens on a port. Its text says so."""


class Programs(Protocol):
    """What there is in containers."""

    async def run(self, start: Start, wire: Wire) -> int:
        """Run a program to its end; gives its exit code. Raises Unstartable."""

    def listens(self, pod: Body, port: int) -> None:
        """Raises Unreachable when nothing listens on a port of a pod."""

    async def answer(self, pod: Body, port: int, line: Line) -> None:
        """One connection to a port where something listens; ends when that hangs up."""


class Nothing:
    """Containers that have no program and no port."""

    async def run(self, start: Start, wire: Wire) -> int:
        """There is no program."""
        del wire
        raise Unstartable(missing(start))

    def listens(self, pod: Body, port: int) -> None:
        """Nothing listens."""
        raise Unreachable(refused(pod, port))

    async def answer(self, pod: Body, port: int, line: Line) -> None:
        """Never asked: nothing listens."""


def missing(start: Start) -> str:
    """What containerd and runc say of a program that an image does not have."""
    return (
        f'failed to exec in container: failed to start exec "{_id(start)}": OCI runtime exec failed: exec failed: '
        f'unable to start container process: exec: "{start.command[0]}": {_why(start.command[0])}: unknown'
    )


def _why(program: str) -> str:
    return f"stat {program}: no such file or directory" if "/" in program else "executable file not found in $PATH"


def _id(start: Start) -> str:
    uid = str(start.pod["metadata"].get("uid", "")).replace("-", "")
    return (uid * 2)[:64]


def refused(pod: Body, port: int) -> str:
    """What containerd says of a port that nobody listens on."""
    sandbox = str(pod["metadata"].get("uid", "")).replace("-", "") * 2
    return (
        f'failed to execute portforward in network namespace "/var/run/netns/cni-{pod["metadata"].get("uid", "")}": '
        f'failed to connect to localhost:{port} inside namespace "{sandbox}", IPv4: dial tcp4 127.0.0.1:{port}: '
        f"connect: connection refused IPv6 dial tcp6: address localhost: no suitable address found "
    )
