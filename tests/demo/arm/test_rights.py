"""What the caller may do: the list of permissions, and that requests keep to it."""

from __future__ import annotations

import pytest

from tests.demo.arm.cloud import ARC, EXT, GROUP, RELAY, SUB, Cloud, extension
from tui.demo.arm.places import parse
from tui.demo.arm.rights import NO_RELAY, OWNER, READER, Permission, action_of, allows

VERSION = "2022-04-01"
RELAY_VERSION = "2021-11-01"
LIST = f"{GROUP}/providers/Microsoft.Authorization/permissions"


@pytest.mark.parametrize(
    ("permission", "action", "allowed"),
    [
        (Permission(("*",)), "Microsoft.Relay/namespaces/write", True),
        (Permission(("*/read",)), "Microsoft.Relay/namespaces/read", True),
        (Permission(("*/read",)), "Microsoft.Relay/namespaces/write", False),
        (Permission(("Microsoft.Relay/*",)), "microsoft.relay/NAMESPACES/write", True),
        (Permission(("Microsoft.Relay/*",)), "Microsoft.RelayX/namespaces/write", False),
        (Permission(("*",), ("Microsoft.Authorization/*/Write",)), "Microsoft.Authorization/locks/write", False),
        (Permission(("a.b/c",)), "aXb/c", False),
    ],
)
def test_wildcards(permission: Permission, action: str, allowed: bool) -> None:
    assert permission.allows(action) is allowed


def test_one_role_gives_what_another_takes_away() -> None:
    both = (Permission(("*",), ("Microsoft.Relay/*",)), Permission(("Microsoft.Relay/namespaces/write",)))
    assert allows(both, "Microsoft.Relay/namespaces/write")
    assert not allows(both, "Microsoft.Relay/namespaces/delete")


@pytest.mark.parametrize(
    ("method", "path", "action"),
    [
        ("GET", EXT, "Microsoft.KubernetesConfiguration/extensions/read"),
        ("PUT", EXT, "Microsoft.KubernetesConfiguration/extensions/write"),
        ("PATCH", EXT, "Microsoft.KubernetesConfiguration/extensions/write"),
        ("DELETE", RELAY, "Microsoft.Relay/namespaces/delete"),
        (
            "POST",
            f"{RELAY}/authorizationRules/r/listKeys",
            "Microsoft.Relay/namespaces/authorizationRules/listKeys/action",
        ),
        ("POST", f"/subscriptions/{SUB}/providers/Microsoft.Relay/register", "Microsoft.Relay/register/action"),
        ("GET", GROUP, "Microsoft.Resources/subscriptions/resourceGroups/read"),
        ("GET", f"/subscriptions/{SUB}", "Microsoft.Resources/subscriptions/read"),
    ],
)
def test_what_a_request_needs(method: str, path: str, action: str) -> None:
    assert action_of(method, parse(path)) == action


async def test_the_list_says_what_the_roles_give(cloud: Cloud) -> None:
    owner = {"actions": ["*"], "notActions": [], "dataActions": [], "notDataActions": []}
    assert await cloud.get(LIST, VERSION) == {"value": [owner]}
    cloud.state.rights = (Permission(("*",), ("Microsoft.Relay/*",)),)
    assert (await cloud.get(f"{ARC}/providers/Microsoft.Authorization/permissions", VERSION))["value"][0][
        "notActions"
    ] == ["Microsoft.Relay/*"]
    assert (await cloud.refused("GET", LIST, "2011-01-01"))[1] == "InvalidApiVersionParameter"
    assert (await cloud.refused("PUT", LIST, VERSION, {}))[0] == 405
    assert (await cloud.refused("GET", LIST.replace("ml-Edge", "none"), VERSION))[1] == "ResourceGroupNotFound"


async def test_a_reader_reads_and_nothing_else(cloud: Cloud) -> None:
    cloud.state.put(extension())
    cloud.state.rights = READER
    await cloud.get(EXT)
    await cloud.get(LIST, VERSION)
    for method, path, version in (("PUT", EXT, "2023-05-01"), ("DELETE", EXT, "2023-05-01"),
                                  ("POST", f"{RELAY}/authorizationRules/r/listKeys", RELAY_VERSION),
                                  ("POST", f"/subscriptions/{SUB}/providers/Microsoft.Relay/register", "2021-04-01"),
                                  ):  # fmt: skip
        status, code, message = await cloud.refused(method, path, version, {})
        assert (status, code) == (403, "AuthorizationFailed")
        assert f"perform action '{action_of(method, parse(path))}' over scope '{path}'" in message


async def test_who_may_not_touch_relay_may_install_all_the_same(cloud: Cloud) -> None:
    cloud.state.rights = NO_RELAY
    body = {"properties": {"extensionType": "microsoft.flux"}}
    assert (await cloud.ask("PUT", EXT, "2023-05-01", body))[0] == 201
    assert (await cloud.refused("PUT", f"{RELAY}x", RELAY_VERSION, {"location": "eastus"}))[0] == 403
    cloud.state.rights = OWNER
    assert (await cloud.ask("PUT", f"{RELAY}x", RELAY_VERSION, {"location": "eastus"}))[0] == 200
