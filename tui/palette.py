"""What the ctrl+p palette offers: the screens and the themes, in words."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from textual.command import DiscoveryHit, Hit, Hits, Provider

from tui import commands, keys


class DeckCommands(Provider):
    """Screens, themes, help and quit."""

    def _entries(self) -> list[tuple[str, str, Callable[[], Any]]]:
        run = self.app.run_command  # type: ignore[attr-defined]
        screens = [(word, f"screen {key}", partial(run, commands.Go(mode))) for key, mode, word in keys.SCREENS]
        themes = [(f"theme {name}", "colours", partial(run, commands.SetTheme(name))) for name in commands.THEMES]
        rest = [
            ("help", "keys of this screen", partial(run, commands.Help())),
            ("quit", "", partial(run, commands.Quit())),
        ]
        return [*screens, *themes, *rest]

    async def discover(self) -> Hits:
        """All of them, before anything is typed."""
        for text, about, run in self._entries():
            yield DiscoveryHit(text, run, help=about)

    async def search(self, query: str) -> Hits:
        """Those that match what is typed."""
        matcher = self.matcher(query)
        for text, about, run in self._entries():
            if (score := matcher.match(text)) > 0:
                yield Hit(score, matcher.highlight(text), run, help=about)
