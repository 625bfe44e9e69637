"""The body of a request as an object of the resource it is sent to.

Owns media types, JSON and YAML, apiVersion and kind, and what happens to fields that nobody knows (`fieldValidation`).
"""

from __future__ import annotations

from typing import Any, Final

import msgspec
import yaml

from tui.demo.kube import go, protobuf, shaping
from tui.demo.kube.causes import invalid as wrong
from tui.demo.kube.context import Context
from tui.demo.kube.models import OBJECT_META, built_ins
from tui.demo.kube.schema import Schema
from tui.demo.kube.status import StatusError, invalid

Body = dict[str, Any]

OBJECTS: Final = ("application/json", "application/yaml", protobuf.MEDIA)
_SHOWN: Final = 1024
"""Bytes of a body that cannot be read which are shown."""


class _Loader(yaml.CSafeLoader):
    """YAML as JSON: an instant stays text."""


_Loader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for letter, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


async def read(context: Context, accepted: tuple[str, ...] = OBJECTS) -> Any:
    """The body as JSON values, None when there is none. Raises StatusError (400, 415)."""
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
    try:
        return decoded(data, yaml_too=media.endswith("yaml"))
    except ValueError as error:
        raise _unreadable(context, str(error), data, patch=accepted is not OBJECTS) from None


def _unknown_format(accepted: tuple[str, ...], why: str = "") -> StatusError:
    listed = ", ".join(accepted)
    return StatusError(
        415, f"the body of the request was in an unknown format - accepted media types include: {listed}{why}"
    )


def _unreadable(context: Context, why: str, data: bytes, *, patch: bool) -> StatusError:
    if patch:
        yaml_said = context.request.content_type.endswith("yaml")
        return StatusError(400, f"error encoding patch: yaml: {why}" if yaml_said else "invalid JSON patch")
    said = f"couldn't get version/kind; json parse error: {why}"
    return StatusError(400, said) if context.request.method == "DELETE" else _unrecognized(context, said, data)


def _unrecognized(context: Context, why: str, data: bytes) -> StatusError:
    shown = data[:_SHOWN].decode("utf-8", "replace") if data.startswith(b"{") else data[:_SHOWN].hex()
    return StatusError(
        400,
        f"the object provided is unrecognized (must be of type {context.resource.kind}): {why} ({shown or '<empty>'})",
    )


def decoded(data: bytes, *, yaml_too: bool) -> Any:
    """JSON, or YAML where that is allowed. Raises ValueError, which says what is wrong."""
    try:
        return msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        if not yaml_too:
            raise ValueError(str(error)) from None
    try:
        return yaml.load(data, _Loader)  # noqa: S506 - a safe loader, with one resolver less
    except yaml.YAMLError as error:
        raise ValueError(str(getattr(error, "problem", None) or error)) from None


def of_resource(context: Context, body: Any) -> Body:
    """The body, when it is an object of the resource whose fields have their types. Raises StatusError (400, 422)."""
    made = headed(context, body)
    typed(context, made)
    of_kind(context, made)
    return made


def headed(context: Context, body: Any) -> Body:
    """The body with the apiVersion and kind of the resource in front. Raises StatusError (400) when it has others."""
    resource = context.resource
    if not isinstance(body, dict):
        why = "unexpected end of JSON input" if body is None else f"json: cannot unmarshal {go.plain(body)}"
        raise _unrecognized(context, f"couldn't get version/kind; json parse error: {why}", b"")
    version, kind = body.get("apiVersion") or "", body.get("kind") or ""
    if not resource.custom:
        version, kind = version or resource.api_version, kind or resource.kind
    if not kind:
        data = msgspec.json.encode(body)
        raise _unrecognized(context, f"Object 'Kind' is missing in '{data.decode()}'", data)
    if resource.custom and version != resource.api_version:
        said = f"does not match the expected API version ({resource.api_version})"
        raise StatusError(400, f"the API version in the data ({version}) {said}")
    if not resource.custom and (version, kind) != (resource.api_version, resource.kind):
        said = f'cannot be handled as a {resource.kind}: no kind "{kind}" is registered for version "{version}"'
        raise StatusError(400, f'{kind} in version "{version}" {said}')
    rest = {name: part for name, part in body.items() if name not in ("apiVersion", "kind", "metadata")}
    meta = body.get("metadata")
    return {"apiVersion": version, "kind": kind, "metadata": {} if meta is None else meta, **rest}


def of_kind(context: Context, body: Body) -> None:
    """A custom resource calls itself what it is. Raises StatusError (422)."""
    resource = context.resource
    if body["kind"] != resource.kind:
        cause = wrong("kind", body["kind"], f"must be {resource.kind}")
        raise invalid(resource, str(body["metadata"].get("name") or ""), [cause], str(body["kind"]))


def known(context: Context, body: Body, schema: Schema) -> list[str]:
    """Take out what the schema does not know; the warnings for it. Raises StatusError (400) when it is Strict."""
    paths = shaping.unknown(body, schema)
    fields = [f'unknown field "{path}"' for path in (sorted(paths) if context.resource.custom else paths)]
    how = context.query("fieldValidation") or "Warn"
    if fields and how == "Strict":
        raise StrictError(context, fields)
    return fields if how == "Warn" else []


class StrictError(StatusError):
    """Unknown fields in a request that allows none."""

    def __init__(self, context: Context, fields: list[str]) -> None:
        self.said = f"strict decoding error: {', '.join(fields)}"
        super().__init__(400, _unhandled(context, self.said))


def typed(context: Context, body: Body) -> None:
    """Every field has its type, of a custom resource those of the metadata. Raises StatusError (400)."""
    said = mistake(context, body)
    if said:
        raise StatusError(400, _unhandled(context, said))


def mistake(context: Context, body: Body) -> str:
    """What is said of the first field that has a wrong type; empty when all are right."""
    resource, definitions = context.resource, built_ins().definitions
    if resource.custom:
        meta = Schema(definitions[OBJECT_META], definitions, OBJECT_META)
        return go.mistake(body["metadata"], meta, "ObjectMeta")
    return go.mistake(body, context.cluster.schemas.of(resource), resource.kind)


def _unhandled(context: Context, said: str) -> str:
    resource = context.resource
    return f'{resource.kind} in version "{resource.version}" cannot be handled as a {resource.kind}: {said}'
