"""Memory of large answers, given back to the system.

The C library keeps the heap that the bodies of a long list needed, on the chance that it is needed again; a list that
long may not come again for hours. Must not know what was read.
"""

from __future__ import annotations

import sys
from functools import cache
from typing import Any


def give_back() -> None:
    """Give free memory back, where the C library can (glibc); a few milliseconds, elsewhere nothing."""
    trim = _trim()
    if trim is not None:
        trim(0)


@cache
def _trim() -> Any:
    if not sys.platform.startswith("linux"):
        return None
    import ctypes

    return getattr(ctypes.CDLL(None), "malloc_trim", None)
