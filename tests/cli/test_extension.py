"""`arcdeck extension` on a simulated cloud: the same plans as on the screens, told line by line, with exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from msgspec import structs

from tui.cli import extension as commands
from tui.cli.root import cli
from tui.demo.launch import launch
from tui.settings import Settings

Run = Callable[..., Result]
FAST = 60.0
"""World seconds a second: an install takes three."""


@pytest.fixture
def on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Run]]:
    """Start a cloud with faults; gives what runs commands on it."""
    with ExitStack() as clouds:

        def start(*faults: str, read_only: bool = False) -> Run:
            demo = clouds.enter_context(launch(seed=1, pods=0, speed=FAST, faults=faults))
            settings = structs.replace(
                Settings(), demo=demo, kubeconfig=demo.kubeconfig, state_dir=tmp_path, read_only=read_only
            )
            monkeypatch.setattr(commands, "settings_of", lambda _ctx: settings)

            def run(*arguments: str, typed: str = "") -> Result:
                done = CliRunner().invoke(cli, ["extension", *arguments], input=typed)
                assert done.exception is None or isinstance(done.exception, SystemExit), done.output
                return done

            return run

        yield start


def audit(directory: Path) -> list[dict[str, str]]:
    path = directory / "audit.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def test_from_nothing_to_installed_and_back(on: Callable[..., Run], tmp_path: Path) -> None:
    run = on("not-installed")
    assert run("show").exit_code == 1
    before = run("preflight")
    assert before.exit_code == 0
    assert "the cluster is connected" in before.output
    planned = json.loads(run("plan", "-o", "json").stdout)
    assert [request["method"] for request in planned["requests"]] == ["PUT", "PUT", "PUT", "POST", "PUT"]
    assert not planned["blocked"]
    assert not audit(tmp_path), "a plan sends nothing"

    no = run("deploy", typed="n\n")
    assert (no.exit_code, audit(tmp_path)) == (1, [])
    made = run("deploy", "--yes")
    assert made.exit_code == 0, made.output
    assert "deploy of amlarc-compute: done" in made.output
    assert "10 of 10 ready" in made.output
    assert run("show").exit_code == 0
    assert "nothing to" in run("deploy", "--yes").output.lower(), "running it again does nothing"

    changed = run("update", "--yes", "--set", "installDcgmExporter=true")
    assert changed.exit_code == 0, changed.output
    assert "installDcgmExporter" in run("show").output

    wrong = run("delete", typed="something\n")
    assert wrong.exit_code == 1
    assert run("show").exit_code == 0
    gone = run("delete", typed="amlarc-compute\n")
    assert gone.exit_code == 0, gone.output
    assert run("show").exit_code == 1
    lines = audit(tmp_path)
    assert {line["verb"] for line in lines} == {"put", "patch", "delete"}
    assert all(line["who"] and line["command"] for line in lines)
    assert "Endpoint=sb" not in (tmp_path / "audit.jsonl").read_text(), "no connection string"


def test_a_failed_install_says_why_and_what_to_do(on: Callable[..., Run]) -> None:
    run = on("not-installed", "fail-healthcheck-e40001")
    wish = ["enableInference=true", "inferenceRouterServiceType=loadBalancer", "allowInsecureConnections=true"]
    failed = run("deploy", "--yes", *(word for pair in wish for word in ("--set", pair)))
    assert failed.exit_code == 1
    assert "LIKELY CAUSE" in failed.output
    assert "E40001" in failed.output
    assert "inferenceRouterServiceType=nodePort" in failed.output
    assert "CorrelationId" in failed.output


def test_what_is_in_the_way_is_not_sent(on: Callable[..., Run], tmp_path: Path) -> None:
    run = on("not-installed")
    blocked = run("deploy", "--yes", "--set", "enableTraining=false")
    assert blocked.exit_code == 1
    assert "not sent" in blocked.output
    assert not audit(tmp_path)


def test_read_only_refuses(on: Callable[..., Run], tmp_path: Path) -> None:
    run = on("not-installed", read_only=True)
    assert run("plan").exit_code == 0
    refused = run("deploy", "--yes")
    assert refused.exit_code == 1
    assert "read-only" in refused.output
    assert not audit(tmp_path)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--set", "enableTraining"], "KEY=VALUE"),
        (["--set-protected", "sslKeyPemFile=abc"], "@FILE"),
        (["--set-protected", "sslKeyPemFile=@/no/such/file"], "cannot be read"),
        (["--import", "/no/such/file"], "cannot be read"),
    ],
)
def test_bad_options_are_one_line(on: Callable[..., Run], arguments: list[str], said: str) -> None:
    found = on("not-installed")("plan", *arguments)
    assert found.exit_code == 2
    assert said in found.output


def test_there_is_nothing_to_update_or_delete(on: Callable[..., Run]) -> None:
    run = on("not-installed")
    for command in (["update", "--set", "installVolcano=false"], ["delete"]):
        assert run(*command).exit_code == 2


def test_a_delete_that_hangs_says_on_what(on: Callable[..., Run]) -> None:
    stuck = on("delete-hangs")("delete", "--yes")
    assert stuck.exit_code == 1
    assert "amlarc.azureml.com/finalizer" in stuck.output
    assert "kubectl" in stuck.output
