"""Why an install, update or delete fails: what Helm and the API server say of the release.

Owns the words and the patterns of X1 to X9 and X11 to X13. What else tells of them is `release_rules`.
"""

from __future__ import annotations

from typing import Final

from tui.domain.findings.diagnosis import Cause, Rank

_QUOTE: Final = r"\\?[\"']"
"""Messages come with their quotes escaped or not."""

TIMEOUT: Final = Cause(
    "X1", "not ready in time",
    "Helm waited about 15 minutes for everything to be ready; something was not, so it took everything back.",
    ("mend what kept the components from being ready, then try again",),
    ("kubectl get pods -n azureml", "kubectl get events -n azureml --sort-by=.lastTimestamp"),
    rank=Rank.SYMPTOM,
    patterns=(r"timed out waiting for the condition", r"^(?!.*calling webhook).{0,400}context deadline exceeded"),
)  # fmt: skip
AGENT_STATUS: Final = Cause(
    "X2", "the Arc agent lost the result",
    "The Arc agent did not report how the release went: mostly what follows when something was not ready in time.",
    ("bring the Arc agents up to date", "then look for what was not ready in time, and try again"),
    ("az connectedk8s upgrade -g {group} -n {cluster}", "kubectl get pods -n azure-arc"),
    rank=Rank.SYMPTOM,
    patterns=(r"status not populated", r"Unable to get the status from the local CRD"),
)  # fmt: skip
HEALTH_CHECK: Final = Cause(
    "X3", "the health check stopped it",
    "The health check that runs before the components ({hook}) failed.",
    ("read the health check's report and its pod's log",),
    ("kubectl get configmap arcml-healthcheck -n azureml -o yaml", "kubectl logs healthcheck -n azureml"),
    patterns=(
        r"(?P<hook>(?:pre|post)-[a-z]{3,12})(?: hooks? failed)?\s{0,3}:.{0,200}?\bpod (?:\S{1,80}/)?healthcheck failed",
        r"\bpod (?:\S{1,80}/)?healthcheck failed",
        r"failed (?P<hook>(?:pre|post)-[a-z]{3,12})\s{0,3}: (?:timed out waiting for the condition|context deadline)",
    ),
    lacking={"hook": "a hook"},
)  # fmt: skip
OWNERSHIP: Final = Cause(
    "X4", "something of that name is there already",
    "{kind} {name} is on the cluster, and Helm may not take it over: it does not carry the marks of release "
    "{wanted_release}.",
    (),
    patterns=(
        rf"(?P<kind>[A-Z][A-Za-z]{{1,60}}) {_QUOTE}(?P<name>[\w.:-]{{1,253}}?){_QUOTE} in namespace "
        rf"{_QUOTE}(?P<where>[\w.-]{{0,63}}?){_QUOTE} exists and cannot be imported into the current release"
        r"(?P<marks>.{0,2000})",
    ),
)  # fmt: skip
LEGACY_ROUTER: Final = Cause(
    "X5", "the first AKS inference router is in the way",
    "The inference router of the first AKS integration (azureml-fe) is still on the cluster.",
    (
        "make sure that no endpoint is served by it any more",
        "delete its objects, then try again",
    ),
    (
        "kubectl delete serviceaccount azureml-fe -n default",
        "kubectl delete clusterrole azureml-fe-role",
        "kubectl delete clusterrolebinding azureml-fe-binding",
        "kubectl delete service azureml-fe azureml-fe-int-http -n default",
        "kubectl delete deployment azureml-fe -n default",
        "kubectl delete secret azuremlfessl -n default",
        "kubectl delete configmap azuremlfeconfig -n default",
    ),
)  # fmt: skip
NAME_IN_USE: Final = Cause(
    "X6", "a Helm release of that name exists",
    "The cluster has a Helm release of that name already.",
    (
        "look whose it is",
        "left by this extension: wait about an hour until the agents have cleared it, then try again",
        "somebody else's: give the extension another name",
    ),
    ("helm list -Aa", "kubectl get secrets -A -l owner=helm"),
    patterns=(r"(?:cannot|can'?t|can not) re-?use a name that is still in use",),
)  # fmt: skip
IN_PROGRESS: Final = Cause(
    "X7", "an earlier operation is not over",
    "An operation that began before still holds the release.",
    ("wait until it has ended; one that nobody finishes lets go after about an hour", "then try again"),
    ("helm list -n azureml -a",),
    patterns=(r"\b(?:earlier|another) operation\b.{0,300}?\bin progress",),
)  # fmt: skip
TERMINATING: Final = Cause(
    "X8", "the namespace is still being deleted",
    "Namespace {name} is going away; nothing new can be made in it.",
    (
        "wait until the extension answers 404 and the namespace is gone: about ten minutes",
        "if it does not go, look for objects in it that keep a finalizer",
    ),
    ("kubectl get namespace {name} -o yaml",),
    patterns=(
        r"unable to create new content in namespace (?P<name>[\w.-]{1,63}) because it(?: is|'s) being terminated",
    ),
    lacking={"name": "azureml"},
)  # fmt: skip
NO_CHART: Final = Cause(
    "X9", "there is no such version",
    "Azure has no chart for the version that was asked for ({version}) on release train {train}.",
    ("leave the version out, or give one that this release train has", "check the release train"),
    patterns=(r"chart path not found",), lacking={"version": "the newest", "train": "of that name"},
)  # fmt: skip
POLICY: Final = Cause(
    "X11", "a policy refuses it",
    "An admission webhook or an Azure Policy refuses what the extension makes.",
    ("exempt namespace azureml from the policy, or change the policy, then try again",),
    ("kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations",
     "kubectl get events -n azureml --sort-by=.lastTimestamp"),
    patterns=(
        r"admission webhook \\?\"(?P<webhook>[^\"\\]{1,253})\\?\" denied the request(?:: (?P<reason>.{1,500}))?",
        r"\b(?:azurepolicy|gatekeeper)\b.{0,100}\bdenied\b",
        r"disallowed by policy",
    ),
    errors=("RequestDisallowedByPolicy", "PolicyViolation"),
)  # fmt: skip
INGRESS_WEBHOOK: Final = Cause(
    "X12", "the ingress controller's admission webhook does not answer",
    "The API server asks ingress-nginx before it takes an ingress, and nobody answers there: the controller is not up "
    "yet, or it is gone and its webhook stayed.",
    (
        "wait until the ingress controller is ready, then try again",
        "if another ingress-nginx is on the cluster, give the extension's a class of its own",
        "if no controller is left, delete the stale webhook configuration",
    ),
    ("kubectl get validatingwebhookconfigurations -l app.kubernetes.io/name=ingress-nginx",
     "kubectl get pods -A -l app.kubernetes.io/name=ingress-nginx"),
    patterns=(
        r"failed calling webhook \\?\"(?P<webhook>validate\.nginx\.ingress\.kubernetes\.io)"
        r"(?:.{0,80}?https://[\w-]{1,63}\.(?P<where>[\w-]{1,63})\.svc)?",
    ),
)  # fmt: skip
INGRESS_CLASS: Final = Cause(
    "X13", "two ingress-nginx controllers claim one class",
    "Another ingress-nginx is on the cluster, and the extension's claims the same controller class "
    "k8s.io/ingress-nginx.",
    ("give the extension's ingress controller a class of its own",),
    ("kubectl get ingressclasses",),
    {"nginxIngress.controller": "k8s.io/amlarc-ingress-nginx"},
    patterns=(
        rf"(?P<kind>IngressClass) {_QUOTE}(?P<name>[\w.-]{{1,253}}?){_QUOTE} in namespace .{{0,70}}? exists and cannot",
    ),
)  # fmt: skip
