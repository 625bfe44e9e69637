"""Ports that are asked for, named by a spec, and led."""

from __future__ import annotations

from typing import Any

import pytest

from tui.core.health import Health
from tui.domain.forward import ForwardRow, Ports, SpecPort, judge, parsed, proposed, spec_ports


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("8080:80", Ports(8080, 80)),
        (":80", Ports(0, 80)),
        ("0:80", Ports(0, 80)),
        (" 8080 : 80 ", Ports(8080, 80)),
        ("8080", Ports(8080, 8080)),
        ("65535:65535", Ports(65535, 65535)),
    ],
)
def test_what_is_typed(typed: str, expected: Ports) -> None:
    assert parsed(typed) == expected
    assert judge(typed) == ""


@pytest.mark.parametrize(
    "typed", ["", ":", "80:", "80:0", "a:80", "80:b", "1:2:3", "65536:1", "1:65536", "-1:80", "１:80"]
)
def test_what_will_not_do_says_why(typed: str) -> None:
    assert judge(typed).startswith("LOCAL:REMOTE, the ")


def pod(*containers: tuple[str, list[dict[str, Any]]]) -> dict[str, Any]:
    return {"spec": {"containers": [{"name": name, "ports": ports} for name, ports in containers]}}


def test_the_ports_that_a_spec_names_those_of_the_container_first() -> None:
    found = spec_ports(
        pod(
            ("a", [{"containerPort": 9000, "name": "\x1b[31mweb"}, {"containerPort": 53, "protocol": "UDP"}]),
            ("b", [{"containerPort": 80, "protocol": "TCP"}, {"containerPort": "odd"}]),
        ),
        "b",
    )
    assert found == [SpecPort("b", 80, ""), SpecPort("a", 9000, "web")]
    assert [str(port) for port in found] == ["b 80", "a 9000 web"]
    assert proposed(found) == ":80", "a low local port is root's"
    assert proposed(found[1:]) == "9000:9000"
    assert proposed([]) == ""
    for odd in ({}, {"spec": {"containers": [7, {"ports": "x"}, {}]}}):
        assert spec_ports(odd, "") == []


def test_how_a_row_stands() -> None:
    row = ForwardRow("1", "ns/pod", 8080, 80, 0.0)
    assert (row.address, row.health) == ("127.0.0.1:8080", Health.GOOD)
    assert ForwardRow("1", "ns/pod", 8080, 80, 0.0, why="broke").health is Health.WARN
    assert ForwardRow("1", "ns/pod", 8080, 80, 0.0, over=True).health is Health.BAD
