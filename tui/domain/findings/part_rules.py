"""How X14 to X30 are recognised where the error alone does not tell: in pods, logs, events and ARM's view of the
cluster.
"""

from __future__ import annotations

import re
from typing import Final

from msgspec.structs import replace

from tui.core.health import Health
from tui.core.units import age
from tui.domain.findings import causes_azure, causes_parts
from tui.domain.findings.diagnosis import Caught, Cause, Rank
from tui.domain.findings.evidence import Case
from tui.domain.findings.rules import either, in_errors, in_sayings
from tui.domain.pod import PodRow

PATIENCE: Final = 600.0
"""Seconds that agents which still connect may take to fetch a request."""
_FRONT_END: Final = "azureml-fe"
_NO_ADDRESS: Final = frozenset(
    {"SyncLoadBalancerFailed", "CreatingLoadBalancerFailed", "UnAvailableLoadBalancer", "AllocationFailed"}
)
"""Events on a Service that gets no address."""
_NO_IP: Final = re.compile(r"external[- ]?ip|load[- ]?balancer", re.IGNORECASE)
_WEBHOOK: Final = r"failed calling webhook"
_NO_SECRET: Final = (
    r"connection ?string[^.]{0,60}\b(?:is|was|be)?\s?(?:empty|missing|not set|null|invalid|required)"
    r"|(?:missing|empty|no)\b.{0,20}\bconnection ?string"
)


def _pods(pods: list[PodRow]) -> tuple[str, ...]:
    return tuple(f"pod {pod.name}: {pod.why}" for pod in pods)


def ingress_memory(case: Case, _entry: Cause) -> Caught | None:
    """X14: it was killed, now or before its last restart."""
    killed = [
        pod for pod in case.pods
        if pod.component == "azureml-ingress-nginx-controller"
        and any(end.reason == "OOMKilled" for part in pod.containers for end in (part.ended, part.last) if end)
    ]  # fmt: skip
    return Caught(tuple(f"pod {pod.name}: OOMKilled" for pod in killed)) if killed else None


def router_spread(case: Case, _entry: Cause) -> Caught | None:
    """X15: a replica is not placed, for the others' sake."""
    waiting = [pod for pod in case.pods if pod.component.startswith(_FRONT_END) and not pod.node and not pod.over]
    apart = [pod for pod in waiting if "anti-affinity" in pod.why]
    told = [
        event for event in case.events
        if event.object_name.startswith(_FRONT_END) and "anti-affinity" in event.message
        and any(event.object_name == pod.name for pod in waiting)
    ]  # fmt: skip
    if not apart and not told:
        return None
    return Caught((*_pods(apart), *(f"event on {event.object}: {event.message}" for event in told)))


def no_load_balancer(case: Case, _entry: Cause) -> Caught | None:
    """X16: the health check says so, a Service waits, an event tells, or the operator crashes over it."""
    wanted = case.setting("inferenceRouterServiceType").lower() == "loadbalancer"
    checked = [f"health check: {check.code} {check.message}" for check in case.checks if check.code == "E40001"]
    events = [
        f"event on {event.object}: {event.message}" for event in case.events
        if event.object_kind == "Service" and event.reason in _NO_ADDRESS
    ]  # fmt: skip
    services = [f"service {name}: no external address" for name in case.seen.waiting_services]
    if checked or events or services:
        codes = ("E40001",) if checked else ()
        return Caught((*checked, *services, *events), checks=codes)
    crashed = [pod for pod in case.sick("inference-operator-controller-manager") if pod.health is Health.BAD]
    if not crashed or not wanted:
        return None
    told = any(_NO_IP.search(pod.why) for pod in crashed)
    return Caught(_pods(crashed), rank=Rank.SEEN if told else Rank.POSSIBLE)


def no_signer(case: Case, _entry: Cause) -> Caught | None:
    """X17. The way without TLS is for 1.0.x only."""
    found = in_sayings(case, r"failed to find any PEM data in certificate", rank=Rank.SEEN)
    old = case.seen.extension is not None and case.seen.extension.era == "B"
    return replace(found, implies={"enable_https": "False"}) if found is not None and old else found


