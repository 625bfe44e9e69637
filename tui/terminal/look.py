"""How a cell looks, as the codes a terminal takes, and the shortest way from one look to the next. Pure."""

from __future__ import annotations

from typing import Final, NamedTuple

from rich.color import ColorSystem
from rich.style import Style

_ATTRIBUTES: Final = (
    ("bold", "1"),
    ("dim", "2"),
    ("italic", "3"),
    ("underline", "4"),
    ("reverse", "7"),
    ("strike", "9"),
    ("underline2", "21"),
    ("overline", "53"),
)
"""Blinking and concealing are left out: nothing blinks here, and nothing hides."""
_STRIPES: Final = frozenset({"4", "7", "9", "21", "53"})
"""Attributes that show on a blank cell too."""


class Look(NamedTuple):
    """Attributes, foreground and background as SGR parameters; all empty: the terminal's own."""

    attributes: tuple[str, ...]
    foreground: str
    background: str

    @property
    def blank(self) -> bool:
        """Whether a space in this look is nothing but background."""
        return not _STRIPES & set(self.attributes)


NO_LOOK: Final = Look((), "", "")


def look_of(style: Style | None, colors: ColorSystem) -> Look:
    """The codes of a style in a terminal's colours."""
    if style is None:
        return NO_LOOK
    attributes = tuple(code for name, code in _ATTRIBUTES if getattr(style, name))
    front, back = style.color, style.bgcolor
    foreground = "" if front is None else ";".join(front.downgrade(colors).get_ansi_codes())
    background = "" if back is None else ";".join(back.downgrade(colors).get_ansi_codes(foreground=False))
    return Look(attributes, "" if foreground == "39" else foreground, "" if background == "49" else background)


def ground_of(look: Look) -> Look:
    """The look of a blank: whatever does not show on it is left out."""
    return Look((), "", look.background) if look.blank else look


def on_same_ground(one: Look, other: Look) -> bool:
    """Whether a blank looks the same in both."""
    return one.background == other.background and one.blank and other.blank


def step(before: Look, after: Look) -> str:
    """The SGR sequence from one look to another; empty between equal ones."""
    if before == after:
        return ""
    if after == NO_LOOK:
        return "\x1b[m"
    anew = not set(before.attributes) <= set(after.attributes)
    if anew:
        before = NO_LOOK
    codes = ["0"] if anew else []
    codes += [code for code in after.attributes if code not in before.attributes]
    if before.foreground != after.foreground:
        codes.append(after.foreground or "39")
    if before.background != after.background:
        codes.append(after.background or "49")
    return f"\x1b[{';'.join(codes)}m"
