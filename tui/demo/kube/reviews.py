"""Self-reviews: may I, what may I, who am I."""

from __future__ import annotations

from typing import Any

from tui.demo.kube.access import Identity

Body = dict[str, Any]


def review(kind: str, body: Body, identity: Identity) -> Body:
    """The review with its status filled in."""
    spec = body.get("spec") or {}
    answers = {
        "SelfSubjectAccessReview": lambda: _access(spec, identity),
        "SelfSubjectRulesReview": lambda: _rules(identity, spec.get("namespace", "")),
        "SelfSubjectReview": lambda: {"userInfo": {"username": identity.user, "groups": list(identity.groups)}},
    }
    version = "authentication.k8s.io/v1" if kind == "SelfSubjectReview" else "authorization.k8s.io/v1"
    return {
        "kind": kind,
        "apiVersion": version,
        "metadata": {"creationTimestamp": None},
        "spec": spec,
        "status": answers[kind](),
    }


def _access(spec: Body, identity: Identity) -> Body:
    asked = spec.get("resourceAttributes")
    if asked is None:
        return {"allowed": identity.may("get", "", "nodes")}
    resource = asked.get("resource", "*")
    if asked.get("subresource"):
        resource += f"/{asked['subresource']}"
    allowed = identity.may(
        asked.get("verb", "*"), asked.get("group", ""), resource,
        namespace=asked.get("namespace", ""), name=asked.get("name", ""),
    )  # fmt: skip
    return {"allowed": allowed, **({} if allowed else {"reason": "no rule allows it"})}


def _rules(identity: Identity, namespace: str) -> Body:
    rules = [
        {
            "verbs": list(rule.verbs), "apiGroups": list(rule.groups), "resources": list(rule.resources),
            **({"resourceNames": list(rule.names)} if rule.names else {}),
        }
        for rule in identity.rules
        if not rule.namespaces or namespace in rule.namespaces
    ]  # fmt: skip
    paths = [
        {
            "verbs": ["get"],
            "nonResourceURLs": ["/api", "/api/*", "/apis", "/apis/*", "/version", "/healthz", "/openapi/*"],
        }
    ]
    return {"resourceRules": rules, "nonResourceRules": paths, "incomplete": False}
