"""The extension's parts in the cluster: era C (1.1.x), training on.

Owns names, images and sizes of the components in namespace `azureml`. Must not know how an install goes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Final, Literal

from tui.demo.world.bodies import Body
from tui.demo.world.chatter import flow
from tui.demo.world.containers import Box
from tui.demo.world.logs import Source
from tui.demo.world.workloads import Kind, Load

NAMESPACE: Final = "azureml"
NAME: Final = "amlarc-compute"
VERSION: Final = "1.1.39"
REGISTRY: Final = "mcr.microsoft.com/azureml/amlarc/docker"
FLUENT: Final = "mcr.microsoft.com/oss/fluent/fluent-bit:v2.1.10"
TAINTS: Final = tuple((f"ml.azure.com/{name}", "true", "") for name in ("amlarc", "amlarc-system"))


When = Literal["", "training", "inference", "volcano", "operator", "dcgm"]


def switches(settings: Mapping[str, str]) -> frozenset[When]:
    """What is on by the extension's settings; names and values in any casing."""
    lower = {key.lower(): value.strip().lower() for key, value in settings.items()}

    def on(name: str, default: str) -> bool:
        return lower.get(name.lower(), default) == "true"

    found: set[When] = {""}
    found |= {"training"} if on("enableTraining", "false") else set()
    found |= {"inference"} if on("enableInference", "false") else set()
    found |= {"volcano"} if "training" in found and on("installVolcano", "true") else set()
    found |= {"operator"} if on("installPromOp", "true") else set()
    found |= {"dcgm"} if on("installDcgmExporter", "false") else set()
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Part:
    """One component."""

    name: str
    cpu: str
    cpu_limit: str
    memory: str
    """MiB."""
    memory_limit: str
    delay: float
    """Seconds from its making until it runs."""
    kind: Kind = "Deployment"
    replicas: int = 1
    sidecar: bool = True
    """Its log goes to the cloud through a fluent-bit container (since 1.1.17)."""
    port: int = 8080
    image: str = ""
    when: When = ""
    """The switch that it needs."""


PARTS: Final = (
    Part("aml-operator", "20m", "1", "128", "512", 21, when="training"),
    Part("gateway", "50m", "500m", "256", "2048", 26),
    Part("cluster-status-reporter", "20m", "200m", "64", "256", 24),
    Part("relayserver", "20m", "500m", "64", "512", 31, replicas=2),
    Part("metrics-controller-manager", "10m", "100m", "20", "300", 17),
    Part(f"{NAME}-kube-state-metrics", "10m", "100m", "32", "256", 12, sidecar=False,
         image="mcr.microsoft.com/oss/kubernetes/kube-state-metrics:v2.9.2"),
    Part(f"{NAME}-prometheus-operator", "100m", "400m", "128", "512", 14, sidecar=False,
         image="mcr.microsoft.com/oss/prometheus-operator/prometheus-operator:v0.67.1", when="operator"),
    Part("volcano-admission", "20m", "500m", "64", "256", 19, port=8443, when="volcano"),
    Part("volcano-controllers", "50m", "1", "128", "512", 34, when="volcano"),
    Part("volcano-scheduler", "100m", "2", "128", "1024", 48, when="volcano"),
    Part(f"{NAME}-dcgm-exporter", "50m", "100m", "128", "512", 28, "DaemonSet", sidecar=False, port=9400,
         image="mcr.microsoft.com/azureml/amlarc/docker/dcgm-exporter:3.1.7-3.1.4", when="dcgm"),
    Part("amlarc-identity-controller", "200m", "1", "200", "1024", 22, when="inference"),
    Part("amlarc-identity-proxy", "200m", "1", "200", "1024", 23, when="inference"),
    Part("inference-operator-controller-manager", "100m", "1", "128", "1024", 27, when="inference"),
)  # fmt: skip
PROMETHEUS: Final = "prometheus-prom-prometheus"
FRONT_END: Final = "azureml-fe-v2"
HEALTHCHECK: Final = "healthcheck"


def loads(since: float, on: Set[When]) -> Iterator[tuple[Part, Load]]:
    """Every component whose switch is on, as a workload; their logs begin at `since`."""
    for part in PARTS:
        if part.when in on:
            yield part, _load(part, since)
    if "inference" in on:
        yield _front_end(since)
    yield _prometheus(since)


def _load(part: Part, since: float) -> Load:
    short = part.name.removeprefix(f"{NAME}-")
    relay = (("RELAY_CONNECTION_STRING", "azureml-relay", "connectionString"),)
    main = Box(
        short, part.image or f"{REGISTRY}/{short}:{VERSION}", part.cpu, f"{part.memory}Mi", part.cpu_limit,
        f"{part.memory_limit}Mi", ports=(("http", part.port),), probe="/healthz", message_from_log=True,
        env=(("POD_NAMESPACE", NAMESPACE), ("EXTENSION_VERSION", VERSION)),
        secret_env=relay if short == "relayserver" else (),
    )  # fmt: skip
    boxes = (main, fluent_bit()) if part.sidecar else (main,)
    flows: list[tuple[str, Source]] = [(short, flow(short, since))]
    if part.sidecar:
        flows.append(("fluent-bit", flow("fluent-bit", since)))
    return Load(
        part.kind, NAMESPACE, part.name, boxes, (("app", short), ("app.kubernetes.io/instance", NAME)), NAME,
        account=short, tolerations=TAINTS, delay=part.delay, flows=tuple(flows),
        selector=(("nvidia.com/gpu.present", "true"),) if part.when == "dcgm" else (),
        volumes=(_config("fluent-bit-config"),) if part.sidecar else (), everywhere=part.kind == "DaemonSet",
    )  # fmt: skip


def fluent_bit() -> Box:
    """The sidecar that sends logs to the cloud."""
    return Box(
        "fluent-bit", FLUENT, "10m", "100Mi", "200m", "300Mi", mounts=(("fluent-bit-config", "/fluent-bit/etc"),),
        ports=(("metrics", 2020),),
    )  # fmt: skip


def _config(name: str) -> Body:
    return {"name": name, "configMap": {"name": name, "defaultMode": 420}}


def _prometheus(since: float) -> tuple[Part, Load]:
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
        "StatefulSet", NAMESPACE, part.name, boxes, labels, account="prom-prometheus", tolerations=TAINTS,
        delay=part.delay, flows=flows,
    )  # fmt: skip


def _front_end(since: float) -> tuple[Part, Load]:
    part = Part(FRONT_END, "900m", "2", "800", "1200", 36, replicas=1, port=8080, when="inference")
    boxes = tuple(
        Box(name, f"{REGISTRY}/azureml-fe-{name}:{VERSION}", cpu, memory, limit, most, ports=((name, port),))
        for name, cpu, memory, limit, most, port in (
            ("envoy", "700m", "500Mi", "1500m", "800Mi", 8080), ("xds", "100m", "200Mi", "300m", "200Mi", 18000),
            ("clb", "100m", "100Mi", "200m", "200Mi", 9080))
    )  # fmt: skip
    flows = tuple((box.name, flow(box.name, since)) for box in boxes)
    labels = (("azuremlappname", "azureml-fe"), ("app", FRONT_END))
    return part, Load(
        "Deployment", NAMESPACE, part.name, boxes, labels, NAME, "azureml-fe", tolerations=TAINTS, delay=part.delay,
        flows=flows,
    )  # fmt: skip


def accounts(on: Set[When]) -> list[str]:
    """The service accounts of all components."""
    return sorted({load.account for _part, load in loads(0.0, on)} | {HEALTHCHECK})
