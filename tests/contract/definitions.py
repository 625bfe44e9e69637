"""The custom kinds of the extension, of Arc and of Volcano as the demo defines them, installed through the API."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.demo.kube.town import Client
from tui.demo.world import crds
from tui.demo.world.bodies import Maker
from tui.demo.world.installed import DEFINITIONS
from tui.demo.world.names import Dice

PATH = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
ALL = (*DEFINITIONS, *crds.ARC)
TYPES = "/apis/amlarc.azureml.com/v1alpha1/instancetypes"
JOBS = "/apis/batch.volcano.sh/v1alpha1/namespaces/{}/jobs"


def bodies() -> list[dict[str, Any]]:
    """The definitions as somebody would apply them: no status, nothing that a server adds."""
    made = [body for _resource, body in crds.shown(Maker(Dice(1), 0.0), ALL, 0.0)]
    return [
        {
            "apiVersion": body["apiVersion"], "kind": body["kind"], "metadata": {"name": body["metadata"]["name"]},
            "spec": body["spec"],
        }
        for body in made
    ]  # fmt: skip


async def install(raw: Client) -> None:
    """Create those that are not there, and wait until the server serves them."""
    for body in bodies():
        status, said = await raw.ask("POST", PATH, body)
        assert status in (201, 409), said
    for body in bodies():
        await served(raw, body)


async def served(raw: Client, body: dict[str, Any]) -> None:
    """Wait until the objects of a definition can be listed."""
    spec = body["spec"]
    path = f"/apis/{spec['group']}/{spec['versions'][0]['name']}/{spec['names']['plural']}?limit=1"
    for _try in range(200):
        status, _said = await raw.ask("GET", path)
        if status == 200:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"{path} is not served")


def instance_type(name: str, **spec: Any) -> dict[str, Any]:
    head = {"apiVersion": "amlarc.azureml.com/v1alpha1", "kind": "InstanceType", "metadata": {"name": name}}
    return {**head, "spec": spec}


def vcjob(name: str, **spec: Any) -> dict[str, Any]:
    head = {"apiVersion": "batch.volcano.sh/v1alpha1", "kind": "Job", "metadata": {"name": name}}
    return {**head, "spec": {"minAvailable": 1, "queue": "default", "tasks": [], **spec}}
