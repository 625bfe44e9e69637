"""Containers of a pod: their wire fields and the short summary that is kept.

Keeps no env, no command, no mounts. Must not judge: that is `pod_health`.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from tui.domain.amounts import NONE, Amounts, amounts
from tui.domain.wire import moment, said, word

Role = Literal["init", "sidecar", "main"]
State = Literal["waiting", "running", "terminated", "unknown"]


class Resources(Struct, gc=False):
    """Requests and limits as the API sends them."""

    requests: dict[str, str | int | float] | None = None
    limits: dict[str, str | int | float] | None = None


class SpecContainer(Struct, gc=False):
    """A container of the spec."""

    name: str | None = None
    image: str | None = None
    restartPolicy: str | None = None
    resources: Resources | None = None


class Waiting(Struct, gc=False):
    """Not running yet, or between two runs."""

    reason: str | None = None
    message: str | None = None


class Running(Struct, gc=False):
    """Running."""

    startedAt: str | None = None


class Terminated(Struct, gc=False):
    """Ended."""

    exitCode: int | None = None
    signal: int | None = None
    reason: str | None = None
    message: str | None = None
    startedAt: str | None = None
    finishedAt: str | None = None


class ContainerState(Struct, gc=False):
    """One of three, or none."""

    waiting: Waiting | None = None
    running: Running | None = None
    terminated: Terminated | None = None


class ContainerStatus(Struct, gc=False):
    """A container status."""

    name: str | None = None
    ready: bool | None = None
    started: bool | None = None
    restartCount: int | None = None
    state: ContainerState | None = None
    lastState: ContainerState | None = None


class Termination(Struct, frozen=True, gc=False):
    """How a container ended."""

    exit_code: int
    signal: int
    reason: str
    """`Completed`, `Error`, `OOMKilled`…; empty when the runtime gave none."""
    message: str
    started: float | None
    finished: float | None

    def __str__(self) -> str:
        """`OOMKilled, exit 137`, `exit 1: no relay connection`, `exit 1, Error`."""
        end = f"signal {self.signal}" if self.signal else f"exit {self.exit_code}"
        if self.reason and self.reason not in ("Error", "Completed"):
            end = f"{self.reason}, {end}"
        if self.message:
            return f"{end}: {self.message}"
        return f"{end}, Error" if self.reason == "Error" else end


class Container(Struct, frozen=True, gc=False):
    """One container: what it is and how it is."""

    name: str
    role: Role
    image: str
    state: State
    reason: str
    """Of waiting or of the end."""
    message: str
    ready: bool
    began: bool | None
    """The API's `started`: its startup probe has passed; None when not reported."""
    restarts: int
    since: float | None
    """When it started running."""
    ended: Termination | None
    """Its end, when it is terminated now."""
    last: Termination | None
    """The end of the run before this one."""
    requests: Amounts = NONE
    """What it asks of the node; a limit without a request counts as one."""
    reported: bool = True
    """The node has reported on it; False: known from the spec alone."""


def containers(
    init_spec: list[SpecContainer],
    main_spec: list[SpecContainer],
    init_status: list[ContainerStatus],
    main_status: list[ContainerStatus],
) -> tuple[Container, ...]:
    """All containers, init first. Those with a status in the status' order, as kubectl reads them; then the rest."""
    return (*_side(init_spec, init_status, True), *_side(main_spec, main_status, False))


def _side(spec: list[SpecContainer], statuses: list[ContainerStatus], init: bool) -> list[Container]:
    by_name = {container.name: container for container in spec}
    found = [_container(by_name.get(status.name), status, init) for status in statuses]
    if len(found) < len(spec):
        seen = {status.name for status in statuses}
        found += [_container(one, None, init) for one in spec if one.name not in seen]
    return found


def _container(spec: SpecContainer | None, status: ContainerStatus | None, init: bool) -> Container:
    role: Role = "main"
    if init:
        role = "sidecar" if spec is not None and spec.restartPolicy == "Always" else "init"
    image = word(spec.image) if spec else ""
    asks = wanted(spec) if spec else NONE
    if status is None:
        name = word(spec.name) if spec else ""
        return Container(name, role, image, "unknown", "", "", False, None, 0, None, None, None, asks, False)
    state = status.state or ContainerState()
    last = status.lastState.terminated if status.lastState else None
    kind: State = "unknown"
    reason = message = ""
    since = None
    ended = None
    if state.waiting is not None:
        kind, reason, message = "waiting", word(state.waiting.reason), said(state.waiting.message)
    elif state.terminated is not None:
        kind, ended = "terminated", termination(state.terminated)
        reason, message = ended.reason, ended.message
    elif state.running is not None:
        kind, since = "running", moment(state.running.startedAt)
    return Container(
        word(status.name), role, image, kind, reason, message, bool(status.ready), status.started,
        status.restartCount or 0, since, ended, termination(last) if last else None, asks,
    )  # fmt: skip


def termination(wire: Terminated) -> Termination:
    """How it ended."""
    return Termination(
        wire.exitCode or 0, wire.signal or 0, word(wire.reason), said(wire.message),
        moment(wire.startedAt), moment(wire.finishedAt),
    )  # fmt: skip


def wanted(container: SpecContainer) -> Amounts:
    """Requests; a limit without a request is one too, as the API server's defaulting has it."""
    resources = container.resources
    if resources is None or not (resources.requests or resources.limits):
        return NONE
    if not resources.limits:
        return amounts(resources.requests)
    if not resources.requests:
        return amounts(resources.limits)
    return amounts({**resources.limits, **resources.requests})
