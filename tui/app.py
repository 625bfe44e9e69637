"""The switchboard: bindings, theme, keymap, one session worker.

Owns the store of the run and the `changes` signal. Must not know what any screen shows, nor any protocol.
"""

from __future__ import annotations

import asyncio
import gc
import os
import time
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

from msgspec import structs
from textual import work
from textual.binding import Binding
from textual.dom import DOMNode
from textual.signal import Signal
from textual.widget import Widget
from textual.widgets import Static
from textual.worker import Worker

from tui import commands, keys, themes
from tui.core.errors import UsageProblem
from tui.core.health import ASCII_GLYPHS, GLYPHS, Health
from tui.core.store import Delta, Store
from tui.domain.arm_kinds import ARM_KINDS
from tui.domain.derived import DERIVED
from tui.domain.kinds import KINDS
from tui.navigation import Navigation
from tui.palette import DeckCommands
from tui.screens.head import Target, short_id
from tui.screens.sign_in import SignInScreen
from tui.session_clock import clock_of
from tui.settings import Settings
from tui.terminal.diff import DiffDisplay
from tui.terminal.ending import Endings

if TYPE_CHECKING:
    from tui.session import Session

ALL_KINDS = (*(kind.name for kind in KINDS), *ARM_KINDS, *(each.name for each in DERIVED))

_GOODBYE = 5.0
"""Seconds a session may take to close its connections."""


class ArcdeckApp(DiffDisplay, Endings, Navigation):
    """arcdeck on one target."""

    TITLE = "arcdeck"
    CSS_PATH = "app.tcss"
    BINDINGS = list(keys.DECK)
    COMMANDS: ClassVar[set[Any]] = {DeckCommands}

    def __init__(self, settings: Settings, *, clock: Callable[[], float] | None = None) -> None:
        super().__init__()
        self.settings = settings
        self.store = Store()
        self.session: Session | None = None
        self.trouble = ""
        self.now = clock or clock_of(settings)
        self.changes: Signal[Delta] = Signal(self, "changes")
        self.diff_enabled = settings.diff
        self._asked: object = None
        self._switched = False
        self._worker: Worker[None] | None = None
        self._clashes: set[str] = set()
        for theme in (themes.DARK, themes.LIGHT):
            self.register_theme(theme)
        self.theme = themes.choose(settings.theme, os.environ)
        self.set_keymap(settings.keys)
        self._expect()

    def _expect(self) -> None:
        """Everything is about to be asked for: until it answers it is loading, not off."""
        for kind in ALL_KINDS:
            self.store.open(kind, self.now())

    def get_loading_widget(self) -> Widget:
        """Static: textual's own repaints sixteen times a second."""
        return Static("loading…", markup=False)

    def on_mount(self) -> None:
        self.heed_signals()
        self.set_interval(1.0, self._ask_sign_in)
        self.call_after_refresh(self.connect)

    def _ask_sign_in(self) -> None:
        """A device-code sign-in waits: show it once; the head line keeps it."""
        asked = self.session.prompt if self.session is not None else None
        if asked is not None and asked is not self._asked:
            self.push_screen(SignInScreen(asked, time.time, lambda: self._waits_for(asked)))
        self._asked = asked

    def _waits_for(self, asked: object) -> bool:
        return self.session is not None and self.session.prompt is asked

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
            self._refuse(str(problem))

    def _refuse(self, problem: str) -> None:
        """Nothing to look at: at the start that ends the run; after a switch of context the head line says so."""
        if self._switched:
            self.trouble = problem
        else:
            self.refuse(problem)

    async def on_unmount(self) -> None:
        await self._end_session()

    async def _end_session(self) -> None:
        """Cancelled and awaited: a late fact of one target must not land among those of the next."""
        if self._worker is not None and self._worker._task is not None:
            self._worker.cancel()
            await asyncio.wait({self._worker._task}, timeout=_GOODBYE)

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
        asked = self.session.prompt if self.session is not None else None
        sign_in = f"{asked.code} at {asked.url}" if asked is not None else ""
        forwards = self.session.forwards if self.session is not None else None
        count = forwards.count if forwards is not None else 0
        return Target(context, cluster, trouble, self.settings.read_only, sign_in, count)

    # -- actions

    def action_redraw(self) -> None:
        """ctrl+l: send everything anew, after something else wrote to the terminal."""
        self.forget_terminal()
        self.screen.refresh(layout=True)

    async def run_command(self, command: commands.Command) -> None:
        """Do what was typed or chosen."""
        match command:
            case commands.SetTheme() if os.environ.get("NO_COLOR"):
                self.notify("NO_COLOR is set: the terminal's own colours stay", markup=False)
            case commands.SetTheme(theme):
                self.theme = themes.NAMES[theme]
            case commands.SwitchContext(context):
                await self.switch(context)
            case _:
                await super().run_command(command)

    async def switch(self, context: str) -> None:
        """Leave this target for another kubeconfig context: nothing of the old one stays on screen."""
        await self._end_session()
        self.settings = structs.replace(self.settings, context=context, cluster_id=None)
        for source in self.store.sources():
            self.store.drop(source.kind)
        self.session, self.trouble, self._switched = None, "", True
        self._expect()
        self._worker = self._run_session()

    def handle_bindings_clash(self, clashed_bindings: set[Binding], node: DOMNode) -> None:
        """Say once that the config file gave one key to two bindings."""
        names = ", ".join(sorted(binding.id or binding.action for binding in clashed_bindings))
        if names not in self._clashes:
            self._clashes.add(names)
            self.notify(f"the config file's keys clash: {names}", severity="warning", markup=False)
