"""Volcano: whether one is there that is not the extension's, and whether it can be used in its place.

Owns which versions the product takes, and what it wants of their configuration.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tui.core.health import Health
from tui.domain.plans.note import Note
from tui.domain.preflight.noting import listed, named, unknown
from tui.domain.preflight.versions import parsed
from tui.domain.preflight.wish import Wish
from tui.domain.surveys.kube import Workload
from tui.domain.surveys.survey import VOLCANO_JOBS, Survey, foreign, pick, unseen

REUSE: Final = {"installVolcano": "False"}
SUPPORTED: Final = ((1, 4), (1, 5))
_STRICT: Final = (1, 6)
"""Before this one, its webhook refuses the product's jobs."""
_PLUGIN: Final = "task-topology"
"""What its scheduler must have on, as the product's own has."""
_IMAGE: Final = re.compile(
    r"(?:^|/)(?:vc|volcano)-(?:scheduler|controller-manager|controllers|webhook-manager)(?:[:@]|$)"
)
_NAME: Final = re.compile(r"(?:^|-)volcano-(?:admission|controllers|scheduler)$")
_WEBHOOK: Final = re.compile(r"volcano.*jobs-validate$")


def find(survey: Survey, wish: Wish) -> Iterator[Note]:
    """One note for Volcano, and one each for what its version and configuration lack."""
    if not wish.knows("installVolcano"):
        yield Note("volcano-unneeded", Health.OFF, "this release uses no Volcano")
    elif not wish.training:
        yield Note("volcano-unneeded", Health.OFF, "without training no Volcano is installed")
    else:
        yield from _judged(survey, wish)


def is_volcano(load: Workload) -> bool:
    """By its name, or by its image."""
    return bool(_NAME.search(load.name)) or any(_IMAGE.search(image) for image in load.images)


def _judged(survey: Survey, wish: Wish) -> Iterator[Note]:
    loads = foreign(pick(survey.deployments, is_volcano), wish.releases)
    if loads:
        yield _there(survey, wish, loads)
        yield _version(loads)
        yield from _scheduler(survey, wish, loads)
        yield from _webhook(survey, loads)
        return
    hidden = unseen(survey.deployments)
    reuse = wish.grants(REUSE)
    if hidden and reuse:
        yield unknown("volcano-unknown", "whether there is a Volcano to be used could not be seen", hidden)
    elif hidden:
        what = "whether a Volcano is there could not be seen: is one?"
        yield unknown("volcano-unknown", what, hidden, implies=REUSE)
    elif reuse:
        what = "installVolcano=False, but no other Volcano is there: jobs would wait for ever"
        yield Note("volcano-missing", Health.WARN, what, "no Deployment of Volcano", "set installVolcano=True")
    else:
        yield Note("volcano-absent", Health.GOOD, "there is no other Volcano")


def _there(survey: Survey, wish: Wish, loads: list[Workload]) -> Note:
    definitions = foreign(pick(survey.definitions, lambda each: each.name == VOLCANO_JOBS), wish.releases)
    evidence = listed([*definitions, *loads])
    if wish.grants(REUSE):
        what = "a Volcano is there and will be used"
        return Note("volcano-present", Health.GOOD, what, evidence, implies=REUSE)
    what = "a Volcano is there already: Helm refuses to take over what is not its own"
    return Note("volcano-present", Health.BAD, what, evidence, "set installVolcano=False", REUSE)


def version_of(loads: list[Workload]) -> tuple[str, tuple[int, int] | None]:
    """The image that tells most, and the version in its tag."""
    images = [image for load in sorted(loads, key=lambda each: "scheduler" not in each.name) for image in load.images]
    tagged = [image for image in images if _IMAGE.search(image)] or images
    image = tagged[0] if tagged else ""
    tag = image.partition("@")[0].rpartition("/")[2].partition(":")[2]
    return image, parsed(tag)


def _version(loads: list[Workload]) -> Note:
    image, version = version_of(loads)
    known = named(f"{major}.{minor}" for major, minor in SUPPORTED)
    evidence = f"image {image or 'missing'}"
    if version is None:
        what = f"the version of that Volcano is not told by its image; {known} are supported"
        return Note("volcano-version-unknown", Health.UNKNOWN, what, evidence)
    told = f"{version[0]}.{version[1]}"
    if version in SUPPORTED:
        return Note("volcano-version-supported", Health.GOOD, f"Volcano {told} is supported", evidence)
    what = f"Volcano {told} is not supported; {known} are"
    return Note("volcano-version-unsupported", Health.WARN, what, evidence, "use a supported version, or remove it")


def _scheduler(survey: Survey, wish: Wish, loads: list[Workload]) -> Iterator[Note]:
    """Its configuration must match the product's. Each release may bring several ConfigMaps of the same name."""
    hidden = unseen(survey.schedulers)
    if hidden:
        yield unknown("volcano-config-unknown", "the configuration of its scheduler could not be seen", hidden)
        return
    homes = {load.namespace for load in loads}
    for config in foreign(pick(survey.schedulers, lambda each: each.namespace in homes), wish.releases):
        if _PLUGIN in config.text:
            what = f"the scheduler of that Volcano has {_PLUGIN} on"
            yield Note("volcano-config-matches", Health.GOOD, what, str(config))
        else:
            what = f"the scheduler of that Volcano lacks the plugin {_PLUGIN}: pods of jobs may not be made"
            step = f"add {_PLUGIN} to the first tier of its configuration"
            yield Note("volcano-config-differs", Health.WARN, what, str(config), step)


def _webhook(survey: Survey, loads: list[Workload]) -> Iterator[Note]:
    _image, version = version_of(loads)
    if version is not None and version >= _STRICT:
        return
    hidden = unseen(survey.webhooks)
    if hidden:
        yield unknown("volcano-webhook-unknown", "whether its webhook refuses jobs could not be seen", hidden)
        return
    homes = {load.namespace for load in loads}
    strict = [
        hook
        for hook in pick(survey.webhooks, lambda each: bool(_WEBHOOK.search(each.name)))
        if not hook.services or any(service.partition("/")[0] in homes for service in hook.services)
    ]
    if not strict:
        yield Note("volcano-webhook-absent", Health.GOOD, "no webhook of that Volcano checks jobs")
        return
    what = "the webhook of that Volcano checks jobs: before 1.6 it refuses the product's"
    step = "switch its job validation off, or delete the webhook"
    yield Note("volcano-webhook", Health.WARN, what, listed(strict), step)
