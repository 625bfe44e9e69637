"""Every string that reaches a row is clean: objects of every kind in which every string is hostile."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec
import pytest

from tests.core.hostile import CORPUS, MEAN, offences, strings
from tests.domain.build import NOW
from tests.domain.jobs import LABELS
from tests.domain.samples import OBJECTS
from tui.core.store import Store
from tui.domain import arm_error, attach_config
from tui.domain.arm_kinds import ARM_KINDS
from tui.domain.columns import LOOKS
from tui.domain.derived import DERIVED
from tui.domain.instance_type_rules import validate
from tui.domain.instance_type_text import parse
from tui.domain.kinds import KINDS
from tui.domain.settings.catalogue import CATALOGUE
from tui.domain.summary import report, summarise

DECODERS: dict[str, Callable[[Any], Any]] = {**{kind.name: kind.decode for kind in KINDS}, **ARM_KINDS}
_OPEN_MAPS = frozenset(
    {"labels", "tags", "nodeSelector", "configurationSettings", "configurationProtectedSettings", "instanceTypes"}
)
"""Objects whose keys are chosen by somebody: hostile too."""


def poisoned(value: Any, poison: Callable[[str], str], holder: str = "") -> Any:
    if isinstance(value, dict):
        return {
            (poison(key) if holder in _OPEN_MAPS else key): poisoned(item, poison, key) for key, item in value.items()
        }
    if isinstance(value, list):
        return [poisoned(item, poison) for item in value]
    return poison(value) if isinstance(value, str) else value


def _mix(shape: str, text: str, own: str) -> str:
    return shape.replace("{1}", own).replace("{0}", text)


def harmless(value: Any) -> None:
    assert [offence for text in strings(value) for offence in offences(text)] == []


def test_every_kind_is_here() -> None:
    assert set(OBJECTS) == set(DECODERS)
    assert set(DECODERS) | {each.name for each in DERIVED} == set(LOOKS)


def test_the_samples_reach_every_field() -> None:
    """Else they would prove nothing: over the samples of a kind no field of text stays empty."""
    for kind, bodies in OBJECTS.items():
        rows = [DECODERS[kind](body) for body in bodies]
        empty = {name for name in rows[0].__struct_fields__ if all(getattr(row, name) in ("", (), {}) for row in rows)}
        assert empty <= {"labels"} if kind == "extensions" else not empty, (kind, empty)


@pytest.mark.parametrize("kind", OBJECTS)
@pytest.mark.parametrize("shape", ["{0}", "{1}{0}", "{0}{1}"])
def test_no_row_holds_anything_hostile(kind: str, shape: str) -> None:
    """Each text of the corpus in place of every string, behind it (so that beginnings stay known), and before it."""
    for text in (*CORPUS, MEAN):
        poison = partial(_mix, shape, text)
        for body in OBJECTS[kind]:
            row = DECODERS[kind](poisoned(body, poison))
            harmless(row)
            look = LOOKS[kind]
            harmless([look.haystack(row), *(column.text(row, NOW) for column in look.columns)])


def _poisoned_rows(poison: Callable[[str], str]) -> dict[str, dict[str, Any]]:
    rows = {kind: [DECODERS[kind](poisoned(body, poison)) for body in bodies] for kind, bodies in OBJECTS.items()}
    return {kind: {row.key: row for row in several} for kind, several in rows.items()}


@pytest.mark.parametrize("each", DERIVED, ids=lambda each: each.name)
def test_what_is_made_of_rows_is_clean_too(each: Any) -> None:
    known = {*LABELS, "Warning", "Pod", "Pending", "Failed", "True", "False"}
    for poison in (lambda text: text + MEAN, lambda text: text if text in known else text + MEAN):
        for row in each.compute(_poisoned_rows(poison), NOW):
            harmless(row)
            look = LOOKS[each.name]
            harmless([look.haystack(row), *(column.text(row, NOW) for column in look.columns)])


def test_the_summary_is_clean_too() -> None:
    from tui.core.facts import Changed

    store = Store()
    for kind, rows in _poisoned_rows(lambda text: text + MEAN).items():
        for row in rows.values():
            store.apply(Changed(kind, row, NOW))
    summary = summarise(store, NOW)
    harmless([summary, report(summary)])
    assert msgspec.json.decode(msgspec.json.encode(summary))["problems"]


@pytest.mark.parametrize("text", [*CORPUS, MEAN], ids=lambda text: ascii(text)[:20])
def test_findings_and_errors_are_clean_too(text: str) -> None:
    sizes = {text: text, "cpu": text, "memory": text}
    bad = {"kind": text, "apiVersion": text, "metadata": {"name": text}, text: text,
           "spec": {text: text, "nodeSelector": {text: text}, "resources": {text: 1, "requests": sizes,
               "limits": sizes}}}  # fmt: skip
    harmless([str(finding) for finding in validate(bad)])
    kinds = {text: {"nodeSelector": text, "resources": {"requests": sizes, "limits": {text: text}}}}
    harmless(
        [
            str(found)
            for found in attach_config.validate({text: text, "defaultInstanceType": text, "instanceTypes": kinds})
        ]
    )
    harmless([str(finding) for finding in parse(f"apiVersion: {text}\n{text}: {text}\n").findings])
    error = arm_error.decode({"code": text, "message": text, "target": text, "details": [{"message": text}]})
    harmless([*arm_error.lines(error), str(arm_error.innermost(error))] if error else [])


def test_our_own_words_are_clean() -> None:
    harmless([setting.meaning for setting in CATALOGUE])
