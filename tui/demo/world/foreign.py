"""What others put on the cluster that the extension would bring too, or stumble over: by scenario.

Owns names, labels and images of other people's installs. Must not know what the extension makes of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from tui.demo.world import crds, installed
from tui.demo.world.bodies import Body, Maker, Shown
from tui.demo.world.chatter import flow
from tui.demo.world.components import NAME, NAMESPACE
from tui.demo.world.containers import Box
from tui.demo.world.ground import SYSTEM, account, namespace, service
from tui.demo.world.nodes import Node
from tui.demo.world.scenario import Scenario
from tui.demo.world.workloads import Load, release_marks

VOLCANO_VERSION: Final = "v1.5.1"
_KUBECTL: Final = "kubectl-client-side-apply"
_RBAC: Final = "rbac.authorization.k8s.io"
_FLEXVOLUMES: Final = "/etc/kubernetes/volumeplugins"
_GPUS: Final = (("nvidia.com/gpu.present", "true"),)
_DAY: Final = 86400.0
_FIRST: Final = tuple(found for found in crds.PROMETHEUS if found.plural == "prometheuses")
PLUGINS: Final = "/var/lib/kubelet/device-plugins"


def shown(maker: Maker, scenario: Scenario, start: float) -> Iterator[Shown]:
    """Everything but workloads."""
    for name, make in SHOWN.items():
        if name in scenario:
            yield from make(maker, start - 20 * _DAY)


def intruder(maker: Maker, scenario: Scenario, created: float) -> Iterator[Shown]:
    """A definition that somebody makes just when an install begins."""
    for name, found in (("fail-ownership-volcano", crds.VOLCANO[:1]), ("fail-ownership-prometheus", _FIRST)):
        if name in scenario:
            yield from crds.shown(maker, found, created)


def loads(scenario: Scenario, found: Sequence[Node], since: float) -> Iterator[tuple[Load, list[Node]]]:
    """Workloads with their nodes; their logs begin at `since`."""
    plain = [node for node in found if node.pool.name == "cpu" and not node.trouble]
    with_gpus = [node for node in found if node.pool.gpus]
    for name, make in LOADS.items():
        for load in make(since) if name in scenario else ():
            everywhere = with_gpus if load.selector == _GPUS else list(found)
            yield load, everywhere if load.kind == "DaemonSet" else plain[:1]


def _load(
    kind: str, where: str, name: str, image: str, labels: Mapping[str, str], since: float, *, release: str = "",
    paths: tuple[tuple[str, str], ...] = (), args: tuple[str, ...] = (), port: int = 8080, gpus: bool = False,
) -> Load:  # fmt: skip
    """A workload of one container. `paths`: volumes and what they are of the host."""
    box = Box(name, image, "50m", "64Mi", "500m", "256Mi", args=args, ports=(("main", port),), mounts=paths)
    daemon = kind == "DaemonSet"
    return Load(
        "DaemonSet" if daemon else "Deployment", where, name, (box,), tuple(labels.items()), release,
        everywhere=daemon, volumes=tuple(_host(*each) for each in paths), selector=_GPUS if gpus else (),
        flows=((name, flow(name, since)),), spare=1 if daemon else 0,
    )  # fmt: skip


def _host(name: str, path: str) -> Body:
    return {"name": name, "hostPath": {"path": path, "type": ""}}


def _gpu_operator(since: float) -> Iterator[Load]:
    where = "gpu-operator"
    yield _load("Deployment", where, "gpu-operator", "nvcr.io/nvidia/gpu-operator:v23.9.2", {"app": "gpu-operator"},
                since, release="gpu-operator")  # fmt: skip
    yield _load("DaemonSet", where, "nvidia-device-plugin-daemonset", "nvcr.io/nvidia/k8s-device-plugin:v0.14.5",
                {"app": "nvidia-device-plugin-daemonset"}, since, paths=(("device-plugin", PLUGINS),),
                gpus=True)  # fmt: skip


def _volcano(since: float) -> Iterator[Load]:
    for name, image in (("admission", "vc-webhook-manager"), ("controllers", "vc-controller-manager"),
                        ("scheduler", "vc-scheduler")):  # fmt: skip
        yield _load("Deployment", "volcano-system", f"volcano-{name}", f"docker.io/volcanosh/{image}:{VOLCANO_VERSION}",
                    {"app": f"volcano-{name}"}, since)  # fmt: skip


def _volcano_shown(maker: Maker, created: float) -> Iterator[Shown]:
    yield from namespace(maker, "volcano-system", created)
    yield from crds.shown(maker, crds.VOLCANO, created)
    told = 'actions: "enqueue, allocate, backfill"\ntiers:\n- plugins:\n  - name: priority\n  - name: gang\n'
    data = {"volcano-scheduler.conf": told}
    yield _config(maker, "volcano-scheduler-configmap", "volcano-system", created, data)
    yield installed.queue(maker, created)


def _prometheus(since: float) -> Iterator[Load]:
    name = "kube-prometheus-stack-operator"
    yield _load("Deployment", "monitoring", name, "quay.io/prometheus-operator/prometheus-operator:v0.54.0",
                {"app": name, "app.kubernetes.io/component": "prometheus-operator"}, since,
                release="kube-prometheus-stack")  # fmt: skip


def _prometheus_shown(maker: Maker, created: float) -> Iterator[Shown]:
    yield from namespace(maker, "monitoring", created)
    yield from crds.shown(maker, crds.PROMETHEUS, created)


def _dcgm(since: float) -> Iterator[Load]:
    yield _load("DaemonSet", "gpu-metrics", "dcgm-exporter", "nvcr.io/nvidia/k8s/dcgm-exporter:3.3.0-3.2.0-ubuntu22.04",
                {"app.kubernetes.io/name": "dcgm-exporter"}, since, release="dcgm-exporter", port=9400,
                gpus=True)  # fmt: skip


def _nginx(since: float) -> Iterator[Load]:
    yield _load("Deployment", "ingress-nginx", "ingress-nginx-controller",
                "registry.k8s.io/ingress-nginx/controller:v1.9.4",
                {"app.kubernetes.io/name": "ingress-nginx", "app.kubernetes.io/component": "controller"}, since,
                release="ingress-nginx", args=("--controller-class=k8s.io/ingress-nginx", "--ingress-class=nginx"),
                port=80)  # fmt: skip


def _nginx_shown(maker: Maker, created: float) -> Iterator[Shown]:
    where, name = "ingress-nginx", "ingress-nginx-controller"
    yield from namespace(maker, where, created)
    own, annotations = release_marks(where, where)
    labels = {"app.kubernetes.io/name": "ingress-nginx", **own}
    for end, port, kind in (("", 80, "NodePort"), ("-admission", 443, "ClusterIP")):
        yield service(maker, where, name + end, created, port, {"app.kubernetes.io/name": "ingress-nginx"},
                      labels=labels, annotations=annotations, kind=kind)  # fmt: skip
    yield _webhook(maker, "ingress-nginx-admission", "validate.nginx.ingress.kubernetes.io", where, name + "-admission",
                   created)  # fmt: skip


def _webhook(maker: Maker, name: str, called: str, where: str, of: str, created: float) -> Shown:
    client = {"service": {"namespace": where, "name": of, "port": 443}}
    return "validatingwebhookconfigurations.admissionregistration.k8s.io", maker.make(
        "admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", name, created=created,
        webhooks=[{"name": called, "clientConfig": client, "failurePolicy": "Fail", "sideEffects": "None",
                   "admissionReviewVersions": ["v1"]}],
    )  # fmt: skip


def _gatekeeper(since: float) -> Iterator[Load]:
    name = "gatekeeper-controller-manager"
    yield _load("Deployment", "gatekeeper-system", name, "mcr.microsoft.com/oss/open-policy-agent/gatekeeper:v3.14.0",
                {"control-plane": "controller-manager", "gatekeeper.sh/system": "yes"}, since)  # fmt: skip


def _gatekeeper_shown(maker: Maker, created: float) -> Iterator[Shown]:
    where, name = "gatekeeper-system", "gatekeeper-webhook-service"
    yield from namespace(maker, where, created)
    yield service(maker, where, name, created, 443, {"gatekeeper.sh/system": "yes"})
    called = "validation.gatekeeper.sh"
    yield _webhook(maker, "gatekeeper-validating-webhook-configuration", called, where, name, created)


def _front_end(since: float) -> Iterator[Load]:
    yield _load("Deployment", "default", "azureml-fe", "mcr.microsoft.com/azureml/azureml-fe:20210408",
                {"azuremlappname": "azureml-fe"}, since, port=5001)  # fmt: skip


def _front_end_shown(maker: Maker, created: float) -> Iterator[Shown]:
    where = "default"
    yield account(maker, where, "azureml-fe", created)
    for name in ("azureml-fe", "azureml-fe-int-http"):
        yield service(maker, where, name, created, 80, {"azuremlappname": "azureml-fe"})
    yield "secrets", maker.make("v1", "Secret", "azuremlfessl", where, created=created, by=_KUBECTL, type="Opaque",
                                data={"key.pem": installed.fake("key")})  # fmt: skip
    yield _config(maker, "azuremlfeconfig", where, created, {"config.yaml": "replicas: 3\n"})
    role, binding = "azureml-fe-role", "azureml-fe-binding"
    rules = [{"apiGroups": [""], "resources": ["services", "pods"], "verbs": ["get", "list", "watch"]}]
    yield f"clusterroles.{_RBAC}", maker.make(f"{_RBAC}/v1", "ClusterRole", role, created=created, by=_KUBECTL,
                                              rules=rules)  # fmt: skip
    yield f"clusterrolebindings.{_RBAC}", maker.make(
        f"{_RBAC}/v1", "ClusterRoleBinding", binding, created=created, by=_KUBECTL,
        roleRef={"apiGroup": _RBAC, "kind": "ClusterRole", "name": role},
        subjects=[{"kind": "ServiceAccount", "name": "azureml-fe", "namespace": where}],
    )  # fmt: skip


def _leftovers(maker: Maker, created: float) -> Iterator[Shown]:
    """Of an extension that somebody removed by hand."""
    yield from namespace(maker, NAMESPACE, created)
    yield from crds.shown(maker, crds.EXTENSION, created)
    yield _config(maker, "amlarc-healthcheck", NAMESPACE, created, {"status-test-success": "Success"})
    yield from installed.records(maker, [(created, "failed")], NAME)


def _record(maker: Maker, created: float) -> Iterator[Shown]:
    """Helm's record of a release of that name."""
    yield from namespace(maker, NAMESPACE, created)
    yield from installed.records(maker, [(created, "pending-install")], NAME)


