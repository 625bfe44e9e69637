"""Whatever is asked, there is an answer or a refusal: bodies of any shape, paths of any sort."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.demo.arm.cloud import ARC, EXT, GROUP, RELAY, SUB, WORKSPACE, Clock, extension, fill
from tui.demo.arm import catalogue, places
from tui.demo.arm.call import Call, Reply
from tui.demo.arm.errors import ArmError
from tui.demo.arm.routing import Router
from tui.demo.arm.state import ArmState

KEYS = (
    "properties", "identity", "type", "extensionType", "scope", "cluster", "namespace", "releaseNamespace", "version",
    "autoUpgradeMinorVersion", "configurationSettings", "configurationProtectedSettings", "computeType", "resourceId",
    "instanceTypes", "defaultInstanceType", "rights", "location", "tags", "releaseTrain",
)  # fmt: skip
LEAVES = st.sampled_from(["", "Kubernetes", "SystemAssigned", ARC, "x", 1, True, False, None, 1.5])
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=8),
    max_leaves=25,
)
OBJECTS = st.dictionaries(st.sampled_from(KEYS), JSON, max_size=6)
BODIES = st.one_of(JSON, st.fixed_dictionaries({"properties": OBJECTS}, optional={"identity": JSON, "location": JSON}))
PATHS = st.sampled_from(
    [
        (path, version)
        for path in (
            EXT,
            EXT + "2",
            f"{WORKSPACE}/computes/edge",
            f"{WORKSPACE}/computes/new",
            RELAY,
            f"{RELAY}/authorizationRules/r",
        )
        for version in catalogue.TYPES[places.parse(path).type].versions
    ]
)
STEPS = st.lists(
    st.sampled_from([*EXT.split("/")[1:], *WORKSPACE.split("/"), "operations", "x", "listKeys"]), max_size=14
)
VERSIONS = st.sampled_from([*sorted({v for kind in catalogue.TYPES.values() for v in kind.versions}), "2021-04-01"])


def filled() -> ArmState:
    state = ArmState(Clock())
    fill(state)
    state.put(extension())
    return state


def answered(state: ArmState, method: str, path: str, version: str, content: Any = None) -> Reply | ArmError:
    try:
        query = {"api-version": version, "underlyingresourceaction": "detach"}
        return Router().answer(Call(state, method, places.parse(path), query, content, "https://127.0.0.1"))
    except ArmError as refusal:
        return refusal


@settings(max_examples=300)
@given(PATHS, st.sampled_from(["PUT", "PATCH"]), BODIES)
def test_a_body_of_any_shape_is_taken_or_refused(place: tuple[str, str], method: str, body: Any) -> None:
    state, (path, version) = filled(), place
    first = answered(state, method, path, version, body)
    if isinstance(first, Reply):
        assert 200 <= first.status < 300
        shown = answered(state, "GET", path, version)  # and what it left behind can be shown
        assert isinstance(shown, Reply), shown
    else:
        assert 400 <= first.status < 500


@settings(max_examples=200)
@given(st.sampled_from(["GET", "HEAD", "PUT", "PATCH", "DELETE", "POST", "OPTIONS"]), STEPS, VERSIONS)
def test_a_path_of_any_sort_is_answered_or_refused(method: str, steps: list[str], version: str) -> None:
    found = answered(filled(), method, "/" + "/".join(steps), version, {})
    assert found.status < 500


def test_a_resource_lies_in_a_group() -> None:
    path = f"/subscriptions/{SUB}/providers/Microsoft.Relay/namespaces/relay1"
    found = answered(filled(), "PUT", path, "2021-11-01", {"location": "eastus"})
    assert found.status == 404
    inside = answered(
        filled(), "PUT", f"{GROUP}/providers/Microsoft.Relay/namespaces/relay1", "2021-11-01", {"location": "x"}
    )
    assert inside.status == 200
