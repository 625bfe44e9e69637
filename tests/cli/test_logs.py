"""`arcdeck logs` on a simulated cloud and in a pipe: what is printed, what is said beside it, how it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from msgspec import structs

from tests.client.kubelet_process import kubelet_process
from tui.cli import logs as commands
from tui.cli.root import cli
from tui.client.log_seen import stamp_of
from tui.demo.launch import launch
from tui.settings import Settings

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def cloud() -> Iterator[Settings]:
    with ExitStack() as ends:
        demo = ends.enter_context(launch(seed=1, pods=0, speed=0))
        yield structs.replace(Settings(), demo=demo, kubeconfig=demo.kubeconfig)


@pytest.fixture
def run(cloud: Settings, monkeypatch: pytest.MonkeyPatch) -> Run:
    def invoke(*arguments: str) -> Result:
        monkeypatch.setattr(commands, "settings_of", lambda _ctx: cloud)
        done = CliRunner().invoke(cli, ["logs", *arguments])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.output
        return done

    return invoke


def test_a_run_is_read_from_the_users_container_of_its_first_worker(run: Run) -> None:
    done = run("resnet50-dist", "--tail", "5")
    assert done.exit_code == 0
    assert done.stdout.count("\n") == 5
    assert not any(stamp_of(line.encode()) for line in done.stdout.splitlines())
    assert "epoch" in done.stdout
    assert done.stderr == "── 4 workers: this is worker-0; --all-workers shows all\n"
    same = run("resnet50-dist", "--tail", "5", "-c", "execution-wrapper")
    assert same.stdout == done.stdout
    whole = run("resnet50-dist").stdout
    assert whole.endswith(done.stdout)
    assert whole.count("\n") > 1000


def test_all_workers_are_one_log_in_the_order_of_time(run: Run) -> None:
    done = run("resnet50-dist", "--all-workers", "--tail", "50", "--timestamps")
    lines = [line.partition(" │ ") for line in done.stdout.splitlines()]
    assert {name for name, _bar, _rest in lines} == {f"worker-{n}" for n in range(4)}
    assert len(lines) == 200
    stamps = [stamp_of(rest.encode()) for _name, _bar, rest in lines]
    assert all(stamps)
    assert stamps == sorted(stamps)
    assert done.stderr == ""
    assert "│" not in run("resnet50-dist", "--all-workers", "--tail", "1", "--no-prefix").stdout


def test_a_filter_and_json(run: Run) -> None:
    done = run("resnet50-dist", "-w", "--tail", "20", "--grep", r"step \d+", "-o", "json")
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(found) > 20
    assert set(found[0]) == {"time", "pod", "container", "text"}
    assert all("step" in each["text"] for each in found)
    assert "step" not in run("resnet50-dist", "--tail", "50", "--grep", "step", "-v").stdout


def test_errors_alone(run: Run) -> None:
    done = run("bert-finetune-07", "--level", "error")
    assert done.stdout.splitlines()[0].startswith("Traceback")
    assert "RuntimeError" in done.stdout


def test_a_container_that_has_not_begun_is_said_and_fails(run: Run) -> None:
    done = run("whisper-eval-03")
    assert done.exit_code == 1
    assert done.stdout == ""
    assert "worker-0: waits to start: " in done.stderr
    done = run("gpt2-pretrain", "-w")
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 4
    assert done.exit_code == 1


def test_the_instance_before(run: Run) -> None:
    pods = run("relayserver", "-n", "azureml", "-p")
    assert pods.exit_code == 2, "two of them"
    names = [line.split("/")[1] for line in pods.stderr.splitlines()[1:]]
    assert any("no relay connection" in run(name, "-n", "azureml", "-p", "--tail", "1").stdout for name in names)


USAGE = [
    (["nobody-is-called-so"], "no pod, run or job nobody-is-called-so"),
    (["sweep"], "sweep may be any of these:"),
    (["resnet50-dist", "-c", "nope"], "has no container 'nope'; it has"),
    (["resnet50-dist", "--grep", "("], "no regular expression"),
    (["resnet50-dist", "-v"], "--invert needs --grep"),
    (["resnet50-dist", "--since", "soon"], "no duration"),
    (["resnet50-dist", "--since", "0s"], "no duration"),
    (["resnet50-dist", "--tail", "-1"], "--tail"),
]


@pytest.mark.parametrize(("arguments", "words"), USAGE, ids=[" ".join(each) for each, _words in USAGE])
def test_what_cannot_be_is_said_and_is_exit_two(run: Run, arguments: list[str], words: str) -> None:
    done = run(*arguments)
    assert done.exit_code == 2
    assert words in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(("text", "seconds"), [("90", 90), ("90s", 90), ("10m", 600), ("1h30m", 5400), ("2d", 172800)])
def test_durations(text: str, seconds: float) -> None:
    assert commands.Span().convert(text, None, None) == seconds


@pytest.fixture(scope="module")
def pipes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with kubelet_process(tmp_path_factory.mktemp("kubelet"), lines=3000) as found:
        yield {**os.environ, "KUBECONFIG": found["kubeconfig"]}


def piped(env: dict[str, str], *arguments: str) -> Any:
    command = [sys.executable, "-m", "tui", "logs", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env)


def test_a_follower_prints_at_once_and_ctrl_c_is_130(pipes: dict[str, str], tmp_path: Path) -> None:
    with piped(pipes, "endless-20-0", "-f") as process:
        assert process.stdout.readline().startswith(b"step       0 loss")
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 130
        assert process.stderr.read() == b""


def test_a_reader_that_leaves_is_no_error(pipes: dict[str, str]) -> None:
    with piped(pipes, "endless-20-0", "-f") as process:
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(10) == 0
        assert process.stderr.read() == b""


def test_bytes_are_the_programs_own(pipes: dict[str, str]) -> None:
    with piped(pipes, "ns/big") as process:
        data = process.stdout.read()
        assert process.wait(10) == 0
    lines = data.split(b"\n")
    assert len(lines) == 3001
    assert lines[2999].startswith(b"step    2999 loss")
