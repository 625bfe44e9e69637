"""Memory of a log: of a process that shows nothing else, with a hundred thousand lines and with a million."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.budgets.conftest import Judge

pytestmark = pytest.mark.budget

ROOT = Path(__file__).parents[2]
RUN = """
import asyncio, sys
from tests.budgets.deck import lines
from tests.terminal.stage import Stage, settle
from widgets.log_view import LogView

class Logs(Stage):
    def compose(self):
        yield LogView(decode=lambda raw: raw.decode("utf-8", "replace"), limit=int(sys.argv[1]), timestamps="time")

def held():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024

async def main():
    app, count = Logs(), int(sys.argv[1])
    async with app.run_test(size=(200, 50), headless=False) as pilot:
        view = app.query_one(LogView)
        await settle(pilot)
        before, size = held(), 0
        for number in range(0, count + 20_000, 400):
            chunk = lines(number, 400)
            size += len(chunk)
            view.append(chunk)
            await asyncio.sleep(0)
        view.filter("step 77")
        while "…" in view.filter_note or view.behind:
            await asyncio.sleep(0.01)
        view.filter("")
        view.min_level(None)
        await settle(pilot)
        assert view.count == count
        return before, held(), size / (count + 20_000) * count / 2**20

print(*asyncio.run(main()))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize(("count", "most", "beyond"), [(100_000, 100, 25), (1_000_000, 240, 40)])
def test_memory_of_a_process_with_a_log(judge: Judge, count: int, most: float, beyond: float) -> None:
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(count)], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    before, after, size = map(float, done.stdout.split())
    judge(f"memory of a process with {count:,} log lines", after, most, "MB")
    judge(f"  … beyond the app ({before:.0f} MB) and their bytes ({size:.0f} MB)", after - before - size, beyond, "MB")
