"""Accidents that repeat: every name, id and number of the world follows from its seed and from what it is for.

Owns the dice. Must not know what the names are given to.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import Final, TypeVar

T = TypeVar("T")

_SUFFIX: Final = "bcdfghjklmnpqrstvwxz2456789"
"""Letters of generated names: no vowels, so that no words come about."""


class Dice:
    """Throws that depend on the seed and on the given parts only, not on the order they are made in."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._key = f"arcdeck-{seed}".encode()[:64]

    def _digest(self, parts: tuple[object, ...]) -> bytes:
        return blake2b("\x1f".join(map(str, parts)).encode(), key=self._key, digest_size=32).digest()

    def hex(self, length: int, *parts: object) -> str:
        """Up to 64 hexadecimal digits."""
        return self._digest(parts).hex()[:length]

    def uid(self, *parts: object) -> str:
        """A random-looking UUID."""
        raw = self._digest(parts).hex()
        return f"{raw[:8]}-{raw[8:12]}-4{raw[13:16]}-a{raw[17:20]}-{raw[20:32]}"

    def suffix(self, length: int, *parts: object) -> str:
        """The end of a generated name, `t5zrj`."""
        return "".join(_SUFFIX[byte % len(_SUFFIX)] for byte in self._digest(parts)[:length])

    def unit(self, *parts: object) -> float:
        """A number from 0 up to, not including, 1."""
        return int.from_bytes(self._digest(parts)[:6], "big") / (1 << 48)

    def between(self, low: float, high: float, *parts: object) -> float:
        """A number from low up to high."""
        return low + (high - low) * self.unit(*parts)

    def whole(self, low: int, high: int, *parts: object) -> int:
        """A whole number, both ends included."""
        return low + int(self.unit(*parts) * (high - low + 1))

    def pick(self, options: Sequence[T], *parts: object) -> T:
        """One of some options."""
        return options[int(self.unit(*parts) * len(options))]
