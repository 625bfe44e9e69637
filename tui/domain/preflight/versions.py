"""Versions of the Arc agents and of Kubernetes against what is supported: the newest, and the two minors before it.

Owns the calendar of Kubernetes minors. What came after it is not known here, and is said so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tui.core.errors import Problem
from tui.core.health import Health
from tui.core.units import epoch
from tui.domain.plans.note import Note
from tui.domain.preflight.noting import unknown
from tui.domain.preflight.wish import Wish
from tui.domain.surveys.survey import Survey, seen, unseen

BEHIND: Final = 2
"""Minors behind the newest that are still supported."""
PREVIEW: Final = ((1, 18), (1, 19))
"""What the 1.0.x releases were tested on."""
_MINORS: Final = (
    (18, "2020-03-25"), (19, "2020-08-26"), (20, "2020-12-08"), (21, "2021-04-08"), (22, "2021-08-04"),
    (23, "2021-12-07"), (24, "2022-05-03"), (25, "2022-08-23"), (26, "2022-12-09"), (27, "2023-04-11"),
    (28, "2023-08-15"), (29, "2023-12-13"), (30, "2024-04-17"), (31, "2024-08-13"), (32, "2024-12-11"),
    (33, "2025-04-23"), (34, "2025-08-27"),
)  # fmt: skip
"""Minors of Kubernetes 1, and the day each came out."""
_VERSION: Final = re.compile(r"v?(\d{1,4})\.(\d{1,4})")


def parsed(version: str) -> tuple[int, int] | None:
    """Major and minor: of `v1.29.4+k3s1` 1 and 29."""
    found = _VERSION.match(version.strip())
    return (int(found[1]), int(found[2])) if found else None


def newest(at: float) -> int:
    """The newest minor of Kubernetes 1 that was out at `at`, as far as the calendar goes."""
    return max((minor for minor, day in _MINORS if (epoch(day) or 0.0) <= at), default=_MINORS[0][0])


def find(survey: Survey, wish: Wish) -> Iterator[Note]:
    """Both."""
    yield _kubernetes(survey, wish)
    if survey.is_arc:
        yield from _agents(survey)


def _kubernetes(survey: Survey, wish: Wish) -> Note:
    row = seen(survey.cluster)
    direct = seen(survey.version) or ""
    told = direct or (row.kubernetes_version if row else "")
    evidence = (
        f"/version: gitVersion {direct}" if direct else f"{row.name if row else 'cluster'}: kubernetesVersion {told}"
    )
    version = parsed(told)
    if version is None:
        what = "which Kubernetes runs is not known; the newest and the two minors before it are supported"
        return unknown("kubernetes-unknown", what, unseen(survey.version, survey.cluster))
    if wish.era == "B":
        if version in PREVIEW:
            return Note("kubernetes-supported", Health.GOOD, f"Kubernetes {told} is what 1.0.x supports", evidence)
        what = f"Kubernetes {told}: 1.0.x was made for {' and '.join(f'{a}.{b}' for a, b in PREVIEW)}"
        return Note("kubernetes-untested", Health.WARN, what, evidence, "use a release since 1.1")
    top = newest(survey.at)
    if version < (1, top - BEHIND):
        what = f"Kubernetes {told} is older than 1.{top - BEHIND}, two minors before the newest known here (1.{top})"
        return Note("kubernetes-old", Health.WARN, what, evidence, "upgrade the cluster, or try a test cluster first")
    if version > (1, top):
        what = f"Kubernetes {told} is newer than any known here (1.{top}): whether it is supported yet is not known"
        return Note("kubernetes-unknown", Health.UNKNOWN, what, evidence)
    what = f"Kubernetes {told} is within two minors of the newest known here (1.{top})"
    return Note("kubernetes-supported", Health.GOOD, what, evidence)


def _agents(survey: Survey) -> Iterator[Note]:
    row = survey.cluster
    if isinstance(row, Problem):
        return  # said already: the cluster's resource could not be seen
    have, wanted = parsed(row.agent_version), survey.arc.desired_agent if survey.arc else ""
    evidence = f"{row.name}: agentVersion {row.agent_version or 'missing'}, desiredAgentVersion {wanted or 'missing'}"
    newer = parsed(wanted)
    if have is None:
        what = "the version of the Arc agents is not known: they have not reported it"
        yield Note("agent-unknown", Health.UNKNOWN, what, evidence)
    elif newer is None:
        what = f"whether the Arc agents {row.agent_version} are supported is not known: ARM names no newer version"
        yield Note("agent-unknown", Health.UNKNOWN, what, evidence)
    elif have >= newer:
        yield Note("agent-supported", Health.GOOD, f"the Arc agents are up to date ({row.agent_version})", evidence)
    else:
        far = have[0] < newer[0] or newer[1] - have[1] > BEHIND
        support = "more than two minors behind: not supported" if far else "still supported"
        what = f"the Arc agents {row.agent_version} are older than {wanted}, {support}"
        yield Note("agent-old", Health.WARN, what, evidence, "az connectedk8s upgrade")
