"""The JSON of Deployments, ReplicaSets, StatefulSets and DaemonSets, and of the pods they make.

Pure. Owns spec and status. Must not know which pods there are, nor when they come and go.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from tui.demo.world.bodies import CONTROLLERS, Body, Maker, owner, stamp
from tui.demo.world.containers import Box
from tui.demo.world.logs import Source
from tui.demo.world.nodes import Node
from tui.demo.world.pods import Frame, tolerations

Kind = Literal["Deployment", "StatefulSet", "DaemonSet"]
RESOURCES: Final = {
    "Deployment": "deployments.apps",
    "StatefulSet": "statefulsets.apps",
    "DaemonSet": "daemonsets.apps",
}


@dataclass(frozen=True, slots=True)
class Load:
    """What a workload is to be."""

    kind: Kind
    namespace: str
    name: str
    boxes: tuple[Box, ...]
    labels: tuple[tuple[str, str], ...]
    """Of its pods; its selector too."""
    release: str = ""
    """The Helm release it is of, with the release's namespace = its own."""
    account: str = "default"
    everywhere: bool = False
    tolerations: tuple[tuple[str, str, str], ...] = ()
    selector: tuple[tuple[str, str], ...] = ()
    volumes: tuple[Body, ...] = ()
    delay: float = 12.0
    flows: tuple[tuple[str, Source], ...] = ()
    host_network: bool = False
    marks: tuple[tuple[str, str], ...] = ()
    """Annotations of its pods."""
    apart: bool = False
    """No two of its pods on one node."""
    spare: int = 0
    """So many of its pods may be missing while others come (maxUnavailable)."""

    @property
    def template(self) -> str:
        """All that makes its pods what they are: pods of another template are made anew."""
        return repr((
            self.boxes, self.account, self.everywhere, self.tolerations, self.selector, self.volumes, self.marks,
            self.apart,
        ))  # fmt: skip

    @property
    def affinity(self) -> Body | None:
        """What keeps its pods apart."""
        if not self.apart:
            return None
        term = {"labelSelector": {"matchLabels": dict(self.labels)}, "topologyKey": "kubernetes.io/hostname"}
        return {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}


def describe(maker: Maker, load: Load, created: float, count: int, revision: int) -> Body:
    """The workload."""
    labels, annotations = release_marks(load.release, load.namespace)
    mark = {"deployment.kubernetes.io/revision": str(revision)} if load.kind == "Deployment" else {}
    common: Body = {"selector": {"matchLabels": dict(load.labels)}, "template": _template(load)}
    if load.kind != "DaemonSet":
        common |= {"replicas": count}
    if load.spare:
        surge = {"maxSurge": 1} if load.kind == "Deployment" else {}
        rolling = {"type": "RollingUpdate", "rollingUpdate": {**surge, "maxUnavailable": load.spare}}
        common |= {"strategy" if load.kind == "Deployment" else "updateStrategy": rolling}
    if load.kind == "StatefulSet":
        common |= {"serviceName": load.name, "podManagementPolicy": "OrderedReady"}
    return maker.make(
        "apps/v1", load.kind, load.name, load.namespace, created=created, spec=common, status={"replicas": 0},
        labels={**dict(load.labels), **labels}, annotations={**mark, **annotations},
    )  # fmt: skip


def replica_set(maker: Maker, load: Load, deployment: Body, hash: str, created: float, revision: int) -> Body:
    """One generation of a Deployment's pods."""
    labels = {**dict(load.labels), "pod-template-hash": hash}
    spec = {**deployment["spec"], "selector": {"matchLabels": labels}}
    return maker.make(
        "apps/v1", "ReplicaSet", f"{load.name}-{hash}", load.namespace, created=created,
        by=CONTROLLERS, labels=labels, owners=(owner(deployment),), spec=spec, status={"replicas": 0},
        annotations={"deployment.kubernetes.io/revision": str(revision)},
    )  # fmt: skip


def frame(
    maker: Maker, load: Load, hash: str, owned_by: Body, number: int, place: Node, created: float, generation: int
) -> Frame:  # fmt: skip
    """A pod of one generation."""
    when = maker.after(created)
    return Frame(
        load.namespace, _pod_name(maker, load, hash, number, place, when), created, load.boxes, place.name, place.ip,
        place.pod_ip(maker.dice, load.namespace, load.name, number, when),
        labels=_pod_labels(load, hash, number, generation), owners=(owner(owned_by),),
        generated=f"{owned_by['metadata']['name']}-", account=load.account, tolerations=load.tolerations,
        everywhere=load.everywhere, selector=load.selector, volumes=load.volumes, host_network=load.host_network,
        annotations=load.marks, affinity=load.affinity,
    )  # fmt: skip


def _pod_name(maker: Maker, load: Load, hash: str, number: int, place: Node, when: int) -> str:
    if load.kind == "StatefulSet":
        return f"{load.name}-{number}"
    end = maker.dice.suffix(5, "pod", load.namespace, load.name, place.name, number, when)
    return f"{load.name}-{hash}-{end}" if load.kind == "Deployment" else f"{load.name}-{end}"


