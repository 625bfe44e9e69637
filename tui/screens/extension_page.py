"""What the extension pane and the extension screen say, as lines of toned segments.

Pure: store and instant in, lines out. Owns the words; judgement is the domain's. Protected values never get
here: the row holds their names only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tui.core.facts import Phase
from tui.core.health import Health
from tui.core.store import Store
from tui.core.table import Tone
from tui.core.text import shorten_middle
from tui.core.units import age, rfc3339, short_age
from tui.domain import arm_error, cluster, extension
from tui.domain.azure_standing import AzureStanding, standings
from tui.domain.extension import ExtensionRow
from tui.screens.standing import Words, standing

Line = list[tuple[str, Tone]]
Glyph = Callable[[Health], str]

WORDS = Words(
    "extension",
    empty="Microsoft.AzureML.Kubernetes is not installed on this cluster",
    missing="not installed",
    off="ARM is not asked",
)
_SWITCHES = (
    ("training", "enableTraining"),
    ("inference", "enableInference"),
    ("nvidia", "installNvidiaDevicePlugin"),
    ("volcano", "installVolcano"),
)
_USUAL = "2-5m is usual, it gives up at 15m"


def chosen(store: Store, name: str | None = None) -> ExtensionRow | None:
    """The extension this program is about: by name when one was given, else by type."""
    rows: Mapping[str, ExtensionRow] = store.rows("extensions")
    if name:
        return next((row for row in rows.values() if row.name.lower() == name.lower()), None)
    return extension.of_product(rows)


def absent(store: Store, now: float) -> list[str]:
    """Why there is no extension to show."""
    row_count = len(store.rows("extensions"))
    how = standing(store.source("extensions"), WORDS, now, shown=0, total=0)
    others = [f"{row_count} other extensions are"] if row_count and how.health is Health.GOOD else []
    return [*how.lines, *others]


def headline(row: ExtensionRow, now: float, glyph: Glyph) -> Line:
    """`amlarc-compute  1.1.39 stable  ● Installed 3d`."""
    since = row.modified if row.in_progress else row.created
    raw = f" ({row.raw_state})" if row.raw_state and row.raw_state.lower() != row.state.lower() else ""
    return [
        (f"{row.name}  ", "strong"),
        (f"{row.shown_version or 'no version yet'} {row.train}  ", None),
        (f"{glyph(row.health)} {row.state}", row.health),
        (raw, "dim"),
        (f"  {age(now - since)}" if since else "", None if row.in_progress else "dim"),
    ]


def summary(store: Store, row: ExtensionRow, now: float, glyph: Glyph) -> list[Line]:
    """The pane's lines under its title: what is wrong, switches and links, settings that differ."""
    lines: list[Line] = []
    if row.why:
        lines.append([(f"{glyph(row.health)} {extension.explain(row, now)}", row.health)])
    if row.in_progress:
        lines.append([(_USUAL, "dim")])
    doors = standings(store)
    lines += [[(f"{glyph(one.health)} {one.noun} {one.why}", one.health)] for one in doors if one.health > Health.STALE]
    lines.append([*_switches(row), *_links(store, doors, now, glyph)])
    differing = extension.differs(row)
    if differing:
        text = "  ".join(f"{one.key}={one.value}" for one in differing)
        lines.append([("differs ", "dim"), (text, None)])
    return lines


def _switches(row: ExtensionRow) -> Line:
    parts: Line = []
    for word, key in _SWITCHES:
        on = extension.enabled(row, key)
        parts += [(" · " if parts else "", "dim"), (f"{word} {'on' if on else 'off'}", None if on else "dim")]
    return parts


def _links(store: Store, doors: list[AzureStanding], now: float, glyph: Glyph) -> Line:
    parts: Line = [("   ", None)]
    for row in store.rows("clusters").values():
        link = "Arc" if row.connected else "AKS"
        word = link if row.health is Health.GOOD else f"{link} {row.connectivity}"
        old = f" {short_age(now - row.last_seen)} ago" if row.last_seen and row.health is not Health.GOOD else ""
        parts += [(f"{glyph(row.health)} {word}{old}  ", row.health)]
    for one in doors:
        word = f"{one.noun.lower()} {one.brief}".strip()
        parts += [(f"{glyph(one.health)} {word}  ", one.health)]
    return parts


def page(store: Store, row: ExtensionRow, now: float, glyph: Glyph) -> list[Line]:
    """Everything about the extension, its cluster, its relay and the attached computes."""
    lines: list[Line] = [headline(row, now, glyph)]
    if row.why:
        lines.append([(extension.explain(row, now), row.health)])
    lines.append([*_switches(row), *_links(store, standings(store), now, glyph)])
    lines += _errors(row)
    lines += _section("RESOURCE", _fields(row, now))
    lines += _statuses(row, now, glyph)
    lines += _settings(row)
    return lines + around(store, now, glyph)


def more(store: Store, row: ExtensionRow, now: float, glyph: Glyph) -> list[Line]:
    """What a large pane has room for under its summary, trouble first."""
    return [*_errors(row), *_statuses(row, now, glyph), *around(store, now, glyph), *_settings(row)]


