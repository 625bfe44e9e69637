"""One pod of a long-running workload: how it comes up, and what is wrong with it.

Owns the course of a container that crashes over and over, is not ready, or cannot be pulled. Must not know which
workload it is of.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import Final

from tui.demo.world.bodies import Maker
from tui.demo.world.containers import Box, State, ended, running, waiting
from tui.demo.world.events import About, Note, of_pod, turns
from tui.demo.world.logs import Flow, Joined, Source, Told, Voice, told
from tui.demo.world.pods import Frame, Look

READY_AFTER: Final = 4.0
"""Seconds from a container's start to its first passed probe."""
_LONGEST: Final = 300.0
_ATTEMPTS: Final = 5
"""Doublings from 10 s until the longest back-off is reached."""


@dataclass(frozen=True, slots=True)
class Crash:
    """A container that ends soon after each start. Its back-off doubles from 10 s to 5 minutes."""

    container: str
    message: str
    lines: tuple[str, ...]
    """What each run writes, over its whole length."""
    well: float
    """When its first run ended, which had gone well."""
    lasts: float = 8.0
    code: int = 1

    def run(self, number: int, since: float) -> tuple[float, float]:
        """From when to when run `number` (from 0) lasts; `since` is the start of the first."""
        if number == 0:
            return since, self.well
        doubled = min(number, _ATTEMPTS)
        paused = 10.0 * (2**doubled - 1) + _LONGEST * (number - doubled)
        start = self.well + paused + self.lasts * (number - 1)
        return start, start + self.lasts

    def at(self, now: float, since: float) -> int:
        """The run that is going on, or that ended last."""
        settled, _end = self.run(_ATTEMPTS, since)
        if now >= settled:
            return _ATTEMPTS + turns(now - settled, _LONGEST + self.lasts)
        return max(n for n in range(_ATTEMPTS) if n == 0 or self.run(n, since)[0] <= now)

    def anew(self, up: float) -> Crash:
        """The same trouble in a new pod: its first run goes no better."""
        return replace(self, well=up + self.lasts)


@dataclass(frozen=True, slots=True)
class Unready:
    """A container that runs but does not pass its probe."""

    container: str
    since: float
    message: str

    def anew(self, up: float) -> Unready:
        """The same trouble in a new pod."""
        return replace(self, since=up)


