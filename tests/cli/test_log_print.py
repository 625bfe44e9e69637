"""How lines of logs are printed, and what is said beside them."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.client.kubelet import stamp
from tui.cli.log_print import Look, Named, Printer, bare
from tui.client.log_group import Batch, Said
from tui.client.logs import Broken, Ended, LogEvent, Refused, Restarted, Resumed
from tui.core.errors import Problem

TWO = [Named("ns/a-worker-0", "main", "worker-0"), Named("ns/a-worker-10", "main", "worker-10")]
AT = b"2026-01-02T03:04:05.000000001Z "


def printed(*lines: tuple[int, str], **look: Any) -> str:
    out = io.BytesIO()
    printer = Printer(TWO, Look(**look), out, lambda _words: None)
    data = b"".join(AT + text.encode() + b"\n" for _source, text in lines)
    printer.lines(Batch(data, bytes(source for source, _text in lines)))
    return out.getvalue().decode()


stamps = st.one_of(
    st.just(AT.decode()), st.integers(0, 59 * 10**9).map(lambda at: stamp(at) + " "),
    st.just("2026-01-02T03:04:05.5+02:00 "), st.just(""),
)  # fmt: skip


@given(
    st.lists(st.tuples(stamps, st.text(st.characters(exclude_characters="\n", exclude_categories=("Cs",)))), min_size=1)
)
def test_timestamps_go_and_nothing_else(lines: list[tuple[str, str]]) -> None:
    lines = [(at, text) for at, text in lines if at or not text[:4].isdigit()]
    block = "".join(f"{at}{text}\n" for at, text in lines).encode()
    assert not lines or bare(block) == "".join(f"{text}\n" for _at, text in lines).encode()


def test_one_log_is_printed_as_it_is_but_for_its_timestamps_and_what_acts_on_a_terminal() -> None:
    assert printed((0, "a\tb"), (0, "\x1b[31mred\x1b[0m"), (0, "token=verysecret1")) == "a\tb\nred\ntoken=‹masked›\n"
    assert printed((0, "x"), timestamps=True) == AT.decode() + "x\n"
    assert printed((0, "\x1b[31mred"), colours=True) == "\x1b[31mred\x1b[0m\n"


def test_each_line_of_several_bears_its_worker() -> None:
    lines = ((0, "zero"), (1, "one"))
    assert printed(*lines, prefix=True) == "worker-0  │ zero\nworker-10 │ one\n"
    assert (
        printed(*lines, prefix=True, bar="|", timestamps=True)
        == f"worker-0  | {AT.decode()}zero\nworker-10 | {AT.decode()}one\n"
    )
    assert printed((0, "10%\r99%"), prefix=True) == "worker-0  │ 99%\n", "it does not go back over the name"
    assert printed((0, "10%\r99%")) == "10%\r99%\n"
    coloured = printed(*lines, prefix=True, colours=True).splitlines()
    assert [re.sub(r"\x1b\[\d*m", "", line) for line in coloured] == ["worker-0  │ zero", "worker-10 │ one"]
    assert coloured[0][:5] != coloured[1][:5]


def test_a_filter_looks_at_what_is_printed() -> None:
    lines = ((0, "loss 1"), (0, "\x1b[1mlo\x1b[0mss 2"), (0, "step"), (0, "password=hunter22"))
    assert printed(*lines, grep=re.compile(b"loss")) == "loss 1\nloss 2\n"
    assert printed(*lines, grep=re.compile(b"loss|hunter"), invert=True) == "step\npassword=‹masked›\n"
    assert printed(*lines, grep=re.compile(b"^2026")) == ""


def test_a_level_keeps_a_traceback_whole_and_each_log_by_itself() -> None:
    lines = (
        (0, "INFO fine"), (0, "Traceback (most recent call last):"), (1, "INFO well"), (0, '  File "x"'),
        (0, "ValueError: no"), (1, "  more"), (0, "INFO again"),
    )  # fmt: skip
    assert printed(*lines, level=3).splitlines() == [
        "Traceback (most recent call last):", '  File "x"', "ValueError: no",
    ]  # fmt: skip


def test_json_is_one_object_a_line() -> None:
    first, second = printed((0, 'a "b"'), (1, "\x00"), json=True).splitlines()
    assert json.loads(first) == {
        "time": AT.decode().rstrip(), "pod": "ns/a-worker-0", "container": "main", "text": 'a "b"',
    }  # fmt: skip
    assert json.loads(second)["text"] == "\ufffd"


TOLD: list[tuple[LogEvent, str]] = [
    (Broken("the stream ended", 0.0), "worker-0: broken, coming back: the stream ended"),
    (Resumed(3.0), "worker-0: reconnected after 3s, no line lost"),
    (Resumed(3.0, "a → b, log rotated"), "worker-0: reconnected after 3s, a gap: a → b, log rotated"),
    (Restarted("OOMKilled", 137), "worker-0: restarted: OOMKilled"),
    (Ended("Completed"), ""),
    (Refused(Problem("no such container", "prod")), "worker-0: prod: no such container"),
    (Refused(Problem('container "x" in pod "y" is waiting to start: Pull')), "worker-0: waits to start: Pull"),
    (Broken('400: container "x" in pod "y" is waiting to start: Pull', 0.0), "worker-0: waits to start: Pull"),
]


@pytest.mark.parametrize(("event", "words"), TOLD)
def test_what_happens_is_said_apart(event: LogEvent, words: str) -> None:
    out, said = io.BytesIO(), list[str]()
    printer = Printer(TWO, Look(), out, said.append)
    for _ in range(2):
        printer.said(Said(0, event))
    assert said == ([] if not words else [words] if "waits" in words else [words] * 2), "a wait is told once"
    assert out.getvalue() == b""
    assert printer.failed is isinstance(event, Refused)
