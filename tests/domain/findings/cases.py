"""Failed operations as they look: messages in their envelopes, and what is seen in the cluster."""

from __future__ import annotations

from typing import Any

from tests.domain.build import CLUSTER_ID, NOW, Box, Json, extension, pod_row
from tui.core.units import rfc3339
from tui.domain import cluster, event
from tui.domain import extension as extensions
from tui.domain.arm_error import ArmError
from tui.domain.cluster import ClusterRow
from tui.domain.event import EventRow
from tui.domain.extension import ExtensionRow
from tui.domain.findings.evidence import Evidence
from tui.domain.pod import PodRow
from tui.domain.progress import health_check
from tui.domain.progress.health_check import HealthCheck

FAILED = "ExtensionOperationFailed"
ATOMIC = "release amlarc-compute failed, and has been uninstalled due to atomic being set: {}"
ROLLED = "release amlarc-compute failed, and has been rolled back due to atomic being set: {}"
POLICIES = (
    "The extension operation failed with the following error:  Error: [ InnerError: [Helm installation failed : Unable "
    "to create/update Kubernetes resources for the extension : Recommendation Please check that there are no policies "
    "blocking the resource creation/update for the extension. : InnerError [{}]]] occurred while doing the operation : "
    "[Create] on the config, For general troubleshooting visit: https://aka.ms/k8s-extensions-TSG"
)
OLDER = (
    "The extension operation failed with the following error:  Error: {Helm installation from path [] for release "
    "[amlarc-compute] failed with the following error: err [{}]} occurred while doing the operation : {Installing the "
    "extension} on the config."
)
PLAIN = "{}"
ENVELOPES = (PLAIN, POLICIES, OLDER, "Helm Upgrade Failed : : InnerError [{}].", ATOMIC, POLICIES.replace("{}", ATOMIC))

TIMEOUT = "timed out waiting for the condition"
STATUS = (
    "Unable to get the status from the local CRD with the error : {Error : Retry for given duration didn't get any "
    "results with err {status not populated}}"
)
HOOK = "failed pre-install: pod healthcheck failed"
MARKS = (
    'label validation error: missing key "app.kubernetes.io/managed-by": must be set to "Helm"; annotation validation '
    'error: missing key "meta.helm.sh/release-name": must be set to "amlarc-compute"; annotation validation error: '
    'missing key "meta.helm.sh/release-namespace": must be set to "azureml"'
)
OTHERS = (
    'annotation validation error: key "meta.helm.sh/release-name" must equal "amlarc-compute": current value is '
    '"kube-prom"; annotation validation error: key "meta.helm.sh/release-namespace" must equal "azureml": current '
    'value is "monitoring"'
)


def owned(kind: str, name: str, where: str = "", marks: str = MARKS) -> str:
    """Helm's refusal to take an object over."""
    return (
        "rendered manifests contain a resource that already exists. Unable to continue with install: "
        f'{kind} "{name}" in namespace "{where}" exists and cannot be imported into the current release: '
        f"invalid ownership metadata; {marks}"
    )


