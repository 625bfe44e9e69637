"""Sign-in by device code: a code is shown, typed into a browser somewhere else, and waited for.

Owns the waiting. The credential exists only in its blocking form, so it waits in a thread that dies with the process:
quitting must not last until the code expires.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final, TypeVar

from msgspec import Struct

from tui.core.text import clean

T = TypeVar("T")
VALID: Final = 900
"""Seconds a code is good for, as Entra gives it out."""


class Asked(Struct, frozen=True):
    """A sign-in that waits for the operator."""

    url: str
    """To open in any browser."""
    code: str
    """To type there."""
    until: float
    """It is good until then, seconds since 1970."""


Prompt = Callable[[Asked | None], None]
"""Takes what to ask of the operator; None when that is over. Called on the loop."""


class DeviceCode:
    """One code at a time. A code that nobody typed is not followed by another until `again` is called."""

    def __init__(self, authority: str, tenant: str | None, prompt: Prompt) -> None:
        self._authority, self._tenant, self._prompt = authority, tenant, prompt
        self._credential: Any = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ignored = False

    def again(self) -> None:
        """The operator asked for another code."""
        self._ignored = False

    async def get_token(self, *scopes: str, **options: Any) -> Any:
        from azure.identity import CredentialUnavailableError

        if self._ignored:
            raise CredentialUnavailableError("the code was not used in time; refresh to get another")
        if self._credential is None:
            self._credential = self._make()
        self._loop = asyncio.get_running_loop()
        try:
            return await in_daemon(lambda: self._credential.get_token(*scopes, **options))
        except Exception:
            self._ignored = True
            raise
        finally:
            self._prompt(None)

    async def close(self) -> None:
        if self._credential is not None:
            self._credential.close()

    def _make(self) -> Any:
        from azure.identity import DeviceCodeCredential

        more = {"tenant_id": self._tenant} if self._tenant else {}
        return DeviceCodeCredential(authority=self._authority, prompt_callback=self._show, timeout=VALID, **more)

    def _show(self, uri: str, code: str, expires: Any) -> None:
        """Called in the thread."""
        asked = Asked(clean(uri), clean(code), expires.timestamp())
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop is closed: nobody would see it
                self._loop.call_soon_threadsafe(self._prompt, asked)


async def in_daemon(work: Callable[[], T]) -> T:
    """What `work` returns or raises, from a thread nobody waits for at the end of the process."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def settle(answer: T | None, error: BaseException | None) -> None:
        if done.done():
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(answer)  # type: ignore[arg-type]

    def run() -> None:
        answer: T | None = None
        failed: BaseException | None = None
        try:
            answer = work()
        except BaseException as error:
            failed = error
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, answer, failed)

    threading.Thread(target=run, name="device-code", daemon=True).start()
    return await done
