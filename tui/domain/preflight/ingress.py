"""What serves requests already: an ingress controller of the same class, and the first inference router."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tui.core.health import Health
from tui.domain.plans.note import Note
from tui.domain.preflight.noting import listed, quoted, unknown
from tui.domain.preflight.wish import Wish
from tui.domain.settings.catalogue import is_true
from tui.domain.surveys.kube import Workload
from tui.domain.surveys.survey import LEGACY_ROLE, Survey, foreign, pick, seen, unseen

CLASS: Final = "k8s.io/ingress-nginx"
_KEY: Final = "nginxIngress.controller"
OTHER_CLASS: Final = {_KEY: "k8s.io/amlarc-ingress-nginx"}
CLEAN_UP: Final = (
    "kubectl delete -n default serviceaccount/azureml-fe deployment/azureml-fe service/azureml-fe "
    "service/azureml-fe-int-http secret/azuremlfessl configmap/azuremlfeconfig --ignore-not-found"
    " && kubectl delete clusterrole/azureml-fe-role clusterrolebinding/azureml-fe-binding --ignore-not-found"
)
_NGINX: Final = "ingress-nginx"
_LEGACY: Final = "default/azureml-fe"


def find(survey: Survey, wish: Wish) -> Iterator[Note]:
    """The class, a webhook nobody is behind, the first router."""
    yield _nginx(survey, wish)
    yield from _webhook(survey)
    yield _legacy(survey, wish)


def _brings_nginx(survey: Survey, wish: Wish) -> bool:
    """The az CLI switches it on for AKS with inference, and off for Arc."""
    given = wish.given("nginxIngress.enabled")
    return is_true(given) if given is not None else not survey.is_arc and wish.inference


def _class_of(load: Workload) -> str:
    """The controller class an ingress-nginx serves; empty for another program."""
    for arg in load.args:
        name, _, value = arg.partition("=")
        if name == "--controller-class":
            return value
    return CLASS if load.label("app.kubernetes.io/name") == _NGINX else ""


def _classes(survey: Survey, wish: Wish) -> list[tuple[str, str]]:
    """Controller classes somebody else serves, each with what says so."""
    found = [(each.controller, f"{each}: spec.controller {each.controller}")
             for each in foreign(seen(survey.ingress_classes) or (), wish.releases)]  # fmt: skip
    for part in (survey.deployments, survey.daemon_sets):
        loads = foreign(seen(part) or (), wish.releases)
        found += [(_class_of(load), f"{load}: serves {_class_of(load)}") for load in loads]
    return found


def _nginx(survey: Survey, wish: Wish) -> Note:
    classes = _classes(survey, wish)
    others = [sign for controller, sign in classes if controller == CLASS]
    if not _brings_nginx(survey, wish):
        what = "the extension installs no ingress controller here" + "; the one there stays" * bool(others)
        return Note("ingress-unneeded", Health.OFF, what, listed(others))
    ours = wish.value(_KEY) or CLASS
    implies = {} if ours == OTHER_CLASS[_KEY] else OTHER_CLASS
    clashes = [sign for controller, sign in classes if controller == ours]
    if clashes:
        what = f"an ingress controller of class {ours} is there already: the install fails"
        step = "set nginxIngress.controller to another class" + (f": {each}" if (each := implies.get(_KEY)) else "")
        return Note("ingress-present", Health.BAD, what, listed(clashes), step, implies)
    hidden = unseen(survey.ingress_classes, survey.deployments, survey.daemon_sets)
    if hidden:
        what = f"whether an ingress controller of class {ours} is there could not be seen" + (
            ": is one?" * bool(implies)
        )
        return unknown("ingress-unknown", what, hidden, implies=implies)
    if others:
        what = f"an ingress-nginx is there; the extension's own takes the class {ours}"
        return Note("ingress-present", Health.GOOD, what, listed(others), implies={_KEY: ours})
    return Note("ingress-absent", Health.GOOD, f"there is no other ingress controller of class {ours}")


def _webhook(survey: Survey) -> Iterator[Note]:
    """A webhook of ingress-nginx without a controller refuses every Ingress, whoever makes it."""
    for hook in pick(survey.webhooks, lambda each: _NGINX in each.name):
        homes = {service.partition("/")[0] for service in hook.services}
        if unseen(survey.deployments, survey.daemon_sets) or not homes:
            continue  # whether somebody is behind it cannot be told
        loads = [load for part in (survey.deployments, survey.daemon_sets) for load in seen(part) or ()]
        if not any(load.ready and load.namespace in homes and _class_of(load) for load in loads):
            what = "the webhook of an ingress-nginx has nobody behind it: ingresses would be refused"
            step = "see that its controller runs, or delete the webhook"
            command = quoted("kubectl", "delete", "validatingwebhookconfiguration", hook.name)
            yield Note("ingress-webhook-stale", Health.WARN, what, str(hook), step, command=command)


def _legacy(survey: Survey, wish: Wish) -> Note:
    roles = foreign(seen(survey.legacy_roles) or (), wish.releases)
    loads = pick(survey.deployments, lambda load: load.key == _LEGACY)
    if roles or loads:
        what = "the first inference router (azureml-fe v1) is still there: E45004, E45005"
        step = "detach the old AksCompute, then clean up"
        health = Health.BAD if wish.inference else Health.WARN
        return Note("legacy-router", health, what, listed([*roles, *loads]), step, command=CLEAN_UP)
    hidden = unseen(survey.legacy_roles, survey.deployments)
    if hidden:
        what = f"whether the first inference router (ClusterRole {LEGACY_ROLE}) is there could not be seen"
        return unknown("legacy-router-unknown", what, hidden)
    return Note("legacy-router-absent", Health.GOOD, "there is nothing of the first inference router")
