"""Definitions that come into a store are established a moment later."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.demo.kube import town
from tui.demo.kube.establishing import MANAGER, Establishing
from tui.demo.kube.objects import Event, ObjectStore
from tui.demo.kube.registry import Registry, is_established


@asynccontextmanager
async def establishing(objects: ObjectStore) -> AsyncIterator[None]:
    task = asyncio.create_task(Establishing(objects, town.Clock()).run())
    try:
        yield
    finally:
        task.cancel()


async def test_its_names_are_accepted_and_it_is_served() -> None:
    objects = ObjectStore(town.Clock())
    registry, seen = Registry(objects), list[Event]()
    objects.subscribe(seen.append)
    async with establishing(objects):
        await asyncio.sleep(0)
        objects.create(town.CRD, {**town.DEFINITION, "status": {"conditions": None, "storedVersions": ["v1alpha1"]}})
        assert registry.find("amlarc.azureml.com", "v1alpha1", "instancetypes") is None
        await town.until(lambda: len(seen) == 2)
    assert (seen[-1].type, seen[-1].manager, is_established(seen[-1].object)) == ("MODIFIED", MANAGER, True)
    status = seen[-1].object["status"]
    assert status["acceptedNames"] == town.DEFINITION["spec"]["names"]
    assert status["storedVersions"] == ["v1alpha1"]
    assert registry.find("amlarc.azureml.com", "v1alpha1", "instancetypes") is not None


async def test_one_that_is_established_or_gone_is_left_alone() -> None:
    objects = ObjectStore(town.Clock())
    async with establishing(objects):
        await asyncio.sleep(0)
        other = {**town.DEFINITION, "metadata": {"name": "others.x.io"}}
        objects.create(town.CRD, {**other, "status": {}})
        objects.delete(town.CRD, None, "others.x.io")
        objects.create(town.CRD, town.DEFINITION)
        version = objects.version
        last = {**town.DEFINITION, "metadata": {"name": "last.x.io"}, "status": {}}
        objects.create(town.CRD, last)
        await town.until(lambda: is_established(objects.get(town.CRD, None, "last.x.io") or {}))
    assert objects.version == version + 2
