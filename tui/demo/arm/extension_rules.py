"""What the extensions' provider makes of a PUT or PATCH body, and what it refuses.

Pure: body in, resource out. Only the service's own rules are here; those of the command line (enableTraining or
enableInference, the same key in both sorts of settings, cluster scope for machine learning) are not the service's.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any, Final

from tui.demo.arm import errors
from tui.demo.arm.catalogue import LOCATIONS, location_name
from tui.demo.arm.moments import zulu
from tui.demo.arm.operations import Json
from tui.demo.arm.places import Place
from tui.demo.arm.subscriptions import TENANT
from tui.demo.arm.verdicts import AZUREML

NEWEST: Final = {AZUREML: "1.1.39"}
"""What a release train leads to when no version is pinned; 1.0.0 for other types."""
PATCHED_FIRST: Final = ("autoUpgradeMinorVersion", "releaseTrain", "version")
"""What a PATCH of the first era may carry. The rest is ignored, as by the service."""
_SETTINGS: Final = ("configurationSettings", "configurationProtectedSettings")
PATCHED: Final = (*PATCHED_FIRST, *_SETTINGS)
"""The same in later eras."""


def created(place: Place, content: Json, before: Json | None, principal: str, now: float) -> Json:
    """The resource a PUT makes. Raises ArmError."""
    properties = _properties(content)
    kind = str(properties.get("extensionType") or "").strip().lower()
    if not kind:
        raise errors.bad("The extension type is required: 'properties.extensionType' is missing or empty.")
    inner: Json = {
        "extensionType": kind,
        "autoUpgradeMinorVersion": properties.get("autoUpgradeMinorVersion") is not False,
        "releaseTrain": properties.get("releaseTrain") or "Stable",
        "version": properties.get("version") or None,
        "scope": _scope(properties, place.name),
        "statuses": [],
        **{name: _settings(properties, name) for name in _SETTINGS},
    }
    _check_version(inner)
    inner["currentVersion"] = current_version(inner)
    stamps = (before or {}).get("systemData") or {"createdBy": None, "createdByType": None, "createdAt": zulu(now)}
    made: Json = {"id": place.path, "name": place.name, "properties": inner}
    made["systemData"] = {**stamps, "lastModifiedBy": None, "lastModifiedByType": None, "lastModifiedAt": zulu(now)}
    identity = content.get("identity") or properties.get("identity")
    if identity:
        made["identity"] = _identity(identity, principal)
    return made


def patched(before: Json, content: Json, first_era: bool) -> Json:
    """The resource a PATCH leads to: settings merge by key, protected settings are replaced as a set."""
    properties, body = _properties(content), deepcopy(before)
    inner = body["properties"]
    for name in PATCHED_FIRST if first_era else PATCHED:
        if properties.get(name) is not None:
            inner[name] = _patched(name, properties, inner.get(name) or {})
    if properties.get("autoUpgradeMinorVersion") is True and not properties.get("version"):
        inner["version"] = None
    _check_version(inner)
    inner["currentVersion"] = current_version(inner) if inner["version"] else inner.get("currentVersion")
    return body


def current_version(inner: Json) -> str:
    """What will run: set while the install goes on, so no sign that it is done."""
    return inner["version"] or NEWEST.get(inner["extensionType"].lower(), "1.0.0")


def check_region(extension_type: str, location: str) -> None:
    """Raises ArmError where the product is not offered in the cluster's region."""
    offered = [location_name(name) for name in LOCATIONS]
    if extension_type.lower() == AZUREML and location and location_name(location) not in offered:
        text = (
            f"Extension type {extension_type.lower()} is not registered in region {location_name(location)}. "
            f"Extension is available in {','.join(offered)}."
        )
        raise errors.bad(text, "ExtensionTypeRegistrationGetFailed")


def _patched(name: str, properties: Json, before: Any) -> Any:
    if name == "configurationSettings":
        return {**before, **_settings(properties, name)}
    return _settings(properties, name) if name in _SETTINGS else properties[name]


def _check_version(inner: Json) -> None:
    if inner.get("version") and inner["autoUpgradeMinorVersion"]:
        raise errors.bad("To pin to a specific version, 'autoUpgradeMinorVersion' must be set to 'false'.")


def _scope(properties: Json, name: str) -> Json:
    scope = properties.get("scope") or {}
    given = [part for part in ("cluster", "namespace") if scope.get(part)]
    if len(given) > 1:
        raise errors.bad("The scope of an extension is 'cluster' or 'namespace', not both.")
    if given == ["namespace"]:
        return {"namespace": {"targetNamespace": scope["namespace"].get("targetNamespace")}}
    return {"cluster": {"releaseNamespace": (scope.get("cluster") or {}).get("releaseNamespace") or name}}


def _settings(properties: Json, name: str) -> dict[str, str]:
    return {key: value for key, value in (properties.get(name) or {}).items() if value is not None}


def _properties(content: Json) -> Json:
    found: Json | None = content.get("properties")
    if found is None:
        raise errors.unreadable("'properties' is missing")
    return found


def _identity(identity: Json, principal: str) -> Json:
    if str(identity.get("type")).lower() != "systemassigned":
        raise errors.bad("The identity type of an extension must be 'SystemAssigned'.")
    return {"type": "SystemAssigned", "principalId": principal, "tenantId": TENANT}
