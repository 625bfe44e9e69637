"""A decoded JSON value written as YAML, in the order of its fields."""

from __future__ import annotations

from typing import Any

import yaml


class _Plain(yaml.CSafeDumper):
    """Writes a value that occurs twice twice: `&id001` says nothing to a reader."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True


def _text(dumper: _Plain, value: str) -> yaml.Node:
    """Half a surrogate pair is valid in JSON and cannot be written."""
    node: yaml.Node = dumper.represent_str(value.encode("utf-8", "replace").decode())
    return node


_Plain.add_representer(str, _text)


def written(value: Any) -> str:
    """The document. Nothing is masked or cleaned here."""
    return str(yaml.dump(value, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=10_000))
