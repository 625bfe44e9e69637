"""What mounts blob storage: flexvolume driver, the package on the hosts, the fuse device, the CSI driver.

Releases since 1.1 bring blobfuse in their images: the first two matter to 1.0.x, or where somebody set them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tui.core.health import Health
from tui.domain.amounts import FUSE
from tui.domain.plans.note import Note
from tui.domain.preflight.noting import listed, unknown
from tui.domain.preflight.wish import Wish
from tui.domain.surveys.kube import Workload
from tui.domain.surveys.survey import BLOB_DRIVER, Survey, foreign, pick, seen, unseen

FLEXVOL: Final = {"installBlobfuseFlexvol": "False"}
HOSTS: Final = {"installBlobfuseSysctl": "False"}
DRIVER: Final = {"blobCsiDriverEnabled": "False"}
_FLEXVOL_SETS: Final = ("blobfuse-flexvol-installer",)
_FUSE_SETS: Final = ("k8s-host-device-plugin-daemonset", "fuse-device-plugin", "fuse-device-plugin-daemonset")
_DRIVER_SETS: Final = ("csi-blob-node",)


def find(survey: Survey, wish: Wish) -> Iterator[Note]:
    """All four."""
    yield _flexvol(survey, wish)
    yield _hosts(survey, wish)
    yield _fuse(survey, wish)
    yield _driver(survey, wish)


def _is_flexvol(load: Workload) -> bool:
    return (
        load.name in _FLEXVOL_SETS or load.label("k8s-app") == "blobfuse" or load.pod_labels.get("name") == "blobfuse"
    )


def _flexvols(survey: Survey, wish: Wish) -> list[Workload]:
    return foreign(pick(survey.daemon_sets, _is_flexvol), wish.releases)


def _flexvol(survey: Survey, wish: Wish) -> Note:
    found = _flexvols(survey, wish)
    evidence = listed(f"{load}{''.join(f', hostPath {path}' for path in load.host_paths[:1])}" for load in found)
    if not wish.knows("installBlobfuseFlexvol"):
        what = "this release installs no blobfuse flexvolume driver" + ("; the one there stays" if found else "")
        return Note("flexvol-unneeded", Health.OFF, what, evidence)
    if not found:
        hidden = unseen(survey.daemon_sets)
        if hidden and not wish.grants(FLEXVOL):
            what = "whether a blobfuse flexvolume driver is installed could not be seen: is one?"
            return unknown("flexvol-unknown", what, hidden, implies=FLEXVOL)
        if hidden:
            what = "whether a blobfuse flexvolume driver is installed could not be seen; none is installed"
            return unknown("flexvol-unknown", what, hidden)
        return Note("flexvol-absent", Health.GOOD, "there is no blobfuse flexvolume driver")
    if wish.grants(FLEXVOL):
        what = "a blobfuse flexvolume driver is there and will be used"
        return Note("flexvol-present", Health.GOOD, what, evidence, implies=FLEXVOL)
    paths = [path for load in found for path in load.host_paths]
    step = "set installBlobfuseFlexvol=False"
    if paths:
        step += f"; the kubelet's plugin directory here (volumePluginDir) is {paths[0]}"
    what = "a blobfuse flexvolume driver is there already: a second installer can fail"
    return Note("flexvol-present", Health.BAD, what, evidence, step, FLEXVOL)


def _hosts(survey: Survey, wish: Wish) -> Note:
    """Nothing in the Kubernetes API proves a package of the hosts: it has to be asked."""
    if not wish.knows("installBlobfuseSysctl"):
        what = "this release installs no blobfuse on the hosts"
        return Note("blobfuse-hosts-unneeded", Health.OFF, what)
    given = wish.given("installBlobfuseSysctl")
    if given is not None:
        what = f"blobfuse on the hosts: the settings answer it, installBlobfuseSysctl={given}"
        return Note("blobfuse-hosts-answered", Health.GOOD, what)
    if not wish.on("installBlobfuseSysctl") and wish.decided:
        return Note("blobfuse-hosts-unneeded", Health.OFF, "without training no blobfuse is installed on the hosts")
    hints = [f"{load} installs it" for load in _flexvols(survey, wish)]
    hints += [f"{driver} brings its own" for driver in seen(survey.drivers) or ()]
    what = "is blobfuse installed on the hosts? Kubernetes cannot tell"
    evidence = f"a hint only: {listed(hints)}" if hints else "a package of the hosts: no object tells of it"
    step = "see on a node: blobfuse --version; if it is there, set installBlobfuseSysctl=False"
    return Note("blobfuse-hosts-unknown", Health.UNKNOWN, what, evidence, step, HOSTS)


def _fuse(survey: Survey, wish: Wish) -> Note:
    sets = pick(survey.daemon_sets, lambda load: load.name in _FUSE_SETS)
    others = foreign(sets, wish.releases)
    ours = len(sets) > len(others)
    offering = [] if ours else pick(survey.nodes, lambda node: node.row.allocatable.fuse > 0)
    signs = [f"Node {node.row.name}: allocatable {FUSE}={node.row.allocatable.fuse}" for node in offering[:1]]
    if signs or others:
        what = f"something offers {FUSE} already: a second device plugin for it may take its place"
        step = "after the extension is deleted it may be lost: keep at hand how yours was installed"
        return Note("fuse-present", Health.WARN, what, listed([*signs, *others]), step)
    hidden = unseen(survey.nodes, survey.daemon_sets)
    if hidden and not ours:
        return unknown("fuse-unknown", f"whether something offers {FUSE} could not be seen", hidden)
    return Note("fuse-absent", Health.GOOD, f"nothing else offers {FUSE}", listed(sets))


def _driver(survey: Survey, wish: Wish) -> Note:
    drivers = foreign(seen(survey.drivers) or (), wish.releases)
    sets = foreign(pick(survey.daemon_sets, lambda load: load.name in _DRIVER_SETS), wish.releases)
    evidence = listed([*drivers, *sets])
    if drivers or sets:
        if wish.grants(DRIVER):
            return Note(
                "blob-csi-present", Health.GOOD, "a blob CSI driver is there and will be used", evidence, implies=DRIVER
            )
        what = "a blob CSI driver is there already: a second one can fail the install"
        return Note("blob-csi-present", Health.WARN, what, evidence, "set blobCsiDriverEnabled=False", DRIVER)
    hidden = unseen(survey.drivers, survey.daemon_sets)
    if hidden:
        what = f"whether the CSI driver {BLOB_DRIVER} is there could not be seen: is it?"
        asks = {} if wish.grants(DRIVER) else DRIVER
        return unknown("blob-csi-unknown", what if asks else what.removesuffix(": is it?"), hidden, implies=asks)
    return Note("blob-csi-absent", Health.GOOD, "there is no other blob CSI driver")
