"""A component of the extension as a line of a table.

The shape only: which there are is in `components` and `components_preview`.
"""

from __future__ import annotations

from dataclasses import dataclass

from tui.demo.world.wish import When
from tui.demo.world.workload_bodies import Kind


@dataclass(frozen=True, slots=True)
class Part:
    """One component."""

    name: str
    """`@` stands for the extension's name."""
    cpu: str
    cpu_limit: str
    memory: str
    """MiB."""
    memory_limit: str
    delay: float
    """Seconds from its making until it runs."""
    kind: Kind = "Deployment"
    replicas: int = 1
    sidecar: bool = True
    """Its log goes to the cloud through a fluent-bit container (since 1.1.17)."""
    port: int = 8080
    image: str = ""
    when: When = ""
    """The switch that it needs."""
    spare: int = 0
    """So many of its pods may be missing."""
    follows: bool = False
    """Its pods are made anew whenever a setting changes."""
