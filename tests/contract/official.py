"""The official client and the stock kubectl as judges of streams. Both block: they run beside the loop of a test."""

from __future__ import annotations

import asyncio
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kubernetes.client import ApiClient, Configuration, CoreV1Api
from kubernetes.stream import portforward, stream

from tests.cluster.access import write_kubeconfig
from tests.contract.backends import Backend

KUBECTL = shutil.which("kubectl")
PATIENCE = 20.0


@contextmanager
def core(backend: Backend) -> Iterator[CoreV1Api]:
    """The core API as the admin. A client serves one stream: it changes how its client calls."""
    found = Configuration(host=backend.url)
    found.ssl_ca_cert, found.api_key = str(backend.certificates.ca_path), {"authorization": "Bearer admin-token"}
    with ApiClient(found) as client:
        yield CoreV1Api(client)


def execute(backend: Backend, home: str, name: str, *command: str, **more: Any) -> Any:
    """An open exec."""
    with core(backend) as api:
        asked = {"stdin": False, "stdout": True, "stderr": True, "tty": False, "_preload_content": False, **more}
        return stream(api.connect_get_namespaced_pod_exec, name, home, command=list(command), **asked)


def ended(client: Any) -> Any:
    """The same once it is over."""
    client.run_forever(timeout=PATIENCE)
    over = not client.is_open()
    client.sock.shutdown()
    assert over
    return client


def forwarded(backend: Backend, home: str, name: str, *ports: int) -> Any:
    """Open connections to ports."""
    with core(backend) as api:
        asked = ",".join(map(str, ports))
        return portforward(api.connect_get_namespaced_pod_portforward, name, home, ports=asked)


def closed(forward: Any) -> None:
    """Close them. What is left of the connection is a thread's, which ends by itself."""
    forward.close()
    for thread in threading.enumerate():
        if thread.name.startswith("Kubernetes port forward proxy"):
            thread.join(PATIENCE)
    forward.websocket.shutdown()


async def kubectl(backend: Backend, directory: Path, *arguments: str, stdin: bytes = b"") -> tuple[int, bytes, bytes]:
    """Exit code, output and errors of a run."""
    assert KUBECTL is not None
    config = directory / "kubeconfig"
    if not config.exists():
        write_kubeconfig(config, backend.url, backend.certificates.ca_path, "admin-token")
    env = {"HOME": str(directory), "KUBECONFIG": str(config), "PATH": os.environ["PATH"]}
    process = await asyncio.create_subprocess_exec(
        KUBECTL, *arguments, env=env, stdin=-1, stdout=-1, stderr=-1, cwd=directory
    )
    async with asyncio.timeout(PATIENCE):
        out, errors = await process.communicate(stdin)
    return process.returncode or 0, out, errors
