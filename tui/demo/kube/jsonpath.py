"""The part of kubectl's JSONPath that printer columns use: fields, indices, `[*]` and filters by equality.

Pure. `.spec.limits.nvidia\\.com/gpu`, `.status.conditions[?(@.type=="Ready")].status`, `.spec.items[0].name`
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, Final

_STEP: Final = re.compile(
    r"""\.(?P<field>(?:\\.|[^.\[\\])+)
    |\[(?P<place>-?\d+)\]
    |\[(?P<all>\*)\]
    |\['(?P<quoted>[^']+)'\]
    |\[\?\(@\.(?P<key>[\w.]+)\s*==\s*["'](?P<value>[^"']*)["']\)\]""",
    re.VERBOSE,
)


def find(body: Any, path: str) -> list[Any]:
    """Everything at a path; nothing for a path that leads nowhere."""
    values: list[Any] = [body]
    for step in _steps(path):
        values = [found for value in values for found in _take(value, step)]
    return [value for value in values if value is not None]


@lru_cache(maxsize=512)
def _steps(path: str) -> tuple[re.Match[str], ...]:
    text = path.strip("{} ")
    text = text if text.startswith((".", "[")) else f".{text}"
    return tuple(_STEP.finditer(text))


def _take(value: Any, step: re.Match[str]) -> Iterable[Any]:
    name = step["field"] or step["quoted"]
    if name is not None:
        return (value.get(re.sub(r"\\(.)", r"\1", name)),) if isinstance(value, dict) else ()
    if not isinstance(value, list):
        return value.values() if step["all"] and isinstance(value, dict) else ()
    if step["place"] is not None:
        place = int(step["place"])
        return (value[place],) if -len(value) <= place < len(value) else ()
    return value if step["all"] else _chosen(value, step["key"], step["value"])


def _chosen(items: list[Any], key: str, wanted: str) -> Iterator[Any]:
    return (item for item in items if isinstance(item, dict) and str(item.get(key)) == wanted)
