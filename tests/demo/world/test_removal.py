"""Removal: what goes and what stays, what hangs, and what a forced delete leaves behind."""

from __future__ import annotations

from tests.demo.world.stand import Stand
from tui.demo.kube.deletion import Deletion

JOBS = "amljobs.amlarc.azureml.com"


def test_pods_go_then_the_namespace_then_the_resource() -> None:
    stand = Stand(1)
    assert stand.extension_asks("DELETE")[0] == 202
    assert stand.extension().raw_state == "Deleting"
    counts = []
    for _ in range(30):
        stand.go(2)
        counts.append(len(stand.pods("azureml")))
    assert counts[-1] == 0
    assert len(set(counts)) > 3  # not all at once
    assert "azureml" not in stand.rows()["namespaces"]
    assert stand.extension() is not None
    stand.go(40)
    assert stand.extension() is None
    assert not any(key[1] == "azureml" for key in stand.objects_by_key())
    where = stand.world.estate
    for path in (where.relay, where.connection, f"{where.connection}/authorizationRules/azureml_rw"):
        assert stand.arm.get(path) is not None
    assert stand.objects.keys("customresourcedefinitions.apiextensions.k8s.io")


def test_what_clients_put_into_the_namespace_goes_with_it() -> None:
    stand = Stand(1)
    stand.objects.create("secrets", {"metadata": {"name": "mine", "namespace": "azureml"}, "data": {}})
    stand.extension_asks("DELETE")
    stand.go(100)
    assert stand.objects.get("secrets", "azureml", "mine") is None


def test_it_can_be_installed_again() -> None:
    stand = Stand(1)
    stand.extension_asks("DELETE")
    stand.go(100)
    assert stand.deploy()[0] == 201
    stand.until(lambda: stand.state() == "Installed")
    assert "gateway" in stand.components()


def test_a_finalizer_keeps_the_namespace_until_somebody_removes_it() -> None:
    stand = Stand(1, "delete-hangs")
    stand.extension_asks("DELETE")
    stand.go(100)
    assert stand.extension() is None
    found = stand.objects.get("namespaces", None, "azureml")
    assert found is not None
    assert (found["status"]["phase"], bool(found["metadata"]["deletionTimestamp"])) == ("Terminating", True)
    bad = {c["type"]: c["message"] for c in found["status"]["conditions"] if c["status"] == "True"}
    assert set(bad) == {"NamespaceContentRemaining", "NamespaceFinalizersRemaining"}
    assert "amlarc.azureml.com/finalizer in 1 resource instances" in bad["NamespaceFinalizersRemaining"]
    assert [key[0] for key in stand.objects_by_key() if key[1] == "azureml"] == [JOBS]
    stand.deploy()
    stand.until(lambda: stand.state() == "Failed")
    assert "because it is being terminated" in stand.extension().why
    release(stand)
    stand.deploy()
    stand.until(lambda: stand.state() == "Installed")


def release(stand: Stand) -> None:
    """What `kubectl patch` and the API server do."""
    [key] = stand.objects.keys(JOBS, "azureml")
    stand.objects.change(JOBS, *key, lambda body: body["metadata"].pop("finalizers"))
    deletion = Deletion(stand.objects, stand.clock, stops=0)
    deletion.settle(JOBS, key)
    deletion.reap()
    stand.go(1)
    assert stand.objects.get("namespaces", None, "azureml") is None


def test_a_namespace_that_hangs_from_the_start_can_be_freed() -> None:
    stand = Stand(1, "fail-namespace-terminating")
    stand.deploy()
    stand.until(lambda: stand.state() == "Failed")
    release(stand)
    stand.deploy()
    stand.until(lambda: stand.state() == "Installed")


def test_a_forced_delete_leaves_the_cluster_as_it_is_and_the_name_in_use() -> None:
    stand = Stand(1)
    before = {pod.name for pod in stand.pods("azureml")}
    assert stand.extension_asks("DELETE", forceDelete="true")[0] == 200
    assert stand.extension() is None
    stand.go(120)
    assert {pod.name for pod in stand.pods("azureml")} == before
    assert stand.deploy()[0] == 201
    stand.until(lambda: stand.state() == "Failed")
    assert stand.extension().why.endswith("cannot re-use a name that is still in use")
    assert {pod.name for pod in stand.pods("azureml")} == before


def test_a_delete_ends_an_install_that_goes_on() -> None:
    stand = Stand(1, "installing")
    stand.go(70)
    assert len(stand.pods("azureml")) > 5
    assert stand.extension_asks("DELETE")[0] == 202
    stand.go(300)
    assert (stand.extension(), stand.pods("azureml")) == (None, [])
    assert stand.objects.keys("extensionconfigs.clusterconfig.azure.com") == []
    assert "azureml" not in stand.rows()["namespaces"]


def test_no_jobs_come_once_it_is_gone() -> None:
    stand = Stand(1)
    stand.extension_asks("DELETE")
    stand.go(2400)
    assert not any(job.name.endswith("-100") for job in stand.rows()["jobs"].values())
