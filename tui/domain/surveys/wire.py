"""The objects a survey looks at, as the Kubernetes API sends them: only the fields that are used are ever decoded.

Owns the shapes. Of a Secret there is none but its metadata.
"""

from __future__ import annotations

import msgspec
from msgspec import Struct

from tui.domain.node import NodeInfo, NodeItem, NodeStatus
from tui.domain.wire import Owner


class Release(Struct, gc=False):
    """The two annotations by which Helm knows its own."""

    name: str | None = msgspec.field(name="meta.helm.sh/release-name", default=None)
    namespace: str | None = msgspec.field(name="meta.helm.sh/release-namespace", default=None)


class ThingMeta(Struct, gc=False):
    """The part of `metadata` that is used."""

    name: str | None = None
    namespace: str | None = None
    labels: dict[str, str] | None = None
    annotations: Release | None = None
    deletionTimestamp: str | None = None
    ownerReferences: list[Owner] | None = None


class ThingItem(Struct, gc=False):
    """Any object, by its metadata."""

    metadata: ThingMeta | None = None


class Container(Struct, gc=False):
    """One container of a template."""

    image: str | None = None
    args: list[str] | None = None


class HostPath(Struct, gc=False):
    """A directory of the host."""

    path: str | None = None


class Volume(Struct, gc=False):
    """One volume of a template."""

    hostPath: HostPath | None = None


class PodSpec(Struct, gc=False):
    """The part of a template's spec that is used."""

    containers: list[Container] | None = None
    initContainers: list[Container] | None = None
    volumes: list[Volume] | None = None


class Template(Struct, gc=False):
    """A pod template."""

    metadata: ThingMeta | None = None
    spec: PodSpec | None = None


class WorkloadSpec(Struct, gc=False):
    """The part of a workload's spec that is used."""

    replicas: int | None = None
    template: Template | None = None


class WorkloadStatus(Struct, gc=False):
    """Counts: of DaemonSets the first two."""

    desiredNumberScheduled: int | None = None
    numberReady: int | None = None
    readyReplicas: int | None = None


class WorkloadItem(ThingItem, gc=False):
    """A Deployment, StatefulSet or DaemonSet."""

    spec: WorkloadSpec | None = None
    status: WorkloadStatus | None = None


class MachineInfo(NodeInfo, gc=False):
    """status.nodeInfo."""

    operatingSystem: str | None = None


class MachineStatus(NodeStatus, gc=False):
    """The part of the status that is used."""

    nodeInfo: MachineInfo | None = None


class MachineItem(NodeItem, gc=False):
    """One node as the API sends it."""

    status: MachineStatus | None = None


class ConfigItem(ThingItem, gc=False):
    """A ConfigMap."""

    data: dict[str, str] | None = None


class ClassSpec(Struct, gc=False):
    """Of an IngressClass."""

    controller: str | None = None


class ClassItem(ThingItem, gc=False):
    """An IngressClass."""

    spec: ClassSpec | None = None


class Service(Struct, gc=False):
    """A service a webhook calls."""

    name: str | None = None
    namespace: str | None = None


class ClientConfig(Struct, gc=False):
    """How a webhook is reached."""

    service: Service | None = None


class Hook(Struct, gc=False):
    """One webhook of a configuration."""

    clientConfig: ClientConfig | None = None


class WebhookItem(ThingItem, gc=False):
    """A ValidatingWebhookConfiguration."""

    webhooks: list[Hook] | None = None
