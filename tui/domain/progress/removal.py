"""A namespace that goes away: what is left in it, which finalizers hold it, since when.

Owns the reading of the namespace controller's conditions (`NamespaceContentRemaining`, `NamespaceFinalizersRemaining`
and its failures) and of any object's finalizers. Deletes nothing: it names the commands.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from tui.core.text import shorten_end
from tui.domain.wire import mapping, moment, said, sequence, text

HANGS: Final = 120.0
"""Seconds after which a namespace that something holds counts as stuck: mostly it is gone in less."""
QUIET: Final = 600.0
"""The same where nothing says what holds it."""
_MOST: Final = 50
_LONGEST: Final = 20_000
"""Characters of a condition's message that are read."""
_RESOURCE: Final = re.compile(r"([a-z0-9][\w.-]{0,250}?)\.? has (\d{1,9}) resource instances?")
_FINALIZER: Final = re.compile(r"([\w./-]{1,300}) in (\d{1,9}) resource instances?")
_ADVICE: Final[tuple[tuple[str, str], ...]] = (
    ("azureml.com", "its operator went with the extension, so nobody takes this finalizer away any more"),
    ("pvc-protection", "a pod still uses the volume claim"),
    ("pv-protection", "the volume is still claimed"),
    ("load-balancer-cleanup", "the cloud has not given the load balancer back yet"),
    ("foregroundDeletion", "what it owns has to go first"),
    ("orphan", "what it owns is being set free first"),
)


class Remaining(Struct, frozen=True):
    """A resource of which objects are left."""

    resource: str
    """`pods`, `amljobs.amlarc.azureml.com`."""
    count: int


class Held(Struct, frozen=True):
    """An object that keeps finalizers."""

    kind: str
    key: str
    finalizers: tuple[str, ...]
    deleted: float | None
    """Since when it is to go."""


class Holder(Struct, frozen=True):
    """A finalizer that holds the namespace."""

    finalizer: str
    count: int
    advice: str = ""
    """Who would take it away; empty when not known."""
    objects: tuple[Held, ...] = ()


class Removal(Struct, frozen=True):
    """How far a namespace is on its way out."""

    name: str
    there: bool = True
    since: float | None = None
    """When its deletion was asked for; None: it is not to go."""
    remaining: tuple[Remaining, ...] = ()
    holders: tuple[Holder, ...] = ()
    problems: tuple[str, ...] = ()
    """What keeps the namespace controller from its work: an API service that does not answer."""

    def hangs(self, now: float) -> bool:
        """It should be gone by now."""
        if not self.there or self.since is None:
            return False
        return now - self.since > (HANGS if self.holders or self.problems else QUIET)

    @property
    def why(self) -> str:
        """What it waits for, in a line; empty when nothing is said."""
        held = [f"{one.finalizer} on {one.count}" for one in self.holders]
        left = [f"{one.count} {one.resource}" for one in self.remaining]
        parts = (
            f"held by {', '.join(held)}" if held else "", f"left: {', '.join(left)}" if left else "",
            "; ".join(self.problems),
        )  # fmt: skip
        return shorten_end("; ".join(filter(None, parts)), 300)


def decode(body: Any, name: str = "azureml") -> Removal:
    """Of a Namespace as the API sends it; None: it answered 404. Never raises."""
    if body is None:
        return Removal(name, there=False)
    wire = mapping(body)
    meta, status = mapping(wire.get("metadata")), mapping(wire.get("status"))
    told = [mapping(one) for one in sequence(status.get("conditions"))]
    true = {text(one.get("type")): said(one.get("message"))[:_LONGEST] for one in told if one.get("status") == "True"}
    own = [*sequence(meta.get("finalizers")), *sequence(mapping(wire.get("spec")).get("finalizers"))]
    since = moment(meta.get("deletionTimestamp"))
    return Removal(
        text(meta.get("name")) or name, True, since, _remaining(true.get("NamespaceContentRemaining", "")),
        (*_holders(true.get("NamespaceFinalizersRemaining", "")), *(_own(own) if since is not None else ())),
        tuple(shorten_end(words, 300) for kind, words in true.items() if kind.startswith("NamespaceDeletion")),
    )  # fmt: skip


def _remaining(message: str) -> tuple[Remaining, ...]:
    return tuple(Remaining(found[1], int(found[2])) for found in _RESOURCE.finditer(message))[:_MOST]


def _holders(message: str) -> tuple[Holder, ...]:
    return tuple(_holder(found[1], int(found[2])) for found in _FINALIZER.finditer(message))[:_MOST]


def _own(finalizers: list[Any]) -> tuple[Holder, ...]:
    """Of the namespace itself; `kubernetes` is the namespace controller's own and says nothing."""
    found = [text(one) for one in finalizers if isinstance(one, str)]
    return tuple(_holder(one, 1) for one in found if one and one != "kubernetes")[:_MOST]


def _holder(finalizer: str, count: int) -> Holder:
    advice = next((words for part, words in _ADVICE if part in finalizer), "")
    return Holder(finalizer, count, advice)


def held(body: Any, kind: str = "") -> Held | None:
    """An object with finalizers, of any JSON value that has metadata; None when it has none."""
    wire = mapping(body)
    meta = mapping(wire.get("metadata"))
    finalizers = tuple(text(one) for one in sequence(meta.get("finalizers")) if isinstance(one, str) and one)
    if not finalizers:
        return None
    key = "/".join(filter(None, (text(meta.get("namespace")), text(meta.get("name")))))
    return Held(text(wire.get("kind")) or kind, key, finalizers[:_MOST], moment(meta.get("deletionTimestamp")))


def with_objects(removal: Removal, objects: Iterable[Held]) -> Removal:
    """The holders with the objects that keep them; a finalizer nobody told of yet is one more holder."""
    of: dict[str, list[Held]] = {}
    for one in objects:
        for finalizer in one.finalizers:
            of.setdefault(finalizer, []).append(one)
    known = {holder.finalizer: holder for holder in removal.holders}
    more = [_holder(finalizer, len(found)) for finalizer, found in of.items() if finalizer not in known]
    holders = (*removal.holders, *(more if removal.since is not None else ()))
    return replace(
        removal, holders=tuple(replace(one, objects=tuple(of.get(one.finalizer, ())[:_MOST])) for one in holders)
    )  # fmt: skip


def commands(removal: Removal, context: str = "") -> tuple[str, ...]:
    """To look with; then, as the last resort, those that take finalizers away by hand."""
    if not removal.there:
        return ()
    kubectl = f"kubectl --context {shlex.quote(context)}" if context else "kubectl"
    look = [f"{kubectl} get namespace {shlex.quote(removal.name)} -o yaml"]
    look += [f"{kubectl} get {shlex.quote(one.resource)} -n {shlex.quote(removal.name)}" for one in removal.remaining]
    last = {
        f"{kubectl} patch {shlex.quote(one.kind.lower())} {_named(one.key)} --type=merge "
        """-p '{"metadata":{"finalizers":null}}'""": None
        for holder in removal.holders for one in holder.objects if one.deleted is not None
    }  # fmt: skip
    return (*look, *last)


def _named(key: str) -> str:
    space, _, name = key.rpartition("/")
    return f"{shlex.quote(name)} -n {shlex.quote(space)}" if space else shlex.quote(name)
