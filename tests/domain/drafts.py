"""Drafts and sites that the tests of the settings have in common."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from tui.core.health import Health
from tui.core.secret import Secret
from tui.domain.plans.draft import Draft
from tui.domain.plans.note import Note
from tui.domain.settings.rules import Site, judge

BAD, WARN, GOOD = Health.BAD, Health.WARN, Health.GOOD
TRAIN = {"enableTraining": "True"}
SERVE = {
    "enableInference": "True", "inferenceRouterServiceType": "nodePort", "sslSecret": "tls", "sslCname": "ml.example",
}  # fmt: skip
BALANCED = SERVE | {"inferenceRouterServiceType": "loadBalancer"}
INSECURE = {"enableInference": "True", "inferenceRouterServiceType": "clusterIP", "allowInsecureConnections": "True"}
FILES = {"sslCertPemFile": Secret("c"), "sslKeyPemFile": Secret("k")}
ARC = Site(nodes=5, distribution="generic")
AKS = Site(connected=False, nodes=5, distribution="aks")
OLD = Site(nodes=5, distribution="generic", era="B")
SMALL = Site(nodes=2, distribution="generic")
Codes = dict[str, Health]


def without(settings: Mapping[str, str], *keys: str) -> dict[str, str]:
    return {key: value for key, value in settings.items() if key not in keys}


def live(settings: Mapping[str, str], site: Site = ARC) -> Site:
    return replace(site, live=settings)


def codes(draft: Draft, site: Site = ARC) -> Codes:
    return {note.code: note.health for note in judge(draft, site)}


def noted(draft: Draft, code: str, site: Site = ARC) -> Note:
    [note] = [note for note in judge(draft, site) if note.code == code]
    return note
