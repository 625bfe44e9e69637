"""Lists in pages, and the $filter of resource lists.

A page's link names the id to go on after, so that what is deleted between two pages hides nothing else.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Sequence
from typing import Final
from urllib.parse import quote

from tui.demo.arm import errors, places
from tui.demo.arm.call import Call, Reply
from tui.demo.arm.catalogue import location_name
from tui.demo.arm.operations import Json

_CLAUSE: Final = re.compile(r"(?P<field>\w+)\s+eq\s+'(?P<value>(?:[^']|'')*)'", re.IGNORECASE)


def page(call: Call, resources: Sequence[Json], show: Callable[[Json], Json], size: int, skip: str) -> Reply:
    """One page of resources that are in the order of their ids, with a link to the next."""
    after, size = _after(call.query.get(skip.lower(), "")), _top(call.query.get("$top", ""), size)
    left = [found for found in resources if places.parse(found["id"]).key > after]
    body: Json = {"value": [show(found) for found in left[:size]]}
    if len(left) > size:
        body["nextLink"] = _link(call, skip, left[size - 1])
    return Reply(200, body)


def _link(call: Call, skip: str, last: Json) -> str:
    token = base64.urlsafe_b64encode(places.parse(last["id"]).key.encode()).decode()
    kept = [f"{quote(name)}={quote(value)}" for name, value in call.query.items() if name != skip.lower()]
    return f"{call.address}{quote(call.place.path)}?{'&'.join([*kept, f'{quote(skip)}={quote(token)}'])}"


def _after(token: str) -> str:
    try:
        return base64.b64decode(token.encode(), altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeError):
        raise errors.bad("The provided skip token is invalid.", "InvalidSkipToken") from None


def _top(text: str, size: int) -> int:
    if not text:
        return size
    if not text.isdigit() or not int(text):
        raise errors.bad(f"The value '{text}' of the query parameter '$top' is invalid.", "InvalidTopParameter")
    return min(int(text), size)


def filtered(resources: Sequence[Json], text: str) -> list[Json]:
    """What a `$filter` leaves: clauses `field eq 'value'` joined by `and`."""
    kept = list(resources)
    for clause in re.split(r"\s+and\s+", text.strip(), flags=re.IGNORECASE) if text.strip() else ():
        found = _CLAUSE.fullmatch(clause.strip())
        test = _FIELDS.get(found["field"].lower()) if found else None
        if found is None or test is None:
            text = f"Invalid $filter '{text}' specified in the query string."
            raise errors.bad(text, "InvalidFilterInQueryString")
        value = found["value"].replace("''", "'").lower()
        kept = [resource for resource in kept if test(resource, value)]
    return kept


def _in_tags(part: Callable[[dict[str, str]], Sequence[str]]) -> Callable[[Json, str], bool]:
    return lambda resource, value: value in [str(word).lower() for word in part(resource.get("tags") or {})]


_FIELDS: Final[dict[str, Callable[[Json, str], bool]]] = {
    "resourcetype": lambda resource, value: places.parse(resource["id"]).type == value,
    "resourcegroup": lambda resource, value: places.parse(resource["id"]).group.lower() == value,
    "name": lambda resource, value: places.parse(resource["id"]).name.lower() == value,
    "location": lambda resource, value: location_name(str(resource.get("location"))) == location_name(value),
    "tagname": _in_tags(list),
    "tagvalue": _in_tags(lambda tags: list(tags.values())),
}
