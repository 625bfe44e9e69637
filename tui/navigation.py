"""From screen to screen: one mode per top-level screen, the way back, and what `:` and the palette ask for.

Owns the trail. Must not know the session, nor what a screen shows.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any, ClassVar

from textual.app import App
from textual.screen import Screen

from tui import commands
from tui.domain.log_target import LogTarget
from tui.screens.deck import DeckScreen
from tui.screens.help import help_sections
from widgets.help import HelpScreen
from widgets.prompt import PromptScreen

_SCREENS = {
    "overview": "OverviewScreen",
    "extension": "ExtensionScreen",
    "pods": "PodsScreen",
    "types": "TypesScreen",
    "jobs": "JobsScreen",
    "logs": "LogsScreen",
    "nodes": "NodesScreen",
    "events": "EventsScreen",
}
_LONGEST_TRAIL = 20


def _screen(mode: str, name: str) -> Callable[[], Screen[Any]]:
    """A screen that is imported when it is first shown."""

    def build() -> Screen[Any]:
        screen: Screen[Any] = getattr(import_module(f"tui.screens.{mode}"), name)()
        return screen

    return build


class Navigation(App[int]):
    """An App of eight top-level screens."""

    MODES: ClassVar[dict[str, Any]] = {mode: _screen(mode, name) for mode, name in _SCREENS.items()}
    DEFAULT_MODE = "overview"

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self._trail: list[str] = []

    async def go(self, mode: str) -> None:
        """Show a top-level screen and remember where from."""
        if mode == self.current_mode:
            return
        self._trail = [*self._trail[-_LONGEST_TRAIL:], self.current_mode]
        await self.switch_mode(mode)

    async def back(self) -> None:
        """Return to the screen before; at the first one, say how to leave."""
        if self._trail:
            await self.switch_mode(self._trail.pop())
        else:
            self.notify("ctrl+c quits", timeout=2)

    async def open_log(self, pod: str = "", container: str = "", *, job: str = "", previous: bool = False) -> None:
        """Show the log of a pod by its key on the logs screen; without a pod, those of all workers of a job.

        What lies over the screen that asked stays there, for the way back.
        """
        await self.go("logs")
        await self.bare()
        self.screen.show(LogTarget(pod, container, job), previous=previous)  # type: ignore[attr-defined]

    async def bare(self) -> None:
        """Close what lies over the top-level screen."""
        while len(self.screen_stack) > 1:
            await self.pop_screen()

    async def action_deck_mode(self, mode: str) -> None:
        """1-8: a top-level screen."""
        await self.go(mode)
        await self.bare()

    def action_help(self) -> None:
        """?: the keys of this screen."""
        self.push_screen(HelpScreen(help_sections(self.screen)))

    def action_command(self) -> None:
        """:  the command line."""
        screen = self.screen
        words = screen.words() if isinstance(screen, DeckScreen) else commands.Words()
        self.push_screen(PromptScreen(partial(commands.complete, words=words)), self._typed)

    def _typed(self, text: str | None) -> None:
        if text:
            self.call_next(self.run_command, commands.parse(text))

    async def run_command(self, command: commands.Command) -> None:
        """Do what was typed or chosen. The app adds what only it can do."""
        match command:
            case commands.Unknown(_, hint):
                self.notify(hint, severity="warning", markup=False)
            case commands.Quit():
                self.exit(0)
            case commands.Forwards():
                from tui.screens.forwards import ForwardsScreen

                self.push_screen(ForwardsScreen())
            case commands.Help():
                self.action_help()
            case _:
                await self._run_on_screen(command)

    async def _run_on_screen(self, command: commands.Command) -> None:
        if isinstance(command, commands.Go):
            await self.go(command.mode)
        await self.bare()
        screen = self.screen
        done = isinstance(screen, DeckScreen) and await screen.command(command)
        if not done and not isinstance(command, commands.Go):
            self.notify("that means nothing on this screen", severity="warning", markup=False)
