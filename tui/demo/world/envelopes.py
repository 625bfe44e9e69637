"""What ARM is told of a failure: the one sentence that matters, in all the envelopes it comes in.

Pure. Owns the wrappers of Helm, of the Arc agents and of ARM. Must not know why something failed.
"""

from __future__ import annotations

from typing import Any, Final

from tui.demo.world.causes import Cause, Verb
from tui.demo.world.wish import Wish

_TRY: Final = "Unable to create/update Kubernetes resources for the extension : Recommendation Please check"
_WAIT: Final = "Resource status not ready : Recommendation Please ensure"
_POLICIES: Final = "that there are no policies blocking the resource creation/update"


def error(cause: Cause, wish: Wish, verb: Verb) -> dict[str, Any]:
    """What ARM is told: the sentence in all its envelopes."""
    return {"code": "ExtensionOperationFailed", "message": _wrapped(cause, wish, verb), "target": None, "details": [],
            "additionalInfo": []}  # fmt: skip


def _wrapped(cause: Cause, wish: Wish, verb: Verb) -> str:
    helm = f"Helm {'installation' if verb == 'Create' else 'upgrade'} failed"
    if cause.step in ("chart", "status"):
        core = f"InnerError: [{cause.inner}]" if cause.step == "status" else f"InnerError: [{helm} : {cause.inner}]"
    else:
        advice = f"{_WAIT} {_POLICIES} of the specified configuration" if cause.step == "wait" else (
            f"{_TRY} {_POLICIES} for the extension")  # fmt: skip
        core = f"InnerError: [{helm} : {advice} : InnerError [{_of_helm(cause, wish, verb)}]]"
    return (
        f"The extension operation failed with the following error:  Error: [ {core}] occurred while doing the operation"
        f" : [{verb}] on the config, For general troubleshooting visit: https://aka.ms/k8s-extensions-TSG, For more "
        "application specific troubleshooting visit: https://aka.ms/arcmltsg"
    )


def _of_helm(cause: Cause, wish: Wish, verb: Verb) -> str:
    """Helm's own sentence, with the hook that failed and what atomic did."""
    said = cause.inner
    if cause.step == "check":
        said = f"failed pre-install: {said}" if verb == "Create" else f"pre-upgrade hooks failed: {said}"
    if not cause.atomic:
        return said
    done = "uninstalled" if verb == "Create" else "rolled back"
    return f"release {wish.name} failed, and has been {done} due to atomic being set: {said}"
