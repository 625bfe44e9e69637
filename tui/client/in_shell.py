"""A line of shell in a container, whichever shell its image has.

Owns where shells are. What the lines say is the caller's.
"""

from __future__ import annotations

from typing import Any, Final

from tui.client.exec import NO_PROGRAM, Ran, exec_once
from tui.client.kube import KubeClient
from tui.core.errors import Problem

SHELLS: Final[tuple[tuple[str, ...], ...]] = (("sh",), ("/busybox/sh",), ("busybox", "sh"))
"""How a shell is begun; the second is where the debug variants of images without a distribution have theirs."""
_UNSTARTED: Final = (126, 127)
"""Exit codes by which some runtimes tell that there is no such program."""


def no_shell(key: str, container: str) -> Problem:
    """What is said of an image without one."""
    return Problem(f"the image of {container} has no shell", key, "look with kubectl debug", code=NO_PROGRAM)


async def in_shell(
    kube: KubeClient, key: str, container: str, script: str, *arguments: str, shell: tuple[str, ...] | None = None,
    **more: Any,
) -> tuple[tuple[str, ...], Ran] | Problem:  # fmt: skip
    """The shell that there is, and what became of the script in it. `more` as for `exec_once`."""
    for each in (shell,) if shell else SHELLS:
        command = [*each, "-c", script, "sh", *arguments]
        ran = await exec_once(kube, key, container, command, **more)
        if isinstance(ran, Ran) and not (ran.exit_code in _UNSTARTED and b"OCI runtime" in ran.stdout + ran.stderr):
            return each, ran
        if isinstance(ran, Problem) and ran.code != NO_PROGRAM:
            return ran
    return no_shell(key, container)
