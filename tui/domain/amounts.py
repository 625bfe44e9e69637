"""Amounts of cpu, memory and devices as integers, so that thousands of them add up fast.

Owns reading quantities into milli-cores, bytes and pieces, and writing them. Must not know pods or nodes.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from msgspec import Struct

from tui.core.units import format_bytes, format_cpu, quantity

CPU: Final = "cpu"
MEMORY: Final = "memory"
GPU: Final = "nvidia.com/gpu"
FUSE: Final = "github.com/fuse"
PODS: Final = "pods"

Wire = Mapping[str, Any]
"""A resource list as the API sends it; values are strings, in custom resources numbers too."""


class Amounts(Struct, frozen=True, gc=False):
    """What is asked for, offered or used."""

    cpu: int = 0
    """Milli-cores."""
    memory: int = 0
    """Bytes."""
    gpus: int = 0
    """Pieces of nvidia.com/gpu."""
    fuse: int = 0
    """Pieces of github.com/fuse."""

    def __add__(self, other: Amounts) -> Amounts:
        return Amounts(self.cpu + other.cpu, self.memory + other.memory, self.gpus + other.gpus, self.fuse + other.fuse)

    def __sub__(self, other: Amounts) -> Amounts:
        return Amounts(self.cpu - other.cpu, self.memory - other.memory, self.gpus - other.gpus, self.fuse - other.fuse)

    def most(self, other: Amounts) -> Amounts:
        """The greater of each."""
        return Amounts(
            max(self.cpu, other.cpu), max(self.memory, other.memory),
            max(self.gpus, other.gpus), max(self.fuse, other.fuse),
        )  # fmt: skip


NONE: Final = Amounts()


def milli(value: object) -> int | None:
    """Milli-units of a quantity, rounded up as the scheduler does; None when it is not one."""
    return _units(value, 1000) if isinstance(value, str | int | float) else None


def whole(value: object) -> int | None:
    """Whole units of a quantity, rounded up; None when it is not one."""
    return _units(value, 1) if isinstance(value, str | int | float) else None


@lru_cache(maxsize=8192, typed=True)
def _units(value: str | int | float, scale: int) -> int | None:
    number = quantity(value)
    return None if number is None else int((number * scale).to_integral_value(rounding="ROUND_CEILING"))


def amounts(wire: Wire | None) -> Amounts:
    """A resource list in integers; what is missing or no quantity counts as 0."""
    if not wire:
        return NONE
    get = wire.get
    try:
        return _amounts(get(CPU), get(MEMORY), get(GPU), get(FUSE))
    except TypeError:  # a list or an object where a quantity belongs cannot be looked up
        return Amounts(milli(get(CPU)) or 0, whole(get(MEMORY)) or 0, whole(get(GPU)) or 0, whole(get(FUSE)) or 0)


@lru_cache(maxsize=8192, typed=True)
def _amounts(cpu: object, memory: object, gpus: object, fuse: object) -> Amounts:
    """Pods of one workload ask for the same: they share the value."""
    return Amounts(milli(cpu) or 0, whole(memory) or 0, whole(gpus) or 0, whole(fuse) or 0)


@lru_cache(maxsize=4096)
def shared(sums: Amounts) -> Amounts:
    """The same amounts, kept once."""
    return sums


def cpu_text(milli_cores: int) -> str:
    """`4`, `500m`."""
    return format_cpu(Decimal(milli_cores) / 1000)


def memory_text(size: int) -> str:
    """`16Gi`, `1.5Gi`."""
    return format_bytes(Decimal(size))


_EXACT: Final = (("Ti", 2**40), ("Gi", 2**30), ("Mi", 2**20), ("Ki", 2**10))


def memory_exact(size: int) -> str:
    """Bytes with the largest suffix that loses nothing: `1500Mi`, `2Gi`."""
    for suffix, unit in _EXACT:
        if size and size % unit == 0:
            return f"{size // unit}{suffix}"
    return str(size)
