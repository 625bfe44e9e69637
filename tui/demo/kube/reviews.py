"""Self-reviews: may I, what may I, who am I. Owns the bodies of their answers."""

from __future__ import annotations

from typing import Any

from tui.demo.kube.access import Identity

Body = dict[str, Any]


def review(body: Body, identity: Identity) -> Body:
    """The review with its status filled in."""
    spec = body.get("spec") or {}
    match body["kind"]:
        case "SelfSubjectAccessReview":
            status = _access(spec, identity)
        case "SelfSubjectRulesReview":
            status = _rules(identity, spec.get("namespace") or "")
        case _:
            status = {"userInfo": {"username": identity.user, "groups": list(identity.groups)}}
    return {**body, "metadata": {"creationTimestamp": None}, "spec": spec, "status": status}


def _access(spec: Body, identity: Identity) -> Body:
    asked, path = spec.get("resourceAttributes"), spec.get("nonResourceAttributes") or {}
    if asked is None:
        return {"allowed": path.get("verb") in ("get", "head") and identity.may_read(str(path.get("path")))}
    resource = asked.get("resource") or ""
    if asked.get("subresource"):
        resource += f"/{asked['subresource']}"
    allowed = identity.may(
        asked.get("verb") or "", asked.get("group") or "", resource,
        namespace=asked.get("namespace") or "", name=asked.get("name") or "",
    )  # fmt: skip
    return {"allowed": allowed}


def _rules(identity: Identity, namespace: str) -> Body:
    rules = [
        {
            "verbs": list(rule.verbs), "apiGroups": list(rule.groups), "resources": list(rule.resources),
            **({"resourceNames": list(rule.names)} if rule.names else {}),
        }
        for rule in identity.rules
        if not rule.namespaces or namespace in rule.namespaces
    ]  # fmt: skip
    paths = [{"verbs": ["get"], "nonResourceURLs": list(identity.paths)}]
    return {"resourceRules": rules, "nonResourceRules": paths, "incomplete": False}
