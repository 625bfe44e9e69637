"""Instance types as YAML: reading what an operator types, with line and column of each fault, and writing one.

Owns the way from a field's path to its place in the text. The rules are in `instance_type_rules`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import yaml
from msgspec import Struct

from tui.core.health import Health
from tui.core.text import clean
from tui.domain.instance_type_rules import API_VERSION, KIND, Finding, Path, validate
from tui.domain.wire import dig, mapping, text
from tui.domain.yaml_text import written

_MOST_OPENERS: Final = 5000
"""Signs that may open one more level. The C parser of YAML recurses: some 20,000 levels end the process."""


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
    if sum(map(yaml_text.count, "[{-?")) > _MOST_OPENERS:
        return Parsed(None, (Finding((), "is no instance type: too long or too deep", Health.BAD, 1, 1),))
    try:
        loader = yaml.CSafeLoader(yaml_text)
        try:
            node = loader.get_single_node()
            document = loader.construct_document(node) if node is not None else None
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        return Parsed(None, (_fault(error, yaml_text),))
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as error:
        return Parsed(None, (Finding((), _one_line(str(error)) or "not YAML", Health.BAD, 1, 1),))
    if node is None or document is None:
        return Parsed(None, (Finding((), "is empty", Health.BAD, 1, 1),))
    found = [_placed(finding, node) for finding in validate(document)]
    found += _repeated(node)
    return Parsed(document, tuple(sorted(found, key=lambda finding: (finding.line, finding.column))))


def _fault(error: yaml.MarkedYAMLError, yaml_text: str) -> Finding:
    """The parser's fault. One at the end of a text without a last line break would be marked on a line that is not."""
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    if line > yaml_text.count("\n"):
        line, column = line - 1, len(yaml_text) - yaml_text.rfind("\n") - 1
    told = _one_line(error.problem or error.context or "not YAML")
    return Finding((), told, Health.BAD, line + 1, column + 1)


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


def _repeated(root: yaml.Node) -> Iterator[Finding]:
    """YAML takes the last of two equal keys without a word; the operator meant one of them.

    Each node once: aliases may make few lines stand for endlessly many.
    """
    seen_nodes: set[int] = set()
    todo: list[tuple[yaml.Node, Path]] = [(root, ())]
    while todo:
        node, path = todo.pop()
        if id(node) in seen_nodes:
            continue
        seen_nodes.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            todo += [(item, (*path, index)) for index, item in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode):
            keys: set[str] = set()
            for key, value in node.value:
                here = (*path, clean(str(key.value)) if isinstance(key, yaml.ScalarNode) else "?")
                if isinstance(key, yaml.ScalarNode) and key.value in keys:
                    yield Finding(
                        here, "is given twice", Health.BAD, key.start_mark.line + 1, key.start_mark.column + 1
                    )
                keys.add(str(key.value))
                todo.append((value, here))


def render(source: Mapping[str, Any]) -> str:
    """YAML of an instance type, fit for an editor: without what the cluster added, the fields in their usual order."""
    return written(_document(source))


def _document(source: Mapping[str, Any]) -> dict[str, Any]:
    metadata: dict[str, Any] = {"name": text(dig(source, "metadata", "name"))}
    labels, spec = mapping(dig(source, "metadata", "labels")), mapping(source.get("spec"))
    if labels:
        metadata["labels"] = dict(labels)
    first = {key: spec[key] for key in ("nodeSelector", "resources") if spec.get(key)}
    rest = {key: value for key, value in spec.items() if key not in ("nodeSelector", "resources")}
    return {"apiVersion": API_VERSION, "kind": KIND, "metadata": metadata, "spec": first | rest}


def template(name: str) -> str:
    """What an editor opens on for a new type."""
    sizes = {"cpu": "1", "memory": "4Gi"}
    spec = {"resources": {"requests": sizes, "limits": dict(sizes)}}
    return render({"metadata": {"name": name}, "spec": spec})
