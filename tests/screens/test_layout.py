"""The overview's heights: all rows used, none invented, the least before the most."""

from hypothesis import given
from hypothesis import strategies as st

from tui.screens.layout import Want, allot

wants = st.builds(
    lambda least, must, most: Want(least, least + must, least + must + most),
    st.integers(1, 4),
    st.integers(0, 30),
    st.integers(0, 200),
)


@given(st.integers(0, 100), st.lists(wants, min_size=1, max_size=6))
def test_heights_add_up(height: int, asked: list[Want]) -> None:
    got = allot(height, asked)
    assert sum(got) == height
    assert all(rows >= 0 for rows in got)


@given(st.lists(wants, min_size=2, max_size=6))
def test_room_for_the_least_gives_everyone_the_least(asked: list[Want]) -> None:
    got = allot(sum(want.least for want in asked), asked)
    assert got == [want.least for want in asked]


def test_trouble_is_shown_before_healthy_rows() -> None:
    pods, jobs = Want(2, 6, 6), Want(2, 3, 40)
    assert allot(12, [pods, jobs]) == [6, 6]
    assert allot(9, [pods, jobs]) == [6, 3]
