"""What we may do is asked once, first for the whole cluster, and again when an answer is old."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from tests.client.api import until
from tui.domain.rights import DELETE_POD, PATCH_TYPE, READ_LOG
from tui.session_rights import AGAIN, HOLDS, Rights

Answer = Callable[[str, str, str], bool | None]


class Api:
    """Answers reviews and remembers them."""

    def __init__(self, answer: Answer) -> None:
        self.answer, self.asked = answer, list[tuple[str, str, str]]()

    async def can_i(self, verb: str, resource: str, namespace: str = "", name: str = "") -> bool | None:
        self.asked.append((verb, resource, namespace))
        return self.answer(verb, resource, namespace)


class Time:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@asynccontextmanager
async def rights(api: Api, time: Time) -> AsyncIterator[Rights]:
    made = Rights(api, time)
    task = asyncio.create_task(made.run())
    yield made
    task.cancel()


async def test_what_holds_everywhere_is_asked_once() -> None:
    api, time = Api(lambda *_: True), Time()
    async with rights(api, time) as made:
        assert made.may(READ_LOG, "a") is None
        await until(lambda: made.may(READ_LOG, "a") is True)
        assert made.may(READ_LOG, "b") is True
        assert api.asked == [("get", "pods/log", "")]


async def test_what_does_not_is_asked_of_the_namespace() -> None:
    api, time = Api(lambda _verb, _resource, namespace: namespace == "a"), Time()
    async with rights(api, time) as made:
        await until(lambda: made.may(DELETE_POD, "a") is True)
        await until(lambda: made.may(DELETE_POD, "b") is False)
        await until(lambda: made.may(DELETE_POD) is False)
        assert sorted(api.asked) == [("delete", "pods", ""), ("delete", "pods", "a"), ("delete", "pods", "b")]


async def test_a_kind_without_namespaces_is_asked_of_the_cluster_only() -> None:
    api, time = Api(lambda *_: False), Time()
    async with rights(api, time) as made:
        await until(lambda: made.may(PATCH_TYPE, "a") is False)
        assert api.asked == [("patch", "instancetypes.amlarc.azureml.com", "")]


async def test_old_answers_are_asked_for_again_a_no_sooner() -> None:
    api, time = Api(lambda *_: False), Time()
    async with rights(api, time) as made:
        await until(lambda: made.may(DELETE_POD) is False)
        api.answer = lambda *_: True
        time.now += AGAIN + 1
        assert made.may(DELETE_POD) is False, "the old answer stands until there is a new one"
        await until(lambda: made.may(DELETE_POD) is True)
        time.now += AGAIN + 1
        assert made.may(DELETE_POD) is True
        assert len(api.asked) == 2
        time.now += HOLDS
        made.may(DELETE_POD)
        await until(lambda: len(api.asked) == 3)


async def test_no_answer_is_no_refusal() -> None:
    api, time = Api(lambda *_: None), Time()
    async with rights(api, time) as made:
        made.may(DELETE_POD)
        await until(lambda: len(api.asked) == 1)
        assert made.may(DELETE_POD) is None
        assert len(api.asked) == 1
