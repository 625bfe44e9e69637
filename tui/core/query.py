"""The `/` filter: what was typed, as a predicate on a row's text and labels.

crash            rows that hold it, in any shown field, case ignored
!running         rows that do not
fail|oom         a regular expression, when it is one
-l app=gateway   labels: k=v, k!=v, k in (a,b), k notin (a,b), k, !k, joined by commas
-f rlsvr         fuzzy: the letters in this order
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from msgspec import Struct

Predicate = Callable[[str, Mapping[str, str]], bool]

_TERM: Final = re.compile(
    r"\s*(?:(?P<absent>!)\s*(?P<akey>[^\s=!,()]+)"
    r"|(?P<skey>[^\s=!,()]+)\s+(?P<set>in|notin)\s*\((?P<members>[^()]*)\)"
    r"|(?P<key>[^\s=!,()]+)\s*(?:(?P<op>==|=|!=)\s*(?P<value>[^\s,()]*))?)\s*(?:,|$)"
)


class Query(Struct, frozen=True):
    """A filter that was typed: its text, what it does, and what is wrong with it (then it lets all through)."""

    text: str
    matches: Predicate
    problem: str = ""

    def __bool__(self) -> bool:
        return bool(self.text)


def parse(text: str) -> Query:
    """The query of what was typed. Never raises: a half-typed filter is an everyday thing."""
    text = text.strip()
    if not text or text in ("!", "-l", "-f"):
        return Query(text if text != "!" else "", _all)
    if text.startswith("-l "):
        return _labels(text)
    if text.startswith("-f "):
        pattern = ".*?".join(re.escape(letter) for letter in text[3:].replace(" ", ""))
        return _regex(text, pattern)
    if text.startswith("!"):
        inner = parse(text[1:])
        return Query(text, lambda hay, labels: not inner.matches(hay, labels), inner.problem)
    return _regex(text, text)


def _all(_hay: str, _labels: Mapping[str, str]) -> bool:
    return True


def _regex(text: str, pattern: str) -> Query:
    if pattern == re.escape(pattern):
        needle = pattern.casefold()
        return Query(text, lambda hay, _labels: needle in hay.casefold())
    try:
        search = re.compile(pattern, re.IGNORECASE).search
    except re.error as error:
        needle = text.casefold()
        return Query(text, lambda hay, _labels: needle in hay.casefold(), f"not a pattern ({error}): taken as text")
    return Query(text, lambda hay, _labels: search(hay) is not None)


def label_selector(text: str) -> Callable[[Mapping[str, str]], bool] | None:
    """A Kubernetes label selector as a predicate on labels, or None when it is not one."""
    tests: list[Callable[[Mapping[str, str]], bool]] = []
    position = 0
    while position < len(text):
        term = _TERM.match(text, position)
        if term is None or term.end() == position:
            return None
        tests.append(_test(term))
        position = term.end()
    return lambda labels: all(test(labels) for test in tests)


def _test(term: re.Match[str]) -> Callable[[Mapping[str, str]], bool]:
    if term["absent"]:
        absent = term["akey"]
        return lambda labels: absent not in labels
    if term["set"]:
        key, inside = term["skey"], term["set"] == "in"
        members = {member.strip() for member in term["members"].split(",")}
        return lambda labels: (labels.get(key) in members) is inside
    key, op, value = term["key"], term["op"], term["value"]
    if op is None:
        return lambda labels: key in labels
    if op == "!=":
        return lambda labels: labels.get(key) != value
    return lambda labels: labels.get(key) == value


def _labels(text: str) -> Query:
    selector = label_selector(text[3:].strip())
    if selector is None:
        return Query(text, _all, "not a label selector")
    return Query(text, lambda _hay, labels: selector(labels))
