"""The whole program on a terminal while a container writes ten thousand lines a second: does it answer its user?

Each key is timed from its press to what it does on the screen, so that a frame of new lines is not taken for an answer.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Iterator
from statistics import median

import pytest

from tests.budgets.conftest import Judge
from tests.budgets.test_app import cpu_of, env, memory_of
from tests.terminal_session import TerminalSession, terminal

pytestmark = [pytest.mark.budget, pytest.mark.xdist_group("budget")]

ROUNDS = 6
JOB = "flood"
"""The job of the simulated cloud whose program writes without end."""


@pytest.fixture(scope="module")
def flooded() -> Iterator[TerminalSession]:
    """The log of that job, followed at 80x24, with all the lines it may keep."""
    with terminal([sys.executable, "-m", "tui", "demo", "--fault", "flood"], env()) as session:
        session.until(lambda text: "healthy" in text and "JOBS" in text)
        session.press("5")
        session.until("JOBS all namespaces")
        session.press("/")
        session.until(lambda text: "/" in text.split("\n")[-2][:1])
        session.press(*JOB, "Enter")
        session.until("1 of")
        session.press("l")
        session.until("following")
        session.press("s")  # of the last minute: more than is kept comes at once
        session.until(lambda text: dropped(text) > 100_000, 60)
        yield session


def dropped(text: str) -> int:
    """How many lines the title says had to go."""
    found = re.search(r"([\d,]+) dropped", text)
    return int(found[1].replace(",", "")) if found else 0


def answer(session: TerminalSession, keys: str, seen: Callable[[str], bool]) -> float:
    """Seconds from a key to what it does."""
    begun = time.perf_counter()
    session.press(*keys)
    while not seen(session.text):
        session.first()
        assert time.perf_counter() - begun < 10, session.text
    return time.perf_counter() - begun


def title(text: str) -> str:
    return text.split("\n")[1]


def test_keys_in_a_flood(flooded: TerminalSession, judge: Judge) -> None:
    """Follow, scroll, page, search and go on: each is answered while lines come.

    Not the escape key: until a tenth of a second has passed it may be the beginning of another key.
    """
    session, took = flooded, dict[str, list[float]]()

    def timed(name: str, keys: str, seen: Callable[[str], bool]) -> None:
        took.setdefault(name, []).append(answer(session, keys, seen))

    begun, used, before = time.perf_counter(), cpu_of(session), dropped(session.text)
    for _ in range(ROUNDS):
        timed("scroll", "k", lambda text: "paused" in title(text))
        here = session.text.split("\n")[5]
        timed("page", "\x1b[5~", lambda text, here=here: text.split("\n")[5] != here)
        timed("follow", "f", lambda text: "following" in title(text))
        timed("search", "/", lambda text: "search" in text.split("\n")[-2])
        timed("type", "9", lambda text: "search 9" in text.split("\n")[-2])
        timed("found", "\r", lambda text: "/9 " in text.split("\n")[-2])
        timed("next", "N", lambda text: " of " in text.split("\n")[-2])
        timed("end of search", "q", lambda text: "/9 " not in text.split("\n")[-2])
        session.press("f")
        session.until(lambda text: "following" in title(text))
    passed = time.perf_counter() - begun
    waits = sorted(wait for waits in took.values() for wait in waits)
    judge("10,000 lines/s on a terminal, a key, median", median(waits) * 1000, 60, "ms")
    judge("  … 19 of 20 keys", waits[int(len(waits) * 0.95)] * 1000, 100, "ms")
    slowest = max(took, key=lambda name: median(took[name]))
    judge(f"  … the slowest sort of key ({slowest}), median", median(took[slowest]) * 1000, 100, "ms")
    judge("  … processor", (cpu_of(session) - used) / passed * 100, 90, "%")
    assert dropped(session.text) > before, "it was a flood all the time"


def test_memory_of_a_full_log(flooded: TerminalSession, judge: Judge) -> None:
    """A hundred thousand lines, the most that are kept by default; older ones are counted."""
    flooded.press("f")
    flooded.until(lambda text: dropped(text) > 0, 60)
    judge("100,000 lines of log, memory of the whole program", memory_of(flooded), 130, "MB")
