"""Why an install or an update fails: every cause with its picture and its words.

    step      what Helm was doing          what is seen of it
    chart     fetching the chart           nothing in the cluster
    record    looking for its own record   nothing changes
    make      making the objects           the namespace at most
    check     running the health check     the check's pod, then its report
    webhook   making the objects           components for a moment
    wait      waiting for components       components that do not get ready, until Helm gives up
    status    reporting                    everything runs, and ARM says that it failed

Pure. Owns sentences and troubles. Must not know when something is played.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

from tui.demo.world.azure import CLUSTER, LOCATION
from tui.demo.world.components import DEVICE_PLUGIN, NAMESPACE
from tui.demo.world.once import Found
from tui.demo.world.replica import Crash, NoImage, Trouble, Unplaced, Unready
from tui.demo.world.report import PASSED, UNREACHABLE, failed
from tui.demo.world.wish import Wish

Step = Literal["chart", "record", "make", "check", "webhook", "wait", "status"]
Verb = Literal["Create", "Update"]
Troubles = Mapping[str, Mapping[int, Trouble]]
"""By component and number of the pod."""

TIMED_OUT: Final = "timed out waiting for the condition"
HOOK_FAILED: Final = "pod healthcheck failed"
FLEXVOL: Final = "blobfuse-flexvol-installer"
_EVERY: Final = range(12)
"""Numbers of a component's pods, however many it has."""


def _nothing(_made: float) -> Troubles:
    return {}


@dataclass(frozen=True, slots=True)
class Cause:
    """One of them."""

    step: Step
    inner: str
    """The innermost sentence."""
    found: tuple[Found, ...] = PASSED
    """By the check before the components are made."""
    after: tuple[Found, ...] = PASSED
    """By the check when Helm has given up."""
    sick: Callable[[float], Troubles] = _nothing
    """What is wrong with components that are made at a moment."""
    unpulled: str = ""
    """Why the image of the check cannot be pulled."""
    healthy: int | None = None
    """So many healthy nodes does the check count, when not those that there are."""

    @property
    def atomic(self) -> bool:
        """Helm had begun: what it made goes again."""
        return self.step in ("check", "webhook", "wait")


def chart() -> Cause:
    """There is no such version on that train."""
    return Cause("chart", "Failed in download the Chart path not found")


def name_in_use() -> Cause:
    """A release of that name is recorded."""
    return Cause("record", "cannot re-use a name that is still in use")


def operation_in_progress() -> Cause:
    """Another operation holds the lock."""
    return Cause("record", "another operation (install/upgrade/rollback) is in progress")


def terminating(wish: Wish) -> Cause:
    """The namespace is going away."""
    return Cause(
        "make",
        f'create: failed to create: secrets "sh.helm.release.v1.{wish.name}.v1" is forbidden: unable to create new '
        f"content in namespace {NAMESPACE} because it is being terminated",
    )


def ownership(kind: str, name: str, namespace: str, lacks: tuple[str, ...], verb: Verb) -> Cause:
    """Something is there that is not of this release."""
    act = "install" if verb == "Create" else "update"
    return Cause(
        "make",
        f"rendered manifests contain a resource that already exists. Unable to continue with {act}: {kind} "
        f'"{name}" in namespace "{namespace}" exists and cannot be imported into the current release: invalid '
        f"ownership metadata; {'; '.join(lacks)}",
    )


def policy(wish: Wish) -> Cause:
    """A policy denies the pod of the check."""
    return Cause(
        "make",
        f"failed pre-install: warning: Hook pre-install {wish.name}/templates/healthcheck.yaml failed: 1 error "
        'occurred: * admission webhook "validation.gatekeeper.sh" denied the request: '
        "[azurepolicy-k8sazurev2containerallowedimages-6a1f0c] Container image mcr.microsoft.com/azureml/amlarc/docker/"
        f"healthcheck:{wish.version} for container healthcheck has not been allowed",
    )


