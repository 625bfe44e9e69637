"""Containers: what a template says of one, and what the kubelet says of it.

Owns both JSON forms. Must not know pods.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, Literal

from tui.demo.world.bodies import Body, stamp
from tui.demo.world.names import Dice

GPU: Final = "nvidia.com/gpu"


@dataclass(frozen=True, slots=True)
class Box:
    """A container of a template. Amounts are written as Kubernetes writes them; empty for none."""

    name: str
    image: str
    cpu: str = ""
    memory: str = ""
    cpu_limit: str = ""
    memory_limit: str = ""
    gpus: int = 0
    command: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    env: tuple[tuple[str, str], ...] = ()
    secret_env: tuple[tuple[str, str, str], ...] = ()
    """Variable, secret and key."""
    ports: tuple[tuple[str, int], ...] = ()
    mounts: tuple[tuple[str, str], ...] = ()
    """Volume and path."""
    probe: str = ""
    """Path of the readiness and liveness probes on the first port."""
    message_from_log: bool = False

    def spec(self) -> Body:
        """As it stands in a pod."""
        body: Body = {"name": self.name, "image": self.image}
        if self.command:
            body["command"] = list(self.command)
        if self.args:
            body["args"] = list(self.args)
        if self.ports:
            body["ports"] = [{"name": name, "containerPort": port, "protocol": "TCP"} for name, port in self.ports]
        if env := self._env():
            body["env"] = env
        body["resources"] = self.resources()
        if self.mounts:
            body["volumeMounts"] = [{"name": name, "mountPath": path} for name, path in self.mounts]
        if self.probe and self.ports:
            body["livenessProbe"] = _probe(self.probe, self.ports[0][1], 15)
            body["readinessProbe"] = _probe(self.probe, self.ports[0][1], 5)
        body["terminationMessagePath"] = "/dev/termination-log"
        body["terminationMessagePolicy"] = "FallbackToLogsOnError" if self.message_from_log else "File"
        body["imagePullPolicy"] = "IfNotPresent"
        return body

    def _env(self) -> list[Body]:
        plain = [{"name": name, "value": value} for name, value in self.env]
        secret = [
            {"name": name, "valueFrom": {"secretKeyRef": {"name": held, "key": key}}}
            for name, held, key in self.secret_env
        ]
        return [*plain, *secret]

    def resources(self) -> Body:
        """requests and limits; a device is in both."""
        gpus = {GPU: str(self.gpus)} if self.gpus else {}
        requests = {**_amounts(self.cpu, self.memory), **gpus}
        limits = {**_amounts(self.cpu_limit, self.memory_limit), **gpus}
        return {**({"limits": limits} if limits else {}), **({"requests": requests} if requests else {})}


def _amounts(cpu: str, memory: str) -> Body:
    return {**({"cpu": cpu} if cpu else {}), **({"memory": memory} if memory else {})}


def _probe(path: str, port: int, delay: int) -> Body:
    return {
        "httpGet": {"path": path, "port": port, "scheme": "HTTP"}, "initialDelaySeconds": delay, "timeoutSeconds": 5,
        "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3,
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class State:
    """What a container is doing, and what it did before."""

    kind: Literal["waiting", "running", "ended"]
    reason: str = ""
    message: str = ""
    since: float = 0.0
    """When it started running."""
    until: float = 0.0
    """When it ended."""
    code: int = 0
    ready: bool = False
    restarts: int = 0
    last: State | None = field(default=None)

    def wire(self) -> Body:
        """ContainerState."""
        if self.kind == "waiting":
            said = {"reason": self.reason, **({"message": self.message} if self.message else {})}
            return {"waiting": said} if self.reason else {"waiting": {}}
        if self.kind == "running":
            return {"running": {"startedAt": stamp(self.since)}}
        return {
            "terminated": {
                "exitCode": self.code, "reason": self.reason or ("Error" if self.code else "Completed"),
                **({"message": self.message} if self.message else {}),
                "startedAt": stamp(self.since), "finishedAt": stamp(self.until),
            }
        }  # fmt: skip


def waiting(
    reason: str = "ContainerCreating", message: str = "", restarts: int = 0, last: State | None = None
) -> State:
    """Not running, and why."""
    return State("waiting", reason, message, restarts=restarts, last=last)


def running(since: float, *, ready: bool = True, restarts: int = 0, last: State | None = None) -> State:
    """Running since then."""
    return State("running", since=since, ready=ready, restarts=restarts, last=last)


def ended(since: float, until: float, code: int = 0, reason: str = "", message: str = "", restarts: int = 0) -> State:
    """Ended, well with code 0."""
    return State("ended", reason, message, since, until, code, restarts=restarts)


def status(dice: Dice, uid: str, box: Box, state: State) -> Body:
    """ContainerStatus."""
    begun = state.kind != "waiting" or state.last is not None
    run = f"{uid}/{box.name}/{state.restarts}"
    last = state.last
    before: Any = last.wire() if last is not None else {}
    for inner, which in ((before, f"{uid}/{box.name}/{state.restarts - 1}"), (wired := state.wire(), run)):
        if "terminated" in inner:
            inner["terminated"]["containerID"] = f"containerd://{dice.hex(64, which)}"
    return {
        "name": box.name, "state": wired, "lastState": before, "ready": state.ready, "restartCount": state.restarts,
        "image": box.image,
        "imageID": f"{box.image.partition(':')[0]}@sha256:{dice.hex(64, 'image', box.image)}" if begun else "",
        "containerID": f"containerd://{dice.hex(64, run)}" if begun else "",
        "started": state.kind == "running",
    }  # fmt: skip