def around(store: Store, now: float, glyph: Glyph) -> list[Line]:
    """The cluster, its relay and the attached computes: they may be there without an extension."""
    return [*_cluster(store, now, glyph), *_computes(store, glyph)]


def _section(title: str, body: list[Line]) -> list[Line]:
    return [[], [(title, "strong")], *body] if body else []


def _field(name: str, value: str, tone: Tone = None) -> Line:
    return [(f"  {name:<22}", "dim"), (value or "-", tone)]


def _fields(row: ExtensionRow, now: float) -> list[Line]:
    return [
        _field("installState", row.install_state or f"- (ARM says provisioningState; it means {row.state})"),
        _field("provisioningState", row.provisioning_state, row.health),
        _field("extensionType", row.type),
        _field("version", row.version or "not pinned"),
        _field("currentVersion", row.current),
        _field("releaseTrain", row.train),
        _field("autoUpgrade", "on" if row.auto_upgrade else "off"),
        _field("releaseNamespace", row.namespace),
        _field("identity", row.identity),
        _field("created", _when(row.created, now)),
        _field("modified", _when(row.modified, now)),
        _field("id", row.id),
    ]


def _when(at: float | None, now: float) -> str:
    return f"{rfc3339(at)}  {age(now - at)} ago" if at is not None else ""


def _errors(row: ExtensionRow) -> list[Line]:
    if row.error is None:
        return []
    innermost = arm_error.innermost(row.error)
    body: list[Line] = [[(f"  {innermost}", Health.BAD)], [("  as ARM words it:", "dim")]]
    body += [[(f"    {line}", None)] for line in arm_error.lines(row.error)]
    return _section("ERROR", body)


def _statuses(row: ExtensionRow, now: float, glyph: Glyph) -> list[Line]:
    tones = {"error": Health.BAD, "warning": Health.WARN}
    body: list[Line] = []
    for status in row.statuses:
        health = tones.get(status.level.lower(), Health.GOOD)
        when = f"{age(now - status.time)} ago  " if status.time else ""
        body.append([(f"  {glyph(health)} ", health), (f"{when}{status.code} {status.display}", None)])
        if status.message:
            body.append([(f"    {status.message}", health if health is not Health.GOOD else "dim")])
    return _section("STATUSES", body)


def _settings(row: ExtensionRow) -> list[Line]:
    differing = {one.key: one for one in extension.differs(row)}
    body: list[Line] = []
    for key, value in row.settings.items():
        one = differing.get(key)
        note = f"   default {one.default or 'unset'}   {one.meaning}" if one else ""
        mark = "▸" if one else " "
        body.append([(f" {mark} {key:<34} ", "strong" if one else "dim"), (value, None), (note, "dim")])
    protected = ", ".join(row.protected) or "ARM never shows them"
    body.append([("   protected settings", "dim"), (f"  {protected}", "dim")])
    return _section("SETTINGS  ▸ differs from the default", body)


def _cluster(store: Store, now: float, glyph: Glyph) -> list[Line]:
    body: list[Line] = []
    for row in store.rows("clusters").values():
        body += [
            [(f"  {glyph(row.health)} {row.name}  ", row.health), (cluster.explain(row, now), row.health)],
            _field("connectivity", row.connectivity, row.health),
            _field("last heartbeat", _when(row.last_seen, now)),
            _field("agent · kubernetes", f"{row.agent_version or '-'} · {row.kubernetes_version or '-'}"),
            _field("nodes · distribution", f"{row.nodes} · {row.distribution}"),
            _field("id", row.id),
        ]
    return [*_section("CLUSTER", body), *_doors(store, now, glyph)]


def _doors(store: Store, now: float, glyph: Glyph) -> list[Line]:
    """Relay and Service Bus of the cluster, each with its health, why, and what to do."""
    body: list[Line] = []
    for one in standings(store):
        state = one.row.state if one.row is not None else ""
        body.append([(f"  {glyph(one.health)} {one.noun} ", one.health), (f"{one.name}  ", None), (state, one.health)])
        if one.why:
            body.append([(f"    {one.why}", one.health)])
        if one.remedy:
            body.append([(f"    {one.remedy}", "dim")])
        if one.row is not None:
            body.append(_field("created", _when(one.row.created, now)))
    bus = store.source("buses")
    if bus.phase is Phase.OFF and bus.reason and store.rows("extensions"):
        body.append([(f"  {glyph(Health.OFF)} Service Bus  off: {bus.reason}", "dim")])
    return _section("RELAY AND SERVICE BUS", body)


def _computes(store: Store, glyph: Glyph) -> list[Line]:
    body: list[Line] = []
    for row in store.rows("computes").values():
        if not row.is_kubernetes:
            continue
        where = f"{row.workspace} · namespace {row.namespace or 'default'}"
        where += f" · default type {row.default_type or '-'}"
        body.append(
            [
                (f"  {glyph(row.health)} {row.name} ", row.health),
                (row.state, row.health),
                (f"  {where}", None),
            ]
        )
        for error in row.errors:
            body += [[(f"      {line}", Health.BAD)] for line in arm_error.lines(error)]
    if not body and store.source("computes").phase is Phase.LIVE:
        body = [[("  attached to no workspace", "dim")]]
    return _section("COMPUTES", [[(shorten_middle(t, 200), tone) for t, tone in line] for line in body])
