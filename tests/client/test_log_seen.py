"""The resume rule of logs: timestamps of any zone and length, remarks without one, bursts, tails."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.client.kubelet import encode
from tui.client.log_seen import Seen, stamp_of

SAME = b"2026-01-02T03:04:05.5Z"


@pytest.mark.parametrize(
    ("line", "stamp"),
    [
        (b"2026-01-02T03:04:05Z x", b"2026-01-02T03:04:05.000000000"),
        (b"2026-01-02T03:04:05.12Z x", b"2026-01-02T03:04:05.120000000"),
        (b"2026-01-02T03:04:05.000000001Z x", b"2026-01-02T03:04:05.000000001"),
        (b"2026-01-02T01:04:05.5+02:00 x", b"2026-01-01T23:04:05.500000000"),
        (b"2025-12-31T22:04:05.5-05:30 x", b"2026-01-01T03:34:05.500000000"),
        (b"failed to create fsnotify watcher: too many open files", b""),
        (b"2026-13-45T03:04:05+02:00 x", b"2026-13-45T03:04:05.000000000"),
        (b"", b""),
    ],
)
def test_timestamps_compare_as_instants_do(line: bytes, stamp: bytes) -> None:
    assert stamp_of(line) == stamp


def resumed(lines: Sequence[bytes], given: int, tail: int | None = None, pieces: int = 1) -> list[bytes]:
    """What comes anew when the first `given` lines (of a tail) were given and all of the second comes again."""
    start = 0 if tail is None else len(lines) - tail
    seen = Seen()
    for at in range(start, start + given, pieces):
        seen.add(b"".join(line + b"\n" for line in lines[at : min(at + pieces, start + given)]))
    fresh = seen.filter()
    again = [line for line in lines if stamp_of(line)[:19] >= seen.since[:19].encode() or not stamp_of(line)]
    return b"".join(fresh(line + b"\n") for line in again).splitlines()


instants = st.lists(st.sampled_from([0, 0, 1, 10**8, 10**9, 10**9, 2 * 10**9]), min_size=1, max_size=20).map(sorted)


@given(instants, st.integers(1, 20), st.integers(1, 5), st.booleans())
def test_what_was_given_does_not_come_again_and_all_else_does(
    times: list[int], given: int, pieces: int, same: bool
) -> None:
    lines = encode((at, "same" if same else f"line {n}") for n, at in enumerate(times)).splitlines()
    given = min(given, len(lines))
    assert resumed(lines, given, pieces=pieces) == lines[given:]


def test_a_burst_of_one_instant_is_counted_not_compared() -> None:
    lines = [SAME + b" again"] * 30
    assert resumed(lines, 12) == lines[12:]


def test_what_a_tail_left_out_stays_out_though_it_bears_the_same_instant() -> None:
    lines = [SAME + b" line %d" % n for n in range(30)]
    assert resumed(lines, 5, tail=5) == []
    assert resumed(lines, 3, tail=5) == lines[28:]


def test_what_a_tail_left_out_stays_out_though_it_says_the_same() -> None:
    lines = [SAME + b" same"] * 3 + [b"2026-01-02T03:04:05.7Z a", b"2026-01-02T03:04:05.8Z b"]
    assert resumed(lines, 2, tail=3) == lines[4:]


def test_a_zone_of_its_own_is_resumed_in_utc() -> None:
    lines = [b"2026-01-02T01:04:0%d.5+02:00 line %d" % (n, n) for n in range(6)]
    seen = Seen()
    seen.add(lines[0] + b"\n")
    assert seen.since == "2026-01-01T23:04:00Z"
    assert resumed(lines, 3) == lines[3:]


def test_a_remark_of_the_kubelet_is_no_instant_to_resume_from() -> None:
    remark = b"unable to retrieve container logs for containerd://0123"
    lines = [SAME + b" a", remark, SAME + b" b"]
    seen = Seen()
    seen.add(b"\n".join(lines[:2]) + b"\n")
    assert seen.since == "2026-01-02T03:04:05Z"
    assert resumed(lines, 2) == [lines[2]]
    assert resumed(lines, 2, pieces=2) == [lines[2]]
    alone = Seen()
    alone.add(remark + b"\n")
    assert alone.since == ""
    assert alone.last == b""


def test_what_is_kept_for_a_resume_is_one_second_of_lines() -> None:
    seen = Seen()
    random.seed(1)
    for second in range(50):
        for _ in range(20):
            seen.add(encode([(second * 10**9 + random.randrange(10**9), "x" * 50)]))
    assert sum(len(block) for _newest, block in seen._blocks) < 20 * 200


def test_a_carriage_return_ends_no_line() -> None:
    """What a program writes after one may look like a line of its own."""
    lines = [SAME + b" 10%\r" + SAME + b" 20%\r" + SAME, SAME + b" b", SAME + b" c", SAME + b" d"]
    assert resumed(lines, 1) == lines[1:]
    assert resumed(lines, 2, pieces=2) == lines[2:]


def test_lines_of_two_streams_that_change_places_at_a_full_second_are_not_lost() -> None:
    """Standard output and error are stamped each by itself; the log may be cut between the two."""
    early, late = b"2026-01-02T03:04:04.999990000Z err", b"2026-01-02T03:04:05.000010000Z out"
    seen = Seen()
    seen.add(late + b"\n")
    assert seen.since == "2026-01-02T03:04:04Z"
    fresh = seen.filter()
    assert fresh(late + b"\n" + early + b"\n") == early + b"\n"


late_ones = st.lists(
    st.tuples(st.sampled_from([0, 1, 10**7, 10**8, 9 * 10**8]), st.integers(0, 4 * 10**7)), min_size=1, max_size=20
)


@given(late_ones, st.lists(st.integers(1, 20), min_size=1, max_size=6))
def test_lines_out_of_order_come_once_wherever_a_piece_ends(late: list[tuple[int, int]], cuts: list[int]) -> None:
    """The newest line of a piece may be neither its first nor its last."""
    at, lines = 10**9, list[bytes]()
    for number, (nanos, early) in enumerate(late):
        at += nanos
        lines += encode([(at - early, f"line {number}")]).splitlines()
    seen, found = Seen(), list[bytes]()
    for count in [*cuts, len(lines)]:
        fresh = seen.filter() if seen.last else bytes
        again = [line for line in lines if stamp_of(line)[:19] >= seen.since[:19].encode()]
        new = fresh(b"".join(line + b"\n" for line in again[:count]))
        if new:
            seen.add(new)
            found += new.splitlines()
    assert found == lines


def test_the_end_of_a_long_line_of_the_second_before_is_no_new_line() -> None:
    """Pieces of a line have timestamps of their own; asked from a second on, a kubelet gives the pieces since then."""
    seen = Seen()
    seen.add(b"2026-01-02T03:04:03.9Z begins and goes on for two seconds\n" + SAME + b" b\n")
    fresh = seen.filter()
    new = b"2026-01-02T03:04:05.6Z c\n"
    assert fresh(b"2026-01-02T03:04:05.1Z on for two seconds\n" + SAME + b" b\n" + new) == new


def test_a_clock_that_is_set_back_is_followed() -> None:
    """Else what is written after it would be asked for from a second that is an hour away."""
    seen = Seen()
    seen.add(SAME + b" a\n")
    seen.add(b"2026-01-02T02:04:06.5Z b\n")
    assert seen.since == "2026-01-02T02:04:06Z"
    assert seen.filter()(b"2026-01-02T02:04:06.5Z b\n2026-01-02T02:04:07Z c\n") == b"2026-01-02T02:04:07Z c\n"
