"""What was asked of the extension: its settings as the chart reads them.

Pure. Owns names, defaults and meaning of settings to the chart. Must not know the cluster they are asked of.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, Final, Literal

When = Literal[
    "",
    "training",
    "inference",
    "volcano",
    "operator",
    "dcgm",
    "nvidia",
    "nginx",
    "relay",
    "fluent-bit",
    "sidecar",
    "blobfuse",
    "flexvol",
]
"""The switches that components need."""
Service = Literal["LoadBalancer", "NodePort", "ClusterIP"]

NEWEST: Final = "1.1.39"
TRAINS: Final = ("stable", "preview")
VERSIONS: Final = frozenset(
    {f"1.0.{n}" for n in (13, 20, 28, 29, 37)} | {f"1.1.{n}" for n in (5, 6, 9, 10, 16, 17, *range(19, 24))}
    | {f"1.1.{n}" for n in range(25, 40)}
)  # fmt: skip
"""The charts that were published."""
SIDECARS: Final = (1, 1, 17)
"""Since then each component sends its log by a container of its own."""
_NODE_SELECTOR: Final = re.compile(r"nodeSelector\.(.+)", re.IGNORECASE)
_SERVICES: Final[Mapping[str, Service]] = {
    "loadbalancer": "LoadBalancer", "nodeport": "NodePort", "clusterip": "ClusterIP",
}  # fmt: skip
_RELAY: Final = "relayserver.relayConnectionString"


@dataclass(frozen=True, slots=True)
class Wish:
    """One release, as it was asked for. `settings` and `protected` have their keys as they were given."""

    name: str
    settings: Mapping[str, str] = field(default_factory=dict)
    protected: Mapping[str, str] = field(default_factory=dict)
    pinned: str = ""
    train: str = "stable"

    def value(self, key: str, default: str = "") -> str:
        """A setting, whatever the casing of its key."""
        return next((value for name, value in self.settings.items() if name.lower() == key.lower()), default)

    def secret(self, key: str) -> str:
        """A protected setting; one that was given openly does as well."""
        held = next((value for name, value in self.protected.items() if name.lower() == key.lower()), "")
        return held or self.value(key)

    def on(self, key: str, default: str = "false") -> bool:
        """A switch."""
        return self.value(key, default).strip().lower() == "true"

    @property
    def version(self) -> str:
        """The chart's."""
        return self.pinned or NEWEST

    @property
    def published(self) -> bool:
        """There is such a chart on that release train."""
        return self.version in VERSIONS and self.train.lower() in TRAINS

    @property
    def number(self) -> tuple[int, ...]:
        """The version, to be compared."""
        return tuple(int(part) for part in re.findall(r"\d+", self.version))

    @property
    def preview(self) -> bool:
        """A chart of 2021: 1.0.x."""
        return self.number[:2] == (1, 0)

    @property
    def training(self) -> bool:
        """It runs jobs."""
        return self.on("enableTraining")

    @property
    def inference(self) -> bool:
        """It serves endpoints."""
        return self.on("enableInference")

    @property
    def relay(self) -> bool:
        """Jobs come in over Azure Relay."""
        return self.on("relayserver.enabled", "true")

    @property
    def relay_string(self) -> str:
        """How it opens its hybrid connection."""
        return self.secret(_RELAY)

    @property
    def high(self) -> bool:
        """Three scoring front ends, no two of them on one node."""
        small = self.value("clusterPurpose").lower() == "devtest" and not self.value("inferenceRouterHA")
        return self.inference and self.on("inferenceRouterHA", "true") and not small

    @property
    def service(self) -> Service:
        """How the scoring front end is reached from outside."""
        asked = _SERVICES.get(self.value("inferenceRouterServiceType").lower())
        return asked or ("NodePort" if self.on("scoringFe.serviceType.nodePort") else "LoadBalancer")

    @property
    def internal(self) -> bool:
        """Its load balancer is to be an internal one of Azure."""
        given = self.value("internalLoadBalancerProvider").lower() == "azure"
        return given or self.on("scoringFe.serviceType.internalLoadBalancer")

    @property
    def _certificate(self) -> bool:
        return bool(self.secret("scoringFe.sslCert") and self.secret("scoringFe.sslKey"))

    @property
    def tls_secret(self) -> str:
        """The Secret of the cluster that has certificate and key; empty when they are given or not needed."""
        if self.on("allowInsecureConnections") or self._certificate:
            return ""
        return self.value("sslSecret") or self.value("scoringFe.sslSecret")

    @property
    def tls_lacks(self) -> str:
        """What keeps it from serving TLS; empty when nothing does, as far as settings say."""
        if self.on("allowInsecureConnections"):
            return ""
        if not self._certificate and not self.tls_secret:
            return "neither a key and certificate nor a secret is given, and insecure connections are not allowed"
        return "" if self.value("sslCname") else "sslCname is not set"

    @property
    def nginx(self) -> bool:
        """It brings an ingress controller."""
        return self.inference and self.on("nginxIngress.enabled")

    @property
    def selector(self) -> tuple[tuple[str, str], ...]:
        """Labels of the nodes that its components go to."""
        found = ((_NODE_SELECTOR.fullmatch(key), value) for key, value in self.settings.items())
        return tuple(sorted((match[1].replace("\\.", "."), value) for match, value in found if match))

    @property
    def switches(self) -> frozenset[When]:
        """What is on."""
        sidecars, jobs = self.number >= SIDECARS, "true" if self.preview and self.training else "false"
        asked: dict[When, bool] = {
            "": True, "training": self.training, "inference": self.inference,
            "volcano": self.training and not self.preview and self.on("installVolcano", "true"),
            "operator": self.on("installPromOp", "true") and not self.on("reuseExistingPromOp"),
            "dcgm": self.on("installDcgmExporter"),
            "nvidia": self.on("installNvidiaDevicePlugin", "true" if self.preview else "false"),
            "nginx": self.nginx, "relay": self.relay, "fluent-bit": not sidecars, "sidecar": sidecars,
            "blobfuse": self.preview and self.on("installBlobfuseSysctl", jobs),
            "flexvol": self.preview and self.on("installBlobfuseFlexvol", jobs),
        }  # fmt: skip
        return frozenset(switch for switch, on in asked.items() if on)

    def digest(self, *parts: str) -> str:
        """Of some texts, or of all settings: 16 hexadecimal digits that pods carry, to be made anew with them."""
        told = parts or [f"{key}={value}" for key, value in sorted(self.settings.items())]
        return blake2b("\n".join(told).encode(), digest_size=8).hexdigest()


def of_resource(body: Mapping[str, Any]) -> Wish:
    """What an extension's resource asks for."""
    inner = body["properties"]
    name = str(body.get("name") or str(body["id"]).rsplit("/", 1)[-1])
    return Wish(
        name, dict(inner.get("configurationSettings") or {}), dict(inner.get("configurationProtectedSettings") or {}),
        str(inner.get("version") or ""), str(inner.get("releaseTrain") or "stable"),
    )  # fmt: skip
