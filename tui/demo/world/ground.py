"""What the cluster stands on: namespaces, the system's own workloads, storage, roles.

Owns everything that was there before Arc came.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tui.demo.world.azure import TRAINING
from tui.demo.world.bodies import Body, Maker, Shown
from tui.demo.world.chatter import flow
from tui.demo.world.containers import Box
from tui.demo.world.nodes import Node
from tui.demo.world.workloads import Load

SYSTEM: Final = "kube-system"
SERVING: Final = "vision"
"""Another team's namespace, on the T4 nodes."""
_ADDON: Final = (("node-role.kubernetes.io/control-plane", "", "NoSchedule"), ("CriticalAddonsOnly", "", ""))
_CA: Final = "-----BEGIN CERTIFICATE-----\nthis is a demo, not a certificate\n-----END CERTIFICATE-----\n"


def namespace(maker: Maker, name: str, created: float, labels: dict[str, str] | None = None) -> Iterator[Shown]:
    """A namespace with what every namespace gets."""
    yield "namespaces", maker.make(
        "v1", "Namespace", name, created=created, by="kubectl-create", status={"phase": "Active"},
        labels={"kubernetes.io/metadata.name": name, **(labels or {})}, spec={"finalizers": ["kubernetes"]},
    )  # fmt: skip
    yield account(maker, name, "default", created)
    yield "configmaps", maker.make(
        "v1", "ConfigMap", "kube-root-ca.crt", name, created=created, by="kube-controller-manager",
        data={"ca.crt": _CA},
    )  # fmt: skip


def account(
    maker: Maker, where: str, name: str, created: float, labels: dict[str, str] | None = None,
    annotations: dict[str, str] | None = None,
) -> Shown:  # fmt: skip
    """A service account."""
    return "serviceaccounts", maker.make(
        "v1", "ServiceAccount", name, where, created=created, labels=labels, annotations=annotations
    )


def ground(maker: Maker, created: float) -> Iterator[Shown]:
    """Namespaces, storage and roles."""
    for name in ("default", SYSTEM, "kube-public", "kube-node-lease"):
        yield from namespace(maker, name, created)
    yield from namespace(maker, SERVING, created + 5 * 86400, {"team": "vision"})
    yield from namespace(maker, TRAINING, created + 30 * 86400, {"team": "ml-platform"})
    yield "storageclasses.storage.k8s.io", maker.make(
        "storage.k8s.io/v1", "StorageClass", "local-path", created=created, by="k3s",
        annotations={"storageclass.kubernetes.io/is-default-class": "true"}, provisioner="rancher.io/local-path",
        reclaimPolicy="Delete", volumeBindingMode="WaitForFirstConsumer",
    )  # fmt: skip
    yield "csidrivers.storage.k8s.io", maker.make(
        "storage.k8s.io/v1", "CSIDriver", "nfs.csi.k8s.io", created=created,
        spec={"attachRequired": False, "podInfoOnMount": False, "volumeLifecycleModes": ["Persistent"]},
    )  # fmt: skip
    yield service(maker, "default", "kubernetes", created, 443, {}, "10.43.0.1")
    yield service(maker, SYSTEM, "kube-dns", created, 53, {"k8s-app": "kube-dns"}, "10.43.0.10")
    for name, verbs in (("cluster-admin", ["*"]), ("view", ["get", "list", "watch"])):
        rules = [{"apiGroups": ["*"], "resources": ["*"], "verbs": verbs}]
        yield "clusterroles.rbac.authorization.k8s.io", maker.make(
            "rbac.authorization.k8s.io/v1", "ClusterRole", name, created=created, by="k3s", rules=rules,
            labels={"kubernetes.io/bootstrapping": "rbac-defaults"},
        )  # fmt: skip


def service(
    maker: Maker, where: str, name: str, created: float, port: int, selector: dict[str, str], ip: str = "",
    labels: dict[str, str] | None = None, annotations: dict[str, str] | None = None, headless: bool = False,
    kind: str = "ClusterIP",
) -> Shown:  # fmt: skip
    """A service on one port. A load balancer's has no address: nothing in this cluster gives one."""
    number = maker.dice.whole(11, 60000, "service", where, name)
    address = "None" if headless else ip or f"10.43.{number // 250}.{number % 250 + 2}"
    return "services", maker.make(
        "v1", "Service", name, where, created=created, labels=labels, annotations=annotations,
        spec={
            "clusterIP": address, "clusterIPs": [address], "type": kind, "sessionAffinity": "None",
            "internalTrafficPolicy": "Cluster", "ipFamilies": ["IPv4"], "ipFamilyPolicy": "SingleStack",
            "ports": [{"name": "main", "port": port, "protocol": "TCP", "targetPort": port,
                       **({} if kind == "ClusterIP" else {"nodePort": 30000 + number % 2767})}],
            **({"selector": selector} if selector else {}),
        },
        status={"loadBalancer": {}},
    )  # fmt: skip


