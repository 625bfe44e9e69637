"""Settings as JSON: a flat object, {settings, protected, name, train, version, autoUpgrade}, or the ARM resource.

Numbers and switches become the strings ARM wants. Of a resource, what is filled in for its own cluster stays behind.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from tui.core.health import Health
from tui.domain.plans.draft import Draft
from tui.domain.settings.case import quoted_key
from tui.domain.settings.catalogue import find
from tui.domain.settings.gathered import PLACEHOLDER, Gathered, writable

_FIELDS: Final = {
    "name": "name", "train": "train", "releaseTrain": "train", "version": "version",
    "autoUpgrade": "auto_upgrade", "autoUpgradeMinorVersion": "auto_upgrade",
}  # fmt: skip
_RESOURCE: Final = ("configurationSettings", "configurationProtectedSettings", "extensionType")


def read(got: Gathered, text: str) -> None:
    """Take a JSON document into account."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            told = "a key is there twice in one object: the last one counts"
            got.note("given-twice", Health.WARN, told, "", "leave the others out")
        return found

    try:
        document = json.loads(text, object_pairs_hook=once, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError) as error:
        place = f"line {error.lineno}, column {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        got.note("text-syntax", Health.BAD, "the text is not JSON", place, "check quotes, commas and brackets")
        return
    if not isinstance(document, dict):
        got.note("text-syntax", Health.BAD, "a JSON object is wanted", "", "give {key: value, …}")
        return
    inner = document.get("properties", document)
    if isinstance(inner, dict) and any(key in inner for key in _RESOURCE):
        _resource(got, document, inner)
    elif any(isinstance(document.get(key), dict) for key in ("settings", "protected")):
        _own(got, document)
    else:
        _settings(got, document)


def _resource(got: Gathered, document: Mapping[str, Any], inner: Mapping[str, Any]) -> None:
    if kind := _text(inner.get("extensionType")):
        got.of_type(kind)
    if isinstance(scope := inner.get("scope"), dict) and isinstance(scope.get("namespace"), dict):
        got.of_scope("namespace")
    _field(got, "name", document.get("name"))
    for key in ("releaseTrain", "autoUpgradeMinorVersion"):
        _field(got, key, inner.get(key))
    if inner.get("autoUpgradeMinorVersion") is False:
        _field(got, "version", inner.get("version"))
    settings = _mapping(got, "configurationSettings", inner.get("configurationSettings"))
    known = {key: find(key) for key in settings}
    filled = [key for key, setting in known.items() if setting is not None and setting.kind == "set by az"]
    if filled:
        told = f"{len(filled)} settings are left out: they are filled in for each cluster"
        got.note("set-by-az", Health.GOOD, told, ", ".join(map(quoted_key, filled)))
    _settings(got, {key: value for key, value in settings.items() if key not in filled})
    _protected(got, _mapping(got, "configurationProtectedSettings", inner.get("configurationProtectedSettings")))


def _own(got: Gathered, document: Mapping[str, Any]) -> None:
    for key, value in document.items():
        match key:
            case "settings":
                _settings(got, _mapping(got, key, value))
            case "protected":
                _protected(got, _mapping(got, key, value))
            case _ if key in _FIELDS:
                _field(got, key, value)
            case _:
                told = f"{quoted_key(key)} is not known here and is left out"
                got.note("key-ignored", Health.WARN, told, quoted_key(key), "settings belong into `settings`")


def _field(got: Gathered, key: str, value: object) -> None:
    if value is None:
        return
    if not isinstance(value, bool if _FIELDS[key] == "auto_upgrade" else str):
        got.note("value-type", Health.BAD, f"{key} has a value of the wrong type", key)
        return
    got.fields[_FIELDS[key]] = value


def _settings(got: Gathered, values: Mapping[str, Any]) -> None:
    for key, value in values.items():
        if (text := _checked(got, key, value)) is not None:
            got.setting(key, text)


def _protected(got: Gathered, values: Mapping[str, Any]) -> None:
    for key, value in values.items():
        if (text := _checked(got, key, value)) is not None:
            got.protect(key, text)


def _checked(got: Gathered, key: str, value: object) -> str | None:
    text = _text(value)
    if text is None and value is not None:
        told = f"{quoted_key(key)} must be text: a deeper key is written with dots"
        got.note("value-type", Health.BAD, told, quoted_key(key), f"write {quoted_key(key)}.x as one key")
    return text


def _text(value: object) -> str | None:
    """Numbers are text already, as they were written."""
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else None


def _mapping(got: Gathered, key: str, value: object) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    if value is not None:
        got.note("value-type", Health.BAD, f"{key} must be an object", key)
    return {}


def to_json(draft: Draft) -> str:
    """The draft as JSON that can be read again; a placeholder for each protected value."""
    document: dict[str, Any] = {"name": draft.name, "train": draft.train, "autoUpgrade": draft.auto_upgrade}
    document |= {"version": draft.version} if draft.version else {}
    document["settings"] = dict(writable(draft.settings))
    document["protected"] = dict.fromkeys(draft.protected, PLACEHOLDER)
    return json.dumps(document, indent=2)
