"""Logs at any rate: how many lines a second, how long keys wait meanwhile, how much memory, how fast a search is.

Absolute figures have a slack of three or more over a quiet two-core machine, since test machines are shared.
"""

from __future__ import annotations

import asyncio
import gc
import re
import time
import tracemalloc

import pytest

from tests.budgets.conftest import Judge
from tests.budgets.deck import DeckLike, line, lines, mark
from tests.terminal.stage import Wire, plain_colours, settle, until, wire
from widgets.log_buffer import LogBuffer
from widgets.log_line import split, text_of
from widgets.log_search import LogSearch
from widgets.log_view import LogView

pytestmark = pytest.mark.budget

CHUNK = 400
"""Lines of one chunk off the network: 64 KB."""
SECONDS = 2.5


@pytest.fixture(autouse=True)
def _colours(monkeypatch: pytest.MonkeyPatch) -> None:
    plain_colours(monkeypatch)


@pytest.fixture(scope="module")
def chunks() -> list[bytes]:
    return [lines(n * CHUNK, CHUNK) for n in range(50)]


async def test_lines_a_second(judge: Judge, chunks: list[bytes]) -> None:
    app = DeckLike(driver_class=Wire)
    async with app.run_test(size=(200, 50), headless=False) as pilot:
        await settle(pilot)
        view = app.query_one(LogView)
        rates = []
        for _ in range(5):
            began, count = time.perf_counter(), 0
            while time.perf_counter() - began < 0.1:
                for chunk in chunks[:10]:
                    view.append(chunk)
                    count += CHUNK
                await asyncio.sleep(0)
            rates.append(count / (time.perf_counter() - began))
        judge("log lines taken in a second, at best", max(rates) / 1000, 1_000, "k/s", least=True)
        assert view.count == 100_000


async def test_keys_are_answered_in_a_flood(judge: Judge, chunks: list[bytes]) -> None:
    """A hundred thousand lines a second, in chunks as they come off a socket, and a key seven times a second."""
    app = DeckLike(driver_class=Wire)
    async with app.run_test(size=(200, 50), headless=False) as pilot:
        await settle(pilot)
        view = app.query_one(LogView)
        offered = asyncio.create_task(_offer(view, chunks))
        waits, used, began = [], time.process_time(), time.perf_counter()
        while not offered.done():
            wire(app).take()
            pressed = time.perf_counter()
            app.simulate_key("x")
            await until(lambda: mark(len(waits) + 1) in "".join(wire(app).written))
            waits.append(time.perf_counter() - pressed)
            await asyncio.sleep(0.14)
        used = (time.process_time() - used) / (time.perf_counter() - began)
        judge("100,000 lines/s offered, taken", await offered / 1000, 95, "k/s", least=True)
        judge("  … a key is answered within (median)", sorted(waits)[len(waits) // 2] * 1000, 30, "ms")
        judge("  … a key is answered within (worst)", max(waits) * 1000, 120, "ms")
        judge("  … processor", used * 100, 45, "%")


async def _offer(view: LogView, chunks: list[bytes]) -> float:
    """Give lines at the rate; the rate that came of it."""
    began, count = time.perf_counter(), 0
    while (passed := time.perf_counter() - began) < SECONDS:
        while count < passed * 100_000:
            view.append(chunks[count // CHUNK % len(chunks)])
            count += CHUNK
        await asyncio.sleep(0.004)
    return count / (time.perf_counter() - began)


def test_single_lines_are_cheap_too(judge: Judge) -> None:
    buffer, one = LogBuffer(100_000), line(1)
    began = time.perf_counter()
    for number in range(100_000):
        buffer.append(one)
        if number % 5_000 == 0:
            buffer.line(buffer.end - 1)
    judge("100,000 lines, one at a time", (time.perf_counter() - began) * 1000, 600, "ms")


def test_memory_of_a_line(judge: Judge, chunks: list[bytes]) -> None:
    size = sum(map(len, chunks)) / (CHUNK * len(chunks))
    gc.collect()
    tracemalloc.start()
    buffer = LogBuffer(100_000)
    for chunk in chunks * 10:
        buffer.append(bytes(bytearray(chunk)))
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert len(buffer) == 100_000
    judge(f"memory of a log line of {size:.0f} B, beyond its bytes", held / 100_000 - size, 6, "B")


@pytest.fixture(scope="module")
def buffer() -> LogBuffer:
    held = LogBuffer(100_000)
    for n in range(0, 100_000, CHUNK):
        held.append(lines(n, CHUNK))
    return held


@pytest.mark.parametrize(("text", "share"), [("nothing of it", 0.2), ("step 77777 ", 0.2), (r"step \d+77777 ", 0.3)])
def test_search(judge: Judge, buffer: LogBuffer, text: str, share: float) -> None:
    """Beside the loop one would write: decode each line, then look. Processor time: others use the machine too."""

    def visible(raw: bytes) -> str:
        return text_of(split(raw)[1], lambda part: part.decode("utf-8", "replace"))

    pattern = re.compile(text, re.IGNORECASE)
    began = time.process_time()
    expected = [n for n in range(buffer.first, buffer.end) if pattern.search(buffer.line(n)[0].decode())]
    plain_loop = time.process_time() - began
    search = LogSearch(text, visible, buffer.first, 0)
    longest, began = 0.0, time.process_time()
    for block in buffer.blocks(buffer.first):
        start = time.process_time()
        search.read(block)
        longest = max(longest, time.process_time() - start)
    took = time.process_time() - began
    assert search.matches == expected
    judge(f"100,000 lines searched for {text!r}", took * 1000, 100, "ms")
    judge(f"  … beside the plain loop ({plain_loop * 1000:.0f} ms)", took / plain_loop, share, "x")
    judge("  … the loop is held at most", longest * 1000, 30, "ms")
