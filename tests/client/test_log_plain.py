"""Log bytes as they may be printed: exactly what cleaning and masking line by line makes of them."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.client import log_plain
from tui.client.log_plain import printable
from tui.core.redact import MASK, redact_text
from tui.core.text import clean

words = st.sampled_from([
    "loss=0.1", "tokens/s", "token: abc123def456ghi789jk", "Token=s3cretValue", "password = hunter2!", "PWD:longvalue1",
    "api_key='A1b2C3d4E5f6'", "AccountKey=" + "Ab1+" * 21 + "Ab==", "https://me:pass@host/x", "https://token@host",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc", "Bearer abcDEF123456789", "basic dXNlcjpwYXNz", "sig=abc%2Bdef&x",
    "SharedAccessSignature sr=x", "secret_name=x", "client_secret: Zm9vYmFyYmF6cXV4MTIzNDU2",
    "connection-string=Endpoint1", "\x00", "\xa0",
    "-----BEGIN PRIVATE KEY-----MIIE", "keyname=x", "key: value", "größe", "パスワード", "pa\u017fsword=verylong1",
    "to\u212aen=verylong12", "token_λ=verylong12", "100%|███ |", "a\u200bb", "e\u0301\u0301\u0301\u0301",
    "\u2028", "\ud7ff", "\ue000", "tokens: 12", "max_tokens=5", "secrets", "==", "://", "@", "key", "signature ",
])  # fmt: skip
texts = st.lists(st.one_of(words, st.text(max_size=6)), max_size=6).map(" ".join)
lines = texts.map(lambda text: re.sub(r"[\n\r\t]", "", text).encode("utf-8", "replace"))


@given(st.lists(st.one_of(lines, st.binary(max_size=20).map(lambda raw: re.sub(rb"[\n\r\t\x1b\x9b]", b"", raw)))))
def test_a_block_is_what_its_lines_are(block: list[bytes]) -> None:
    wanted = [redact_text(clean(line.decode("utf-8", "replace"))).encode("utf-8", "replace") for line in block]
    assert printable(b"".join(line + b"\n" for line in block)).split(b"\n")[:-1] == wanted


def test_letters_that_pass_unlooked_at_are_left_alone_by_cleaning() -> None:
    common = [chr(code) for code in range(0x20, 0x110000) if log_plain._COMMON.fullmatch(chr(code))]
    assert len(common) > 20_000
    assert [char for char in common if clean(char * 5) != char * 5] == []


HOSTILE = [
    (b"\x1b]0;title\x07text", b"text", b"text"),
    (b"\x1b[2J\x1b[Hgone", b"gone", b"gone"),
    (b"\x1b[31mred\x1b[0m text", b"red text", b"\x1b[31mred\x1b[0m text\x1b[0m"),
    (b"\x1b[31munclosed", b"unclosed", b"\x1b[31munclosed\x1b[0m"),
    (b"\x1b[38:2:1:2:3mtrue\x1b[?25l", b"true", b"\x1b[38:2:1:2:3mtrue\x1b[0m"),
    (b"\x1b]8;;http://x\x1b[31m\x07y", b"8;;http://x\xef\xbf\xbdy", None),
    (b"a\tb", b"a\tb", b"a\tb"),
    (b"10%\r50%\r100%\r", b"10%\r50%\r100%", b"100%"),
    (b"windows\r", b"windows", b"windows"),
    (b"\x00\x01\xff", "\ufffd\ufffd\ufffd".encode(), "\ufffd\ufffd\ufffd".encode()),
    (b"pass\x1b[1mword=\x1b[0mverysecret", f"password={MASK}".encode(), f"password={MASK}".encode()),
]


@pytest.mark.parametrize(("raw", "plain", "coloured"), HOSTILE)
def test_what_acts_on_a_terminal_goes_and_colours_stay_where_they_are_shown(
    raw: bytes, plain: bytes, coloured: bytes | None
) -> None:
    block = b"before\n" + raw + b"\nafter\n"
    if coloured is not None:
        assert printable(block).split(b"\n") == [b"before", plain, b"after", b""]
        assert printable(block, colours=True).split(b"\n") == [b"before", coloured, b"after", b""]
    shown = printable(block, colours=True)
    text = re.sub(r"\x1b\[[0-9;:]*m", "", shown.decode()).replace("\t", " ")
    assert [clean(line) for line in text.split("\n")] == text.split("\n")
    assert b"\x1b" not in printable(block)


def test_a_long_line_costs_no_square_of_it() -> None:
    began = time.perf_counter()
    for text in (b"=" * 2**19, b"a\r" * 2**18, b"token" * 100_000, b"\x1b[1m" * 100_000, b"\xff" * 2**19):
        printable(text + b"\n")
    assert time.perf_counter() - began < 15
