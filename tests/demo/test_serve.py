"""The life of the process: up in a moment, reachable, private, and gone with everything it made, whoever ends it."""

from __future__ import annotations

import contextlib
import http.client
import json
import signal
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tui.core.errors import UsageProblem
from tui.demo.clock import WorldClock
from tui.demo.launch import command, launch

PATIENCE = 15.0
SERVE = command(seed=1, pods=0, speed=1.0, faults=())


@contextlib.contextmanager
def served(*more: str) -> Iterator[tuple[subprocess.Popen[bytes], dict[str, Any]]]:
    child = subprocess.Popen([*SERVE, *more], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        assert child.stdout is not None
        yield child, json.loads(child.stdout.readline())
    finally:
        child.terminate()
        child.communicate(timeout=PATIENCE)


def get(said: dict[str, Any], address: str, path: str, token: str) -> tuple[int, Any]:
    return ask(said, address, "GET", path, token)


def ask(
    said: dict[str, Any], address: str, method: str, path: str, token: str, content: Any = None
) -> tuple[int, Any]:  # fmt: skip
    host, _, port = address.removeprefix("https://").partition(":")
    context = ssl.create_default_context(cafile=said["ca"])
    connection = http.client.HTTPSConnection(host, int(port), context=context, timeout=PATIENCE)
    try:
        data = None if content is None else json.dumps(content)
        connection.request(method, path, data, {"Authorization": f"Bearer {token}"})
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()


def kube_address(said: dict[str, Any]) -> str:
    config = yaml.safe_load(Path(said["kubeconfig"]).read_text())
    return str(config["clusters"][0]["cluster"]["server"])


def open_watch(said: dict[str, Any]) -> ssl.SSLSocket:
    """A watch that stays open."""
    import socket

    host, _, port = kube_address(said).removeprefix("https://").partition(":")
    context = ssl.create_default_context(cafile=said["ca"])
    stream = context.wrap_socket(socket.create_connection((host, int(port)), PATIENCE), server_hostname=host)
    token = said["tokens"]["admin"]
    stream.sendall(
        f"GET /api/v1/pods?watch=true HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
    )
    assert stream.recv(4096).startswith(b"HTTP/1.1 200")
    return stream


def is_gone(directory: Path) -> bool:
    return not directory.exists()


def wait_until(fact: Callable[[], bool]) -> None:
    """Poll a fact that another process brings about; there is nothing to await across processes."""
    import time

    deadline = time.monotonic() + PATIENCE
    while not fact():
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.02)


def test_both_servers_answer_and_files_are_private() -> None:
    with served() as (_child, said):
        directory = Path(said["kubeconfig"]).parent
        assert directory.stat().st_mode & 0o777 == 0o700
        assert Path(said["kubeconfig"]).stat().st_mode & 0o777 == 0o600
        address, tokens = kube_address(said), said["tokens"]
        assert address.startswith("https://127.0.0.1:")
        assert said["arm"].startswith("https://127.0.0.1:")
        status, pods = get(said, address, "/api/v1/namespaces/azureml/pods", tokens["admin"])
        assert (status, len(pods["items"])) == (200, 19)
        assert get(said, address, "/api/v1/namespaces/azureml/secrets", tokens["viewer"])[0] == 403
        assert get(said, address, "/api/v1/pods", "nobody")[0] == 401
        status, extension = get(said, said["arm"], f"{said['extension_id']}?api-version=2023-05-01", tokens["arm"])
        assert (status, extension["properties"]["provisioningState"]) == (200, "Succeeded")
        assert all(workspace.startswith("/subscriptions/") for workspace in said["workspace_ids"])
        assert (said["start"], said["speed"]) == (said["began"], 1.0)


def test_the_kubeconfig_has_two_contexts() -> None:
    with served() as (_child, said):
        config = yaml.safe_load(Path(said["kubeconfig"]).read_text())
        assert [context["name"] for context in config["contexts"]] == ["arcdeck-demo", "arcdeck-demo-viewer"]
        assert config["current-context"] == "arcdeck-demo"
        tokens = {user["name"]: user["user"]["token"] for user in config["users"]}
        assert tokens == {"arcdeck-demo": said["tokens"]["admin"], "arcdeck-demo-viewer": said["tokens"]["viewer"]}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_it_with_an_open_watch(number: signal.Signals) -> None:
    with served() as (child, said):
        directory = Path(said["kubeconfig"]).parent
        with contextlib.closing(open_watch(said)):
            child.send_signal(number)
            assert child.wait(PATIENCE) == 0
        assert is_gone(directory)
        assert child.stderr is not None
        assert child.stderr.read() == b""


