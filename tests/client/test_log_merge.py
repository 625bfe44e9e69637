"""Many logs as one: each line once, each log in its own order, and all sorted when none is later than the patience."""

from __future__ import annotations

import random
from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from tests.client.kubelet import stamp
from tui.client.log_events import Ended, Restarted
from tui.client.log_merge import Batch, Merge, Said
from tui.client.log_seen import stamp_of

HOLD = 0.3
Out = list[Batch | Said]


def nine(nanos: int) -> str:
    return f"2026-01-02T03:{4 + nanos // 60_000_000_000:02d}:{nanos // 10**9 % 60:02d}.{nanos % 10**9:09d}Z"


def lines_of(found: Iterable[Batch | Said]) -> list[tuple[int, bytes]]:
    """Source and line of each."""
    result: list[tuple[int, bytes]] = []
    for batch in found:
        if isinstance(batch, Batch):
            lines = batch.data.split(b"\n")[:-1]
            assert len(batch.sources) in (0, len(lines))
            result += zip(batch.sources or bytes(len(lines)), lines, strict=True)
    return result


def drained(merge: Merge, now: float) -> Out:
    """All that may be taken now."""
    found: Out = []
    while some := merge.take(now):
        found += some
    return found


def ended(merge: Merge, count: int, now: float) -> Out:
    for source in range(count):
        merge.end(source)
    return drained(merge, now)


writes = st.tuples(
    st.integers(0, 3), st.sampled_from([0, 1, 10**7, 10**8, 10**9]), st.integers(1, 4), st.floats(0, 0.5)
)


@given(st.lists(writes, max_size=40), st.sampled_from([nine, stamp]), st.booleans())
def test_each_line_comes_once_and_in_the_order_of_its_log(
    plan: list[tuple[int, int, int, float]], form: object, remarks: bool
) -> None:
    """Whatever comes when: timestamps that go back, equal ones, lines without one."""
    assert callable(form)
    merge, now, at, wanted = Merge(HOLD, 1.0), 0.0, 0, [[], [], [], []]  # type: ignore[var-annotated]
    for source in range(4):
        merge.begin(source, now)
    found: Out = []
    for number, (source, nanos, count, passed) in enumerate(plan):
        at = at + nanos if number % 7 else max(0, at - nanos)
        lines = [f"{form(max(0, at - n % 2 * 10**7))} {number} {n}".encode() for n in range(count)]
        if remarks and number % 3 == 0:
            lines[0] = b"a remark %d" % number
        wanted[source] += lines
        merge.lines(source, b"".join(line + b"\n" for line in lines), now)
        now += passed
        found += drained(merge, now)
    found += ended(merge, 4, now)
    given_ = lines_of(found)
    assert [[line for each, line in given_ if each == source] for source in range(4)] == wanted
    assert merge.due(now) is None


@given(
    st.lists(st.lists(st.tuples(st.integers(0, 10**8), st.floats(0, 0.29)), max_size=15), min_size=2, max_size=5),
    st.booleans(), st.integers(0, 9),
)  # fmt: skip
def test_all_is_sorted_when_no_line_is_later_than_the_patience(
    plans: list[list[tuple[int, float]]], zone: bool, seed: int
) -> None:
    """Each line comes at most 0.29 s after it was written, after the ones before it of its own log."""
    arrivals: list[tuple[float, int, int]] = []
    for source, plan in enumerate(plans):
        written, last = 0, 0.0
        for nanos, late in plan:
            written += nanos
            last = max(last, written / 1e9 + late)
            if last - written / 1e9 < 0.3:
                arrivals.append((last, source, written))
    merge, chance, found = Merge(HOLD, 0.3), random.Random(seed), Out()
    for source in range(len(plans)):
        merge.begin(source, 0.0)
    for at, source, written in sorted(arrivals):
        shifted = (
            nine(written).replace("T03:", "T05:").replace("Z", "+02:00") if zone and source == 1 else nine(written)
        )
        merge.lines(source, f"{shifted} of {source}\n".encode(), at)
        if chance.random() < 0.7:
            found += drained(merge, at)
    found += ended(merge, len(plans), 100.0)
    stamps = [stamp_of(line) for _source, line in lines_of(found)]
    assert len(stamps) == len(arrivals)
    assert stamps == sorted(stamps)


def test_nothing_waits_longer_than_its_patience() -> None:
    merge = Merge(HOLD, 1.0)
    for source in range(2):
        merge.begin(source, 0.0)
    merge.lines(0, f"{nine(0)} past\n".encode(), 0.1)
    merge.lines(1, f"{nine(5)} past\n".encode(), 0.1)
    drained(merge, 5.0)
    drained(merge, 6.0)
    merge.lines(0, f"{nine(10**9)} hello\n".encode(), 10.0)
    assert drained(merge, 10.2) == []
    assert 0.05 < (merge.due(10.2) or 0) < 0.15
    assert lines_of(drained(merge, 10.31)) == [(0, f"{nine(10**9)} hello".encode())]
    assert merge.due(10.4) is None


