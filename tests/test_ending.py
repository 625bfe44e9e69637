"""However a run ends, the terminal is as it was and no process is left behind."""

from __future__ import annotations

import os
import re
import signal
import sys
import termios
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.terminal_session import PATIENCE, TerminalSession, terminal

DEMO = [sys.executable, "-m", "tui", "demo", "--speed", "0"]
BUG = """
import os, sys
from tui.app import ArcdeckApp
from tui.cli.screens import open_screens
from tui.settings import Settings

def connect(app):
    token = "token=abcdefgh12345678"
    raise ZeroDivisionError("a bug, with " + token)

ArcdeckApp.connect = connect
sys.exit(open_screens(Settings()))
"""
RESTORED = b"\x1b[?1049l"
"""Leaves the alternate screen."""


@pytest.fixture
def mark() -> str:
    """In the environment of every process a test starts, so that those left behind can be found."""
    return uuid.uuid4().hex


@pytest.fixture
def env(mark: str, tmp_path: Path) -> dict[str, str]:
    return {
        **os.environ, "TERM": "xterm-256color", "PYTHONPATH": str(Path.cwd()), "ARCDECK_TEST_MARK": mark,
        "XDG_STATE_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "TMPDIR": str(tmp_path),
    }  # fmt: skip


def marked(mark: str) -> Iterator[str]:
    """Command lines of the processes that carry the mark."""
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if f"ARCDECK_TEST_MARK={mark}".encode() in (place / "environ").read_bytes():
                command = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                if command:  # a zombie has none
                    yield command
        except OSError:
            continue


def nothing_left(mark: str) -> None:
    """Wait until no marked process is left; a demo notices the end of its parent within a second or two."""
    until = time.monotonic() + PATIENCE
    while (left := list(marked(mark))) and time.monotonic() < until:
        time.sleep(0.02)
    assert left == []


def opened(session: TerminalSession) -> None:
    session.until(lambda text: "healthy" in text and "JOBS" in text)


def restored(session: TerminalSession) -> None:
    assert RESTORED in session.received
    assert termios.tcgetattr(session.slave) == session.before


def test_ctrl_c_ends_it(env: dict[str, str], mark: str) -> None:
    with terminal(DEMO, env) as session:
        opened(session)
        session.press("C-c")
        assert session.ended() == 0, session.text
        restored(session)
        nothing_left(mark)


def test_kill_ends_it(env: dict[str, str], mark: str, tmp_path: Path) -> None:
    with terminal(DEMO, env) as session:
        opened(session)
        assert len(list(marked(mark))) == 2, "the screens and the cloud are two processes"
        session.process.send_signal(signal.SIGTERM)
        assert session.ended() == 128 + signal.SIGTERM, session.text
        restored(session)
        nothing_left(mark)
    assert list(tmp_path.glob("arcdeck-demo-*")) == [], "the demo's keys are gone"


def test_a_closed_ssh_session_ends_it(env: dict[str, str], mark: str) -> None:
    with terminal(DEMO, env) as session:
        opened(session)
        session.hang_up()
        session.process.wait(PATIENCE)
        nothing_left(mark)


def test_kill_9_of_the_screens_ends_the_demo(env: dict[str, str], mark: str) -> None:
    with terminal(DEMO, env) as session:
        opened(session)
        session.process.kill()
        session.process.wait(PATIENCE)
        nothing_left(mark)


def test_a_crash_leaves_the_terminal_whole_and_says_where_the_traceback_is(env: dict[str, str], tmp_path: Path) -> None:
    with terminal([sys.executable, "-c", BUG], env, columns=200) as session:
        assert session.ended() == 70, session.text
        restored(session)
        shown = session.text
    path = re.search(r"the traceback is in (\S+)", shown)
    assert path is not None, shown
    assert "ZeroDivisionError" in shown
    report = Path(path[1]).read_text()
    assert "ZeroDivisionError" in report
    assert "abcdefgh12345678" not in report, "no secret in a crash file"
    assert "abcdefgh12345678" not in shown
    assert Path(path[1]).is_relative_to(tmp_path)


def test_nothing_to_open_is_one_line_and_exit_2(env: dict[str, str]) -> None:
    with terminal([sys.executable, "-m", "tui", "--kubeconfig", "/nowhere/config"], env, columns=120) as session:
        assert session.ended() == 2, session.text
        restored(session)
        assert "arcdeck: " in session.text
        assert "/nowhere/config" in session.text
        assert "Traceback" not in session.text
