"""Why an install, update or delete fails: what ARM refuses, and what is missing on Azure's side.

Owns the words and the patterns of X10, X18 to X23, X28 and X30.
"""

from __future__ import annotations

from typing import Final

from tui.domain.findings.diagnosis import Cause, Rank

WRONG_REGION: Final = Cause(
    "X10", "not offered in this region",
    "The extension is not offered in region {region}, where the cluster's resource is.",
    ("connect the cluster again, with its resource in one of: {regions}",),
    ("az connectedk8s delete -g {group} -n {cluster}", "az connectedk8s connect -g {group} -n {cluster} -l <region>"),
    patterns=(
        r"is not registered in region (?P<region>[\w-]{1,60})\. Extension is available in (?P<regions>[\w ,-]{1,2000})",
    ),
    errors=("ExtensionTypeRegistrationGetFailed",),
    lacking={"region": "it was asked for", "regions": "those that have it"},
)  # fmt: skip
NOTHING_ENABLED: Final = Cause(
    "X18", "neither training nor inference is on",
    "The extension was asked to run neither training nor inference.",
    ("switch on enableTraining, enableInference, or both",),
    patterns=(
        r"specifying '?--configuration-settings enableTr",
        r"(?:neither|either) (?:enable)?training (?:n?or) (?:enable)?inference",
    ),
)  # fmt: skip
WRONG_SCOPE: Final = Cause(
    "X19", "it must have the scope of the cluster",
    "The extension was to have the scope of a namespace; it can be installed for a whole cluster only.",
    ("use scope cluster, with release namespace azureml",),
    patterns=(r"Invalid scope '(?P<scope>\w{1,40})'", r"can'?t be installed only at 'cluster' scope"),
)  # fmt: skip
NOT_FOUND: Final = Cause(
    "X20", "there is no such extension",
    "ARM knows no extension {extension} on this cluster: never made, deleted, or on a cluster of the other type.",
    ("check the extension's name and whether the cluster is Arc-connected or AKS",),
    ("az k8s-extension list --cluster-type {cluster_type} -g {group} -c {cluster} -o table",),
    patterns=(r"KubernetesConfiguration/extensions/(?P<extension>[\w.-]{1,100}) could not be found",),
    errors=("ExtensionNotFound",), lacking={"extension": "of that name"},
)  # fmt: skip
AGENTS_AWAY: Final = Cause(
    "X21", "the Arc agents do not call home",
    "ARM has the request, but the cluster is {connectivity}: its Arc agents have not fetched it. After 48 hours ARM "
    "gives up.",
    (
        "look whether the pods in namespace azure-arc run",
        "let the cluster out to Azure: firewall, proxy, DNS",
        "check the nodes' clocks",
    ),
    ("kubectl get pods -n azure-arc", "az connectedk8s show -g {group} -n {cluster} --query connectivityStatus"),
    rank=Rank.SEEN,
)  # fmt: skip
NO_RELAY: Final = Cause(
    "X22", "the Relay namespace is missing",
    "The cluster's Azure Relay namespace was deleted or changed; jobs come in through it.",
    ("deploy again: the Relay namespace, its hybrid connection and its rule are made anew where they are missing",
     "then attach computes of this cluster again, under the same names"),
    patterns=(
        r"relay ?server not found",
        r"Microsoft\.Relay/namespaces/\S{1,60}.{0,60}(?:not found|could not be found)",
    ),
)  # fmt: skip
NO_RIGHT: Final = Cause(
    "X23", "a right or a registration is missing",
    "The one who asked may not do {action} on {scope}.",
    (
        "let somebody grant it: writing extensions on the cluster, and Relay in the cluster's resource group",
        "a right that was granted just now takes some minutes, and a new sign-in",
    ),
    patterns=(
        r"not have authorization to perform action '(?P<action>[\w./*-]{1,200})'"
        r"(?: over scope '(?P<scope>[^']{1,500})')?",
        r"not registered to use namespace '(?P<provider>[\w.]{1,100})'",
    ),
    errors=("AuthorizationFailed", "LinkedAuthorizationFailed", "MissingSubscriptionRegistration"),
    lacking={"action": "this", "scope": "the resource"},
)  # fmt: skip
UNREGISTERED: Final = "The subscription is not registered for {provider}."
UNREGISTERED_STEPS: Final = ("register {provider} for the subscription; it takes some minutes",)
REGISTER: Final = ("az provider register --namespace {provider} --wait",)
SECRETS_LOST: Final = Cause(
    "X28", "protected settings were lost",
    "An update replaces all protected settings: those that were not sent again are gone, and a component misses one.",
    ("update again, giving every protected setting: the connection strings of Relay, Service Bus and Log Analytics, "
     "and the scoring certificate with its key",),
    rank=Rank.SEEN,
)  # fmt: skip
NO_IDENTITY: Final = Cause(
    "X30", "the extension has no identity",
    "The extension was installed on AKS without a managed identity.",
    ("delete it and deploy it again with a system-assigned identity",),
    patterns=(r"RefreshExtensionIdentityNotSet",), errors=("RefreshExtensionIdentityNotSet",),
)  # fmt: skip
