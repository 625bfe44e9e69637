"""What is set before textual is imported, and what the environment says of the terminal."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tui.terminal.environment import ascii_only, choices, erases_in_colour, prepare, remote


def test_nothing_moves_by_itself_and_keys_stay_quick() -> None:
    assert choices({}) == {
        "TEXTUAL_ANIMATIONS": "none", "TEXTUAL_SMOOTH_SCROLL": "0", "TEXTUAL_FPS": "30", "ESCDELAY": "40",
    }  # fmt: skip
    far = choices({"SSH_CONNECTION": "10.0.0.1 50000 10.0.0.2 22"})
    assert (far["TEXTUAL_FPS"], far["ESCDELAY"]) == ("15", "75")


def test_what_the_operator_set_is_left_alone() -> None:
    environ = {"TEXTUAL_FPS": "60", "TEXTUAL_THEME": "nord", "SSH_TTY": "/dev/pts/1"}
    prepare(environ)
    assert environ["TEXTUAL_FPS"] == "60"
    assert environ["TEXTUAL_THEME"] == "nord"


@pytest.mark.parametrize(
    ("no_color", "theme", "expected"),
    [
        ("1", None, "ansi-dark"),
        ("1", "textual-light", "ansi-dark"),
        ("1", "ansi-light", "ansi-light"),
        ("", None, None),
        ("", "nord", "nord"),
        (None, None, None),
    ],
)
def test_no_color_means_an_ansi_theme_unless_it_is_empty(
    no_color: str | None, theme: str | None, expected: str | None
) -> None:
    given = {"NO_COLOR": no_color, "TEXTUAL_THEME": theme}
    environ = {name: value for name, value in given.items() if value is not None}
    prepare(environ)
    assert environ.get("TEXTUAL_THEME") == expected
    assert ("NO_COLOR" in environ) == bool(no_color)


def test_the_terminal_is_prepared_without_textual() -> None:
    code = "import sys, tui.terminal.environment; sys.exit('textual' in sys.modules or 'rich' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"LANG": "en_US.UTF-8", "TERM": "xterm"}, False),
        ({"LC_ALL": "C", "LANG": "en_US.UTF-8"}, True),
        ({"LANG": "C.utf8"}, False),
        ({"TERM": "linux", "LANG": "en_US.UTF-8"}, True),
        ({}, False),
    ],
)
def test_ascii_only(environ: dict[str, str], expected: bool) -> None:
    assert ascii_only(environ) is expected


@pytest.mark.parametrize(
    ("term", "expected"),
    [("xterm-256color", True), ("tmux-256color", True), ("screen.xterm-256color", False), ("", False), ("dumb", False)],
)
def test_erases_in_colour(term: str, expected: bool) -> None:
    assert erases_in_colour({"TERM": term}) is expected


def test_remote() -> None:
    assert remote({"SSH_TTY": "/dev/pts/0"})
    assert not remote({"SSH_TTY": ""})
