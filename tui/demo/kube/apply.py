"""Who manages which fields of an object: server-side apply, and every other write.

Pure. Owns managedFields, conflicts, force, and the fields that an applier gives up.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Final

import msgspec

from tui.demo.kube import fields
from tui.demo.kube.fields import Body, Path
from tui.demo.kube.schema import Schema
from tui.demo.kube.status import StatusError

Who = tuple[str, str, str]
"""Manager, operation, subresource."""
Owners = dict[Who, frozenset[Path]]
Clash = tuple[Who, Path]

_BEFORE: Final[Who] = ("before-first-apply", "Update", "")
"""Who owns what is there when an object without managedFields is first applied to."""
_LAST_APPLIED: Final = "kubectl.kubernetes.io/last-applied-configuration"
_METADATA: Final[Path] = ("f:metadata",)
_MISSING: Final = object()


def owners_of(obj: Body) -> Owners:
    """What managedFields of an object say."""
    entries = obj.get("metadata", {}).get("managedFields") or ()
    return {
        (entry["manager"], entry["operation"], entry.get("subresource", "")): frozenset(
            fields.decode(entry.get("fieldsV1") or {})
        )
        for entry in entries
        if entry.get("manager") and entry.get("operation")
    }


def write_owners(obj: Body, owners: Owners, before: Body | None, writer: Who, at: str) -> None:
    """Put owners into the object. Only the writer's entry gets a new time, and only when it says something new."""
    known = {
        (entry.get("manager"), entry.get("operation"), entry.get("subresource", "")): entry
        for entry in (before or {}).get("metadata", {}).get("managedFields") or ()
    }
    entries = []
    for who, paths in owners.items():
        if paths:
            tree, old = fields.encode(paths), known.get(who, {})
            same = who != writer or old.get("fieldsV1") == tree
            entries.append(_entry(obj, who, tree, str(old.get("time", at)) if same else at))
    obj["metadata"].pop("managedFields", None)
    if entries:
        obj["metadata"]["managedFields"] = sorted(entries, key=_place)


def _entry(obj: Body, who: Who, tree: Body, at: str) -> Body:
    manager, operation, subresource = who
    return {
        "manager": manager, "operation": operation, "apiVersion": obj["apiVersion"], **({"time": at} if at else {}),
        "fieldsType": "FieldsV1", "fieldsV1": tree, **({"subresource": subresource} if subresource else {}),
    }  # fmt: skip


def _place(entry: Body) -> tuple[str, ...]:
    """Appliers come first, the older before the newer."""
    return tuple(str(entry.get(part, "")) for part in ("operation", "time", "manager", "apiVersion", "subresource"))


def updated(old: Body, new: Body, schema: Schema, who: Who, at: str) -> None:
    """After a create, update or patch: the writer owns what it changed, others lose what is gone or changed.

    A map or list that was not there before is the writer's beside what is in it. `old` is the object before; for a
    new one, what its kind is when nothing is said.
    """
    before, now = fields.flat(old, schema), fields.flat(new, schema)
    changed = {path for path, value in now.items() if before.get(path, _MISSING) != value}
    present = fields.with_parents(now)
    changed |= present - fields.with_parents(before) - {_METADATA}
    owners: Owners = {}
    for each, paths in owners_of(new if new["metadata"].get("managedFields") else old).items():
        kept = paths & present
        owners[each] = kept if each == who else kept - changed
    owners[who] = owners.get(who, frozenset()) | changed
    write_owners(new, owners, old, who, at)


