"""The scale subresource: how many replicas a workload wants, as one small object of its own.

Owns the translation between autoscaling/v1 Scale and `spec.replicas`.
"""

from __future__ import annotations

from typing import Any

from aiohttp import web

from tui.demo.kube import bodies, structural
from tui.demo.kube.bodies import Body
from tui.demo.kube.changing import JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH
from tui.demo.kube.context import Context
from tui.demo.kube.json_patch import json_patch
from tui.demo.kube.patch import merge_patch
from tui.demo.kube.status import StatusError, changed_meanwhile, invalid, not_found


async def get(context: Context) -> web.Response:
    """The Scale of a workload."""
    return context.answer(_scale(_held(context)))


async def update(context: Context) -> web.Response:
    """PUT of a Scale."""
    return _set(context, await bodies.read(context))


async def patch(context: Context) -> web.Response:
    """PATCH of a Scale."""
    body = await bodies.read(context, (JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH))
    old = _scale(_held(context))
    is_list = context.request.content_type == JSON_PATCH
    return _set(context, json_patch(old, body) if is_list else merge_patch(old, body))


def _held(context: Context) -> Body:
    held = context.cluster.objects.held(context.resource.store, context.key)
    if held is None:
        raise not_found(context.resource, context.name)
    return held[0]


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


def _set(context: Context, body: Any) -> web.Response:
    if not isinstance(body, dict) or not isinstance(body.get("spec"), dict):
        raise StatusError(400, "a Scale has a spec")
    held, replicas = _held(context), body["spec"].get("replicas", 0)
    seen = (body.get("metadata") or {}).get("resourceVersion")
    if seen and seen != held["metadata"]["resourceVersion"]:
        raise changed_meanwhile(context.resource, context.name)
    if not isinstance(replicas, int) or replicas < 0:
        said = f"Invalid value: {structural.quoted(replicas)}: must be greater than or equal to 0"
        raise invalid(context.resource, context.name, [(structural.INVALID, "spec.replicas", said)])
    if context.dry_run:
        return context.answer({**_scale(held), "spec": {"replicas": replicas}})

    def edit(obj: Body) -> None:
        obj.setdefault("spec", {})["replicas"] = replicas

    changed = context.cluster.objects.change(context.resource.store, *context.key, edit, manager=context.manager)
    return context.answer(_scale(changed or held))
