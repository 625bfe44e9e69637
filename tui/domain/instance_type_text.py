"""Instance types as YAML: reading what an operator types, with line and column of each fault, and writing
one.

Owns the way from a field's path to its place in the text. The rules are in `instance_type_rules`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import yaml
from msgspec import Struct

from tui.core.health import Health
from tui.core.text import clean
from tui.domain.amounts import CPU, GPU, MEMORY, Amounts, cpu_text, memory_exact
from tui.domain.instance_type import InstanceTypeRow
from tui.domain.instance_type_rules import API_VERSION, KIND, Finding, Path, validate
from tui.domain.wire import dig, mapping, text

_DEEPEST: Final = 32
"""Levels that are walked in search of repeated keys; an instance type has five."""


class Parsed(Struct, frozen=True):
    """What was typed: the document when it is YAML, and everything wrong with it."""

    document: Any
    """A dict for a sound document; None when the text is no YAML or empty."""
    findings: tuple[Finding, ...]

    @property
    def valid(self) -> bool:
        """It may be applied: no finding is worse than a warning."""
        return self.document is not None and all(f.health is not Health.BAD for f in self.findings)


def parse(yaml_text: str) -> Parsed:
    """The document of `yaml_text` and its findings in the order of the text. Never raises."""
    try:
        loader = yaml.CSafeLoader(yaml_text)
        try:
            node = loader.get_single_node()
            document = loader.construct_document(node) if node is not None else None
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        return Parsed(None, (_fault(error),))
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as error:
        return Parsed(None, (Finding((), _one_line(str(error)) or "not YAML", Health.BAD, 1, 1),))
    if node is None or document is None:
        return Parsed(None, (Finding((), "is empty", Health.BAD, 1, 1),))
    found = [_placed(finding, node) for finding in validate(document)]
    found += _repeated(node, (), 0)
    return Parsed(document, tuple(sorted(found, key=lambda finding: (finding.line, finding.column))))


def _fault(error: yaml.MarkedYAMLError) -> Finding:
    mark = error.problem_mark or error.context_mark
    said = _one_line(f"{error.problem or error.context or 'not YAML'}")
    return Finding((), said, Health.BAD, mark.line + 1 if mark else 1, mark.column + 1 if mark else 1)


def _one_line(message: str) -> str:
    return clean(message).strip()[:160]


def _placed(finding: Finding, root: yaml.Node) -> Finding:
    """The finding with its place: the value's, or that of the nearest field round it that is there."""
    at, mark = root, root.start_mark
    for step in finding.path:
        key, value = _child(at, step)
        if value is None:
            break
        at, mark = value, value.start_mark
        if isinstance(value, yaml.MappingNode | yaml.SequenceNode) and key is not None:
            mark = key.start_mark
    return Finding(finding.path, finding.message, finding.health, mark.line + 1, mark.column + 1)


def _child(node: yaml.Node, step: str | int) -> tuple[yaml.Node | None, yaml.Node | None]:
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return None, node.value[step]
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value == step:
                return key, value
    return None, None


def _repeated(node: yaml.Node, path: Path, depth: int) -> Iterator[Finding]:
    """YAML takes the last of two equal keys without a word; the operator meant one of them."""
    if depth > _DEEPEST:
        return
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _repeated(item, (*path, index), depth + 1)
    if not isinstance(node, yaml.MappingNode):
        return
    seen: set[str] = set()
    for key, value in node.value:
        name = clean(str(key.value)) if isinstance(key, yaml.ScalarNode) else ""
        here = (*path, name)
        if name in seen:
            mark = key.start_mark
            yield Finding(here, "is given twice", Health.BAD, mark.line + 1, mark.column + 1)
        seen.add(name)
        yield from _repeated(value, here, depth + 1)


def render(source: InstanceTypeRow | Mapping[str, Any]) -> str:
    """YAML of a type, fit for an editor: what the cluster added is left out, the fields stand in their
    usual order.
    """
    document = _of_row(source) if isinstance(source, InstanceTypeRow) else _of_object(source)
    return str(yaml.dump(document, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True))


def _of_row(row: InstanceTypeRow) -> dict[str, Any]:
    limits = _wire(row.limits)
    if row.gpus:
        limits[GPU] = row.gpus
    return _document(row.name, row.labels, row.selector, {"requests": _wire(row.requests), "limits": limits})


def _wire(amounts: Amounts) -> dict[str, Any]:
    return {CPU: cpu_text(amounts.cpu), MEMORY: memory_exact(amounts.memory)}


def _of_object(source: Mapping[str, Any]) -> dict[str, Any]:
    spec = mapping(source.get("spec"))
    document = _document(
        text(dig(source, "metadata", "name")), mapping(dig(source, "metadata", "labels")),
        spec.get("nodeSelector"),
        spec.get("resources"),
    )  # fmt: skip
    document["spec"].update({key: value for key, value in spec.items() if key not in document["spec"]})
    return document


def _document(name: str, labels: Mapping[str, Any], selector: Any, resources: Any) -> dict[str, Any]:
    metadata: dict[str, Any] = {"name": name}
    if labels:
        metadata["labels"] = dict(labels)
    spec: dict[str, Any] = {"nodeSelector": dict(selector)} if isinstance(selector, dict) and selector else {}
    if resources is not None:
        spec["resources"] = resources
    return {"apiVersion": API_VERSION, "kind": KIND, "metadata": metadata, "spec": spec}


TEMPLATE: Final = """\
apiVersion: amlarc.azureml.com/v1alpha1
kind: InstanceType
metadata:
  name: my-type
spec:
  resources:
    requests:
      cpu: "1"
      memory: 4Gi
    limits:
      cpu: "2"
      memory: 4Gi
"""
"""What an editor opens on for a new type."""
