"""A value that must be sent but never shown.

Owns its hiding: every way to print it gives the mask. `reveal` is called where a request is encoded, and nowhere else.
"""

from __future__ import annotations

from tui.core.redact import MASK


class Secret:
    """Text that prints as a mask."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself."""
        return self._text

    def __repr__(self) -> str:
        return MASK

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)
