"""Self-reviews: may I, what may I, who am I. Owns the bodies of their answers."""

from __future__ import annotations

from typing import Any

from tui.demo.kube.access import PUBLIC, Identity
from tui.demo.kube.causes import invalid
from tui.demo.kube.status import StatusError, review_invalid

Body = dict[str, Any]


def review(body: Body, identity: Identity, at: str) -> Body:
    """The review with its status filled in. Raises StatusError (400, 422) for one that asks nothing."""
    spec, head = body.get("spec") or {}, {"kind": body["kind"], "apiVersion": body["apiVersion"]}
    match body["kind"]:
        case "SelfSubjectAccessReview":
            return {**head, "metadata": {}, "spec": spec, "status": _access(spec, identity)}
        case "SelfSubjectRulesReview":
            return {**head, "metadata": {}, "spec": {}, "status": _rules(identity, spec.get("namespace") or "")}
    who = {"username": identity.user, "uid": identity.user, "groups": list(identity.groups)}
    return {**head, "metadata": {"creationTimestamp": at}, "status": {"userInfo": who}}


def _access(spec: Body, identity: Identity) -> Body:
    asked: Body | None = spec.get("resourceAttributes")
    path: Body | None = spec.get("nonResourceAttributes")
    if (asked is None) is (path is None):
        said = "exactly one of nonResourceAttributes or resourceAttributes must be specified"
        raise review_invalid("authorization.k8s.io", invalid("spec", None, said))
    if path is not None:
        return {"allowed": path.get("verb") in ("get", "head") and identity.may_read(str(path.get("path")))}
    assert asked is not None
    resource = asked.get("resource") or ""
    if asked.get("subresource"):
        resource += f"/{asked['subresource']}"
    allowed = identity.may(
        asked.get("verb") or "", asked.get("group") or "", resource,
        namespace=asked.get("namespace") or "", name=asked.get("name") or "",
    )  # fmt: skip
    return {"allowed": allowed}


def _rules(identity: Identity, namespace: str) -> Body:
    if not namespace:
        raise StatusError(400, "no namespace on request")
    rules = [
        {
            "verbs": list(rule.verbs), "apiGroups": list(rule.groups), "resources": list(rule.resources),
            **({"resourceNames": list(rule.names)} if rule.names else {}),
        }
        for rule in identity.rules
        if not rule.namespaces or namespace in rule.namespaces
    ]  # fmt: skip
    paths = [{"verbs": ["get"], "nonResourceURLs": list(each)} for each in (PUBLIC, identity.paths)]
    return {"resourceRules": rules, "nonResourceRules": paths, "incomplete": False}
