"""A simulated cloud for as long as it is needed: started as a process of its own, ended in any case.

Owns the child process. Must not know what it serves.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Final

from tui.core.errors import UsageProblem
from tui.core.text import clean
from tui.settings import Demo

PATIENCE: Final = 5.0
"""Seconds that the child has to end by itself."""


@contextmanager
def launch(
    *, seed: int = 1, pods: int = 0, speed: float = 1.0, faults: Collection[str] = (), start: float | None = None
) -> Iterator[Demo]:
    """Start a cloud; `start` is what its clock says then. Raises UsageProblem when it does not come up."""
    given = command(seed=seed, pods=pods, speed=speed, faults=faults, start=start)
    with tempfile.TemporaryFile() as errors, _child([*given, "--with-parent"], errors) as child:
        assert child.stdout is not None
        line = child.stdout.readline()
        if not line:
            child.wait()
            raise UsageProblem(f"the simulated cloud did not start: {_last_line(errors)}")
        said = json.loads(line)
        try:
            yield _target(said)
        finally:
            _end(child)
            shutil.rmtree(Path(said["kubeconfig"]).parent, ignore_errors=True)


def command(*, seed: int, pods: int, speed: float, faults: Collection[str], start: float | None = None) -> list[str]:
    """The command that serves a cloud. `-P`: a directory `tui` where the user happens to be is none of ours."""
    made = [sys.executable, "-P", "-m", "tui.demo.serve", "--seed", str(seed), "--pods", str(pods)]
    made += ["--speed", str(speed), *([] if start is None else ["--start", repr(start)])]
    for name in faults:
        made += ["--fault", name]
    return made


@contextmanager
def _child(given: list[str], errors: IO[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """In a session of its own: keys typed in the terminal are not for it. Its standard input ends with this process."""
    child = subprocess.Popen(
        given, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
        start_new_session=True,
    )  # fmt: skip
    try:
        yield child
    finally:
        _end(child)
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _last_line(errors: IO[bytes]) -> str:
    errors.seek(0)
    lines = errors.read().decode(errors="replace").strip().splitlines()
    return clean(lines[-1]) if lines else "it said nothing"


def _target(said: dict[str, Any]) -> Demo:
    return Demo(
        kubeconfig=said["kubeconfig"], arm=said["arm"], ca=said["ca"], token=said["tokens"]["arm"],
        cluster_id=said["cluster_id"], workspace_ids=tuple(said["workspace_ids"]), began=said["began"],
        start=said["start"], speed=said["speed"],
    )  # fmt: skip
