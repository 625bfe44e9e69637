"""The scale subresource: how many replicas a workload wants, as one small object of its own.

Owns the translation between autoscaling/v1 Scale and `spec.replicas`.
"""

from __future__ import annotations

from typing import Any

from aiohttp import web

from tui.demo.kube import apply, bodies, write_options, writes
from tui.demo.kube.bodies import Body
from tui.demo.kube.causes import invalid as wrong
from tui.demo.kube.causes import quoted
from tui.demo.kube.changing import JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH, held, unreadable
from tui.demo.kube.context import Context
from tui.demo.kube.json_patch import copied, json_patch
from tui.demo.kube.objects import timestamp
from tui.demo.kube.patch import merge_patch
from tui.demo.kube.status import StatusError, changed_meanwhile, scale_invalid


async def get(context: Context) -> web.Response:
    """The Scale of a workload."""
    return context.answer(_scale(held(context)))


async def update(context: Context) -> web.Response:
    """PUT of a Scale."""
    write_options.checked(context)
    body = await bodies.read(context)
    said = _mistake(body)
    if said:
        raise StatusError(400, f'Scale in version "v1" cannot be handled as a Scale: {said}')
    return await _set(context, body)


async def patch(context: Context) -> web.Response:
    """PATCH of a Scale."""
    write_options.checked(context)
    body = await bodies.read(context, (JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH))
    old, is_list = _scale(held(context)), context.request.content_type == JSON_PATCH
    new = json_patch(old, body) if is_list else merge_patch(old, body)
    said = _mistake(new)
    if said:
        raise unreadable(quoted(new), said)
    return await _set(context, new)


def _mistake(body: Any) -> str:
    """What is wrong with the types of a Scale; empty when nothing is."""
    if not isinstance(body, dict) or not isinstance(body.get("spec", {}), dict):
        return "json: cannot unmarshal into Go value of type v1.Scale"
    replicas = (body.get("spec") or {}).get("replicas", 0)
    if isinstance(replicas, int) and not isinstance(replicas, bool):
        return ""
    return "json: cannot unmarshal string into Go struct field ScaleSpec.spec.replicas of type int32"


def _scale(obj: Body) -> Body:
    spec, meta = obj.get("spec") or {}, obj["metadata"]
    labels = (spec.get("selector") or {}).get("matchLabels") or {}
    return {
        "kind": "Scale", "apiVersion": "autoscaling/v1",
        "metadata": {name: meta[name] for name in ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")},
        "spec": {"replicas": spec.get("replicas", 1)},
        "status": {
            "replicas": (obj.get("status") or {}).get("replicas", 0),
            "selector": ",".join(f"{key}={value}" for key, value in sorted(labels.items())),
        },
    }  # fmt: skip


async def _set(context: Context, body: Body) -> web.Response:
    meta, replicas = body.get("metadata") or {}, (body.get("spec") or {}).get("replicas", 0)
    writes.named(context, meta)
    old = held(context)
    if meta.get("resourceVersion") not in (None, "", old["metadata"]["resourceVersion"]):
        raise changed_meanwhile(context.resource, context.name)
    if replicas < 0:
        raise scale_invalid(context.name, wrong("spec.replicas", replicas, "must be greater than or equal to 0"))
    new = copied(old)
    new.setdefault("spec", {})["replicas"] = replicas
    schema = await writes.schema_of(context)
    apply.updated(old, new, schema, writes.writer(context, "Update"), timestamp(context.now))
    if context.dry_run:
        return context.answer(_scale(new))
    store, objects = context.resource.store, context.cluster.objects
    changed = objects.change(store, *context.key, lambda obj: obj.update(new), manager=context.manager)
    return context.answer(_scale(changed or old))
