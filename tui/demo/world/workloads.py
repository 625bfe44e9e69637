"""Deployments, StatefulSets, DaemonSets and bare pods, with everything that stands round them.

Owns the chain from a workload to its pods, and that a deleted pod is made again. What a pod does is in `replica`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import Final, Literal

from tui.demo.world.bodies import CONTROLLERS, HELM, Body, Maker, Shown, owner, stamp
from tui.demo.world.containers import Box
from tui.demo.world.events import Note, about, bodies, next_change, of_pod
from tui.demo.world.logs import Source, Voice
from tui.demo.world.nodes import Node
from tui.demo.world.pods import Frame, pod, tolerations
from tui.demo.world.replica import Replica, Trouble

Kind = Literal["Deployment", "StatefulSet", "DaemonSet", "Pod"]
MADE_AGAIN: Final = 1.0
"""Seconds from a pod's end to the next one."""
_RESOURCES: Final = {
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


class Workload:
    """An actor."""

    def __init__(
        self, maker: Maker, load: Load, places: Sequence[Node], created: float,
        troubles: Mapping[int, Trouble] | None = None,
    ) -> None:  # fmt: skip
        self._maker, self._load, self._created, self._places = maker, load, created, tuple(places)
        self._hash = maker.dice.suffix(10, "template", load.namespace, load.name)
        self._body = self._describe()
        self._owner = self._set_of_pods()
        self._troubles = dict(troubles or {})
        self._replicas = {number: self._replica(number, place, created) for number, place in enumerate(places)}
        self._past: tuple[Note, ...] = ()
        self._notes = self._noted()

    def bodies(self, now: float) -> Iterator[Shown]:
        """The workload, its ReplicaSet, its pods, and what is said about them."""
        here = [replica for replica in self._replicas.values() if replica.frame.created <= now]
        if self._load.kind != "Pod":
            ready = sum(replica.ready(now) for replica in here)
            yield _RESOURCES[self._load.kind], {**self._body, "status": self._status(len(here), ready)}
        if self._load.kind == "Deployment":
            counts = {"replicas": len(here), "fullyLabeledReplicas": len(here)}
            live = {"readyReplicas": ready, "availableReplicas": ready} if ready else {}
            yield "replicasets.apps", {**self._owner, "status": {**counts, **live, "observedGeneration": 1}}
        for replica in here:
            yield "pods", pod(self._maker, replica.frame, replica.look(now))
        yield from bodies(self._maker, self._notes, now)

    def voices(self, now: float) -> Iterator[Voice]:
        """Of all its pods."""
        for replica in self._replicas.values():
            if replica.frame.created <= now:
                yield from replica.voices(now)

    def next(self, now: float) -> float:
        """The next change of one of its pods."""
        frames = [replica.frame.created for replica in self._replicas.values()]
        moments = [replica.next(now) for replica in self._replicas.values()]
        moments += [at for at in frames if at > now]
        return min([*moments, next_change(self._notes, now)], default=inf)

    def lost(self, name: str, now: float) -> bool:
        """Make another pod in the place of one that is gone. A crash that had a cause elsewhere goes on."""
        number = next((n for n, replica in self._replicas.items() if replica.frame.name == name), None)
        if number is None or self._load.kind == "Pod":
            return False
        self._past += passed(self._maker, self._replicas[number], now)
        if number in self._troubles:
            self._troubles[number] = self._troubles[number].anew(now + MADE_AGAIN + self._delay(number))
        self._replicas[number] = self._replica(number, self._places[number], now + MADE_AGAIN)
        self._notes = self._noted()
        return True

    def _replica(self, number: int, place: Node, created: float) -> Replica:
        load, dice = self._load, self._maker.dice
        ip = place.pod_ip(dice, load.namespace, load.name, number, self._maker.after(created))
        frame = Frame(
            load.namespace, self._pod_name(number, place, created), created, load.boxes, place.name, place.ip,
            ip, labels=self._pod_labels(number),
            owners=() if load.kind == "Pod" else (owner(self._owner),),
            generated="" if load.kind == "Pod" else f"{self._owner['metadata']['name']}-", account=load.account,
            tolerations=load.tolerations, everywhere=load.everywhere,
            selector=load.selector, volumes=load.volumes, host_network=load.host_network,
            by=HELM if load.kind == "Pod" else CONTROLLERS,
        )  # fmt: skip
        gone = place.since if place.trouble == "NotReady" else None
        return Replica(frame, self._delay(number), load.flows, self._troubles.get(number), gone)

    def _delay(self, number: int) -> float:
        """A node pulls for one pod after another."""
        return self._load.delay + 2 * number

    def _pod_name(self, number: int, place: Node, created: float) -> str:
        load = self._load
        if load.kind == "Pod":
            return load.name
        if load.kind == "StatefulSet":
            return f"{load.name}-{number}"
        end = self._maker.dice.suffix(
            5, "pod", load.namespace, load.name, place.name, number, self._maker.after(created)
        )
        return f"{load.name}-{self._hash}-{end}" if load.kind == "Deployment" else f"{load.name}-{end}"

    def _pod_labels(self, number: int) -> tuple[tuple[str, str], ...]:
        load = self._load
        extra: dict[str, tuple[tuple[str, str], ...]] = {
            "Deployment": (("pod-template-hash", self._hash),),
            "StatefulSet": (("controller-revision-hash", f"{load.name}-{self._hash}"),
                            ("statefulset.kubernetes.io/pod-name", f"{load.name}-{number}")),
            "DaemonSet": (("controller-revision-hash", self._hash), ("pod-template-generation", "1")),
        }  # fmt: skip
        return (*load.labels, *extra.get(load.kind, ()))

    def _template(self) -> Body:
        load = self._load
        spec: Body = {
            "containers": [box.spec() for box in load.boxes], "restartPolicy": "Always",
            "terminationGracePeriodSeconds": 30, "dnsPolicy": "ClusterFirst", "serviceAccountName": load.account,
            "securityContext": {}, "schedulerName": "default-scheduler",
            **({"volumes": list(load.volumes)} if load.volumes else {}),
            **({"nodeSelector": dict(load.selector)} if load.selector else {}),
        }  # fmt: skip
        if wanted := tolerations(load.tolerations, load.everywhere):
            spec["tolerations"] = wanted
        return {"metadata": {"creationTimestamp": None, "labels": dict(load.labels)}, "spec": spec}

    def _describe(self) -> Body:
        load = self._load
        if load.kind == "Pod":
            return {}
        labels, annotations = release_marks(load.release, load.namespace)
        revision = {"deployment.kubernetes.io/revision": "1"} if load.kind == "Deployment" else {}
        common: Body = {"selector": {"matchLabels": dict(load.labels)}, "template": self._template()}
        if load.kind != "DaemonSet":
            common |= {"replicas": len(self._places)}
        if load.kind == "StatefulSet":
            common |= {"serviceName": load.name, "podManagementPolicy": "OrderedReady"}
        return self._maker.make(
            "apps/v1", load.kind, load.name, load.namespace, created=self._created, spec=common, status={"replicas": 0},
            labels={**dict(load.labels), **labels}, annotations={**revision, **annotations},
        )  # fmt: skip

    def _set_of_pods(self) -> Body:
        """What owns the pods: the ReplicaSet of a Deployment, else the workload."""
        if self._load.kind != "Deployment":
            return self._body
        labels = {**dict(self._load.labels), "pod-template-hash": self._hash}
        spec = {**self._body["spec"], "selector": {"matchLabels": labels}}
        return self._maker.make(
            "apps/v1", "ReplicaSet", f"{self._load.name}-{self._hash}", self._load.namespace, created=self._created,
            by=CONTROLLERS, labels=labels, owners=(owner(self._body),), spec=spec, status={"replicas": 0},
        )  # fmt: skip

    def _status(self, here: int, ready: int) -> Body:
        wanted = len(self._replicas)
        kind = self._load.kind
        if kind == "DaemonSet":
            return {
                "currentNumberScheduled": here, "desiredNumberScheduled": wanted, "numberMisscheduled": 0,
                "numberReady": ready, "numberAvailable": ready, "numberUnavailable": wanted - ready,
                "updatedNumberScheduled": here, "observedGeneration": 1,
            }  # fmt: skip
        counts = {"replicas": here, "observedGeneration": 1, "updatedReplicas": here}
        counts |= {"readyReplicas": ready, "availableReplicas": ready} if ready else {}
        if kind == "StatefulSet":
            revision = f"{self._load.name}-{self._hash}"
            return {**counts, "currentReplicas": here, "currentRevision": revision, "updateRevision": revision}
        lacking = {"unavailableReplicas": wanted - ready} if wanted > ready else {}
        return {**counts, **lacking, "conditions": self._conditions(wanted, ready)}

    def _conditions(self, wanted: int, ready: int) -> list[Body]:
        up = ready >= wanted - wanted // 4
        at = stamp(self._created if not up else self._created + self._load.delay + 6)
        words = ("MinimumReplicasAvailable", "Deployment has minimum availability.") if up else (
            "MinimumReplicasUnavailable", "Deployment does not have minimum availability.")  # fmt: skip
        name = self._owner["metadata"]["name"]
        progress = ("NewReplicaSetAvailable", f'ReplicaSet "{name}" has successfully progressed.') if up else (
            "ReplicaSetUpdated", f'ReplicaSet "{name}" is progressing.')  # fmt: skip
        return [
            {"type": kind, "status": state, "lastUpdateTime": at, "lastTransitionTime": at, "reason": reason,
             "message": message}
            for kind, state, (reason, message) in (
                ("Available", "True" if up else "False", words), ("Progressing", "True", progress))
        ]  # fmt: skip

    def _noted(self) -> tuple[Note, ...]:
        found = [note for replica in self._replicas.values() for note in replica.notes(self._maker)]
        if self._load.kind == "Deployment":
            made = about(self._owner)
            for replica in self._replicas.values():
                said = f"Created pod: {replica.frame.name}"
                found.append(
                    Note(made, "SuccessfulCreate", said, replica.frame.created, source="replicaset-controller")
                )
            scaled = f"Scaled up replica set {self._owner['metadata']['name']} to {len(self._replicas)}"
            found.append(
                Note(about(self._body), "ScalingReplicaSet", scaled, self._created, source="deployment-controller")
            )
        return (*self._past, *found)

    def remains(self, now: float) -> tuple[Note, ...]:
        """What is still said about its pods after they were all stopped."""
        return (*self._past, *(note for r in self._replicas.values() for note in passed(self._maker, r, now)))


def passed(maker: Maker, replica: Replica, now: float) -> tuple[Note, ...]:
    """What is said about a pod that was stopped just now."""
    frame = replica.frame
    stopped = of_pod(maker, frame.namespace, frame.name, frame.created, frame.boxes[0].name)
    killing = Note(stopped, "Killing", f"Stopping container {frame.boxes[0].name}", now, host=frame.node)
    said = [replace(note, until=min(now, note.until)) for note in replica.notes(maker) if note.first <= now]
    return (*said, killing)


def release_marks(release: str, namespace: str) -> tuple[dict[str, str], dict[str, str]]:
    """Labels and annotations that say which Helm release an object is of."""
    if not release:
        return {}, {}
    annotations = {"meta.helm.sh/release-name": release, "meta.helm.sh/release-namespace": namespace}
    return {"app.kubernetes.io/managed-by": "Helm"}, annotations
