"""Ages, instants and Kubernetes quantities, as kubectl writes them.

Rules: k8s.io/apimachinery `duration.HumanDuration` for ages, `resource.Quantity` for quantities.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

MINUTE: Final = 60
HOUR: Final = 3600
DAY: Final = 86400
YEAR: Final = 365 * DAY

_MOST_DIGITS: Final = 40
"""A quantity of a greater magnitude is nonsense; multiplied or printed it would overflow or take for ever."""

_MOST_BITS: Final = 128
"""The same for whole numbers: Python refuses to write very long ones."""
_QUANTITY: Final = re.compile(
    r"(?P<number>[+-]?(?:[0-9]{1,60}\.?[0-9]{0,60}|\.[0-9]{1,60}))"
    r"(?:(?P<exponent>[eE][+-]?[0-9]{1,3})|(?P<suffix>[KMGTPE]i|[numkMGTPE]))?"
)

_SUFFIXES: Final[dict[str, Decimal]] = {
    "n": Decimal("1e-9"), "u": Decimal("1e-6"), "m": Decimal("1e-3"), "": Decimal(1),
    "k": Decimal(10**3), "M": Decimal(10**6), "G": Decimal(10**9),
    "T": Decimal(10**12), "P": Decimal(10**15), "E": Decimal(10**18),
    "Ki": Decimal(2**10), "Mi": Decimal(2**20), "Gi": Decimal(2**30),
    "Ti": Decimal(2**40), "Pi": Decimal(2**50), "Ei": Decimal(2**60),
}  # fmt: skip


def age(seconds: float) -> str:
    """A span in seconds as kubectl prints it: `45s`, `3m20s`, `12m`, `5h3m`, `3d4h`, `40d`, `2y10d`."""
    total = int(seconds)
    if total < 0:
        return "0s" if total >= -1 else "<invalid>"
    if total < 2 * MINUTE:
        return f"{total}s"
    if total < 10 * MINUTE:
        return _two(total, MINUTE, "m", 1, "s")
    if total < 3 * HOUR:
        return f"{total // MINUTE}m"
    if total < 8 * HOUR:
        return _two(total, HOUR, "h", MINUTE, "m")
    if total < 2 * DAY:
        return f"{total // HOUR}h"
    if total < 8 * DAY:
        return _two(total, DAY, "d", HOUR, "h")
    if total < 2 * YEAR:
        return f"{total // DAY}d"
    if total < 8 * YEAR:
        return _two(total, YEAR, "y", DAY, "d")
    return f"{total // YEAR}y"


def _two(total: int, big: int, big_name: str, small: int, small_name: str) -> str:
    rest = total % big // small
    return f"{total // big}{big_name}" + (f"{rest}{small_name}" if rest else "")


def short_age(seconds: float) -> str:
    """A span in one unit, for narrow columns: `45s`, `12m`, `5h`, `40d`, `2y`."""
    total = max(0, int(seconds))
    for unit, name in ((YEAR, "y"), (DAY, "d"), (HOUR, "h"), (MINUTE, "m")):
        if total >= unit:
            return f"{total // unit}{name}"
    return f"{total}s"


def epoch(text: str | None) -> float | None:
    """Seconds since 1970 of an RFC 3339 instant (any number of fraction digits), or None when it is not one.

    The year 1 is how Go and .NET write "never": also None.
    """
    if not text:
        return None
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        return None
    if parsed.year == 1:
        return None
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp()


def rfc3339(seconds: float, *, fraction: int = 0) -> str:
    """The UTC instant as Kubernetes writes it: `2026-01-02T03:04:05Z`; `fraction` digits up to 6."""
    moment = datetime.fromtimestamp(seconds, UTC)
    digits = f".{moment.microsecond:06d}"[: fraction + 1] if fraction else ""
    return f"{moment:%Y-%m-%dT%H:%M:%S}{digits}Z"


def quantity(value: str | int | float | None) -> Decimal | None:
    """A Kubernetes quantity in base units (cores, bytes, pieces), or None when it is not one."""
    if value is None or isinstance(value, bool) or (isinstance(value, int) and value.bit_length() > _MOST_BITS):
        return None
    parts = _QUANTITY.fullmatch(str(value))
    if parts is None:
        return None
    number = Decimal(parts["number"] + (parts["exponent"] or ""))
    if abs(number.adjusted()) > _MOST_DIGITS:
        return None
    return number * _SUFFIXES[parts["suffix"] or ""]


def format_cpu(cores: Decimal) -> str:
    """Cores as Kubernetes writes them: `4`, `500m`, `100m`."""
    milli = cores * 1000
    return str(int(cores)) if milli % 1000 == 0 else f"{int(milli.to_integral_value())}m"


def format_bytes(size: Decimal) -> str:
    """Bytes with the largest binary suffix that keeps at most one decimal: `16Gi`, `1.5Gi`, `512Mi`."""
    if abs(size) < 1024:
        return str(int(size))
    steps = ((round(size / _SUFFIXES[suffix], 1), suffix) for suffix in ("Ki", "Mi", "Gi"))
    scaled, suffix = next((step for step in steps if abs(step[0]) < 1024), (size / _SUFFIXES["Ti"], "Ti"))
    return f"{scaled:.1f}".removesuffix(".0") + suffix
