"""An object store that thousands of objects can be given to at once.

Owns the short way in: no copies, parts may be shared between objects. Must not know what the objects are.
"""

from __future__ import annotations

from typing import Final

from tui.demo.kube.objects import Body, ObjectStore, key_of

MANAGER: Final = "arcdeck-demo"


class WorldStore(ObjectStore):
    """What is adopted is never edited: the store's own edits are made on copies."""

    def adopt(self, resource: str, obj: Body) -> None:
        """Store a new object as it is; the caller gives it up. Its metadata must be its own, other parts may be shared.

        Raises ValueError when there is one of its name.
        """
        key = key_of(obj)
        if self.held(resource, key) is not None:
            raise ValueError(f"{resource} {key} already exists")
        obj["metadata"]["generation"] = 1
        self._write("ADDED", resource, key, obj, None, MANAGER)


def adopt(objects: ObjectStore, resource: str, obj: Body) -> None:
    """Store a new object, the short way where the store has one."""
    if isinstance(objects, WorldStore):
        objects.adopt(resource, obj)
    else:
        objects.create(resource, obj)
