"""Whether a write arrived whose answer was lost: told from the resource before and after, never by sending it again.

Pure: bodies in, a verdict out. In doubt it says no: then the same request is sent once more, and the service's own
rules (a PUT is idempotent, a second operation is refused) decide.
"""

from __future__ import annotations

from typing import Any, Final

from tui.core.secret import Secret
from tui.domain.plans.plan import Fill
from tui.domain.wire import dig

ABSENT: Final = "absent"
"""Stamp of a resource that is not there."""
UNSEEN: Final = ""
"""Stamp when nobody looked, or when the resource has no times."""
_TIMES: Final = (
    ("systemData", "lastModifiedAt"), ("properties", "lastModifiedTime"), ("properties", "modifiedOn"),
    ("properties", "updatedAt"),
)  # fmt: skip
_PROGRESS: Final = frozenset(
    {"creating", "created", "updating", "deleting", "pending", "provisioning", "accepted", "registering"}
)
_NEVER_SHOWN: Final = frozenset({"configurationprotectedsettings"})


def stamp(resource: Any) -> str:
    """What tells one version of a resource from the next; `resource` is None when it is not there."""
    if resource is None:
        return ABSENT
    found = (dig(resource, *path) for path in _TIMES)
    return next((f"at {time}" for time in found if isinstance(time, str) and time), UNSEEN)


def state(resource: Any) -> str:
    """The state a resource tells of itself, in lower case."""
    inner = dig(resource, "properties")
    word = dig(inner, "provisioningState") or dig(inner, "installState") or dig(resource, "registrationState") or ""
    return word.lower() if isinstance(word, str) else ""


def in_progress(resource: Any) -> bool:
    """Whether an operation goes on there."""
    return state(resource) in _PROGRESS


def landed(method: str, before: str, after: Any, wanted: Any = None) -> bool:
    """Whether a PUT, PATCH or DELETE arrived: `before` is the stamp it was sent upon, `after` what is there now.

    `wanted` is its body, None when it is not known any more.
    """
    if method == "DELETE":
        return after is None or state(after) == "deleting"
    if after is None or state(after) == "deleting" or not carries(after, wanted):
        return False
    return before == ABSENT or in_progress(after) or (before != UNSEEN and stamp(after) != before)


def carries(found: Any, wanted: Any) -> bool:
    """Whether a resource has the properties of a body, as far as they are ever shown."""
    return _has(dig(found, "properties"), dig(wanted, "properties"))


def _has(found: Any, wanted: Any) -> bool:
    if wanted is None or isinstance(wanted, Secret | Fill):
        return True
    if isinstance(wanted, dict):
        inside = {str(key).lower(): value for key, value in found.items()} if isinstance(found, dict) else {}
        shown = {key: value for key, value in wanted.items() if key.lower() not in _NEVER_SHOWN}
        return all(_has(inside.get(key.lower()), value) for key, value in shown.items())
    if isinstance(wanted, list | tuple):
        return isinstance(found, list) and {str(each).lower() for each in wanted} <= {str(e).lower() for e in found}
    return str(found).lower() == str(wanted).lower()
