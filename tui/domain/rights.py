"""What an action needs to be allowed to do, and how that is said.

Owns which verb on which resource each action takes. Must not know who asks the API, or when.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from msgspec import Struct

from tui.core.kind import Kind
from tui.domain.kinds import INSTANCE_TYPES


class Need(Struct, frozen=True):
    """One right, in RBAC's words; `resource` as kubectl names it: `pods/log`, `jobs.batch.volcano.sh`."""

    verb: str
    resource: str
    namespaced: bool = True

    def told(self, namespace: str = "") -> str:
        """`delete pods in azureml`."""
        return f"{self.verb} {self.resource}{f' in {namespace}' if namespace and self.namespaced else ''}"


def of_kind(verb: str, kind: Kind) -> Need:
    """A verb on the objects of a kind."""
    return Need(verb, kind.resource, kind.namespaced)


READ_LOG: Final = Need("get", "pods/log")
GET_POD: Final = Need("get", "pods")
DELETE_POD: Final = Need("delete", "pods")
EXEC: Final = Need("get", "pods/exec")
"""A WebSocket is a GET. API servers from 1.35 on ask create, too; those before do not, so that it is no need here."""
FORWARD: Final = Need("get", "pods/portforward")
GET_TYPE: Final = of_kind("get", INSTANCE_TYPES)
PATCH_TYPE: Final = of_kind("patch", INSTANCE_TYPES)
CREATE_TYPE: Final = of_kind("create", INSTANCE_TYPES)
ACTIONS: Final[Mapping[str, tuple[Need, ...]]] = {
    "logs": (READ_LOG,),
    "previous": (READ_LOG,),
    "delete": (DELETE_POD,),
    "shell": (EXEC,),
    "forward": (FORWARD,),
    "copy_yaml": (GET_POD,),
    "edit": (GET_TYPE, PATCH_TYPE),
    "add": (CREATE_TYPE, PATCH_TYPE),
}
"""By the name of the action. A server-side apply is a patch, and a create too when nothing is there yet."""


def told(needs: Iterable[Need], namespace: str) -> str:
    """`get pods/log in a, delete pods in a`; empty for none."""
    return ", ".join(need.told(namespace) for need in needs)