def device_plugin(case: Case, _entry: Cause) -> Caught | None:
    """X24: the extension's own does not run; or after a delete nobody offers GPUs any more."""
    if "nvidia.com/gpu" in case.seen.lost:
        return Caught(
            ("nodes: no nvidia.com/gpu any more",), {"lost": "nvidia.com/gpu"}, cause=causes_parts.GPUS_GONE,
            remedy=("install your own device plugin again",),
        )  # fmt: skip
    sick = [pod for pod in case.sick("nvidia-device-plugin") if pod.health is Health.BAD]
    return Caught(_pods(sick)) if sick else None


def blobfuse(case: Case, _entry: Cause) -> Caught | None:
    """X25: which of the two installers fails decides which setting goes."""
    sick = [pod for pod in case.sick() if "blobfuse" in pod.name]
    if not sick:
        return None
    flex = any("flexvol" in pod.name for pod in sick)
    host = any("flexvol" not in pod.name for pod in sick)
    implied = {"installBlobfuseFlexvol": "False"} if flex else {}
    return Caught(_pods(sick), implies={**implied, **({"installBlobfuseSysctl": "False"} if host else {})})


def openshift(case: Case, _entry: Cause) -> Caught | None:
    """X26: not admitted anywhere; containers that do not start only on OpenShift."""
    refused = r"unable to validate against any security context constraint"
    found = either(
        in_sayings(case, refused, rank=Rank.SEEN), in_errors(case, Cause("X26", "", "", (), patterns=(refused,)))
    )
    if found is None and case.distribution == "openshift":
        found = in_sayings(case, r"failed to (?:start|create) container", rank=Rank.POSSIBLE)
    return found


def untrusted(case: Case, _entry: Cause) -> Caught | None:
    """X27. A webhook whose own authority is stale says the same and is something else."""
    unknown = r"x509: certificate signed by unknown authority"
    seen = in_sayings(case, unknown, rank=Rank.SEEN, unless=_WEBHOOK)
    named = in_errors(case, Cause("X27", "", "", (), patterns=(rf"^(?!.*{_WEBHOOK}).*{unknown}",)))
    return either(named, seen)


def no_types_yet(case: Case, _entry: Cause) -> Caught | None:
    """X29."""
    return in_sayings(case, r"could not find the requested resource \(get instancetypes", rank=Rank.HARMLESS)


def agents_away(case: Case, entry: Cause) -> Caught | None:
    """X21: the cluster is not connected. After an error of the cluster's own it was not that."""
    cluster = case.seen.cluster
    if cluster is None or not cluster.connected or cluster.health is not Health.BAD:
        return _connecting(case)
    words = (f"cluster {cluster.name}: {cluster.connectivity}: {cluster.why}",)
    rank = Rank.POSSIBLE if case.failed and case.messages else entry.rank
    return Caught(words, {"connectivity": cluster.connectivity}, rank)


def _connecting(case: Case) -> Caught | None:
    cluster = case.seen.cluster
    if cluster is None or cluster.connectivity.lower() != "connecting" or case.failed:
        return None
    if case.seen.elapsed < PATIENCE:
        return None
    told = f"cluster {cluster.name}: Connecting, for {age(case.seen.elapsed)} since the request"
    return Caught((told,), {"connectivity": cluster.connectivity}, Rank.POSSIBLE)


def no_relay(case: Case, entry: Cause) -> Caught | None:
    """X22: named, or looked for in vain."""
    gone = Caught(("ARM: the cluster's Relay namespace is not there",), rank=Rank.SEEN)
    return either(in_errors(case, entry), gone if case.seen.relay_missing else None)


def no_right(case: Case, entry: Cause) -> Caught | None:
    """X23: a missing registration is another thing to do than a missing right."""
    found = in_errors(case, entry)
    if found is None:
        return None
    unregistered = "provider" in found.values or any(
        "MissingSubscriptionRegistration" in message.code for message in case.messages
    )
    if not unregistered:
        return found
    provider = found.values.get("provider", "Microsoft.KubernetesConfiguration")
    return replace(
        found, values={"provider": provider}, cause=causes_azure.UNREGISTERED,
        remedy=causes_azure.UNREGISTERED_STEPS, commands=causes_azure.REGISTER,
    )  # fmt: skip


def secrets_lost(case: Case, _entry: Cause) -> Caught | None:
    """X28: only after an update, when a component misses what it had."""
    return in_sayings(case, _NO_SECRET, rank=Rank.SEEN) if case.seen.verb == "update" else None
