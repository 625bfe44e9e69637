"""Owns who may do what, as RBAC decides it; must not know tokens, HTTP or the objects themselves."""

from __future__ import annotations

from dataclasses import dataclass


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

    def may(self, verb: str, group: str, resource: str, *, namespace: str = "", name: str = "") -> bool:
        """True when a rule allows it. A subresource is written "pods/log"."""
        return any(_allows(rule, verb, group, resource, namespace, name) for rule in self.rules)


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
