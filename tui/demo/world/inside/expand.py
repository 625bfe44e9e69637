"""Words of the shell into strings: variables, command output, splitting, globbing.

Must not know commands.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

from tui.demo.world.inside.grammar import Output, Script, Text, Value, Word
from tui.demo.world.inside.state import State


class Expander:
    """Expands in the state of a shell; `output` runs a script and gives what it writes."""

    def __init__(self, state: State, output: Callable[[Script], Awaitable[str]]) -> None:
        self._state, self._output = state, output

    async def text(self, word: Word) -> str:
        """A word that stays one."""
        return "".join([await self._part(part) for part in word])

    async def words(self, words: Iterable[Word]) -> list[str]:
        """Words as a command gets them."""
        found: list[str] = []
        for word in words:
            found += await self._split(word)
        return found

    async def _split(self, word: Word) -> list[str]:
        if any(isinstance(part, Value) and part.name == "@" and part.quoted for part in word):
            return self._arguments(word)
        fields: list[str] = []
        current: str | None = None
        magic = False
        for part in word:
            text = await self._part(part)
            quoted = isinstance(part, Text) or part.quoted
            magic = magic or (not part.quoted and any(each in text for each in "*?["))
            if quoted:
                current = (current or "") + text
                continue
            pieces = text.split()
            if text[:1].isspace() and current is not None:
                fields, current = [*fields, current], None
            if pieces:
                fields += [(current or "") + pieces[0], *pieces[1:]]
                current = None if text[-1:].isspace() else fields.pop()
        fields += [] if current is None else [current]
        return self._globbed(fields) if magic else fields

    def _arguments(self, word: Word) -> list[str]:
        """`"$@"`, with what is written before and after it."""
        first = word[0].text if isinstance(word[0], Text) else ""
        last = word[-1].text if isinstance(word[-1], Text) else ""
        found = list(self._state.arguments)
        if not found:
            return [first + last] if first + last else []
        found[0] = first + found[0]
        found[-1] += last
        return found

    def _globbed(self, fields: list[str]) -> list[str]:
        found: list[str] = []
        for each in fields:
            found += self._state.view.matching(each) or [each]
        return found

    async def _part(self, part: Text | Value | Output) -> str:
        match part:
            case Text(text, quoted):
                home = self._state.env.get("HOME", "/")
                return home + text[1:] if not quoted and (text == "~" or text.startswith("~/")) else text
            case Output(script):
                return await self._output(script)
            case Value(name):
                return self._value(name) or part.otherwise

    def _value(self, name: str) -> str:
        state = self._state
        match name:
            case "?":
                return str(state.status)
            case "#":
                return str(len(state.arguments))
            case "@" | "*":
                return " ".join(state.arguments)
            case "0":
                return state.zero
            case "$":
                return "4211"
        if name.isdigit():
            place = int(name) - 1
            return state.arguments[place] if place < len(state.arguments) else ""
        return state.env.get(name, "")
