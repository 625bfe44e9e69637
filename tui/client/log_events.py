"""What a followed log says, and what may be asked of it. Values only."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from tui.core.errors import Problem


class LogOptions(Struct, frozen=True):
    """What to read."""

    tail: int | None = None
    """Begin with so many last lines; None: all there is."""
    since: float | None = None
    """Begin so many seconds ago."""
    previous: bool = False
    """The instance before the last restart; it is not followed."""
    follow: bool = True
    """Go on with what comes; False: what there is now, once."""

    @property
    def once(self) -> bool:
        """The end of the stream is the end of it."""
        return self.previous or not self.follow


FROM_START: Final = LogOptions()


class Lines(Struct, frozen=True):
    """Whole lines, each `timestamp SPACE text LF`, as they came: not cleaned."""

    data: bytes


class Broken(Struct, frozen=True):
    """The stream is down; it comes back by itself."""

    reason: str
    at: float


class Resumed(Struct, frozen=True):
    """It is back. `gap` names two instants when lines between them are lost for good (the log was rotated)."""

    after: float
    """Seconds it was down."""
    gap: str = ""


class Restarted(Struct, frozen=True):
    """The container began anew; what follows is its new log."""

    reason: str
    """Why it began anew; and, in words, what of the logs before could not be read."""
    exit_code: int | None = None
    missed: int = 0
    """Instances between this one and the one before that nobody saw: their logs are gone."""


class Ended(Struct, frozen=True):
    """The container has ended, and all of its log was given."""

    reason: str
    exit_code: int | None = None


class Refused(Struct, frozen=True):
    """There is no such log for us."""

    problem: Problem


LogEvent = Lines | Broken | Resumed | Restarted | Ended | Refused