VOLCANO = owned("CustomResourceDefinition", "jobs.batch.volcano.sh")
INGRESS = (
    'Internal error occurred: failed calling webhook "validate.nginx.ingress.kubernetes.io": failed to call webhook: '
    'Post "https://azureml-ingress-nginx-controller-admission.azureml.svc:443/networking/v1/ingresses?timeout=10s": no '
    'endpoints available for service "azureml-ingress-nginx-controller-admission"'
)
DENIED = (
    'admission webhook "validation.gatekeeper.sh" denied the request: [azurepolicy-no-latest] container gateway uses '
    "an image of an unknown registry"
)
MESSAGES: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("X1", TIMEOUT, {}),
    ("X1", "Helm installation failed: context deadline exceeded", {}),
    ("X2", STATUS, {}),
    ("X3", HOOK, {"hook": "pre-install"}),
    ("X3", "pre-upgrade hooks failed: pod healthcheck failed", {"hook": "pre-upgrade"}),
    ("X3", "failed pre-install: 1 error occurred: * pod healthcheck failed", {"hook": "pre-install"}),
    ("X3", f"failed pre-delete: {TIMEOUT}", {"hook": "pre-delete"}),
    ("X4", VOLCANO, {"kind": "CustomResourceDefinition", "name": "jobs.batch.volcano.sh"}),
    ("X4", VOLCANO.replace('"', '\\"'), {"name": "jobs.batch.volcano.sh"}),
    ("X5", owned("ClusterRole", "azureml-fe-role"), {"kind": "ClusterRole", "name": "azureml-fe-role"}),
    ("X5", owned("Deployment", "azureml-fe", "default"), {"name": "azureml-fe"}),
    ("X6", "cannot re-use a name that is still in use", {}),
    ("X7", "another operation (install/upgrade/rollback) is in progress", {}),
    ("X7", "Earlier operation for the helm chart is still in progress", {}),
    ("X8", "configmaps \"x\" is forbidden: unable to create new content in namespace azureml because it is being "
           "terminated", {"name": "azureml"}),
    ("X9", "Failed in download the Chart path not found", {}),
    ("X10", "Extension type microsoft.azureml.kubernetes is not registered in region ukwest. Extension is available in "
            "eastus, westus2,westeurope. Please try to install in these regions.",
     {"region": "ukwest", "regions": "eastus, westus2,westeurope"}),
    ("X11", DENIED, {"webhook": "validation.gatekeeper.sh"}),
    ("X12", INGRESS, {"webhook": "validate.nginx.ingress.kubernetes.io"}),
    ("X13", owned("IngressClass", "nginx"), {"kind": "IngressClass", "name": "nginx"}),
    ("X18", "To create Microsoft.AzureML.Kubernetes extension, either enable Machine Learning training or inference by "
            "specifying '--configuration-settings enableTraining=true' or '--configuration-settings "
            "enableInference=true'",
     {}),
    ("X19", "Invalid scope 'namespace'. This extension can't be installed only at 'cluster' scope.",
     {"scope": "namespace"}),
    ("X20", "The Resource Microsoft.Kubernetes/connectedClusters/arc-west/Microsoft.KubernetesConfiguration/extensions/"
            "ml could not be found!", {"extension": "ml"}),
    ("X22", "Relay server not found.", {}),
    ("X23", "The client 'a' with object id 'b' does not have authorization to perform action "
            "'Microsoft.Relay/namespaces/write' over scope '/subscriptions/s1/resourceGroups/rg-ml' or the scope is "
            "invalid.",
     {"action": "Microsoft.Relay/namespaces/write", "scope": "/subscriptions/s1/resourceGroups/rg-ml"}),
    ("X23", "The subscription is not registered to use namespace 'Microsoft.Relay'. See https://aka.ms/rps-not-found",
     {"provider": "Microsoft.Relay"}),
    ("X26", 'pods "gateway-" is forbidden: unable to validate against any security context constraint: []', {}),
    ("X27", "Get \"https://mcr.microsoft.com/v2/\": x509: certificate signed by unknown authority", {}),
    ("X30", "RefreshExtensionIdentityNotSet: the identity of the extension is not set", {}),
)  # fmt: skip
"""Entry, message, and what must be captured of it."""


def error(message: str, code: str = FAILED) -> ArmError:
    return ArmError(code, message)


def seen(*errors: str | ArmError, **more: Any) -> Evidence:
    """Evidence with these errors."""
    given = tuple(error(one) if isinstance(one, str) else one for one in errors)
    return Evidence(errors=given, extension=more.pop("extension", row()), **more)


def row(settings: Json | None = None, **more: Any) -> ExtensionRow:
    return extensions.decode(extension(settings or {"enableTraining": "True"}, **more))


def cluster_row(connectivity: str = "Connected", **more: Any) -> ClusterRow:
    inner = {"connectivityStatus": connectivity, "provisioningState": "Succeeded", **more}
    kind = "Microsoft.Kubernetes/connectedClusters"
    return cluster.decode(
        {"id": CLUSTER_ID, "name": "arc-west", "type": kind, "location": "ukwest", "properties": inner}
    )


def report(*lines: str, stage: str = "pre-install", date: float = NOW) -> HealthCheck:
    text = "\n".join((f"Date: {rfc3339(date)}", "CorrelationId: c0rr", *lines))
    meta = {"name": "arcml-healthcheck", "namespace": "azureml"}
    return health_check.decode({"metadata": meta, "data": {f"reports-{stage}": text}})


def check(code: str, name: str = "clusterresource", message: str = "it is so") -> str:
    return f"Status: Failed Name: {name} ErrorCode: {code} ErrorMessage: {message}"


def pod(component: str, *boxes: Box, **more: Any) -> PodRow:
    """A pod of a component; of a Deployment unless told otherwise."""
    more.setdefault("owner", ("ReplicaSet", f"{component}-7b58dc99cd"))
    return pod_row(*(boxes or (Box(component),)), name=f"{component}-7b58dc99cd-c6c4s", **more)


def event_row(message: str, reason: str = "Failed", kind: str = "Pod", name: str = "x", ago: float = 10) -> EventRow:
    about = {"kind": kind, "name": name, "namespace": "azureml"}
    stamp = rfc3339(NOW - ago)
    return event.decode(
        {"metadata": {"name": "e", "namespace": "azureml"}, "involvedObject": about, "type": "Warning",
         "reason": reason, "message": message, "lastTimestamp": stamp}
    )  # fmt: skip
