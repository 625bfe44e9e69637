"""DELETE of one object or of many, and eviction of a pod.

Owns DeleteOptions: preconditions, grace, propagation, dry run. How objects go is `deletion`'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, cast

from aiohttp import web

from tui.demo.kube import bodies, go, write_options, writes
from tui.demo.kube.bodies import Body
from tui.demo.kube.causes import invalid, unsupported
from tui.demo.kube.changing import held
from tui.demo.kube.context import Context
from tui.demo.kube.deletion import Policy
from tui.demo.kube.listing import selected
from tui.demo.kube.shapes import headless
from tui.demo.kube.status import StatusError, options_invalid

_POLICIES: Final = ("Foreground", "Background", "Orphan")
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
    write_options.checked(context)
    given = body if body is not None else await bodies.read(context)
    if given is not None and not isinstance(given, dict):
        raise StatusError(400, f"couldn't get version/kind; json parse error: json: cannot unmarshal {go.plain(given)}")
    given = given or {}
    if given.get("kind", "DeleteOptions") != "DeleteOptions":
        said = f'no kind "{given["kind"]}" is registered for version "{given.get("apiVersion", "")}"'
        raise StatusError(400, said)
    before = given.get("preconditions") or {}
    grace = given.get("gracePeriodSeconds", context.number("gracePeriodSeconds"))
    if grace is not None and not isinstance(grace, int):
        said = "json: cannot unmarshal string into Go struct field DeleteOptions.gracePeriodSeconds of type int64"
        raise StatusError(400, said)
    dry_run = context.dry_run or "All" in (given.get("dryRun") or ())
    return Options(_whole(grace), _policy(context, given), str(before.get("uid") or ""),
                   str(before.get("resourceVersion") or ""), dry_run)  # fmt: skip


def _whole(grace: int | None) -> int | None:
    """Less than nothing is the least that there is."""
    return 1 if grace is not None and grace < 0 else grace


def _policy(context: Context, given: Body) -> Policy:
    asked = given.get("propagationPolicy") or context.query("propagationPolicy")
    orphan = given.get("orphanDependents")
    if orphan is None and "orphanDependents" in context.request.query:
        orphan = context.flag("orphanDependents")
    if not asked:
        return "Orphan" if orphan else "Background"
    if orphan is not None:
        cause = invalid("propagationPolicy", asked, "orphanDependents and deletionPropagation cannot be both set")
        raise options_invalid("DeleteOptions", cause)
    if asked not in _POLICIES:
        raise options_invalid("DeleteOptions", unsupported("propagationPolicy", asked, (*_POLICIES, "nil")))
    return cast(Policy, asked)


async def delete(context: Context) -> web.Response:
    """One object: the object while it stays, else a Status."""
    return _delete(context, await options(context))


def _delete(context: Context, wanted: Options) -> web.Response:
    store, deletion = context.resource.store, context.cluster.deletion
    last = held(context)
    _meets(context, last, wanted)
    if wanted.dry_run:
        return context.answer(_done(context, last))
    left = deletion.delete(store, context.key, grace=wanted.grace, policy=wanted.policy)
    if left is None and store == "pods":
        left = deletion.marked(store, last, 0, wanted.policy)
    return context.answer(_done(context, last) if left is None else left)


def _meets(context: Context, last: Body, wanted: Options) -> None:
    meta, kind = last["metadata"], context.resource.kind
    if wanted.uid and wanted.uid != meta["uid"]:
        said = f"the UID in the precondition ({wanted.uid}) does not match the UID in record ({meta['uid']}). "
        raise writes.conflict(context, said + "The object might have been deleted and then recreated", kind)
    if wanted.version and wanted.version != meta["resourceVersion"]:
        said = f"the ResourceVersion in the precondition ({wanted.version}) does not match the ResourceVersion in "
        raise writes.conflict(
            context, f"{said}record ({meta['resourceVersion']}). The object might have been modified", kind
        )


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
    return context.answer({**head, "items": [headless(context.resource, obj) for _key, obj in found]})


async def evict(context: Context) -> web.Response:
    """POST of an Eviction. Raises StatusError (429) when a PodDisruptionBudget forbids it."""
    body = await bodies.read(context)
    if not isinstance(body, dict) or (body.get("metadata") or {}).get("name") != context.name:
        raise StatusError(400, "name in URL does not match name in Eviction object")
    budget = _budget(context, held(context))
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
