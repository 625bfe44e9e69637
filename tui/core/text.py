"""Text from outside, made safe to show.

Owns the one rule about foreign text: what a cluster, ARM or a log sends passes `clean()` once, where it is
decoded, and is never parsed as markup afterwards. Must not know where the text came from.
"""

from __future__ import annotations

import re
from typing import Final

_ESCAPES: Final = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor moves, modes
    # OSC, DCS, SOS, PM, APC with their end. One without an end loses its introducer only: the rest is somebody's words.
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x90\x98\x9b-\x9f]*(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[ -/]*[0-~]?"  # the two-character escapes, or a lone ESC
)
_SPACES: Final = re.compile(r"[\t\n\v\f\r\x85\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")
_INVISIBLE: Final = re.compile(
    r"[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    r"\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    r"\U000e0000-\U000e0fff]"
)
_NONCHARACTERS: Final = "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
_CONTROLS: Final = re.compile(rf"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef{_NONCHARACTERS}]")
_COMBINING_RUN: Final = re.compile(
    r"([\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{3})"
    r"[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)

ELLIPSIS: Final = "…"


def clean(text: str) -> str:
    """One line of `text` that cannot act on a terminal.

    Whole escape sequences go, line breaks and odd spaces become a space, other controls become U+FFFD, and
    invisible or direction-changing characters go. Idempotent; plain text comes back as the same object.
    """
    if text.isascii() and text.isprintable():
        return text
    text = _ESCAPES.sub("", text)
    text = _SPACES.sub(" ", text)
    text = _INVISIBLE.sub("", text)
    text = _CONTROLS.sub("\ufffd", text)
    return _COMBINING_RUN.sub(r"\1", text)


def clean_lines(text: str) -> list[str]:
    """`text` as clean lines; used for whole documents such as YAML or an error with line breaks."""
    return [clean(line) for line in text.replace("\r\n", "\n").split("\n")]


def shorten_end(text: str, width: int) -> str:
    """`text` in at most `width` characters, the end given up first."""
    if len(text) <= width:
        return text
    return text[: width - 1] + ELLIPSIS if width > 0 else ""


def shorten_middle(text: str, width: int) -> str:
    """`text` in at most `width` characters, both ends kept: for names and resource ids."""
    if len(text) <= width:
        return text
    if width <= 1:
        return ELLIPSIS[:width]
    tail = (width - 1) // 2
    return text[: width - 1 - tail] + ELLIPSIS + (text[-tail:] if tail else "")
