"""What is known of an operation that goes on or has failed, in the form the triage rules read it.

    Evidence   what was seen, as rows: errors, reports, last states, events, log lines
    Case       the same, made ready: messages without envelopes, the product's own pods, everything that was said

Owns the unwrapping. Must not know causes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final

from msgspec import Struct

from tui.core.health import Health
from tui.core.text import clean
from tui.domain import arm_id
from tui.domain.arm_error import ArmError, essence
from tui.domain.cluster import ClusterRow
from tui.domain.component import NAMESPACE
from tui.domain.event import EventRow
from tui.domain.extension import ExtensionRow, StatusRow, setting
from tui.domain.pod import PodRow
from tui.domain.progress.health_check import POD, Check, HealthCheck, Report, Verb, check_of, failures, relevant
from tui.domain.settings.catalogue import is_true
from tui.domain.workload import WorkloadRow

_LONGEST: Final = 16_000
"""Characters of a message that are read; of a longer one its ends."""
_MOST_LINES: Final = 400
"""Last lines of each log that are read."""
_MOST_EVENTS: Final = 500
_SLACK: Final = 60.0
"""Seconds before its begin from which events still count: two clocks."""


class Evidence(Struct, frozen=True):
    """What was seen. What is not given was not looked at."""

    verb: Verb = "deploy"
    errors: tuple[ArmError, ...] = ()
    """errorInfo, the operation's error, a refusal: as they came, envelopes included."""
    statuses: tuple[StatusRow, ...] = ()
    report: HealthCheck | None = None
    pods: tuple[PodRow, ...] = ()
    """Last states, those of vanished ones included."""
    workloads: tuple[WorkloadRow, ...] = ()
    events: tuple[EventRow, ...] = ()
    logs: Mapping[str, Sequence[str]] = {}
    """Clean lines by the pod or component that said them."""
    cluster: ClusterRow | None = None
    extension: ExtensionRow | None = None
    settings: Mapping[str, str] = {}
    """What was asked for, where the extension's own settings do not tell yet."""
    begun: float | None = None
    """When the operation began; what is older is another one's."""
    elapsed: float = 0.0
    """Seconds it goes on or went on."""
    ended: bool = False
    """It is over."""
    waiting_services: tuple[str, ...] = ()
    """Services of type LoadBalancer that have no address."""
    relay_missing: bool = False
    """The cluster's Relay namespace was looked for and is not there."""
    lost: tuple[str, ...] = ()
    """Resources that nodes had before and do not have now: `nvidia.com/gpu`."""
    context: str = ""
    """Of the kubeconfig, for commands."""


class Message(Struct, frozen=True):
    """One message of an error."""

    where: str
    code: str
    inner: str
    """Without envelopes: the one to classify by."""
    whole: str


class Saying(Struct, frozen=True):
    """Something that was said in the cluster."""

    where: str
    text: str


