"""Programs in a container: what they say, how they end, and every way in which that fails."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from tests.client.api import client, refusal, running, until
from tests.client.node import V4, V5, Node
from tui.client import exec as module
from tui.client.exec import Chunk, Exited, Program, Ran, ending, exec_once, exec_stream, started
from tui.client.kube import KubeClient
from tui.core.errors import Problem


@asynccontextmanager
async def node(made: Node | None = None, **more: Any) -> AsyncIterator[tuple[Node, KubeClient]]:
    async with running() as api, client(api.url, **more) as kube, asyncio.timeout(10):
        api.handle = found = made or Node()
        yield found, kube


async def once(command: Sequence[str], made: Node | None = None, **more: Any) -> Ran | Problem:
    async with node(made) as (_node, kube):
        return await exec_once(kube, "ns/pod", "main", command, **more)


async def test_both_streams_and_the_exit_code() -> None:
    found = await once(["sh", "-c", "printf 'out\\0\\377'; printf err >&2; exit 3"])
    assert found == Ran(b"out\0\xff", b"err", 3)
    assert await once(["true"]) == Ran(b"", b"", 0)


@pytest.mark.parametrize("spoken", [V5, V4])
async def test_the_newest_protocol_that_both_speak(spoken: str) -> None:
    made = Node((spoken,))
    assert await once(["printf", "%s", "a  b", "c"], made) == Ran(b"a  bc", b"", 0)
    assert made.spoken == [spoken]
    assert made.commands == [["printf", "%s", "a  b", "c"]], "words stay words"


async def test_v5_goes_before_v4_and_a_server_of_neither_is_told() -> None:
    made = Node((V4, V5))
    await once(["true"], made)
    assert made.spoken == [V5]
    found = await once(["true"], Node(("v4.base64.channel.k8s.io",)))
    assert isinstance(found, Problem)
    assert found.what == "the server speaks none of v5.channel.k8s.io, v4.channel.k8s.io"


async def test_a_program_reads_to_the_end_of_its_input_where_that_can_be_told() -> None:
    async with node() as (_node, kube), started(kube, Program("ns/pod", "main", ("sort",), stdin=True)) as program:
        assert not isinstance(program, Problem)
        for part in (b"b\n", b"a\n" * 20_000):
            assert await program.send(part) is None
        assert await program.end_input() is None
        said = b""
        while isinstance(part := await program.receive(), Chunk):
            said += part.data
    assert said == b"a\n" * 20_000 + b"b\n"
    assert part == Exited(0)


async def test_the_size_of_a_terminal_is_told() -> None:
    async with node() as (here, kube):
        async with started(kube, Program("ns/pod", "main", ("cat",), stdin=True, tty=True)) as program:
            assert not isinstance(program, Problem)
            await program.resize(132, 43)
            await until(lambda: here.sizes)
            assert here.sizes == [{"Width": 132, "Height": 43}]
        await until(lambda: here.alive == 0)


async def test_nothing_is_left_behind_when_nobody_listens_any_more() -> None:
    async with node() as (here, kube):
        stream = exec_stream(kube, "ns/pod", "main", ["sh", "-c", "yes & wait"])
        assert isinstance(await anext(stream), Chunk)
        assert here.alive == 1
        await stream.aclose()
        await until(lambda: here.alive == 0)


async def test_one_that_says_too_much_or_takes_too_long() -> None:
    found = await once(["yes"], limit=100_000)
    assert isinstance(found, Problem)
    assert (found.code, found.what) == (module.TOO_MUCH, "yes said more than 100000 bytes")
    found = await once(["sleep", "60"], deadline=0.2)
    assert isinstance(found, Problem)
    assert found.what == "sleep did not end within 0.2 s"


async def test_an_image_without_the_program() -> None:
    made = Node()
    made.lacks = {"bash"}
    found = await once(["bash", "-l"], made)
    assert isinstance(found, Problem)
    assert (found.code, str(found)) == (module.NO_PROGRAM, "ns/pod: the image has no bash")


async def refused(answer: web.Response) -> Problem:
    made = Node()
    made.refuse = lambda _request: answer
    found = await once(["true"], made)
    assert isinstance(found, Problem)
    return found


async def test_a_refusal_says_in_the_servers_words_which_right_is_missing_and_what_to_ask_for() -> None:
    said = 'pods "pod" is forbidden: User "u" cannot get resource "pods/exec" in API group "" in the namespace "ns"'
    found = await refused(refusal(403, said))
    assert (found.status, found.what) == (403, said)
    assert "get and create on pods/exec" in found.next


async def test_a_container_that_is_not_there_is_told_alike_however_the_server_says_it() -> None:
    for answer in (
        refusal(400, "container main is not valid for pod pod"),
        web.Response(status=500, text='container not found ("main")'),
    ):
        found = await refused(answer)
        assert found.code == module.NO_CONTAINER
        assert found.what.startswith("container main does not run: ")
    late = (
        b'{"status":"Failure","message":"Internal error occurred: unable to upgrade connection: container not found"}'
    )
    told = ending(late, Program("ns/pod", "main", ("true",)))
    assert isinstance(told, Problem)
    assert told.code == module.NO_CONTAINER
    assert (await refused(refusal(404, 'pods "pod" not found'))).status == 404


async def test_a_connection_that_breaks_is_a_problem_and_no_exit() -> None:
    async with node() as (here, kube):
        stream = exec_stream(kube, "ns/pod", "main", ["sh", "-c", "echo a; exec sleep 60"])
        assert await anext(stream) == Chunk(b"a\n")
        here.break_all()
        found = await anext(stream)
        assert isinstance(found, Problem)
        assert found.code == "Broken"
        assert [each async for each in stream] == []


async def test_a_program_whose_connection_ends_politely_has_not_ended() -> None:
    async def leave(request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(protocols=(V5,))
        await socket.prepare(request)
        await socket.close()
        return socket

    async with running() as api, client(api.url) as kube:
        api.handle = leave
        found = await exec_once(kube, "ns/pod", "main", ["true"])
    assert isinstance(found, Problem)
    assert found.what == "the connection ended before the program did"


async def test_credentials_are_renewed_after_a_401(tmp_path: Any) -> None:
    file = tmp_path / "token"
    file.write_text("old")
    made = Node()

    def check(request: web.Request) -> web.Response | None:
        return None if request.headers["Authorization"] == "Bearer new" else refusal(401, "Unauthorized")

    made.refuse = check
    async with running() as api, client(api.url, {"tokenFile": str(file), "as": "jane"}) as kube:
        api.handle = made
        assert isinstance(await kube.version(), Problem)  # the old token is read, and held
        file.write_text("new")
        assert await exec_once(kube, "ns/pod", "main", ["true"]) == Ran(b"", b"", 0)
        assert api.asked[-1].headers["Impersonate-User"] == "jane"
        file.write_text("worse")
        await kube.connection.renew()
        made.refuse = lambda _request: refusal(401, "Unauthorized")
        found = await exec_once(kube, "ns/pod", "main", ["true"])
    assert isinstance(found, Problem)
    assert found.status == 401


async def test_a_read_only_session_runs_only_what_reads() -> None:
    async with node(read_only=True) as (here, kube):
        found = await exec_once(kube, "ns/pod", "main", ["true"])
        assert isinstance(found, Problem)
        assert found.code == "ReadOnly"
        assert here.commands == []
        assert await exec_once(kube, "ns/pod", "main", ["true"], reads=True) == Ran(b"", b"", 0)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (b'{"status":"Success"}', Exited(0)),
        (b'{"details":{"causes":[{"reason":"ExitCode","message":"137"}]}}', Exited(137)),
    ],
)
def test_what_a_status_says(status: bytes, expected: Exited) -> None:
    assert ending(status, Program("ns/pod", "main", ("x",))) == expected


@pytest.mark.parametrize(
    "status",
    [b"", b"[]", b"\xff", b'{"details":{"causes":[{"reason":"ExitCode","message":"many"}]}}', b'{"details":7}'],
)
def test_a_status_that_says_nothing_is_a_problem(status: bytes) -> None:
    assert isinstance(ending(status, Program("ns/pod", "main", ("x",))), Problem)


def test_the_words_of_a_status_are_clean() -> None:
    found = ending(b'{"message":"a\\u001b[31m\\nb","reason":"R"}', Program("ns/pod", "main", ("x",)))
    assert isinstance(found, Problem)
    assert (found.what, found.code) == ("a b", "R")
