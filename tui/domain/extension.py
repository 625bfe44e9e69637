"""The extension resource of every era as one row.

Owns the reading of the three bodies: installState (2020), both states on the wire (2021), provisioningState (2022 on).
Protected settings are kept by name only. Must not know how it is fetched.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from tui.core.health import Health
from tui.core.redact import MASK, redact_text, secret_name
from tui.core.text import shorten_end
from tui.core.units import age
from tui.domain import arm_error, arm_id
from tui.domain.arm_error import ArmError
from tui.domain.settings.catalogue import Era, find, is_true
from tui.domain.wire import dig, mapping, moment, said, sequence, text

NAME: Final = "extensions"
TYPE: Final = "microsoft.azureml.kubernetes"
"""Compared case-insensitively; the name of the resource is the operator's choice (often `amlarc-compute`)."""
INSTALLED: Final = "Installed"
PENDING: Final = "Pending"
FAILED: Final = "Failed"

_UNIFIED: Final[dict[str, str]] = {
    "succeeded": INSTALLED, "installed": INSTALLED, "failed": FAILED,
    "creating": PENDING, "updating": PENDING, "pending": PENDING, "unknown": PENDING,
    "deleting": "Deleting", "canceled": "Canceled",
}  # fmt: skip
_HEALTH: Final = {
    INSTALLED: Health.GOOD, PENDING: Health.BUSY, "Deleting": Health.BUSY, FAILED: Health.BAD,
    "Canceled": Health.BAD,
}  # fmt: skip
_LEVELS: Final = {"": "Information", "info": "Information", "error": "Error", "warning": "Warning"}
_NAMES_OF_SECRETS: Final = frozenset({"sslsecret", "scoringfe.sslsecret"})
"""Their values name a Secret of the cluster."""


class StatusRow(Struct, frozen=True, gc=False):
    """One of statuses[]."""

    code: str
    display: str
    level: str
    """`Error`, `Warning` or `Information`."""
    message: str
    time: float | None


class ExtensionRow(Struct, frozen=True, gc=False):
    """The extension."""

    key: str
    id: str
    name: str
    type: str
    version: str
    """The pinned version, empty when it follows the train."""
    current: str
    """What runs; set before the install is done, so no sign of readiness."""
    train: str
    auto_upgrade: bool
    state: str
    """`Installed`, `Pending`, `Failed`, `Deleting`, `Canceled`, or the raw text of any other state."""
    provisioning_state: str
    """As ARM said it, empty in the first era."""
    install_state: str
    """As ARM said it, empty since 2022."""
    statuses: tuple[StatusRow, ...]
    error: ArmError | None
    settings: dict[str, str]
    """configurationSettings, secrets masked."""
    protected: tuple[str, ...]
    """Names of protected settings ARM admits to; it mostly shows none, which does not mean that none are set."""
    namespace: str
    identity: str
    """`SystemAssigned 1f2e…`, empty without one."""
    created: float | None
    modified: float | None
    health: Health
    why: str
    labels: dict[str, str] = {}

    @property
    def raw_state(self) -> str:
        """The state in ARM's own word."""
        return _telling(self.provisioning_state, self.install_state)

    @property
    def in_progress(self) -> bool:
        """Something goes on: poll faster."""
        return self.health in (Health.BUSY, Health.UNKNOWN)

    @property
    def is_azureml(self) -> bool:
        """It is the one this program is about."""
        return self.type.lower() == TYPE

    @property
    def shown_version(self) -> str:
        """What runs, else what was asked for."""
        return self.current or self.version

    @property
    def era(self) -> Era:
        """B for 1.0.x or a body that knows installState only, else C."""
        version = self.shown_version
        if version:
            return "B" if re.match(r"(0|1\.0)\.", version + ".") else "C"
        return "B" if self.install_state and not self.provisioning_state else "C"

    @property
    def cluster_id(self) -> str:
        """ARM id of its cluster."""
        return re.split(r"/providers/Microsoft\.KubernetesConfiguration/", self.id, flags=re.IGNORECASE)[0]


class Difference(Struct, frozen=True, gc=False):
    """A setting that is not at its default."""

    key: str
    value: str
    default: str
    meaning: str
    """Empty: not in the catalogue."""


