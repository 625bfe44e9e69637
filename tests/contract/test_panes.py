"""Screens of somebody with few rights: each says which verb on which resource is missing, and begins no action without.

The rights are real RBAC on the control plane, and the same rules on the demo.
"""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.cluster import access, tokens
from tests.cluster.plane import Plane
from tests.contract import definitions
from tests.contract.backends import Backend, ClusterBackend, DemoBackend
from tests.contract.kinds import of, pod
from tests.demo.kube.town import Client
from tests.screens.deck import LARGE, Driven, opened
from tui.demo.kube.access import SELF_REVIEWS, Identity, Rule
from tui.domain.kinds import INSTANCE_TYPES
from tui.domain.rights import DELETE_POD, READ_LOG, Need
from tui.settings import Settings

READ = ("get", "list", "watch")
NAMESPACE = "azureml"
RBAC = "rbac.authorization.k8s.io"


def may(resource: str, *verbs: str, group: str = "", within: str = "") -> Rule:
    """One rule of the user: to read when no verb is named, everywhere when no namespace is."""
    return Rule(verbs or READ, (group,), (resource,), namespaces=(within,) if within else ())


PODS, NODES = may("pods"), may("nodes")
TYPES = may(INSTANCE_TYPES.plural, group=INSTANCE_TYPES.group)


def token(backend: Backend, *rules: Rule) -> str:
    """The bearer token of a new user with these rights."""
    name = f"few-{uuid.uuid4().hex[:8]}"
    if isinstance(backend, DemoBackend):
        backend.identities[name] = Identity(name, ("system:authenticated",), (*SELF_REVIEWS, *rules))
        return name
    assert isinstance(backend, ClusterBackend)
    made = tokens.service_account(backend.plane, "default", name, seconds=3600)
    for number, rule in enumerate(rules):
        _grant(backend.plane, name, f"{name}-{number}", rule)
    return made


def _grant(plane: Plane, account: str, role: str, rule: Rule) -> None:
    """One rule to one service account: in the namespace it names, or in the whole cluster."""
    within = f"/namespaces/{rule.namespaces[0]}" if rule.namespaces else ""
    kind = "Role" if within else "ClusterRole"
    about = {"apiVersion": f"{RBAC}/v1", "metadata": {"name": role}}
    granted = {"verbs": [*rule.verbs], "apiGroups": [*rule.groups], "resources": [*rule.resources]}
    binding = {
        "kind": f"{kind}Binding", "roleRef": {"apiGroup": RBAC, "kind": kind, "name": role},
        "subjects": [{"kind": "ServiceAccount", "name": account, "namespace": "default"}],
    }  # fmt: skip
    path = f"/apis/{RBAC}/v1{within}/{kind.lower()}"
    plane.ask("POST", f"{path}s", {**about, "kind": kind, "rules": [granted]})
    plane.ask("POST", f"{path}bindings", {**about, **binding})


@asynccontextmanager
async def screen(backend: Backend, directory: Path, *rules: Rule) -> AsyncIterator[Driven]:
    """The deck of such a user, its sources answered."""
    path = directory / "kubeconfig"
    access.write_kubeconfig(path, backend.url, backend.certificates.ca_path, token(backend, *rules))
    settings = Settings(kubeconfig=str(path), sign_in="none", state_dir=directory / "state")
    async with opened(settings, LARGE) as it:
        yield it


def known(it: Driven, need: Need) -> bool | None:
    """What the session knows of a right in the namespace of the extension."""
    session = it.app.session
    assert session is not None
    assert session.rights is not None
    return session.rights.may(need, NAMESPACE)


@pytest.mark.parametrize(
    ("rules", "key", "said"),
    [
        ((NODES,), "3", "you may not list pods in azureml"),
        ((PODS,), "7", "you may not list nodes"),
        ((PODS,), "8", "you may not list events in azureml"),
        ((PODS,), "4", "you may not list instancetypes.amlarc.azureml.com"),
        ((NODES,), "5", "you may not list amljobs.amlarc.azureml.com in azureml"),
        ((may("nodes", "list"),), "7", "you may not watch nodes"),
        ((may("pods", "list"),), "3", "you may not watch pods in azureml"),
    ],
)
async def test_each_screen_names_verb_and_resource(
    backend: Backend, tmp_path: Path, rules: tuple[Rule, ...], key: str, said: str
) -> None:
    async with screen(backend, tmp_path, *rules) as it:
        await it.press(key)
        await it.until(said)


async def test_the_overview_says_it_in_every_pane(backend: Backend, tmp_path: Path) -> None:
    async with screen(backend, tmp_path) as it:
        for title in ("PODS", "INSTANCE TYPES", "JOBS"):
            assert "denied" in it.line(title)
        for said in ("list pods in azureml", "list instancetypes.amlarc.azureml.com", "list amljobs"):
            assert f"you may not {said}" in it.text


async def test_what_a_table_cannot_tell_for_want_of_rights_is_in_its_title(
    backend: Backend, raw: Client, tmp_path: Path
) -> None:
    await definitions.install(raw)
    async with screen(backend, tmp_path, TYPES) as it:
        await it.press("4")
        await it.until("may not list nodes, list pods in azureml")


@pytest.fixture
async def lonely(raw: Client) -> AsyncIterator[str]:
    """A pod in the namespace of the extension."""
    home = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}
    await raw.ask("POST", "/api/v1/namespaces", home)
    name = f"pod-{uuid.uuid4().hex[:6]}"
    status, said = await raw.ask("POST", of(NAMESPACE, "pods"), pod(name, "node-1"))
    assert status == 201, said
    yield name
    await raw.ask("DELETE", of(NAMESPACE, "pods", name) + "?gracePeriodSeconds=0")


async def test_actions_are_not_begun_without_the_right(backend: Backend, lonely: str, tmp_path: Path) -> None:
    async with screen(backend, tmp_path, may("pods", "list", "watch")) as it:
        await it.press("3")
        await it.until(lonely)
        await it.until(lambda _: "describe" not in it.lines[-1] and "l logs" not in it.lines[-1])
        await it.holds(lambda: known(it, DELETE_POD) is False)
        for key, missing in (("d", "get pods"), ("y", "get pods"), ("l", "get pods/log"), ("ctrl+d", "delete pods")):
            await it.press(key)
            await it.until(f"not allowed here: {missing} in {NAMESPACE}")
            assert len(it.app.screen_stack) == 1


async def test_a_right_in_the_namespace_of_the_row_is_enough(backend: Backend, lonely: str, tmp_path: Path) -> None:
    here = (may("pods", within=NAMESPACE), may("pods/log", "get", within=NAMESPACE))
    async with screen(backend, tmp_path, *here) as it:
        await it.press("3")
        await it.until(lonely)
        await it.holds(lambda: known(it, DELETE_POD) is False and known(it, READ_LOG))
        await it.press("ctrl+d")
        await it.until(f"not allowed here: delete pods in {NAMESPACE}")
        assert "l logs" in it.lines[-1]
        await it.press("d")
        await it.until(f"describe pods {NAMESPACE}/{lonely}")
