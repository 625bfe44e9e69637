"""Tables: the columns that kubectl shows, of built-in and of custom kinds, and what of the objects goes with them."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tests.contract import definitions
from tests.contract.definitions import JOBS, vcjob
from tests.contract.kinds import config_map, of, pod
from tests.demo.kube.town import Client

TABLE = {"Accept": "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"}
BARE = {"Accept": "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json"}


def _columns(table: Any) -> list[tuple[str, str, str, int]]:
    return [(each["name"], each["type"], each["format"], each["priority"]) for each in table["columnDefinitions"]]


async def test_the_columns_of_pods(raw: Client, home: str) -> None:
    await raw.ask("POST", of(home, "pods"), pod("p", "node-1"))
    table = await raw.get(of(home, "pods"), headers=TABLE)
    assert _columns(table) == [
        ("Name", "string", "name", 0), ("Ready", "string", "", 0), ("Status", "string", "", 0),
        ("Restarts", "string", "", 0), ("Age", "string", "", 0), ("IP", "string", "", 1), ("Node", "string", "", 1),
        ("Nominated Node", "string", "", 1), ("Readiness Gates", "string", "", 1),
    ]  # fmt: skip
    (row,) = table["rows"]
    assert row["cells"][:4] == ["p", "0/1", "Pending", "0"]
    assert row["cells"][5:] == ["<none>", "node-1", "<none>", "<none>"]


@pytest.mark.parametrize(
    ("path", "columns"),
    [
        ("/apis/apps/v1/replicasets", {"Desired": "integer", "Current": "integer", "Ready": "integer"}),
        ("/apis/apps/v1/daemonsets", {"Desired": "integer", "Available": "integer", "Node Selector": "string"}),
        ("/apis/apps/v1/deployments", {"Ready": "string", "Up-to-date": "string"}),
        ("/apis/batch/v1/cronjobs", {"Suspend": "boolean", "Active": "integer"}),
        ("/apis/policy/v1/poddisruptionbudgets", {"Allowed Disruptions": "integer"}),
        ("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", {"Created At": "date", "Established": "boolean"}),
        ("/api/v1/limitranges", {"Created At": "date"}),
        ("/api/v1/nodes", {"Status": "string", "Roles": "string", "Version": "string", "Kernel-Version": "string"}),
        ("/api/v1/events", {"Last Seen": "string", "Object": "string", "Count": "string"}),
    ],
)
async def test_the_types_of_columns(raw: Client, path: str, columns: dict[str, str]) -> None:
    table = await raw.get(path + "?limit=1", headers=TABLE)
    types = {name: kind for name, kind, _format, _priority in _columns(table)}
    assert {name: types.get(name) for name in columns} == columns


@pytest.mark.parametrize(("include", "kind"), [("", "PartialObjectMetadata"), ("Object", "ConfigMap"), ("None", None)])
async def test_what_of_the_objects_goes_with_a_table(raw: Client, home: str, include: str, kind: str | None) -> None:
    await raw.ask("POST", of(home), config_map("a", {"l": "x"}, k="1"))
    table = await raw.get(f"{of(home)}?includeObject={include}", headers=TABLE)
    (row,) = table["rows"]
    assert row["cells"][:2] == ["a", 1]
    assert (row["object"] and row["object"]["kind"]) == kind
    assert ("data" in (row["object"] or {})) is (kind == "ConfigMap")
    assert table["metadata"]["resourceVersion"]
    assert kind is None or row["object"]["metadata"]["labels"] == {"l": "x"}


async def test_nothing_else_goes_with_a_table(raw: Client, home: str) -> None:
    status, said = await raw.ask("GET", f"{of(home)}?includeObject=Half", headers=TABLE)
    assert (status, said["message"]) == (
        400, "Unable to convert to Table as requested: includeObject: Invalid value: \"Half\": must be 'Metadata', "
        "'Object', 'None', or empty",
    )  # fmt: skip


async def test_a_column_of_a_custom_kind_may_be_for_the_wide_view(raw: Client, home: str) -> None:
    await definitions.install(raw)
    await raw.ask("POST", JOBS.format(home), vcjob("j", queue="night"))
    table = await raw.get(JOBS.format(home), headers=TABLE)
    columns = {name.lower(): (kind, priority) for name, kind, _format, priority in _columns(table)}
    assert columns["queue"] == ("string", 1)
    assert columns["minavailable"] == ("integer", 0)
    assert columns["age"] == ("date", 0)
    (row,) = table["rows"]
    shown = dict(zip(columns, row["cells"], strict=True))
    assert (shown["name"], shown["queue"], shown["status"]) == ("j", "night", None)


async def test_a_watch_of_a_table_says_the_columns_once(raw: Client, home: str) -> None:
    version = (await raw.get(of(home)))["metadata"]["resourceVersion"]
    for name in ("a", "b"):
        await raw.ask("POST", of(home), config_map(name))
    query = f"{of(home)}?watch=true&timeoutSeconds=1&resourceVersion={version}"
    async with raw.stream("GET", query, headers=TABLE) as answer:
        lines = [msgspec.json.decode(line) for line in (await answer.read()).splitlines()]
    tables = [line["object"] for line in lines if line["type"] == "ADDED"]
    assert [(bool(each["columnDefinitions"]), each["rows"][0]["cells"][0]) for each in tables] == [
        (True, "a"), (False, "b"),
    ]  # fmt: skip


async def test_a_list_can_be_of_the_metadata_only(raw: Client, home: str) -> None:
    await raw.ask("POST", of(home), config_map("a", k="1"))
    listed = await raw.get(of(home), headers=BARE)
    assert (listed["kind"], listed["apiVersion"]) == ("PartialObjectMetadataList", "meta.k8s.io/v1")
    (item,) = listed["items"]
    assert (item["kind"], item["metadata"]["name"], "data" in item) == ("PartialObjectMetadata", "a", False)