def webhook() -> Cause:
    """An ingress controller's admission does not answer."""
    service = "ingress-nginx-controller-admission"
    return Cause(
        "webhook",
        'Internal error occurred: failed calling webhook "validate.nginx.ingress.kubernetes.io": failed to call '
        f'webhook: Post "https://{service}.ingress-nginx.svc:443/networking/v1/ingresses?timeout=10s": no endpoints '
        f'available for service "{service}"',
    )


def critical(code: str, text: str, checker: str) -> Cause:
    """The health check found what must not be."""
    found = failed(code, text, checker)
    return Cause("check", HOOK_FAILED, found, found)


def no_load_balancer() -> Cause:
    """E40001."""
    text = "load balancer is not supported: service healthcheck-probe got no external IP"
    return critical("E40001", text, "service")


def no_internal_load_balancer() -> Cause:
    """E40003."""
    return critical("E40003", "internal load balancer is supported on AKS only, the distribution is k3s", "service")


def few_nodes(healthy: int) -> Cause:
    """E40002, told before anything is made."""
    told = critical("E40002", f"inferenceRouterHA needs 3 healthy nodes, there are {healthy}", "inferencev1")
    return replace(told, healthy=healthy)


def bad_tls(text: str) -> Cause:
    """E40007."""
    return critical("E40007", f"invalid SSL setting: {text}", "inferencev1")


def unpulled_check() -> Cause:
    """The check cannot even start."""
    return Cause("check", TIMED_OUT, unpulled=_NO_ANSWER)


def few_eligible(total: int, eligible: int, front: str) -> Cause:
    """There are three nodes, but scoring front ends may be on fewer of them."""
    told = failed("E40002", f"inferenceRouterHA needs 3 healthy nodes, azureml-fe can be on {eligible}", "inferencev1")
    message = (
        f"0/{total} nodes are available: {eligible} node(s) didn't match pod anti-affinity rules, {total - eligible} "
        f"node(s) didn't match Pod's node affinity/selector. preemption: 0/{total} nodes are available: {eligible} No "
        f"preemption victims found for incoming pod, {total - eligible} Preemption is not helpful for scheduling."
    )
    sick: Troubles = {front: {number: Unplaced(message) for number in range(eligible, 3)}}
    return Cause("wait", TIMED_OUT, after=told, sick=lambda _made: sick)


def no_room(total: int) -> Cause:
    """Not enough CPU is left."""
    tainted = total // 2
    message = (
        f"0/{total} nodes are available: {total - tainted} Insufficient cpu, {tainted} node(s) had untolerated taint(s)"
        f". preemption: 0/{total} nodes are available: {total - tainted} No preemption victims found for incoming pod, "
        f"{tainted} Preemption is not helpful for scheduling."
    )
    sick: Troubles = {name: {0: Unplaced(message)} for name in ("gateway", "volcano-scheduler", "aml-operator")}
    told = failed("E45001", "deployments gateway, volcano-scheduler, aml-operator are not ready", "helmchart")
    return Cause("wait", TIMED_OUT, after=told, sick=lambda _made: sick)


def no_match(total: int, names: tuple[str, ...]) -> Cause:
    """The node selector fits no node."""
    message = (
        f"0/{total} nodes are available: {total} node(s) didn't match Pod's node affinity/selector. preemption: "
        f"0/{total} nodes are available: {total} Preemption is not helpful for scheduling."
    )
    sick: Troubles = {name: {number: Unplaced(message) for number in _EVERY} for name in names}
    return Cause("wait", TIMED_OUT, sick=lambda _made: sick)


def no_images() -> Cause:
    """Some images cannot be pulled."""
    sick: Troubles = {
        name: {number: NoImage(name, _NO_ANSWER) for number in _EVERY}
        for name in ("gateway", "relayserver", "volcano-scheduler", "aml-operator")
    }
    told = failed("E45001", "deployments gateway, relayserver, volcano-scheduler are not ready", "helmchart")
    return Cause("wait", TIMED_OUT, after=told, sick=lambda _made: sick)


_NO_ANSWER: Final = (
    "failed to pull and unpack image: failed to resolve reference: failed to do request: Head "
    '"https://mcr.microsoft.com/v2/": dial tcp: i/o timeout'
)