class Case:
    """The evidence, made ready."""

    def __init__(self, evidence: Evidence) -> None:
        self.seen = evidence

    @cached_property
    def messages(self) -> tuple[Message, ...]:
        """Of all errors and statuses, details first."""
        found = [each for error in self.seen.errors for each in _unwrapped("error", error, 0)]
        found += [_message("status", one.code, one.message) for one in self.seen.statuses if one.message or one.code]
        return tuple(dict.fromkeys(found))

    @property
    def failed(self) -> bool:
        """There is an error."""
        return bool(self.seen.errors) or any(one.level.lower() == "error" for one in self.seen.statuses)

    @cached_property
    def pods(self) -> tuple[PodRow, ...]:
        """Those in the extension's namespace."""
        return tuple(pod for pod in self.seen.pods if pod.namespace == NAMESPACE)

    def sick(self, *components: str) -> list[PodRow]:
        """Pods of components (by the beginning of the name) that are not well; of all without names."""
        return [
            pod for pod in self.pods
            if pod.health >= Health.WARN and (not components or pod.component.startswith(components))
        ]  # fmt: skip

    @cached_property
    def events(self) -> tuple[EventRow, ...]:
        """Those since the operation began."""
        since = float("-inf") if self.seen.begun is None else self.seen.begun - _SLACK
        return tuple(event for event in self.seen.events if event.last is None or event.last >= since)[-_MOST_EVENTS:]

    @cached_property
    def sayings(self) -> tuple[Saying, ...]:
        """Logs, ends of containers, events, refusals of workloads, errors of the Arc agents."""
        return tuple(self._sayings())

    def _sayings(self) -> Iterator[Saying]:
        for source, lines in self.seen.logs.items():
            for line in lines[-_MOST_LINES:]:
                yield Saying(f"log of {source}", line)
        for pod in self.seen.pods:
            for part in pod.containers:
                ends = (end.message for end in (part.ended, part.last) if end is not None)
                yield from (Saying(f"pod {pod.name}", told) for told in (part.message, *ends) if told)
        for event in self.events:
            yield Saying(f"event on {event.object}", event.message)
        for load in self.seen.workloads:
            if load.why:
                yield Saying(f"{load.kind} {load.name}", load.why)
        for error in self.seen.cluster.errors if self.seen.cluster else ():
            yield Saying(f"Arc agent {error.component}", error.message)

    @cached_property
    def reports(self) -> tuple[Report, ...]:
        """The health check's reports on this operation."""
        return relevant(self.seen.report, self.seen.verb, self.seen.begun)

    @cached_property
    def checks(self) -> tuple[Check, ...]:
        """Its failed checks, those that stop an operation first; of its log where there is no report."""
        return failures(self.reports or (Report("log", "", tuple(self._checks_of_log())),))

    def _checks_of_log(self) -> Iterator[Check]:
        for source, lines in self.seen.logs.items():
            found = (check_of(line) for line in lines[-_MOST_LINES:] if POD in source)
            yield from (check for check in found if check is not None)

    @property
    def correlation(self) -> str:
        """The id to give to support."""
        return next((report.correlation for report in self.reports if report.correlation), "")

    @property
    def distribution(self) -> str:
        """`openshift`, `aks`; empty when not known."""
        return self.seen.cluster.distribution if self.seen.cluster else ""

    def setting(self, key: str) -> str:
        """What was asked for, else what is in force."""
        asked = {name.lower(): value for name, value in self.seen.settings.items()}
        if key.lower() in asked:
            return asked[key.lower()]
        return setting(self.seen.extension, key) if self.seen.extension is not None else ""

    def switched_on(self, key: str) -> bool:
        """Whether a switch is on."""
        return is_true(self.setting(key))

    @cached_property
    def known(self) -> dict[str, str]:
        """What any entry may name: the extension and its cluster."""
        extension, cluster = self.seen.extension, self.seen.cluster
        cluster_id = cluster.id if cluster else extension.cluster_id if extension else ""
        values = {
            "extension": extension.name if extension else "", "version": extension.version if extension else "",
            "train": extension.train if extension else "", "cluster": arm_id.name(cluster_id),
            "group": arm_id.group(cluster_id), "subscription": arm_id.subscription(cluster_id),
            "cluster_type": "managedClusters" if "/managedclusters/" in cluster_id.lower() else "connectedClusters",
            "region": cluster.location if cluster else "", "context": self.seen.context, "namespace": NAMESPACE,
            "correlation": self.correlation,
        }  # fmt: skip
        return {key: clean(value) for key, value in values.items() if value}


def _unwrapped(where: str, error: ArmError, depth: int) -> Iterator[Message]:
    if depth < 8:
        for inside in error.details:
            yield from _unwrapped(where, inside, depth + 1)
    if error.message or error.code:
        yield _message(where, error.code, error.message, error.info)


def _message(where: str, code: str, message: str, info: Iterable[str] = ()) -> Message:
    whole = message if len(message) <= _LONGEST else f"{message[: _LONGEST // 2]} … {message[-_LONGEST // 2 :]}"
    return Message(where, " ".join((code, *info)), essence(whole), whole)
