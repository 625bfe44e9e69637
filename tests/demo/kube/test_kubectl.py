"""The stock kubectl as the judge of what the API server says."""

from __future__ import annotations

import asyncio

import yaml

from tests.demo.kube import town
from tests.demo.kube.kubectl import Kubectl
from tests.demo.kube.town import Lines, Town

Stage = tuple[Town, Kubectl]


def rows(table: str) -> list[list[str]]:
    return [line.split() for line in table.splitlines()]


async def test_get(stage: Stage) -> None:
    wide, everywhere, one, chosen, nodes, events, types, crds, everything, nothing = await stage[1].all(
        "get pods -o wide",
        "get pods -A",
        "get pod gateway-1 -o yaml",
        "get pods -l app=gateway-1 -o name",
        "get nodes --field-selector metadata.name!=node-b --no-headers",
        "get events",
        "get it",
        "get crd",
        "get all",
        "get pods -n default --field-selector status.phase=Failed",
    )
    assert rows(wide)[:2] == [
        ["NAME", "READY", "STATUS", "RESTARTS", "AGE", "IP", "NODE", "NOMINATED", "NODE", "READINESS", "GATES"],
        ["gateway-1", "1/1", "Running", "0", "10m", "10.0.0.9", "node-a", "<none>", "<none>"],
    ]
    assert [row[:2] for row in rows(everywhere)[1:]] == [
        ["azureml", "gateway-1"], ["azureml", "relayserver-1"], ["default", "job-1"],
    ]  # fmt: skip
    body = yaml.safe_load(one)
    assert (body["kind"], body["metadata"]["name"], body["status"]["phase"]) == ("Pod", "gateway-1", "Running")
    assert chosen == "pod/gateway-1\n"
    assert rows(nodes) == [["node-a", "Ready", "<none>", "15m", "v1.31.4"]]
    assert rows(events)[1][:4] == ["60s", "Normal", "Started", "pod/gateway-1"]
    assert rows(types) == [["NAME", "CPU", "GPU", "AGE"], ["gpu", "4", "1", "0s"], ["small", "1", "0s"]]
    assert rows(crds)[1][0] == town.TYPES
    assert "deployment.apps/gateway" in everything
    assert nothing == "No resources found in default namespace.\n"


async def test_get_in_pages_and_sorted(stage: Stage) -> None:
    made, run = stage
    for number in range(30):
        made.objects.create("pods", town.pod(f"p-{number:02}"))
    paged, by_name = await run.all(
        "get pods --chunk-size=7 -o name", "get pods --sort-by=.metadata.name --no-headers -o name"
    )
    assert len(paged.splitlines()) == 32
    assert sorted(by_name.splitlines()) == by_name.splitlines()


async def test_get_watch(stage: Stage) -> None:
    made, run = stage
    async with run.open("get", "pods", "-w", "--no-headers") as out:
        first = [(await out.readline()).split() for _ in range(2)]
        assert [row[0] for row in first] == [b"gateway-1", b"relayserver-1"]
        made.objects.create("pods", {**town.pod("new"), "status": {"phase": "Pending"}})
        made.objects.change("pods", "azureml", "new", lambda o: o["status"].update(phase="Failed", reason="Evicted"))
        then = [(await out.readline()).split()[:3] for _ in range(2)]
    assert then == [[b"new", b"0/1", b"Pending"], [b"new", b"0/1", b"Evicted"]]


async def test_describe(stage: Stage) -> None:
    pod, node, kind = await stage[1].all("describe pod gateway-1", "describe node node-a", "describe it gpu")
    for expected in ("Node:         node-a/10.1.0.4", "Image:          img:1", "Started container main", "x3 over"):
        assert expected in pod
    assert "Non-terminated Pods:          (2 in total)" in node
    assert "nvidia.com/gpu:  1" in kind


