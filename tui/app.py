"""The switchboard: modes, bindings, theme, keymap, one session worker.

Owns the store of the run and the `changes` signal. Must not know what any screen shows, nor any protocol.
"""

from __future__ import annotations

import asyncio
import gc
import os
import time
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

from msgspec import structs
from textual import work
from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import Screen
from textual.signal import Signal
from textual.widget import Widget
from textual.widgets import Static
from textual.worker import Worker

from tui import commands, keys, themes
from tui.core.errors import UsageProblem
from tui.core.health import ASCII_GLYPHS, GLYPHS, Health
from tui.core.store import Delta, Store
from tui.palette import DeckCommands
from tui.screens.deck import DeckScreen
from tui.screens.head import Target, short_id
from tui.screens.help import help_sections
from tui.settings import Settings
from tui.terminal.diff import DiffDisplay
from widgets.help import HelpScreen
from widgets.prompt import PromptScreen

if TYPE_CHECKING:
    from tui.session import Session

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


def _screen(mode: str, name: str) -> Callable[[], Screen[Any]]:
    """A screen that is imported when it is first shown."""

    def build() -> Screen[Any]:
        screen: Screen[Any] = getattr(import_module(f"tui.screens.{mode}"), name)()
        return screen

    return build


class ArcdeckApp(DiffDisplay, App[int]):
    """arcdeck on one target."""

    TITLE = "arcdeck"
    CSS_PATH = "app.tcss"
    MODES: ClassVar[dict[str, Any]] = {mode: _screen(mode, name) for mode, name in _SCREENS.items()}
    DEFAULT_MODE = "overview"
    BINDINGS = list(keys.DECK)
    COMMANDS: ClassVar[set[Any]] = {DeckCommands}

    def __init__(self, settings: Settings, *, clock: Callable[[], float] = time.time) -> None:
        super().__init__()
        self.settings = settings
        self.store = Store()
        self.session: Session | None = None
        self.trouble = ""
        self.now = clock
        self.changes: Signal[Delta] = Signal(self, "changes")
        self.diff_enabled = settings.diff
        self._trail: list[str] = []
        self._worker: Worker[None] | None = None
        self._clashes: set[str] = set()
        for theme in (themes.DARK, themes.LIGHT):
            self.register_theme(theme)
        self.theme = themes.choose(settings.theme, os.environ)
        self.set_keymap(settings.keys)

    def get_loading_widget(self) -> Widget:
        """Static: textual's own repaints sixteen times a second."""
        return Static("loading…", markup=False)

    def on_mount(self) -> None:
        self.call_after_refresh(self.connect)

    def connect(self) -> None:
        """Open the session, after the first frame so that its imports do not delay it."""
        gc.freeze()
        gc.set_threshold(50_000, 20, 50)
        gc.enable()
        self._worker = self._run_session()

    @work(group="session", exclusive=True)
    async def _run_session(self) -> None:
        module = await asyncio.to_thread(import_module, "tui.session")
        self.session = module.Session(self.settings, store=self.store, clock=self.now)
        try:
            await self.session.run(self.changes.publish)
        except UsageProblem as problem:
            self.trouble = str(problem)

    async def on_unmount(self) -> None:
        if self._worker is not None:
            self._worker.cancel()
            await asyncio.wait({self._worker._task} if self._worker._task else (), timeout=5)

    # -- what screens ask for

    def glyph(self, health: Health) -> str:
        """The glyph of a health, ASCII where asked for."""
        return (ASCII_GLYPHS if self.settings.ascii else GLYPHS)[health]

    def target(self) -> Target:
        """What the head line says of the target."""
        known = self.session.target if self.session is not None else None
        context = (known.context if known else "") or self.settings.context or "…"
        cluster = short_id(known.cluster_id) if known else ""
        problems = self.session.problems if self.session is not None else []
        trouble = self.trouble or (str(problems[-1]) if problems else "")
        return Target(context, cluster, trouble, self.settings.read_only)

    async def go(self, mode: str) -> None:
        """Show a top-level screen and remember where from."""
        if mode == self.current_mode:
            return
        self._trail = [*self._trail[-20:], self.current_mode]
        await self.switch_mode(mode)

    async def back(self) -> None:
        """Return to the screen before; at the first one, say how to leave."""
        if self._trail:
            await self.switch_mode(self._trail.pop())
        else:
            self.notify("ctrl+c quits", timeout=2)

    async def open_log(self, pod: str, container: str = "", *, previous: bool = False) -> None:
        """Show the log of a pod on the logs screen."""
        await self._bare()
        await self.go("logs")
        self.screen.show(pod, container, previous=previous)  # type: ignore[attr-defined]

    async def _bare(self) -> None:
        """Close what lies over the top-level screen."""
        while len(self.screen_stack) > 1:
            await self.pop_screen()

    # -- actions

    async def action_deck_mode(self, mode: str) -> None:
        """1-8: a top-level screen."""
        await self._bare()
        await self.go(mode)

    def action_redraw(self) -> None:
        """ctrl+l: send everything anew, after something else wrote to the terminal."""
        self.forget_terminal()
        self.screen.refresh(layout=True)

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
        """Do what was typed or chosen."""
        match command:
            case commands.Unknown(_, hint):
                self.notify(hint, severity="warning", markup=False)
            case commands.Quit():
                self.exit(0)
            case commands.Help():
                self.action_help()
            case commands.SetTheme(theme):
                self.theme = themes.NAMES[theme]
            case commands.SwitchContext(context):
                self.switch(context)
            case _:
                await self._run_on_screen(command)

    async def _run_on_screen(self, command: commands.Command) -> None:
        await self._bare()
        if isinstance(command, commands.Go):
            await self.go(command.mode)
        screen = self.screen
        done = isinstance(screen, DeckScreen) and await screen.command(command)
        if not done and not isinstance(command, commands.Go):
            self.notify("that means nothing on this screen", severity="warning", markup=False)

    def switch(self, context: str) -> None:
        """Leave this target for another kubeconfig context: nothing of the old one stays on screen."""
        self.settings = structs.replace(self.settings, context=context, cluster_id=None, demo=None)
        for source in self.store.sources():
            self.store.drop(source.kind)
        self.session, self.trouble = None, ""
        self._worker = self._run_session()

    def handle_bindings_clash(self, clashed_bindings: set[Binding], node: DOMNode) -> None:
        """Say once that the config file gave one key to two bindings."""
        names = ", ".join(sorted(binding.id or binding.action for binding in clashed_bindings))
        if names not in self._clashes:
            self._clashes.add(names)
            self.notify(f"the config file's keys clash: {names}", severity="warning", markup=False)


def run(settings: Settings) -> int:
    """Open the deck and stay until the operator leaves; returns the exit code."""
    app = ArcdeckApp(settings)
    result = app.run(mouse=settings.mouse)
    return app.return_code or result or 0