def _flexvolume(since: float) -> Iterator[Load]:
    image = "mcr.microsoft.com/k8s/flexvolume/blobfuse-flexvolume:1.0.17"
    yield _load("DaemonSet", SYSTEM, "blobfuse-flexvol-installer", image,
                {"k8s-app": "blobfuse", "name": "blobfuse"}, since, paths=(("volplugins", _FLEXVOLUMES),))  # fmt: skip


def _fuse(since: float) -> Iterator[Load]:
    yield _load("DaemonSet", SYSTEM, "fuse-device-plugin", "contoso.example/fuse-device-plugin:1.1",
                {"name": "fuse-device-plugin-ds"}, since, paths=(("device-plugin", PLUGINS),))  # fmt: skip


def _blob(since: float) -> Iterator[Load]:
    image = "mcr.microsoft.com/oss/kubernetes-csi/blob-csi:v1.22.3"
    yield _load("Deployment", SYSTEM, "csi-blob-controller", image, {"app": "csi-blob-controller"}, since)
    yield _load("DaemonSet", SYSTEM, "csi-blob-node", image, {"app": "csi-blob-node"}, since)


def _blob_shown(maker: Maker, created: float) -> Iterator[Shown]:
    yield "csidrivers.storage.k8s.io", maker.make(
        "storage.k8s.io/v1", "CSIDriver", "blob.csi.azure.com", created=created, by=_KUBECTL,
        spec={"attachRequired": False, "podInfoOnMount": True, "volumeLifecycleModes": ["Persistent", "Ephemeral"]},
    )  # fmt: skip


