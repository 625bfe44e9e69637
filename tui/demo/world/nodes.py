"""Nodes: two pools with GPUs of two kinds and one without, each node with its labels, taints and conditions.

Owns the machines and what the kubelet says of them. Must not know what runs there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

from tui.demo.world.bodies import KUBELET, Body, Maker, Shown, micro, stamp
from tui.demo.world.containers import GPU
from tui.demo.world.events import About, Note, bodies, next_change, turns
from tui.demo.world.logs import Voice
from tui.demo.world.names import Dice

Trouble = Literal["", "DiskPressure", "NotReady", "Cordoned"]
Taint = tuple[str, str, str]

BEAT: Final = 10.0
"""Seconds between two heartbeats (renewals of the node's Lease)."""
PODS: Final = 110
VERSION: Final = "v1.32.5+k3s1"
_TROUBLES: Final[tuple[Trouble, ...]] = ("Cordoned", "DiskPressure", "NotReady", "")
"""By the seed's rest."""


@dataclass(frozen=True, slots=True)
class Pool:
    """Nodes of one kind."""

    name: str
    machine: str
    cpu: int
    memory: int
    """GiB."""
    gpus: int = 0
    product: str = ""
    """What the GPU feature discovery calls the GPU."""
    accelerator: str = ""
    taints: tuple[Taint, ...] = ()


@dataclass(frozen=True, slots=True)
class Node:
    """One node."""

    name: str
    pool: Pool
    number: int
    """Counts all nodes from 0."""
    created: float
    trouble: Trouble = ""
    since: float = 0.0
    """Since when it has its trouble."""

    @property
    def ip(self) -> str:
        """InternalIP."""
        return f"10.20.{self.number // 200}.{self.number % 200 + 10}"

    def pod_ip(self, dice: Dice, *parts: object) -> str:
        """An address in the node's pod range."""
        return f"10.42.{self.number % 250}.{dice.whole(2, 250, 'ip', *parts)}"

    @property
    def taints(self) -> tuple[Taint, ...]:
        """Its pool's, and those its trouble brings."""
        trouble: dict[Trouble, tuple[Taint, ...]] = {
            "DiskPressure": (("node.kubernetes.io/disk-pressure", "", "NoSchedule"),),
            "NotReady": (("node.kubernetes.io/unreachable", "", "NoSchedule"),
                         ("node.kubernetes.io/unreachable", "", "NoExecute")),
            "Cordoned": (("node.kubernetes.io/unschedulable", "", "NoSchedule"),),
        }  # fmt: skip
        return (*self.pool.taints, *trouble.get(self.trouble, ()))


V100: Final = Pool(
    "gpu-v100", "NC12s_v3", 12, 220, 2, "Tesla-V100-PCIE-16GB", "nvidia-v100",
    (("ml.azure.com/amlarc-workload", "true", "NoSchedule"),),
)  # fmt: skip
T4: Final = Pool("gpu-t4", "NC8as_T4_v3", 8, 56, 1, "Tesla-T4", "nvidia-t4", (("sku", "gpu", "NoSchedule"),))
CPU: Final = Pool("cpu", "D16s_v5", 16, 64)
SHARED: Final = Pool("shared", "D32s_v5", 32, 128, taints=(("dedicated", "shared", "NoSchedule"),))
V100_GPUS: Final = 8
"""Of all V100 nodes together, however many they are."""
_V100_MACHINES: Final = {2: "NC12s_v3", 4: "NC24s_v3", 8: "ND40rs_v2"}
"""By the GPUs of one."""


def nodes(dice: Dice, start: float, extra: int = 0, *, small: bool = False) -> list[Node]:
    """3 to 12 nodes by the seed; `extra` more for the pods of other teams. `small`: one with GPUs and one without."""
    fast, slow, plain = (1, 0, 1) if small else (4, 2, 6) if dice.seed == 1 else _counts(dice)
    each = V100_GPUS // fast
    v100 = replace(V100, cpu=6 * each, memory=110 * each, gpus=each, machine=_V100_MACHINES[each])
    some = 2 // slow if slow else 0
    t4 = replace(T4, gpus=some, cpu=8 * some, memory=56 * some)
    trouble = _TROUBLES[dice.seed % 4] if plain > 1 else ""
    made = [(f"gpu-{n + 1}", v100) for n in range(fast)]
    made += [(f"gpu-{fast + n + 1}", t4) for n in range(slow)]
    made += [(f"cpu-{n + 1}", CPU) for n in range(plain)]
    made += [(f"shared-{n + 1:03}", SHARED) for n in range(extra)]
    bad = fast + slow + plain - 1
    return [
        Node(
            name, pool, number, start - dice.between(40, 41, "node", pool.name) * 86400 + 37 * number,
            trouble if number == bad else "", start - 1900 if number == bad else 0.0,
        )
        for number, (name, pool) in enumerate(made)
    ]  # fmt: skip


def _counts(dice: Dice) -> tuple[int, int, int]:
    return dice.pick((1, 2, 4), "v100"), dice.whole(1, 2, "t4"), dice.whole(1, 6, "cpu")


class Heartbeats:
    """The nodes' Leases, renewed while the nodes themselves stay as they are, and what was said about nodes."""

    def __init__(self, maker: Maker, found: list[Node], start: float) -> None:
        self._maker, self._nodes, self._start = maker, found, start
        self._notes = tuple(_notes(found))

    def bodies(self, now: float) -> Iterator[Shown]:
        """Leases and events."""
        beat = self._start + turns(now - self._start, BEAT) * BEAT
        for node in self._nodes:
            renewed = node.since if node.trouble == "NotReady" else beat
            yield "leases.coordination.k8s.io", self._maker.make(
                "coordination.k8s.io/v1", "Lease", node.name, "kube-node-lease", created=node.created, by=KUBELET,
                spec={"holderIdentity": node.name, "leaseDurationSeconds": 40, "renewTime": micro(renewed)},
            )  # fmt: skip
        yield from bodies(self._maker, self._notes, now)

    def voices(self, _now: float) -> tuple[Voice, ...]:
        """Nodes have no logs."""
        return ()

    def next(self, now: float) -> float:
        """The next heartbeat, or the next word."""
        beat = self._start + (turns(now - self._start, BEAT) + 1) * BEAT
        return min(beat, next_change(self._notes, now))

    def lost(self, _pod: str, _now: float) -> bool:
        """It has no pods."""
        return False


def _notes(found: list[Node]) -> Iterator[Note]:
    for node in found:
        about = About("v1", "Node", "", node.name, node.name)
        if node.trouble == "DiskPressure":
            yield Note(about, "NodeHasDiskPressure", f"Node {node.name} status is now: NodeHasDiskPressure",
                       node.since, host=node.name)  # fmt: skip
            said = "The node had condition: [DiskPressure]. Image garbage collection freed 0 bytes of 12884901888"
            yield Note(about, "FreeDiskSpaceFailed", said, node.since + 20, True, host=node.name, every=300)
        elif node.trouble == "NotReady":
            yield Note(about, "NodeNotReady", f"Node {node.name} status is now: NodeNotReady", node.since,
                       source="node-controller")  # fmt: skip
        elif node.trouble == "Cordoned":
            yield Note(about, "NodeNotSchedulable", f"Node {node.name} status is now: NodeNotSchedulable",
                       node.since, host=node.name)  # fmt: skip


def body(maker: Maker, node: Node, start: float, devices: Mapping[str, str], arch: str = "amd64") -> Body:
    """The Node object. `devices`: what its device plugins offer."""
    spec: Body = {"podCIDR": f"10.42.{node.number % 250}.0/24", "podCIDRs": [f"10.42.{node.number % 250}.0/24"]}
    if node.taints:
        spec["taints"] = [
            {"key": key, **({"value": value} if value else {}), "effect": effect} for key, value, effect in node.taints
        ]
    if node.trouble == "Cordoned":
        spec["unschedulable"] = True
    spec["providerID"] = f"k3s://{node.name}"
    return maker.make(
        "v1", "Node", node.name, created=node.created, by="k3s", status_by=KUBELET, status_at=start,
        labels={**labels(node), **_arch(arch)}, spec=spec,
        status=_status(maker, node, start, devices, arch),
        annotations={"node.alpha.kubernetes.io/ttl": "0", "k3s.io/internal-ip": node.ip, "k3s.io/hostname": node.name},
    )  # fmt: skip


def labels(node: Node) -> dict[str, str]:
    """What pods may choose it by."""
    pool = node.pool
    found = {
        **_arch("amd64"), "beta.kubernetes.io/os": "linux",
        "kubernetes.io/hostname": node.name, "kubernetes.io/os": "linux", "agentpool": pool.name,
        "node.kubernetes.io/instance-type": pool.machine,
    }  # fmt: skip
    if pool is CPU and node.name == "cpu-1":
        found |= {"node-role.kubernetes.io/control-plane": "true", "node-role.kubernetes.io/master": "true"}
    if pool.gpus:
        found |= {
            "accelerator": pool.accelerator, "nvidia.com/gpu.present": "true", "nvidia.com/gpu.product": pool.product,
            "nvidia.com/gpu.count": str(pool.gpus),
        }  # fmt: skip
    return found


def gpus(node: Node) -> dict[str, str]:
    """What a device plugin for GPUs offers there."""
    return {GPU: str(node.pool.gpus)} if node.pool.gpus else {}


def _arch(arch: str) -> dict[str, str]:
    return {"beta.kubernetes.io/arch": arch, "kubernetes.io/arch": arch}


def _status(maker: Maker, node: Node, start: float, devices: Mapping[str, str], arch: str) -> Body:
    pool = node.pool
    common = {**devices, "hugepages-1Gi": "0", "hugepages-2Mi": "0", "pods": str(PODS)}
    kib = pool.memory * 1024 * 1024
    return {
        "capacity": {"cpu": str(pool.cpu), "memory": f"{kib}Ki", "ephemeral-storage": "129886128Ki", **common},
        "allocatable": {
            "cpu": f"{pool.cpu * 1000 - 200}m", "memory": f"{kib - 1024 * 1024}Ki",
            "ephemeral-storage": "119703055367", **common,
        },
        "conditions": list(_conditions(node, start)),
        "addresses": [{"type": "InternalIP", "address": node.ip}, {"type": "Hostname", "address": node.name}],
        "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
        "nodeInfo": {
            "machineID": maker.dice.hex(32, "machine", node.name), "systemUUID": maker.dice.uid("system", node.name),
            "bootID": maker.dice.uid("boot", node.name), "kernelVersion": "5.15.0-105-generic",
            "osImage": "Ubuntu 22.04.4 LTS", "containerRuntimeVersion": "containerd://1.7.15-k3s1",
            "kubeletVersion": VERSION, "kubeProxyVersion": VERSION, "operatingSystem": "linux", "architecture": arch,
        },
    }  # fmt: skip


_SAID: Final = {
    "MemoryPressure": ("KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
    "DiskPressure": ("KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
    "PIDPressure": ("KubeletHasSufficientPID", "kubelet has sufficient PID available"),
    "Ready": ("KubeletReady", "kubelet is posting ready status"),
}


def _conditions(node: Node, start: float) -> Iterator[Body]:
    seen = stamp(node.since if node.trouble == "NotReady" else start)
    for kind, (reason, message) in _SAID.items():
        state, at = "True" if kind == "Ready" else "False", node.created + 30
        if node.trouble == "NotReady":
            state, at = "Unknown", node.since
            reason, message = "NodeStatusUnknown", "Kubelet stopped posting node status."
        elif node.trouble == kind:
            state, at = "True", node.since
            reason, message = "KubeletHasDiskPressure", "kubelet has disk pressure"
        yield {
            "type": kind, "status": state, "lastHeartbeatTime": seen, "lastTransitionTime": stamp(at),
            "reason": reason, "message": message,
        }  # fmt: skip
