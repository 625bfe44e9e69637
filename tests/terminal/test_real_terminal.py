"""On a pty: what is switched on, a terminal that does not read, changes of size, being stopped and continued."""

from __future__ import annotations

import fcntl
import json
import os
import re
import signal
import struct
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.terminal_session import TerminalSession, terminal

ROOT = Path(__file__).parents[2]


@contextmanager
def ticker(report: Path, *more: str, **environ: str) -> Iterator[TerminalSession]:
    drop = ("NO_COLOR", "TEXTUAL_THEME", "SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT")
    env = {name: value for name, value in os.environ.items() if name not in drop}
    env |= {"TERM": "xterm-256color", "TEXTUAL_FPS": "100", **environ}
    with terminal([sys.executable, "-m", "tests.terminal.ticker", str(report), *more], env, cwd=str(ROOT)) as session:
        yield session


def eventually(true: Callable[[], bool], seconds: float = 20.0) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "it did not come true"
        time.sleep(0.02)


def ticks(report: Path) -> int:
    return int(json.loads(report.read_text())["count"]) if report.exists() else 0


def test_a_terminal_that_does_not_read_stops_nothing(tmp_path: Path) -> None:
    """The pty holds a few KB; far more than textual's thirty frames are due while nobody reads."""
    report = tmp_path / "report"
    with ticker(report) as session:
        session.until("tick ")
        before = ticks(report)
        eventually(lambda: ticks(report) > before + 100)
        assert json.loads(report.read_text())["lag"] < 2.0
        seen = session.until(lambda text: "tick " in text and int(text.split("tick ")[1].split()[0]) > before + 100)
        assert seen.count("\n") > 20
        eventually(lambda: ticks(report) > before + 120)
        session.press("q")
        eventually(lambda: session.process.poll() is not None)
        assert session.process.returncode == 0


def test_a_still_screen_on_a_real_terminal(tmp_path: Path) -> None:
    with ticker(tmp_path / "report", "still", NO_COLOR="1") as session:
        session.until("tick 1")
        session.read(0.3)
        assert session.received.count(b"tick 1") == 1, "the first frame is sent once"
        for wanted in (b"\x1b[?1000h", b"\x1b[?1006h"):
            assert wanted in session.received
        for unwanted in (b"\x1b[?1002h", b"\x1b[?1003h", b"\x1b[?1015h", b"\x1b[?1016h"):
            assert unwanted not in session.received
        assert not re.search(rb"\x1b\[[0-9;]*\b(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])\b[0-9;]*m", session.received)
        _resized(session)
        _stopped_and_continued(session)
        session.press("q")
        assert session.ended() == 0
        assert b"\x1b[?1000l" in session.received
        assert termios.tcgetattr(session.slave)[3] == session.before[3]


def _resized(session: TerminalSession) -> None:
    """Even a change to the same size has everything sent anew: the terminal may have rearranged it."""
    for number, (columns, rows) in enumerate([(90, 30), (80, 24), (80, 24)], 1):
        fcntl.ioctl(session.slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        session._screen.resize(rows, columns)
        session._stream.feed(b"\x1b[2J")
        os.killpg(session.process.pid, signal.SIGWINCH)
        session.until(lambda text, tick=number: f"tick {tick}" in text and f" {tick}-18 " in text)
        session.press("t")
        session.until(f"tick {number + 1}")


def _stopped_and_continued(session: TerminalSession) -> None:
    os.kill(session.process.pid, signal.SIGTSTP)
    _pid, status = os.waitpid(session.process.pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status)
    session.read(0.2)
    session._stream.feed(b"\x1b[2J\x1b[5;5Hwhat the shell wrote")
    os.kill(session.process.pid, signal.SIGCONT)
    session.until(lambda text: "tick 4" in text and " 4-18 " in text and "shell" not in text)
