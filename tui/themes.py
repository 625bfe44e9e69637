"""The colours: dark, light, and `ansi`, which leaves them to the terminal.

Owns three palettes. Meaning is carried by glyphs and words; colour only helps.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from textual.theme import Theme

DARK: Final = Theme(
    name="arcdeck-dark",
    primary="#6cb6ff",
    secondary="#8ddb8c",
    accent="#f2b56b",
    success="#57ab5a",
    warning="#e0a83e",
    error="#f06a5d",
    foreground="#d1d7e0",
    background="#12161c",
    surface="#12161c",
    panel="#1d232c",
    dark=True,
    variables={"muted": "#7d8794", "cursor": "#2b3a4f", "busy": "#6cb6ff"},
)
LIGHT: Final = Theme(
    name="arcdeck-light",
    primary="#0b5cad",
    secondary="#1a7f37",
    accent="#8a4b00",
    success="#1a7f37",
    warning="#8f5a00",
    error="#b3261e",
    foreground="#1f2328",
    background="#ffffff",
    surface="#ffffff",
    panel="#eef1f5",
    dark=False,
    variables={"muted": "#5f6873", "cursor": "#cfe2f7", "busy": "#0b5cad"},
)
NAMES: Final = {"dark": "arcdeck-dark", "light": "arcdeck-light", "ansi": "ansi-dark"}
"""The settings' words and textual's theme names."""


def choose(theme: str, environ: Mapping[str, str]) -> str:
    """The name of the theme to start with. NO_COLOR (not empty, as no-color.org says) means `ansi`."""
    if environ.get("NO_COLOR"):
        return NAMES["ansi"]
    return NAMES.get(theme, NAMES["dark"])
