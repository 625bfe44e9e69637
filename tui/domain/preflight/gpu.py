"""What offers GPUs already, and what measures them: two device plugins, or two exporters, get in each other's way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tui.core.health import Health
from tui.domain.amounts import GPU
from tui.domain.plans.note import Note
from tui.domain.preflight.noting import listed, unknown
from tui.domain.preflight.wish import Wish
from tui.domain.surveys.kube import Machine, Workload
from tui.domain.surveys.survey import Survey, foreign, pick, seen, unseen

PLUGIN: Final = {"installNvidiaDevicePlugin": "False"}
EXPORTER: Final = {"installDcgmExporter": "False"}
METRICS: Final = "DCGM_FI_DEV_GPU_UTIL, DCGM_FI_DEV_FB_FREE, DCGM_FI_DEV_FB_USED"
_SPACES: Final = ("gpu-resources", "gpu-operator")
"""Namespaces that AKS and the GPU operator put a plugin in."""


def find(survey: Survey, wish: Wish) -> Iterator[Note]:
    """The plugin and the exporter."""
    yield _plugin(survey, wish)
    yield _exporter(survey, wish)


def plugin_sign(load: Workload) -> str:
    """By what a DaemonSet shows that it is a device plugin of NVIDIA, the strongest first; empty when it is none."""
    if load.name in ("nvidia-device-plugin-daemonset", "nvidia-gpu-device-plugin"):
        return "its name"
    if load.label("name") == "nvidia-device-plugin-ds":
        return "label name=nvidia-device-plugin-ds"
    if load.label("app.kubernetes.io/name") == "nvidia-device-plugin":
        return "label app.kubernetes.io/name=nvidia-device-plugin"
    if load.label("app") == "nvidia-device-plugin-daemonset":
        return "label app=nvidia-device-plugin-daemonset"
    if load.label("k8s-app") == "nvidia-gpu-device-plugin":
        return "label k8s-app=nvidia-gpu-device-plugin"
    image = next((each for each in load.images if "k8s-device-plugin" in each), "")
    return f"image {image}" if image else ""


def _plugin(survey: Survey, wish: Wish) -> Note:
    plugins = pick(survey.daemon_sets, lambda load: bool(plugin_sign(load)))
    others = foreign(plugins, wish.releases)
    ours = len(plugins) > len(others)
    offering = [] if ours else pick(survey.nodes, lambda node: node.row.allocatable.gpus > 0)
    if offering or others:
        return _plugin_there(offering, others, wish, _hints(survey))
    if ours:
        evidence = listed(load for load in plugins)
        return Note("device-plugin-ours", Health.GOOD, "the NVIDIA device plugin is the extension's own", evidence)
    hidden = unseen(survey.nodes, survey.daemon_sets)
    if hidden:
        what = "whether an NVIDIA device plugin is there could not be seen: is one?"
        return unknown("device-plugin-unknown", what, hidden, implies=PLUGIN)
    hints = _hints(survey)
    if hints:
        what = "there may be an NVIDIA device plugin to come, though no node offers a GPU now: is one meant to?"
        return Note("device-plugin-unknown", Health.UNKNOWN, what, listed(hints), implies=PLUGIN)
    return Note("device-plugin-absent", Health.GOOD, "there is no NVIDIA device plugin, and no node offers a GPU")


def _plugin_there(offering: list[Machine], others: list[Workload], wish: Wish, hints: list[str]) -> Note:
    signs = [f"Node {node.row.name}: allocatable {GPU}={node.row.allocatable.gpus}" for node in offering[:1]]
    if len(offering) > 1:
        signs[0] += f", and {len(offering) - 1} more nodes"
    signs += [f"{load} ({plugin_sign(load)})" for load in others]
    evidence = listed([*signs, *hints])
    if wish.grants(PLUGIN):
        what = "an NVIDIA device plugin is there and will be used"
        return Note("device-plugin-present", Health.GOOD, what, evidence, implies=PLUGIN)
    what = "an NVIDIA device plugin is there already: a second one can fail the install"
    return Note(
        "device-plugin-present", Health.BAD, what, evidence, "set installNvidiaDevicePlugin=False", PLUGIN
    )  # fmt: skip


def _hints(survey: Survey) -> list[str]:
    return [f"Namespace {row.name}" for row in seen(survey.namespaces) or () if row.name in _SPACES]


def _is_exporter(load: Workload) -> bool:
    named = load.label("app.kubernetes.io/name") == "dcgm-exporter" or load.label("app") in _EXPORTERS
    return named or load.name in _EXPORTERS or any("dcgm-exporter" in image for image in load.images)


_EXPORTERS: Final = ("dcgm-exporter", "nvidia-dcgm-exporter")


def _exporter(survey: Survey, wish: Wish) -> Note:
    others = foreign(pick(survey.daemon_sets, _is_exporter), wish.releases)
    hidden = unseen(survey.daemon_sets)
    if others:
        evidence, good = listed(others), wish.grants(EXPORTER)
        what = "a DCGM exporter is there" + (" and will be used" if good else ": two of them want port 9400")
        step = f"see that it gives {METRICS}" if good else "set installDcgmExporter=False"
        return Note("dcgm-present", Health.GOOD if good else Health.WARN, what, evidence, step, EXPORTER)
    if hidden and wish.on("installDcgmExporter"):
        what = "whether a DCGM exporter is there could not be seen: is one?"
        return unknown("dcgm-unknown", what, hidden, implies=EXPORTER)
    if hidden:
        return unknown("dcgm-unknown", "whether a DCGM exporter is there could not be seen; none is installed", hidden)
    return Note("dcgm-absent", Health.GOOD, "there is no other DCGM exporter")