def test_the_end_of_standard_input_ends_it() -> None:
    with served("--with-parent") as (child, said):
        assert child.stdin is not None
        with contextlib.closing(open_watch(said)):
            child.stdin.close()
            assert child.wait(PATIENCE) == 0
        assert is_gone(Path(said["kubeconfig"]).parent)
        child.stdin = None


def test_without_that_option_standard_input_is_left_alone() -> None:
    with served() as (child, said):
        assert child.stdin is not None
        child.stdin.close()
        assert get(said, kube_address(said), "/version", said["tokens"]["admin"])[0] == 200
        child.stdin = None


def test_nothing_is_left_of_it_when_its_parent_is_killed() -> None:
    program = (
        "import os, signal\n"
        "from tui.demo.launch import launch\n"
        "with launch() as demo:\n"
        "    print(demo.kubeconfig, flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == -signal.SIGKILL
    kubeconfig = Path(done.stdout.strip())
    wait_until(lambda: is_gone(kubeconfig.parent))
    wait_until(lambda: not processes_with(kubeconfig.parent.name))


def processes_with(word: str) -> list[int]:
    """Processes that have a file of that name open, or in their command line."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if word.encode() in (process / "cmdline").read_bytes():
                found.append(int(process.name))
            found += [int(process.name) for fd in (process / "fd").iterdir() if word in str(fd.readlink())]
    return found


def test_launch_gives_a_target_and_ends_it() -> None:
    with launch(seed=3, speed=0.0, start=1_700_000_000.0) as target:
        directory = Path(target.kubeconfig).parent
        assert (target.speed, target.start) == (0.0, 1_700_000_000.0)
        assert "/connectedClusters/" in target.cluster_id
        assert len(target.workspace_ids) == 3
        assert Path(target.ca).exists()
    assert is_gone(directory)


def test_an_install_over_the_wire_ends_as_its_scenario_says() -> None:
    """ARM, the world and the clock of one process together: a minute of the world is half a second here."""
    with served("--fault", "not-installed", "--fault", "fail-chart-not-found", "--speed", "120") as (_child, said):
        where, token = f"{said['extension_id']}?api-version=2023-05-01", said["tokens"]["arm"]
        inner = {"extensionType": "Microsoft.AzureML.Kubernetes", "configurationSettings": {"enableTraining": "True"}}
        assert get(said, said["arm"], where, token)[0] == 404
        status, body = ask(said, said["arm"], "PUT", where, token, {"properties": inner})
        assert (status, body["properties"]["provisioningState"]) == (201, "Creating")
        wait_until(lambda: get(said, said["arm"], where, token)[1]["properties"]["provisioningState"] == "Failed")
        told = get(said, said["arm"], where, token)[1]["properties"]["errorInfo"]["message"]
        assert "Failed in download the Chart path not found" in told


def test_launch_ends_it_when_its_user_fails() -> None:
    directories = []
    with contextlib.suppress(ZeroDivisionError), launch(speed=0.0) as target:
        directories.append(Path(target.kubeconfig).parent)
        raise ZeroDivisionError
    assert [is_gone(directory) for directory in directories] == [True]


def test_a_cloud_that_does_not_start_is_one_line() -> None:
    with pytest.raises(UsageProblem, match=r"did not start: .*invalid choice: 'nonsense'"), launch(faults=["nonsense"]):
        raise AssertionError("it started")


def test_the_clock() -> None:
    real = [50.0]
    clock = WorldClock(1000.0, 50.0, 60.0, lambda: real[0])
    assert clock() == 1000.0
    real[0] += 2.5
    assert clock() == 1150.0
    frozen = WorldClock(1000.0, 50.0, 0.0, lambda: real[0])
    assert frozen() == 1000.0
