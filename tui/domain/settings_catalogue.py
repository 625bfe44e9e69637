"""The configuration settings of the extension: meaning and default by era.

Owns the catalogue. All values are strings on the wire. Era B: 1.0.x, the preview of 2021; era C: 1.1 and later.
"""

from __future__ import annotations

import re
from typing import Final, Literal

from msgspec import Struct

Era = Literal["A", "B", "C"]
Kind = Literal["bool", "text", "choice", "secret", "set by az"]


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

    def default(self, era: Era) -> str | None:
        """The default, None when that era does not know the setting."""
        return self.now if era == "C" else self.before


def _s(key: str, kind: Kind, before: str | None, now: str | None, meaning: str) -> Setting:
    return Setting(key, kind, meaning, before, now)


CATALOGUE: Final[tuple[Setting, ...]] = (
    _s("enableTraining", "bool", "False", "False", "run training jobs"),
    _s("enableInference", "bool", "False", "False", "serve endpoints"),
    _s("installNvidiaDevicePlugin", "bool", "True", "False", "install the NVIDIA device plugin"),
    _s("logAnalyticsWS", "bool", "False", "False", "send component logs to Log Analytics (costs)"),
    _s("installBlobfuseSysctl", "bool", "enableTraining", None, "install blobfuse on the hosts"),
    _s("installBlobfuseFlexvol", "bool", "enableTraining", None, "install the blobfuse flexvolume driver"),
    _s(
        "volumePluginDir",
        "text",
        "/etc/kubernetes/volumeplugins",
        None,
        "where the kubelet looks for flexvolumes",
    ),
    _s("privateEndpointILB", "bool", "False", None, "private endpoint by internal load balancer"),
    _s("privateEndpointNodeport", "bool", "False", None, "private endpoint by node port"),
    _s("inferenceLoadBalancerHA", "bool", "True", None, "three scoring front ends"),
    _s("openshift", "bool", "False", "False", "the cluster is OpenShift"),
    _s("blobCsiDriverEnabled", "bool", "True", "True", "install the blob CSI driver"),
    _s("reuseExistingPromOp", "bool", "False", None, "use the Prometheus operator that is there"),
    _s("enable_https", "bool", "True", None, "certificates from the cluster's signer"),
    _s("blobfuseSysctlInstall.enabled", "bool", "True", None, "install blobfuse on the hosts"),
    _s("volcanoScheduler.enable", "bool", None, "True", "run the Volcano scheduler"),
    _s("clusterPurpose", "choice", "FastProd", "FastProd", "DevTest or FastProd"),
    _s("inferenceRouterServiceType", "choice", None, "", "loadBalancer, nodePort or clusterIP"),
    _s("internalLoadBalancerProvider", "text", None, "", "azure: internal load balancer, AKS only"),
    _s("allowInsecureConnections", "bool", None, "False", "scoring without TLS"),
    _s("sslSecret", "text", None, "", "secret in namespace azureml with cert.pem and key.pem"),
    _s("sslCname", "text", None, "", "host name of the scoring certificate"),
    _s("inferenceRouterHA", "bool", None, "True", "three scoring front ends; needs three nodes"),
    _s("installPromOp", "bool", None, "True", "install the Prometheus operator"),
    _s("installVolcano", "bool", None, "True", "install Volcano"),
    _s("installDcgmExporter", "bool", None, "False", "install the GPU metrics exporter"),
    _s("relayserver.enabled", "set by az", "true", "true", "jobs come in over Azure Relay"),
    _s("servicebus.enabled", "set by az", "true", "false", "status goes out over Service Bus"),
    _s("nginxIngress.enabled", "set by az", "false", "false", "install an ingress controller (AKS)"),
    _s("nginxIngress.controller", "text", None, "k8s.io/ingress-nginx", "class of the ingress controller"),
    _s(
        "nginxIngress.controllerConfig.worker-processes",
        "text",
        None,
        "auto",
        "workers of the ingress controller",
    ),
    _s("nginxIngress.resources.controller.limits.memory", "text", None, "", "memory limit of the ingress"),
    _s("volcanoScheduler.schedulerConfigMap", "text", None, "", "a scheduler configuration of your own"),
    _s("amloperator.skipResourceValidation", "bool", "false", "false", "take types larger than any node"),
    _s(
        "amloperator.custom_ip_interface_enabled",
        "bool",
        "False",
        "False",
        "MPI over another interface than eth0",
    ),
    _s("amloperator.custom_ip_interface", "text", "", "", "the interface MPI uses"),
    _s("scoringFe.namespace", "text", "", "azureml", "namespace of the scoring front end"),
    _s("scoringFe.serviceType.nodePort", "set by az", "", "", "from inferenceRouterServiceType"),
    _s("scoringFe.serviceType.internalLoadBalancer", "set by az", "", "", "from internalLoadBalancerProvider"),
    _s("scoringFe.sslSecret", "set by az", "", "", "from sslSecret"),
    _s("isAKSMigration", "set by az", "False", "False", "the cluster had the first inference router"),
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
    _s("sslCertPemFile", "secret", None, "", "certificate of the scoring front end"),
    _s("sslKeyPemFile", "secret", None, "", "key of the scoring front end"),
    _s("scoringFe.sslCert", "secret", None, "", "certificate of the scoring front end"),
    _s("scoringFe.sslKey", "secret", None, "", "key of the scoring front end"),
    _s("relayserver.relayConnectionString", "secret", "", "", "how jobs come in"),
    _s("relayServerConnectionString", "secret", "", "", "how jobs come in"),
    _s("servicebus.connectionString", "secret", "", "", "how status goes out"),
    _s("serviceBusConnectionString", "secret", "", "", "how status goes out"),
    _s("azure_log_analytics.connection_string", "secret", "", "", "key of the Log Analytics workspace"),
)
_BY_KEY: Final = {setting.key.lower(): setting for setting in CATALOGUE}
_FAMILIES: Final[tuple[tuple[re.Pattern[str], Setting], ...]] = (
    (
        re.compile(r"nodeSelector\..+", re.IGNORECASE),
        _s("nodeSelector", "text", "", "", "components and workloads run on nodes with this label only"),
    ),
    (
        re.compile(r"workLoadToleration\[\d+\]\..+", re.IGNORECASE),
        _s("workLoadToleration", "text", "", "", "workloads tolerate this taint"),
    ),
    (
        re.compile(r"servicebus\.topicSubMapping\..+", re.IGNORECASE),
        _s("servicebus.topicSubMapping", "set by az", "", "", "topics of Service Bus"),
    ),
)


def find(key: str) -> Setting | None:
    """The setting of a key, case ignored; None for one that is not in the catalogue."""
    known = _BY_KEY.get(key.lower())
    return known or next((setting for pattern, setting in _FAMILIES if pattern.fullmatch(key)), None)


def is_true(value: str) -> bool:
    """Whether a value means on: `True`, `true`, `TRUE`."""
    return value.strip().lower() == "true"
