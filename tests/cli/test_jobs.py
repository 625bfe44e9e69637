"""`arcdeck jobs` on a simulated cloud: the table, one job in full, a run that is not here; with exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from msgspec import structs

from tests.domain.test_job_groups import job
from tui.cli import job_looks, job_page, job_table
from tui.cli import jobs as commands
from tui.cli.root import cli
from tui.demo.launch import launch
from tui.domain.columns_kube import JOB
from tui.settings import Settings

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def cloud() -> Iterator[Settings]:
    with ExitStack() as ends:
        demo = ends.enter_context(launch(seed=1, pods=0, speed=0))
        yield structs.replace(Settings(), demo=demo, kubeconfig=demo.kubeconfig)


@pytest.fixture
def run(cloud: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    settings = structs.replace(cloud, state_dir=tmp_path)

    def invoke(*arguments: str, **more: Any) -> Result:
        monkeypatch.setattr(commands, "settings_of", lambda _ctx: structs.replace(settings, **more))
        done = CliRunner().invoke(cli, ["jobs", *arguments])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.output
        return done

    return invoke


def test_the_table_has_every_job_below_its_run(run: Run) -> None:
    done = run()
    assert done.exit_code == 1, "some failed"
    head, *rows = done.stdout.splitlines()
    assert head.split()[:5] == ["NAME", "EXPERIMENT", "SIZE", "STATE", "WHY"]
    names = [row[3:].split("  ")[0] or row[3:].strip().split()[0] for row in rows]
    at = names.index("sweep-lr-0031")
    assert all(row[3:].startswith("  sweep-lr-0031_") for row in rows[at + 1 : at + 5]), "its trials are indented"
    assert "4 trials" in rows[at]
    assert "needs 4 GPUs, 2 free" in done.stdout
    assert "\x1b" not in done.output, "no colours in a pipe"


def test_wide_adds_columns(run: Run) -> None:
    assert "JOB ID" not in run().stdout
    assert {"JOB ID", "QUEUE", "COMPUTE"} <= {
        word.strip() for word in run("-o", "wide").stdout.splitlines()[0].split("  ")
    }


def test_states_and_namespaces(run: Run) -> None:
    waiting = json.loads(run("--state", "queued", "-o", "json").stdout)["jobs"]
    assert {one["run_id"] for one in waiting} == {
        "gpt2-pretrain", "clip-pretrain-xl", "churn-pipeline-0418-score",
    }  # fmt: skip
    good = run("--state", "completed")
    assert good.exit_code == 0
    assert "sweep-lr-0031_0" in good.stdout
    assert "sweep-lr-0031_2" not in good.stdout
    none = run("-n", "elsewhere")
    assert (none.exit_code, none.stdout, none.stderr) == (0, "", "no training jobs in elsewhere\n")
    everywhere = run("-n", "elsewhere", "-A", "-o", "json")
    assert len(json.loads(everywhere.stdout)["jobs"]) > 8


def test_json_has_every_field_under_a_stable_name_and_no_secret(run: Run) -> None:
    done = run("-o", "json")
    rows = {one["run_id"]: one for one in json.loads(done.stdout)["jobs"]}
    one = rows["bert-finetune-07"]
    assert one.keys() == {
        "key", "namespace", "job_id", "run_id", "name", "root", "experiment", "user", "compute", "workspace",
        "instance_type", "nodes", "gpus", "state", "health", "why", "created", "started", "ended", "placed", "pods",
        "queue", "place", "retries", "restarts", "earlier", "group", "vc_job", "aml_job", "labels", "size",
        "elapsed_seconds",
    }  # fmt: skip
    assert (one["state"], one["health"], one["nodes"], one["gpus"]) == ("Failed", "broken", 2, 1)
    assert one["why"].startswith("OOMKilled worker-1")
    assert [pod["name"] for pod in one["pods"]] == ["worker-0", "worker-1"]
    assert one["created"].endswith("Z")
    assert "demo-not-a-real" not in done.stdout
    assert rows["sweep-lr-0031_2"]["root"] == "sweep-lr-0031"


def test_yaml_says_the_same(run: Run) -> None:
    asked = ("--state", "queued", "-o")
    told, same = json.loads(run(*asked, "json").stdout), yaml.safe_load(run(*asked, "yaml").stdout)
    for rows in (told["jobs"], same["jobs"]):
        for row in rows:
            row.pop("elapsed_seconds")
    assert same == told


def test_a_waiting_job_is_explained(run: Run) -> None:
    done = run("gpt2-pretrain")
    assert done.exit_code == 0, "to wait for room that is taken is no fault"
    lines = done.stdout.splitlines()
    assert lines[0].startswith("gpt2-pretrain  ◷ Queued")
    assert lines[2] == "◷ waits for GPUs and cpu: 2 of 4 pods would fit now"
    assert "  by the pod's own spec" in lines, "specs of pods are fetched"
    assert any(line.startswith("◷ resnet50-dist  4 GPUs") and line.endswith("← enough") for line in lines)
    assert "● namespace ml-train is there, compute arc-west names it" in lines, "ARM is asked"
    assert any("AmlJob" in line for line in lines)
    assert max(map(len, lines)) <= 80


def test_of_a_job_all_is_in_the_json(run: Run) -> None:
    told = json.loads(run("clip-pretrain-xl", "-o", "json").stdout)
    why = told["explanation"]
    assert told["found"] is True
    assert why["headline"] == "cannot be placed as the cluster is: were nothing running, 8 of its 12 pods would fit"
    assert [step["id"] for step in why["steps"] if step["health"] == "warning"] == ["gate"]
    assert why["limits"] == ["cpu", "gpu"]
    nodes = [name for one in why["pods"][0]["nodes"] for name in one["nodes"]]
    assert len(nodes) == len(set(nodes)) == 12
    assert {"name", "text"} <= why["pods"][0]["nodes"][0].keys()
    assert [one["kind"] for one in told["objects"]][:2] == ["jobs", "amljobs"]
    assert "demo-not-a-real" not in json.dumps(told)


def test_a_job_that_failed_and_one_that_runs(run: Run) -> None:
    failed = run("bert-finetune-07")
    assert failed.exit_code == 1
    assert "✖ Failed  OOMKilled worker-1 (exit 137)" in failed.stdout
    assert "WHAT WOULD HELP" not in failed.stdout
    fine = run("resnet50-dist")
    assert fine.exit_code == 0
    assert "worker-3" in fine.stdout


def test_a_run_with_parts(run: Run) -> None:
    done = run("sweep-lr-0031")
    assert done.exit_code == 0
    assert "PARTS" in done.stdout
    assert "sweep-lr-0031_3" in done.stdout


def test_any_name_of_a_job_will_do(run: Run) -> None:
    one = json.loads(run("resnet50-dist", "-o", "json").stdout)
    names = [
        one["job_id"],
        one["job_id"][:9],
        one["vc_job"].split("/")[1],
        one["pods"][2]["key"].split("/")[1],
        one["key"],
    ]
    for name in (*names, "resnet"):
        assert json.loads(run(name, "-o", "json").stdout)["run_id"] == "resnet50-dist", name


def test_a_beginning_of_several_is_a_question_back(run: Run) -> None:
    done = run("sweep-lr-0031_")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "sweep-lr-0031_ is the beginning of several: " in done.stderr
    assert "ml-train/sweep-lr-0031_0" in done.stderr


def test_a_run_that_is_not_here_is_looked_for_on_its_way(run: Run) -> None:
    done = run("resnet51")
    assert done.exit_code == 1
    lines = done.stdout.splitlines()
    assert lines[0] == "resnet51  ? not on this cluster"
    assert "✖ namespace ml-east does not exist" in lines
    assert "    kubectl create namespace ml-east" in lines
    assert "    runs with a name like it: resnet50-dist" in lines
    told = json.loads(run("resnet51", "-o", "json").stdout)
    assert told["found"] is False
    assert [check["id"] for check in told["checks"]][-1] == "delivered"


def test_what_cannot_be_looked_at_is_two(run: Run, tmp_path: Path) -> None:
    config = tmp_path / "kubeconfig"
    config.write_text(
        "apiVersion: v1\nkind: Config\ncurrent-context: c\ncontexts: [{name: c, context: {cluster: c, user: u}}]\n"
        "clusters: [{name: c, cluster: {server: 'http://127.0.0.1:9'}}]\nusers: [{name: u, user: {token: t}}]\n"
    )
    done = run("--timeout", "0.5", kubeconfig=str(config), demo=None, sign_in="none")
    assert done.exit_code == 2
    assert done.stdout == ""
    assert done.stderr.startswith("could not look: ")


# -- the pieces


def test_a_run_of_several_parts_comes_before_its_parts() -> None:
    rows = {row.key: row for row in (job("a_1", root="a"), job("a_2", root="a"), job("ab"))}
    assert [row.name for row in job_looks.matching("a", rows)] == ["a"]
    assert [row.name for row in job_looks.matching("a_2", rows)] == ["a_2"]
    assert len(job_looks.matching("a_", rows)) == 2
    assert job_looks.matching("zzz", rows) == job_looks.matching("", rows) == []


def test_on_a_terminal_the_table_is_as_wide_as_it_is() -> None:
    columns = (job_table._glyph(str), *JOB)
    rows = [job_table._cells(job("a" * 60, why="b" * 200), 1, columns, 0.0)]
    for width in (80, 160):
        lines = ["".join(text for text, _tone in line) for line in job_table.laid_out(rows, columns, width)]
        assert max(map(len, lines)) <= width
    whole = ["".join(text for text, _tone in line) for line in job_table.laid_out(rows, columns, 0)]
    assert "a" * 60 in whole[0]
    assert "b" * 200 in whole[0]


def test_colours_are_for_terminals_that_may_have_them(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    job_table.say([("x", "strong"), ("   ", None)])
    monkeypatch.setenv("NO_COLOR", "1")
    job_table.say([("y", "strong"), ("   ", None)])
    assert capsys.readouterr().out.splitlines() == ["\x1b[1mx\x1b[0m", "y"]


def test_values_for_scripts() -> None:
    row = job("a", "Failed")
    value = job_page.job_fact(row, 0.0)
    assert value["health"] == "broken"
    assert json.loads(job_page.written(value, "json")) == value
