"""What a screen may ask of the app, and what every top-level screen has: head, foot, news and time.

Owns the frame of a screen. Must not know what the body shows.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Protocol, cast

from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import Screen
from textual.signal import Signal

from tui import commands, keys
from tui.core.health import Health
from tui.core.store import Delta, Store
from tui.screens import head
from tui.settings import Settings
from widgets.status_bar import KeyBar, StatusBar

if TYPE_CHECKING:
    from tui.session import Session


class Deck(Protocol):
    """The app, as its screens see it."""

    settings: Settings
    store: Store
    session: Session | None
    changes: Signal[Delta]

    def target(self) -> head.Target:
        """What the head line says of the target."""

    def now(self) -> float:
        """Seconds since 1970."""

    def glyph(self, health: Health) -> str:
        """The glyph of a health, ASCII where the terminal needs it."""

    def go(self, mode: str) -> Any:
        """Show a top-level screen and remember where from."""

    async def bare(self) -> None:
        """Close what lies over the top-level screen."""

    async def back(self) -> None:
        """Return to the screen before."""

    async def open_log(self, pod: str = "", container: str = "", *, job: str = "", previous: bool = False) -> None:
        """Show the log of a pod by its key on the logs screen; without a pod, those of all workers of a job."""


class DeckScreen(Screen[None]):
    """A top-level screen. Subclasses give `body`, and take news in `renew` and `tick`."""

    MODE = ""
    WATCHES: tuple[str, ...] = ()
    """The kinds whose news concern it."""
    HINTS: tuple[Binding, ...] = ()
    """Its bindings in the order the footer shows them."""
    BINDINGS = [keys.BACK]
    DEFAULT_CSS = """
    DeckScreen { layers: base over; background: $background; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._behind = False

    @property
    def deck(self) -> Deck:
        """The app."""
        return deck_of(self)

    def compose(self) -> ComposeResult:
        yield StatusBar(id="head")
        yield from self.body()
        yield KeyBar(id="foot")

    def body(self) -> Iterable[Any]:
        """The widgets between head and foot."""
        return ()

    def on_mount(self) -> None:
        self.deck.changes.subscribe(self, self._news)
        self.set_interval(1.0, self._second)
        self.ready()
        self._show_frame()

    def ready(self) -> None:
        """The body is mounted."""

    def renew(self, delta: Delta | None) -> None:
        """Facts changed: one delta, or None when all may have."""

    def tick(self) -> None:
        """A second passed on a visible screen."""

    def on_screen_resume(self) -> None:
        """Visible again: catch up on what was missed."""
        if self._behind:
            self._behind = False
            self.renew(None)
        self._show_frame()

    def _news(self, delta: Delta) -> None:
        if not delta.touches(*self.WATCHES):
            return
        if not self.is_current:
            self._behind = True
            return
        self.renew(delta)
        if delta.sources:
            self._show_frame()

    def _second(self) -> None:
        if self.is_current:
            self.tick()
            self._show_frame()

    def _show_frame(self) -> None:
        left, right = head.bar(self.deck.target(), self.deck.store, self.deck.now(), self.deck.glyph)
        self.query_one("#head", StatusBar).show(left, right)
        self.query_one("#foot", KeyBar).show(self.hints(), self.modes())

    def lacking(self, action: str) -> str:
        """What we may not do that an action would, in words; empty when it may be tried."""
        return ""

    def hints(self) -> list[tuple[str, str]]:
        """The footer's keys for here and now. The rights of keys that it does not show are looked at, too."""
        known = [*self.HINTS, *(each for each in self.BINDINGS if isinstance(each, Binding))]
        usable = {each.action for each in known if self._usable(each.action)}
        return keys.hints([each for each in self.HINTS if each.action in usable])

    def _usable(self, action: str) -> bool:
        return self.check_action(action, ()) is not False and not self.lacking(action)

    def modes(self) -> list[tuple[str, str, bool]]:
        """The top-level screens: key, word, whether it is this one."""
        return [(key, word, mode == self.MODE) for key, mode, word in keys.SCREENS]

    def words(self) -> commands.Words:
        """What the command line can complete to here."""
        contexts = self.deck.session.target.contexts if self.deck.session is not None else ()
        return commands.Words(namespaces=sorted(self.deck.store.rows("namespaces")), contexts=contexts)

    async def command(self, command: commands.Command) -> bool:
        """Run a command that concerns this screen; False when it does not."""
        return False

    async def action_back(self) -> None:
        """Undo the last narrowing, else return to the screen before."""
        await self.deck.back()


def deck_of(screen: Screen[Any]) -> Deck:
    """The app of a screen that is not a top-level one."""
    return cast("Deck", screen.app)
