"""Every table: filter, sort, namespaces, describe, YAML, and the cursor that stays on its object."""

from __future__ import annotations

import pytest

from tests.screens.deck import LARGE, Driven, deck
from tui.settings import Demo

pytestmark = pytest.mark.xdist_group("frozen")


def rows(it: Driven) -> list[str]:
    """The lines of the table that are rows."""
    return [line for line in it.lines[3:-2] if line.strip()]


async def test_each_digit_shows_its_screen(frozen: Demo) -> None:
    async with deck(frozen) as it:
        for key, words in (
            ("2", "provisioningState"), ("3", "RESTARTS"), ("4", "FITS NOW"), ("5", "STATE"), ("6", "no log chosen"),
            ("7", "POOL"), ("8", "REASON"), ("1", "INSTANCE TYPES"),
        ):  # fmt: skip
            await it.press(key)
            await it.until(words)
        assert len(it.lines) == 24


async def test_at_least_19_rows_at_80x24(frozen: Demo) -> None:
    async with deck(frozen) as it:
        await it.press("3", "0")
        await it.until("all namespaces")
        assert len(rows(it)) >= 19


async def test_filters(frozen: Demo) -> None:
    async with deck(frozen) as it:
        await it.press("3")
        await it.until("17/19 healthy")
        await it.press("slash")
        await it.type("relay")
        await it.until("/relay  2 of 19")
        await it.press("enter")
        assert all("relayserver" in row for row in rows(it))
        await it.press("slash", *["backspace"] * 5)
        await it.type("!running")
        await it.press("enter")
        await it.until("2 of 19")
        assert {"CrashLoop", "Completed"} == {word for word in ("CrashLoop", "Completed") if word in it.text}
        await it.press("slash", *["backspace"] * 8)
        await it.type("-l app=gateway")
        await it.press("enter")
        await it.until("1 of 19")
        assert "gateway" in rows(it)[0]
        await it.press("escape")
        await it.until("17/19 healthy")
        assert it.app.current_mode == "pods", "esc first clears the filter"


async def test_a_filter_that_hides_all_says_so(frozen: Demo) -> None:
    async with deck(frozen) as it:
        await it.press("7", "slash")
        await it.type("nosuchnode")
        await it.until("none of 12 nodes matches nosuchnode")


async def test_sort_and_reverse_and_trouble(frozen: Demo) -> None:
    async with deck(frozen) as it:
        await it.press("3")
        await it.until("worst first")
        await it.press("N")
        await it.until("by name")
        names = list(it.app.screen.rows.keys)  # type: ignore[attr-defined]
        assert len(names) == 19
        assert names == sorted(names)
        assert [row.split()[1][:12] for row in rows(it)] == [name.partition("/")[2][:12] for name in names]
        await it.press("R")
        await it.until("by name ▼")
        assert list(it.app.screen.rows.keys) == names[::-1]  # type: ignore[attr-defined]
        await it.press("T")
        await it.until("worst first")
        assert rows(it)[0].startswith("✖")


async def test_the_cursor_stays_on_its_object(frozen: Demo) -> None:
    async with deck(frozen) as it:
        await it.press("3")
        await it.until("worst first")
        await it.press("j", "j", "j")
        here = it.lines[-2]
        for keys in ("N", "R", "T", "0", "A"):
            await it.press(keys)
            await it.holds(lambda: it.lines[-2] == here)


async def test_namespaces(frozen: Demo) -> None:
    async with deck(frozen, LARGE) as it:
        await it.press("3", "0")
        await it.until("all namespaces")
        assert {"azureml", "kube-system", "ml-train"} <= set(it.text.split())
        await it.press("colon")
        await it.type("ns ml-train")
        await it.press("enter")
        await it.until("PODS ml-train")
        assert not any(row.split()[1] == "azureml" for row in rows(it))
        await it.press("n")
        await it.until(lambda text: "PODS ml-train" not in text)


async def test_describe_has_events_and_masks(frozen: Demo) -> None:
    async with deck(frozen, LARGE) as it:
        await it.press("5", "slash")
        await it.type("bert")
        await it.press("enter")
        await it.until("1 of")
        await it.press("colon")
        await it.type("pods ml-train")
        await it.press("enter")
        await it.until("PODS ml-train")
        await it.press("slash")
        await it.type("oomkilled")
        await it.press("enter", "d")
        text = await it.until("describe pods ml-train/")
        await it.until("Containers:")
        await it.press("slash")
        await it.type("Events:")
        await it.press("enter")
        text = await it.until("Events:")
        await it.press("escape", "escape", "y")
        await it.until("kind: Pod")
        whole = "\n".join(it.app.screen.view.all_lines())  # type: ignore[attr-defined]
        assert "‹masked›" in whole
        assert "managedFields" not in whole
        assert "AZUREML_RUN_ID" in whole, "a plain value stays"
        assert text


