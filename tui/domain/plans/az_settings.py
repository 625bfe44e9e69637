"""What the az CLI makes of an operator's settings before it sends them: the hidden half of every request.

Owns the values that follow from others: where the cluster is, what its size and kind ask for, what the scoring front
end needs, and the keys that must be said twice. A value the operator gave is never overwritten. Must not know which
Azure resources there are; what is allowed is `settings_rules`'.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from typing import Final, TypeVar

from tui.core.secret import Secret
from tui.domain.cluster import ClusterRow
from tui.domain.extension import masked
from tui.domain.plans.az_names import Home
from tui.domain.plans.plan import Fill
from tui.domain.settings.catalogue import Era, is_true, spelled

Value = str | Secret | Fill
V = TypeVar("V", bound=Value)

FEW_NODES: Final = 3
"""With fewer, three front ends on three nodes cannot be."""
RELAY: Final = "relayServerConnectionString"
BUS: Final = "serviceBusConnectionString"
LOGS: Final = "azure_log_analytics.connection_string"
CERTIFICATE: Final = "sslCertPemFile"
KEY: Final = "sslKeyPemFile"
PEM: Final[Mapping[str, str]] = {CERTIFICATE: "scoringFe.sslCert", KEY: "scoringFe.sslKey"}
"""What the operator gives as PEM text, and the key under which it is sent as base64."""
TWICE: Final[Mapping[str, tuple[str, ...]]] = {
    RELAY: ("relayserver.relayConnectionString",),
    BUS: ("servicebus.connectionString",),
    "cluster_name": ("clusterId", "prometheus.prometheusSpec.externalLabels.cluster_name"),
}
"""A key, and the other keys that carry its value too."""


def value_of(settings: Mapping[str, V], key: str) -> V | None:
    """The value of a key, its case ignored."""
    return next((value for name, value in settings.items() if name.lower() == key.lower()), None)


def on(settings: Mapping[str, str], key: str) -> bool:
    """Whether a switch is given, and on."""
    return is_true(value_of(settings, key) or "")


def off(settings: Mapping[str, str], key: str) -> bool:
    """Whether a switch is given, and off."""
    return (value_of(settings, key) or "").strip().lower() == "false"


def with_defaults(settings: Mapping[str, str], more: Mapping[str, str]) -> dict[str, str]:
    """The settings, and those of `more` that they lack."""
    given = {key.lower() for key in settings}
    return {**settings, **{key: value for key, value in more.items() if key.lower() not in given}}


def of_cluster(home: Home, cluster: ClusterRow, settings: Mapping[str, str], era: Era) -> dict[str, str]:
    """What follows from where the cluster is, how large it is and what kind it is."""
    managed = home.is_managed
    return {
        "cluster_name": home.cluster_id, "cluster_name_friendly": home.cluster,
        "domain": f"{home.location}.cloudapp.azure.com", "location": home.location,
        "jobSchedulerLocation": home.location,
        "relayserver.enabled": "false" if managed else "true",
        "nginxIngress.enabled": "true" if managed else "false",
        **({"servicebus.enabled": "false"} if era == "C" else {}),
        **({"openshift": "true"} if cluster.distribution == "openshift" else {}),
        **(_of_size(cluster.nodes) if era == "C" else _of_size_before(cluster.nodes, settings)),
    }  # fmt: skip


def _of_size(nodes: int) -> dict[str, str]:
    """Nobody knows how many nodes there are until the agents report: 0 says nothing."""
    return {"clusterPurpose": "DevTest", "inferenceRouterHA": "false"} if 0 < nodes < FEW_NODES else {}


def _of_size_before(nodes: int, settings: Mapping[str, str]) -> dict[str, str]:
    """The same in the preview, where the purpose followed from the front ends."""
    if not on(settings, "enableInference"):
        return {}
    few = 0 < nodes < FEW_NODES and value_of(settings, "inferenceLoadBalancerHA") is None
    single = few or off(settings, "inferenceLoadBalancerHA")
    purpose = {"clusterPurpose": "DevTest" if single else "FastProd"}
    return {**purpose, "inferenceLoadBalancerHA": "false"} if few else purpose


def of_scoring(settings: Mapping[str, str], protected: Mapping[str, Value]) -> dict[str, str]:
    """What the scoring front end needs at a deploy; empty without inference."""
    if not on(settings, "enableInference"):
        return {}
    found: dict[str, str] = {}
    if on(settings, "isAKSMigration"):
        found |= {"scoringFe.namespace": "default", "isAKSMigration": "true"}
    if _node_port(settings):
        found["scoringFe.serviceType.nodePort"] = "True"
    elif _internal(settings):
        found["scoringFe.serviceType.internalLoadBalancer"] = "True"
    secret = value_of(settings, "sslSecret")
    if secret and not on(settings, "allowInsecureConnections") and not _has_pair(protected):
        found["scoringFe.sslSecret"] = secret
    return found


def of_scoring_change(settings: Mapping[str, str], protected: Mapping[str, Value]) -> dict[str, str]:
    """The same at an update, from the changed settings: what is switched off must be said, too."""
    found: dict[str, str] = {}
    if value_of(settings, "inferenceRouterServiceType"):
        found["scoringFe.serviceType.nodePort"] = str(_node_port(settings))
    if value_of(settings, "internalLoadBalancerProvider"):
        found["scoringFe.serviceType.internalLoadBalancer"] = str(_internal(settings))
    secret = value_of(settings, "sslSecret")
    if secret and not _has_pair(protected):
        found["scoringFe.sslSecret"] = secret
    return found


def _node_port(settings: Mapping[str, str]) -> bool:
    kind = (value_of(settings, "inferenceRouterServiceType") or "").strip().lower()
    return kind == "nodeport" or on(settings, "privateEndpointNodeport")


def _internal(settings: Mapping[str, str]) -> bool:
    provider = (value_of(settings, "internalLoadBalancerProvider") or "").strip().lower()
    return provider == "azure" or on(settings, "privateEndpointILB")


def _has_pair(protected: Mapping[str, Value]) -> bool:
    return all(value_of(protected, name) for name in PEM)


def pem_as_sent(protected: Mapping[str, Value], *, wanted: bool) -> dict[str, Value]:
    """The protected settings with certificate and key as the chart takes them: base64, under its own keys.

    The az CLI leaves the paths of the two files beside them, which no chart reads; here they are texts, and go away.
    """
    rest = {key: value for key, value in protected.items() if spelled(key) not in PEM}
    pair = {sent: value_of(protected, name) for name, sent in PEM.items()}
    if not wanted or not all(pair.values()):
        return rest
    return {**{sent: _encoded(value) for sent, value in pair.items() if value is not None}, **rest}


def _encoded(value: Value) -> Value:
    """base64, without which it could not be sent."""
    match value:
        case Secret():
            return Secret(b64encode(value.reveal().encode()).decode())
        case Fill():
            return Fill(value.name, encoded=True)
    return b64encode(value.encode()).decode()


def said_twice(values: Mapping[str, V]) -> dict[str, V]:
    """The values, and each also under the other keys that carry it, unless those are given."""
    made = dict(values)
    for key, others in TWICE.items():
        value = value_of(values, key)
        if value is not None:
            made |= {other: value for other in others if value_of(values, other) is None}
    return made


def hidden(settings: Mapping[str, Value]) -> dict[str, Value]:
    """Settings for a body: a secret that was put among the plain ones is sent as given, and never shown."""
    return {
        key: Secret(value) if isinstance(value, str) and masked(key, value) != value else value
        for key, value in settings.items()
    }
