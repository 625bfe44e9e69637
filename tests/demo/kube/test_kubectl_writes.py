"""The stock kubectl as the judge of writes: apply, diff, delete, create, patch."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.demo.kube import town
from tests.demo.kube.kubectl import Kubectl
from tests.demo.kube.town import Town

Stage = tuple[Town, Kubectl]
WEB = town.deployment("web")
WEB.pop("status")


def web(image: str = "img:1", **container: Any) -> dict[str, Any]:
    """The manifest of a deployment."""
    template = {**WEB["spec"]["template"], "spec": {"containers": [{"name": "main", "image": image, **container}]}}
    return {**WEB, "spec": {**WEB["spec"], "template": template}}


def small(cpu: str = "1", **spec: Any) -> dict[str, Any]:
    """The manifest of an instance type."""
    body = town.instance_type("mine", cpu)
    return {**body, "spec": {**body["spec"], **spec}}


async def test_apply_and_diff(stage: Stage) -> None:
    made, run = stage
    for body, changed, name in (
        (
            web(env=[{"name": "A", "value": "1"}]),
            web("img:2", env=[{"name": "B", "value": "1"}]),
            "deployment.apps/web",
        ),
        (small(), small("2"), "instancetype.amlarc.azureml.com/mine"),
    ):
        assert await run.run("apply", "-f", "-", body=body) == f"{name} created\n"
        assert await run.run("apply", "-f", "-", body=body) == f"{name} unchanged\n"
        assert await run.run("diff", "-f", "-", body=body) == ""
        assert (
            await run.run("apply", "--dry-run=server", "-f", "-", body=changed)
            == f"{name} configured (server dry run)\n"
        )
        lines = (await run.run("diff", "-f", "-", body=changed, code=1)).splitlines()
        assert [line.split() for line in lines if line.startswith("+  ")]
        assert await run.run("apply", "-f", "-", body=changed) == f"{name} configured\n"
    held = made.objects.get("deployments.apps", "azureml", "web")
    assert held is not None
    container = held["spec"]["template"]["spec"]["containers"][0]
    assert (container["image"], container["env"]) == ("img:2", [{"name": "B", "value": "1"}])


async def test_apply_on_the_server(stage: Stage) -> None:
    made, run = stage
    mine = "instancetype.amlarc.azureml.com/mine serverside-applied\n"
    assert await run.run("apply", "--server-side", "-f", "-", body=small()) == mine
    two = ("apply", "--server-side", "--field-manager=two", "-f", "-")
    refused = await run.run(*two, body=small("2"), code=1)
    conflicts = ("- .spec.resources.limits.cpu", "- .spec.resources.requests.cpu")
    assert refused.splitlines()[:3] == [
        'error: Apply failed with 2 conflicts: conflicts with "kubectl":', *conflicts,
    ]  # fmt: skip
    assert await run.run(*two, "--force-conflicts", body=small("2")) == mine
    held = made.objects.get(town.TYPES, None, "mine")
    assert held is not None
    assert held["spec"]["resources"]["limits"]["cpu"] == "2"
    assert {entry["manager"] for entry in held["metadata"]["managedFields"]} == {"kubectl", "two"}


async def test_apply_on_the_server_after_apply_by_the_client(stage: Stage) -> None:
    made, run = stage
    await run.run("apply", "-f", "-", body=web())
    await run.run("apply", "--server-side", "-f", "-", body=web("img:3"))
    held = made.objects.get("deployments.apps", "azureml", "web")
    assert held is not None
    assert held["spec"]["template"]["spec"]["containers"][0]["image"] == "img:3"


async def test_what_is_refused(stage: Stage) -> None:
    run = stage[1]
    unknown, wrong, invalid, again, forbidden = await asyncio.gather(
        run.run("apply", "-f", "-", body=web(imagee="x"), code=1),
        run.run("apply", "-f", "-", body=web(ports="80"), code=1),
        run.run("apply", "-f", "-", body=small(weight=11, tier="gold"), code=1),
        run.run("create", "-f", "-", body=town.instance_type("gpu"), code=1),
        run.run("--context=viewer", "delete", "pod", "gateway-1", code=1),
    )
    assert 'strict decoding error: unknown field "spec.template.spec.containers[0].imagee"' in unknown
    assert "cannot unmarshal string into Go struct field" in wrong
    assert "* spec.weight: Invalid value: 11: spec.weight in body should be less than or equal to 10" in invalid
    assert '* spec.tier: Unsupported value: "gold": supported values: "spot", "standard"' in invalid
    assert 'Error from server (AlreadyExists): error when creating "STDIN"' in again
    assert 'Error from server (Forbidden): pods "gateway-1" is forbidden: User "arcdeck-demo-viewer"' in forbidden


async def test_delete(stage: Stage) -> None:
    made, run = stage
    await run.all("delete pod gateway-1", "delete pod relayserver-1 --grace-period=1", "delete it gpu")
    assert made.objects.list("pods", "azureml") == []
    await run.run("delete", "pod", "job-1", "-n", "default", "--wait=false")
    held = made.objects.get("pods", "default", "job-1")
    assert held is None or held["metadata"]["deletionTimestamp"]


def owned(body: dict[str, Any], owner: dict[str, Any]) -> dict[str, Any]:
    meta = owner["metadata"]
    reference = {"apiVersion": "v1", "kind": owner["kind"], "name": meta["name"], "uid": meta["uid"]}
    return {**body, "metadata": {**body["metadata"], "ownerReferences": [reference]}}


async def test_delete_with_what_depends_on_it(stage: Stage) -> None:
    made, run = stage
    for name, cascade in (("a", "background"), ("b", "foreground"), ("c", "orphan")):
        owner = made.objects.create("deployments.apps", town.deployment(name))
        made.objects.create("pods", owned(town.pod(f"{name}-pod"), owner))
        await run.run("delete", "deployment", name, f"--cascade={cascade}")
        assert made.objects.get("deployments.apps", "azureml", name) is None
    await town.until(lambda: made.objects.get("pods", "azureml", "a-pod") is None)
    left = [pod["metadata"]["name"] for pod in made.objects.list("pods", "azureml")]
    assert left == ["c-pod", "gateway-1", "relayserver-1"]


async def test_create_patch_label_annotate_scale(stage: Stage) -> None:
    made, run = stage
    await run.all(
        "create configmap c --from-literal=a=b",
        "create namespace fresh",
        "create deployment d --image=x",
        "label pod gateway-1 tier=front",
        "annotate node node-a note=x",
        "scale deployment gateway --replicas=3",
    )
    patches = (
        ("merge", '{"metadata":{"labels":{"m":"1"}}}'),
        ("json", '[{"op":"add","path":"/metadata/labels/j","value":"2"}]'),
        ("strategic", '{"metadata":{"labels":{"s":"3"}}}'),
    )
    for kind, patch in patches:
        assert await run.run("patch", "pod", "gateway-1", f"--type={kind}", "-p", patch) == "pod/gateway-1 patched\n"
    await run.run("label", "pod", "gateway-1", "tier-")
    pod = made.objects.get("pods", "azureml", "gateway-1")
    assert pod is not None
    assert pod["metadata"]["labels"] == {"app": "gateway-1", "m": "1", "j": "2", "s": "3"}
    gateway = made.objects.get("deployments.apps", "azureml", "gateway")
    assert gateway is not None
    assert gateway["spec"]["replicas"] == 3
    assert made.objects.get("namespaces", None, "fresh") is not None
