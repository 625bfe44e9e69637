"""The log files of a training program in its container: where they may be, and which is the main one.

Owns the places and the order. They differ by version of the extension and are nowhere promised; a glob that matches
nothing costs nothing.
"""

from __future__ import annotations

import re
from typing import Final

from tui.client.in_shell import in_shell
from tui.client.kube import KubeClient
from tui.core.errors import Problem
from tui.core.text import clean

_ROOTS: Final = (
    "/tmp/azureml/cr/j/*/cap/hosttools-capability/wd/user_logs",
    "/tmp/azureml/cr/j/*/exe/wd/user_logs",
    "/mnt/azureml/cr/j/*/cap/hosttools-capability/wd/user_logs",
    "/mnt/azureml/cr/j/*/exe/wd/user_logs",
    "$PWD/user_logs",
    "$PWD/azureml-logs",
    "/azureml-logs",
)
"""The last three: before the common runtime, logs lay in the working directory of the run."""
_LIST: Final = f"ls -1d {' '.join(f'{root}/*.txt' for root in _ROOTS)} 2>/dev/null"
_LIMIT: Final = 1 << 16
_PROCESS: Final = re.compile(r"std_log_process_(\d+)")
_DRIVER: Final = re.compile(r"\d+_driver_log")


async def find_user_logs(kube: KubeClient, key: str, container: str) -> list[str] | Problem:
    """The paths that there are, the main one first; empty for none."""
    found = await in_shell(kube, key, container, _LIST, limit=_LIMIT, reads=True)
    if isinstance(found, Problem):
        return found
    _shell, ran = found
    return in_order(ran.stdout.decode("utf-8", "replace").splitlines())


def in_order(paths: list[str]) -> list[str]:
    """`std_log.txt`, then those of its processes, then the others; of equal ones in the order of the places."""
    good = dict.fromkeys(path for path in paths if path.startswith("/") and path == clean(path))
    return sorted(good, key=_rank)


def _rank(path: str) -> tuple[int, int, str]:
    name = path.rpartition("/")[2]
    if name.startswith("std_log.") or _DRIVER.match(name):
        return 0, 0, ""
    process = _PROCESS.match(name)
    return (1, int(process[1]), "") if process else (2, 0, name)
