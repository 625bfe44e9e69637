"""The configuration settings of the extension: meaning, kind and default by era.

Owns the catalogue and its lookups. All values are strings on the wire; keys are Helm values, so their case matters to
the cluster while every lookup here ignores it. Era B: 1.0.x, the preview of 2021; era C: 1.1 and later. Must not know
rules between settings (`settings_rules`) nor how they are written (`settings_text`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Final, Literal

from msgspec import Struct

Era = Literal["A", "B", "C"]
Kind = Literal["bool", "text", "choice", "int", "file", "secret", "set by az"]
"""`file`: given as a file's content, protected. `int` may also be one of the choices."""
Group = Literal["seed", "ga", "advanced"]
Harmed = Literal["jobs", "endpoints"]

SWITCH: Final = ("True", "False")
TOLERATION_FIELDS: Final = ("key", "operator", "value", "effect")
_LONGEST: Final = 100
"""Characters of a key that has no entry for which a likely one is looked for."""


class Setting(Struct, frozen=True):
    """One setting."""

    key: str
    kind: Kind
    """`set by az`: the az CLI fills it in, it says nothing about the operator's wishes."""
    meaning: str
    before: str | None
    """Default in era B; None: it did not exist."""
    now: str | None
    """Default in era C; None: it is gone."""
    group: Group = "advanced"
    choices: tuple[str, ...] = ()
    """All values it may have, compared without case; empty: any."""
    wire: str = ""
    """The key its value is sent under, empty when that is its own. A file's content goes there as base64."""
    instead: str = ""
    """What does its work in the other era."""
    harms: tuple[Harmed, ...] = ()
    """Running work that a change of it disturbs."""
    harms_off: bool = False
    """Only switching it off does."""
    refetched: bool = False
    """A protected value that can be read from Azure again: nobody has to keep it."""

    @property
    def protected(self) -> bool:
        """It belongs into configurationProtectedSettings."""
        return self.kind in ("file", "secret")

    def default(self, era: Era) -> str | None:
        """The default, None when that era does not know the setting. May name another setting: `enableTraining`."""
        return self.now if era == "C" else self.before

    def knows(self, value: str) -> bool:
        """Whether the value is one of its kind."""
        folded = value.strip().lower()
        if self.kind == "int" and folded.isascii() and folded.isdigit():
            return int(folded[:9]) > 0
        return not self.choices or folded in map(str.lower, self.choices)


def _s(
    key: str, kind: Kind, before: str | None, now: str | None, meaning: str, group: Group = "advanced",
    choices: tuple[str, ...] = (), wire: str = "", instead: str = "", harms: tuple[Harmed, ...] = (),
    harms_off: bool = False, refetched: bool = False,
) -> Setting:  # fmt: skip
    choices = SWITCH if kind == "bool" else choices
    return Setting(key, kind, meaning, before, now, group, choices, wire, instead, harms, harms_off, refetched)


