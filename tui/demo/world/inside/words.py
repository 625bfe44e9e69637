"""Text of a shell script into operators and words.

Owns quoting and what is expanded. Must not know the grammar of commands.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from tui.demo.world.inside.grammar import Output, Script, Text, Value, Word

_OPERATORS: Final = ("&&", "||", ">>", ">&", "&>", "<&", ";", "|", "<", ">", "(", ")", "&", "\n")
_NUMBERED: Final = re.compile(r"\d+(>>|>&|<&|<|>)")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|[0-9@*#?$!]")
_BRACED: Final = re.compile(r"\{([A-Za-z_0-9@*#?]+)(?::?-([^}]*))?\}")

Token = str | tuple[str, Word]
"""An operator, or a word and how it was written."""


class SyntaxProblem(Exception):
    """The text is no script. Its text says where."""


class Incomplete(SyntaxProblem):
    """The text may be the beginning of a script."""


class Lexer:
    """One pass over a text; `parse` makes scripts of what stands in `$(…)`."""

    def __init__(self, text: str, parse: Callable[[str], Script]) -> None:
        self._text, self._at, self._parse = text, 0, parse

    def tokens(self) -> list[Token]:
        """Operators and words. Raises SyntaxProblem."""
        found: list[Token] = []
        while self._skip_blanks():
            numbered = _NUMBERED.match(self._text, self._at)
            operators = [numbered[0]] if numbered else _OPERATORS
            operator = next((each for each in operators if self._text.startswith(each, self._at)), None)
            if operator is not None:
                self._at += len(operator)
                found.append(operator)
            else:
                start = self._at
                word = self._word()
                found.append((self._text[start : self._at], word))
        return found

    def _skip_blanks(self) -> bool:
        """Whether there is more."""
        text = self._text
        while self._at < len(text):
            if text[self._at] in " \t\r":
                self._at += 1
            elif text.startswith("\\\n", self._at):
                self._at += 2
            elif text[self._at] == "#":
                end = text.find("\n", self._at)
                self._at = len(text) if end < 0 else end
            else:
                return True
        return False

    def _word(self) -> Word:
        parts: list[Text | Value | Output] = []
        while self._at < len(self._text) and self._text[self._at] not in " \t\r\n;&|<>()":
            character = self._text[self._at]
            if character == "'":
                parts.append(Text(self._until("'"), quoted=True))
            elif character == '"':
                self._at += 1
                parts += self._quoted()
            elif character == "$":
                parts.append(self._expansion(quoted=False))
            elif character == "`":
                parts.append(Output(self._parse(self._until("`"))))
            elif character == "\\":
                parts.append(Text(self._text[self._at + 1 : self._at + 2], quoted=True))
                self._at += 2
            else:
                parts.append(Text(self._plain(" \t\r\n;&|<>()'\"$`\\")))
        return tuple(parts)

    def _plain(self, ends: str) -> str:
        start = self._at
        while self._at < len(self._text) and self._text[self._at] not in ends:
            self._at += 1
        return self._text[start : self._at]

    def _until(self, mark: str) -> str:
        """What is between two marks."""
        end = self._text.find(mark, self._at + 1)
        if end < 0:
            raise Incomplete("Unterminated quoted string")
        found = self._text[self._at + 1 : end]
        self._at = end + 1
        return found

    def _quoted(self) -> list[Text | Value | Output]:
        parts: list[Text | Value | Output] = [Text("", quoted=True)]
        while self._at < len(self._text):
            character = self._text[self._at]
            if character == '"':
                self._at += 1
                return parts
            if character == "$":
                parts.append(self._expansion(quoted=True))
            elif character == "`":
                parts.append(Output(self._parse(self._until("`")), quoted=True))
            elif character == "\\":
                after = self._text[self._at + 1 : self._at + 2]
                self._at += 2
                parts.append(Text(after if after in '"$`\\' else "" if after == "\n" else f"\\{after}", quoted=True))
            else:
                parts.append(Text(self._plain('"$`\\'), quoted=True))
        raise Incomplete("Unterminated quoted string")

    def _expansion(self, *, quoted: bool) -> Text | Value | Output:
        self._at += 1
        if self._text.startswith("(", self._at):
            return Output(self._parse(self._parenthesis()), quoted)
        braced = _BRACED.match(self._text, self._at)
        plain = _NAME.match(self._text, self._at)
        if braced is None and plain is None:
            return Text("$", quoted)
        match = braced or plain
        assert match is not None
        self._at = match.end()
        return Value(match[1], quoted, match[2] or "") if braced else Value(match[0], quoted)

    def _parenthesis(self) -> str:
        """What is between parentheses."""
        start, depth = self._at + 1, 0
        for at in range(self._at, len(self._text)):
            depth += {"(": 1, ")": -1}.get(self._text[at], 0)
            if depth == 0:
                self._at = at + 1
                return self._text[start:at]
        raise Incomplete('end of file unexpected (expecting ")")')
