"""What can go wrong, as values and as the few exceptions that end a command.

Problem              a value: something expected failed; it travels, is shown, is never raised
UsageProblem         raised while starting: what the operator gave cannot work; one line, exit 2
"""

from __future__ import annotations

from msgspec import Struct


class Problem(Struct, frozen=True):
    """An expected failure: what, where, and the next thing to do. All lines are clean text."""

    what: str
    where: str = ""
    next: str = ""
    status: int = 0
    """The HTTP status, 0 when there was none."""
    code: str = ""
    """The API's own word for it: `Forbidden`, `ExtensionNotFound`."""

    def __str__(self) -> str:
        return ": ".join(part for part in (self.where, self.what) if part)


class UsageProblem(Exception):
    """Bad input found before anything ran. `str()` is the one line to print; the exit code is 2."""