async def test_pod_containers_and_their_logs(frozen: Demo) -> None:
    async with deck(frozen) as it:
        await it.press("3")
        await it.until("worst first")
        await it.press("enter")
        await it.until("CONTAINER")
        assert "fluent-bit" in it.text
        await it.holds(lambda: "exit 1" in it.lines[-2])  # the container under the cursor in full
        await it.press("l")
        await it.until("no relay connection")
        await it.press("p")
        await it.until("previous run")
        await it.until("no relay connection")
        await it.press("escape")
        assert it.app.current_mode == "pods"


async def test_jobs_say_why_they_wait_or_failed(frozen: Demo) -> None:
    async with deck(frozen, LARGE) as it:
        await it.press("5")
        await it.until("worst first")
        for name, words in (
            ("bert-finetune-07", "OOMKilled"), ("gpt2-pretrain", "needs 4 GPUs, 2 free"), ("unet-seg", "FailedMount"),
        ):  # fmt: skip
            assert words in it.line(name)


async def test_nodes_and_events(frozen: Demo) -> None:
    async with deck(frozen, LARGE) as it:
        await it.press("7")
        await it.until("12/12 ready")
        assert "DiskPressure" in it.line("cpu-6")
        await it.press("d")
        await it.until("describe nodes cpu-6")
        await it.until("Allocatable:")
        await it.press("escape", "8")
        await it.until("warnings of")
        assert "BackOff" in it.text
        assert it.lines[3].startswith(("▲", "●"))


async def test_the_extension_page_shows_every_field_and_no_secret(frozen: Demo) -> None:
    async with deck(frozen, (160, 90)) as it:
        await it.press("2")
        text = await it.until("COMPUTES")
        for word in (
            "installState", "provisioningState", "Succeeded", "extensionType", "microsoft.azureml.kubernetes", "1.1.39",
            "releaseTrain", "autoUpgrade", "releaseNamespace", "identity", "enableTraining", "protected settings",
            "connectivity", "last heartbeat", "AuthorizationFailed", "relay",
        ):  # fmt: skip
            assert word in text
        assert "SharedAccessKey=" not in text


async def test_hidden_values_cannot_be_reached_by_yaml_of_the_extension(frozen: Demo) -> None:
    async with deck(frozen, (160, 90)) as it:
        await it.press("2", "y")
        await it.until("configurationProtectedSettings")
        assert "relayConnectionString" not in it.text


async def test_help_names_the_keys_of_the_screen(frozen: Demo) -> None:
    async with deck(frozen) as it:
        await it.press("3", "question_mark")
        await it.until("THIS SCREEN")
        for words in ("describe", "only what is wrong", "delete"):
            assert words in it.text
        await it.press("escape")
        assert "THIS SCREEN" not in it.text


async def test_the_command_line_completes_and_says_what_it_does_not_know(frozen: Demo) -> None:
    async with deck(frozen) as it:
        await it.press("colon")
        await it.type("ev")
        await it.press("tab", "enter")
        await it.until("warnings of")
        await it.press("colon")
        await it.type("pdos")
        await it.press("enter")
        await it.until("did you mean pods?")


async def test_a_moved_key_works_and_the_old_one_does_not(frozen: Demo) -> None:
    async with deck(frozen, keys={"screen.nodes": "X", "move.down": "J"}) as it:
        await it.press("7")
        assert it.app.current_mode == "overview"
        await it.press("3")
        await it.until("worst first")
        first = it.lines[-2]
        await it.press("j")
        assert it.lines[-2] == first
        await it.press("J")
        await it.holds(lambda: it.lines[-2] != first)
        await it.press("X")
        await it.until("12/12 ready")


async def test_the_command_line_completes_the_names_of_contexts(frozen: Demo) -> None:
    async with deck(frozen) as it:
        await it.press("colon")
        await it.type("ctx arcdeck-demo-v")
        await it.until("ctx arcdeck-demo-viewer")
