"""Objects of a cluster as a survey keeps them: which they are, whose they are, and the few fields a finding rests on.

Owns the reading of them. A Secret is read by its metadata only, a ConfigMap's text only where it is the scheduler's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, Final

from msgspec import Struct

from tui.core.kind import Kind
from tui.core.text import shorten_end
from tui.domain import namespace, node
from tui.domain.component import NAMESPACE
from tui.domain.node import NodeRow
from tui.domain.surveys.wire import (
    ClassItem,
    ConfigItem,
    MachineInfo,
    MachineItem,
    PodSpec,
    Release,
    Template,
    ThingItem,
    ThingMeta,
    WebhookItem,
    WorkloadItem,
    WorkloadSpec,
    WorkloadStatus,
)  # fmt: skip
from tui.domain.wire import fit, labels, text, word

_ARCH: Final = ("kubernetes.io/arch", "beta.kubernetes.io/arch")
_SYSTEM: Final = ("kubernetes.io/os", "beta.kubernetes.io/os")
_TELLING_ARGS: Final = ("--controller-class", "--ingress-class")
_LONGEST_CONFIG: Final = 20_000


class Thing(Struct, frozen=True, gc=False):
    """One object, and what tells whose it is."""

    key: str
    """`namespace/name`, or `name`."""
    kind: str
    namespace: str
    name: str
    labels: dict[str, str]
    release: str = ""
    """meta.helm.sh/release-name."""
    release_namespace: str = ""
    deleting: bool = False
    controlled: bool = False
    """Something else in the cluster made it, and will make it again."""

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

    def owned(self, releases: Collection[str]) -> bool:
        """It carries the three marks of the extension's Helm release, which is named like one of `releases`."""
        helm = self.labels.get("app.kubernetes.io/managed-by") == "Helm"
        return helm and self.release in releases and self.release_namespace == NAMESPACE


class Workload(Thing, frozen=True, gc=False):
    """A Deployment, StatefulSet or DaemonSet."""

    pod_labels: dict[str, str] = {}
    images: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    """Those that name a class of ingresses."""
    host_paths: tuple[str, ...] = ()
    desired: int = 0
    ready: int = 0

    def label(self, key: str) -> str:
        """A label of its own or of its pods."""
        return self.labels.get(key) or self.pod_labels.get(key) or ""


class IngressClass(Thing, frozen=True, gc=False):
    """An IngressClass."""

    controller: str = ""


class SchedulerConfig(Thing, frozen=True, gc=False):
    """Volcano's ConfigMap."""

    text: str = ""


class Webhook(Thing, frozen=True, gc=False):
    """A ValidatingWebhookConfiguration."""

    services: tuple[str, ...] = ()
    """`namespace/name` of what it calls."""


class Machine(Struct, frozen=True, gc=False):
    """A node, with what its row does not tell."""

    key: str
    row: NodeRow
    arch: str
    system: str


def _marks(meta: ThingMeta | None, kind: str) -> tuple[str, str, str, str, dict[str, str], str, str, bool, bool]:
    meta = meta or ThingMeta()
    release, space, name = meta.annotations or Release(), word(meta.namespace), text(meta.name)
    return (
        f"{space}/{name}" if space else name, kind, space, name, labels(meta.labels),
        word(release.name), word(release.namespace), bool(meta.deletionTimestamp), bool(meta.ownerReferences),
    )  # fmt: skip


def thing(item: Any, kind: str) -> Thing:
    """Any object by its metadata. Never raises."""
    return Thing(*_marks(fit(item, ThingItem).metadata, kind))


def workload(item: Any, kind: str) -> Workload:
    """A Deployment, StatefulSet or DaemonSet."""
    found = fit(item, WorkloadItem)
    spec, status = found.spec or WorkloadSpec(), found.status or WorkloadStatus()
    template = spec.template or Template()
    pod, meta = template.spec or PodSpec(), template.metadata or ThingMeta()
    boxes = [*(pod.initContainers or ()), *(pod.containers or ())]
    args = (text(arg) for box in boxes for arg in box.args or () if arg.startswith(_TELLING_ARGS))
    paths = (text(volume.hostPath.path) for volume in pod.volumes or () if volume.hostPath)
    daemon = kind == "DaemonSet"
    return Workload(
        *_marks(found.metadata, kind), labels(meta.labels), tuple(word(box.image) for box in boxes if box.image),
        tuple(args), tuple(filter(None, paths)),
        (status.desiredNumberScheduled or 0) if daemon else 1 if spec.replicas is None else spec.replicas,
        (status.numberReady if daemon else status.readyReplicas) or 0,
    )  # fmt: skip


