"""A user who may only look: what is missing is named as verb and resource, before and after it is tried."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.client.api import until
from tests.contract.backends import VIEWER, Backend
from tests.contract.kinds import CONFIG_MAPS, SECRETS, config_map, of
from tests.contract.mirror import mirrored
from tests.demo.kube.town import Client
from tui.client.connection import Connection
from tui.client.kube import KubeClient
from tui.core.errors import Problem
from tui.core.facts import Phase
from tui.demo import tls


@pytest.fixture
async def viewer(backend: Backend) -> AsyncIterator[KubeClient]:
    """Our client as the view-only user."""
    async with backend.client(VIEWER) as client:
        yield client


async def test_a_pane_that_may_not_list_says_what_is_missing(viewer: KubeClient, home: str) -> None:
    async with mirrored(viewer, SECRETS, home) as mirror:
        await until(lambda: mirror.phase is Phase.DENIED)
        (denied, *_) = mirror.denied
    assert denied.permission == f"list secrets in {home}"
    assert denied.reason.startswith(
        'secrets is forbidden: User "arcdeck-demo-viewer" cannot list resource "secrets" in API group "" '
        f'in the namespace "{home}"'
    )


async def test_what_may_be_seen_is_seen(raw: Client, viewer: KubeClient, home: str) -> None:
    await raw.ask("POST", of(home), config_map("a", k="1"))
    async with mirrored(viewer, CONFIG_MAPS, home) as mirror:
        await until(lambda: mirror.phase is Phase.LIVE and f"{home}/a" in mirror.store.rows("configmaps"))


@pytest.mark.parametrize(
    ("verb", "resource", "allowed"),
    [
        ("list", "pods", True),
        ("get", "pods/log", True),
        ("delete", "pods", False),
        ("create", "pods/eviction", False),
        ("patch", "nodes", False),
        ("list", "secrets", False),
        ("watch", "instancetypes.amlarc.azureml.com", True),
        ("patch", "instancetypes.amlarc.azureml.com", False),
        ("list", "jobs.batch.volcano.sh", True),
        ("delete", "jobs.batch.volcano.sh", False),
    ],
)
async def test_what_one_may_is_known_before_it_is_tried(
    viewer: KubeClient, kube: KubeClient, home: str, verb: str, resource: str, allowed: bool
) -> None:
    assert await viewer.can_i(verb, resource, home) is allowed
    assert await kube.can_i(verb, resource, home) is True


async def test_the_rules_of_a_namespace_are_told(viewer: KubeClient, home: str) -> None:
    rules = await viewer.rules(home)
    assert isinstance(rules, list)
    assert any("pods/log" in rule["resources"] and "get" in rule["verbs"] for rule in rules)
    assert not any("secrets" in rule["resources"] for rule in rules)


async def test_a_write_that_is_not_allowed_is_refused_in_words(raw: Client, viewer: KubeClient, home: str) -> None:
    await raw.ask("POST", of(home), config_map("a", k="1"))
    found = await viewer.delete(CONFIG_MAPS, f"{home}/a")
    assert isinstance(found, Problem)
    assert (found.status, found.code) == (403, "Forbidden")
    assert found.what == (
        'configmaps "a" is forbidden: User "arcdeck-demo-viewer" cannot delete resource "configmaps" '
        f'in API group "" in the namespace "{home}"'
    )
    body = config_map("a", k="2")
    body["metadata"]["namespace"] = home
    applied = await viewer.apply(body)
    assert isinstance(applied, Problem)
    assert "cannot patch resource" in applied.what


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/api/v1/secrets", 'cannot list resource "secrets" in API group "" at the cluster scope'),
        ("/api/v1/namespaces/default/secrets/x", 'secrets "x" is forbidden'),
        ("/api/v1/namespaces/default/secrets?watch=true", "cannot watch resource"),
        ("/apis/apps/v1/namespaces/default/deployments/x/scale", None),
        ("/metrics", 'forbidden: User "arcdeck-demo-viewer" cannot get path "/metrics"'),
    ],
)
async def test_each_refusal_names_its_verb(backend: Backend, path: str, words: str | None) -> None:
    async with backend.raw("viewer-token") as raw:
        status, said = await raw.ask("GET", path)
    assert status == (404 if words is None else 403)
    assert words is None or words in said["message"]


async def _as(backend: Backend, directory: Path, user: str) -> KubeClient:
    made = tls.client_certificate(backend.certificates, directory, user)
    credentials = {"client-certificate": str(made.cert_path), "client-key": str(made.key_path)}
    return KubeClient(Connection(backend.choice(credentials)))


async def test_rights_in_one_namespace_are_none_in_another(
    backend: Backend, raw: Client, home: str, tmp_path: Path
) -> None:
    user = f"dora-{home}"
    await backend.grant(user, home, ("get", "list", "watch"), "configmaps")
    await raw.ask("POST", of(home), config_map("a"))
    kube = await _as(backend, tmp_path, user)
    try:
        assert isinstance(await kube.read("GET", of(home)), dict)
        assert await kube.can_i("list", "configmaps", home) is True
        assert await kube.can_i("list", "configmaps", "default") is False
        assert await kube.can_i("list", "configmaps", "") is False
        assert await kube.can_i("delete", "configmaps", home) is False
        for path, where in (
            (of("default"), 'in the namespace "default"'),
            ("/api/v1/configmaps", "at the cluster scope"),
        ):
            found = await kube.read("GET", path)
            assert isinstance(found, Problem)
            assert found.what == (
                f'configmaps is forbidden: User "{user}" cannot list resource "configmaps" in API group "" {where}'
            )
        rules, elsewhere = await kube.rules(home), await kube.rules("default")
        assert isinstance(rules, list)
        assert isinstance(elsewhere, list)
        assert [rule["verbs"] for rule in rules if rule["resources"] == ["configmaps"]] == [["get", "list", "watch"]]
        assert not any("configmaps" in rule["resources"] for rule in elsewhere)
    finally:
        await kube.connection.close()


async def test_a_pane_of_all_namespaces_is_denied_and_one_of_a_namespace_is_not(
    backend: Backend, raw: Client, home: str, tmp_path: Path
) -> None:
    user = f"emil-{home}"
    await backend.grant(user, home, ("list", "watch"), "configmaps")
    await raw.ask("POST", of(home), config_map("a"))
    kube = await _as(backend, tmp_path, user)
    try:
        async with mirrored(kube, CONFIG_MAPS, home) as one, mirrored(kube, CONFIG_MAPS) as every:
            await until(lambda: one.phase is Phase.LIVE and every.phase is Phase.DENIED)
            assert f"{home}/a" in one.store.rows("configmaps")
            assert every.denied[0].permission == "list configmaps"
    finally:
        await kube.connection.close()


REVIEW = {"apiVersion": "authorization.k8s.io/v1"}
REVIEWS = "/apis/authorization.k8s.io/v1/{}"


async def test_a_review_that_asks_nothing_is_refused(raw: Client) -> None:
    body = {**REVIEW, "kind": "SelfSubjectAccessReview", "spec": {}}
    status, said = await raw.ask("POST", REVIEWS.format("selfsubjectaccessreviews"), body)
    assert (status, "exactly one of nonResourceAttributes or resourceAttributes" in said["message"]) == (422, True)
    body["kind"] = "SelfSubjectRulesReview"
    status, said = await raw.ask("POST", REVIEWS.format("selfsubjectrulesreviews"), body)
    assert (status, said["message"]) == (400, "no namespace on request")


async def test_who_asks_is_told_with_a_uid(raw: Client) -> None:
    body = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
    status, said = await raw.ask("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", body)
    who = said["status"]["userInfo"]
    assert (status, who["username"], who["uid"]) == (201, "arcdeck-demo-admin", "arcdeck-demo-admin")
    assert ("spec" in said, said["metadata"]["creationTimestamp"] is None) == (False, False)
