"""DELETE of one object or of many, and eviction of a pod.

Owns DeleteOptions: preconditions, grace, propagation, dry run. How objects go is `deletion`'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, cast

from aiohttp import web

from tui.demo.kube import bodies, writes
from tui.demo.kube.bodies import Body
from tui.demo.kube.context import Context
from tui.demo.kube.deletion import Policy
from tui.demo.kube.listing import selected
from tui.demo.kube.status import StatusError, not_found, options_invalid

_POLICIES: Final = ("Background", "Foreground", "Orphan")
_EVICTED: Final[Body] = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}


@dataclass(frozen=True, slots=True)
class Options:
    """DeleteOptions, of the body or of the query."""

    grace: int | None
    policy: Policy
    uid: str
    version: str
    dry_run: bool


async def options(context: Context, body: Any = None) -> Options:
    """Read them. Raises StatusError (400, 422)."""
    given = body if body is not None else await bodies.read(context)
    if given is not None and not isinstance(given, dict):
        raise StatusError(400, "json: cannot unmarshal into Go value of type v1.DeleteOptions")
    given = given or {}
    before = given.get("preconditions") or {}
    grace = given.get("gracePeriodSeconds", context.number("gracePeriodSeconds"))
    if grace is not None and (not isinstance(grace, int) or grace < 0):
        raise options_invalid("DeleteOptions", "gracePeriodSeconds", f"Invalid value: {grace}: must be non-negative")
    dry_run = context.dry_run or "All" in (given.get("dryRun") or ())
    return Options(grace, _policy(context, given), str(before.get("uid") or ""),
                   str(before.get("resourceVersion") or ""), dry_run)  # fmt: skip


def _policy(context: Context, given: Body) -> Policy:
    asked = given.get("propagationPolicy") or context.query("propagationPolicy")
    if not asked:
        return "Orphan" if given.get("orphanDependents") or context.flag("orphanDependents") else "Background"
    if asked not in _POLICIES:
        listed = ", ".join(f'"{policy}"' for policy in (*_POLICIES, ""))
        said = f'Unsupported value: "{asked}": supported values: {listed}'
        raise options_invalid("DeleteOptions", "propagationPolicy", said)
    return cast(Policy, asked)


async def delete(context: Context) -> web.Response:
    """One object: the object while it stays, else a Status."""
    return _delete(context, await options(context))


def _delete(context: Context, wanted: Options) -> web.Response:
    store = context.resource.store
    held = context.cluster.objects.held(store, context.key)
    if held is None:
        raise not_found(context.resource, context.name)
    _meets(context, held[0], wanted)
    if wanted.dry_run:
        return context.answer(_done(context, held[0]))
    last = held[0]
    left = context.cluster.deletion.delete(store, context.key, grace=wanted.grace, policy=wanted.policy)
    if left is None:
        return context.answer(last if store == "pods" else _done(context, last))
    return context.answer(left)


def _meets(context: Context, held: Body, wanted: Options) -> None:
    meta = held["metadata"]
    if wanted.uid and wanted.uid != meta["uid"]:
        raise writes.precondition(context, f"UID in precondition: {wanted.uid}, UID in object meta: {meta['uid']}")
    if wanted.version and wanted.version != meta["resourceVersion"]:
        said = f"ResourceVersion in precondition: {wanted.version}, ResourceVersion in object meta: "
        raise writes.precondition(context, said + str(meta["resourceVersion"]))


def _done(context: Context, last: Body) -> Body:
    resource, meta = context.resource, last["metadata"]
    return {
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success",
        "details": {
            "name": meta["name"], **({"group": resource.group} if resource.group else {}), "kind": resource.plural,
            "uid": meta["uid"],
        },
    }  # fmt: skip


async def delete_many(context: Context) -> web.Response:
    """Every object that the selectors name; the list of them as they were."""
    wanted, found = await options(context), selected(context)
    deletion, store = context.cluster.deletion, context.resource.store
    for key, _obj in [] if wanted.dry_run else found:
        deletion.delete(store, key, grace=wanted.grace, policy=wanted.policy)
    meta = {"resourceVersion": str(context.cluster.objects.version)}
    head = {"kind": f"{context.resource.kind}List", "apiVersion": context.resource.api_version, "metadata": meta}
    return context.answer({**head, "items": [obj for _key, obj in found]})


async def evict(context: Context) -> web.Response:
    """POST of an Eviction. Raises StatusError (429) when a PodDisruptionBudget forbids it."""
    body = await bodies.read(context)
    if not isinstance(body, dict):
        raise StatusError(400, "Object 'Kind' is missing in 'null'")
    held = context.cluster.objects.held("pods", context.key)
    if held is None:
        raise not_found(context.resource, context.name)
    budget = _budget(context, held[0])
    if budget:
        said = f"The disruption budget {budget} does not allow another disruption now"
        raise StatusError(
            429, "Cannot evict pod as it would violate the pod's disruption budget.",
            causes=[{"reason": "DisruptionBudget", "message": said}],
        )  # fmt: skip
    _delete(context, await options(context, body.get("deleteOptions") or {}))
    return context.answer(_EVICTED, 201)


def _budget(context: Context, pod: Body) -> str:
    """The name of a budget that allows no disruption of this pod."""
    objects, labels = context.cluster.objects, pod["metadata"].get("labels") or {}
    for budget in objects.list("poddisruptionbudgets.policy", context.namespace):
        wanted = (budget.get("spec", {}).get("selector") or {}).get("matchLabels") or {}
        none_left = not (budget.get("status") or {}).get("disruptionsAllowed")
        if wanted and wanted.items() <= labels.items() and none_left:
            return str(budget["metadata"]["name"])
    return ""
