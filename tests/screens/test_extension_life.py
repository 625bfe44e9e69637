"""The extension from its screen: preflight, the settings form, the plan, the run, and why it failed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.screens.deck import LARGE, SMALL, Driven, deck
from tui.demo.launch import launch
from tui.settings import Demo
from widgets.field import Field

pytestmark = pytest.mark.xdist_group("extension-life")


@pytest.fixture(scope="module")
def bare() -> Iterator[Demo]:
    """A cluster without the extension, time stands still."""
    with launch(seed=1, pods=0, speed=0.0, faults=("not-installed",)) as demo:
        yield demo


def audit(directory: Path) -> list[dict[str, str]]:
    path = directory / "audit.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


async def form(it: Driven, key: str) -> None:
    """Put the cursor of the settings form on a row."""
    it.app.screen.table.move_to(key)  # type: ignore[attr-defined]
    await it.until(lambda _: it.app.screen.table.cursor_key == key)  # type: ignore[attr-defined]


async def test_preflight_says_what_is_seen_and_what_follows(bare: Demo) -> None:
    async with deck(bare, LARGE) as it:
        await it.press("2")
        await it.until("not installed")
        await it.press("f")
        await it.until("an NVIDIA device plugin is there and will be used")
        assert "installNvidiaDevicePlugin=False" in it.text
        assert "in the way" not in it.lines[0]
        await it.press("G")
        await it.press("e")
        await it.until("SETTINGS amlarc-compute")
        assert "False" in it.line("installNvidiaDevicePlugin")


async def test_a_question_is_answered_with_yes_and_taken_back(bare: Demo) -> None:
    async with deck(bare, SMALL, context="arcdeck-demo-viewer") as it:
        await it.press("2")
        await it.until("not installed")
        await it.press("f")
        await it.until("2 to ask")
        assert "y yes" in it.lines[-1]
        await it.press("y")
        await it.until("1 to ask")
        assert it.line("yes: whether the CSI driver").startswith("●")
        await it.press("r")
        await it.until("yes: whether the CSI driver")
        await it.press("j")
        await it.until(lambda _: "y yes" not in it.lines[-1])
        await it.press("y")
        assert "1 to ask" in it.lines[0], "what implies no setting is no question"
        await it.press("e")
        await it.until("SETTINGS")
        await it.press("slash")
        await it.type("blobCsi")
        await it.until(lambda _: "False" in it.line("blobCsiDriverEnabled"))
        await it.press("enter", "escape", "escape")
        await it.until("PREFLIGHT")
        assert it.app.screen.table.cursor_key == "1"  # type: ignore[attr-defined]
        await it.press("k", "y")
        await it.until("2 to ask")


async def test_a_form_that_is_wrong_says_so_and_makes_no_plan(bare: Demo, tmp_path: Path) -> None:
    async with deck(bare, SMALL, state_dir=tmp_path) as it:
        await it.press("2", "e")
        await it.until("sound")
        await form(it, "enableTraining")
        await it.press("enter")
        await it.until("1 in the way")
        await it.press("ctrl+s")
        await it.until("not while something is in the way")
        assert it.app.screen.table.cursor_key == "enableInference", "it goes to the next"  # type: ignore[attr-defined]
        await form(it, "enableInference")
        await it.press("enter")
        await it.until("3 in the way")
        await form(it, "inferenceRouterServiceType")
        await it.press("enter")
        await it.until("2 in the way")
        await form(it, "allowInsecureConnections")
        await it.press("enter")
        await it.until(lambda _: "in the way" not in it.lines[0])
        await form(it, "version")
        await it.press("enter")
        await it.type("1.1.34")
        await it.press("enter")
        assert "1.1.34" in it.line("version")
        assert "False" in it.line("auto-upgrade"), "a pin switches auto-upgrade off"
        await it.press("escape")
        await it.until("Discard the settings?")
        await it.press("y")
        await it.until("attached to no workspace")
        assert not audit(tmp_path)


async def test_a_file_is_read_masked_and_never_exported(bare: Demo, tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    key.write_text("-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n")
    async with deck(bare, LARGE) as it:
        await it.press("2", "e")
        await it.until("sound")
        await form(it, "sslKeyPemFile")
        await it.press("enter")
        await it.until("@ and the path of a file")
        for letter in str(key):
            await it.pilot.press(
                "slash"
                if letter == "/"
                else "full_stop"
                if letter == "."
                else letter.replace("_", "underscore").replace("-", "minus")
            )
        await it.press("enter")
        await it.until(lambda _: "given" in it.line("sslKeyPemFile"))
        await it.press("x")
        await it.until("--config-protected")
        assert "sslKeyPemFile=@FILE" in it.text
        assert "c2VjcmV0" not in it.text


async def test_an_import_that_will_not_do_is_kept_to_be_mended(bare: Demo) -> None:
    async with deck(bare, SMALL) as it:
        await it.press("2", "e")
        await it.until("sound")
        await it.press("i")
        await it.until("import:")
        it.app.screen.query_one(Field).value = "--config cluster=x --config-protected sslKeyPemFile=/nowhere"
        await it.press("enter")
        await it.until("/nowhere: cannot be read")
        assert it.app.screen.query_one(Field).value.endswith("/nowhere")
        it.app.screen.query_one(Field).value = "az k8s-extension create --name azml --config enableTraining=true"
        await it.press("enter")
        await it.until("SETTINGS azml")
        assert "/nowhere" not in it.text


async def test_without_an_extension_nothing_is_offered_that_takes_one(bare: Demo, tmp_path: Path) -> None:
    async with deck(bare, SMALL, state_dir=tmp_path) as it:
        await it.press("2")
        await it.until("not installed")
        await it.until(lambda _: "e settings" in it.lines[-1])
        assert "w progress" not in it.lines[-1]
        assert "y yaml" not in it.lines[-1]
        await it.press("w", "y", "ctrl+d", "ctrl+k")
        assert "not installed" in it.lines[1]


async def test_installed_from_the_screen(tmp_path: Path) -> None:
    with launch(seed=1, pods=0, speed=60.0, faults=("not-installed",)) as demo:
        async with deck(demo, SMALL, state_dir=tmp_path) as it:
            await it.press("2", "e")
            await it.until("sound")
            await it.press("ctrl+s")
            await it.until("PLAN deploy amlarc-compute")
            assert "5 requests" in it.lines[0]
            await it.press("b")
            await it.until("created_by")
            assert not audit(tmp_path), "nothing is sent before the yes"
            await it.press("y")
            await it.until("DEPLOY amlarc-compute")
            await it.until("COMPONENTS")
            await it.press("escape")  # leaving stops nothing
            await it.until(lambda _: "● Installed" in it.text)
            await it.press("w")
            await it.until(lambda _: "● done" in it.lines[0])
            assert len(audit(tmp_path)) >= 8


async def test_after_a_failure_the_settings_open_with_what_the_cause_implies(tmp_path: Path) -> None:
    with launch(seed=1, pods=0, speed=60.0, faults=("not-installed", "fail-ownership-volcano")) as demo:
        async with deck(demo, SMALL, state_dir=tmp_path) as it:
            await it.press("2", "e")
            await it.until("sound")
            await it.press("ctrl+s")
            await it.until("PLAN deploy")
            await it.press("y")
            await it.until(lambda _: "◷ request" in it.lines[0] or "◷ waiting" in it.lines[0])
            assert "e settings" not in it.lines[-1]
            await it.until("set  installVolcano=False")
            assert it.lines[1] == "LIKELY CAUSE"
            await it.press("e")
            await it.until("SETTINGS")
            await form(it, "installVolcano")
            assert "False" in it.line("installVolcano  ")
            await it.press("escape")
            await it.until("LIKELY CAUSE")


async def test_read_only_can_look_but_not_run(bare: Demo, tmp_path: Path) -> None:
    async with deck(bare, SMALL, state_dir=tmp_path, read_only=True) as it:
        await it.press("2", "e")
        await it.until("sound")
        await it.press("ctrl+s")
        await it.until("PLAN deploy")
        assert "run it" not in it.lines[-1]
        await it.press("y")
        await it.until("read-only: nothing is sent")
        assert not audit(tmp_path)


async def test_deleting_wants_the_name(tmp_path: Path) -> None:
    with launch(seed=1, pods=0, speed=0.0, faults=()) as demo:
        async with deck(demo, SMALL, state_dir=tmp_path) as it:
            await it.press("2")
            await it.until("RESOURCE")
            await it.press("ctrl+d")
            await it.until("PLAN delete amlarc-compute")
            await it.press("y")
            await it.until("type amlarc-compute to go on")
            await it.type("amlarc")
            await it.press("enter")
            await it.until("that is something else; nothing was sent")
            await it.press("escape")
            await it.until("PLAN delete")
            await it.press("n")
            await it.until("RESOURCE")
            assert not audit(tmp_path)


async def test_a_forced_delete_is_a_choice_of_its_own(tmp_path: Path) -> None:
    with launch(seed=1, pods=0, speed=0.0, faults=()) as demo:
        async with deck(demo, SMALL, state_dir=tmp_path) as it:
            await it.press("2")
            await it.until("RESOURCE")
            assert "ctrl+k" not in it.lines[-1], "it is told in the help only"
            await it.press("question_mark")
            await it.until("Force the delete: ARM forgets it")
            await it.press("escape", "ctrl+k")
            await it.until("forced: ARM forgets the extension at once")
            await it.press("y")
            await it.until("type amlarc-compute to go on")
            await it.press("escape", "n")
            await it.until("RESOURCE")
            assert not audit(tmp_path)


async def test_lines_are_folded_at_words_and_anew_when_the_terminal_changes(bare: Demo) -> None:
    async with deck(bare, SMALL) as it:
        await it.press("2", "e")
        await it.until("sound")
        await it.press("ctrl+s")
        await it.until("PLAN deploy")
        at = next(number for number, line in enumerate(it.lines) if "PUT Microsoft.Relay/namespaces/" in line)
        assert it.lines[at + 1].strip().startswith("arcwest")
        await it.pilot.resize_terminal(160, 50)
        await it.until(lambda _: "namespaces/arcwest" in it.line("PUT Microsoft.Relay/namespaces/arcwest"))


async def test_what_was_begun_is_followed_after_a_restart(tmp_path: Path) -> None:
    with launch(seed=1, pods=0, speed=20.0, faults=("not-installed",)) as demo:
        async with deck(demo, SMALL, state_dir=tmp_path) as it:
            await it.press("2", "e")
            await it.until("sound")
            await it.press("ctrl+s")
            await it.until("PLAN deploy")
            await it.press("y")
            await it.until(lambda _: "install the extension amlarc-compute  following" in it.text)
        sent = [line for line in audit(tmp_path) if line["stage"] == "intent"]
        async with deck(demo, SMALL, state_dir=tmp_path) as it:
            await it.press("2", "w")
            await it.until("before arcdeck was started")
            await it.until(lambda _: "● done" in it.lines[0])
            assert [line for line in audit(tmp_path) if line["stage"] == "intent"] == sent, "nothing is sent twice"
