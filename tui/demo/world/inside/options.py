"""Options of programs: `-n 5`, `-n5`, `-5`, `-rf`, `--follow=name`. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Options:
    """What stood on a command line."""

    flags: frozenset[str]
    values: dict[str, str]
    rest: list[str]

    def number(self, name: str, usual: int) -> int:
        """The number of an option; a sign before it does not count."""
        digits = self.values.get(name, "").lstrip("+-")
        return int(digits) if digits.isdigit() else usual


_LONG = {"lines": "n", "bytes": "c"}


def take(words: list[str], *valued: str) -> Options:
    """Split a command line; options in `valued` have a value. `-5` is `-n 5`."""
    flags, values, rest = set(), {}, []
    left = list(words)
    while left:
        word = left.pop(0)
        if word == "--":
            rest += left
            break
        if word.startswith("--"):
            name, _, value = word[2:].partition("=")
            flags.add(name)
            if name in _LONG:
                values[_LONG[name]] = value or (left.pop(0) if left else "")
        elif word[:1] == "-" and word[1:].isdigit():
            values["n"] = word[1:]
        elif word[:1] == "-" and len(word) > 1:
            for place, letter in enumerate(word[1:], 1):
                if letter in valued:
                    values[letter] = word[place + 1 :] or (left.pop(0) if left else "")
                    break
                flags.add(letter)
        else:
            rest.append(word)
    return Options(frozenset(flags), values, rest)
