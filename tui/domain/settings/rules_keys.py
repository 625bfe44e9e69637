"""Rules of each setting alone: is there such a key, in this era, in this set, with such a value.

Must not know rules between settings.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from tui.core.health import Health
from tui.core.redact import MASK, secret_name
from tui.domain.settings.case import Case, Finding, finding, quoted_key, quoted_value
from tui.domain.settings.catalogue import Setting, behind, find, likely, spelled, wire_key

_KEY = re.compile(r"[A-Za-z_][^\s=]*")
PLAIN = "configurationSettings"
PROTECTED = "configurationProtectedSettings"


def plain(case: Case) -> Iterator[Finding]:
    """Every key and value of configurationSettings that the draft brings."""
    for key, value in case.fresh.items():
        yield from _name(key, PLAIN)
        known = find(key)
        if value and MASK in value:
            yield _value(key, value, "value-masked", "is a mask, not a value", "give the value itself, or leave it out")
        elif known is None and secret_name(key):
            told = f"{quoted_key(key)} looks like a secret; ARM shows plain settings to every reader"
            yield finding("secret-as-plain", Health.WARN, told, (key,), f"{PLAIN} {quoted_key(key)}", _move(key))
        elif known is not None and known.protected and value:
            told = f"{known.key} must be protected: ARM shows plain settings to every reader"
            yield finding("protected-as-plain", Health.BAD, told, (key,), f"{PLAIN} {known.key}", _move(known.key))
        elif known is not None:
            yield from _era(case, key, known, PLAIN)
            yield from _kind(key, value, known)


def protected(case: Case) -> Iterator[Finding]:
    """Every key of configurationProtectedSettings; the values stay unread."""
    for key, value in case.draft.protected.items():
        yield from _name(key, PROTECTED)
        known = find(key)
        evidence = f"{PROTECTED} {quoted_key(key)}"
        if not value:
            told = f"{quoted_key(key)} is given without a value"
            yield finding("protected-empty", Health.BAD, told, (key,), evidence, "give its value, or leave it out")
        if known is None:
            continue
        yield from _era(case, key, known, PROTECTED)
        if not known.protected:
            told = f"{known.key} is no secret: as a protected setting nobody can read it back, or check it here"
            yield finding("plain-as-protected", Health.WARN, told, (key,), evidence, f"give {known.key} as a setting")
        if giver := behind(key):
            told = f"{known.key} is what {giver.key} becomes on the wire"
            yield finding("wire-name", Health.WARN, told, (key,), evidence, f"give {giver.key}")


def sets(case: Case) -> Iterator[Finding]:
    """One thing said twice: in both sets, or by two spellings or names in one."""
    groups = [_by_wire(case.draft.settings), _by_wire(case.draft.protected)]
    for name in groups[0].keys() & groups[1].keys():
        keys = [*groups[0][name], *groups[1][name]]
        evidence = f"{PLAIN} {_listed(groups[0][name])}, {PROTECTED} {_listed(groups[1][name])}"
        told = f"{_listed(keys)} is in both sets" if len({*keys}) == 1 else f"{_listed(keys)} say the same in both sets"
        yield finding("key-in-both", Health.BAD, told, keys, evidence, "give it once")
    for place, group in zip((PLAIN, PROTECTED), groups, strict=True):
        for keys in group.values():
            if len(keys) > 1:
                told = f"{_listed(keys)} say the same twice"
                yield finding("key-twice", Health.BAD, told, keys, f"{place} {_listed(keys)}", "give it once")


def _name(key: str, place: str) -> Iterator[Finding]:
    shown, evidence, known = quoted_key(key), f"{place} {quoted_key(key)}", find(key)
    if not _KEY.fullmatch(key):
        told = f"{shown} cannot be a key: it begins with a letter and has no blank and no ="
        yield finding("key-syntax", Health.BAD, told, (key,), evidence, "write it as the chart does")
    elif known is None:
        meant = likely(key)
        remedy = f"is it {' or '.join(meant)}?" if meant else "a free key is sent as it is: check it against the chart"
        told = f"{shown} is not a setting this program knows"
        yield finding("key-unknown", Health.WARN, told, (key,), evidence, remedy)
    elif spelled(key) != key:
        told = f"{shown} is spelt {quoted_key(spelled(key))}; in another case the cluster does not see it"
        yield finding("key-case", Health.BAD, told, (key,), evidence, f"write {quoted_key(spelled(key))}")


def _era(case: Case, key: str, known: Setting, place: str) -> Iterator[Finding]:
    evidence = f"{place} {known.key}"
    if known.default(case.era) is None:
        gone = case.era == "C"
        told = f"{known.key} {'is gone since' if gone else 'does not exist before'} 1.1"
        remedy = f"use {known.instead}" if known.instead else "leave it out"
        yield finding("key-gone" if gone else "key-early", Health.WARN, told, (key,), evidence, remedy)
    if known.kind == "set by az":
        told = f"{known.key} is filled in for the cluster; given by hand it counts as it is"
        yield finding("set-by-az", Health.WARN, told, (key,), evidence, "leave it out")


def _kind(key: str, value: str, known: Setting) -> Iterator[Finding]:
    """An empty value takes a choice back, which is all an update can do; a switch has no third state."""
    if known.knows(value) or (known.kind == "choice" and not value.strip()):
        return
    wanted = " or ".join((*known.choices, "a number above 0") if known.kind == "int" else known.choices)
    yield _value(key, value, f"{known.kind}-value", f"must be {wanted}", f"set it to {wanted}")


def _value(key: str, value: str, code: str, what: str, remedy: str) -> Finding:
    evidence = f"{PLAIN} {quoted_key(key)}={quoted_value(key, value)}"
    return finding(code, Health.BAD, f"{quoted_key(key)} {what}", (key,), evidence, remedy)


def _move(key: str) -> str:
    return f"give it as --set-protected {quoted_key(key)}=@FILE"


def _by_wire(names: Iterable[str]) -> dict[str, list[str]]:
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for name in names:
        groups[wire_key(name).lower()].append(name)
    return groups


def _listed(keys: Iterable[str]) -> str:
    return " and ".join(dict.fromkeys(map(quoted_key, keys)))
