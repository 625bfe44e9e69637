"""Whether a log gives its past or its present. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Final

_SECOND: Final = 19
"""Bytes of a timestamp down to its second."""
_FAST: Final = 2.0
"""So many seconds of log in one second: what is written now does not come faster."""


def is_history(before: bytes, after: bytes, seconds: float) -> bool:
    """Whether what came in some seconds was written before: its timestamps run faster than time does."""
    try:
        ran = datetime.fromisoformat(after[:_SECOND].decode()) - datetime.fromisoformat(before[:_SECOND].decode())
    except ValueError:
        return False
    return ran.total_seconds() >= max(1.0, _FAST * seconds)
