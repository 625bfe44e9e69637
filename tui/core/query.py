"""The `/` filter: what was typed, as a predicate on a row's text and labels.

crash            rows that hold it, in any shown field, case ignored
!running         rows that do not
fail|oom         a regular expression, when it is one
-l app=gateway   labels: k=v, k!=v, k in (a,b), k notin (a,b), k>5, k<5, k, !k, joined by commas
-f rlsvr         fuzzy: the letters in this order
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Mapping
from typing import Final

from msgspec import Struct

Predicate = Callable[[str, Mapping[str, str]], bool]

_KEY: Final = r"[^\s=!,()<>]+"
_NUMBER: Final = r"[+-]?[0-9]{1,19}"
_TERM: Final = re.compile(
    rf"\s*(?:!\s*(?P<absent>{_KEY})"
    rf"|(?P<member>{_KEY})\s+(?P<set>in|notin)\s*\((?P<members>[^()]*)\)"
    rf"|(?P<measured>{_KEY})\s*(?P<than>[<>])\s*(?P<bound>{_NUMBER})"
    rf"|(?P<key>{_KEY})\s*(?:(?P<op>==?|!=)\s*(?P<value>[^\s,()=!<>]*))?)\s*(?P<end>,|$)"
)
_HALF_TYPED: Final = frozenset({"", "-l", "-f"})


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
    wanted = text.lstrip("! ")
    matches, problem = _read(wanted)
    if matches is _all:
        return Query(text if wanted else "", _all, problem)
    if text[: len(text) - len(wanted)].count("!") % 2:
        return Query(text, lambda hay, labels: not matches(hay, labels), problem)
    return Query(text, matches, problem)


def _read(wanted: str) -> tuple[Predicate, str]:
    if wanted in _HALF_TYPED:
        return _all, ""
    if wanted.startswith("-l "):
        return _labels(wanted[3:].strip())
    if wanted.startswith("-f "):
        return _fuzzy(wanted[3:]), ""
    if wanted == re.escape(wanted):
        return _contains(wanted), ""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # `[[` may mean something else one day; nothing may be printed over a screen
            search = re.compile(wanted, re.IGNORECASE).search
    except (re.error, OverflowError, RecursionError) as error:
        return _contains(wanted), f"not a pattern ({error}): taken as text"
    return lambda hay, _labels: search(hay) is not None, ""


def _all(_hay: str, _labels: Mapping[str, str]) -> bool:
    return True


def _contains(wanted: str) -> Predicate:
    needle = wanted.casefold()
    return lambda hay, _labels: needle in hay.casefold()


def _fuzzy(wanted: str) -> Predicate:
    """Not by a regular expression: `a.*a.*a…z` would try every way to place the letters."""
    letters = wanted.casefold().replace(" ", "")

    def matches(hay: str, _labels: Mapping[str, str]) -> bool:
        rest = iter(hay.casefold())
        return all(letter in rest for letter in letters)

    return matches


def _labels(wanted: str) -> tuple[Predicate, str]:
    selector = label_selector(wanted.rstrip(", "))  # the next term is still being typed
    if selector is None:
        return _all, "not a label selector"
    return lambda _hay, labels: selector(labels), ""


def label_selector(text: str) -> Callable[[Mapping[str, str]], bool] | None:
    """A Kubernetes label selector as a predicate on labels, or None when it is not one."""
    tests: list[Callable[[Mapping[str, str]], bool]] = []
    position, more = 0, False
    while position < len(text):
        term = _TERM.match(text, position)
        if term is None or (term["set"] and not term["members"].strip()):
            return None
        tests.append(_test(term))
        position, more = term.end(), term["end"] == ","
    return None if more else lambda labels: all(test(labels) for test in tests)


def _test(term: re.Match[str]) -> Callable[[Mapping[str, str]], bool]:
    if term["absent"]:
        absent = term["absent"]
        return lambda labels: absent not in labels
    if term["set"]:
        key, inside = term["member"], term["set"] == "in"
        members = {member.strip() for member in term["members"].split(",")}
        return lambda labels: (labels.get(key) in members) is inside
    if term["than"]:
        return _measure(term["measured"], term["than"], int(term["bound"]))
    key, op, value = term["key"], term["op"], term["value"]
    if op is None:
        return lambda labels: key in labels
    if op == "!=":
        return lambda labels: labels.get(key) != value
    return lambda labels: labels.get(key) == value


def _measure(key: str, than: str, bound: int) -> Callable[[Mapping[str, str]], bool]:
    """A label that is no whole number, or not there, is neither greater nor less."""

    def test(labels: Mapping[str, str]) -> bool:
        value = labels.get(key, "")
        if _WHOLE(value) is None:
            return False
        return int(value) > bound if than == ">" else int(value) < bound

    return test


_WHOLE: Final = re.compile(_NUMBER, re.ASCII).fullmatch