def no_network() -> Cause:
    """Azure cannot be reached."""
    return Cause("wait", TIMED_OUT, UNREACHABLE, UNREACHABLE, _cut_off)


def _cut_off(made: float) -> Troubles:
    host = f"{LOCATION}.api.azureml.ms"
    lines = (f"asking {host} for the workspace's region", f"dial tcp: lookup {host}: i/o timeout")
    cut = Crash("gateway", f"cannot reach {host}: i/o timeout", lines, made + 40, lasts=6)
    slow = Unready("aml-operator", made, "Readiness probe failed: HTTP probe failed with statuscode: 503")
    lost = "the name of the Relay namespace does not resolve"
    return {
        "gateway": {0: cut}, "relayserver": {n: relay_crash(made + 45 + 4 * n, lost) for n in (0, 1)},
        "aml-operator": {0: slow},
    }  # fmt: skip


def second_plugin() -> Cause:
    """Another device plugin has the socket."""
    return Cause("wait", TIMED_OUT, sick=_socket_taken)


def _socket_taken(made: float) -> Troubles:
    socket = "/var/lib/kubelet/device-plugins/nvidia-gpu.sock"
    said = f"listen unix {socket}: bind: address already in use"
    lines = ("Starting FS watcher.", "Starting OS watcher.", f"Error: error starting plugins: {said}")
    crash = Crash("nvidia-device-plugin-ctr", said, lines, made + 16, lasts=3)
    return {DEVICE_PLUGIN: {number: crash.anew(made + 16 + 2 * number) for number in _EVERY}}


def second_installer() -> Cause:
    """Another flexvolume installer has put its driver there."""
    said = "cannot create /etc/kubernetes/volumeplugins/azure~blobfuse/blobfuse: File exists"
    crash = Crash(FLEXVOL, said, ("installing the blobfuse driver", said), 0.0, lasts=2)
    return Cause("wait", TIMED_OUT, sick=lambda made: {FLEXVOL: {n: crash.anew(made + 18 + 2 * n) for n in _EVERY}})


def deaf(cause: str, lasts: float = 3.0) -> Cause:
    """Jobs cannot come in."""
    return Cause("wait", TIMED_OUT, sick=lambda made: deaf_relays(made, cause, lasts))


def deaf_relays(made: float, cause: str, lasts: float) -> Troubles:
    """Relay servers that end soon after each start."""
    crash = relay_crash(made, cause, lasts)
    return {"relayserver": {number: crash.anew(made + 33 + 2 * number) for number in (0, 1)}}


def no_address() -> Cause:
    """What old charts do where nothing gives a load balancer its address."""
    said = "service azureml-fe has no external IP"
    crash = Crash("inference-operator-controller-manager", said, ("waiting for service azureml-fe", said), 0.0, lasts=9)
    name = "inference-operator-controller-manager"
    return Cause("wait", TIMED_OUT, sick=lambda made: {name: {0: crash.anew(made + 30)}})


def no_status() -> Cause:
    """The Arc agents lost sight of it."""
    return Cause(
        "status",
        "Unable to get the status from the local CRD with the error : {Error : Retry for given duration didn't get any "
        "results with err {status not populated}}",
    )


def broken_update() -> Cause:
    """New pods do not get ready."""
    lines = ("reading settings", "panic: settings of this version are not known: schema 4")
    crash = Crash("gateway", "panic: settings of this version are not known", lines, 0.0, lasts=3)
    told = failed("E45001", "deployment gateway is not ready", "helmchart")
    return Cause("wait", TIMED_OUT, after=told, sick=lambda made: {"gateway": {0: crash.anew(made + 27)}})


def relay_crash(well: float, cause: str, lasts: float = 8.0) -> Crash:
    """A relay server that cannot hold its connection."""
    lines = (
        f"[Information] connecting to hybrid connection {CLUSTER}",
        *(f"[Warning] attempt {n} of 3 failed: {cause}" for n in (1, 2, 3)),
        "[Error] no relay connection after 3 attempts, exiting",
    )
    return Crash("relayserver", "no relay connection", lines, well, lasts)
