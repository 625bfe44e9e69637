"""LIST and GET: pages, what a continue token means, selectors, tables."""

from __future__ import annotations

import pytest

from tests.contract.backends import Backend
from tests.contract.kinds import CONFIG_MAPS, config_map, of, pod
from tests.demo.kube.town import Client
from tui.client.kube import KubeClient
from tui.client.wire import PageOfRows
from tui.core.errors import Problem


async def _filled(raw: Client, home: str, *names: str) -> None:
    for name in names:
        labels = {"letter": name, "vowel": str(name in "aeiou").lower()}
        status, made = await raw.ask("POST", of(home), config_map(name, labels, k=name))
        assert status == 201, made


async def _names(raw: Client, path: str, query: str) -> list[str]:
    found = await raw.get(f"{path}?{query}")
    return [item["metadata"]["name"] for item in found["items"]]


async def test_the_pages_of_a_list_are_the_whole_of_it_at_one_version(raw: Client, kube: KubeClient, home: str) -> None:
    await _filled(raw, home, *"abcde")
    pages = [page async for page in kube.list_pages(CONFIG_MAPS, home, limit=2)]
    assert all(isinstance(page, PageOfRows) for page in pages)
    keys = [row.key.rpartition("/")[2] for page in pages if isinstance(page, PageOfRows) for row in page.rows]
    assert [key for key in keys if len(key) == 1] == [*"abcde"]
    assert len({page.version for page in pages if isinstance(page, PageOfRows)}) == 1


async def test_later_pages_show_the_state_of_the_first(raw: Client, home: str) -> None:
    await _filled(raw, home, *"abc")
    first = await raw.get(of(home) + "?limit=1&labelSelector=letter")
    await raw.ask("DELETE", of(home, name="b"))
    await _filled(raw, home, "d")
    token = first["metadata"]["continue"]
    rest = await raw.get(f"{of(home)}?limit=5&labelSelector=letter&continue={token}")
    assert [item["metadata"]["name"] for item in rest["items"]] == ["b", "c"]
    assert rest["metadata"]["resourceVersion"] == first["metadata"]["resourceVersion"]


async def test_a_page_says_how_many_are_left_unless_a_selector_chooses(raw: Client, home: str) -> None:
    await _filled(raw, home, *"abc")
    plain = await raw.get(of(home) + "?limit=1")
    chosen = await raw.get(of(home) + "?limit=1&labelSelector=letter")
    assert plain["metadata"]["remainingItemCount"] >= 2
    assert "remainingItemCount" not in chosen["metadata"]


async def test_a_continue_token_older_than_the_history_is_410_and_says_how_to_go_on(
    backend: Backend, raw: Client, home: str
) -> None:
    await _filled(raw, home, *"abc")
    first = await raw.get(of(home) + "?limit=1")
    await _filled(raw, home, "d")
    backend.compact()
    status, said = await raw.ask("GET", f"{of(home)}?limit=1&continue={first['metadata']['continue']}")
    assert (status, said["reason"]) == (410, "Expired")
    assert said["message"].startswith("The provided continue parameter is too old to display a consistent list result.")
    assert set(said["metadata"]) == {"continue"}
    assert said["metadata"]["continue"] != first["metadata"]["continue"]
    again = await raw.get(f"{of(home)}?limit=9&continue={said['metadata']['continue']}")
    assert {"b", "c", "d"} <= {item["metadata"]["name"] for item in again["items"]}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("labelSelector=vowel%3Dtrue", "ae"),
        ("labelSelector=vowel!%3Dtrue,letter", "bc"),
        ("labelSelector=letter+in+(a,c)", "ac"),
        ("labelSelector=letter+notin+(a,c),letter", "be"),
        ("labelSelector=!nothing,letter", "abce"),
        ("fieldSelector=metadata.name%3Da", "a"),
        ("fieldSelector=metadata.name!%3Da&labelSelector=letter", "bce"),
        ("fieldSelector=metadata.name%3Da&labelSelector=vowel%3Dfalse", ""),
        ("labelSelector=letter+in+(a,b),vowel+notin+(true)", "b"),
        ("labelSelector=letter,!vowel", ""),
    ],
)
async def test_selectors_choose(raw: Client, home: str, query: str, names: str) -> None:
    await _filled(raw, home, *"abce")
    assert await _names(raw, of(home), query) == [*names]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("labelSelector=letter+in+a", "unable to parse requirement"),
        ("labelSelector=-x", "unable to parse requirement"),
        ("fieldSelector=data.k%3Da", '"data.k" is not a known field selector: only "metadata.name"'),
        ("fieldSelector=metadata.name", "can't understand 'metadata.name'"),
    ],
)
async def test_a_selector_that_cannot_be_read_is_a_bad_request(raw: Client, home: str, query: str, words: str) -> None:
    status, said = await raw.ask("GET", f"{of(home)}?{query}")
    assert (status, said["reason"]) == (400, "BadRequest")
    assert words in said["message"]


async def test_pods_are_chosen_by_node_and_by_phase(raw: Client, home: str) -> None:
    for body in (pod("here", "node-1"), pod("there", "node-2"), pod("nowhere")):
        status, made = await raw.ask("POST", of(home, "pods"), body)
        assert status == 201, made
    path = of(home, "pods")
    assert await _names(raw, path, "fieldSelector=spec.nodeName%3Dnode-1") == ["here"]
    assert "nowhere" in await _names(raw, path, "fieldSelector=status.phase%3DPending,spec.nodeName!%3Dnode-1")


async def test_what_is_not_there_is_404_in_words(kube: KubeClient, home: str) -> None:
    found = await kube.get(CONFIG_MAPS, f"{home}/none")
    assert isinstance(found, Problem)
    assert (found.status, found.code) == (404, "NotFound")
    assert found.what == 'configmaps "none" not found'