def test_nobody_is_waited_for_who_has_gone_on_already() -> None:
    merge = Merge(HOLD, 1.0)
    for source in range(2):
        merge.begin(source, 0.0)
        merge.lines(source, f"{nine(source)} past\n".encode(), 0.1)
    drained(merge, 5.0)
    merge.lines(0, f"{nine(10**9)} a\n".encode(), 10.0)
    merge.lines(1, f"{nine(10**9 + 5)} b\n".encode(), 10.0)
    assert lines_of(drained(merge, 10.0)) == [(0, f"{nine(10**9)} a".encode())]


def test_the_past_of_all_is_merged_as_a_whole_however_slowly_one_gives_it() -> None:
    merge, found = Merge(HOLD, 1.0), Out()
    for source in range(3):
        merge.begin(source, 0.0)
    merge.event(2, Restarted("waits"), 0.1)  # it has no log yet, and holds up nobody
    merge.lines(0, b"".join(f"{nine(n * 10**9)} fast\n".encode() for n in range(90)), 0.1)
    for step in range(9):  # ten seconds of log every 0.2 seconds: that is no log being written
        merge.lines(
            1, b"".join(f"{nine(n * 10**9 + 5)} slow\n".encode() for n in range(step * 10, step * 10 + 10)),
            0.2 + step * 0.2,
        )  # fmt: skip
        found += drained(merge, 0.3 + step * 0.2)
    assert len(lines_of(found)) > 100
    found += ended(merge, 3, 9.0)
    stamps = [stamp_of(line) for _source, line in lines_of(found)]
    assert len(stamps) == 180
    assert stamps == sorted(stamps)


def test_a_log_that_says_nothing_holds_up_the_others_for_a_moment_only() -> None:
    merge = Merge(HOLD, 1.0)
    for source in range(2):
        merge.begin(source, 0.0)
    merge.lines(0, f"{nine(0)} hello\n".encode(), 0.1)
    assert drained(merge, 0.9) == []
    assert (merge.due(0.9) or 0) > 0.05, "it is looked at now and then, not all the time"
    assert len(lines_of(drained(merge, 1.1))) == 1
    merge.begin(2, 5.0)  # who comes later holds up nobody
    merge.lines(0, f"{nine(10**9)} again\n".encode(), 5.0)
    assert len(lines_of(drained(merge, 5.31))) == 1


def test_what_happened_stands_between_the_lines_of_its_log() -> None:
    merge = Merge(HOLD, 1.0)
    for source in range(2):
        merge.begin(source, 0.0)
    same = nine(10**9)
    merge.lines(0, f"{same} old\n".encode(), 0.1)
    merge.event(0, Restarted("Error", 1), 0.1)
    merge.lines(0, f"{same} new\n".encode(), 0.1)
    merge.lines(1, f"{same} other\n{nine(2 * 10**9)} later\n".encode(), 0.1)
    merge.event(1, Ended("Completed", 0), 0.1)
    found = ended(merge, 2, 0.2)
    kinds = [each if isinstance(each, Said) else lines_of([each]) for each in found]
    restart = kinds.index(Said(0, Restarted("Error", 1)))
    before, after = lines_of(found[:restart]), lines_of(found[restart:])
    assert (0, f"{same} old".encode()) in before
    assert (0, f"{same} new".encode()) in after
    assert kinds[-1] == Said(1, Ended("Completed", 0))
    assert len(before) + len(after) == 4


def test_one_log_alone_passes_as_it_is() -> None:
    merge = Merge(HOLD, 1.0)
    merge.begin(0, 0.0)
    block = b"no stamp\n\xff\x00\r\n"
    merge.lines(0, block, 0.0)
    merge.event(0, Ended("Completed"), 0.0)
    assert merge.size(0) == len(block)
    assert merge.take(0.0) == [Batch(block), Said(0, Ended("Completed"))]
    assert merge.size(0) == 0
    merge.lines(0, f"{nine(0)} a\n".encode(), 0.1)
    merge.begin(1, 0.1)
    merge.lines(0, f"{nine(1)} b\n".encode(), 0.1)
    assert [line for _source, line in lines_of(ended(merge, 2, 9.0))] == [
        f"{nine(0)} a".encode(),
        f"{nine(1)} b".encode(),
    ]


def test_what_is_held_is_counted_to_the_byte() -> None:
    merge = Merge(HOLD, 1.0)
    for source in range(2):
        merge.begin(source, 0.0)
    block = b"".join(f"{nine(n)} x\n".encode() for n in range(1000))
    merge.lines(0, block, 0.1)
    assert merge.size(0) == len(block)
    merge.lines(1, f"{nine(500)} y\n".encode(), 0.1)
    drained(merge, 0.1)
    assert merge.size(0) == len(block) - len(f"{nine(0)} x\n") * 501
    drained(merge, 9.0)
    assert merge.size(0) == 0
