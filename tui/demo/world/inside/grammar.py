"""What the lines of the shell are made of: a small part of the POSIX shell command language, as a tree.

Owns the shapes. How text becomes such a tree is in `parse`, what one does in `shell`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """Characters of a word."""

    text: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Value:
    """`$name`, `${name:-otherwise}`."""

    name: str
    quoted: bool = False
    otherwise: str = ""


@dataclass(frozen=True, slots=True)
class Output:
    """`$(script)`."""

    script: Script
    quoted: bool = False


Word = tuple[Text | Value | Output, ...]


@dataclass(frozen=True, slots=True)
class Redirect:
    """`2>/dev/null`: a descriptor, an operator, a target."""

    number: int
    operator: str
    target: Word


@dataclass(frozen=True, slots=True)
class Simple:
    """A command with its words; assignments before it."""

    words: tuple[Word, ...]
    assigned: tuple[tuple[str, Word], ...] = ()
    redirects: tuple[Redirect, ...] = ()


@dataclass(frozen=True, slots=True)
class If:
    """`if … then … else … fi`."""

    condition: Script
    then: Script
    otherwise: Script | None


@dataclass(frozen=True, slots=True)
class Loop:
    """`while … do … done`, `until … do … done`."""

    condition: Script
    body: Script
    until: bool


@dataclass(frozen=True, slots=True)
class For:
    """`for name in words; do … done`."""

    name: str
    words: tuple[Word, ...] | None
    body: Script


@dataclass(frozen=True, slots=True)
class Group:
    """`{ …; }`, `( … )`, with redirects."""

    body: Script
    own: bool
    """A subshell: what it changes stays in it."""


Compound = If | Loop | For | Group


@dataclass(frozen=True, slots=True)
class Redirected:
    """A compound command whose streams are led elsewhere."""

    body: Compound
    redirects: tuple[Redirect, ...]


Command = Simple | Compound | Redirected


@dataclass(frozen=True, slots=True)
class Pipeline:
    """`a | b`, `! a`."""

    commands: tuple[Command, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Script:
    """Pipelines, each with what stands before it: `;`, `&&` or `||`."""

    steps: tuple[tuple[str, Pipeline], ...]
