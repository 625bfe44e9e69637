"""`test`: what a condition of words says. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from tui.demo.world.inside.files import Fixed, Node, View

_NUMBERS: Final[dict[str, Callable[[int, int], bool]]] = {
    "-eq": int.__eq__, "-ne": int.__ne__, "-lt": int.__lt__, "-le": int.__le__, "-gt": int.__gt__, "-ge": int.__ge__,
}  # fmt: skip


def holds(words: list[str], view: View, now: float, *, terminal: bool) -> bool:
    """Whether it is so. What makes no sense is not."""
    for joint, both in (("-o", any), ("-a", all)):
        if joint in words[1:-1]:
            place = words.index(joint)
            parts = (words[:place], words[place + 1 :])
            return both(holds(part, view, now, terminal=terminal) for part in parts)
    if words[:1] == ["!"]:
        return not holds(words[1:], view, now, terminal=terminal)
    match words:
        case [left, ("=" | "==" | "!=") as operator, right]:
            return (left == right) is (operator != "!=")
        case [left, operator, right] if operator in _NUMBERS:
            return _is_number(left) and _is_number(right) and _NUMBERS[operator](int(left), int(right))
        case ["-n", text]:
            return bool(text)
        case ["-z", text]:
            return not text
        case ["-t", _number]:
            return terminal
        case [operator, path]:
            return _of_file(operator, view.find(path), now)
        case [text]:
            return bool(text)
    return False


def _is_number(text: str) -> bool:
    return text.lstrip("-").isdigit()


def _of_file(operator: str, node: Node | None, now: float) -> bool:
    if node is None:
        return False
    match operator:
        case "-e" | "-r":
            return True
        case "-d":
            return isinstance(node, dict)
        case "-f":
            return not isinstance(node, dict)
        case "-s":
            return isinstance(node, dict) or node.size(now) > 0
        case "-x":
            return isinstance(node, dict) or (isinstance(node, Fixed) and node.program)
    return False
