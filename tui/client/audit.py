"""Every write, and every door opened into a pod, on record: one JSON line before and one after, in an append-only file.

Owns the file and the command line an operator would have typed. Holds no bodies and no secrets. A write that begins a
long operation has a third line, when that ends.
"""

from __future__ import annotations

import getpass
import os
import shlex
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from tui.core.errors import Problem
from tui.core.kind import Kind
from tui.core.redact import redact_text
from tui.core.text import clean
from tui.core.units import rfc3339

FILE: Final = "audit.jsonl"


class Entry(Struct, frozen=True):
    """One line."""

    at: str
    stage: str
    """`intent` before the request; after it `done`, `refused`, `unknown` when no answer came that tells, `interrupted`
    when nobody waited for one, or `accepted`, after which the operation's end is `done` or `failed`."""
    context: str
    verb: str
    resource: str
    key: str
    dry_run: bool
    command: str
    """What does the same by hand. Of a shell: what began it, never what was typed."""
    outcome: str = ""
    request: str = ""
    """Method, path and api-version, where the resource and the key do not say it."""
    who: str = ""
    """Who is logged in to this machine."""


class Audit:
    """Appends to `directory`/audit.jsonl, readable by its owner only."""

    def __init__(self, directory: Path, clock: Callable[[], float]) -> None:
        self._path, self._clock = directory / FILE, clock
        self._who = _login()

    def write(self, entry: Entry) -> Problem | None:
        """Put one line down. A write that cannot be recorded is not made."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)
            try:
                _append(descriptor, msgspec.json.encode(entry) + b"\n")
            finally:
                os.close(descriptor)
        except OSError as error:
            what = f"not sent: the audit file cannot be written: {error.strerror}"
            return Problem(what, clean(str(self._path)), "mend that, or set state_dir", code="Audit")
        return None

    def intent(
        self, context: str, verb: str, resource: str, key: str, command: str, dry_run: bool, request: str = ""
    ) -> Entry:
        """The line of a write that is about to be sent."""
        words = (clean(context), verb, clean(resource), clean(key))
        at, told = rfc3339(self._clock(), fraction=3), redact_text(clean(command))
        return Entry(at, "intent", *words, dry_run, told, request=clean(request), who=self._who)

    def outcome(self, intent: Entry, problem: Problem | None) -> Entry:
        """The line of how it ended."""
        return self._after(intent, "refused" if problem else "done", redact_text(str(problem)) if problem else "")

    def accepted(self, intent: Entry) -> Entry:
        """The line of a write that began a long operation."""
        return self._after(intent, "accepted", "")

    def ended(self, intent: Entry, succeeded: bool, told: str) -> Entry:
        """The line of how the operation ended that a write began."""
        return self._after(intent, "done" if succeeded else "failed", redact_text(clean(told)))

    def unknown(self, intent: Entry, problem: Problem) -> Entry:
        """The line of a write that may or may not have been taken."""
        return self._after(intent, "unknown", redact_text(str(problem)))

    def interrupted(self, intent: Entry) -> Entry:
        """The line of a write whose answer nobody waited for."""
        return self._after(intent, "interrupted", "sent, the answer is not known")

    def _after(self, intent: Entry, stage: str, outcome: str) -> Entry:
        at = rfc3339(self._clock(), fraction=3)
        return msgspec.structs.replace(intent, at=at, stage=stage, outcome=outcome)


def _append(descriptor: int, line: bytes) -> None:
    """All of a line, and on the disk: a file system that is full may take a part, or say so only when it must write.

    A part that was left by an earlier failure gets a line of its own.
    """
    size = os.fstat(descriptor).st_size
    if size and os.pread(descriptor, 1, size - 1) != b"\n":
        line = b"\n" + line
    while line:
        line = line[os.write(descriptor, line) :]
    os.fsync(descriptor)


def _login() -> str:
    try:
        return clean(getpass.getuser())
    except (OSError, KeyError, ImportError):  # no such user on this machine
        return str(os.getuid())


def delete_command(context: str, kind: Kind, key: str, dry_run: bool = False) -> str:
    """`kubectl delete` for the object under `key`."""
    namespace, _, name = key.rpartition("/")
    parts = ["kubectl", "--context", context, "delete", kind.resource, name]
    parts += ["-n", namespace] if namespace else []
    return shlex.join([*parts, *(["--dry-run=server"] if dry_run else [])])


def apply_command(context: str, manager: str, force: bool, dry_run: bool = False) -> str:
    """`kubectl apply` of the same document from stdin."""
    parts = ["kubectl", "--context", context, "apply", "--server-side", f"--field-manager={manager}"]
    parts += ["--force-conflicts"] if force else []
    return shlex.join([*parts, *(["--dry-run=server"] if dry_run else []), "-f", "-"])


def exec_command(context: str, key: str, container: str, command: Sequence[str]) -> str:
    """`kubectl exec -it` of a program that has the terminal."""
    namespace, _, name = key.rpartition("/")
    where = ["kubectl", "--context", context, "exec", "-it", name, "-n", namespace, "-c", container]
    return shlex.join([*where, "--", *command])


def forward_command(context: str, key: str, local: int, remote: int) -> str:
    """`kubectl port-forward` of one port."""
    namespace, _, name = key.rpartition("/")
    ports = f"{local or ''}:{remote}"
    return shlex.join(["kubectl", "--context", context, "port-forward", f"pod/{name}", "-n", namespace, ports])
