"""What becomes of an install or an update: the cause it fails for, or none.

Pure. Owns the order in which Helm and the health check find things out. A scenario may name the cause beforehand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from tui.demo.world import causes
from tui.demo.world.causes import Cause, Verb
from tui.demo.world.components import PROMETHEUS, front_end, parts
from tui.demo.world.sight import NGINX_CLASS, Sight
from tui.demo.world.wish import Wish

_CHECKS: Final = (1, 1, 9)
"""Since then the health check looks for load balancers."""
_NEEDED: Final = 3

FORCED: Final[Mapping[str, Callable[[Wish, Sight], Cause]]] = {
    "install-failing": lambda _wish, _sight: causes.no_network(),
    "fail-network": lambda _wish, _sight: causes.no_network(),
    "fail-timeout": lambda _wish, sight: causes.no_room(sight.total),
    "fail-healthcheck-e40001": lambda _wish, _sight: causes.no_load_balancer(),
    "fail-healthcheck-pull": lambda _wish, _sight: causes.unpulled_check(),
    "fail-insufficient-node": lambda wish, sight: (
        causes.few_eligible(sight.total, 2, front_end(wish)) if wish.high else causes.few_nodes(2)
    ),
    "fail-chart-not-found": lambda _wish, _sight: causes.chart(),
    "fail-operation-in-progress": lambda _wish, _sight: causes.operation_in_progress(),
    "fail-webhook-nginx": lambda _wish, _sight: causes.webhook(),
    "fail-status-not-populated": lambda _wish, _sight: causes.no_status(),
    "fail-image-pull": lambda _wish, _sight: causes.no_images(),
    "fail-policy": lambda wish, _sight: causes.policy(wish),
    "update-fails": lambda _wish, _sight: causes.broken_update(),
}  # fmt: skip
"""By scenario. Those that are not here put something into the cluster, and the rest follows."""


def decide(wish: Wish, sight: Sight, verb: Verb, forced: str = "") -> Cause | None:
    """The first cause there is; None: it goes well."""
    if forced:
        return FORCED[forced](wish, sight)
    return next((cause for found in (_before, _by_check, _waiting) for cause in found(wish, sight, verb)), None)


def _before(wish: Wish, sight: Sight, verb: Verb) -> Iterator[Cause]:
    """What Helm finds before it makes anything."""
    if not wish.published:
        yield causes.chart()
    if sight.recorded and verb == "Create":
        yield causes.name_in_use()
    if sight.terminating:
        yield causes.terminating(wish)
    if sight.conflict is not None:
        found = sight.conflict
        yield causes.ownership(found.kind, found.name, found.namespace, found.lacks, verb)


def _by_check(wish: Wish, sight: Sight, _verb: Verb) -> Iterator[Cause]:
    """What the health check calls critical."""
    if not wish.inference:
        return
    if wish.internal and wish.service == "LoadBalancer":
        yield causes.no_internal_load_balancer()
    if wish.service == "LoadBalancer" and wish.number >= _CHECKS:
        yield causes.no_load_balancer()
    if wish.high and sight.healthy < _NEEDED:
        yield causes.few_nodes(sight.healthy)
    if sight.tls:
        yield causes.bad_tls(sight.tls)


def _waiting(wish: Wish, sight: Sight, verb: Verb) -> Iterator[Cause]:
    """What keeps components from getting ready."""
    if wish.nginx and sight.nginx and wish.value("nginxIngress.controller", NGINX_CLASS) == NGINX_CLASS:
        yield causes.webhook()
    if not sight.eligible:
        names = (part.name.replace("@", wish.name) for part in parts(wish))
        yield causes.no_match(sight.total, (*names, front_end(wish), PROMETHEUS))
    if wish.high and sight.eligible < _NEEDED:
        yield causes.few_eligible(sight.total, sight.eligible, front_end(wish))
    if "nvidia" in wish.switches and sight.plugin:
        yield causes.second_plugin()
    if "flexvol" in wish.switches and sight.flexvol:
        yield causes.second_installer()
    if wish.inference and wish.service == "LoadBalancer":
        yield causes.no_address()
    if sight.relay and verb == "Create":
        yield causes.deaf(sight.relay)
