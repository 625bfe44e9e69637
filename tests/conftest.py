"""What every test shares: the table of faults is printed at the end of a run."""

from __future__ import annotations

from tests.faults.table import pytest_terminal_summary

__all__ = ["pytest_terminal_summary"]
