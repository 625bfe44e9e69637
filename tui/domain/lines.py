"""Lines of a description: a label, a value, a block below it. Owns indent and width; must not know any kind."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from tui.domain.wire import mapping, text

WIDTH: Final = 18
"""Where values begin, from the label's own indent."""
NONE: Final = "<none>"
_DEEPEST: Final = 40
"""Levels that are written; deeper ones are replaced by an ellipsis."""
_WORDS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def field(label: str, value: object, indent: int = 0) -> Iterator[str]:
    """`Label:   value`; an empty value is `<none>`."""
    shown = value if isinstance(value, str) else text(value)
    yield f"{' ' * indent}{label + ':':<{WIDTH}} {shown or NONE}"


def pairs(label: str, value: object, indent: int = 0, join: str = "=") -> Iterator[str]:
    """A map as `Label:  a=b` with one pair a line, sorted."""
    items = [f"{text(key)}{join}{text(item)}" for key, item in sorted(mapping(value).items())]
    yield from listing(label, items, indent)


def listing(label: str, items: Iterable[str], indent: int = 0) -> Iterator[str]:
    """Values below each other, the label beside the first."""
    several = list(items) or [NONE]
    yield from field(label, several[0], indent)
    for item in several[1:]:
        yield f"{' ' * (indent + WIDTH + 1)}{item}"


def block(label: str, value: object, indent: int = 0) -> Iterator[str]:
    """A label with an object or a list below it; nothing when that is empty."""
    if value in (None, {}, [], ""):
        return
    yield f"{' ' * indent}{label}:"
    yield from _below(value, indent + 2, 0)


def nested(key: str, value: object, indent: int = 0, depth: int = 0) -> Iterator[str]:
    """A field of unknown shape under its own name, in words: `nodeSelector` → `Node Selector`."""
    label = title(text(key))
    if depth > _DEEPEST:
        yield f"{' ' * indent}{label}: …"
    elif isinstance(value, dict | list) and value:
        yield f"{' ' * indent}{label}:"
        yield from _below(value, indent + 2, depth + 1)
    else:
        yield from field(label, "" if isinstance(value, dict | list) else value, indent)


def _below(value: Any, indent: int, depth: int) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from nested(key, item, indent, depth)
    elif isinstance(value, list):
        for item in value:
            if isinstance(item, dict | list) and depth <= _DEEPEST:
                yield from _item(item, indent, depth)
            else:
                yield f"{' ' * indent}{text(item) or NONE}"
    else:
        yield f"{' ' * indent}{text(value)}"


def _item(value: Any, indent: int, depth: int) -> Iterator[str]:
    """One object of a list, marked by a dash at its first line."""
    for index, line in enumerate(_below(value, indent + 2, depth + 1)):
        yield f"{' ' * indent}- {line[indent + 2 :]}" if index == 0 else line


def title(key: str) -> str:
    """`podIP` → `Pod IP`; a key with a dot or slash stays as it is."""
    if not key or not key.isidentifier():
        return key
    words = _WORDS.sub(" ", key)
    return words[0].upper() + words[1:]
