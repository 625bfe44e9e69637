"""A plan: the requests that bring something about, in order, with what an operator should know before saying yes.

    Step    one request, and what else to do when what it makes is there already
    Plan    steps, notes, costs, what cannot be undone, and the az command that does the same

A body may hold `Secret`s, and `Fill`s: values that an earlier step's answer gives (a connection string). Only the
runner fills and reveals them; `shown` gives the body for people. Pure: values in, values out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct

from tui.core.redact import MASK
from tui.core.secret import Secret
from tui.domain.plans.note import Note

Method = Literal["GET", "PUT", "PATCH", "POST", "DELETE"]
Body = dict[str, Any]


class Fill(Struct, frozen=True):
    """A place in a body for what an earlier step gave under this name."""

    name: str
    encoded: bool = False
    """It is put in as base64."""


class Step(Struct, frozen=True):
    """One request to ARM."""

    id: str
    """Unique in its plan, stable between two plans for the same thing: `relay-namespace`."""
    title: str
    """What it does, in words: `create the Relay namespace arcwest…`."""
    method: Method
    path: str
    """From `/subscriptions` on, query without api-version included: `…/extensions/x?forceDelete=true`."""
    api_version: str = ""
    """Empty: the one arcdeck was written for (`client.arm_versions`)."""
    body: Body | None = None
    reuse: bool = False
    """GET it first: what is there is kept as it is, and the request is not sent."""
    optional: bool = False
    """Its failure is told and does not end the plan."""
    gives: Mapping[str, str] = {}
    """Names of `Fill`s, and the dotted path in the answer that holds each: `{"relay": "primaryConnectionString"}`."""
    follows: bool = False
    """It begins a long operation, which is followed to its end."""
    command: str = ""
    """The same by hand, secrets left out."""

    @property
    def writes(self) -> bool:
        """Whether it changes anything; listing keys is a POST that does not."""
        return self.method != "GET" and not self.path.lower().partition("?")[0].endswith(("/listkeys", "/sharedkeys"))


class Plan(Struct, frozen=True):
    """What will be done, in order."""

    verb: Literal["deploy", "update", "delete", "attach", "detach"]
    target: str
    """ARM id of what it is about."""
    steps: tuple[Step, ...]
    notes: tuple[Note, ...] = ()
    """Warnings first; a note that blocks keeps the plan from running."""
    costs: tuple[str, ...] = ()
    lasting: tuple[str, ...] = ()
    """What cannot be undone, and what stays when all else is taken away."""
    az: str = ""
    """The one az command that does what all steps do together; empty when there is none."""
    name_to_type: str = ""
    """What the operator must type to confirm; empty: yes is enough."""

    @property
    def blocked(self) -> tuple[Note, ...]:
        """The notes that keep it from running."""
        return tuple(note for note in self.notes if note.blocks)


def shown(body: Any) -> Any:
    """A body for people: secrets and what is filled in later are masks."""
    match body:
        case dict():
            return {key: shown(value) for key, value in body.items()}
        case list() | tuple():
            return [shown(value) for value in body]
        case Secret() | Fill():
            return MASK
    return body
