"""Log bytes as they may be printed: no escape acts on a terminal, no secret is readable.

Owns the fast way: a block is looked at as a whole, and only lines that may hold something are looked at alone. What
becomes of a line is decided by `core.text` and `core.redact`.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from tui.core.redact import redact_text
from tui.core.text import clean

_PLAIN: Final = bytes(range(0x20, 0x7F)) + b"\n\t"
_COMMON: Final = re.compile(
    r"[\n\t -~\u00a1-\u00ac\u00ae-\u02ff\u0370-\u0377\u0384-\u03ff\u0400-\u0482\u2010-\u2027\u2030-\u205e\u20a0-\u20bf"
    r"\u2100-\u214f\u2190-\u23ff\u2460-\u2bff\u3001-\u3029\u3041-\u3096\u30a0-\u30ff\u4e00-\u9fff\uac00-\ud7a3]*"
)
"""Letters and signs that `clean` leaves alone wherever they stand."""
_KEPT: Final = re.compile(r"([\t\r]|\x1b\[[0-9;:]*m)")
"""What is kept of the rest: tabs, the returns of a progress bar, and where colours are shown those."""
_RESET: Final = b"\x1b[0m"

_AFTER: Final = r"[\w.\x80-\xff-]{0,160}[\"']?\s{0,4}[=:]"
_KEYS: Final = ("api", "access", "account", "client", "shared", "private")
_BEFORE_KEY: Final = "|".join(f"(?<={word})|(?<={word}[_-])" for word in _KEYS)
_SIGNS: Final = (
    (b"", "-----begin ", ""), (b"J", "eyj", r"eyj[\w-]{8}"), (b"@", "://", r"://[^\n@]*@"), (b"=", "==", ""),
    (b"=", "sig=", ""), (b"", "signature", r"signature[=\s]"),
    (b"", "bearer", r"bearer\s{1,4}[\w.~+/=-]{8}"), (b"", "basic", r"basic\s{1,4}[\w.~+/=-]{8}"),
    (b"=:", "passw", f"passw(?:or)?d{_AFTER}"), (b"=:", "passphrase", f"passphrase{_AFTER}"),
    (b"=:", "pwd", f"pwd{_AFTER}"), (b"=:", "connection", f"connection[_-]?string{_AFTER}"),
    (b"=:", "key", f"(?:{_BEFORE_KEY})key(?!name){_AFTER}"),
    (b"=:", "token", f"token(?!s|iz|_id|_type|_count){_AFTER}"), (b"=:", "secret", f"secret{_AFTER}"),
    (b"\xc5", "\u017f", ""), (b"\xe2", "\u212a", ""), (b"\x1b", "\x1b", ""),
)  # fmt: skip
"""One of these is in every line that `redact_text` changes: bytes of which the block has one (that is found at once),
a word in lower case, and what the word begins. The last are letters that count as s and k, and colours: one in the
middle of a secret must not save it."""


def printable(block: bytes, *, colours: bool = False) -> bytes:
    """Whole lines as they may be printed, one for each line.

    `colours`: those of the program stay, and of a progress bar only its last state.
    """
    if block.translate(None, _PLAIN):
        block = _cleaned(block, colours=colours)
    suspects = _suspects(block)
    if not suspects:
        return block
    lines = block.split(b"\n")
    for number in suspects:
        lines[number] = _masked(lines[number])
    return b"\n".join(lines)


def _cleaned(block: bytes, *, colours: bool) -> bytes:
    try:
        if _COMMON.fullmatch(block.decode()):
            return block
    except UnicodeDecodeError:
        pass
    lines = block.split(b"\n")
    return b"\n".join([_clean(line, colours=colours) if line.translate(None, _PLAIN) else line for line in lines])


def _clean(raw: bytes, *, colours: bool) -> bytes:
    text = raw.decode("utf-8", "replace").removesuffix("\r")
    if not colours:
        text = "".join(part if part in "\t\r" else clean(part) for part in re.split(r"([\t\r])", text))
        return text.encode("utf-8", "replace")
    parts = _KEPT.split(text.rpartition("\r")[2])
    found = "".join(part if number % 2 else clean(part) for number, part in enumerate(parts))
    return found.encode("utf-8", "replace") + (_RESET if len(parts) > 1 and "\x1b" in found else b"")


def _suspects(block: bytes) -> list[int]:
    """The numbers of the lines that may hold a secret."""
    lower, places = block.lower(), set[int]()
    for needed, word, pattern in _SIGNS:
        if not needed or any(block.find(each) >= 0 for each in needed):
            places.update(_places(lower, word.encode(), pattern))
    found: list[int] = []
    line = at = 0
    for place in sorted(places):
        line += block.count(b"\n", at, place)
        at = place
        if not found or found[-1] != line:
            found.append(line)
    return found


@cache
def _compiled(pattern: str) -> re.Pattern[bytes]:
    """Few logs have need of it."""
    return re.compile(pattern.encode("latin-1"))


def _places(lower: bytes, word: bytes, pattern: str) -> list[int]:
    """Where a sign is, the first of each line."""
    places, at = [], lower.find(word)
    while at >= 0:
        if _compiled(pattern).match(lower, at):
            places.append(at)
            at = lower.find(b"\n", at)
            if at < 0:
                break
        at = lower.find(word, at + 1)
    return places


def _masked(line: bytes) -> bytes:
    text = line.decode("utf-8", "replace")
    plain = clean(text) if "\x1b" in text else text
    masked = redact_text(plain)
    return line if masked == plain else masked.encode("utf-8", "replace")
