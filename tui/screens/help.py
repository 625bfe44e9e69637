"""What the help of a screen lists: its bindings, by where they come from, in the order they were written."""

from __future__ import annotations

from typing import Any

from textual.binding import Binding
from textual.screen import Screen

from tui import keys

Section = tuple[str, list[tuple[str, str]]]


def help_sections(screen: Screen[Any]) -> list[Section]:
    """Title and (keys, words) of each group of bindings that works on `screen` now."""
    here: list[Binding] = []
    for active in screen.active_bindings.values():
        binding = active.binding
        if active.enabled and binding.description and binding.id:
            here.append(binding)
    everywhere = {binding.id for binding in keys.DECK}
    sections: list[Section] = [
        ("this screen", _pairs([binding for binding in here if binding.id not in everywhere], screen)),
        ("everywhere", _pairs([binding for binding in here if binding.id in everywhere], screen)),
        (
            "moving",
            [("j k ↑ ↓", "row"), ("g G", "first, last"), ("ctrl+f ctrl+b", "page"), ("h l ← →", "sideways")],
        ),
        (
            "glyphs",
            [("● ◷ ▲ ✖", "good, in progress, warning, broken"), ("○ ? ~", "off, unknown or denied, stale")],
        ),
    ]
    return [section for section in sections if section[1]]


def _pairs(bindings: list[Binding], screen: Screen[Any]) -> list[tuple[str, str]]:
    seen: dict[str, tuple[str, str]] = {}
    for binding in bindings:
        known = seen.get(binding.id or "")
        shown = keys.name(binding.key)
        seen[binding.id or ""] = (
            f"{known[0]} {shown}" if known else shown,
            _words(binding, screen),
        )
    return list(seen.values())


def _words(binding: Binding, screen: Screen[Any]) -> str:
    """What a key does; and what is missing when we may not."""
    lacking = getattr(screen, "lacking", None)
    missing = lacking(binding.action) if lacking is not None else ""
    return f"not allowed: {missing}" if missing else binding.tooltip or binding.description
