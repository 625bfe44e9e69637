"""What the simulated ARM holds: resources by id, operations, and who wants to know of writes.

Owns identity (ids compare in lower case), the life of operations, the registration of providers, and the turns of
keys. It has no timer: whatever is due by the clock is done when somebody looks. Must not know HTTP, api-versions'
bodies, nor what a cluster does with an extension: that is the world's, which subscribes.
"""

from __future__ import annotations

import uuid
from collections import OrderedDict
from collections.abc import Callable, Sequence

from tui.demo.arm import catalogue, outcomes, places
from tui.demo.arm.operations import End, Event, Json, Kind, Operation
from tui.demo.arm.rights import OWNER, Permission
from tui.demo.arm.verdicts import verdict

LASTS = 120.0
"""World seconds an operation takes when nobody plays it."""
REMEMBERED = 256
"""So many ended operations can still be asked for; older ones are 404, as records expire in ARM too."""
_SPACE = uuid.UUID("6f1d6a52-3c0e-4b7e-9d7e-5a0a2c1b9e10")
"""Makes the GUIDs of one demo the same in every run."""

Listener = Callable[[Event], bool | None]
"""Called after a write. False: not mine, let the operation end by itself; anything else: I call `finish`."""


class ArmState:
    """The resources of all subscriptions. Bodies that it hands out are its own: change them with `edit`."""

    def __init__(self, clock: Callable[[], float], *, lasts: float = LASTS) -> None:
        self.clock, self.lasts = clock, lasts
        self.versions: dict[str, tuple[str, ...]] = {kind: t.versions for kind, t in catalogue.TYPES.items()}
        """Supported api-versions by lower-case type. Shorten one to play an older cloud."""
        self._resources: dict[str, Json] = {}
        self._operations: OrderedDict[str, Operation] = OrderedDict()
        self._listeners: list[Listener] = []
        self._registration: dict[tuple[str, str], tuple[str, float]] = {}
        self._growing: dict[str, tuple[float, Json]] = {}
        self._turns: dict[str, tuple[int, int]] = {}
        self._begun = 0
        self.rights: Sequence[Permission] = OWNER
        """What the caller may do."""

    def put(self, resource: Json) -> None:
        """Store a body under its `id`; subscriptions and groups come into being with what lies in them."""
        key = places.parse(resource["id"]).key
        self._resources[key] = resource

    def get(self, resource_id: str) -> Json | None:
        """The body of a resource."""
        self._settle()
        return self._resources.get(places.parse(resource_id).key)

    def under(self, prefix: str, type: str = "") -> list[Json]:
        """The resources below an id (empty: everywhere), of one type (empty: any), in the order of their ids."""
        self._settle()
        start, kind = places.parse(prefix).key + "/", type.lower()
        keys = sorted(key for key in self._resources if key.startswith(start))
        return [self._resources[key] for key in keys if not kind or places.parse(key).type == kind]

    def exists(self, path: str) -> bool:
        """Whether something has this id, or lies below it (a subscription or group that nobody put)."""
        start = places.parse(path).key
        return self.get(path) is not None or any(key.startswith(start + "/") for key in self._resources)

    def remove(self, resource_id: str) -> Json | None:
        """Drop a resource and all that is inside or upon it; gives its last body."""
        key = places.parse(resource_id).key
        for inside in [other for other in self._resources if other == key or other.startswith(key + "/")]:
            self._growing.pop(inside, None)
            if inside != key:
                del self._resources[inside]
            if places.parse(inside).type.endswith("/authorizationrules"):
                self.renew(inside, first=True, second=True)
        return self._resources.pop(key, None)

    def grow(self, resource_id: str, due: float, properties: Json) -> None:
        """Have a resource that is being made without an operation get these properties when it is done."""
        self._growing[places.parse(resource_id).key] = (due, properties)

    def turns(self, rule_id: str) -> tuple[int, int]:
        """How often the two keys of an authorization rule were made anew."""
        return self._turns.get(places.parse(rule_id).key, (0, 0))

    def renew(self, rule_id: str, *, first: bool = False, second: bool = False) -> None:
        """Make keys of a rule anew: those handed out before no longer open anything."""
        one, other = self.turns(rule_id)
        self._turns[places.parse(rule_id).key] = (one + first, other + second)

    def edit(self, resource_id: str, change: Callable[[Json], Json | None]) -> Json:
        """Change a body in place, or by what `change` returns. Raises KeyError for an unknown id."""
        key = places.parse(resource_id).key
        made = change(self._resources[key])
        if made is not None:
            self._resources[key] = made
        return self._resources[key]

    def begin(self, resource_id: str, kind: Kind) -> Operation:
        """Begin an operation on a resource: its provisioningState says so. One that runs there is canceled.

        With a subscriber it ends by `finish`, else by itself after `lasts` world seconds.
        """
        running, now = self.running(resource_id), self.clock()
        if running is not None:
            running.status, running.ended = "Canceled", now
        resource = self.edit(resource_id, lambda body: outcomes.begun(body, kind, now))
        self._begun += 1
        made = Operation(self.guid(f"operation {self._begun}"), resource["id"], kind, now, self._begun - 1)
        made.due = None if self._listeners else now + self.lasts
        self._operations[made.id] = made
        self._forget_old()
        return made

    def finish(self, operation_id: str, status: End, error: Json | None = None, at: float | None = None) -> None:
        """End an operation, now or at a moment before; the second end of one is ignored. KeyError: an unknown id."""
        operation = self._operations[operation_id]
        if operation.done:
            return
        operation.status, operation.error, operation.ended = status, error, self.clock() if at is None else at
        key = places.parse(operation.resource_id).key
        resource = self._resources.get(key)
        body = None if resource is None else outcomes.ended(resource, operation, operation.ended)
        if body is None:
            self.remove(operation.resource_id)
        else:
            self._resources[key] = body

    def operation(self, operation_id: str) -> Operation | None:
        """An operation by its GUID."""
        self._settle()
        return self._operations.get(operation_id.lower())

    def running(self, resource_id: str) -> Operation | None:
        """The operation that is going on at a resource."""
        self._settle()
        key = places.parse(resource_id).key
        return next((o for o in self._operations.values() if not o.done and o.resource_id.lower() == key), None)

    def operations(self, scope: str) -> list[Operation]:
        """Those of every resource below an id, oldest first."""
        self._settle()
        start = places.parse(scope).key + "/"
        return [found for found in self._operations.values() if found.resource_id.lower().startswith(start)]

    def subscribe(self, listener: Listener) -> None:
        """Be called at every PUT, PATCH and DELETE of a client. What goes on already is the listener's to end, too."""
        self._listeners.append(listener)
        for operation in self._operations.values():
            operation.due = None

    def announce(self, event: Event) -> None:
        """Tell the listeners. When all decline, the operation ends by itself."""
        claims = [listener(event) is not False for listener in self._listeners]
        operation = self._operations.get(event.operation_id)
        if operation is not None and not any(claims):
            operation.due = operation.begun + self.lasts

    def registration(self, subscription: str, namespace: str) -> str:
        """registrationState of a provider: Registered unless `register` said otherwise."""
        state, until = self._registration.get((subscription.lower(), namespace.lower()), ("Registered", 0.0))
        return "Registered" if state == "Registering" and self.clock() >= until else state

    def register(self, subscription: str, namespace: str, state: str = "Registering") -> None:
        """Set a provider's state; Registering becomes Registered after a while."""
        self._registration[subscription.lower(), namespace.lower()] = (state, self.clock() + self.lasts / 4)

    def guid(self, name: str) -> str:
        """A GUID that is the same for the same name."""
        return str(uuid.uuid5(_SPACE, name.lower()))

    def _settle(self) -> None:
        """End what is due."""
        now = self.clock()
        for key, (due, properties) in list(self._growing.items()):
            if now >= due:
                del self._growing[key]
                body = self._resources[key]
                self._resources[key] = {**body, "properties": {**body["properties"], **properties}}
        for operation in list(self._operations.values()):
            if not operation.done and operation.due is not None and now >= operation.due:
                self._end(operation)

    def _end(self, operation: Operation) -> None:
        operation.due = None  # what asks for a verdict looks at the state again
        error = verdict(self, operation)
        self.finish(operation.id, "Failed" if error else "Succeeded", error)

    def _forget_old(self) -> None:
        ended = [key for key, found in self._operations.items() if found.done]
        for key in ended[: max(0, len(ended) - REMEMBERED)]:
            del self._operations[key]
