"""What time it is for what is looked at. Light enough to be imported before the first frame."""

from __future__ import annotations

import time
from collections.abc import Callable

from tui.settings import Settings


def clock_of(settings: Settings) -> Callable[[], float]:
    """This machine's clock; in a demo the simulated world's, which may run fast or stand still."""
    demo = settings.demo
    if demo is None:
        return time.time
    return lambda: demo.start + (time.time() - demo.began) * demo.speed