def apply(
    live: Body | None,
    wanted: Body,
    schema: Schema,
    who: Who,
    *,
    force: bool,
    at: str,
    allowed: Container[Path] = (),
) -> Body:
    """The object after a server-side apply.

    Raises StatusError (409, causes FieldManagerConflict) when another manager owns a field with another value and
    neither `force` is on nor the field `allowed`.
    """
    mine = fields.flat(wanted, schema)
    if live is None:
        made: Body = dict(wanted, metadata=dict(wanted["metadata"]))
        write_owners(made, {who: frozenset(mine)}, None, who, at)
        return made
    result = fields.merged(live, wanted, schema)
    there, after = fields.flat(live, schema), fields.flat(result, schema)
    owners = owners_of(live) or {_BEFORE: frozenset(there)}
    others = {each: paths for each, paths in owners.items() if each != who}
    clashes = [
        (each, path)
        for each, paths in sorted(others.items())
        for path in sorted(paths & mine.keys())
        if after.get(path, _MISSING) != there.get(path, _MISSING)
    ]
    disputed = [clash for clash in clashes if clash[1] not in allowed]
    if disputed and not force:
        raise _conflict(disputed, live["apiVersion"])
    taken = frozenset(path for _each, path in clashes)
    kept = {each: paths - taken for each, paths in others.items()}
    gone = owners.get(who, frozenset()) - mine.keys()
    result = _given_up(result, schema, gone, frozenset(mine).union(*kept.values()))
    result["metadata"] = dict(result["metadata"])
    moment = "" if _plain(result) == _plain(live) else at  # who only says so too has changed nothing
    write_owners(result, {**kept, who: frozenset(mine)}, live, who, moment)
    return result


def last_applied(live: Body, schema: Schema, who: Who) -> frozenset[Path]:
    """Fields that `kubectl apply` set from the client and that are still as it set them.

    kubectl may take those over with a server-side apply, without a conflict with itself.
    """
    text = (live["metadata"].get("annotations") or {}).get(_LAST_APPLIED)
    if who[0] != "kubectl" or not text:
        return frozenset()
    try:
        before = fields.flat(msgspec.json.decode(text), schema)
    except (msgspec.DecodeError, AttributeError, TypeError):
        return frozenset()
    now = fields.flat(live, schema)
    return frozenset(path for path, value in before.items() if now.get(path, _MISSING) == value)


def same(old: Body, new: Body) -> bool:
    """Nothing differs, not even who owns what."""
    return _plain(old) == _plain(new) and owners_of(old) == owners_of(new)


def _plain(obj: Body) -> Body:
    return {**obj, "metadata": {name: part for name, part in obj["metadata"].items() if name != "managedFields"}}


def _given_up(body: Body, schema: Schema, gone: Iterable[Path], kept: Iterable[Path]) -> Body:
    """Without the fields that nobody wants any more, and without what is empty after that."""
    wanted = {_METADATA, *fields.with_parents(kept)}
    for path in sorted(gone, key=len, reverse=True):
        body = body if fields.is_key(path) else _dropped(body, schema, path, wanted)
    return body


def _dropped(body: Body, schema: Schema, path: Path, wanted: Container[Path]) -> Body:
    while path and path not in wanted:
        body = fields.without(body, path, schema)
        path = path[:-1]
        if not fields.is_empty(body, path, schema):
            break
    return body


def _conflict(clashes: list[Clash], version: str) -> StatusError:
    causes = [
        {
            "reason": "FieldManagerConflict",
            "message": f"conflict with {_manager(who, version)}",
            "field": fields.spelt(path),
        }
        for who, path in clashes
    ]
    if len(clashes) == 1:
        text = f"Apply failed with 1 conflict: {causes[0]['message']}: {causes[0]['field']}"
    else:
        by: dict[str, list[str]] = {}
        for who, path in clashes:
            by.setdefault(_manager(who, version), []).append(fields.spelt(path))
        listed = [line for who, paths in sorted(by.items()) for line in (f"conflicts with {who}:", *_bullets(paths))]
        text = f"Apply failed with {len(clashes)} conflicts: " + "\n".join(listed)
    return StatusError(409, text, "Conflict", causes=causes)


def _bullets(paths: list[str]) -> list[str]:
    return [f"- {path}" for path in paths]


def _manager(who: Who, version: str) -> str:
    name, operation, subresource = who
    return (
        f'"{name}"'
        + (f' with subresource "{subresource}"' if subresource else "")
        + (f" using {version}" if operation == "Update" else "")
    )
