"""What the programs of a cluster write while nothing special goes on.

Owns the words, by container. Must not know when they are written.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tui.core.units import rfc3339
from tui.demo.world.logs import Flow, cycle

Lines = tuple[str, ...]

CHATTER: Final[Mapping[str, tuple[float, Lines]]] = {
    "aml-operator": (19, (
        "{t} INFO controllers.AmlJob reconcile done {\"queue\": 0, \"jobs\": 9}",
        "{t} DEBUG controllers.AmlJob no change, requeue after 30s",
        "{t} INFO controllers.AmlJob run token renewed {\"expiresIn\": \"3600s\"}",
    )),
    "gateway": (23, (
        "{t} info gateway[1] reported 12 resources in 41 ms",
        "{t} info gateway[1] heartbeat accepted, next in 60s",
        "{t} info gateway[1] node snapshot sent, revision {n}",
    )),
    "cluster-status-reporter": (30, (
        "{t} info status reported: nodes, quotas, instance types",
        "{t} info waiting 30s",
    )),
    "relayserver": (17, (
        "{t} [Information] listener online, hybrid connection arc-west",
        "{t} [Information] keep-alive answered in 18 ms",
        "{t} [Debug] 0 requests in the last minute",
    )),
    "metrics-controller-manager": (31, ("{t} INFO scrape targets unchanged", "{t} INFO reconciled 4 metrics")),
    "volcano-scheduler": (11, (
        "I{k} 1 scheduler.go:103] Start scheduling ...",
        "I{k} 1 session.go:172] Open Session with <4> Job and <1> Queues",
        "I{k} 1 allocate.go:189] Try to allocate resource to 1 Jobs in Queue <default>",
        "I{k} 1 session.go:191] Close Session",
        "I{k} 1 scheduler.go:124] End scheduling ...",
    )),
    "volcano-controllers": (37, (
        "I{k} 1 job_controller.go:318] Try to handle request",
        "I{k} 1 queue_controller.go:230] Finish syncing queue default",
    )),
    "volcano-admission": (61, ("I{k} 1 server.go:87] admission request answered, allowed=true",)),
    "prometheus": (120, (
        "ts={t} caller=compact.go:519 level=info component=tsdb msg=\"write block\" duration=311ms",
        "ts={t} caller=head.go:1293 level=info component=tsdb msg=\"Head GC completed\" duration=4.1ms",
    )),
    "config-reloader": (300, ("level=info ts={t} caller=reloader.go:376 msg=\"Reload triggered\"",)),
    "fluent-bit": (60, ("[{t}] [ info] [output:forward] flush chunk succeeded, {n} records",)),
    "training-identity-sidecar": (45, ("{t} INFO token served to 127.0.0.1, expires in 3540s",)),
    "lifecycler": (20, ("{t} INFO lifecycler: capabilities healthy: data, cs, hosttools",)),
    "data-capability": (33, ("{t} INFO data-capability: cache 61% full, 0 pending uploads",)),
    "cs-capability": (50, ("{t} INFO cs-capability: credential cache fresh",)),
    "hosttools-capability": (15, ("{t} INFO hosttools: uploaded user_logs/std_log.txt, {n} bytes in all",)),
    "coredns": (90, ("[INFO] 10.42.7.14:41022 - {n} \"A IN mcr.microsoft.com. udp 36 false\" NOERROR qr,rd,ra 0.02s",)),
    "extension-manager": (41, (
        "{t} INFO extension amlarc-compute: release deployed, revision 1",
        "{t} INFO no drift found, next look in 5m0s",
    )),
    "nvidia-device-plugin-ctr": (240, ("I{k} 1 server.go:165] Registered device plugin for nvidia.com/gpu",)),
}  # fmt: skip
_ELSE: Final[tuple[float, Lines]] = (55, ("{t} INFO still here, {n} ticks",))


def flow(container: str, since: float, ends: float | None = None) -> Flow:
    """The log of a container that has nothing special to tell."""
    every, lines = CHATTER.get(container, _ELSE)
    say = cycle(lines, 7)

    def write(number: int, at: float) -> str:
        return say(number, at).replace("{t}", rfc3339(at, fraction=3)).replace("{k}", klog(at))

    return Flow(since, every, write, ends)


def klog(at: float) -> str:
    """How klog writes an instant: `0102 15:04:05.123456`."""
    spelt = rfc3339(at, fraction=6)
    return f"{spelt[5:7]}{spelt[8:10]} {spelt[11:26]}"
