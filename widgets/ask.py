"""One value to type, at the bottom of the screen: what for, what it may be, and what is wrong with it.

Returns the text, None when it was left. A secret is not shown while it is typed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from widgets.field import Field
from widgets.page import Page
from widgets.pieces import Piece, plain
from widgets.toned import overlay


class AskScreen(ModalScreen[str | None]):
    """`label`: what is typed; `hints`: lines above it; `problem`: of the try before.

    `judge`: why a text will not do, empty when it will.
    """

    BINDINGS = [Binding("escape", "leave", show=False, id="ask.leave", priority=True)]
    CSS = overlay("AskScreen", 0)
    DEFAULT_CSS = """
    AskScreen { align: left bottom; }
    AskScreen > Vertical { height: auto; padding: 0 1; background: $panel; }
    AskScreen Page { height: auto; background: $panel; }
    AskScreen Horizontal { height: 1; }
    AskScreen Static { width: auto; }
    """

    def __init__(
        self, label: str, value: str = "", *, hints: Sequence[str] = (), problem: str = "",
        secret: bool = False, judge: Callable[[str], str] = lambda _text: "",
    ) -> None:  # fmt: skip
        super().__init__()
        self._label, self._value, self._hints, self._secret, self._judge = label, value, hints, secret, judge
        self._problem = problem

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Page()
            with Horizontal():
                yield Static(f"{plain(self._label)}: ", markup=False)
                yield Field(value=self._value, password=self._secret)

    def on_mount(self) -> None:
        page, field = self.query_one(Page), self.query_one(Field)
        page.can_focus, page.wrap = False, True
        field.focus()
        field.cursor_position = len(self._value)
        self._tell(self._problem)

    def _tell(self, problem: str) -> None:
        lines: list[list[Piece]] = [[(line, "dim")] for line in self._hints]
        page = self.query_one(Page)
        page.show([*lines, *([[(problem, "warn")]] if problem else [])])
        page.refresh(layout=True)

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        problem = self._judge(event.value)
        if problem:
            self._tell(problem)
        else:
            self.dismiss(event.value)

    def action_leave(self) -> None:
        self.dismiss(None)
