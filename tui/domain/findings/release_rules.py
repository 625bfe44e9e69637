"""How X1 to X13 are recognised where a pattern alone does not do: what was not ready, what the health check found,
whose object stands in the way.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from tui.core.health import Health
from tui.domain.component import NAMESPACE
from tui.domain.findings import causes_release as causes
from tui.domain.findings.diagnosis import Caught, Cause, Rank
from tui.domain.findings.evidence import Case
from tui.domain.findings.ownership import standing_in_the_way
from tui.domain.findings.rules import either, in_errors, in_sayings, matches
from tui.domain.pod import PodRow
from tui.domain.progress.health_check import POD, STAGES, Check
from tui.domain.progress.recording import words

_PULLS: Final = ("ImagePullBackOff", "ErrImagePull", "ErrImageNeverPull", "InvalidImageName")
_MOST: Final = 6
"""Pods and checks that are named one by one."""
_UNHEALTHY: Final = "E45001"
"""Says only that something is not well."""


def timeout(case: Case, entry: Cause) -> Caught | None:
    """X1: what was not ready explains it."""
    found = in_errors(case, entry)
    if found is None or ("deadline" in found.evidence[0] and not _of_helm(case)):
        return None
    slow = _slow(case)
    refused = [load for load in case.seen.workloads if load.health is Health.BAD]
    told = [f"{pod.name}: {words(pod)}" for pod in slow if pod.why]
    told += [f"{load.kind} {load.name}: {load.why}" for load in refused]
    if not told and not case.checks:
        return found
    cause = f"{entry.cause} Not ready: {{what}}." if told else f"{entry.cause} The health check had warned: {{codes}}."
    values = {"what": "; ".join(told[:_MOST]), "codes": _codes(case.checks)}
    evidence = (*found.evidence, *told[:_MOST], *_warnings(case, slow[:_MOST]), *map(_told, case.checks))
    telling = [check for check in case.checks[:_MOST] if check.code != _UNHEALTHY or not told]
    steps = (*map(_step, telling), *_for_pods(slow))
    return replace(
        found, evidence=evidence, values=values, rank=max(Rank.EXPLAINED, found.rank or Rank.SYMPTOM), cause=cause,
        remedy=tuple(map(_literal, steps)), implies=_implied(case.checks),
        checks=tuple(check.code for check in case.checks if check.code),
    )  # fmt: skip


def _slow(case: Case) -> list[PodRow]:
    """The pods that something was wrong with, the worst first; else those that only were not there yet."""
    pods = sorted((pod for pod in case.pods if pod.component != POD), key=lambda pod: -pod.health)
    sick = [pod for pod in pods if pod.health >= Health.WARN]
    return sick or [pod for pod in pods if pod.health >= Health.BUSY]


def _warnings(case: Case, pods: list[PodRow]) -> Iterator[str]:
    """The last warning about each pod: after a while its own status says only that it backs off."""
    last = {event.object_name: event for event in case.events if event.object_kind == "Pod" and event.type == "Warning"}
    for pod in pods:
        if (event := last.get(pod.name)) is not None:
            yield f"event on {event.object}: {event.reason}: {event.message}"


def _of_helm(case: Case) -> bool:
    """A deadline passes in many places: here it means Helm's own."""
    return any("helm" in message.whole.lower() or "atomic" in message.whole.lower() for message in case.messages)


def _for_pods(pods: list[PodRow]) -> Iterator[str]:
    """One step for each way of not being ready."""
    whys = [pod.why for pod in pods if pod.phase == "Pending" and not pod.node]
    if any("too little" in why for why in whys):
        yield "give the nodes more room, or free some: components find too little CPU or memory"
    if any("taint" in why for why in whys):
        yield "take a taint away, or use nodes without: components tolerate ml.azure.com/amlarc and amlarc-system only"
    if any("other labels" in why and "anti-affinity" not in why for why in whys):
        yield "let the nodeSelector settings match nodes that are there"
    reasons = [part.reason for pod in pods for part in pod.containers if part.state == "waiting"]
    if any(reason in _PULLS for reason in reasons):
        yield "let the nodes pull images from mcr.microsoft.com"
    if any(pod.health is Health.BAD and pod.restarts for pod in pods):
        yield "read the log of the component that keeps ending; it is gone with the pod, so look in the recording"


def health_check(case: Case, entry: Cause) -> Caught | None:
    """X3: what its report says, else what its pod came to."""
    found = in_errors(case, entry) or _report_alone(case)
    if found is None:
        return None
    hook = found.values.get("hook") or STAGES[case.seen.verb][0]
    found = replace(found, values={**found.values, "hook": hook, "correlation": case.correlation})
    if case.checks:
        return _with_checks(found, case)
    own = [pod for pod in case.pods if pod.component == POD and pod.health >= Health.WARN]
    told = [*map(words, own), *_of_its_pod(case)]
    if not told:
        return found
    return replace(
        found, cause="The health check that runs before the components ({hook}) did not run through: {what}.",
        values={**found.values, "what": told[0]}, evidence=(*found.evidence, *told), remedy=tuple(_for_pods(own)),
    )  # fmt: skip


def _of_its_pod(case: Case) -> Iterator[str]:
    """What was warned of about the health check's pod."""
    for event in case.events:
        if event.object_name == POD and event.type == "Warning":
            yield f"{event.reason}: {event.message}"


