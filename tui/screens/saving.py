"""Writing what is shown to a new file of the working directory, readable by its owner only."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


def save_text(title: str, lines: Iterable[str], directory: Path | None = None) -> str:
    """Write `lines` to a new file named after `title`; returns the sentence to tell the operator."""
    folder = directory or Path.cwd()
    stem = _UNSAFE.sub("-", title).strip("-.") or "arcdeck"
    for attempt in range(1000):
        path = folder / f"{stem}{f'-{attempt}' if attempt else ''}.txt"
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            continue
        except OSError as error:
            return f"not saved: {error.strerror}: {path}"
        return _written(descriptor, path, lines)
    return f"not saved: {folder} has a thousand files named {stem}"


def _written(descriptor: int, path: Path, lines: Iterable[str]) -> str:
    """A file that cannot be written whole is not left behind: half a log reads like a whole one."""
    count = 0
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as file:
            for count, line in enumerate(lines, 1):  # noqa: B007
                file.write(line + "\n")
    except OSError as error:
        with suppress(OSError):
            path.unlink()
        return f"not saved: {error.strerror}: {path}"
    return f"saved {count} lines to {path}"
