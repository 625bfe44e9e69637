"""Names, labels and annotations: which are valid, and the sentences for those that are not.

Pure. Rules: k8s.io/apimachinery `validation`.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Iterator
from typing import Any, Final

from tui.demo.kube.causes import TOO_LONG, Cause, forbidden, invalid, required
from tui.demo.kube.go import quote
from tui.demo.kube.registry import Resource

Body = dict[str, Any]

_LABEL: Final = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN: Final = rf"{_LABEL}(\.{_LABEL})*"
_SERVICE: Final = "[a-z]([-a-z0-9]*[a-z0-9])?"
_VALUE: Final = "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?"
_KEY: Final = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
_LETTERS: Final = "bcdfghjklmnpqrstvwxz2456789"
"""What generated names end with: no vowels, so no words."""
_SUFFIX: Final = 5
_LONGEST: Final = 63
_LONGEST_SUBDOMAIN: Final = 253
_ANNOTATIONS: Final = 256 * 1024
_SEGMENTS: Final = frozenset({"roles", "rolebindings", "clusterroles", "clusterrolebindings"})
"""Resources whose names may hold anything but `/` and `%`."""
_FINALIZERS: Final = frozenset({"kubernetes", "foregroundDeletion", "orphan"})
"""Those that need no domain."""
_SAID: Final = {
    _LABEL: "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and "
    "end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
    f"'{_LABEL}')",
    _SUBDOMAIN: "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and "
    "must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    f"'{_SUBDOMAIN}')",
    _SERVICE: "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic "
    "character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is "
    f"'{_SERVICE}')",
    _VALUE: "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must "
    "start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for "
    f"validation is '{_VALUE}')",
    _KEY: "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
    "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
    f"'{_KEY}')",
}


def generated(prefix: str) -> str:
    """A name that begins with `prefix`."""
    return prefix[: _LONGEST - _SUFFIX] + "".join(secrets.choice(_LETTERS) for _ in range(_SUFFIX))


def label_problem(text: str) -> str:
    """What is wrong with a text as an RFC 1123 label; empty when nothing is."""
    return _problem(text, _LABEL, _LONGEST)


def key_problem(key: str) -> str:
    """What is wrong with a text as the key of a label or an annotation; empty when nothing is."""
    prefix, slash, name = key.rpartition("/")
    said = _problem(name, _KEY, _LONGEST)
    if slash and not said:
        said = _problem(prefix, _SUBDOMAIN, _LONGEST_SUBDOMAIN)
        said = said and f"prefix part {said}"
    return said


def of_metadata(resource: Resource, meta: Body, old: Body | None = None) -> Iterator[Cause]:
    """What is wrong with an object's name, labels and the like. `old` are those that it had."""
    if old is None:
        yield from _name(resource, meta.get("name"))
    for key, value in (meta.get("labels") or {}).items():
        yield from _key("metadata.labels", key)
        said = _problem(str(value), _VALUE, _LONGEST)
        if said:
            yield invalid("metadata.labels", value, said)
    annotations = meta.get("annotations") or {}
    for key in annotations:
        yield from _key("metadata.annotations", key.lower())
    if sum(len(key) + len(str(value)) for key, value in annotations.items()) > _ANNOTATIONS:
        yield TOO_LONG, "metadata.annotations", f"Too long: may not be more than {_ANNOTATIONS} bytes"
    yield from _owners(meta.get("ownerReferences") or ())
    yield from _finalizers(resource, meta.get("finalizers") or (), old)


def _owners(references: Iterable[Body]) -> Iterator[Cause]:
    for place, reference in enumerate(references):
        for part in ("apiVersion", "kind", "name", "uid"):
            if not reference.get(part):
                yield required(f"metadata.ownerReferences[{place}].{part}", "must not be empty")


def _finalizers(resource: Resource, finalizers: Iterable[str], old: Body | None) -> Iterator[Cause]:
    for place, name in enumerate(finalizers):
        said = key_problem(name)
        if not said and "/" not in name and not resource.custom and name not in _FINALIZERS:
            said = "name is neither a standard finalizer name nor is it fully qualified"
        if said:
            yield invalid(f"metadata.finalizers[{place}]", name, said)
    known = (old or {}).get("finalizers") or ()
    added = [name for name in finalizers if name not in known]
    if old is not None and old.get("deletionTimestamp") and added:
        listed = ", ".join(quote(name) for name in added)
        said = "no new finalizers can be added if the object is being deleted, found new finalizers []string"
        yield forbidden("metadata.finalizers", f"{said}{{{listed}}}")


def _name(resource: Resource, name: Any) -> Iterator[Cause]:
    where = "metadata.name"
    if not name:
        yield required(where, "name or generateName is required")
        return
    if resource.plural in _SEGMENTS:
        said = "may not contain '/' or '%'" if set("/%") & set(name) else ""
    elif resource.plural == "services":
        said = _problem(name, _SERVICE, _LONGEST)
    elif resource.plural == "namespaces":
        said = label_problem(name)
    else:
        said = _problem(name, _SUBDOMAIN, _LONGEST_SUBDOMAIN)
    if said:
        yield invalid(where, name, said)


def _key(where: str, key: str) -> Iterator[Cause]:
    said = key_problem(key)
    if said:
        yield invalid(where, key, said)


def _problem(text: str, pattern: str, longest: int) -> str:
    if len(text) > longest:
        return f"must be no more than {longest} characters"
    return "" if re.fullmatch(pattern, text) else _SAID[pattern]
