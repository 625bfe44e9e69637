"""What can be done to a pod: asked first, on record, and absent where it may not be."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from tests.screens.deck import LARGE, SMALL, Driven, deck
from tui.domain.rights import EXEC, FORWARD
from tui.screens.forwards import ForwardsScreen
from tui.settings import Demo


def audit(directory: Path) -> list[dict[str, str]]:
    return [json.loads(line) for path in directory.glob("*audit*") for line in path.read_text().splitlines()]


async def at(it: Driven, text: str, namespace: str = "") -> str:
    """The cursor on the first pod that matches; its key."""
    await it.press("3")
    await it.until("worst first")
    screen = it.app.screen
    screen.show_namespace(namespace)  # type: ignore[attr-defined]
    screen.show_filter(text)  # type: ignore[attr-defined]
    await it.until(" of ")
    return str(screen.current.key)  # type: ignore[attr-defined]


async def asked(port: int, path: str) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    found = await reader.read(-1)
    writer.close()
    return found


async def test_a_port_of_a_pod_is_led_here_listed_and_stopped(frozen: Demo, tmp_path: Path) -> None:
    async with deck(frozen, SMALL, state_dir=tmp_path) as it:
        key = await at(it, "gateway")
        await it.press("F")
        await it.until("LOCAL:REMOTE: 8080:8080")
        assert "gateway 8080 http" in it.text
        await it.press("ctrl+u", "colon", "enter")
        await it.until("the remote port from 1 to 65535")
        await it.press("ctrl+u")
        await it.type(":8080")
        await it.press("enter")
        await it.until(f"Lead a port to {key}?"[:30])
        assert not audit(tmp_path)
        await it.press("y")
        await it.holds(lambda: it.app.session.forwards.count == 1)  # type: ignore[union-attr]
        assert it.app.session is not None
        forwards = it.app.session.forwards
        assert forwards is not None
        (row,) = forwards.rows
        assert (row.pod, row.remote) == (key, 8080)
        assert (await asked(row.local, "/")).startswith(b"HTTP/1.1 200")
        it.app.push_screen(ForwardsScreen())
        await it.until(row.address)
        await it.until(lambda _text: it.line(row.address).split()[3] == "0")
        await it.press("c")
        assert it.app.clipboard == row.address
        await it.press("ctrl+d")
        await it.until("no port leads to a pod")
        await it.holds(lambda: len(audit(tmp_path)) == 2)
        begun, ended = audit(tmp_path)
        assert begun["command"].endswith(f"port-forward pod/{key.partition('/')[2]} -n azureml :8080")
        assert (begun["stage"], ended["stage"], ended["outcome"].partition(" closed")[0]) == (
            "intent", "done", f"port {row.local}",
        )  # fmt: skip
        await it.press("escape")
        assert "PODS" in it.lines[1]


async def test_a_shell_asks_and_is_on_record_whatever_becomes_of_it(frozen: Demo, tmp_path: Path) -> None:
    """There is no terminal here to give away: that is one of the ways in which it fails."""
    async with deck(frozen, LARGE, state_dir=tmp_path) as it:
        key = await at(it, "6/6 Running")
        await it.press("x")
        await it.until(f"Open a shell in {key[:30]}")
        assert "cution-wrapper -- sh -c" in it.text
        await it.press("n")
        assert not audit(tmp_path)
        await it.press("x")
        await it.until("y  yes")
        await it.press("y")
        await it.until("there is no terminal to give to a shell")
        begun, ended = audit(tmp_path)
        assert (begun["stage"], begun["resource"], begun["key"]) == ("intent", "pods/exec", key)
        assert (ended["stage"], ended["outcome"]) == ("failed", "there is no terminal to give to a shell")
        await it.press("enter")
        await it.until(f"POD {key}")
        await it.press("home", "x")
        await it.until("does not run (Completed)")
        name = it.app.screen.table.cursor_key  # type: ignore[attr-defined]
        await it.press("c")
        assert it.app.clipboard == name
        await it.press("ctrl+d")
        await it.until("Delete pod")
        await it.press("n")
        assert len(audit(tmp_path)) == 2


async def test_the_yaml_and_the_address_of_the_run_on_the_clipboard(frozen: Demo, tmp_path: Path) -> None:
    async with deck(frozen, LARGE, state_dir=tmp_path) as it:
        key = await at(it, "6/6 Running")
        await it.press("C")
        await it.until("secrets masked")
        assert it.app.clipboard.startswith("apiVersion: v1\n")
        assert f"name: {key.partition('/')[2]}\n" in it.app.clipboard
        await it.press("U")
        await it.until("https://ml.azure.com/runs/")
        assert it.app.clipboard.startswith("https://ml.azure.com/runs/")
        assert "/workspaces/" in it.app.clipboard
        assert it.app.clipboard.split("=")[1] in it.text.replace("\n", ""), "all of it is seen"
        await it.press("escape")
        await at(it, "gateway", "azureml")
        before = it.app.clipboard
        await it.press("U")
        assert (it.app.clipboard, len(it.app.screen_stack)) == (before, 1)
        await it.press("question_mark")
        await it.until("Shell in the")
        assert "Studio" not in it.text


async def test_a_read_only_session_has_no_door_into_a_pod(frozen: Demo, tmp_path: Path) -> None:
    async with deck(frozen, LARGE, state_dir=tmp_path, read_only=True) as it:
        await at(it, "6/6 Running")
        assert "x shell" not in it.lines[-1]
        await it.press("x", "F", "ctrl+d")
        assert len(it.app.screen_stack) == 1
        await it.press("question_mark")
        await it.until("YAML to the")
        assert not any(words in it.text for words in ("Shell", "Forward", "ctrl+d"))
        await it.press("escape", "enter")
        await it.until("POD ")
        assert "x shell" not in it.lines[-1]
        await it.press("x", "F", "ctrl+d")
        assert len(it.app.screen_stack) == 2
        assert not audit(tmp_path)


async def test_who_may_not_is_told_before_anything_is_asked(frozen: Demo, tmp_path: Path) -> None:
    async with deck(frozen, LARGE, state_dir=tmp_path, context="arcdeck-demo-viewer") as it:
        key = await at(it, "6/6 Running")
        assert it.app.session is not None
        rights = it.app.session.rights
        assert rights is not None
        namespace = key.partition("/")[0]
        await it.holds(lambda: rights.may(EXEC, namespace) is False and rights.may(FORWARD, namespace) is False)
        await it.until(lambda _text: "x shell" not in it.lines[-1])
        await it.press("x")
        await it.until(f"not allowed here: get pods/exec in {namespace}")
        await it.press("F")
        await it.until(f"not allowed here: get pods/portforward in {namespace}")
        await it.press("enter")
        await it.until("POD ")
        await it.until(lambda _text: "x shell" not in it.lines[-1])
        assert not audit(tmp_path)
