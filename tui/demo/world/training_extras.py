"""What training scripts write besides plain lines: JSON, progress bars, pictures in base64, bytes that are no text.

Owns those lines. Must not know when they are written.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from hashlib import shake_256
from typing import Any, Final

import msgspec

from tui.core.units import rfc3339

_PICTURE: Final = 48 * 1024
"""Bytes of a picture: 64 KB as text."""
_STATES: Final = (0, 20, 40, 60, 80, 100)
_WARNS, _FAILS = 37, 211
_ERROR: Final = (
    "Traceback (most recent call last):\n"
    '  File "/mnt/azureml/cr/j/exe/wd/save.py", line 41, in upload\n'
    "    client.put(path, data)\n"
    "TimeoutError: the request timed out after 30 s"
)


def structured(number: int, at: float, loss: float) -> str:
    """A line of a structured log."""
    said: dict[str, Any] = {"time": rfc3339(at, fraction=3), "level": "INFO", "logger": "trainer"}
    step = number * 10
    if number % _FAILS == _FAILS - 1:
        said |= {"level": "ERROR", "logger": "checkpoint", "message": "upload failed, will retry", "exc": _ERROR}
    elif number % _WARNS == _WARNS - 1:
        norm = round(8 + loss, 3)
        said |= {"level": "WARNING", "message": "gradient norm clipped", "step": step, "norm": norm, "limit": 1.0}
    else:
        said |= {"message": "step", "step": step, "loss": round(loss, 4), "lr": 0.0003, "tags": {"fold": 1}}
    return msgspec.json.encode(said).decode()


def progress(what: str, done: int, total: int, noise: float) -> str:
    """A progress bar as it comes out of a container: one line, its states after carriage returns."""
    begun = done - done % (total // 5)
    shown = []
    for state in _STATES:
        at = begun + (done - begun) * state // 100
        part = at / total
        shown.append(f"{what}: {part:4.0%}|{'█' * int(part * 20):<20}| {at}/{total} [{30 + 8 * noise:.1f}it/s]")
    return "\r".join(shown)


def _picture(name: str) -> str:
    data = shake_256(name.encode()).digest(_PICTURE)
    return "confusion matrix data:image/png;base64," + base64.b64encode(data).decode()


def _no_text(name: str) -> str:
    """Bytes that are no UTF-8, and some that are no characters."""
    data = b"\x89\xff\xfe\x00\x01\x1b[31m\xc3\x28\x07\xf0\x9f end"
    return f"vocabulary of {name}: " + data.decode("utf-8", "surrogateescape")


ODD: Final[Mapping[int, Callable[[str], str]]] = {41: _picture, 43: _no_text}
"""Lines that a script writes once, by their numbers."""