def machine(item: Any) -> Machine:
    """A node."""
    found = fit(item, MachineItem)
    row = node.decode(found)
    info = (found.status.nodeInfo if found.status else None) or MachineInfo()
    return Machine(
        row.key, row, _label(row, _ARCH) or word(info.architecture), _label(row, _SYSTEM) or word(info.operatingSystem)
    )


def _label(row: NodeRow, keys: Iterable[str]) -> str:
    return next((row.labels[key] for key in keys if row.labels.get(key)), "")


def ingress_class(item: Any) -> IngressClass:
    """An IngressClass."""
    found = fit(item, ClassItem)
    return IngressClass(*_marks(found.metadata, "IngressClass"), text(found.spec.controller if found.spec else ""))


def scheduler_config(item: Any) -> SchedulerConfig:
    """Volcano's ConfigMap."""
    found = fit(item, ConfigItem)
    told = " ".join(text(value[:_LONGEST_CONFIG]) for value in (found.data or {}).values())
    return SchedulerConfig(*_marks(found.metadata, "ConfigMap"), shorten_end(told, _LONGEST_CONFIG))


def webhook(item: Any) -> Webhook:
    """A ValidatingWebhookConfiguration."""
    found = fit(item, WebhookItem)
    called = [hook.clientConfig.service for hook in found.webhooks or () if hook.clientConfig]
    services = {f"{word(each.namespace)}/{text(each.name)}" for each in called if each is not None}
    return Webhook(*_marks(found.metadata, "ValidatingWebhookConfiguration"), tuple(sorted(services)))


def _by_metadata(group: str, version: str, plural: str, kind: str, namespaced: bool) -> Kind:
    return Kind(plural, group, version, plural, kind, namespaced, ThingItem, lambda item: thing(item, kind))


def _workloads(plural: str, kind: str) -> Kind:
    return Kind(plural, "apps", "v1", plural, kind, True, WorkloadItem, lambda item: workload(item, kind))


DAEMON_SETS: Final = _workloads("daemonsets", "DaemonSet")
DEPLOYMENTS: Final = _workloads("deployments", "Deployment")
STATEFUL_SETS: Final = _workloads("statefulsets", "StatefulSet")
MACHINES: Final = Kind("nodes", "", "v1", "nodes", "Node", False, MachineItem, machine)
SPACES: Final = Kind(
    "namespaces", "", "v1", "namespaces", "Namespace", False, namespace.NamespaceItem, namespace.decode
)
CONFIG_MAPS: Final = _by_metadata("", "v1", "configmaps", "ConfigMap", True)
SCHEDULER_CONFIGS: Final = Kind("configmaps", "", "v1", "configmaps", "ConfigMap", True, ConfigItem, scheduler_config)
SERVICES: Final = _by_metadata("", "v1", "services", "Service", True)
ACCOUNTS: Final = _by_metadata("", "v1", "serviceaccounts", "ServiceAccount", True)
SECRETS: Final = _by_metadata("", "v1", "secrets", "Secret", True)
CLUSTER_ROLES: Final = _by_metadata("rbac.authorization.k8s.io", "v1", "clusterroles", "ClusterRole", False)
CSI_DRIVERS: Final = _by_metadata("storage.k8s.io", "v1", "csidrivers", "CSIDriver", False)
DEFINITIONS: Final = _by_metadata(
    "apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition", False
)
INGRESS_CLASSES: Final = Kind(
    "ingressclasses", "networking.k8s.io", "v1", "ingressclasses", "IngressClass", False, ClassItem, ingress_class
)
WEBHOOKS: Final = Kind(
    "validatingwebhookconfigurations", "admissionregistration.k8s.io", "v1", "validatingwebhookconfigurations",
    "ValidatingWebhookConfiguration", False, WebhookItem, webhook,
)  # fmt: skip
