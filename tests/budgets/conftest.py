"""The table of figures: what was measured beside what is allowed, printed at the end of a run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest


@dataclass(frozen=True)
class Figure:
    """One row of the table."""

    name: str
    measured: float
    budget: float
    unit: str
    least: bool

    @property
    def kept(self) -> bool:
        """Whether the budget is kept."""
        return self.measured >= self.budget if self.least else self.measured <= self.budget

    def __str__(self) -> str:
        limit = f"{'≥' if self.least else '≤'} {self.budget:,.6g} {self.unit}"
        found = f"{self.measured:,.3f}" if abs(self.measured) < 10 else f"{self.measured:,.0f}"
        return f"{self.name:<58} {limit:>18} {found.removesuffix('.000'):>12} {'' if self.kept else 'OVER'}".rstrip()


FIGURES = pytest.StashKey[list[Figure]]()

Judge = Callable[..., None]


@pytest.fixture
def judge(pytestconfig: pytest.Config) -> Judge:
    """`judge(name, measured, budget, unit, least=False)`: notes the figure, and fails when it is over its budget."""

    def note(name: str, measured: float, budget: float, unit: str, *, least: bool = False) -> None:
        figure = Figure(name, measured, budget, unit, least)
        pytestconfig.stash.setdefault(FIGURES, []).append(figure)
        assert figure.kept, str(figure)

    return note


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the table."""
    figures = config.stash.get(FIGURES, [])
    if figures:
        terminalreporter.section("budgets")
        terminalreporter.write_line(f"{'figure':<58} {'budget':>18} {'measured':>12}")
        for figure in figures:
            terminalreporter.write_line(str(figure))
