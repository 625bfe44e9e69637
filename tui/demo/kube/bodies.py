"""The body of a request as an object of the resource it is sent to.

Owns media types, JSON and YAML, apiVersion and kind, and what happens to fields that nobody knows (`fieldValidation`).
"""

from __future__ import annotations

from typing import Any, Final

import msgspec
import yaml

from tui.demo.kube import protobuf, structural
from tui.demo.kube.context import Context
from tui.demo.kube.schema import Schema
from tui.demo.kube.status import StatusError

Body = dict[str, Any]

OBJECTS: Final = ("application/json", "application/yaml", protobuf.MEDIA)
_GO: Final = {
    "string": "string",
    "boolean": "bool",
    "integer": "int32",
    "number": "float64",
    "array": "[]",
    "object": "map",
}


class _Loader(yaml.CSafeLoader):
    """YAML as JSON: an instant stays text."""


_Loader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for letter, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


async def read(context: Context, accepted: tuple[str, ...] = OBJECTS) -> Any:
    """The body as JSON values. Raises StatusError (400, 415)."""
    media = context.request.content_type
    data = await context.request.read()
    if not data:
        return None
    if media == protobuf.MEDIA and media in accepted:
        await context.cluster.schemas.ready()
        try:
            return protobuf.decoded(data)
        except protobuf.Unreadable as error:
            raise _unknown_format(OBJECTS[:2], f" ({error})") from None
    if media not in accepted and not (media == "application/octet-stream" and accepted is OBJECTS):
        raise _unknown_format(accepted)
    return decoded(data, yaml_too=media.endswith("yaml"))


def _unknown_format(accepted: tuple[str, ...], why: str = "") -> StatusError:
    listed = ", ".join(accepted)
    return StatusError(
        415, f"the body of the request was in an unknown format - accepted media types include: {listed}{why}"
    )


def decoded(data: bytes, *, yaml_too: bool) -> Any:
    """JSON, or YAML where that is allowed. Raises StatusError (400)."""
    try:
        return msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        if not yaml_too:
            raise StatusError(400, f"json: {error}") from None
    try:
        return yaml.load(data, _Loader)  # noqa: S506 - a safe loader, with one resolver less
    except yaml.YAMLError as error:
        raise StatusError(400, f"error converting YAML to JSON: {error}") from None


def of_resource(context: Context, body: Any) -> Body:
    """The body, when it is an object of the resource. Raises StatusError (400)."""
    resource = context.resource
    if not isinstance(body, dict):
        raise StatusError(400, f"Object 'Kind' is missing in '{structural.quoted(body)}'")
    if not isinstance(body.setdefault("metadata", {}), dict):
        raise StatusError(400, "json: cannot unmarshal metadata into Go value of type v1.ObjectMeta")
    if not resource.custom:
        body.setdefault("apiVersion", resource.api_version)
        body.setdefault("kind", resource.kind)
    for field in ("kind", "apiVersion"):
        if not body.get(field):
            said = "Kind" if field == "kind" else field
            raise StatusError(400, f"Object '{said}' is missing in '{structural.quoted(body)}'")
    _matches(body, resource.api_version, resource.kind, custom=resource.custom)
    return body


def _matches(body: Body, version: str, kind: str, *, custom: bool) -> None:
    if body["apiVersion"] != version and custom:
        raise StatusError(
            400,
            f"the API version in the data ({body['apiVersion']}) does not match the expected API version ({version})",
        )
    if (body["apiVersion"], body["kind"]) != (version, kind):
        raise StatusError(
            400, f'{body["kind"]} in version "{body["apiVersion"]}" cannot be handled as a {kind}: no kind '
            f'"{body["kind"]}" is registered for version "{body["apiVersion"]}"',
        )  # fmt: skip


def known(context: Context, body: Body, schema: Schema) -> list[str]:
    """Take out what the schema does not know; the warnings for it. Raises StatusError (400) when it is Strict."""
    fields = [f'unknown field "{path}"' for path in structural.unknown(body, schema)]
    how = context.query("fieldValidation") or "Warn"
    if fields and how == "Strict":
        raise StrictError(context, fields)
    return fields if how == "Warn" else []


class StrictError(StatusError):
    """Unknown fields in a request that allows none."""

    def __init__(self, context: Context, fields: list[str]) -> None:
        resource, self.said = context.resource, f"strict decoding error: {', '.join(fields)}"
        super().__init__(
            400, f'{resource.kind} in version "{resource.version}" cannot be handled as a {resource.kind}: {self.said}'
        )


def typed(context: Context, value: Any, schema: Schema, path: str = "") -> None:
    """Of a built-in kind: every field has its type. Raises StatusError (400) for the first that has not."""
    wrong = next(
        (cause for cause in structural.problems(value, schema, path) if cause[0] == structural.TYPE),
        None,
    )
    if wrong is None:
        return
    resource, (_reason, field, sentence) = context.resource, wrong
    said = sentence.rpartition("must be of type ")[2]
    expected, _, got = said.partition(": ")
    got = got.strip('"').replace("integer", "number")
    raise StatusError(
        400, f'{resource.kind} in version "{resource.version}" cannot be handled as a {resource.kind}: json: cannot '
        f"unmarshal {got} into Go struct field {resource.kind}.{field} of type "
        f"{_GO.get(expected, expected)}",
    )  # fmt: skip
