"""Settings as arguments of the az CLI: a whole command, a part of one, or bare `key=value` words.

Owns the options and the quoting of a POSIX shell. Nothing is expanded or run.
"""

from __future__ import annotations

import re
import shlex
from typing import Final

from tui.core.health import Health
from tui.domain.plans.draft import Draft
from tui.domain.settings.case import quoted_key
from tui.domain.settings.gathered import PLACEHOLDER, Gathered, writable

_PLAIN: Final = frozenset({"--config", "--config-settings", "--configuration-settings", "--set"})
_PROTECTED: Final = frozenset(
    {"--config-protected", "--config-protected-settings", "--configuration-protected-settings", "--set-protected"}
)
_FIELDS: Final = {"--name": "name", "-n": "name", "--release-train": "train", "--version": "version"}
_UPGRADE: Final = frozenset({"--auto-upgrade", "--auto-upgrade-minor-version"})
_TARGET: Final = {
    "--cluster-name": "cluster-name", "-c": "cluster-name", "--cluster-type": "cluster-type", "-t": "cluster-type",
    "--resource-group": "resource-group", "-g": "resource-group", "--subscription": "subscription",
}  # fmt: skip
_FILES: Final = re.compile(r"--config(?:uration)?(?:-protected)?(?:-settings)?-file")
_ASIDE: Final = frozenset(
    {
        "--no-wait", "--yes", "-y", "--debug", "--verbose", "--only-show-errors", "--output", "-o", "--query",
        "--release-namespace", "--target-namespace", "--cluster-resource-provider", "--dry-run",
    }
)  # fmt: skip
"""About how the command runs, or what is never otherwise for this extension."""
_HEAD: Final = frozenset({"$", "az", "k8s-extension", "create", "update", "arcdeck", "extension", "deploy", "plan"})
_OPTION: Final = re.compile(r"--?[A-Za-z][\w-]*")
_TRUE: Final = frozenset({"true", "t", "yes", "y", "1"})
_FALSE: Final = frozenset({"false", "f", "no", "n", "0"})
_CONTINUED: Final = re.compile(r"('[^']*'|\"(?:[^\"\\]|\\.)*\"|\\[^\r\n])|[ \t](?:\\|`|\^)\r?\n|\\\r?\n", re.DOTALL)
"""Quoted parts, which stay, or the end of a line that goes on: of a POSIX shell, PowerShell and cmd."""


def read(got: Gathered, text: str) -> None:
    """Take the words of a command into account."""
    try:
        words = shlex.split(_CONTINUED.sub(lambda match: match[1] or ("" if match[0][0] == "\\" else " "), text))
    except ValueError as error:
        got.note("text-syntax", Health.BAD, f"the text cannot be read: {str(error).lower()}", "", "close every quote")
        return
    option, values = "", list[str]()
    for word in words:
        name, equals, rest = word.partition("=")
        if _OPTION.fullmatch(name):
            _take(got, option, values)
            option, values = name.lower() if name.startswith("--") else name, [rest] if equals else []
        else:
            values.append(word)
    _take(got, option, values)
    if got.fields.get("version"):
        got.fields.setdefault("auto_upgrade", False)


def _take(got: Gathered, option: str, values: list[str]) -> None:
    if option in _PLAIN or option in _PROTECTED:
        _pairs(got, option, values)
    elif not option:
        _bare(got, values)
    elif option in _UPGRADE:
        _upgrade(got, option, values)
    elif option in _ASIDE:
        got.note("option-aside", Health.GOOD, f"{option} is left aside")
    elif _FILES.fullmatch(option):
        got.note("file-unread", Health.WARN, f"the file of {option} is not read", option, "import its content as JSON")
    elif option in _FIELDS or option in _TARGET or option in ("--extension-type", "--scope"):
        _single(got, option, values)
    else:
        got.note("option-unknown", Health.WARN, f"{quoted_key(option)} is not known here and is left out", option)


def _pairs(got: Gathered, option: str, values: list[str]) -> None:
    for word in values:
        key, equals, value = word.partition("=")
        if not equals:
            told = f"{quoted_key(word)} is not key=value" if option in _PLAIN else "a word that is not key=value"
            got.note("not-a-pair", Health.BAD, told, option, "write key=value")
        elif option in _PLAIN:
            got.setting(key, value)
        else:
            got.protect(key, value)


def _bare(got: Gathered, values: list[str]) -> None:
    for word in values:
        if "=" in word:
            _pairs(got, "--config", [word])
        elif word.lower() not in _HEAD:
            got.note("word-unknown", Health.WARN, f"{quoted_key(word)} is not known here and is left out")


def _single(got: Gathered, option: str, values: list[str]) -> None:
    if len(values) != 1:
        got.note("one-value", Health.BAD, f"{option} takes one value, {len(values)} are given", option)
        return
    value = values[0]
    match option:
        case "--extension-type":
            got.of_type(value)
        case "--scope":
            got.of_scope(value)
        case _ if option in _FIELDS:
            got.fields[_FIELDS[option]] = value
        case _:
            got.target[_TARGET[option]] = value


def _upgrade(got: Gathered, option: str, values: list[str]) -> None:
    word = values[0].lower() if values else "true"
    if len(values) > 1 or word not in _TRUE | _FALSE:
        got.note("one-value", Health.BAD, f"{option} is true or false", option)
    else:
        got.fields["auto_upgrade"] = word in _TRUE


def arguments(draft: Draft) -> list[str]:
    """The words of `az k8s-extension create` that say what the draft does."""
    words = ["--name", draft.name, "--release-train", draft.train]
    if draft.version or not draft.auto_upgrade:
        words += ["--auto-upgrade-minor-version", str(draft.auto_upgrade).lower()]
    words += ["--version", draft.version] if draft.version else []
    settings = [f"{key}={value}" for key, value in writable(draft.settings)]
    words += ["--config", *settings] if settings else []
    protected = [f"{key}={PLACEHOLDER}" for key in draft.protected]
    return [*words, "--config-protected", *protected] if protected else words


def to_az(draft: Draft) -> str:
    """The same as one line for a POSIX shell."""
    return shlex.join(arguments(draft))
