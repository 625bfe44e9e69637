"""Device-code sign-in inside the deck: where to go, what to type there, how long it is good.

Owns the look of the prompt. Waiting for the answer is the credential's; the rest of the deck works meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from tui import keys
from tui.core.units import age


class Asked(Protocol):
    """A sign-in that waits for the operator."""

    @property
    def url(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def until(self) -> float: ...


class SignInScreen(ModalScreen[None]):
    """The code, large enough to be read to somebody else. Closes by itself once it was typed or is too old."""

    BINDINGS = [*keys.SIGN_IN]
    DEFAULT_CSS = """
    SignInScreen { align: center middle; }
    SignInScreen > Vertical { width: 64; max-width: 96%; height: auto; padding: 1 2; background: $panel; }
    SignInScreen .title, SignInScreen .code { text-style: bold; }
    SignInScreen .code { margin: 1 0; }
    SignInScreen .left { color: $text-muted; }
    """

    def __init__(self, asked: Asked, now: Callable[[], float], waiting: Callable[[], bool]) -> None:
        super().__init__()
        self._asked, self._now, self._waiting = asked, now, waiting

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static("Sign in to Azure", classes="title")
            yield Static(f"Open {self._asked.url} in any browser and type", markup=False)
            yield Static(self._asked.code, classes="code", markup=False)
            yield Static("", classes="left", markup=False)
            yield Static("c  copy the code     esc  go on without; the head line keeps it", classes="left")

    def on_mount(self) -> None:
        self.set_interval(1.0, self._second)
        self._second()

    def _second(self) -> None:
        left = self._asked.until - self._now()
        if left <= 0 or not self._waiting():
            self.dismiss()
            return
        self.query(Static)[3].update(f"good for {age(left)} more", layout=False)

    def action_copy(self) -> None:
        self.app.copy_to_clipboard(self._asked.code)
        self.notify("sent the code to the terminal's clipboard", markup=False)

    def action_back(self) -> None:
        self.dismiss()
