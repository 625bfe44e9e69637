"""Which of textual's environment variables to set before it is imported. Textual reads them once, at import.

Owns the choice for slow links and poor terminals. Imports nothing of textual.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping


def choices(environ: Mapping[str, str]) -> dict[str, str]:
    """The variables to set; what the operator set already is left alone, but for what NO_COLOR forbids.

    Nothing animates. Rows come in at ten frames a second at most, so 30 are enough for keys to feel immediate;
    over SSH 15 feel the same and cost half. NO_COLOR means the terminal's own colours and none of ours, which
    textual does only when an ansi theme is set before the app is made. Escape is known as such after ESCDELAY: the
    bytes of a key travel together on a local terminal, and all but always over SSH.
    """
    frames, escape = ("15", "75") if remote(environ) else ("30", "40")
    wanted = {
        "TEXTUAL_ANIMATIONS": "none", "TEXTUAL_SMOOTH_SCROLL": "0", "TEXTUAL_FPS": frames, "ESCDELAY": escape,
    }  # fmt: skip
    chosen = {name: value for name, value in wanted.items() if name not in environ}
    if environ.get("NO_COLOR") and not environ.get("TEXTUAL_THEME", "").startswith("ansi-"):
        chosen["TEXTUAL_THEME"] = "ansi-dark"
    return chosen


def prepare(environ: MutableMapping[str, str]) -> None:
    """Set them. An empty NO_COLOR means nothing (no-color.org), but textual takes it for a yes: it goes."""
    if environ.get("NO_COLOR") == "":
        del environ["NO_COLOR"]
    environ.update(choices(environ))


def remote(environ: Mapping[str, str]) -> bool:
    """Whether this is an SSH session: facts are shown twice a second then, not ten times."""
    return any(environ.get(name) for name in ("SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT"))


def ascii_only(environ: Mapping[str, str]) -> bool:
    """Whether the terminal can be trusted with ASCII only: no UTF-8 locale, or the Linux console."""
    locale = environ.get("LC_ALL") or environ.get("LC_CTYPE") or environ.get("LANG") or ""
    utf8 = "utf-8" in locale.lower() or "utf8" in locale.lower()
    return environ.get("TERM") in ("linux", "vt100", "dumb") or (bool(locale) and not utf8)


def erases_in_colour(environ: Mapping[str, str]) -> bool:
    """Whether erasing leaves the background colour that is set, as everywhere but in GNU screen and old consoles."""
    term = environ.get("TERM", "")
    return bool(term) and not term.startswith(("screen", "vt", "dumb", "ansi"))
