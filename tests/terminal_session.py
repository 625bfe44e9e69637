"""A program in a terminal of its own, as its user has it: keys in, screen out (pyte), bytes counted."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import pyte

PATIENCE = 30.0
"""Seconds to wait for a fact on the screen before the test fails."""


class TerminalSession:
    """One process on a pty of `columns` x `rows`."""

    def __init__(
        self, command: Sequence[str], env: Mapping[str, str], columns: int = 80, rows: int = 24, cwd: str | None = None
    ) -> None:
        self.columns, self.rows = columns, rows
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.before = termios.tcgetattr(slave)
        self.process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, env=dict(env), start_new_session=True, cwd=cwd,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )  # fmt: skip
        self.slave = slave
        self.received = b""
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)

    @property
    def text(self) -> str:
        """The screen as lines, right blanks cut."""
        return "\n".join(line.rstrip() for line in self._screen.display)

    def read(self, seconds: float) -> bytes:
        """What came within so many seconds; feeds the screen."""
        until = time.monotonic() + seconds
        got = b""
        while (left := until - time.monotonic()) > 0:
            if not select.select([self.master], [], [], left)[0]:
                break
            try:
                part = os.read(self.master, 65536)
            except OSError:
                break
            if not part:
                break
            got += part
            self._feed(part)
        self.received += got
        return got

    def first(self, patience: float = PATIENCE) -> bytes:
        """The next thing that comes, as soon as it comes; empty when nothing does."""
        if not select.select([self.master], [], [], patience)[0]:
            return b""
        part = os.read(self.master, 65536)
        self._feed(part)
        self.received += part
        return part

    def _feed(self, part: bytes) -> None:
        # pyte prints the tail of private sequences it does not know
        self._stream.feed(re.sub(rb"\x1b\[[<>=?][0-9;]*[a-zA-Z]|\x1b\[\?2026\$p", _known, part))

    def press(self, *keys: str) -> None:
        """Type; names are tmux's."""
        for key in keys:
            os.write(self.master, NAMES.get(key, key).encode())

    def until(self, seen: str | Callable[[str], bool], patience: float = PATIENCE) -> str:
        """Wait for a text, or a predicate of the screen; returns the screen. Fails with the screen it saw last."""
        test = seen if callable(seen) else lambda text: seen in text
        end = time.monotonic() + patience
        while time.monotonic() < end:
            if test(self.text):
                return self.text
            self.read(0.05)
        raise AssertionError(f"not seen: {seen if isinstance(seen, str) else 'the predicate'}\n{self.text}")

    def ended(self, patience: float = PATIENCE) -> int:
        """Wait for the end; the exit code. What it still writes is read, as a terminal does."""
        end = time.monotonic() + patience
        while self.process.poll() is None and time.monotonic() < end:
            self.read(0.05)
        self.read(0.1)
        code = self.process.poll()
        assert code is not None, f"still running\n{self.text}"
        return code

    def hang_up(self) -> None:
        """Close the terminal, as the end of an SSH session does."""
        os.close(self.slave)
        os.close(self.master)
        self.master = self.slave = -1

    def close(self) -> None:
        """End the process whatever it does."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        for descriptor in (self.master, self.slave):
            if descriptor >= 0:
                os.close(descriptor)


def _known(found: re.Match[bytes]) -> bytes:
    text = found[0]
    return text if text.startswith(b"\x1b[?") and text[-1:] in b"hl" else b""


NAMES = {
    "Enter": "\r", "Escape": "\x1b", "Tab": "\t", "BTab": "\x1b[Z", "Up": "\x1b[A", "Down": "\x1b[B",
    "Right": "\x1b[C", "Left": "\x1b[D", "PageDown": "\x1b[6~", "PageUp": "\x1b[5~", "Home": "\x1b[H", "End": "\x1b[F",
    "C-c": "\x03", "C-d": "\x04", "C-f": "\x06", "C-l": "\x0c", "C-p": "\x10", "C-s": "\x13", "Space": " ",
}  # fmt: skip


@contextmanager
def terminal(
    command: Sequence[str], env: Mapping[str, str], columns: int = 80, rows: int = 24, cwd: str | None = None
) -> Iterator[TerminalSession]:
    """A program on a terminal, ended at the end."""
    session = TerminalSession(command, env, columns, rows, cwd)
    try:
        yield session
    finally:
        session.close()
