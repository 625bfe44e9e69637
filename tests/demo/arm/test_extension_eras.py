"""One extension in the bodies of all eras."""

from __future__ import annotations

from typing import Any

import pytest

from tests.demo.arm.cloud import ARC, EXT, GA, Cloud, extension
from tui.demo.arm.outcomes import EXTENSION

FIRST = "2020-07-01-preview"


async def test_the_eras_look_at_one_resource(cloud: Cloud) -> None:
    cloud.state.put(extension("Creating"))

    async def states(version: str) -> tuple[Any, Any]:
        inner = (await cloud.get(EXT, version))["properties"]
        return inner.get("installState"), inner.get("provisioningState")

    assert [await states(v) for v in (FIRST, "2021-05-01-preview", "2021-09-01", "2022-03-01", GA)] == [
        ("Pending", None),
        ("Pending", "Creating"),
        ("Unknown", "Creating"),
        (None, "Creating"),
        (None, "Creating"),
    ]


async def test_what_each_era_calls_the_running_version(cloud: Cloud) -> None:
    cloud.state.put(extension())

    async def versions(version: str) -> tuple[Any, Any, Any]:
        inner = (await cloud.get(EXT, version))["properties"]
        return inner.get("version"), inner.get("installedVersion"), inner.get("currentVersion")

    assert await versions(FIRST) == ("1.1.39", None, None)
    assert await versions("2021-09-01") == ("1.1.39", None, None)
    assert await versions("2022-03-01") == (None, "1.1.39", None)
    assert await versions("2022-11-01") == (None, None, "1.1.39")


async def test_the_first_eras_body(cloud: Cloud) -> None:
    cloud.state.put(extension())
    body = await cloud.get(EXT, FIRST)
    inner = body["properties"]
    assert (body["systemData"], "identity" in body, inner["errorInfo"]) == (
        None,
        False,
        {"code": None, "message": None},
    )
    assert inner["scope"] == {"cluster": {"releaseNamespace": "azureml"}, "namespace": None}
    assert inner["creationTime"] == "2023-11-14T00:00:00.1234567+00:00"
    error = {"code": "InstallationFailed", "message": "m", "details": []}
    cloud.state.put(extension("Failed", errorInfo=error))
    inner = (await cloud.get(EXT, FIRST))["properties"]
    assert (inner["installState"], inner["errorInfo"]) == ("Failed", {"code": "InstallationFailed", "message": "m"})


@pytest.mark.parametrize("version", ["2021-05-01-preview", "2021-09-01", "2022-03-01", "2022-11-01"])
async def test_there_is_no_error_key_without_an_error(cloud: Cloud, version: str) -> None:
    cloud.state.put(extension())
    body = await cloud.get(EXT, version)
    assert "errorInfo" not in body["properties"]
    assert body["systemData"]["createdAt"]
    assert ("plan" in body, "isSystemExtension" in body["properties"]) == (version == "2022-11-01",) * 2


async def test_protected_settings_never_leave(cloud: Cloud) -> None:
    cloud.state.put(extension())
    for version in cloud.state.versions[EXTENSION]:
        for path in (EXT, f"{ARC}/providers/Microsoft.KubernetesConfiguration/extensions"):
            assert "not-a-real-one" not in str(await cloud.get(path, version))
