"""Which bytes of a file were taken: with real bytes, cut anywhere."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from tui.client import tail_bytes
from tui.client.tail_bytes import Anew, Taken, last_lines, spelled, window

MARK = "/logs/.//./std_log.txt"
lines = st.lists(st.binary(max_size=12).map(lambda line: line.replace(b"\n", b"") + b"\n"), max_size=12)


def fed(taken: Taken, data: bytes, cuts: list[int]) -> list[bytes | Anew]:
    places = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    pieces: list[bytes | Anew] = []
    for start, end in pairwise(places):
        pieces += taken.take(data[start:end])
    return pieces


def joined(pieces: list[bytes | Anew]) -> bytes:
    return b"".join(each if isinstance(each, bytes) else b"<ANEW>" for each in pieces)


@settings(max_examples=60)
@given(
    lines, st.binary(max_size=9).map(lambda rest: rest.replace(b"\n", b"")), st.lists(st.integers(0, 200), max_size=6)
)
def test_whole_lines_and_nothing_else_are_given_wherever_the_stream_is_cut(
    whole: list[bytes], rest: bytes, cuts: list[int]
) -> None:
    taken = Taken(MARK)
    data = b"".join(whole)
    assert joined(fed(taken, data + rest, cuts)) == data
    assert taken.offset == len(data)
    assert data.endswith(taken.context)
    assert taken.resume == len(data) - len(taken.context)
    taken.again()
    assert joined(fed(taken, rest, cuts)) == b"", "what was not whole comes again"
    assert taken.rest() == ([rest + b"\n"] if rest else [])


@settings(max_examples=60)
@given(
    lines, st.sampled_from([b"", b"half"]), lines, st.lists(st.integers(0, 400), max_size=6),
    st.sampled_from(["'%s' has been replaced;  following new file", "%s: file truncated",
                     "%s has been replaced; following end of new file", "'%s' has appeared;  following new file"]),
)  # fmt: skip
def test_a_remark_divides_the_old_file_from_the_new_to_the_byte(
    old: list[bytes], half: bytes, new: list[bytes], cuts: list[int], remark: str
) -> None:
    taken = Taken(MARK)
    before, after = b"".join(old), b"".join(new)
    told = f"tail: {remark % MARK}\n".encode()
    found = joined(fed(taken, before + half + told + after, cuts))
    assert found == before + (half + b"\n" if half else b"") + b"<ANEW>" + after
    assert taken.offset == len(after)


@settings(max_examples=40)
@given(lines, st.sampled_from([b"", b"half"]), st.lists(st.integers(0, 400), max_size=6))
def test_a_remark_about_something_else_leaves_no_trace(new: list[bytes], half: bytes, cuts: list[int]) -> None:
    taken = Taken(MARK)
    told = f"tail: '{MARK}' has become inaccessible: No such file or directory\n".encode()
    assert joined(fed(taken, b"a\n" + half + told + half + b"\n" + b"".join(new), cuts)) == (
        b"a\n" + half + half + b"\n" + b"".join(new)
    )


def test_a_line_of_the_file_that_looks_like_a_remark_is_a_line() -> None:
    taken = Taken(MARK)
    data = b"tail: '/logs/std_log.txt' has been replaced;  following new file\n"
    assert taken.take(data) == [data]
    assert taken.offset == len(data)


def test_a_line_without_an_end_is_given_in_pieces() -> None:
    taken = Taken(MARK)
    block = b"x" * (1 << 20)
    pieces = [piece for _ in range(9) for piece in taken.take(block)]
    assert [len(piece) for piece in pieces if isinstance(piece, bytes)] == [tail_bytes.LONGEST + 1] * 2
    assert taken.offset == 2 * tail_bytes.LONGEST


@settings(max_examples=100)
@given(lines, st.sampled_from([b"", b"half"]), st.integers(0, 14))
def test_the_last_lines_of_a_file(whole: list[bytes], half: bytes, wanted: int) -> None:
    head = b"".join(whole) + half
    place = last_lines(head, wanted)
    if wanted < len(whole):
        assert place is not None
        assert head[place:] == b"".join(whole[len(whole) - wanted :]) + half
    elif wanted:
        assert place is None, "the first line may have begun before"


def test_the_window_grows_until_it_is_the_whole_file() -> None:
    size, places = 10_000_000, [window(10_000_000, 100)]
    while places[-1]:
        places.append(window(size, 100, places[-1]))
    assert places == sorted(places, reverse=True)
    assert 3 <= len(places) <= 4
    assert window(500, 10) == window(500, None) == 0


def test_a_path_is_spelled_so_that_nobody_guesses_it_and_means_the_same() -> None:
    draws = iter([0.1, 0.9] * 20)
    found = spelled("/a/b.txt", lambda: next(draws))
    assert found == "/a/" + ".//" * 20 + "b.txt"
    assert spelled("b.txt", lambda: 0.9).startswith("./")
