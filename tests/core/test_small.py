"""Health, facts, kinds, columns and problems: small values that everything stands on."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import Struct

from tui.core.errors import Problem
from tui.core.facts import Phase, Source
from tui.core.health import ASCII_GLYPHS, GLYPHS, WORDS, Health, worst
from tui.core.kind import Kind
from tui.core.table import Column


def test_every_health_has_a_sign_of_one_cell_and_a_word_of_its_own() -> None:
    for signs in (GLYPHS, ASCII_GLYPHS, WORDS):
        assert set(signs) == set(Health)
        assert len(set(signs.values())) == len(Health)
    assert all(len(sign) == 1 for signs in (GLYPHS, ASCII_GLYPHS) for sign in signs.values())
    assert all(sign.isascii() for sign in ASCII_GLYPHS.values())


def test_trouble_sorts_first() -> None:
    ladder = [Health.BAD, Health.WARN, Health.STALE, Health.UNKNOWN, Health.BUSY, Health.GOOD, Health.OFF]
    assert sorted(Health, reverse=True) == ladder
    assert worst(Health.GOOD, Health.WARN, Health.BUSY) is Health.WARN
    assert worst() is Health.GOOD


def test_a_source_is_known_once_it_answered() -> None:
    assert not Source("pods").known
    assert Source("pods").phase is Phase.OFF
    assert Source("pods", Phase.STALE, fresh=1.0).known


class _Row(Struct, frozen=True):
    key: str


def _kind(group: str, namespaced: bool) -> Kind:
    return Kind("things", group, "v1", "things", "Thing", namespaced, dict, _Row)


@pytest.mark.parametrize(
    ("kind", "namespace", "key", "collection", "path"),
    [
        (_kind("", True), None, "a/x", "/api/v1/things", "/api/v1/namespaces/a/things/x"),
        (_kind("", True), "a", "a/x", "/api/v1/namespaces/a/things", "/api/v1/namespaces/a/things/x"),
        (_kind("g.io", True), "a", "a/x", "/apis/g.io/v1/namespaces/a/things", "/apis/g.io/v1/namespaces/a/things/x"),
        (_kind("", False), "a", "x", "/api/v1/things", "/api/v1/things/x"),
        (_kind("g.io", False), None, "x", "/apis/g.io/v1/things", "/apis/g.io/v1/things/x"),
        (_kind("", True), "a?b", "a?b/x#%", "/api/v1/namespaces/a%3Fb/things",
         "/api/v1/namespaces/a%3Fb/things/x%23%25"),
        (_kind("", False), None, "system:x/y", "/api/v1/things", "/api/v1/things/system%3Ax%2Fy"),
    ],
)  # fmt: skip
def test_where_a_kind_lives(kind: Kind, namespace: str | None, key: str, collection: str, path: str) -> None:
    assert kind.path(namespace) == collection
    assert kind.object_path(key) == path


def test_a_resource_as_rbac_names_it() -> None:
    assert _kind("", True).resource == "things"
    assert _kind("g.io", True).resource == "things.g.io"


def test_a_problem_says_where() -> None:
    assert str(Problem("connection refused", "https://host")) == "https://host: connection refused"
    assert str(Problem("no answer")) == "no answer"


def test_a_column_without_an_order_sorts_by_text() -> None:
    column: Column[Any] = Column("name", "NAME", lambda row, _now: row.key, 4)
    assert column.sort is None
    assert column.text(_Row("x"), 0.0) == "x"
    assert not column.ages
