"""A shell on a real terminal, in a container of a node that speaks the protocol: the screens come back each time."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import struct
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.terminal_session import TerminalSession, terminal
from tui.client.exec import Exited
from tui.core.errors import Problem
from tui.terminal.shell import Ending

ROOT = Path(__file__).parents[2]
ENTERS, LEAVES = b"\x1b[?1049h", b"\x1b[?1049l"
HINT = b"leads back to arcdeck"


@pytest.fixture
def report(tmp_path: Path) -> Path:
    return tmp_path / "report"


@contextmanager
def sheller(report: Path) -> Iterator[TerminalSession]:
    env = {**os.environ, "TERM": "xterm-256color", "HOME": str(report.parent), "HISTFILE": ""}
    with terminal([sys.executable, "-m", "tests.terminal.sheller", str(report)], env, cwd=str(ROOT)) as session:
        session.until("tick")
        yield session


def seen(session: TerminalSession, what: bytes, times: int = 1) -> None:
    session.until(lambda _text: session.received.count(what) >= times)


def begun(session: TerminalSession, key: str = "s") -> None:
    session.press(key)
    seen(session, HINT)


def back(session: TerminalSession, times: int = 2) -> None:
    """The screens are there again, all of them: the first one that was sent, and each sent anew."""
    seen(session, ENTERS, times)
    after = session.received.rindex(ENTERS)
    session.until(lambda _text: session.received.count(b"deck", after) >= 20)


def told(report: Path, session: TerminalSession) -> dict[str, Any]:
    session.until(lambda _text: report.exists())
    found: dict[str, Any] = json.loads(report.read_text())
    report.unlink()
    return found


def left(session: TerminalSession) -> None:
    session.press("q")
    assert session.ended() == 0
    assert termios.tcgetattr(session.slave) == session.before


def test_a_shell_has_the_whole_terminal_and_gives_it_back(report: Path) -> None:
    with sheller(report) as session:
        begun(session)
        assert session.received.count(LEAVES) == 1
        session.press("stty size; echo one$((1+1))\r")
        seen(session, b"24 80\r\none2\r\n")
        fcntl.ioctl(session.slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))
        os.killpg(session.process.pid, signal.SIGWINCH)
        session.press("stty size\r")
        session.until(lambda _text: b"40 100\r\n" in session.received or session.press("stty size\r"))  # type: ignore[func-returns-value]
        session.press("sleep 60\r")
        seen(session, b"sleep 60\r\n")
        session.press("\x03")
        seen(session, b"^C")
        session.press("echo three$((1+2))\r")
        seen(session, b"three3\r\n")
        fcntl.ioctl(session.slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        session.press("\x04")
        back(session)
        found = told(report, session)
        assert found["told"].startswith(("by itself", "exit code 130 (SIGINT)"))
        assert found["sizes"][:2] == [{"Width": 80, "Height": 24}, {"Width": 100, "Height": 40}]
        assert b"\x1b[?1000l" in session.received[session.received.index(HINT) :], "what editors leave on is off"
        left(session)


def test_a_connection_that_is_cut_ends_it_with_the_reason(report: Path) -> None:
    with sheller(report) as session:
        begun(session)
        session.press("printf '\\033[?1049h\\033[?1003h'; sleep 60\r")
        seen(session, b"\x1b[?1003h")
        os.kill(session.process.pid, signal.SIGUSR1)
        seen(session, b"shell ended: ")
        assert b"\x1b[?1047l" in session.received[session.received.index(b"\x1b[?1003h") :]
        session.press("x")  # it may have been too short to be read
        back(session, 3)  # the program entered, too
        assert "the connection broke" in told(report, session)["told"]
        session.press("s")
        seen(session, HINT, 2)
        session.press("exit 7\r")
        seen(session, b"shell ended: exit code 7")
        session.press("x")
        back(session, 4)
        assert told(report, session)["told"].startswith("exit code 7, after ")
        session.press("d")
        seen(session, b"press a key", session.received.count(b"press a key") + 1)
        assert b"the image of main has no shell; look with kubectl debug" in session.received
        assert session.received.count(ENTERS) == 4, "it waits"
        session.press("x")
        back(session, 5)
        left(session)


def test_a_signal_ends_the_run_and_the_terminal_is_as_it_was(report: Path) -> None:
    with sheller(report) as session:
        begun(session)
        os.kill(session.process.pid, signal.SIGTERM)
        assert session.ended() == 128 + signal.SIGTERM
        assert termios.tcgetattr(session.slave) == session.before


def test_a_mistake_of_ours_ends_the_run_and_the_terminal_is_as_it_was(report: Path) -> None:
    with sheller(report) as session:
        begun(session, "b")
        assert session.ended() != 0
        assert termios.tcgetattr(session.slave) == session.before
        after = session.received.rindex(HINT)
        assert session.received.rindex(LEAVES) > after


def test_how_an_end_is_told() -> None:
    assert Ending(Exited(0), 125.0).told == "by itself, after 2m5s"
    assert Ending(Exited(137), 5.0).told == "exit code 137 (SIGKILL), after 5s"
    assert not Ending(Exited(0), 0.1).failed_at_once
    assert Ending(Exited(127), 0.1).failed_at_once
    assert not Ending(Exited(130), 60.0).failed_at_once
    late = Ending(Problem("broke", "here", "try again"), 60.0)
    assert (late.told, late.failed_at_once) == ("here: broke; try again", False)