def system_loads(
    found: list[Node], since: float, *, plugin: bool, offered: bool
) -> Iterator[tuple[Load, list[Node]]]:  # fmt: skip
    """The workloads of kube-system and of the team that serves models, with their nodes.

    `plugin`: a device plugin was installed by hand. `offered`: the nodes offer their GPUs, by whatever plugin.
    """
    plain = [node for node in found if node.pool.name == "cpu" and not node.trouble]
    gpus = [node for node in found if node.pool.gpus]
    yield _system("coredns", "rancher/mirrored-coredns-coredns:1.10.1", "100m", "70Mi", "170Mi", since), [
        plain[0], plain[-1]]  # fmt: skip
    yield _system("metrics-server", "rancher/mirrored-metrics-server:v0.7.0", "100m", "70Mi", "", since), plain[:1]
    yield _system("local-path-provisioner", "rancher/local-path-provisioner:v0.0.26", "", "", "", since), plain[-1:]
    yield _nfs(since), found
    if plugin:
        yield _device_plugin(since), gpus
    if offered:
        yield _serving(since), [node for node in gpus if node.pool.name == "gpu-t4"]


def _system(name: str, image: str, cpu: str, memory: str, limit: str, since: float) -> Load:
    box = Box(name, image, cpu, memory, "", limit, ports=(("http", 8080),))
    labels = (("k8s-app", "kube-dns" if name == "coredns" else name),)
    return Load("Deployment", SYSTEM, name, (box,), labels, account=name, tolerations=_ADDON,
                flows=((name, flow(name, since)),))  # fmt: skip


def _nfs(since: float) -> Load:
    boxes = (
        Box("liveness-probe", "registry.k8s.io/sig-storage/livenessprobe:v2.12.0", "10m", "20Mi", "", "100Mi"),
        Box("nfs", "registry.k8s.io/sig-storage/nfsplugin:v4.6.0", "10m", "20Mi", "", "300Mi",
            ports=(("healthz", 29653),)),
    )  # fmt: skip
    return Load("DaemonSet", SYSTEM, "csi-nfs-node", boxes, (("app", "csi-nfs-node"),), account="csi-nfs-node-sa",
                everywhere=True, host_network=True,
                flows=tuple((box.name, flow(box.name, since)) for box in boxes))  # fmt: skip


def _device_plugin(since: float) -> Load:
    """Installed by hand before the extension came, which therefore must not install its own."""
    box = Box("nvidia-device-plugin-ctr", "nvcr.io/nvidia/k8s-device-plugin:v0.14.5",
              mounts=(("device-plugin", "/var/lib/kubelet/device-plugins"),))  # fmt: skip
    volume: Body = {"name": "device-plugin", "hostPath": {"path": "/var/lib/kubelet/device-plugins", "type": ""}}
    return Load("DaemonSet", SYSTEM, "nvidia-device-plugin-daemonset", (box,), (("name", "nvidia-device-plugin-ds"),),
                everywhere=True, volumes=(volume,), selector=(("nvidia.com/gpu.present", "true"),),
                flows=((box.name, flow(box.name, since)),))  # fmt: skip


def _serving(since: float) -> Load:
    box = Box("triton", "contoso.example/vision/triton:24.04", "2", "8Gi", "4", "16Gi", 1, ports=(("http", 8000),),
              probe="/v2/health/ready",
              env=(("MODEL_REPOSITORY", "/models"), ("API_KEY", "demo-not-a-real-key")))  # fmt: skip
    return Load("Deployment", SERVING, "triton-serving", (box,), (("app", "triton-serving"),),
                tolerations=(("sku", "gpu", "NoSchedule"),), selector=(("accelerator", "nvidia-t4"),), delay=40,
                flows=(("triton", flow("triton", since)),))  # fmt: skip
