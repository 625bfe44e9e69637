"""The plan of an install: the Azure resources first, then the extension with the settings that name them.

Owns the order, the body of the PUT, and which providers are registered before. Sends nothing; what is said when an
extension is there already is `deploy_notes`', the settings' own rules are `settings_rules`', what the cluster lacks is
`preflight`'s.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from msgspec import Struct

from tui.domain.cluster import ClusterRow
from tui.domain.component import NAMESPACE
from tui.domain.extension import TYPE, ExtensionRow
from tui.domain.plans import az_command, az_settings, azure_resources, deploy_notes
from tui.domain.plans.az_names import Home, home_of
from tui.domain.plans.az_settings import Value, on
from tui.domain.plans.azure_resources import Part
from tui.domain.plans.draft import Draft
from tui.domain.plans.plan import Body, Plan, Step
from tui.domain.settings.catalogue import Era, spelled

ALWAYS: Final = (
    "Microsoft.KubernetesConfiguration", "Microsoft.ExtendedLocation", "Microsoft.MachineLearningServices",
    "Microsoft.Storage",
)  # fmt: skip
"""Providers every install needs registered, beside those of the cluster and of its Azure resources."""
_SWITCHES: Final = {"enableTraining": "False", "enableInference": "False"}
"""Always said, whatever was given."""


class Contents(Struct, frozen=True):
    """What the extension is told, and the Azure resources it is told of."""

    settings: Mapping[str, Value]
    protected: Mapping[str, Value]
    parts: tuple[Part, ...]


def plan(
    draft: Draft, cluster: ClusterRow, live: ExtensionRow | None, *, era: Era = "C", unregistered: Collection[str] = (),
    anew: bool = False,
) -> Plan:  # fmt: skip
    """The plan that makes a cluster's extension what the draft says; `live` is the product's extension there, if any.

    `unregistered` are providers the subscription has not registered: those that matter are registered first. `anew`:
    even what is as wished is put again, because what it is told of in Azure is gone.
    """
    home = home_of(cluster)
    target = f"{home.cluster_id}/providers/Microsoft.KubernetesConfiguration/extensions/{draft.name}"
    made = contents(draft, cluster, era, live.settings if live else {})
    notes = deploy_notes.of_live(draft, made.settings, live) + deploy_notes.of_draft(draft, cluster, made.settings)
    if live is not None and not anew and deploy_notes.is_wished(draft, made.settings, live):
        return Plan("deploy", target, (), notes)
    registering = _registering(home, made.parts, unregistered)
    last = Step(
        "extension", f"{'install' if live is None else 'put'} the extension {draft.name}", "PUT", target,
        body=body(draft, made), follows=True, command=az_command.rest("PUT", target, "extension.json"),
    )  # fmt: skip
    return Plan(
        "deploy", target, (*registering, *azure_resources.steps_of(made.parts), last), notes,
        costs=tuple(part.cost for part in made.parts),
        lasting=deploy_notes.lasting(made.parts, [step.title for step in registering]),
        az=az_command.extension_create(home, draft),
    )  # fmt: skip


def contents(draft: Draft, cluster: ClusterRow, era: Era, known: Mapping[str, str]) -> Contents:
    """All settings of an install, those that follow included; `known`: the settings of an extension that is there."""
    home = home_of(cluster)
    given = {spelled(key): value for key, value in draft.settings.items()}
    given = az_settings.with_defaults(given, _SWITCHES)
    hidden: dict[str, Value] = {spelled(key): value for key, value in draft.protected.items()}
    settings = {**az_settings.with_defaults(given, az_settings.of_cluster(home, cluster, given, era))}
    settings = az_settings.with_defaults(settings, az_settings.of_scoring(given, hidden))
    parts = azure_resources.needed(home, settings, hidden, known)
    secure = on(given, "enableInference") and not on(given, "allowInsecureConnections")
    protected = az_settings.pem_as_sent(hidden, wanted=secure) | azure_resources.protected_of(parts)
    plain: dict[str, Value] = {**settings, **azure_resources.settings_of(parts)}
    return Contents(az_settings.hidden(az_settings.said_twice(plain)), az_settings.said_twice(protected), parts)


def body(draft: Draft, made: Contents) -> Body:
    """What is PUT."""
    pinned = {"version": draft.version} if draft.version and not draft.auto_upgrade else {}
    return {
        "identity": {"type": "SystemAssigned"},
        "location": "",
        "properties": {
            "extensionType": TYPE, "autoUpgradeMinorVersion": draft.auto_upgrade,
            "releaseTrain": draft.train or "stable", **pinned, "scope": {"cluster": {"releaseNamespace": NAMESPACE}},
            "configurationSettings": dict(made.settings), "configurationProtectedSettings": dict(made.protected),
        },
    }  # fmt: skip


def _registering(home: Home, parts: tuple[Part, ...], unregistered: Collection[str]) -> tuple[Step, ...]:
    """A step for each provider that this plan needs and the subscription lacks."""
    lacking = {name.lower() for name in unregistered}
    of_cluster = "Microsoft.ContainerService" if home.is_managed else "Microsoft.Kubernetes"
    wanted = dict.fromkeys((of_cluster, *ALWAYS, *(part.provider for part in parts)))
    return tuple(_register(home, name) for name in wanted if name.lower() in lacking)


def _register(home: Home, namespace: str) -> Step:
    path = f"/subscriptions/{home.subscription}/providers/{namespace}/register"
    return Step(
        f"register-{namespace.lower()}", f"register the provider {namespace}", "POST", path, follows=True,
        command=az_command.register(namespace, home.subscription),
    )  # fmt: skip
