"""Every write, on record: one JSON line before it is sent and one after, in an append-only file.

Owns the file and the command line an operator would have typed. Holds no bodies and no secrets.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable
from pathlib import Path

import msgspec
from msgspec import Struct

from tui.core.errors import Problem
from tui.core.kind import Kind
from tui.core.redact import redact_text
from tui.core.units import rfc3339

FILE = "audit.jsonl"


class Entry(Struct, frozen=True):
    """One line."""

    at: str
    stage: str
    """`intent` before the request, `done` or `refused` after it."""
    context: str
    verb: str
    resource: str
    key: str
    dry_run: bool
    command: str
    """What does the same by hand."""
    outcome: str = ""


class Audit:
    """Appends to `directory`/audit.jsonl, readable by its owner only."""

    def __init__(self, directory: Path, clock: Callable[[], float]) -> None:
        self._path, self._clock = directory / FILE, clock

    def write(self, entry: Entry) -> Problem | None:
        """Put one line down. A write that cannot be recorded is not made."""
        line = msgspec.json.encode(entry) + b"\n"
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(descriptor, line)
            finally:
                os.close(descriptor)
        except OSError as error:
            return Problem(f"the audit file cannot be written: {error.strerror}", str(self._path))
        return None

    def intent(self, context: str, verb: str, resource: str, key: str, command: str, dry_run: bool) -> Entry:
        """The line of a write that is about to be sent."""
        return Entry(rfc3339(self._clock(), fraction=3), "intent", context, verb, resource, key, dry_run, command)

    def outcome(self, intent: Entry, problem: Problem | None) -> Entry:
        """The line of how it ended."""
        return msgspec.structs.replace(
            intent,
            at=rfc3339(self._clock(), fraction=3),
            stage="refused" if problem else "done",
            outcome=redact_text(str(problem)) if problem else "",
        )


def delete_command(context: str, kind: Kind, key: str) -> str:
    """`kubectl delete` for the object under `key`."""
    namespace, _, name = key.rpartition("/")
    parts = ["kubectl", "--context", context, "delete", kind.resource, name]
    return shlex.join([*parts, "-n", namespace] if namespace else parts)


def apply_command(context: str, manager: str, force: bool) -> str:
    """`kubectl apply` of the same document from stdin."""
    parts = ["kubectl", "--context", context, "apply", "--server-side", f"--field-manager={manager}"]
    return shlex.join([*parts, *(["--force-conflicts"] if force else []), "-f", "-"])