def _pod_labels(load: Load, hash: str, number: int, generation: int) -> tuple[tuple[str, str], ...]:
    extra: dict[str, tuple[tuple[str, str], ...]] = {
        "Deployment": (("pod-template-hash", hash),),
        "StatefulSet": (("controller-revision-hash", f"{load.name}-{hash}"),
                        ("statefulset.kubernetes.io/pod-name", f"{load.name}-{number}")),
        "DaemonSet": (("controller-revision-hash", hash), ("pod-template-generation", str(generation))),
    }  # fmt: skip
    return (*load.labels, *extra[load.kind])


def _template(load: Load) -> Body:
    spec: Body = {
        "containers": [box.spec() for box in load.boxes], "restartPolicy": "Always",
        "terminationGracePeriodSeconds": 30, "dnsPolicy": "ClusterFirst", "serviceAccountName": load.account,
        "securityContext": {}, "schedulerName": "default-scheduler",
        **({"volumes": list(load.volumes)} if load.volumes else {}),
        **({"nodeSelector": dict(load.selector)} if load.selector else {}),
        **({"affinity": load.affinity} if load.affinity else {}),
    }  # fmt: skip
    if wanted := tolerations(load.tolerations, load.everywhere):
        spec["tolerations"] = wanted
    meta: Body = {"creationTimestamp": None, "labels": dict(load.labels)}
    return {"metadata": {**meta, **({"annotations": dict(load.marks)} if load.marks else {})}, "spec": spec}


@dataclass(frozen=True, slots=True)
class Counts:
    """How far a workload is."""

    wanted: int
    here: int
    """Pods of all generations."""
    ready: int
    updated: int
    """Pods of the newest."""
    generation: int = 1

    @property
    def up(self) -> bool:
        """Enough of them are ready."""
        return self.ready >= self.wanted - self.wanted // 4

    @property
    def complete(self) -> bool:
        """All that should be there are, and are of the newest generation."""
        return self.up and self.updated >= self.wanted and self.here <= self.wanted


def daemon_status(counts: Counts) -> Body:
    """Of a DaemonSet."""
    return {
        "currentNumberScheduled": counts.here, "desiredNumberScheduled": counts.wanted, "numberMisscheduled": 0,
        "numberReady": counts.ready, "numberAvailable": counts.ready,
        "numberUnavailable": counts.wanted - counts.ready, "updatedNumberScheduled": counts.updated,
        "observedGeneration": counts.generation,
    }  # fmt: skip


def stateful_status(counts: Counts, before: str, revision: str) -> Body:
    """Of a StatefulSet: the revisions its pods come from, and go to."""
    current = revision if counts.updated >= counts.here else before
    return {
        **_common(counts), "currentReplicas": counts.here if current == revision else counts.here - counts.updated,
        "currentRevision": current, "updateRevision": revision,
    }  # fmt: skip


def deployment_status(counts: Counts, created: float, settled: float, newest: str) -> Body:
    """Of a Deployment. `settled`: when it was or will be available; `newest`: its newest ReplicaSet."""
    most = max(counts.here, counts.wanted)
    lacking = {"unavailableReplicas": most - counts.ready} if most > counts.ready else {}
    return {**_common(counts), **lacking, "conditions": _conditions(counts, created, settled, newest)}


def set_status(here: int, ready: int) -> Body:
    """Of a ReplicaSet."""
    live = {"readyReplicas": ready, "availableReplicas": ready} if ready else {}
    return {"replicas": here, "fullyLabeledReplicas": here, **live, "observedGeneration": 1}


def _common(counts: Counts) -> Body:
    live = {"readyReplicas": counts.ready, "availableReplicas": counts.ready} if counts.ready else {}
    return {
        "replicas": counts.here, "observedGeneration": counts.generation, "updatedReplicas": counts.updated, **live,
    }  # fmt: skip


def _conditions(counts: Counts, created: float, settled: float, newest: str) -> list[Body]:
    words = ("MinimumReplicasAvailable", "Deployment has minimum availability.") if counts.up else (
        "MinimumReplicasUnavailable", "Deployment does not have minimum availability.")  # fmt: skip
    done = ("NewReplicaSetAvailable", f'ReplicaSet "{newest}" has successfully progressed.')
    progress = done if counts.complete else ("ReplicaSetUpdated", f'ReplicaSet "{newest}" is progressing.')
    rows: Sequence[tuple[str, str, tuple[str, str]]] = (
        ("Available", "True" if counts.up else "False", words), ("Progressing", "True", progress))  # fmt: skip
    at: Any = stamp(settled if counts.up else created)
    return [
        {"type": kind, "status": state, "lastUpdateTime": at, "lastTransitionTime": at, "reason": reason,
         "message": message}
        for kind, state, (reason, message) in rows
    ]  # fmt: skip


def release_marks(release: str, namespace: str) -> tuple[dict[str, str], dict[str, str]]:
    """Labels and annotations that say which Helm release an object is of."""
    if not release:
        return {}, {}
    annotations = {"meta.helm.sh/release-name": release, "meta.helm.sh/release-namespace": namespace}
    return {"app.kubernetes.io/managed-by": "Helm"}, annotations
