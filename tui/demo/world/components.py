"""The extension's parts in the cluster: those of 1.1 (GA), and what becomes a workload of them and of earlier ones.

Owns names, images and sizes of the components in namespace `azureml`, and which of them a wish brings. Must not know
how an install goes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tui.demo.world import components_preview
from tui.demo.world.bodies import Body
from tui.demo.world.chatter import flow
from tui.demo.world.containers import Box
from tui.demo.world.logs import Source
from tui.demo.world.parts import Part
from tui.demo.world.wish import NEWEST, Wish
from tui.demo.world.workload_bodies import Load

NAMESPACE: Final = "azureml"
NAME: Final = "amlarc-compute"
"""What the extension is called that is there at the beginning; clients may choose another name."""
VERSION: Final = NEWEST
REGISTRY: Final = "mcr.microsoft.com/azureml/amlarc/docker"
FLUENT: Final = "mcr.microsoft.com/oss/fluent/fluent-bit:v2.1.10"
TAINTS: Final = tuple((f"ml.azure.com/{name}", "true", "") for name in ("amlarc", "amlarc-system"))
GPU_NODES: Final = (("nvidia.com/gpu.present", "true"),)


PARTS: Final = (
    Part("aml-operator", "20m", "1", "128", "512", 21, when="training", follows=True),
    Part("gateway", "50m", "500m", "256", "2048", 26, follows=True),
    Part("cluster-status-reporter", "20m", "200m", "64", "256", 24),
    Part("relayserver", "20m", "500m", "64", "512", 31, replicas=2, when="relay", spare=1),
    Part("metrics-controller-manager", "10m", "100m", "20", "300", 17),
    Part("@-kube-state-metrics", "10m", "100m", "32", "256", 12, sidecar=False,
         image="mcr.microsoft.com/oss/kubernetes/kube-state-metrics:v2.9.2"),
    Part("@-prometheus-operator", "100m", "400m", "128", "512", 14, sidecar=False,
         image="mcr.microsoft.com/oss/prometheus-operator/prometheus-operator:v0.67.1", when="operator"),
    Part("volcano-admission", "20m", "500m", "64", "256", 19, port=8443, when="volcano"),
    Part("volcano-controllers", "50m", "1", "128", "512", 34, when="volcano"),
    Part("volcano-scheduler", "100m", "2", "128", "1024", 48, when="volcano"),
    Part("@-dcgm-exporter", "50m", "100m", "128", "512", 28, "DaemonSet", sidecar=False, port=9400,
         image="mcr.microsoft.com/azureml/amlarc/docker/dcgm-exporter:3.1.7-3.1.4", when="dcgm"),
    Part("nvidia-device-plugin-daemonset", "10m", "100m", "32", "128", 16, "DaemonSet", sidecar=False,
         image="mcr.microsoft.com/oss/nvidia/k8s-device-plugin:v0.14.1", when="nvidia"),
    Part("fluent-bit", "10m", "200m", "100", "300", 9, "DaemonSet", sidecar=False, port=2020, image=FLUENT,
         when="fluent-bit"),
    Part("amlarc-identity-controller", "200m", "1", "200", "1024", 22, when="inference"),
    Part("amlarc-identity-proxy", "200m", "1", "200", "1024", 23, when="inference"),
    Part("inference-operator-controller-manager", "100m", "1", "128", "1024", 27, when="inference"),
    Part("azureml-ingress-nginx-controller", "100m", "1", "64", "512", 20, sidecar=False,
         image="mcr.microsoft.com/oss/kubernetes/ingress/nginx-ingress-controller:v1.8.4", when="nginx"),
)  # fmt: skip
PROMETHEUS: Final = "prometheus-prom-prometheus"
FRONT_END: Final = "azureml-fe-v2"
_FIRST_FRONT_END: Final = "azureml-fe"
HEALTHCHECK: Final = "healthcheck"
DEVICE_PLUGIN: Final = "nvidia-device-plugin-daemonset"
_AT_ONCE: Final = 3
"""Pods of a DaemonSet that are made anew at the same time."""
_ON_GPUS: Final = ("dcgm", "nvidia")
_WITHOUT_PROBE: Final = ("nvidia", "fluent-bit", "blobfuse", "flexvol")


def parts(wish: Wish) -> tuple[Part, ...]:
    """What its version can bring."""
    return components_preview.PARTS if wish.preview else PARTS


def front_end(wish: Wish) -> str:
    """What its scoring front end is called."""
    return _FIRST_FRONT_END if wish.preview else FRONT_END


def loads(since: float, wish: Wish) -> Iterator[tuple[Part, Load]]:
    """Every component whose switch is on, as a workload; their logs begin at `since`."""
    on = wish.switches
    for part in parts(wish):
        if part.when in on:
            yield part, _load(part, since, wish)
    if "inference" in on:
        yield _front_end(since, wish)
    yield _prometheus(since, wish)


def _load(part: Part, since: float, wish: Wish) -> Load:
    short = part.name.removeprefix("@-")
    relay = (("RELAY_CONNECTION_STRING", "azureml-relay", "connectionString"),) if part.when == "relay" else ()
    main = Box(
        _container(part, short), part.image or f"{REGISTRY}/{short}:{wish.version}", part.cpu, f"{part.memory}Mi",
        part.cpu_limit, f"{part.memory_limit}Mi", ports=(("http", part.port),),
        probe="" if part.when in _WITHOUT_PROBE else "/healthz", message_from_log=True,
        env=(("POD_NAMESPACE", NAMESPACE), ("EXTENSION_VERSION", wish.version)), secret_env=relay,
    )  # fmt: skip
    sidecar = part.sidecar and "sidecar" in wish.switches
    boxes = (main, fluent_bit()) if sidecar else (main,)
    flows: list[tuple[str, Source]] = [(main.name, flow(main.name, since))]
    if sidecar:
        flows.append(("fluent-bit", flow("fluent-bit", since)))
    return Load(
        part.kind, NAMESPACE, part.name.replace("@", wish.name), boxes, _labels(part, short, wish), wish.name,
        account=short, tolerations=TAINTS, delay=part.delay, flows=tuple(flows),
        selector=(*(GPU_NODES if part.when in _ON_GPUS else ()), *wish.selector),
        volumes=(_config("fluent-bit-config"),) if sidecar else (), everywhere=part.kind == "DaemonSet",
        marks=_marks(part, wish), spare=_AT_ONCE if part.kind == "DaemonSet" else part.spare,
    )  # fmt: skip


def _container(part: Part, short: str) -> str:
    return "nvidia-device-plugin-ctr" if part.when == "nvidia" else short


def _labels(part: Part, short: str, wish: Wish) -> tuple[tuple[str, str], ...]:
    plugin = (("name", "nvidia-device-plugin-ds"),) if part.when == "nvidia" else ()
    return (("app", short), ("app.kubernetes.io/instance", wish.name), *plugin)


def _marks(part: Part, wish: Wish) -> tuple[tuple[str, str], ...]:
    """Annotations of the pods: other settings, other pods."""
    if part.when == "relay":
        return (("checksum/relay", wish.digest(wish.relay_string, wish.value("relayserver.hybridConnectionName"))),)
    return (("checksum/config", wish.digest()),) if part.follows else ()


def fluent_bit() -> Box:
    """The sidecar that sends logs to the cloud."""
    return Box(
        "fluent-bit", FLUENT, "10m", "100Mi", "200m", "300Mi", mounts=(("fluent-bit-config", "/fluent-bit/etc"),),
        ports=(("metrics", 2020),),
    )  # fmt: skip


def _config(name: str) -> Body:
    return {"name": name, "configMap": {"name": name, "defaultMode": 420}}


def _prometheus(since: float, wish: Wish) -> tuple[Part, Load]:
    """Made by the operator, which hands the marks of its own resource on."""
    part = Part(PROMETHEUS, "100m", "1", "512", "4096", 22, "StatefulSet", sidecar=False, port=9090)
    image = "mcr.microsoft.com/oss/prometheus/prometheus:v2.47.2"
    reloader = "mcr.microsoft.com/oss/prometheus-operator/prometheus-config-reloader:v0.67.1"
    boxes = (
        Box("prometheus", image, "90m", "462Mi", "900m", "4046Mi", ports=(("web", 9090),), probe="/-/ready"),
        Box("config-reloader", reloader, "10m", "50Mi", "100m", "50Mi", ports=(("reloader-web", 8081),), probe="/"),
    )
    flows = tuple((box.name, flow(box.name, since)) for box in boxes)
    labels = (("app.kubernetes.io/name", "prometheus"), ("prometheus", "prom-prometheus"))
    return part, Load(
        "StatefulSet", NAMESPACE, part.name, boxes, labels, wish.name, "prom-prometheus", tolerations=TAINTS,
        delay=part.delay, flows=flows, selector=wish.selector,
    )  # fmt: skip


def _front_end(since: float, wish: Wish) -> tuple[Part, Load]:
    count = 3 if wish.high else 1
    name = front_end(wish)
    part = Part(name, "900m", "2", "800", "1200", 36, replicas=count, port=8080, when="inference")
    boxes = tuple(
        Box(box, f"{REGISTRY}/azureml-fe-{box}:{wish.version}", cpu, memory, limit, most, ports=((box, port),))
        for box, cpu, memory, limit, most, port in (
            ("envoy", "700m", "500Mi", "1500m", "800Mi", 8080), ("xds", "100m", "200Mi", "300m", "200Mi", 18000),
            ("clb", "100m", "100Mi", "200m", "200Mi", 9080))
    )  # fmt: skip
    flows = tuple((box.name, flow(box.name, since)) for box in boxes)
    labels = (("azuremlappname", "azureml-fe"), ("app", name))
    return part, Load(
        "Deployment", NAMESPACE, part.name, boxes, labels, wish.name, "azureml-fe", tolerations=TAINTS,
        delay=part.delay, flows=flows, selector=wish.selector, apart=wish.high,
    )  # fmt: skip


def accounts(wish: Wish) -> list[str]:
    """The service accounts of all components."""
    return sorted({load.account for _part, load in loads(0.0, wish)} | {HEALTHCHECK})
