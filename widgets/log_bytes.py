"""One byte for each line of a log, by the line's number; those of dropped lines go. Pure."""

from __future__ import annotations


class LineBytes:
    """`first` and `end` bound the numbers of the lines that have a byte."""

    __slots__ = ("_bytes", "first")

    def __init__(self, first: int = 0, values: bytes = b"") -> None:
        self.first = first
        self._bytes = bytearray(values)

    def __len__(self) -> int:
        return len(self._bytes)

    @property
    def end(self) -> int:
        """The number after that of the last line."""
        return self.first + len(self._bytes)

    def __getitem__(self, number: int) -> int:
        return self._bytes[number - self.first]

    def __setitem__(self, number: int, value: int) -> None:
        self._bytes[number - self.first] = value

    def part(self, start: int, end: int) -> bytes:
        """The bytes of the lines from `start` until before `end`."""
        return bytes(self._bytes[start - self.first : end - self.first])

    def add(self, start: int, values: bytes) -> None:
        """Set bits of the lines from `start` on, beyond the end too; a line without any so far has none."""
        self.reach(start + len(values))
        place = start - self.first
        old = self._bytes[place : place + len(values)]
        joined = int.from_bytes(old, "little") | int.from_bytes(values, "little")
        self._bytes[place : place + len(values)] = joined.to_bytes(len(values), "little")

    def reach(self, end: int) -> None:
        """Have a byte for each line before `end`."""
        self._bytes.extend(bytes(max(0, end - self.end)))

    def extend(self, values: bytes) -> None:
        """Add lines at the end."""
        self._bytes += values

    def translate(self, table: bytes) -> None:
        """Exchange all values by a table of 256."""
        self._bytes = self._bytes.translate(table)

    def drop(self, first: int) -> None:
        """Forget the lines before `first`."""
        gone = first - self.first
        if gone > 0:
            del self._bytes[:gone]
            self.first = first

    def after(self, value: int, number: int) -> int | None:
        """The first line from `number` on that has this value."""
        place = self._bytes.find(value, max(0, number - self.first))
        return place + self.first if place >= 0 else None

    def before(self, value: int, number: int) -> int | None:
        """The last line before `number` that has this value."""
        place = self._bytes.rfind(value, 0, max(0, number - self.first))
        return place + self.first if place >= 0 else None

    def count(self, value: int, start: int | None = None, end: int | None = None) -> int:
        """How many lines have this value, of all or of those from `start` until before `end`."""
        first = 0 if start is None else max(0, start - self.first)
        return self._bytes.count(value, first, len(self._bytes) if end is None else max(0, end - self.first))
