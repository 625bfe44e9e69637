"""What every test shares: the table of faults is printed at the end of a run; how many examples a property gets."""

from __future__ import annotations

from hypothesis import settings

from tests.faults.table import pytest_terminal_summary

__all__ = ["pytest_terminal_summary"]

settings.register_profile("usual", max_examples=40, deadline=None)
settings.register_profile("thorough", max_examples=1000, deadline=None)  # --hypothesis-profile=thorough
settings.load_profile("usual")
