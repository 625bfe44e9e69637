"""The heavy packages come when they are needed, in a thread: importing the session imports none of them."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("aiohttp", "kubernetes", "azure", "msal", "requests", "urllib3", "pydantic", "cryptography", "textual")
PROBE = """
import sys
import tui.session
print(sorted(name for name in {heavy!r} if name in sys.modules))
import tui.client.arm, tui.client.logs, tui.client.kube, tui.client.credential
print(sorted(name for name in {heavy!r} if name in sys.modules))
"""


def test_the_session_and_the_clients_import_nothing_heavy() -> None:
    found = subprocess.run(
        [sys.executable, "-c", PROBE.format(heavy=HEAVY)], capture_output=True, text=True, check=True
    )  # fmt: skip
    assert found.stdout.split("\n")[:2] == ["[]", "[]"]


def test_a_first_request_imports_the_kubernetes_package_in_another_thread() -> None:
    probe = """
import asyncio, sys, threading, builtins
from tui.client.choice import Choice
from tui.client.connection import Connection
real, where = builtins.__import__, set()
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name in ("kubernetes", "kubernetes.aio", "aiohttp"):
            where.add((name, threading.current_thread() is threading.main_thread()))
sys.meta_path.insert(0, Finder())
async def main():
    connection = Connection(Choice("c", "https://127.0.0.1:1", {}, {}))
    await connection.open()
    await connection.close()
asyncio.run(main())
print(sorted(where))
"""
    found = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[('aiohttp', False), ('kubernetes', False), ('kubernetes.aio', False)]"
