"""Which api-version to ask ARM with.

Owns the versions arcdeck reads and writes, the choice of another when a service does not know ours (sovereign clouds
lag), and what a body looks like in an older one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from tui.core.errors import Problem

EXTENSIONS: Final = "microsoft.kubernetesconfiguration/extensions"
EXTENSION_VERSIONS: Final = ("2023-05-01", "2022-11-01", "2022-03-01", "2021-09-01", "2020-07-01-preview")
"""Newest first: a service that knows only an older body says so, and the next is tried."""
VERSIONS: Final[Mapping[str, str]] = {
    "microsoft.kubernetes/connectedclusters": "2024-01-01",
    "microsoft.containerservice/managedclusters": "2023-10-01",
    "microsoft.machinelearningservices/workspaces": "2023-10-01",
    "microsoft.machinelearningservices/workspaces/computes": "2023-10-01",
    "microsoft.relay/namespaces": "2021-11-01",
    "microsoft.servicebus/namespaces": "2021-11-01",
    "microsoft.operationalinsights/workspaces": "2022-10-01",
    "microsoft.operationalinsights/workspaces/sharedkeys": "2020-08-01",
    EXTENSIONS: EXTENSION_VERSIONS[0],
}
"""By resource type; what is inside of one, and its actions, have the version of the nearest that is named here."""
RESOURCES: Final = "2021-04-01"
"""Of the Microsoft.Resources calls: providers, resource lists."""
_UNSUPPORTED: Final = frozenset(
    {"invalidapiversionparameter", "noregisteredproviderfound", "unsupportedapiversion", "invalidresourcetype"}
)
_VERSION: Final = re.compile(r"\b\d{4}-\d\d-\d\d(?:-preview)?\b")


def type_of(path: str) -> str:
    """The resource type a path or id is of, in lower case: of a collection too."""
    steps = path.strip("/").lower().split("/")
    if "providers" not in steps:
        return ""
    after = steps[len(steps) - steps[::-1].index("providers") :]
    return "/".join([after[0], *after[1::2]]) if after else ""


def version_of(path: str) -> str:
    """The api-version arcdeck was written for."""
    kind = type_of(path)
    while kind and kind not in VERSIONS:
        kind = kind.rpartition("/")[0]
    return VERSIONS.get(kind, RESOURCES)


def fitted(path: str, body: Any, version: str) -> Any:
    """A body as this version knows it: the first era had the extension's identity among its properties."""
    if type_of(path) != EXTENSIONS or version != EXTENSION_VERSIONS[-1] or not isinstance(body, dict):
        return body
    rest = {key: value for key, value in body.items() if key != "identity"}
    if "identity" not in body:
        return rest
    return {**rest, "properties": {**body.get("properties", {}), "identity": body["identity"]}}


def unsupported(problem: object) -> bool:
    """Whether the service does not know the api-version."""
    return isinstance(problem, Problem) and problem.code.lower() in _UNSUPPORTED


def another(problem: Problem, asked: str) -> str:
    """The version to ask with instead, of those the refusal names: the next older stable one first; else empty."""
    offered: list[str] = sorted(set(_VERSION.findall(problem.what)) - {asked})
    for wanted in (
        [each for each in offered if each < asked and "preview" not in each],
        [each for each in offered if each < asked],
        [each for each in offered if "preview" not in each][:1],
        offered[:1],
    ):
        if wanted:
            return wanted[-1]
    return ""
