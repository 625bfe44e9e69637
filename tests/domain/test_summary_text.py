"""The summary as text: problems first, readable at 80 columns, a word beside every glyph."""

from __future__ import annotations

import pytest

from tests.domain.build import NOW
from tests.domain.targets import CRASHING, PODS, WRONG, store
from tui.core.health import ASCII_GLYPHS
from tui.domain.summary import report, summarise


def test_the_worst_comes_first_and_long_lists_become_a_count() -> None:
    crashing = [
        {**CRASHING, "metadata": {**CRASHING["metadata"], "name": f"gateway-6676d6c959-{i}"}} for i in range(50)
    ]
    summary = summarise(store(pods=[*PODS, *crashing], extensions=[]), NOW)
    assert [one.health for one in summary.problems] == ["broken"] * 50 + ["warning"]
    lines = report(summary)
    assert lines[0] == "✖ something wrong: 51 problems"
    assert "  and 31 more" in lines


@pytest.mark.parametrize("case", WRONG)
def test_it_reads_at_80_columns_without_colour(case: str) -> None:
    summary = summarise(store(**WRONG[case][0]), NOW)
    lines = report(summary)
    assert all(len(line) <= 80 for line in lines)
    assert lines[0] == "✖ something wrong: 1 problem"
    problem = summary.problems[0]
    assert lines[1][2:].startswith(f"{problem.health:<8} {problem.what}"[:60])
    folded = " ".join(" ".join(lines).split())
    assert " ".join(f"{problem.what}: {problem.why}".split()) in folded
    ascii_lines = report(summary, ASCII_GLYPHS)
    assert ascii_lines[0] == "x something wrong: 1 problem"


def test_a_name_longer_than_the_line_is_not_lost() -> None:
    long = {**CRASHING, "metadata": {**CRASHING["metadata"], "name": "x" * 200}}
    assert "x" * 80 in "".join(line.strip() for line in report(summarise(store(pods=[*PODS, long]), NOW)))
