"""A user who may only look: what is missing is named as verb and resource, before and after it is tried."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.client.api import until
from tests.contract.backends import VIEWER, Backend
from tests.contract.kinds import CONFIG_MAPS, SECRETS, config_map, of
from tests.contract.mirror import mirrored
from tests.demo.kube.town import Client
from tui.client.kube import KubeClient
from tui.core.errors import Problem
from tui.core.facts import Phase


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
    assert (
        denied.reason.startswith(
            'secrets is forbidden: User "arcdeck-demo-viewer" cannot list resource "secrets" in API group "" '
            f'in the namespace "{home}"'
        )
        or "cannot list resource" in denied.reason
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
