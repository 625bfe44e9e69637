"""Owns who may do what, as RBAC decides it; must not know tokens, HTTP or the objects themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

DISCOVERY: Final = (
    "/api", "/api/*", "/apis", "/apis/*", "/healthz", "/livez", "/openapi", "/openapi/*", "/readyz", "/version",
    "/version/",
)  # fmt: skip
"""Paths that are no resources and that everybody who signed in may read."""
PUBLIC: Final = ("/healthz", "/livez", "/readyz", "/version", "/version/")
"""Paths that answer whoever asks."""
MASTERS: Final = "system:masters"
"""The group whose members may do everything, whatever the rules say."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One RBAC rule; "*" allows all. Empty names or namespaces do not restrict."""

    verbs: tuple[str, ...]
    groups: tuple[str, ...]
    resources: tuple[str, ...]
    names: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Identity:
    """A signed-in user and what RBAC gives it."""

    user: str
    groups: tuple[str, ...]
    rules: tuple[Rule, ...]
    paths: tuple[str, ...] = DISCOVERY
    """Paths beside resources that it may GET; "*" ends a prefix."""

    def may(self, verb: str, group: str, resource: str, *, namespace: str = "", name: str = "") -> bool:
        """True when a rule allows it. A subresource is written "pods/log"."""
        return any(_allows(rule, verb, group, resource, namespace, name) for rule in self.rules)

    def may_read(self, path: str) -> bool:
        """True when it may GET a path that is no resource."""
        return any(path.startswith(known[:-1]) if known.endswith("*") else path == known for known in self.paths)


ANONYMOUS: Final = Identity("system:anonymous", ("system:unauthenticated",), (), PUBLIC)
"""Whoever does not sign in."""
EVERYTHING: Final = Rule(("*",), ("*",), ("*",))
SELF_REVIEWS: Final = (
    Rule(("create",), ("authorization.k8s.io",), ("selfsubjectaccessreviews", "selfsubjectrulesreviews")),
    Rule(("create",), ("authentication.k8s.io",), ("selfsubjectreviews",)),
)
"""What everybody who signed in may ask about itself."""


def of_certificate(certificate: Mapping[str, Any], known: Iterable[Identity]) -> Identity | None:
    """The identity of a client certificate (as `ssl` shows it): common name = user, organizations = groups."""
    subject = [pair for part in certificate.get("subject", ()) for pair in part]
    user = next((str(value) for field, value in subject if field == "commonName"), "")
    groups = tuple(str(value) for field, value in subject if field == "organizationName")
    if not user:
        return None
    found = next((identity for identity in known if identity.user == user), None)
    if found is not None:
        return found
    every = (*groups, "system:authenticated")
    if MASTERS in groups:
        return Identity(user, every, (EVERYTHING,), ("*",))
    return Identity(user, every, SELF_REVIEWS)


def _allows(rule: Rule, verb: str, group: str, resource: str, namespace: str, name: str) -> bool:
    _, slash, sub = resource.partition("/")
    asked = {"*", resource, f"*/{sub}" if slash else resource}
    return (
        bool({"*", verb} & set(rule.verbs))
        and bool({"*", group} & set(rule.groups))
        and bool(asked & set(rule.resources))
        and (not rule.names or name in rule.names)
        and (not rule.namespaces or namespace in rule.namespaces)
    )
