"""Text of a shell script into a tree of commands.

Owns the grammar. Must not know what a command does.
"""

from __future__ import annotations

import re
from typing import Final

from tui.demo.world.inside import grammar
from tui.demo.world.inside.grammar import Command, Compound, Pipeline, Redirect, Script, Simple, Text, Word
from tui.demo.world.inside.words import Incomplete, Lexer, SyntaxProblem, Token

_REDIRECT: Final = re.compile(r"(\d*)(>>|>&|&>|<&|<|>)")
_ASSIGNS: Final = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=")
_ENDS: Final = frozenset({"then", "else", "elif", "fi", "do", "done", "}"})


def parse(text: str) -> Script:
    """The script. Raises SyntaxProblem."""
    tokens = Lexer(text, parse).tokens()
    reader = _Reader(tokens)
    script = reader.script(frozenset())
    if reader.peek is not None:
        raise SyntaxProblem(f'"{_shown(reader.peek)}" unexpected')
    return script


class _Reader:
    """Recursive descent."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens, self._at = tokens, 0

    @property
    def peek(self) -> Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def script(self, ends: frozenset[str]) -> Script:
        """Pipelines up to one of some words, which is left, or to what cannot begin a command."""
        steps: list[tuple[str, Pipeline]] = []
        before = ";"
        while True:
            while self.peek in (";", "\n") or (self.peek == "&" and before == ";"):
                self._at += 1
            if self.peek in (None, ")") or self._keyword() in ends:
                if before != ";":
                    raise Incomplete("end of file unexpected")
                return Script(tuple(steps))
            if self._keyword() in _ENDS:
                raise SyntaxProblem(f'"{self._keyword()}" unexpected')
            steps.append((before, self._pipeline()))
            before = ";"
            if self.peek in ("&&", "||"):
                before = str(self.peek)
                self._at += 1
            elif self.peek not in (None, ";", "\n", "&", ")") and self._keyword() not in ends:
                raise SyntaxProblem(f'"{_shown(self.peek)}" unexpected')

    def _keyword(self) -> str:
        """The word that comes next, where it is a plain one."""
        token = self.peek
        return token[0] if isinstance(token, tuple) else ""

    def _take(self, keyword: str) -> None:
        if self.peek is None:
            raise Incomplete(f'end of file unexpected (expecting "{keyword}")')
        if self._keyword() != keyword and self.peek != keyword:
            raise SyntaxProblem(f'"{_shown(self.peek)}" unexpected (expecting "{keyword}")')
        self._at += 1

    def _pipeline(self) -> Pipeline:
        negated = self._keyword() == "!"
        self._at += negated
        commands = [self._command()]
        while self.peek == "|":
            self._at += 1
            while self.peek == "\n":
                self._at += 1
            commands.append(self._command())
        return Pipeline(tuple(commands), negated)

    def _command(self) -> Command:
        made = self._compound()
        if made is None:
            return self._simple()
        redirects = []
        while (redirect := self._redirect()) is not None:
            redirects.append(redirect)
        return grammar.Redirected(made, tuple(redirects)) if redirects else made

    def _compound(self) -> Compound | None:
        word = self._keyword()
        if word == "if":
            return self._if()
        if word in ("while", "until"):
            self._at += 1
            condition = self.script(frozenset({"do"}))
            return grammar.Loop(condition, self._body(), word == "until")
        if word == "for":
            return self._for()
        if word == "{":
            self._at += 1
            body = self.script(frozenset({"}"}))
            self._take("}")
            return grammar.Group(body, own=False)
        if self.peek == "(":
            self._at += 1
            body = self.script(frozenset())
            self._take(")")
            return grammar.Group(body, own=True)
        return None

    def _if(self) -> grammar.If:
        self._at += 1
        condition = self.script(frozenset({"then"}))
        self._take("then")
        then = self.script(frozenset({"else", "elif", "fi"}))
        if self._keyword() == "elif":
            return grammar.If(condition, then, Script(((";", Pipeline((self._if(),))),)))
        otherwise = None
        if self._keyword() == "else":
            self._at += 1
            otherwise = self.script(frozenset({"fi"}))
        self._take("fi")
        return grammar.If(condition, then, otherwise)

    def _for(self) -> grammar.For:
        self._at += 1
        name, words = self._keyword(), None
        self._at += 1
        if self._keyword() == "in":
            self._at += 1
            found = []
            while isinstance(token := self.peek, tuple):
                found.append(token[1])
                self._at += 1
            words = tuple(found)
        while self.peek in (";", "\n"):
            self._at += 1
        return grammar.For(name, words, self._body())

    def _body(self) -> Script:
        self._take("do")
        body = self.script(frozenset({"done"}))
        self._take("done")
        return body

    def _simple(self) -> Simple:
        words: list[Word] = []
        assigned: list[tuple[str, Word]] = []
        redirects: list[Redirect] = []
        while True:
            redirect = self._redirect()
            token = self.peek
            if redirect is not None:
                redirects.append(redirect)
            elif isinstance(token, tuple):
                self._at += 1
                match = _ASSIGNS.match(token[0]) if not words else None
                if match is not None:
                    assigned.append((match[1], _without(token[1], len(match[0]))))
                else:
                    words.append(token[1])
            else:
                break
        if not (words or assigned or redirects):
            if self.peek is None:
                raise Incomplete("end of file unexpected")
            raise SyntaxProblem(f'"{_shown(self.peek)}" unexpected')
        return Simple(tuple(words), tuple(assigned), tuple(redirects))

    def _redirect(self) -> Redirect | None:
        token = self.peek
        match = _REDIRECT.fullmatch(token) if isinstance(token, str) else None
        if match is None:
            return None
        self._at += 1
        target = self.peek
        if not isinstance(target, tuple):
            raise (Incomplete if target is None else SyntaxProblem)("redirection unexpected")
        self._at += 1
        number = int(match[1]) if match[1] else 0 if match[2].startswith("<") else 1
        return Redirect(number, match[2], target[1])


def _without(word: Word, count: int) -> Word:
    """Without its first characters, which are plain."""
    first = word[0]
    assert isinstance(first, Text)
    return (Text(first.text[count:], first.quoted), *word[1:])


def _shown(token: Token | None) -> str:
    if token is None:
        return "end of file"
    return "newline" if token == "\n" else token if isinstance(token, str) else token[0]
