"""Options of writes over HTTP: dry run, field validation, field managers."""

from __future__ import annotations

from typing import Any

import pytest

from tests.demo.kube.town import Client, Town

TYPE = "/apis/amlarc.azureml.com/v1alpha1/instancetypes/small"
TYPES = TYPE.rpartition("/")[0]
MERGE = "application/merge-patch+json"
APPLY = "application/apply-patch+yaml"
Served = tuple[Town, Client]


@pytest.mark.parametrize(
    ("method", "path", "media", "query", "kind", "field"),
    [
        ("POST", TYPES, "", {"dryRun": "Some"}, "CreateOptions", "dryRun"),
        ("POST", TYPES, "", {"dryRun": ""}, "CreateOptions", "dryRun"),
        ("PUT", TYPE, "", {"dryRun": "Some"}, "UpdateOptions", "dryRun"),
        ("PATCH", TYPE, MERGE, {"dryRun": "Some"}, "PatchOptions", "dryRun"),
        ("PATCH", TYPE, MERGE, {"force": "true"}, "PatchOptions", "force"),
        ("PATCH", TYPE, APPLY, {}, "PatchOptions", "fieldManager"),
        ("DELETE", TYPE, "", {"dryRun": "Some"}, "DeleteOptions", "dryRun"),
        ("POST", TYPES, "", {"fieldValidation": "Perhaps"}, "CreateOptions", "fieldValidation"),
        ("POST", TYPES, "", {"fieldManager": "x" * 129}, "CreateOptions", "fieldManager"),
        ("POST", TYPES, "", {"fieldManager": "a\x00b"}, "CreateOptions", "fieldManager"),
    ],
)
async def test_what_makes_no_sense_is_invalid(
    served: Served, method: str, path: str, media: str, query: dict[str, str], kind: str, field: str
) -> None:
    made, client = served
    before, body = made.objects.version, {}
    status, error = await client.ask(method, path, body, media, params=query)
    assert (status, error["reason"], error["details"]["kind"]) == (422, "Invalid", kind)
    assert [cause["field"] for cause in error["details"]["causes"]] == [field]
    assert made.objects.version == before


async def test_the_words_of_a_dry_run_are_listed(served: Served) -> None:
    body: Any = {}
    error = (await served[1].ask("POST", f"{TYPES}?dryRun=All&dryRun=Some", body))[1]
    assert error["message"] == (
        'CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: ["All","Some"]: supported values: "All"'
    )
