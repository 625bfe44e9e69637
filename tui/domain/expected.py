"""Which components should run under the settings in force, and which of them have no pod.

Owns that comparison. Only pods are looked at: a component whose pods exist but are not well is the pods' own trouble.
"""

from __future__ import annotations

from collections.abc import Iterable

from tui.domain.component import COMPONENTS, NAMESPACE, Component
from tui.domain.extension import INSTALLED, ExtensionRow, enabled
from tui.domain.pod import PodRow


def expected(extension: ExtensionRow) -> list[Component]:
    """What its era and its switches ask for; nothing whose absence would be no fault."""
    training, era = enabled(extension, "enableTraining"), extension.era
    asked = {
        "always": True,
        "training": training,
        "volcano": training and enabled(extension, "installVolcano"),
        "inference": enabled(extension, "enableInference"),
        "prometheus": enabled(extension, "installPromOp"),
        "arc": "/connectedclusters/" in extension.id.lower(),
        "optional": False,
    }
    return [component for component in COMPONENTS if era in component.eras and asked[component.when]]


def missing(extension: ExtensionRow, pods: Iterable[PodRow]) -> list[Component]:
    """The expected components without a pod, once the extension is installed; before that nothing is missing yet."""
    if extension.state != INSTALLED:
        return []
    present = {pod.component for pod in pods if pod.namespace == NAMESPACE}
    return [component for component in expected(extension) if component.name not in present]
