"""What a shell remembers, and the ways out of what it does."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from tui.demo.world.inside.files import View


@dataclass(slots=True)
class State:
    """Variables, arguments, where it is, and how the last command ended."""

    view: View
    env: dict[str, str]
    arguments: list[str] = field(default_factory=list)
    zero: str = "sh"
    status: int = 0

    def copy(self) -> State:
        """For a subshell."""
        return replace(self, view=replace(self.view), env=dict(self.env), arguments=list(self.arguments))


class Exit(Exception):
    """`exit`."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Jump(Exception):
    """`break`, or `continue` when not `out`."""

    def __init__(self, *, out: bool) -> None:
        super().__init__(out)
        self.out = out
