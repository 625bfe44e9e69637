"""Paths of the API and the verbs of requests."""

from __future__ import annotations

import pytest

from tui.demo.kube.routing import Route, parse, verb


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/api/v1/pods", Route("", "v1", "", "pods", "", "")),
        ("/api/v1/namespaces/ml/pods/a/log", Route("", "v1", "ml", "pods", "a", "log")),
        ("/api/v1/namespaces", Route("", "v1", "", "namespaces", "", "")),
        ("/api/v1/namespaces/ml", Route("", "v1", "", "namespaces", "ml", "")),
        ("/api/v1/namespaces/ml/status", Route("", "v1", "", "namespaces", "ml", "status")),
        ("/apis/apps/v1/namespaces/ml/deployments", Route("apps", "v1", "ml", "deployments", "", "")),
        ("/apis/a.b/v1/things/x/status", Route("a.b", "v1", "", "things", "x", "status")),
        ("/api/v1", None),
        ("/apis/apps/v1", None),
        ("/apis", None),
        ("/healthz", None),
        ("/api/v1//pods", None),
        ("/api/v1/namespaces/ml/pods/a/log/more", None),
    ],
)
def test_paths(path: str, route: Route | None) -> None:
    assert parse(path) == route


@pytest.mark.parametrize(
    ("method", "path", "watch", "expected"),
    [
        ("GET", "/api/v1/pods", False, "list"),
        ("GET", "/api/v1/pods", True, "watch"),
        ("GET", "/api/v1/namespaces/ml/pods/a", False, "get"),
        ("POST", "/api/v1/namespaces/ml/pods", False, "create"),
        ("PUT", "/api/v1/namespaces/ml/pods/a", False, "update"),
        ("PATCH", "/api/v1/namespaces/ml/pods/a", False, "patch"),
        ("DELETE", "/api/v1/namespaces/ml/pods/a", False, "delete"),
        ("DELETE", "/api/v1/namespaces/ml/pods", False, "deletecollection"),
        ("PUT", "/api/v1/pods", False, ""),
        ("GET", "/api/v1/namespaces/ml/pods/a/log", True, "get"),
    ],
)
def test_verbs(method: str, path: str, watch: bool, expected: str) -> None:
    route = parse(path)
    assert route is not None
    assert verb(method, route, watch=watch) == expected