@dataclass(frozen=True, slots=True)
class NoImage:
    """A container whose image cannot be pulled."""

    container: str
    cause: str

    def anew(self, _up: float) -> NoImage:
        """The same trouble in a new pod."""
        return self


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A pod that no node can take."""

    message: str
    container: str = ""
    """None of them is to blame."""

    def anew(self, _up: float) -> Unplaced:
        """The same trouble in a new pod."""
        return self


Trouble = Crash | Unready | NoImage | Unplaced


@dataclass(frozen=True, slots=True)
class Replica:
    """One pod."""

    frame: Frame
    delay: float
    """Seconds from its making until its containers run."""
    flows: tuple[tuple[str, Source], ...] = ()
    """Logs by container."""
    trouble: Trouble | None = None
    gone: float | None = None
    """Since when its node does not report."""

    @property
    def up(self) -> float:
        """When its containers run."""
        return self.frame.created + self.delay

    @property
    def span(self) -> tuple[float, float]:
        """From when until when it is ready for the first time; infinity for never."""
        ready = self.up + READY_AFTER
        match self.trouble:
            case NoImage() | Unplaced():
                return inf, inf
            case Unready(since=until) | Crash(well=until):
                return (ready, until) if ready < until else (inf, inf)
        return ready, inf

    def ready(self, now: float) -> bool:
        """It counts for its workload."""
        look = self.look(now)
        return look.ready is not None and look.unready is None

    def look(self, now: float) -> Look:
        """The pod at a moment."""
        placed = self.frame.created
        if isinstance(self.trouble, Unplaced):
            return Look((), unplaced=self.trouble.message)
        if now < self.up:
            waits = tuple(waiting() for _box in self.frame.boxes)
            return Look(waits, placed=placed, initialized=placed, unready=placed)
        settled = now >= self.up + READY_AFTER
        wells = (running(self.up, ready=settled or not box.probe) for box in self.frame.boxes)
        states = tuple(self._state(box, well, now) for box, well in zip(self.frame.boxes, wells, strict=True))
        good = all(state.ready for state in states)
        ready = self.up + READY_AFTER if settled else None
        return Look(states, placed=placed, initialized=placed, ready=ready, unready=self._unready(good, now))

    def _unready(self, good: bool, now: float) -> float | None:
        if good:
            return self.gone if self.gone is not None and self.gone <= now else None
        match self.trouble:
            case Unready(since=since) if now >= since:
                return since
            case Crash() as crash:
                return crash.run(crash.at(now, self.up), self.up)[1]
        return self.frame.created

    def _state(self, box: Box, well: State, now: float) -> State:
        trouble = self.trouble
        if trouble is None or trouble.container != box.name:
            return well
        if isinstance(trouble, Unready):
            return replace(well, ready=well.ready and now < trouble.since)
        if isinstance(trouble, NoImage):
            return waiting("ImagePullBackOff", no_image(box.image, trouble.cause))
        if isinstance(trouble, Unplaced) or now < trouble.well:
            return well
        return _crashed(self.frame, trouble, now, self.up)

    def next(self, now: float) -> float:
        """When it changes next."""
        moments = [self.up, self.up + READY_AFTER]
        if isinstance(self.trouble, Unready):
            moments.append(self.trouble.since)
        if isinstance(self.trouble, Crash):
            number = self.trouble.at(now, self.up)
            moments += [self.trouble.run(number, self.up)[1], self.trouble.run(number + 1, self.up)[0]]
        return min((at for at in moments if at > now), default=inf)

    def voices(self, now: float) -> Iterator[Voice]:
        """Its logs."""
        frame, trouble = self.frame, self.trouble
        if now < self.up or isinstance(trouble, Unplaced):
            return
        for container, flow in self.flows:
            if trouble is None or trouble.container != container or isinstance(trouble, Unready):
                yield Voice(frame.namespace, frame.name, container, flow)
            elif isinstance(trouble, Crash):
                yield self._crash_voice(trouble, flow, now)

    def _crash_voice(self, crash: Crash, flow: Source, now: float) -> Voice:
        """While it waits for its next run, its log is that of the last one, as is its previous log."""
        number = crash.at(now, self.up)
        goes_on = now < crash.run(number, self.up)[1]
        logs = [_run_log(crash, flow, n, self.up) for n in (number, number - 1 if goes_on else number)]
        previous = logs[1] if number or not goes_on else None
        return Voice(self.frame.namespace, self.frame.name, crash.container, logs[0], previous)

    def notes(self, maker: Maker) -> Iterator[Note]:
        """What is said about it."""
        frame, trouble = self.frame, self.trouble
        if isinstance(trouble, Unplaced):
            yield unplaced_note(maker, frame, trouble.message)
            return
        yield from course(maker, frame, self.delay, trouble.container if isinstance(trouble, NoImage) else "")
        if trouble is None:
            return
        about = of_pod(maker, frame.namespace, frame.name, frame.created, trouble.container)
        host, box = frame.node, next(box for box in frame.boxes if box.name == trouble.container)
        match trouble:
            case Crash():
                yield from _crash_notes(about, host, box, frame, trouble, maker)
            case Unready():
                yield Note(about, "Unhealthy", trouble.message, trouble.since, True, host=host, every=120)
            case NoImage():
                yield from no_image_notes(about, host, box.image, trouble.cause, frame.created + 3)


def unplaced_note(maker: Maker, frame: Frame, message: str) -> Note:
    """What the scheduler says, over and over, of a pod that no node can take."""
    pod = of_pod(maker, frame.namespace, frame.name, frame.created)
    return Note(pod, "FailedScheduling", message, frame.created, True, frame.scheduler, every=300, newer=True)


def course(maker: Maker, frame: Frame, delay: float, unpulled: str = "") -> Iterator[Note]:
    """What is said about a pod that comes up well, but for the container `unpulled`, if any."""
    pod = of_pod(maker, frame.namespace, frame.name, frame.created)
    placed = f"Successfully assigned {frame.namespace}/{frame.name} to {frame.node}"
    newer = frame.scheduler == "default-scheduler"
    yield Note(pod, "Scheduled", placed, frame.created, source=frame.scheduler, newer=newer)
    for box in frame.boxes:
        if box.name == unpulled:
            continue
        about = of_pod(maker, frame.namespace, frame.name, frame.created, box.name)
        up, host = frame.created + delay, frame.node
        pulled = f'Successfully pulled image "{box.image}" in {max(0.1, delay - 2):.3f}s'
        yield Note(about, "Pulling", f'Pulling image "{box.image}"', frame.created + 1, host=host)
        yield Note(about, "Pulled", pulled, up - 1, host=host)
        yield Note(about, "Created", f"Created container {box.name}", up - 1, host=host)
        yield Note(about, "Started", f"Started container {box.name}", up, host=host)


def no_image(image: str, cause: str) -> str:
    """What a container that cannot be pulled waits with."""
    return f'Back-off pulling image "{image}": ErrImagePull: {cause}'


def no_image_notes(about: About, host: str, image: str, cause: str, first: float, every: float = 150) -> Iterator[Note]:
    """What the kubelet says, over and over, about an image it cannot pull."""
    yield Note(about, "Pulling", f'Pulling image "{image}"', first, host=host, every=every)
    failed = f'Failed to pull image "{image}": {cause}'
    yield Note(about, "Failed", failed, first + 2, True, host=host, every=every)
    yield Note(about, "Failed", "Error: ErrImagePull", first + 2, True, host=host, every=every)
    yield Note(about, "BackOff", f'Back-off pulling image "{image}"', first + 15, host=host, every=every)
    yield Note(about, "Failed", "Error: ImagePullBackOff", first + 15, True, host=host, every=every)


def _crashed(frame: Frame, crash: Crash, now: float, up: float) -> State:
    number = crash.at(now, up)
    start, end = crash.run(number, up)
    if now < end:
        last = _end(crash, number - 1, up) if number else None
        return running(start, ready=False, restarts=number, last=last)
    pause = min(_LONGEST, 10.0 * 2**number)
    spelt = f"{int(pause // 60)}m{int(pause % 60)}s" if pause >= 60 else f"{int(pause)}s"
    said = f"back-off {spelt} restarting failed container={crash.container} pod={frame.name}_{frame.namespace}"
    return waiting("CrashLoopBackOff", said, number, _end(crash, number, up))


def _end(crash: Crash, number: int, up: float) -> State:
    start, end = crash.run(number, up)
    return ended(start, end, crash.code, message=crash.message, restarts=number)


def _run_log(crash: Crash, flow: Source, number: int, up: float) -> Source:
    start, end = crash.run(number, up)
    written = _spread(start if number else end - crash.lasts, crash.lasts, crash.lines)
    if number or isinstance(flow, Joined):
        return Told(written, end)
    before = replace(flow, ends=end - crash.lasts) if isinstance(flow, Flow) else flow
    return Joined((before, Told(written, end)), end)


def _spread(since: float, length: float, lines: Sequence[str]) -> tuple[tuple[float, str], ...]:
    step = length / (len(lines) + 1)
    return told(since, *((step * (n + 1), line) for n, line in enumerate(lines))).lines


def _crash_notes(about: About, host: str, box: Box, frame: Frame, crash: Crash, maker: Maker) -> Iterator[Note]:
    uid = maker.uid("Pod", frame.namespace, frame.name, frame.created)
    said = f"Back-off restarting failed container {box.name} in pod {frame.name}_{frame.namespace}({uid})"
    yield Note(about, "BackOff", said, crash.well + 12, True, host=host, every=75)
    present = f'Container image "{box.image}" already present on machine'
    for reason, message in (("Pulled", present), ("Created", f"Created container {box.name}"),
                            ("Started", f"Started container {box.name}")):  # fmt: skip
        yield Note(about, reason, message, crash.well + 10, host=host, every=_LONGEST + crash.lasts)
