"""Which requests a wire fault strikes, how a fault is named, and how the command line takes it."""

from __future__ import annotations

import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner

from tui.cli.demo import demo
from tui.core.errors import UsageProblem
from tui.demo.faults import FAILING, FOREIGN, LIFETIME, LOOKS, NAMES, WIRE, WORLD, Faults

PODS = "/api/v1/pods"


def test_nothing_strikes_when_nothing_is_on() -> None:
    faults = Faults()
    assert {faults.kube(PODS, watch=watch) for watch in (True, False) for _ in range(50)} == {""}
    assert {faults.arm("/subscriptions") for _ in range(50)} == {""}
    assert faults.delay == 0


@pytest.mark.parametrize(("name", "every"), [("throttle", 5), ("error-500", 7)])
def test_faults_that_count(name: str, every: int) -> None:
    for ask in (lambda f: f.kube(PODS, watch=False), lambda f: f.arm("/subscriptions")):
        faults = Faults([name])
        struck = [number for number in range(1, 50) if ask(faults) == name]
        assert struck == list(range(every, 50, every))


def test_the_two_servers_count_apart() -> None:
    faults = Faults(["throttle"])
    for _ in range(4):
        faults.kube(PODS, watch=False)
    assert faults.arm("/subscriptions") == ""
    assert faults.kube(PODS, watch=False) == "throttle"


@pytest.mark.parametrize("name", ["gone-410", "drop", "silent"])
def test_faults_of_watches(name: str) -> None:
    faults = Faults([name])
    assert faults.kube(PODS, watch=True) == name
    assert faults.kube(PODS, watch=False) == ""
    for stream in ("log", "exec", "portforward"):
        followed = faults.kube(f"/api/v1/namespaces/a/pods/b/{stream}", watch=False)
        assert followed == ("drop" if name == "drop" else "")


def test_tokens_expire_after_a_while() -> None:
    now = [100.0]
    faults = Faults(["expired-token"], lambda: now[0])
    assert faults.kube(PODS, watch=False) == ""
    now[0] += LIFETIME + 1
    assert (faults.kube(PODS, watch=True), faults.arm("/x")) == ("expired-token", "expired-token")


def test_a_server_that_is_down_and_rights_that_lack() -> None:
    assert Faults(["arm-down"]).arm("/x") == "arm-down"
    assert Faults(["arm-down"]).kube(PODS, watch=False) == ""
    assert Faults(["kube-down"]).kube(PODS, watch=False) == "error-503"
    denied = Faults(["kube-denied"])
    assert denied.kube("/api/v1/nodes", watch=True) == "kube-denied"
    assert denied.kube("/api/v1/nodes?limit=500", watch=False) == "kube-denied"
    assert denied.kube(PODS, watch=False) == ""


@pytest.mark.parametrize(("name", "every"), [("throttle-writes", 2), ("write-500", 3), ("write-lost", 3)])
def test_faults_of_writes_count_writes_only(name: str, every: int) -> None:
    faults = Faults([name])
    struck = []
    for number in range(1, 13):
        assert faults.arm("/x") == faults.arm("/x", "HEAD") == ""
        if faults.arm("/x", "PUT" if number % 2 else "POST") == name:
            struck.append(number)
    assert struck == list(range(every, 13, every))
    assert faults.kube(PODS, watch=False) == ""


def test_an_operation_is_forgotten_after_some_looks() -> None:
    faults = Faults(["lost-operation"])
    for path in ("/s/extensions/x/operations/1", "/s/locations/eastus/computeOperationsStatus/2"):
        seen = [faults.arm(path) for _ in range(LOOKS + 2)]
        assert seen == [""] * LOOKS + ["lost-operation"] * 2
    assert faults.arm("/s/extensions/x") == ""


def test_slow_delays() -> None:
    assert Faults(["slow"]).delay == pytest.approx(0.3)


def test_every_name_has_a_sentence() -> None:
    assert set(NAMES) == set(WIRE) | set(WORLD) | set(FAILING) | set(FOREIGN)
    assert len(NAMES) == len(WIRE) + len(WORLD) + len(FAILING) + len(FOREIGN)
    assert all(said and "\n" not in said and not said.endswith(".") for said in NAMES.values())
    shown = CliRunner().invoke(demo, ["--help"]).output
    assert all(name in shown for name in NAMES)


def test_a_wrong_name_is_told_with_the_nearest() -> None:
    with pytest.raises(UsageProblem, match="no fault relaydown: did you mean relay-down"):
        CliRunner().invoke(demo, ["--fault", "relaydown"], catch_exceptions=False)
    with pytest.raises(UsageProblem, match="no fault xyzzy: there are arc-connecting, "):
        CliRunner().invoke(demo, ["--fault", "xyzzy"], catch_exceptions=False)


def test_the_shell_completes_names() -> None:
    complete = ShellComplete(demo, {}, "demo", "_DEMO_COMPLETE")
    found = {item.value: item.help for item in complete.get_completions(["--fault"], "install")}
    assert set(found) == {"installing", "install-failing", "install-failed"}
    assert found["installing"] == NAMES["installing"]
