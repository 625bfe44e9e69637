"""The address of a run in the studio."""

from __future__ import annotations

import pytest

from tui.domain import studio

LABELS = {
    "ml.azure.com/subscription-id": "0000", "ml.azure.com/resource-group": "rg ml", "ml.azure.com/workspace": "ws",
    "ml.azure.com/run-id": "calm_fox_1",
}  # fmt: skip
WSID = "/subscriptions/0000/resourcegroups/rg%20ml/workspaces/ws"


@pytest.mark.parametrize(
    ("cloud", "host"),
    [("AzureCloud", "ml.azure.com"), ("AzureUSGovernment", "ml.azure.us"), ("AzureChinaCloud", "studio.ml.azure.cn")],
)
def test_each_cloud_has_its_own_host(cloud: str, host: str) -> None:
    assert studio.url(LABELS, cloud) == f"https://{host}/runs/calm_fox_1?wsid={WSID}"


@pytest.mark.parametrize("missing", LABELS)
def test_a_pod_that_does_not_say_all_of_it_has_none(missing: str) -> None:
    assert studio.url({name: value for name, value in LABELS.items() if name != missing}) == ""


def test_an_unknown_cloud_has_none_and_labels_cannot_lead_elsewhere() -> None:
    assert studio.url(LABELS, "Elsewhere") == ""
    evil = studio.url({**LABELS, "ml.azure.com/run-id": "a/../?x=@evil.example"})
    assert evil == f"https://ml.azure.com/runs/a%2F..%2F%3Fx%3D%40evil.example?wsid={WSID}"
