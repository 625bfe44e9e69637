"""Which of textual's environment variables to set before it is imported. Textual reads them once, at import.

Owns the choice for slow links and poor terminals. Imports nothing of textual.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping


def choices(environ: Mapping[str, str]) -> dict[str, str]:
    """The variables to set; what the operator set already is left alone.

    Nothing animates; 30 frames a second are enough, since rows come in at a lower rate anyway; NO_COLOR means
    the terminal's own colours and none of ours.
    """
    wanted = {"TEXTUAL_ANIMATIONS": "none", "TEXTUAL_SMOOTH_SCROLL": "0", "TEXTUAL_FPS": "30"}
    if environ.get("NO_COLOR"):
        wanted["TEXTUAL_THEME"] = "ansi-dark"
    return {name: value for name, value in wanted.items() if name not in environ}


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
