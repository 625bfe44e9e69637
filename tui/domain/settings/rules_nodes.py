"""Rules of where things run: nodeSelector.{label} and workLoadToleration[i].

Label syntax is that of Kubernetes; tolerations are checked as the API server checks them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from tui.core.health import Health
from tui.domain.settings.case import Case, Finding, finding, quoted_key, quoted_value
from tui.domain.settings.catalogue import TOLERATION_FIELDS

_SELECTOR: Final = "nodeselector."
_TOLERATION: Final = re.compile(r"workLoadToleration\[(\d{1,9})\]\.(.+)", re.IGNORECASE)
_BARE_DOT: Final = re.compile(r"(?<!\\)\.")
_NAME: Final = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")
_PREFIX: Final = re.compile(r"(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")


def selectors(case: Case) -> Iterator[Finding]:
    """Each label must be one, and its dots escaped: the key is a path in the chart's values."""
    for key, value in case.fresh.items():
        if not key.lower().startswith(_SELECTOR) or len(key) == len(_SELECTOR):
            continue
        label = key[len(_SELECTOR) :]
        evidence = f"configurationSettings {quoted_key(key)}={quoted_value(key, value)}"
        if not _is_label(label.replace("\\.", ".")):
            told = f"{quoted_key(label)} is not the name of a label"
            yield finding("selector-label", Health.BAD, told, (key,), evidence, "name a label of the nodes")
        elif _BARE_DOT.search(label):
            told = f"a dot in {quoted_key(label)} may be read as a step into the values, not as part of the label"
            remedy = "write " + quoted_key(key[: len(_SELECTOR)] + _BARE_DOT.sub(r"\\.", label))
            yield finding("selector-dot", Health.WARN, told, (key,), evidence, remedy)
        if value and not _NAME.fullmatch(value):
            told = f"{quoted_value(key, value)} is not the value of a label"
            yield finding("selector-value", Health.BAD, told, (key,), evidence, "name a value the nodes' label has")


def tolerations(case: Case) -> Iterator[Finding]:
    """Entries are whole and numbered from 0 without a gap: a gap is an entry without anything in it."""
    if not any(_TOLERATION.fullmatch(key) for key in case.fresh):
        return
    entries: defaultdict[int, dict[str, tuple[str, str]]] = defaultdict(dict)
    for key, value in case.settings.items():
        if match := _TOLERATION.fullmatch(key):
            entries[int(match[1])][match[2].lower()] = (key, value)
    for index in sorted(entries):
        yield from _entry(case, index, entries[index])
    gap = next(index for index in range(len(entries) + 1) if index not in entries)
    if gap < len(entries):
        keys = [key for key, _ in entries[max(entries)].values()]
        told = f"workLoadToleration[{gap}] is missing: the numbers must run from 0 without a gap"
        evidence = "configurationSettings " + ", ".join(f"workLoadToleration[{index}]" for index in sorted(entries))
        yield finding("toleration-gap", Health.BAD, told, keys, evidence, f"number the last one {gap}")


def _entry(case: Case, index: int, entry: dict[str, tuple[str, str]]) -> Iterator[Finding]:
    def value(field: str) -> str:
        return entry.get(field, ("", ""))[1].strip()

    keys = [key for key, _ in entry.values()]
    name, evidence = f"workLoadToleration[{index}]", case.evidence(*keys)
    exists = value("operator").lower() == "exists"
    if not value("key") and not exists:
        remedy = "give its key, or operator=Exists to tolerate every taint"
        yield finding("toleration-incomplete", Health.BAD, f"{name} has no key", keys, evidence, remedy)
    elif not exists and "value" not in entry:
        remedy = "give its value (empty for a taint without one), or operator=Exists"
        yield finding("toleration-incomplete", Health.BAD, f"{name} has no value", keys, evidence, remedy)
    if exists and value("value"):
        told = f"{name} has a value though its operator is Exists"
        yield finding("toleration-value", Health.BAD, told, keys, evidence, "leave the value out, or use Equal")
    for field in entry.keys() - set(TOLERATION_FIELDS):
        key = entry[field][0]
        told = f"{quoted_key(key)} is not a field of a toleration here"
        yield finding("toleration-field", Health.WARN, told, (key,), evidence, f"it has {', '.join(TOLERATION_FIELDS)}")


def _is_label(key: str) -> bool:
    prefix, slash, name = key.rpartition("/")
    return bool(_NAME.fullmatch(name)) and (not slash or bool(_PREFIX.fullmatch(prefix)))
