"""Reading a small file that the operator names: a certificate, settings."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from tui.core.errors import Problem
from tui.core.text import clean

MOST: Final = 1 << 20
"""Bytes: what is larger is not what was meant."""


def read_file(name: str) -> str | Problem:
    """The text of a file; `~` is the home directory."""
    path = Path(os.path.expanduser(name.strip()))  # noqa: PTH111 - never raises
    try:
        with path.open("rb") as file:
            data = file.read(MOST + 1)
    except OSError as error:
        return Problem(f"cannot be read: {error.strerror}", clean(str(path)))
    if len(data) > MOST:
        return Problem("is larger than a megabyte", clean(str(path)))
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return Problem("is no text", clean(str(path)))
