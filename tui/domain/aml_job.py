"""AmlJob resources: a training job as the cloud delivered it.

Its spec carries tokens in envs and in an encoded job spec: only named, harmless values are kept.
"""

from __future__ import annotations

from typing import Any, Final

from msgspec import Struct

from tui.core.health import Health
from tui.domain.wire import Meta, dig, fit, labels, mapping, moment, row_key, said, sequence, text, word

NAME: Final = "amljobs"
RUN_LABEL: Final = "ml.azure.com/run-id"

_STATES: Final = ("state", "phase", "jobState", "status")


class AmlJobItem(Struct, gc=False):
    """One AmlJob; its spec and status are free-form, their schema is not published."""

    metadata: Meta | None = None
    spec: Any = None
    status: Any = None


class AmlJobRow(Struct, frozen=True, gc=False):
    """One AmlJob."""

    key: str
    namespace: str
    name: str
    uid: str
    job_id: str
    """32 hex digits: names every cluster object of the job."""
    run_id: str
    """What the studio shows; empty when the object does not say."""
    root_run_id: str
    """The pipeline or sweep it belongs to; empty for a job of its own."""
    experiment: str
    instance_type: str
    workers: int
    """How many nodes it asked for; 0 when it does not say."""
    gpus: int
    """GPUs of one worker; -1 when it does not say."""
    user: str
    compute: str
    state: str
    """Its own word for its state, empty when there is none."""
    message: str
    created: float | None
    deleted: float | None
    health: Health
    why: str
    labels: dict[str, str]


def decode(item: Any) -> AmlJobRow:
    """The row of one AmlJob; `item` is an AmlJobItem or any JSON value."""
    found = fit(item, AmlJobItem)
    meta = found.metadata or Meta()
    job = mapping(dig(found.spec, "job"))
    options = mapping(job.get("options"))
    envs, marks = _envs(options), labels(meta.labels)
    name = text(meta.name)
    status = mapping(found.status)
    state = next((text(status[key]) for key in _STATES if isinstance(status.get(key), str)), "")
    message = said(status.get("message") or status.get("reason"))
    return AmlJobRow(
        row_key(meta),
        word(meta.namespace),
        name,
        text(meta.uid),
        text(job.get("jobId")) or marks.get("jobId", name),
        envs.get("AZUREML_RUN_ID", "") or marks.get(RUN_LABEL, ""),
        envs.get("AZUREML_ROOT_RUN_ID", ""),
        envs.get("AZUREML_ARM_PROJECT_NAME", "") or marks.get("ml.azure.com/experiment", ""),
        _instance_type(job, options, marks),
        _number(envs, "AZUREML_NODE_COUNT", "AMLARC_NUM_WORKER"),
        _number(envs, "AMLARC_NUM_GPU_PER_WORKER", none=-1),
        marks.get("userName", "") or text(options.get("userName")) or text(job.get("userName")),
        marks.get("ml.azure.com/compute", ""),
        state,
        message,
        moment(meta.creationTimestamp),
        moment(meta.deletionTimestamp),
        _health(state),
        message,
        marks,
    )


_SHOWN_ENVS: Final = frozenset(
    {
        "AZUREML_RUN_ID",
        "AZUREML_ROOT_RUN_ID",
        "AZUREML_ARM_PROJECT_NAME",
        "AZUREML_NODE_COUNT",
        "AMLARC_NUM_WORKER",
        "AMLARC_NUM_PS",
        "AMLARC_NUM_GPU_PER_WORKER",
    }
)


def _envs(options: Any) -> dict[str, str]:
    """The few variables that are shown; `envs` is a map, or a list of name and value. The rest is never touched."""
    wire = options.get("envs")
    wire = options.get("environmentVariables") if wire is None else wire
    if isinstance(wire, dict):
        return {key: text(value) for key, value in wire.items() if key in _SHOWN_ENVS}
    pairs = (mapping(item) for item in sequence(wire))
    return {text(p.get("name")): text(p.get("value")) for p in pairs if text(p.get("name")) in _SHOWN_ENVS}


def _instance_type(job: Any, options: Any, marks: dict[str, str]) -> str:
    for holder in (options, job):
        for key in ("instanceType", "instanceTypeName", "instance_type"):
            if isinstance(holder.get(key), str):
                return text(holder[key])
    return marks.get("ml.azure.com/instance-type", "")


def _number(envs: dict[str, str], *names: str, none: int = 0) -> int:
    for name in names:
        value = envs.get(name, "")
        if value.isascii() and value.isdigit() and len(value) < 7:
            return int(value)
    return none


def _health(state: str) -> Health:
    lower = state.lower()
    if "fail" in lower:
        return Health.BAD
    return Health.GOOD if lower in ("completed", "succeeded", "running") else Health.BUSY


def haystack(row: AmlJobRow) -> str:
    """What the filter looks in."""
    return f"{row.namespace} {row.name} {row.run_id} {row.experiment} {row.user} {row.state} {row.why}"