def _report_alone(case: Case) -> Caught | None:
    """The report tells of a failure that the error does not: sure only of a code that stops what was to come.

    What was found when a failed operation was taken back explains the timeout that it ended in; it stopped nothing.
    """
    if not case.checks or (case.seen.ended and not case.failed):
        return None
    before = STAGES[case.seen.verb][0]
    if any(check.critical for report in case.reports if report.stage == before for check in report.failed):
        return Caught(rank=Rank.SEEN)
    return None if in_errors(case, causes.TIMEOUT) else Caught(rank=Rank.POSSIBLE)


def _with_checks(found: Caught, case: Case) -> Caught:
    stopping = [check for check in case.checks if check.critical] or list(case.checks)
    support = ("if it stays, give support the CorrelationId {correlation}",) if case.correlation else ()
    return replace(
        found, cause="The health check that runs before the components ({hook}) found: {found}.",
        values={**found.values, "found": "; ".join(map(_meaning, stopping[:_MOST])), "codes": _codes(case.checks)},
        evidence=(*found.evidence, *map(_told, case.checks)),
        remedy=(*map(_literal, map(_step, case.checks[:_MOST])), *support), implies=_implied(case.checks),
        checks=tuple(check.code for check in case.checks if check.code),
    )  # fmt: skip


def _told(check: Check) -> str:
    return f"health check {check.name}: {' '.join(filter(None, (check.code, check.message))) or 'failed'}"


def _meaning(check: Check) -> str:
    known = check.known
    return f"{known.meaning} ({check.code})" if check.code else f"{check.name} failed: {check.message}"


def _step(check: Check) -> str:
    return f"{check.code}: {check.known.remedy}" if check.code else f"{check.name}: {check.known.remedy}"


def _codes(checks: tuple[Check, ...]) -> str:
    return ", ".join(f"{check.code} {check.known.name}".strip() for check in checks if check.code)


def _implied(checks: tuple[Check, ...]) -> dict[str, str]:
    return {key: value for check in checks for key, value in check.known.implies.items()}


def _literal(words: str) -> str:
    """Words that are not a template."""
    return words.replace("{", "{{").replace("}", "}}")


def ownership(case: Case, entry: Cause) -> Caught | None:
    """X4: whose object it is, and what to do about that one."""
    for found in matches(case, entry):
        if not _is_router(found) and found.values.get("kind") != "IngressClass":
            return standing_in_the_way(found, case)
    return None


def legacy_router(case: Case, _entry: Cause) -> Caught | None:
    """X5: its objects stand in the way, or the health check found it."""
    named = next((found for found in matches(case, causes.OWNERSHIP) if _is_router(found)), None)
    codes = tuple(check.code for check in case.checks if check.code in ("E45004", "E45005"))
    told = tuple(_told(check) for check in case.checks if check.code in codes)
    checked = Caught(told, rank=Rank.SEEN, checks=codes) if codes else None
    if named is not None:
        values = {key: named.values[key] for key in ("kind", "name") if key in named.values}
        named = replace(named, values=values, rank=Rank.NAMED)
    return either(named, checked)


def _is_router(found: Caught) -> bool:
    name = found.values.get("name", "")
    return name.startswith(("azureml-fe", "azuremlfe", "azuremlssl")) and not name.startswith("azureml-fe-v2")


def policy(case: Case, entry: Cause) -> Caught | None:
    """X11: a denial, seen or named. The recommendation that wraps every error alone proves nothing."""
    named = in_errors(case, entry)
    seen = in_sayings(case, entry.patterns[0], rank=Rank.SEEN)
    return either(named, seen)


def policy_perhaps(case: Case, _entry: Cause) -> Caught | None:
    """X11 when nothing else is known: Azure itself points to policies."""
    told = [message for message in case.messages if "no policies blocking" in message.whole.lower()]
    if not told:
        return None
    cause = "Azure does not say more than that a policy may refuse what the extension makes; no denial was seen."
    return Caught((f"{told[0].where}: {told[0].inner}",), rank=Rank.POSSIBLE, cause=cause)


def ingress_webhook(case: Case, entry: Cause) -> Caught | None:
    """X12."""
    found = either(in_errors(case, entry), in_sayings(case, entry.patterns[0], rank=Rank.SEEN))
    others = _other_ingress(case)
    if found is None or not others:
        return found
    implied = dict(causes.INGRESS_CLASS.implies)
    return replace(found, implies=implied, evidence=(*found.evidence, *(f"pod {pod.key}" for pod in others[:2])))


def ingress_class(case: Case, entry: Cause) -> Caught | None:
    """X13: named by the error; or two are seen, and the extension's own does not come up."""
    named = in_errors(case, entry)
    others, own = _other_ingress(case), case.sick("azureml-ingress-nginx-controller")
    fixed = "amlarc" in case.setting("nginxIngress.controller")
    if not others or not own or fixed or not case.switched_on("nginxIngress.enabled"):
        return named
    told = (*(f"pod {pod.key}" for pod in others[:3]), *(f"pod {pod.key}: {pod.why}" for pod in own[:3]))
    return either(named, Caught(told, rank=Rank.POSSIBLE))


def _other_ingress(case: Case) -> list[PodRow]:
    """Pods of an ingress-nginx that is not the extension's."""
    return [
        pod for pod in case.seen.pods
        if pod.namespace != NAMESPACE
        and (pod.labels.get("app.kubernetes.io/name") == "ingress-nginx" or "ingress-nginx-controller" in pod.name)
    ]  # fmt: skip