def _config(maker: Maker, name: str, where: str, created: float, data: dict[str, str]) -> Shown:
    return "configmaps", maker.make("v1", "ConfigMap", name, where, created=created, by=_KUBECTL, data=data)


def _just(name: str) -> Callable[[Maker, float], Iterator[Shown]]:
    return lambda maker, created: namespace(maker, name, created)


SHOWN: Final[Mapping[str, Callable[[Maker, float], Iterator[Shown]]]] = {
    "gpu-operator": _just("gpu-operator"), "foreign-volcano": _volcano_shown, "foreign-prometheus": _prometheus_shown,
    "foreign-dcgm": _just("gpu-metrics"), "foreign-nginx": _nginx_shown, "fail-webhook-nginx": _nginx_shown,
    "fail-policy": _gatekeeper_shown, "fail-name-in-use": _record, "legacy-fe": _front_end_shown,
    "leftovers": _leftovers, "blob-csi": _blob_shown,
}  # fmt: skip
LOADS: Final[Mapping[str, Callable[[float], Iterator[Load]]]] = {
    "gpu-operator": _gpu_operator, "foreign-volcano": _volcano, "foreign-prometheus": _prometheus,
    "foreign-dcgm": _dcgm, "foreign-nginx": _nginx, "fail-policy": _gatekeeper, "legacy-fe": _front_end,
    "blobfuse-flexvol": _flexvolume, "fuse-device": _fuse, "blob-csi": _blob,
}  # fmt: skip
