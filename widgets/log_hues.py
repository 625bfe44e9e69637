"""Eight colours that can be told from each other, for what differs and is neither good nor bad.

`hue1` to `hue8` colour a text; `ink1` to `ink8` lie behind it. Red and amber are left to what is bad.
"""

from __future__ import annotations

from typing import Final

HUES: Final = tuple(f"hue{place}" for place in range(1, 9))
INKS: Final = tuple(f"ink{place}" for place in range(1, 9))

_DARK: Final = ("#6cb6ff", "#8ddb8c", "#dcbdfb", "#4dd0c8", "#f5a3c7", "#c8d45c", "#a8a2ff", "#d6b48f")
_LIGHT: Final = ("#0b5cad", "#1a7f37", "#8250df", "#0f6e75", "#a8326d", "#5c6500", "#4b48c7", "#6b5340")
_ANSI: Final = ("cyan", "green", "magenta", "blue", "bright_cyan", "bright_green", "bright_magenta", "bright_blue")


def hue_css() -> str:
    """The styles of all tones, dark, light and for a terminal's own colours."""
    rules = []
    for place, (dark, light, ansi) in enumerate(zip(_DARK, _LIGHT, _ANSI, strict=True), 1):
        hue, ink = f"& > .tone--hue{place}", f"& > .tone--ink{place}"
        rules += [f"&:dark > .tone--hue{place} {{ color: {dark}; }}", f"{hue} {{ color: {light}; }}"]
        rules += [f"&:dark > .tone--ink{place} {{ background: {dark}; color: $background; }}"]
        rules += [f"{ink} {{ background: {light}; color: $background; }}"]
        rules += [f"&:ansi > .tone--hue{place} {{ color: ansi_{ansi}; }}"]
        rules += [f"&:ansi > .tone--ink{place} {{ color: ansi_{ansi}; text-style: reverse; }}"]
    return "\n".join(rules)


TONES: Final = frozenset((*HUES, *INKS))
COMPONENTS: Final = {f"tone--{tone}" for tone in TONES}
