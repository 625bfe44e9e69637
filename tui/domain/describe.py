"""Any object as text: `describe` in kubectl's manner, and YAML.

Owns the generic describer and the events that follow it; pods and nodes have their own files. Everything is redacted
before it is written and clean line by line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from tui.core.redact import redact
from tui.core.text import clean_lines
from tui.core.units import age
from tui.domain import describe_node, describe_pod, event
from tui.domain.event import EventRow
from tui.domain.instance_type_rules import KIND as INSTANCE_TYPE
from tui.domain.instance_type_rules import validate
from tui.domain.lines import block, field, nested, pairs
from tui.domain.wire import dig, mapping, moment, text
from tui.domain.yaml_text import written

_HEAD: Final = ("name", "namespace", "labels", "annotations", "managedFields")
"""Parts of `metadata` that are written first or not at all."""
_NOISE: Final = frozenset({"kubectl.kubernetes.io/last-applied-configuration"})


def describe(obj: Mapping[str, Any], events: Sequence[EventRow], now: float) -> list[str]:
    """The object as kubectl describes it, with the events that concern it, youngest last."""
    safe: dict[str, Any] = mapping(redact(dict(obj)))  # type: ignore[assignment]
    kind = text(safe.get("kind"))
    body = {"Pod": describe_pod.lines, "Node": describe_node.lines}.get(kind, _generic)
    lines = [*body(safe, now), *_events(safe, events, now)]
    return [part for line in lines for part in clean_lines(line)]


def to_yaml(obj: Mapping[str, Any], *, managed_fields: bool = False) -> list[str]:
    """The object as YAML lines, secrets masked; managedFields only when asked for."""
    safe: dict[str, Any] = dict(mapping(redact(dict(obj))))
    metadata = safe.get("metadata")
    if isinstance(metadata, dict) and not managed_fields:
        safe["metadata"] = {key: value for key, value in metadata.items() if key != "managedFields"}
    return clean_lines(written(safe).rstrip("\n"))


def _generic(obj: Mapping[str, Any], now: float) -> Iterator[str]:
    yield from head(obj, now)
    yield from field("API Version", obj.get("apiVersion"))
    yield from field("Kind", obj.get("kind"))
    metadata = {key: value for key, value in mapping(obj.get("metadata")).items() if key not in _HEAD}
    yield from block("Metadata", metadata)
    for key, value in obj.items():
        if key not in ("apiVersion", "kind", "metadata"):
            yield from nested(key, value)
    if obj.get("kind") == INSTANCE_TYPE:
        findings = validate(dict(obj))
        yield from block("Findings", [str(finding) for finding in findings]) if findings else ()


def head(obj: Mapping[str, Any], now: float) -> Iterator[str]:
    """Name, namespace, age, labels, annotations."""
    metadata = mapping(obj.get("metadata"))
    yield from field("Name", metadata.get("name"))
    if metadata.get("namespace"):
        yield from field("Namespace", metadata.get("namespace"))
    created = moment(text(metadata.get("creationTimestamp")))
    if created is not None:
        yield from field("Created", f"{text(metadata.get('creationTimestamp'))} ({age(now - created)} ago)")
    yield from pairs("Labels", metadata.get("labels"))
    notes = {key: value for key, value in mapping(metadata.get("annotations")).items() if key not in _NOISE}
    yield from pairs("Annotations", notes)


def _events(obj: Mapping[str, Any], events: Sequence[EventRow], now: float) -> Iterator[str]:
    metadata = mapping(obj.get("metadata"))
    about = (text(obj.get("kind")), text(metadata.get("namespace")), text(metadata.get("name")))
    uid = text(dig(obj, "metadata", "uid"))
    found = [one for one in events if event.concerns(one, *about, uid)]
    if not found:
        yield "Events:  <none>"
        return
    yield "Events:"
    found.sort(key=lambda one: (one.last or 0.0, one.key))
    rows = [("Type", "Reason", "Age", "From", "Message"), ("----", "------", "---", "----", "-------")]
    rows += [(one.type, one.reason, _seen(one, now), one.source, one.message) for one in found]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=False))
        yield f"  {'  '.join(cells)}  {row[4]}".rstrip()


def _seen(one: EventRow, now: float) -> str:
    """Rule: `translateMicroTimestampSince` with a count, as kubectl writes it: `3m (x12 over 40m)`."""
    last = age(now - one.last) if one.last is not None else "<unknown>"
    if one.count < 2 or one.first is None:
        return last
    return f"{last} (x{one.count} over {age(now - one.first)})"
