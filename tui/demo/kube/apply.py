"""Server-side apply, and who manages which fields after any write.

Pure. Owns conflicts, force, and the fields an applier gives up.
"""

from __future__ import annotations

from typing import Any

from tui.demo.kube import fields
from tui.demo.kube.fields import Body, Path
from tui.demo.kube.patch import copied, strategic_patch
from tui.demo.kube.status import StatusError

Owners = dict[tuple[str, str, str], frozenset[Path]]
"""Paths by (manager, operation, subresource)."""


def owners_of(obj: Body) -> Owners:
    """What managedFields of an object say."""
    return {
        (entry["manager"], entry["operation"], entry.get("subresource", "")): frozenset(
            fields.decode(entry.get("fieldsV1", {}))
        )
        for entry in obj.get("metadata", {}).get("managedFields", ())
    }


def write_owners(obj: Body, owners: Owners, at: str, touched: tuple[str, str, str]) -> None:
    """Put owners into the object; the entry that was touched gets a new time."""
    times = {
        (e["manager"], e["operation"], e.get("subresource", "")): e.get("time", at)
        for e in obj["metadata"].get("managedFields", ())
    }
    obj["metadata"]["managedFields"] = [
        {
            "manager": manager, "operation": operation, "apiVersion": obj["apiVersion"],
            "time": at if (manager, operation, sub) == touched else times.get((manager, operation, sub), at),
            "fieldsType": "FieldsV1", "fieldsV1": fields.encode(sorted(paths)),
            **({"subresource": sub} if sub else {}),
        }
        for (manager, operation, sub), paths in owners.items()
        if paths
    ]  # fmt: skip


def updated(old: Body | None, new: Body, manager: str, subresource: str, at: str) -> None:
    """After a create, update or patch: the writer owns what it changed, others lose what is gone or changed."""
    before = fields.owned(old) if old is not None else frozenset()
    now = fields.owned(new)
    changed = {path for path in now if path not in before or fields.get(old, path) != fields.get(new, path)}
    me = (manager, "Update", subresource)
    owners: Owners = {}
    for who, paths in owners_of(old or {}).items():
        kept = paths & now
        owners[who] = frozenset(kept if who == me else kept - changed)
    owners[me] = owners.get(me, frozenset()) | changed
    write_owners(new, owners, at, me)


def apply(live: Body | None, wanted: Body, manager: str, *, force: bool, at: str) -> Body:
    """The object after a server-side apply.

    Raises StatusError (409, causes FieldManagerConflict) when another manager owns a field with another value and
    `force` is off.
    """
    me = (manager, "Apply", "")
    mine = fields.owned(wanted)
    if live is None:
        made = copied(wanted)
        write_owners(made, {me: mine}, at, me)
        return made
    owners = owners_of(live)
    clashes = _conflicts(live, wanted, mine, owners, me)
    if clashes and not force:
        raise _conflict(clashes)
    result: Body = strategic_patch(copied(live), wanted)
    given_up = owners.get(me, frozenset()) - mine
    for path in given_up:
        if not any(path in paths for who, paths in owners.items() if who != me):
            fields.remove(result, path)
    taken = {path for _who, path in clashes}
    for who in owners:
        if who != me:
            owners[who] = owners[who] - taken
    owners[me] = mine
    write_owners(result, owners, at, me)
    return result


def _conflicts(
    live: Body, wanted: Body, mine: frozenset[Path], owners: Owners, me: tuple[str, str, str]
) -> list[tuple[tuple[str, str, str], Path]]:
    return [
        (who, path)
        for who, paths in owners.items()
        if who != me
        for path in sorted(paths & mine)
        if fields.get(live, path) != fields.get(wanted, path)
    ]


def _conflict(clashes: list[tuple[tuple[str, str, str], Path]]) -> StatusError:
    causes = [
        {"reason": "FieldManagerConflict", "message": f'conflict with "{who[0]}"', "field": fields.spelt(path)}
        for who, path in clashes
    ]
    by: dict[str, list[str]] = {}
    for who, path in clashes:
        by.setdefault(who[0], []).append(fields.spelt(path))
    if len(clashes) == 1:
        text = f'Apply failed with 1 conflict: conflict with "{clashes[0][0][0]}": {causes[0]["field"]}'
    else:
        listed = "\n".join(
            f'conflicts with "{name}":\n' + "\n".join(f"- {path}" for path in paths) for name, paths in by.items()
        )
        text = f"Apply failed with {len(clashes)} conflicts: {listed}"
    return StatusError(409, text, "Conflict", causes=causes)


def without_managed(body: Any) -> Any:
    """A copy without managedFields, for comparing."""
    shown = copied(body)
    shown.get("metadata", {}).pop("managedFields", None)
    return shown