def decode(body: Any) -> ExtensionRow:
    """The row of an ARM body; also of the flat form the az CLI prints. Never raises."""
    wire = mapping(body)
    inner = mapping(wire.get("properties")) or wire
    data = mapping(wire.get("systemData"))
    provisioning, install = text(inner.get("provisioningState")), text(inner.get("installState"))
    raw = _telling(provisioning, install)
    state = _UNIFIED.get(raw.lower(), raw or "Unknown")
    error = arm_error.decode(inner.get("errorInfo"))
    statuses = tuple(_status(mapping(item)) for item in sequence(inner.get("statuses")))
    health, why = _judge(state, raw, error, statuses)
    resource_id = text(wire.get("id"))
    return ExtensionRow(
        arm_id.key(resource_id, wire.get("name")), resource_id, text(wire.get("name")),
        text(inner.get("extensionType")), text(inner.get("version")),
        text(inner.get("currentVersion")) or text(inner.get("installedVersion")),
        text(inner.get("releaseTrain")), inner.get("autoUpgradeMinorVersion") is True, state,
        provisioning, install,
        statuses, error, _settings(inner.get("configurationSettings")),
        tuple(sorted(map(text, mapping(inner.get("configurationProtectedSettings"))))),
        text(dig(inner, "scope", "cluster", "releaseNamespace"))
        or text(dig(inner, "scope", "namespace", "targetNamespace")),
        _identity(mapping(wire.get("identity")) or mapping(inner.get("identity"))),
        moment(data.get("createdAt")) or moment(inner.get("creationTime")),
        moment(data.get("lastModifiedAt")) or moment(inner.get("lastModifiedTime")), health, why,
    )  # fmt: skip


def _telling(provisioning: str, install: str) -> str:
    """The one of the two states that tells. 2021 sent both: Succeeded then says only that ARM has the resource."""
    if provisioning.lower() == "succeeded" and install.lower() in ("pending", "failed"):
        return install
    return provisioning or install


def _status(wire: Mapping[str, Any]) -> StatusRow:
    level = text(wire.get("level"))
    return StatusRow(
        text(wire.get("code")), text(wire.get("displayStatus")), _LEVELS.get(level.lower(), level),
        said(wire.get("message")), moment(wire.get("time")),
    )  # fmt: skip


def _judge(state: str, raw: str, error: ArmError | None, statuses: tuple[StatusRow, ...]) -> tuple[Health, str]:
    health = _HEALTH.get(state, Health.UNKNOWN)
    bad = next((status for status in statuses if status.level.lower() == "error"), None)
    told = str(arm_error.innermost(error)) if error else arm_error.essence(bad.message) if bad else ""
    if health is Health.GOOD:
        return (Health.WARN, shorten_end(told, 200)) if told else (health, "")
    if health is Health.BAD:
        return health, shorten_end(told, 200) or f"{raw}, ARM gives no reason"
    return health, shorten_end(": ".join(filter(None, (raw or "no state", told))), 200)


def _settings(wire: object) -> dict[str, str]:
    return {text(key): masked(text(key), text(value)) for key, value in sorted(mapping(wire).items())}


def masked(key: str, value: str) -> str:
    """The value, or a mask when the key or the value itself says that it is a secret."""
    known = find(key)
    by_key = secret_name(key) and key.lower() not in _NAMES_OF_SECRETS
    if value and (by_key or (known and known.kind == "secret")):
        return MASK
    return redact_text(value)


def _identity(wire: Mapping[str, Any]) -> str:
    return " ".join(filter(None, (text(wire.get("type")), text(wire.get("principalId")))))


def of_product(rows: Mapping[str, ExtensionRow]) -> ExtensionRow | None:
    """The one that is the product's, whatever its name; None when there is none."""
    return next((row for row in rows.values() if row.is_azureml), None)


def setting(row: ExtensionRow, key: str) -> str:
    """What is in force: the value that is set, else the era's default, else empty."""
    for name, value in row.settings.items():
        if name.lower() == key.lower():
            return value
    known = find(key)
    default = (known.default(row.era) if known else "") or ""
    return setting(row, default) if default == "enableTraining" else default


def enabled(row: ExtensionRow, key: str) -> bool:
    """Whether a switch is on."""
    return is_true(setting(row, key))


def differs(row: ExtensionRow) -> list[Difference]:
    """The settings that are not at their era's default, without those the az CLI fills in by itself."""
    found = []
    for key, value in row.settings.items():
        known = find(key)
        if known is not None and known.kind == "set by az":
            continue
        default = (known.default(row.era) if known else None) or ""
        if default == "enableTraining":
            default = setting(row, default) or "False"
        if value.strip().lower() != default.lower():
            found.append(Difference(key, value, default, known.meaning if known else ""))
    return found


def explain(row: ExtensionRow, now: float) -> str:
    """`why` with how long it goes on: `Creating for 4m12s`."""
    since = row.modified if row.modified is not None else row.created
    if row.health is not Health.BUSY or since is None:
        return row.why
    return f"{row.why} for {age(now - since)}"


def haystack(row: ExtensionRow) -> str:
    """What the filter looks in."""
    return f"{row.name} {row.type} {row.state} {row.shown_version} {row.train} {row.why}"