_BOTH: Final[tuple[Harmed, ...]] = ("jobs", "endpoints")
_ENDPOINTS: Final[tuple[Harmed, ...]] = ("endpoints",)
_SERVICES: Final = ("loadBalancer", "nodePort", "clusterIP")
CATALOGUE: Final[tuple[Setting, ...]] = (
    _s("enableTraining", "bool", "False", "False", "run training jobs", "seed", harms=("jobs",), harms_off=True),
    _s("installNvidiaDevicePlugin", "bool", "True", "False", "install the NVIDIA device plugin", "seed",
       harms=_BOTH, harms_off=True),
    _s("logAnalyticsWS", "bool", "False", "False", "send component logs to Log Analytics (costs)", "seed"),
    _s("installBlobfuseSysctl", "bool", "enableTraining", None, "install blobfuse on the hosts", "seed"),
    _s("installBlobfuseFlexvol", "bool", "enableTraining", None, "install the blobfuse flexvolume driver", "seed"),
    _s("volumePluginDir", "text", "/etc/kubernetes/volumeplugins", None, "where the kubelet looks for flexvolumes",
       "seed"),
    _s("enableInference", "bool", "False", "False", "serve endpoints", "ga", harms=_ENDPOINTS, harms_off=True),
    _s("inferenceRouterServiceType", "choice", None, "", "how the scoring front end is reached", "ga", _SERVICES,
       harms=_ENDPOINTS, instead="privateEndpointNodeport or privateEndpointILB"),
    _s("internalLoadBalancerProvider", "choice", None, "", "azure: internal load balancer, AKS only", "ga", ("azure",),
       harms=_ENDPOINTS, instead="privateEndpointILB"),
    _s("allowInsecureConnections", "bool", "False", "False", "scoring without TLS", "ga", harms=_ENDPOINTS),
    _s("sslSecret", "text", "", "", "secret in namespace azureml with cert.pem and key.pem", "ga"),
    _s("sslCname", "text", "", "", "host name of the scoring certificate", "ga", harms=_ENDPOINTS),
    _s("sslCertPemFile", "file", "", "", "certificate of the scoring front end", "ga", wire="scoringFe.sslCert"),
    _s("sslKeyPemFile", "file", "", "", "key of the scoring front end", "ga", wire="scoringFe.sslKey"),
    _s("inferenceRouterHA", "bool", None, "True", "three scoring front ends; needs three nodes", "ga",
       instead="inferenceLoadBalancerHA"),
    _s("installPromOp", "bool", None, "True", "install the Prometheus operator", "ga", instead="reuseExistingPromOp"),
    _s("installVolcano", "bool", None, "True", "install Volcano", "ga"),
    _s("installDcgmExporter", "bool", None, "False", "install the GPU metrics exporter", "ga"),
    _s("privateEndpointILB", "bool", "False", None, "private endpoint by internal load balancer",
       instead="inferenceRouterServiceType=loadBalancer and internalLoadBalancerProvider=azure"),
    _s("privateEndpointNodeport", "bool", "False", None, "private endpoint by node port",
       instead="inferenceRouterServiceType=nodePort"),
    _s("inferenceLoadBalancerHA", "bool", "True", None, "three scoring front ends", instead="inferenceRouterHA"),
    _s("openshift", "bool", "False", "False", "the cluster is OpenShift"),
    _s("blobCsiDriverEnabled", "bool", "True", "True", "install the blob CSI driver"),
    _s("reuseExistingPromOp", "bool", "False", None, "use the Prometheus operator that is there",
       instead="installPromOp=False"),
    _s("enable_https", "bool", "True", None, "certificates from the cluster's signer"),
    _s("blobfuseSysctlInstall.enabled", "bool", "True", None, "install blobfuse on the hosts"),
    _s("volcanoScheduler.enable", "bool", None, "True", "run the Volcano scheduler"),
    _s("clusterPurpose", "choice", "FastProd", "FastProd", "DevTest: one of each; FastProd: enough for production",
       choices=("DevTest", "FastProd")),
    _s("relayserver.enabled", "set by az", "true", "true", "jobs come in over Azure Relay"),
    _s("servicebus.enabled", "set by az", "true", "false", "status goes out over Service Bus"),
    _s("nginxIngress.enabled", "set by az", "false", "false", "install an ingress controller (AKS)"),
    _s("nginxIngress.controller", "text", None, "k8s.io/ingress-nginx", "class of the ingress controller"),
    _s("nginxIngress.controllerConfig.worker-processes", "int", None, "auto", "workers of the ingress controller",
       choices=("auto",)),
    _s("nginxIngress.resources.controller.limits.memory", "text", None, "", "memory limit of the ingress"),
    _s("volcanoScheduler.schedulerConfigMap", "text", None, "", "a scheduler configuration of your own"),
    _s("amloperator.skipResourceValidation", "bool", "false", "false", "take types larger than any node"),
    _s("amloperator.custom_ip_interface_enabled", "bool", "False", "False", "MPI over another interface than eth0"),
    _s("amloperator.custom_ip_interface", "text", "", "", "the interface MPI uses"),
    _s("scoringFe.namespace", "text", "", "azureml", "namespace of the scoring front end"),
    _s("scoringFe.serviceType.nodePort", "set by az", "", "", "from inferenceRouterServiceType"),
    _s("scoringFe.serviceType.internalLoadBalancer", "set by az", "", "", "from internalLoadBalancerProvider"),
    _s("scoringFe.sslSecret", "set by az", "", "", "from sslSecret"),
    _s("isAKSMigration", "bool", "False", "False", "the cluster had the first inference router"),
    _s("relayserver.hybridConnectionResourceID", "set by az", "", "", "id of the hybrid connection"),
    _s("relayserver.hybridConnectionName", "set by az", "", "", "name of the hybrid connection"),
    _s("servicebus.resourceID", "set by az", "", "", "id of the Service Bus namespace"),
    _s("azure_log_analytics.enabled", "set by az", "", "", "from logAnalyticsWS"),
    _s("azure_log_analytics.customer_id", "set by az", "", "", "id of the Log Analytics workspace"),
    _s("cluster_name", "set by az", "", "", "ARM id of the cluster"),
    _s("cluster_name_friendly", "set by az", "", "", "name of the cluster"),
    _s("clusterId", "set by az", "", "", "ARM id of the cluster"),
    _s("prometheus.prometheusSpec.externalLabels.cluster_name", "set by az", "", "", "ARM id of the cluster"),
    _s("domain", "set by az", "", "", "DNS domain of the region"),
    _s("location", "set by az", "", "", "region of the cluster"),
    _s("jobSchedulerLocation", "set by az", "", "", "region of the job scheduler"),
    _s("identityType", "text", "", "", "kind of the managed identity"),
    _s("userAssignedIdentityResourceId", "text", "", "", "id of the managed identity"),
    _s("scoringFe.sslCert", "secret", "", "", "certificate of the scoring front end, base64"),
    _s("scoringFe.sslKey", "secret", "", "", "key of the scoring front end, base64"),
    _s("relayServerConnectionString", "secret", "", "", "how jobs come in", refetched=True,
       wire="relayserver.relayConnectionString"),
    _s("relayserver.relayConnectionString", "secret", "", "", "how jobs come in", refetched=True),
    _s("serviceBusConnectionString", "secret", "", "", "how status goes out", refetched=True,
       wire="servicebus.connectionString"),
    _s("servicebus.connectionString", "secret", "", "", "how status goes out", refetched=True),
    _s("azure_log_analytics.connection_string", "secret", "", "", "key of the Log Analytics workspace",
       refetched=True),
)  # fmt: skip
_FIELD: Final = r"workLoadToleration\[\d{1,9}\]\."
_FAMILIES: Final[tuple[tuple[re.Pattern[str], Setting], ...]] = tuple(
    (re.compile(pattern, re.IGNORECASE), setting)
    for pattern, setting in (
        (r"nodeSelector\..+",
         _s("nodeSelector", "text", "", "", "components and workloads run on nodes with this label only", "ga",
            harms=_BOTH)),
        (_FIELD + "operator",
         _s("workLoadToleration", "choice", "", "", "workloads tolerate a taint that is or equals",
            choices=("Exists", "Equal"))),
        (_FIELD + "effect",
         _s("workLoadToleration", "choice", "", "", "workloads tolerate a taint with this effect",
            choices=("NoSchedule", "PreferNoSchedule", "NoExecute"))),
        (_FIELD + ".+", _s("workLoadToleration", "text", "", "", "workloads tolerate this taint")),
        (r"servicebus\.topicSubMapping\..+",
         _s("servicebus.topicSubMapping", "set by az", "", "", "topics of Service Bus")),
    )
)  # fmt: skip
"""Their keys begin with the setting's; the first pattern that fits counts."""
_BY_KEY: Final = {setting.key.lower(): setting for setting in CATALOGUE}
_BY_WIRE: Final = {setting.wire.lower(): setting for setting in CATALOGUE if setting.wire}
_SLIPS: Final = {"sslcertkeyfile": "sslKeyPemFile", "sskeypmfile": "sslKeyPemFile", "doamin": "domain"}
"""Misspelt in the documentation and in the az CLI itself."""


