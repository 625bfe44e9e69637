"""One target, read through real sockets: either side may be missing, nothing is faked, and nothing is left behind."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from aiohttp import web

from tests.client.api import ThingRow, refusal, running, until
from tests.client.arm import CLUSTER, TOKEN, error
from tests.client.sides import KINDS, Cluster, arm_handler, kubeconfig, only_kube, opened, phases
from tui import session_cluster
from tui.client import clouds, reflector_state
from tui.client.clouds import Cloud
from tui.core.errors import UsageProblem
from tui.core.facts import Page, Phase
from tui.core.store import Delta
from tui.demo import tls
from tui.domain.arm_kinds import ARM_KINDS
from tui.session import Session, clock_of
from tui.settings import Demo, Settings


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> tls.Certificates:
    return tls.issue(tmp_path_factory.mktemp("certificates"))


async def test_kube_alone_is_mirrored_and_arm_says_that_it_is_off(tmp_path: Path) -> None:
    async with running() as api:
        cluster = Cluster(api)
        async with opened(only_kube(tmp_path, api.url)) as (session, deltas):
            assert await session.settled(5)
            assert set(session.store.rows("doubles")) >= {"a/x"}, "derived rows are there once it has settled"
            await until(lambda: "a/late" in session.store.rows("things") and "a/late" in session.store.rows("doubles"))
            assert phases(session) == {
                **dict.fromkeys(("things", "widgets", "doubles"), Phase.LIVE), **dict.fromkeys(ARM_KINDS, Phase.OFF),
            }  # fmt: skip
            assert session.store.source("extensions").reason == "signed out: ARM is switched off (--sign-in none)"
            assert session.store.get("doubles", "a/late") == ThingRow("a/late", 18)
            assert (session.target.context, session.target.server) == ("test", api.url)
            assert session.problems == []
            assert session.arm is None
            seen = {kind for delta in deltas for kind in delta.changed}
            assert seen == {"things", "widgets", "doubles"}
            cluster.hold.set()


async def test_both_sides_are_read_and_the_cluster_tells_its_own_id(
    tmp_path: Path, certificates: tls.Certificates
) -> None:
    context = tls.server_context(certificates)
    async with running(context) as api, running(context) as arm:
        cluster = Cluster(api)
        cluster.config_map = {
            "AZURE_SUBSCRIPTION_ID": "s", "AZURE_RESOURCE_GROUP": "g", "AZURE_RESOURCE_NAME": "c",
        }  # fmt: skip
        arm.handle = arm_handler
        demo = Demo(kubeconfig(tmp_path, api.url, certificates.ca_path), arm.url, str(certificates.ca_path), TOKEN, "")
        async with opened(Settings(demo=demo, flush=0.02, state_dir=tmp_path)) as (session, _):
            assert await session.settled(5)
            found = phases(session)
            assert found.pop("buses") is Phase.OFF, "the extension does not use it"
            assert set(found.values()) == {Phase.LIVE}
            assert session.target.cluster_id == CLUSTER
            assert [row.name for row in session.store.rows("extensions").values()] == ["e"]
            before = len(arm.asked)
            session.poll_now()
            await until(lambda: len(arm.asked) >= before + 4)
            cluster.hold.set()


async def test_arm_alone_needs_no_kubeconfig_but_an_id(
    tmp_path: Path, certificates: tls.Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    _nowhere(monkeypatch, tmp_path)
    az = tmp_path / "az"
    az.write_text(f'#!/bin/sh\necho \'{{"accessToken": "t", "expires_on": {int(time.time()) + 3600}}}\'\n')
    az.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificates.ca_path))
    async with running(tls.server_context(certificates)) as arm:
        arm.handle = arm_handler
        monkeypatch.setitem(
            clouds.CLOUDS, "AzureCloud", Cloud(arm.url, "login", "https://management.azure.com/.default")
        )
        settings = Settings(cluster_id=f"{CLUSTER}/", sign_in="cli", flush=0.02)
        async with opened(settings) as (session, _):
            assert await session.settled(5)
            found = phases(session)
            assert {found[kind] for kind in ARM_KINDS if kind != "buses"} == {Phase.LIVE}
            assert {found[kind] for kind in ("things", "widgets", "doubles")} == {Phase.OFF}
            assert session.store.source("things").reason == "no kubeconfig: only ARM is looked at"
            assert session.kube is None


def _nowhere(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    """A machine without any kubeconfig."""
    monkeypatch.setenv("HOME", str(home))
    for name in ("KUBECONFIG", "KUBERNETES_SERVICE_HOST"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (Settings(), "no kubeconfig: neither --kubeconfig, KUBECONFIG nor ~/.kube/config names a file; "),
        (Settings(cluster_id=CLUSTER, sign_in="none"), "no kubeconfig"),
        (Settings(cluster_id="nonsense"), "--cluster-id: 'nonsense' is not the ARM id"),
        (Settings(cluster_id=CLUSTER, workspace_id=CLUSTER), "--workspace-id: "),
        (Settings(cluster_id=CLUSTER, kubeconfig="/no/such"), "/no/such: no such file"),
    ],
)
async def test_bad_input_ends_it_before_anything_is_sent(
    settings: Settings, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _nowhere(monkeypatch, tmp_path)
    with pytest.raises(UsageProblem) as caught:
        await Session(settings, kinds=KINDS).run(lambda _delta: None)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


async def test_a_ca_that_is_none_ends_it_too(tmp_path: Path) -> None:
    (tmp_path / "ca").write_text("no pem")
    settings = Settings(kubeconfig=kubeconfig(tmp_path, "https://127.0.0.1:1", tmp_path / "ca"), sign_in="none")
    with pytest.raises(UsageProblem, match="context 'test': a certificate or key in it is no PEM"):
        await Session(settings, kinds=KINDS).run(lambda _delta: None)


async def test_where_the_whole_cluster_may_not_be_listed_the_namespaces_that_matter_are(tmp_path: Path) -> None:
    async with running() as api:
        cluster = Cluster(api)
        cluster.denied = {"/api/v1/things", "/apis/shop.example/v1/widgets", "/api/v1/namespaces/own/things"}
        async with opened(only_kube(tmp_path, api.url, namespace="team")) as (session, _):
            assert await session.settled(5)
            found = phases(session)
            assert found["things"] is Phase.LIVE
            assert found["widgets"] is Phase.DENIED, "what has no namespace has nothing to fall back to"
            assert session.store.source("widgets").permission == "list widgets.shop.example"
            assert {key for key in session.store.rows("things") if key.endswith("/x")} == {"azureml/x", "team/x"}
            assert session.scopes == {"things": ("azureml", "team", "own")}
            session.look_at("more")
            await until(lambda: "more/x" in session.store.rows("things"))
            cluster.hold.set()


async def test_a_namespace_that_a_compute_tells_of_later_is_looked_at_then(tmp_path: Path) -> None:
    async with running() as api:
        cluster = Cluster(api)
        cluster.denied = {"/api/v1/things"}
        async with opened(only_kube(tmp_path, api.url)) as (session, _):
            assert await session.settled(5)
            assert session.scopes == {"things": ("azureml", "own")}
            attached = {"name": "c", "properties": {"properties": {"namespace": "ml-jobs"}}}
            session.store.apply(Page("computes", (ARM_KINDS["computes"](attached),)))
            await until(lambda: "ml-jobs/x" in session.store.rows("things"))
            assert session.scopes == {"things": ("azureml", "own", "ml-jobs")}
            assert phases(session)["things"] is Phase.LIVE
            cluster.hold.set()


async def test_a_permission_that_is_granted_later_shows_the_whole_cluster(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_cluster, "AGAIN", 0.02)
    async with running() as api:
        cluster = Cluster(api)
        cluster.denied = {"/api/v1/things"}
        async with opened(only_kube(tmp_path, api.url)) as (session, _):
            await until(lambda: "own/x" in session.store.rows("things"))
            cluster.denied = set()
            await until(lambda: "a/x" in session.store.rows("things"))
            assert session.scopes == {}
            assert "own/x" not in session.store.rows("things"), "what the whole list does not have is gone"
            cluster.hold.set()


async def test_denied_everywhere_is_denied(tmp_path: Path) -> None:
    async with running() as api:
        api.handle = lambda request: refusal(403, "no")
        async with opened(only_kube(tmp_path, api.url)) as (session, _):
            assert await session.settled(5)
            assert phases(session)["things"] is Phase.DENIED
            assert session.store.source("things").permission == "list things in azureml"
            assert phases(session)["doubles"] is Phase.DENIED


async def test_a_permission_that_is_taken_away_takes_the_other_namespaces_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("FIRST_WAIT", "WATCH_WINDOW"):  # what was allowed is denied after some refusals in a row
        monkeypatch.setattr(reflector_state, name, 0.02)
    async with running() as api:
        cluster = Cluster(api)
        async with opened(only_kube(tmp_path, api.url)) as (session, _):
            await until(lambda: "a/late" in session.store.rows("things"))
            cluster.denied = {"/api/v1/things"}
            cluster.hold.set()
            await until(lambda: "azureml/x" in session.store.rows("things"))
            assert "a/x" not in session.store.rows("things")


async def test_a_server_that_is_away_is_stale_and_the_trouble_is_named_until_it_is_back(tmp_path: Path) -> None:
    async with opened(only_kube(tmp_path, "http://127.0.0.1:1")) as (session, _):
        assert await session.settled(5)
        assert phases(session)["things"] is Phase.STALE
        assert str(session.problems[0]) == "127.0.0.1:1: cannot connect: Connection refused"
        assert session.store.source("doubles").reason.startswith("127.0.0.1:1: cannot connect")


async def test_without_an_id_arm_is_off_and_says_why(tmp_path: Path, certificates: tls.Certificates) -> None:
    async with running() as api:
        cluster = Cluster(api)
        for config_map, message in ((404, "not connected to Azure"), (403, "may not")):
            cluster.config_map = config_map
            cluster.denied = {"/api/v1/nodes"} if config_map == 403 else set()
            settings = Settings(kubeconfig=kubeconfig(tmp_path, api.url), sign_in="cli", flush=0.02, state_dir=tmp_path)
            async with opened(settings) as (session, _):
                assert await session.settled(5)
                assert phases(session)["extensions"] is Phase.OFF
                assert message in session.store.source("extensions").reason
        cluster.hold.set()


async def test_arm_refusals_are_their_own_states(tmp_path: Path, certificates: tls.Certificates) -> None:
    async with running(tls.server_context(certificates)) as arm, running() as api:
        cluster = Cluster(api)

        def handle(request: web.Request) -> web.Response:
            if request.path.endswith("/extensions"):
                return error(403, "AuthorizationFailed", "no role")
            return error(404, "ResourceNotFound") if request.path == CLUSTER else error(503, "Busy", "later")

        arm.handle = handle
        demo = Demo(kubeconfig(tmp_path, api.url), arm.url, str(certificates.ca_path), TOKEN, CLUSTER)
        async with opened(Settings(demo=demo, flush=0.02, state_dir=tmp_path)) as (session, _):
            assert await session.settled(5)
            found = phases(session)
            assert (found["extensions"], found["clusters"], found["relays"]) == (
                Phase.DENIED, Phase.MISSING, Phase.STALE,
            )  # fmt: skip
            cluster.hold.set()


async def test_it_has_not_settled_while_something_has_not_answered(tmp_path: Path) -> None:
    hold = asyncio.Event()
    async with running() as api:
        cluster = Cluster(api)

        async def handle(request: web.Request) -> web.StreamResponse:
            if request.path.endswith("/widgets"):
                await hold.wait()
            return await cluster(request)

        api.handle = handle
        async with opened(only_kube(tmp_path, api.url)) as (session, _):
            await until(lambda: "a/x" in session.store.rows("things"))
            assert not await session.settled(0.1)
            hold.set()
            assert await session.settled(5)
            cluster.hold.set()


async def test_a_bug_in_a_reader_of_deltas_ends_the_run(tmp_path: Path) -> None:
    def publish(_delta: Delta) -> None:
        raise RuntimeError("bug")

    async with running() as api:
        cluster = Cluster(api)
        with pytest.raises(ExceptionGroup, match="unhandled errors"):
            await Session(only_kube(tmp_path, api.url), kinds=KINDS).run(publish)
        cluster.hold.set()


def test_the_clock_is_the_world_s(monkeypatch: pytest.MonkeyPatch) -> None:
    assert clock_of(Settings()) is time.time

    def demo(**more: float) -> Callable[[], float]:
        return clock_of(Settings(demo=Demo("", "https://127.0.0.1:1", "", "", "", **more)))  # type: ignore[arg-type]

    monkeypatch.setattr(time, "time", lambda: 1010.0)
    assert demo(began=1000.0, start=50.0, speed=60.0)() == 650.0
    assert demo(began=1000.0, start=50.0, speed=0.0)() == 50.0


async def test_facts_are_dated_by_that_clock_and_derived_rows_come_though_it_stands_still(tmp_path: Path) -> None:
    async with running() as api:
        cluster = Cluster(api)
        demo = Demo(kubeconfig(tmp_path, api.url), "https://127.0.0.1:1", "", "", CLUSTER, (), 0.0, 777.0, 0.0)
        async with opened(Settings(demo=demo, flush=0.02, state_dir=tmp_path)) as (session, _):
            await until(lambda: "a/late" in session.store.rows("doubles"))
            assert session.store.source("things").fresh == 777.0
            cluster.hold.set()
