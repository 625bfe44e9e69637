"""Amounts as the API server reads and writes them: `1000m` is `1`, `1024Mi` is `1Gi`, `lots` is none.

Pure. Rules: k8s.io/apimachinery `api/resource`.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any, Final

UNREADABLE: Final = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
_AMOUNT: Final = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d+)|([KMGTPE]i)|([numkMGTPE]?))")
_BINARY: Final = ("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei")
_DECIMAL: Final = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}


def canonical(value: Any) -> str | None:
    """The one text that means an amount; None for what is no amount."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    match = _AMOUNT.fullmatch(str(value))
    if match is None:
        return None
    number, exponent, binary, decimal = Fraction(match[1]), match[2], match[3], match[4]
    if exponent:
        return _of_exponent(number * _power(int(exponent[1:])), exponent[0])
    if binary:
        return _of_binary(number * 1024 ** _BINARY.index(binary))
    return _of_decimal(number * _power(_DECIMAL[decimal or ""]))


def amount(value: Any) -> Fraction | None:
    """An amount as a number; None for what is no amount."""
    match = _AMOUNT.fullmatch(str(value))
    if match is None:
        return None
    number = Fraction(match[1])
    if match[2]:
        return number * _power(int(match[2][1:]))
    return number * (1024 ** _BINARY.index(match[3]) if match[3] else _power(_DECIMAL[match[4] or ""]))


def _power(exponent: int) -> Fraction:
    return Fraction(10) ** exponent


def _of_binary(value: Fraction) -> str:
    if value.denominator != 1:
        return _of_decimal(value)
    place, whole = 0, value.numerator
    while whole and whole % 1024 == 0 and place < len(_BINARY) - 1:
        place, whole = place + 1, whole // 1024
    return f"{whole}{_BINARY[place]}"


def _of_decimal(value: Fraction) -> str:
    whole, exponent = _thousands(value)
    suffix = next(name for name, power in _DECIMAL.items() if power == exponent)
    return f"{whole}{suffix}"


def _of_exponent(value: Fraction, letter: str) -> str:
    whole, exponent = _thousands(value)
    return f"{whole}{letter.lower()}{exponent}" if exponent else str(whole)


def _thousands(value: Fraction) -> tuple[int, int]:
    """A whole number and the largest power of a thousand that make the value, to a billionth."""
    nano = value * 10**9
    whole, exponent = -(-nano.numerator // nano.denominator), -9
    while (whole and whole % 1000 == 0 and exponent < max(_DECIMAL.values())) or (not whole and exponent < 0):
        whole, exponent = whole // 1000, exponent + 3
    return whole, exponent