def find(key: str) -> Setting | None:
    """The setting of a key, case ignored; None for one that is not in the catalogue."""
    known = _BY_KEY.get(key.lower())
    return known or next((setting for pattern, setting in _FAMILIES if pattern.fullmatch(key)), None)


def is_true(value: str) -> bool:
    """Whether a value means on: `True`, `true`, `TRUE`."""
    return value.strip().lower() == "true"


def spelled(key: str) -> str:
    """The key as the catalogue spells it, which is how the cluster reads it; an unknown one as it is."""
    known = find(key)
    if known is None:
        return key
    rest = key[len(known.key) :]
    return known.key + (re.sub(r"\w+$", _field_spelt, rest) if known.key == "workLoadToleration" else rest)


def _field_spelt(match: re.Match[str]) -> str:
    return match[0].lower() if match[0].lower() in TOLERATION_FIELDS else match[0]


def wire_key(key: str) -> str:
    """The key a value is sent under."""
    known = _BY_KEY.get(key.lower())
    return (known and known.wire) or spelled(key)


def behind(key: str) -> Setting | None:
    """The setting an operator gives for a key that only goes on the wire: sslKeyPemFile for scoringFe.sslKey."""
    return _BY_WIRE.get(key.lower())


def likely(key: str) -> tuple[str, ...]:
    """The settings that may be meant by a key that is none, likeliest first."""
    folded = key.lower()
    if len(key) > _LONGEST:
        return ()
    close = get_close_matches(folded, _BY_KEY, n=2, cutoff=0.8)
    return (_SLIPS[folded],) if folded in _SLIPS else tuple(_BY_KEY[name].key for name in close)


def given(settings: Mapping[str, str], key: str) -> str | None:
    """The value of a key; its case is ignored where nothing has it exactly."""
    if key in settings:
        return settings[key]
    return next((value for name, value in settings.items() if name.lower() == key.lower()), None)


def in_force(settings: Mapping[str, str], key: str, era: Era) -> str:
    """What is given, else the era's default (followed to the setting it names), else empty."""
    value = given(settings, key)
    known = find(key)
    default = ((known.default(era) if known else None) or "") if value is None else value
    return in_force(settings, default, era) if value is None and default.lower() in _BY_KEY else default


def same(key: str, one: str, other: str) -> bool:
    """Whether two values mean the same to the cluster: case matters to free text only."""
    known = find(key)
    if known is not None and known.choices:
        return one.strip().lower() == other.strip().lower()
    return one == other


def version_era(version: str) -> Era:
    """The era of a version of the extension."""
    return "B" if re.match(r"(0|1\.0)\.", version + ".") else "C"
