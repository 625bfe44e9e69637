"""The plan of a delete: one request, who is hurt, what stays."""

from __future__ import annotations

import shlex
from typing import Any

import pytest

from tests.domain.build import node
from tests.domain.plans.test_deploy import BUS, CLUSTERS, LOGS, RELAY, cluster, live
from tests.domain.plans.test_update import BASE, job
from tui.core.health import Health
from tui.domain import compute
from tui.domain import node as nodes
from tui.domain.compute import ComputeRow
from tui.domain.plans import delete as plan_delete
from tui.domain.plans.note import Note
from tui.domain.plans.plan import Plan

WORKSPACE = "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/vision"


def attached(name: str, cluster_id: str = CLUSTERS["Arc"], kind: str = "Kubernetes") -> ComputeRow:
    inner = {"computeType": kind, "resourceId": cluster_id, "provisioningState": "Succeeded"}
    return compute.decode({"id": f"{WORKSPACE}/computes/{name}", "name": name, "properties": inner})


def notes(made: Plan) -> dict[str, Note]:
    return {note.code: note for note in made.notes}


def delete(settings: dict[str, str] | None = None, **how: Any) -> Plan:
    return plan_delete.plan(live(settings=BASE | (settings or {})), cluster(), **how)


@pytest.mark.parametrize(("force", "query"), [(False, ""), (True, "?forceDelete=true")])
def test_one_request_that_wants_the_name_typed(force: bool, query: str) -> None:
    made = delete(force=force)
    (step,) = made.steps
    assert (step.method, step.path, step.body, step.follows) == ("DELETE", made.target + query, None, True)
    assert made.name_to_type == "amlarc-compute"
    assert not made.blocked
    words = shlex.split(made.az)
    assert words[1:3] == ["k8s-extension", "delete"]
    assert ("--force" in words) is force
    assert ("force-leaves-objects" in notes(made)) is force
    assert "forceDelete=true&api-version" in step.command if force else "?api-version" in step.command


def test_who_is_hurt_is_named() -> None:
    made = delete(
        {"enableInference": "True", "installNvidiaDevicePlugin": "True"},
        computes=[attached("edge"), attached("odd", CLUSTERS["Arc"].replace("resourceGroups", "resourcegroups")),
                  attached("other", CLUSTERS["AKS"]), attached("pool", kind="AmlCompute")],
        jobs=[job("sky"), job("queued", "Queued"), job("over", "Failed")],
        nodes=[nodes.decode(node("gpu-1", gpus="4")), nodes.decode(node("cpu-1"))],
    )  # fmt: skip
    found = notes(made)
    assert found["computes-attached"].what.startswith("2 attached computes")
    assert "edge (vision), odd (vision)" in found["computes-attached"].what
    assert found["jobs-active"].evidence == "sky (Running), queued (Queued)"
    assert found["device-plugin-removed"].evidence.endswith("nodes with GPUs: gpu-1")
    assert "endpoints-stop" in found
    assert [note.health for note in made.notes] == sorted((n.health for n in made.notes), reverse=True)
    assert not made.blocked, "the operator may delete all the same"


def test_who_is_not_there_is_not_hurt() -> None:
    found = notes(delete(nodes=[nodes.decode(node())], jobs=[job("over", "Completed")]))
    assert {code for code, note in found.items() if note.health is Health.WARN} == set()
    gpus = [nodes.decode(node("gpu-1", gpus="4"))]
    assert "device-plugin-removed" not in notes(delete(nodes=gpus)), "somebody else's plugin stays"
    assert "device-plugin-removed" not in notes(delete({"installNvidiaDevicePlugin": "True"},
                                                       nodes=[nodes.decode(node())]))  # fmt: skip
    old = live(settings=BASE, currentVersion="1.0.37")
    assert "device-plugin-removed" in notes(plan_delete.plan(old, cluster())), "the preview installed it by default"


def test_what_stays_is_told_with_the_command_that_is_never_run() -> None:
    made = delete({"logAnalyticsWS": "True", "servicebus.enabled": "true", "servicebus.resourceID": BUS})
    stays = {note.evidence: note for note in made.notes if note.code == "stays"}
    hybrid = BASE["relayserver.hybridConnectionResourceID"]
    assert set(stays) == {LOGS, hybrid, BUS}
    assert stays[hybrid].command.startswith("az relay namespace delete ")
    assert stays[hybrid].command.endswith(RELAY.rpartition("/")[2])
    assert stays[BUS].command.startswith("az servicebus namespace delete ")
    assert stays[LOGS].command.startswith("az monitor log-analytics workspace delete ")
    definitions = notes(made)["crds-stay"]
    assert "instancetypes.amlarc.azureml.com" in definitions.command
    assert "jobs.batch.volcano.sh" in definitions.command
    assert "volcano" not in notes(delete({"installVolcano": "False"}))["crds-stay"].command
    assert [step.id for step in made.steps] == ["extension"]
    assert sum("stays" in text for text in made.lasting) == 3


def test_an_aks_has_no_relay_that_stays() -> None:
    made = plan_delete.plan(live(settings={"enableTraining": "True"}), cluster("AKS"))
    assert [note for note in made.notes if note.code == "stays"] == []


def test_what_goes_on_is_told() -> None:
    for state, word in (("Deleting", "being deleted already"), ("Creating", "may be refused")):
        made = plan_delete.plan(live(state, BASE), cluster())
        assert word in notes(made)["extension-busy"].what
        assert "extension-busy" not in notes(plan_delete.plan(live(state, BASE), cluster(), force=True))
