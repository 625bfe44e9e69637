"""Credential plugins: run without a terminal, once for all who wait, kept until they expire, errors in one line."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.client.api import until
from tui.client import exec_plugin
from tui.client.exec_plugin import Credential, ExecPlugin, complaint
from tui.core.errors import Problem

PLUGIN = """#!{python}
import json, os, sys
log = open({log!r}, "a")
log.write(json.dumps({{"info": json.loads(os.environ["KUBERNETES_EXEC_INFO"]), "args": sys.argv[1:],
                       "stdin": sys.stdin.read(), "tty": os.isatty(1), "who": os.environ.get("WHO")}}) + "\\n")
log.close()
{body}
"""


class Script:
    """A plugin that records how it was run."""

    def __init__(self, directory: Path, body: str) -> None:
        self.path, self.log = directory / "plugin", directory / "log"
        self.path.write_text(PLUGIN.format(python=sys.executable, log=str(self.log), body=body))
        self.path.chmod(self.path.stat().st_mode | stat.S_IXUSR)

    @property
    def runs(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text().splitlines()] if self.log.exists() else []


def printing(**status: Any) -> str:
    return f"print(json.dumps({{'kind': 'ExecCredential', 'status': {status!r}}}))"


def plugin(
    script: Path | str, clock: Callable[[], float] = lambda: 0.0, cluster: dict[str, Any] | None = None, **spec: Any
) -> ExecPlugin:
    spec = {"apiVersion": "client.authentication.k8s.io/v1", "command": str(script), **spec}
    return ExecPlugin(spec, cluster or {}, "", clock, clock)


async def test_it_is_run_once_and_kept_until_shortly_before_it_expires(tmp_path: Path) -> None:
    script = Script(tmp_path, printing(token="t", expirationTimestamp="1970-01-01T01:00:00Z"))
    now = [0.0]
    one = plugin(script.path, lambda: now[0])
    found = await asyncio.gather(*[one.credential() for _ in range(5)])
    assert found == [Credential("t", expires=3600.0)] * 5
    now[0] = 3600 - exec_plugin.SKEW - 1
    await one.credential()
    assert len(script.runs) == 1
    now[0] += 2
    await one.credential()
    assert len(script.runs) == 2
    one.forget()
    await one.credential()
    assert len(script.runs) == 3


async def test_it_gets_no_terminal_its_own_variables_and_the_cluster_when_it_wants_it(tmp_path: Path) -> None:
    script = Script(tmp_path, printing(token="t"))
    (tmp_path / "ca").write_text("CA")
    cluster = {
        "server": "https://kube", "certificate-authority": str(tmp_path / "ca"), "tls-server-name": "k",
        "extensions": [{"name": "client.authentication.k8s.io/exec", "extension": {"audience": "a"}}],
    }  # fmt: skip
    one = plugin(
        script.path, cluster=cluster, args=["get-token", 7], env=[{"name": "WHO", "value": "me"}],
        provideClusterInfo=True, interactiveMode="IfAvailable",
    )  # fmt: skip
    await one.credential()
    (run,) = script.runs
    assert run["args"] == ["get-token", "7"]
    assert (run["stdin"], run["tty"], run["who"]) == ("", False, "me")
    assert run["info"] == {
        "apiVersion": "client.authentication.k8s.io/v1",
        "kind": "ExecCredential",
        "spec": {
            "interactive": False,
            "cluster": {
                "server": "https://kube",
                "tls-server-name": "k",
                "certificate-authority-data": base64.b64encode(b"CA").decode(),
                "config": {"audience": "a"},
            },
        },
    }


async def test_a_relative_command_is_beside_the_kubeconfig(tmp_path: Path) -> None:
    script = Script(tmp_path, printing(clientCertificateData="C", clientKeyData="K"))
    one = ExecPlugin({"command": f"./{script.path.name}"}, {}, str(tmp_path))
    assert await one.credential() == Credential("", "C", "K")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("sys.stderr.write('trying\\n\\x1b[31mERROR: Please run az login\\n  usage: x\\n'); sys.exit(1)",
         "failed: ERROR: Please run az login"),
        ("sys.exit(3)", "failed: exit code 3"),
        ("sys.stderr.write('error: token=abcdef0123456789abcdef refused'); sys.exit(1)", "refused"),
        ("print('hello')", "printed no ExecCredential"),
        ("print('[1]')", "printed no ExecCredential"),
        ("print(json.dumps({'status': {'clientCertificateData': 'C'}}))", "gave neither a token nor a certificate"),
    ],
)  # fmt: skip
async def test_what_goes_wrong_is_one_clean_line(tmp_path: Path, body: str, told: str) -> None:
    found = await plugin(Script(tmp_path, body).path).credential()
    assert isinstance(found, Problem)
    assert found.where == f"credential plugin {tmp_path}/plugin"
    assert told in found.what
    assert found.what.isprintable()
    assert "abcdef0123456789" not in found.what


async def test_a_plugin_that_is_not_installed_comes_with_its_own_hint() -> None:
    found = await plugin("kubelogin-nowhere", installHint="brew install kubelogin\nor apt").credential()
    assert isinstance(found, Problem)
    assert str(found) == "credential plugin kubelogin-nowhere: is not installed"
    assert found.next == "brew install kubelogin or apt"
    assert (await plugin("kubelogin-nowhere").credential()).next == "install it, or put it on PATH"  # type: ignore[union-attr]


async def test_a_plugin_that_may_not_run_or_wants_a_terminal_is_told(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("x")
    found = await plugin(tmp_path / "plain").credential()
    assert isinstance(found, Problem)
    assert found.what == "cannot be run: Permission denied"
    found = await plugin("az", interactiveMode="Always").credential()
    assert isinstance(found, Problem)
    assert found.what == "it insists on a terminal"
    found = await plugin("").credential()
    assert isinstance(found, Problem)
    assert found.what == "the kubeconfig names no command"


async def test_a_failure_answers_for_everybody_for_a_while(tmp_path: Path) -> None:
    script = Script(tmp_path, "sys.exit(1)")
    now = [0.0]
    one = plugin(script.path, lambda: now[0])
    for _ in range(3):
        assert isinstance(await one.credential(), Problem)
    assert len(script.runs) == 1
    now[0] = exec_plugin.FAILED_FOR + 1
    await one.credential()
    assert len(script.runs) == 2


async def test_one_that_hangs_is_ended_with_all_it_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = Script(tmp_path, "print(os.getpid(), flush=True); os.system('echo $$ >> ' + sys.argv[1] + '; sleep 60')")
    children = tmp_path / "children"
    monkeypatch.setattr(exec_plugin, "TIMEOUT", 60.0)
    running = asyncio.create_task(plugin(script.path, args=[str(children)]).credential())
    await until(lambda: children.exists() and children.read_text().strip())
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    pid = int(children.read_text().split()[0])
    await until(lambda: not _alive(pid))


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (OSError, IndexError):
        return False


async def test_one_that_takes_too_long_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exec_plugin, "TIMEOUT", 0.2)
    found = await plugin(Script(tmp_path, "import time; time.sleep(60)").path).credential()
    assert isinstance(found, Problem)
    assert found.what == "gave nothing in 0 s"


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("", ""),
        ("a\nb\n\n", "b"),
        ("Traceback\n  File\nValueError: nope\n", "ValueError: nope"),
        ("E1012 failed to get token\nUsage:\n  x [flags]", "E1012 failed to get token"),
    ],
)
def test_the_line_that_tells_is_found(said: str, line: str) -> None:
    assert complaint(said) == line


def test_a_traceback_shows_no_token() -> None:
    assert "hush" not in repr(Credential("hush"))


async def test_a_clock_that_is_wrong_makes_no_storm_of_runs(tmp_path: Path) -> None:
    """What is given is expired by our clock, whatever is given: it is used all the same, and seldom asked for."""
    script = Script(tmp_path, printing(token="t", expirationTimestamp="1970-01-01T01:00:00Z"))
    tick = [0.0]
    spec = {"apiVersion": "client.authentication.k8s.io/v1", "command": str(script.path)}
    one = ExecPlugin(spec, {}, "", lambda: 7200.0 + tick[0], lambda: tick[0])
    for _ in range(20):
        assert await one.credential() == Credential("t", expires=3600.0)
        tick[0] += 1
    assert len(script.runs) == 1
    tick[0] = exec_plugin.GOOD_FOR + 1
    await one.credential()
    assert len(script.runs) == 2