async def test_logs(stage: Stage) -> None:
    made, run = stage
    body = town.pod("two")
    body["spec"]["containers"].append({"name": "side", "image": "x"})
    made.put_pod(body)
    made.logs.put("azureml", "two", "side", Lines(town.START - 1, text="side"))
    tail, since, old, stamped, one, every, chosen = await run.all(
        "logs gateway-1 --tail=2",
        "logs gateway-1 --since=2s",
        "logs gateway-1 --previous --tail=1",
        "logs gateway-1 --timestamps --tail=1",
        "logs two -c side",
        "logs two --all-containers --tail=1 --prefix",
        "logs -l app=gateway-1 --tail=1",
    )
    assert tail == since == "line 599\nline 600\n"
    assert (old, stamped) == ("old 10\n", "2023-11-14T22:13:20.000000000Z line 600\n")
    assert one == "side 0\nside 1\n"
    assert sorted(every.splitlines()) == ["[pod/two/main] line 600", "[pod/two/side] side 1"]
    assert chosen == "line 600\n"
    missing = await run.run("logs", "two", "-c", "side", "--previous", code=1)
    assert 'previous terminated container "side" in pod "two" not found' in missing


async def test_logs_follow(stage: Stage) -> None:
    made, run = stage
    made.logs.put("azureml", "gateway-1", "main", Lines(town.START, ends=town.START + 2))
    async with run.open("logs", "-f", "gateway-1") as out:
        assert await out.readline() == b"line 0\n"
        made.clock.now += 5
        assert await out.read() == b"line 1\nline 2\n"


async def test_rights(stage: Stage) -> None:
    run = stage[1]
    yes, also, whoami, listed, everything = await run.all(
        "--context=viewer auth can-i get pods",
        "--context=certificate auth can-i list nodes",
        "--context=certificate auth whoami",
        "--context=viewer auth can-i --list",
        "auth can-i * *",
    )
    assert yes.strip() == also.splitlines()[-1] == everything.strip() == "yes"
    assert "arcdeck-demo-viewer" in whoami
    assert ["pods/log", "[]", "[]", "[get", "list", "watch]"] in rows(listed)
    assert "secrets" not in listed
    no = await run.run("--context=viewer", "auth", "can-i", "delete", "pods", code=1)
    assert no.strip() == "no"


async def test_discovery_and_explain(stage: Stage) -> None:
    resources, versions, spec, kind, field, version = await stage[1].all(
        "api-resources --no-headers",
        "api-versions",
        "explain pod.spec",
        "explain instancetypes",
        "explain instancetypes.spec.tier",
        "version -o yaml",
    )
    assert ["instancetypes", "it", "amlarc.azureml.com/v1alpha1", "false", "InstanceType"] in rows(resources)
    assert {"v1", "apps/v1", "amlarc.azureml.com/v1alpha1"} <= set(versions.split())
    assert "containers\t<[]Container> -required-" in spec
    assert "nodeSelector\t<map[string]string>" in spec
    assert "How much a job gets and where it runs." in kind
    assert "spec\t<Object>" in kind
    assert "<string>" in field
    assert yaml.safe_load(version)["serverVersion"]["minor"] == "32"


async def test_wait_and_rollout(stage: Stage) -> None:
    made, run = stage
    made.objects.change("deployments.apps", "azureml", "gateway", lambda o: o["status"].update(updatedReplicas=0))
    ready, rollout, crd, deleted = (
        asyncio.create_task(run.run(*each.split()))
        for each in (
            "wait --for=condition=Ready pod/gateway-1 --timeout=20s",
            "rollout status deployment/gateway --timeout=20s",
            f"wait --for=condition=established crd/{town.TYPES} --timeout=20s",
            "wait --for=delete pod/relayserver-1 --timeout=20s",
        )
    )
    assert await ready == "pod/gateway-1 condition met\n"
    assert "condition met" in await crd
    made.objects.change("deployments.apps", "azureml", "gateway", lambda o: o["status"].update(updatedReplicas=1))
    made.objects.delete("pods", "azureml", "relayserver-1")
    assert (await rollout).endswith('deployment "gateway" successfully rolled out\n')
    assert await deleted == "pod/relayserver-1 condition met\n"
