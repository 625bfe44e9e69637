"""Which api-version is asked with: both eras of the extension, and services that lag."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import web

from tests.client.arm import CLUSTER, WORKSPACES, endpoint, error
from tui.client.arm_versions import EXTENSION_VERSIONS, another, type_of, version_of
from tui.core.errors import Problem
from tui.demo import tls

EXTENSION = f"{CLUSTER}/providers/Microsoft.KubernetesConfiguration/extensions/amlarc-compute"


class Eras:
    """Extensions in the versions it knows."""

    def __init__(self, *versions: str) -> None:
        self.versions = versions
        self.asked: list[str] = []

    def __call__(self, request: web.Request) -> web.Response:
        version = request.query["api-version"]
        self.asked.append(version)
        if version not in self.versions:
            return error(400, "InvalidApiVersionParameter", f"The api-version '{version}' is invalid.")
        properties: dict[str, Any] = {"installState": "Pending", "configurationProtectedSettings": {}, "statuses": None}
        body = {"id": EXTENSION, "properties": properties}
        return web.json_response(body if request.path.endswith("amlarc-compute") else {"value": [body, {"odd": 1}]})


async def test_extensions_come_raw_in_the_newest_version_the_service_knows(certificates: tls.Certificates) -> None:
    eras = Eras("2023-05-01")
    async with endpoint(certificates) as (api, arm):
        api.handle = eras
        found = await arm.extensions(CLUSTER)
        one = await arm.extension(EXTENSION)
    assert isinstance(found, list)
    assert isinstance(one, dict)
    assert found[0] == one
    assert found[1] == {"odd": 1}
    assert one["properties"]["installState"] == "Pending"
    assert api.asked[0].path == f"{CLUSTER}/providers/Microsoft.KubernetesConfiguration/extensions"
    assert api.asked[1].path == EXTENSION


async def test_the_oldest_era_is_found_once_and_remembered(certificates: tls.Certificates) -> None:
    eras = Eras("2020-07-01-preview")
    async with endpoint(certificates) as (api, arm):
        api.handle = eras
        assert isinstance(await arm.extensions(CLUSTER), list)
        assert isinstance(await arm.extension(EXTENSION), dict)
    assert eras.asked == [*EXTENSION_VERSIONS, "2020-07-01-preview"]


async def test_an_extension_that_is_not_there_and_an_id_that_is_none(certificates: tls.Certificates) -> None:
    async with endpoint(certificates) as (api, arm):
        api.handle = lambda request: error(404, "ExtensionNotFound", "The Resource x could not be found!")
        found = await arm.extension(EXTENSION)
        assert isinstance(found, Problem)
        assert (found.status, found.code) == (404, "ExtensionNotFound")
        api.asked.clear()
        listed = await arm.extensions("/subscriptions/s")
        assert isinstance(listed, Problem)
        assert listed.what == "'/subscriptions/s' is no cluster's id"
        api.handle = lambda request: web.json_response({"value": "odd"})
        assert api.asked == []


async def test_an_answer_the_models_do_not_understand_is_read_all_the_same(certificates: tls.Certificates) -> None:
    body = {"id": EXTENSION, "properties": {"autoUpgradeMinorVersion": {"odd": 1}, "statuses": "odd"}}
    async with endpoint(certificates) as (api, arm):
        api.handle = lambda request: web.json_response(body)
        assert await arm.extension(EXTENSION) == body


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"{cut", "application/json"), (b'"\xff\xfe"', "application/json"), (b"<html>", "text/html"),
        (b"<a>", "text/xml"), (b"\x89PNG", "image/png"), (b"[1]", "application/json"), (b"", "application/json"),
    ],
)  # fmt: skip
async def test_an_answer_nobody_can_read_is_a_problem(certificates: tls.Certificates, body: bytes, kind: str) -> None:
    async with endpoint(certificates) as (api, arm):
        api.handle = lambda request: web.Response(body=body, content_type=kind)
        for found in (
            await arm.extension(EXTENSION), await arm.extensions(CLUSTER), await arm.cluster(CLUSTER),
            await arm.workspaces("s"),
        ):  # fmt: skip
            assert isinstance(found, Problem)
            assert found.code in ("Unreadable", "Broken")


async def test_an_extension_s_id_may_be_written_in_any_case(certificates: tls.Certificates) -> None:
    eras = Eras("2023-05-01")
    async with endpoint(certificates) as (api, arm):
        api.handle = eras
        assert isinstance(await arm.extension(EXTENSION.replace("/providers/", "/PROVIDERS/")), dict)
    assert api.asked[-1].path.lower() == EXTENSION.lower()


async def test_a_service_that_lags_is_asked_in_a_version_it_offers(certificates: tls.Certificates) -> None:
    asked: list[str] = []

    def handle(request: web.Request) -> web.Response:
        asked.append(request.query["api-version"])
        if asked[-1] == "2021-10-01":
            return web.json_response({"ok": 1})
        told = f"No registered resource provider found for location 'x' and API version '{asked[-1]}'. The supported"
        return error(400, "NoRegisteredProviderFound", f"{told} api-versions are '2021-03-01, 2021-10-01, 2025-01-01'.")

    async with endpoint(certificates) as (api, arm):
        api.handle = handle
        assert await arm.cluster(CLUSTER) == {"ok": 1}
        assert await arm.cluster(CLUSTER) == {"ok": 1}
    assert asked == ["2024-01-01", "2021-10-01", "2021-10-01"]


@pytest.mark.parametrize(
    ("offered", "taken"),
    [
        ("2021-03-01, 2022-01-01-preview", "2021-03-01"),
        ("2022-01-01-preview", "2022-01-01-preview"),
        ("2030-01-01, 2025-01-01", "2025-01-01"),
        ("2024-01-01", ""),
        ("none", ""),
    ],
)
def test_the_next_older_stable_version_is_taken(offered: str, taken: str) -> None:
    assert another(Problem(f"The supported versions are '{offered}'."), "2024-01-01") == taken


def test_the_type_of_a_path() -> None:
    assert type_of(f"{WORKSPACES}/w/computes") == "microsoft.machinelearningservices/workspaces/computes"
    assert type_of(EXTENSION) == "microsoft.kubernetesconfiguration/extensions"
    assert version_of(CLUSTER.upper()) == "2024-01-01"
    assert version_of("/subscriptions/s/resources") == "2021-04-01"
