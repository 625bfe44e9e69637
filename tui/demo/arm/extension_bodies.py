"""The extension's body in each api-version, made of the newest one.

Pure. Owns which field exists when: installState (2020), both states (2021), provisioningState alone (2022 on),
installedVersion and its later name currentVersion. Protected settings never leave: `{}` stands for all of them.
"""

from __future__ import annotations

from typing import Any, Final

from tui.demo.arm.operations import Json

FIRST: Final = "2020-07-01-preview"
TYPE: Final = "Microsoft.KubernetesConfiguration/extensions"
_INSTALL: Final = {"succeeded": "Installed", "failed": "Failed", "canceled": "Failed"}
"""installState of a provisioningState; Pending for whatever goes on."""


def body(resource: Json, version: str) -> Json:
    """The body of `resource` as `version` knows it."""
    if version == FIRST:
        return _first(resource)
    inner, year = resource["properties"], version[:10]
    shown = _common(inner)
    shown["version"] = inner.get("version") if year >= "2022" else inner.get("version") or inner.get("currentVersion")
    shown["provisioningState"] = inner.get("provisioningState")
    shown["customLocationSettings"] = inner.get("customLocationSettings")
    shown["packageUri"] = inner.get("packageUri")
    if inner.get("errorInfo"):
        shown["errorInfo"] = inner["errorInfo"]
    shown.update(_by_year(inner, year))
    made: Json = {"id": resource["id"], "name": _name(resource), "type": TYPE, "systemData": resource.get("systemData")}
    if resource.get("identity"):
        made["identity"] = _identity(resource["identity"])
    if year >= "2022-11-01":
        made["plan"] = resource.get("plan")
    return {**made, "properties": shown}


def _by_year(inner: Json, year: str) -> Json:
    """What came and went after the first era."""
    found: Json = {}
    if year < "2022":
        found["installState"] = _install_state(inner, during="Unknown" if year == "2021-09-01" else "Pending")
    if year >= "2021-09-01":
        found["aksAssignedIdentity"] = inner.get("aksAssignedIdentity")
    if "2022-03-01" <= year < "2022-11-01":
        found["installedVersion"] = inner.get("currentVersion")
    if year >= "2022-11-01":
        found["currentVersion"] = inner.get("currentVersion")
        found["isSystemExtension"] = bool(inner.get("isSystemExtension"))
    return found


def _first(resource: Json) -> Json:
    inner, data = resource["properties"], resource.get("systemData") or {}
    error = inner.get("errorInfo") or {}
    identity = resource.get("identity")
    shown = {
        **_common(inner),
        "version": inner.get("version") or inner.get("currentVersion"),
        "scope": {"cluster": None, "namespace": None, **(inner.get("scope") or {})},
        "installState": _install_state(inner, during="Pending"),
        "creationTime": _offset(data.get("createdAt")),
        "lastModifiedTime": _offset(data.get("lastModifiedAt")),
        "lastStatusTime": _offset(data.get("lastModifiedAt")),
        "errorInfo": {"code": error.get("code"), "message": error.get("message")},
        "identity": _identity(identity) if identity else None,
    }
    return {"id": resource["id"], "name": _name(resource), "type": TYPE, "systemData": None, "properties": shown}


def _common(inner: Json) -> Json:
    return {
        "extensionType": inner.get("extensionType"),
        "autoUpgradeMinorVersion": inner.get("autoUpgradeMinorVersion", True),
        "releaseTrain": inner.get("releaseTrain"),
        "scope": inner.get("scope"),
        "configurationSettings": inner.get("configurationSettings") or {},
        "configurationProtectedSettings": {},
        "statuses": inner.get("statuses") or [],
    }


def _install_state(inner: Json, during: str) -> str:
    return _INSTALL.get(str(inner.get("provisioningState")).lower(), during)


def _identity(identity: Json) -> Json:
    return {key: identity.get(key) for key in ("type", "principalId", "tenantId")}


def _name(resource: Json) -> Any:
    return resource.get("name") or resource["id"].rsplit("/", 1)[-1]


def _offset(moment: Any) -> Any:
    return moment[:-1] + "+00:00" if isinstance(moment, str) and moment.endswith("Z") else moment
