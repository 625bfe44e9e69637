"""Events: what was said about an object, how often, and when it is forgotten.

Pure functions of time. Owns both forms, the older with counts and the newer with eventTime and series. Must not
know why something is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import inf
from typing import Final

from tui.demo.world.bodies import KUBELET, Body, Maker, Shown, micro, stamp

FORGOTTEN: Final = 3600.0
"""Seconds an event is kept after it was last seen."""
_ROUNDING: Final = 1e-6
"""Part of a turn: seconds since 1970 are exact to a quarter of a millionth only."""


def turns(passed: float, every: float) -> int:
    """How often a span has gone by; an instant that is meant to be a turn is one, whatever rounding made of it."""
    return int(passed / every + _ROUNDING)


@dataclass(frozen=True, slots=True)
class About:
    """The object an event is about."""

    api_version: str
    kind: str
    namespace: str
    name: str
    uid: str
    field_path: str = ""

    def wire(self) -> Body:
        """involvedObject."""
        named = {"kind": self.kind, "name": self.name, "uid": self.uid, "apiVersion": self.api_version}
        place = {"namespace": self.namespace} if self.namespace else {}
        return {**named, **place, **({"fieldPath": self.field_path} if self.field_path else {})}


@dataclass(frozen=True, slots=True)
class Note:
    """One event, over its whole life."""

    about: About
    reason: str
    message: str
    first: float
    warning: bool = False
    source: str = KUBELET
    host: str = ""
    every: float = 0.0
    """Seconds between two sightings; 0: seen once."""
    until: float = inf
    """When it is no longer seen."""
    newer: bool = False
    """In the form of events.k8s.io."""

    def count(self, now: float) -> int:
        """How often it was seen."""
        if not self.every:
            return 1
        return 1 + turns(min(now, self.until) - self.first, self.every)

    def last(self, now: float) -> float:
        """When it was last seen."""
        return self.first + (self.count(now) - 1) * self.every

    def known(self, now: float) -> bool:
        """It was said and is not forgotten yet."""
        return self.first <= now < self.last(now) + FORGOTTEN

    def next(self, now: float) -> float:
        """When it changes next."""
        if now < self.first:
            return self.first
        if not self.known(now):
            return inf
        again = self.last(now) + self.every
        return again if self.every and again <= self.until else self.last(now) + FORGOTTEN


def about(body: Body, field_path: str = "") -> About:
    """What to call an object in an event."""
    meta = body["metadata"]
    return About(body["apiVersion"], body["kind"], meta.get("namespace", ""), meta["name"], meta["uid"], field_path)


def of_pod(maker: Maker, namespace: str, name: str, created: float, container: str = "") -> About:
    """A pod, or one of its containers."""
    path = f"spec.containers{{{container}}}" if container else ""
    return About("v1", "Pod", namespace, name, maker.uid("Pod", namespace, name, created), path)


def bodies(maker: Maker, notes: Iterable[Note], now: float) -> Iterator[Shown]:
    """The events that exist now."""
    for note in notes:
        if note.known(now):
            yield "events", _event(maker, note, now)


def next_change(notes: Iterable[Note], now: float) -> float:
    """When the first of them changes."""
    return min((note.next(now) for note in notes), default=inf)


def _event(maker: Maker, note: Note, now: float) -> Body:
    about = note.about
    namespace = about.namespace or "default"
    when = maker.after(note.first)
    name = f"{about.name}.{maker.dice.hex(16, about.uid, about.field_path, note.reason, note.message, when)}"
    times = _newer(note, now) if note.newer else _older(note, now)
    return maker.make(
        "v1", "Event", name, namespace, created=note.first, by=note.source, involvedObject=about.wire(),
        reason=note.reason, message=note.message, type="Warning" if note.warning else "Normal", **times,
    )  # fmt: skip


def _older(note: Note, now: float) -> Body:
    return {
        "source": {"component": note.source, **({"host": note.host} if note.host else {})},
        "firstTimestamp": stamp(note.first), "lastTimestamp": stamp(note.last(now)), "count": note.count(now),
        "eventTime": None, "reportingComponent": note.source, "reportingInstance": note.host,
    }  # fmt: skip


def _newer(note: Note, now: float) -> Body:
    count = note.count(now)
    series = {"series": {"count": count, "lastObservedTime": micro(note.last(now))}} if count > 1 else {}
    return {
        "source": {}, "firstTimestamp": None, "lastTimestamp": None, "eventTime": micro(note.first), **series,
        "action": "Scheduling" if note.source.endswith("scheduler") else note.reason,
        "reportingComponent": note.source, "reportingInstance": f"{note.source}-0",
    }  # fmt: skip
