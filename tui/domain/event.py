"""Events of the core API, of both generations: firstTimestamp/lastTimestamp/count, and eventTime/series."""

from __future__ import annotations

from typing import Any, Final

from msgspec import Struct

from tui.core.health import Health
from tui.domain.wire import Meta, fit, labels, moment, row_key, said, text, word

NAME: Final = "events"


class Reference(Struct, gc=False):
    """involvedObject."""

    kind: str | None = None
    namespace: str | None = None
    name: str | None = None
    uid: str | None = None
    fieldPath: str | None = None


class EventSource(Struct, gc=False):
    """source."""

    component: str | None = None
    host: str | None = None


class Series(Struct, gc=False):
    """series, of the newer events."""

    count: int | None = None
    lastObservedTime: str | None = None


class EventItem(Struct, gc=False):
    """One event as the API sends it."""

    metadata: Meta | None = None
    involvedObject: Reference | None = None
    type: str | None = None
    reason: str | None = None
    message: str | None = None
    count: int | None = None
    firstTimestamp: str | None = None
    lastTimestamp: str | None = None
    eventTime: str | None = None
    series: Series | None = None
    source: EventSource | None = None
    reportingComponent: str | None = None
    action: str | None = None


class EventRow(Struct, frozen=True, gc=False):
    """One event as it is shown."""

    key: str
    namespace: str
    name: str
    type: str
    """`Normal` or `Warning`."""
    reason: str
    object_kind: str
    object_namespace: str
    object_name: str
    object_uid: str
    message: str
    count: int
    first: float | None
    last: float | None
    """When it was last seen."""
    source: str
    """The component that said it."""
    host: str
    health: Health
    labels: dict[str, str]

    @property
    def object(self) -> str:
        """As kubectl prints it: `pod/name`."""
        return f"{self.object_kind.lower()}/{self.object_name}"

    @property
    def why(self) -> str:
        """The message: an event is nothing but a reason."""
        return self.message

    @property
    def created(self) -> float | None:
        """When it was first seen."""
        return self.first


def decode(item: Any) -> EventRow:
    """The row of one event; `item` is an EventItem or any JSON value."""
    event = fit(item, EventItem)
    meta, about = event.metadata or Meta(), event.involvedObject or Reference()
    series, source = event.series or Series(), event.source or EventSource()
    created = moment(meta.creationTimestamp)
    first = _first(moment(event.firstTimestamp), moment(event.eventTime), created)
    last = _first(moment(series.lastObservedTime), moment(event.lastTimestamp), moment(event.eventTime), first)
    kind = word(event.type) or "Normal"
    return EventRow(
        row_key(meta), word(meta.namespace), text(meta.name), kind, word(event.reason),
        word(about.kind), word(about.namespace), text(about.name), text(about.uid),
        said(event.message),
        max(1, series.count or event.count or 1), first, last,
        word(source.component) or word(event.reportingComponent), word(source.host),
        Health.GOOD if kind == "Normal" else Health.WARN, labels(meta.labels),
    )  # fmt: skip


def _first(*moments: float | None) -> float | None:
    return next((moment for moment in moments if moment is not None), None)


def concerns(row: EventRow, kind: str, namespace: str, name: str, uid: str = "") -> bool:
    """Whether the event is about this object. A uid on both sides decides: a new pod of an old name is another."""
    if row.object_kind != kind or row.object_name != name:
        return False
    if row.object_namespace and namespace and row.object_namespace != namespace:
        return False
    return not (uid and row.object_uid and uid != row.object_uid) or kind == "Node"


def haystack(row: EventRow) -> str:
    """What the filter looks in."""
    return f"{row.namespace} {row.type} {row.reason} {row.object} {row.message} {row.source} {row.host}"
