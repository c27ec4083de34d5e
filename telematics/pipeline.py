"""The story of the system: what becomes of a batch of reports. Read this file first.

::

    arrivals ─▶ judged alone ─▶ sorted by event time ─┬─ onward:   judged after the one before, rules, stored
                                                     ├─ late:     stored if new; the past is read again
                                                     └─ misdated: stored, marked
            ─▶ rule state, episodes, last position: saved in the same transaction ─▶ acknowledged, published

Nothing is dropped, nothing is acknowledged or published before the transaction has committed, and findings do
not depend on the order in which reports came.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Protocol

import msgspec

from telematics.fix import UNFIT_FOR_RULES, Arrival, Fix, Verdict
from telematics.reorder import SortedBatch, event_order, sort_batch
from telematics.rules import speeding
from telematics.rules.episode import Episode, ReportKey
from telematics.rules.speeding import SpeedingLimits, SpeedingState
from telematics.validate import Plausibility, Sighting, Track, judge_alone, judge_move

END_OF_TIME = datetime.max.replace(tzinfo=UTC)


class Rulebook(msgspec.Struct, frozen=True):
    """Every number that reports are held against, and the profile that they come from.

    Attributes:
        profile: code of the profile.
        plausibility: what a bus can do.
        speeding: the limits for a device of which nothing is known.
        speeding_of: the limits for a device, by what is known of the bus that it is in.
    """

    profile: str
    plausibility: Plausibility
    speeding: SpeedingLimits
    speeding_of: Callable[[str], SpeedingLimits] | None = None

    def of(self, device: str) -> "Rulebook":
        """What the reports of a device are held against."""
        if self.speeding_of is None:
            return self
        return msgspec.structs.replace(self, speeding=self.speeding_of(device))


class DeviceState(msgspec.Struct, frozen=True, gc=False):
    """What must be remembered of a device to judge its next report: a cache of the log, never more.

    Attributes:
        newest: event time of the newest report, doubtful ones included.
        has_position: whether that report was sound.
        track: where the device last was.
        speeding: what the speeding rule remembers.
    """

    newest: datetime | None = None
    has_position: bool = False
    track: Track = Track()
    speeding: SpeedingState = None

    @property
    def is_speeding(self) -> bool:
        """Whether an episode is open."""
        return self.speeding is not None and self.speeding.is_open


class Rewrite(msgspec.Struct, frozen=True):
    """A stretch of a device's past as it reads now: its episodes are these and no others.

    Attributes:
        after: event time of the report before the stretch; None where it starts with the first one.
        until: event time of its last report; None where it reaches the newest.
        episodes: those that start in it.
    """

    after: datetime | None
    until: datetime | None
    episodes: list[Episode]


class Taken(msgspec.Struct):
    """What became of one device's part of a batch.

    Attributes:
        state: the device's state after it.
        onward: the reports that carried the state on, with their verdicts.
        past: the late and misdated ones, new or not.
        episodes: what the onward ones opened, changed or ended, by start.
        rewrite: the stretch of the past that late ones changed.
    """

    state: DeviceState
    onward: list[Arrival] = []
    past: list[Arrival] = []
    episodes: dict[datetime, Episode] = {}
    rewrite: Rewrite | None = None


class Log(Protocol):
    """The durable log of reports, and what is kept of them; `fleet.ingest` writes it to a database."""

    def transaction(self) -> AbstractContextManager[object]:
        """All or nothing."""

    def states(self, devices: Iterable[str]) -> dict[str, DeviceState]:
        """The state of each device, registering those never heard of."""

    def append(self, arrivals: Sequence[Arrival]) -> None:
        """Store reports that are newer than all of their device.

        Raises:
            OvertakenError: where another process has stored newer ones meanwhile.
        """

    def append_unless_known(self, arrivals: Sequence[Arrival]) -> list[Arrival]:
        """Store those that are not stored yet, and give them back."""

    def newest_before(self, device: str, time: datetime, fits: Callable[[Fix], bool]) -> Fix | None:
        """The newest stored report of a device before `time` that `fits`."""

    def after(self, device: str, key: ReportKey | None) -> Iterable[Fix]:
        """The stored, rightly dated reports of a device after `key` (None: all), in event order."""

    def mark(self, device: str, fix: Fix) -> None:
        """Replace the verdicts of a stored report by those of `fix`."""

    def save(self, taken: dict[str, Taken]) -> None:
        """Save states, last positions and episodes.

        Raises:
            OvertakenError: where another process has saved a device's state meanwhile.
        """


class OvertakenError(Exception):
    """Another process has taken reports of the same device: nothing was stored, take the batch again."""


def ingest(arrivals: Iterable[Arrival], log: Log, rulebook: Rulebook) -> dict[str, Taken]:
    """Store a batch of arrivals and all that follows from it, in one transaction.

    Args:
        arrivals: reports of any devices, in any order, repeats and all.
        log: where they are kept.
        rulebook: what they are held against.

    Returns:
        What became of each device's part. When this returns, all of it is durable.

    Raises:
        OvertakenError: nothing was stored; the batch must be taken again.
    """
    by_device: dict[str, list[Arrival]] = defaultdict(list)
    for arrival in arrivals:
        by_device[arrival.device].append(judged(arrival, rulebook.plausibility))
    with log.transaction():
        states = log.states(by_device)
        books = {device: rulebook.of(device) for device in by_device}
        taken = {
            device: carry_on(states[device], sort_batch(reports, states[device].newest), books[device])
            for device, reports in by_device.items()
        }
        log.append([arrival for one in taken.values() for arrival in one.onward])
        fresh = log.append_unless_known([arrival for one in taken.values() for arrival in one.past])
        for device, changes in changed_past(fresh).items():
            reread(device, changes, taken[device], log, books[device])
        log.save(taken)
    return taken


def judged(arrival: Arrival, limits: Plausibility) -> Arrival:
    """The arrival with the verdicts that it deserves by itself."""
    verdicts = judge_alone(arrival.fix, arrival.received_at, limits)
    if verdicts == arrival.fix.verdicts:
        return arrival
    return marked(arrival, verdicts)


def marked(arrival: Arrival, verdicts: Verdict) -> Arrival:
    """The arrival with other verdicts."""
    return Arrival(
        arrival.device, msgspec.structs.replace(arrival.fix, verdicts=verdicts), arrival.received_at
    )


def carry_on(state: DeviceState, batch: SortedBatch, rulebook: Rulebook) -> Taken:
    """Take one device's reports that are newer than what is known."""
    taken = Taken(state, past=batch.late + batch.misdated)
    for arrival in batch.onward:
        taken.state, verdicts, episodes = advance(taken.state, arrival.fix, rulebook)
        taken.onward.append(arrival if verdicts == arrival.fix.verdicts else marked(arrival, verdicts))
        for found in episodes:
            taken.episodes[found.started_at] = found
    return taken


def advance(state: DeviceState, fix: Fix, rulebook: Rulebook) -> tuple[DeviceState, Verdict, list[Episode]]:
    """Take a device's next report in event time: whether it can have come there, then every rule.

    Returns:
        The state after it, its verdicts, and the episodes that it opened, changed or ended.
    """
    if fix.verdicts & UNFIT_FOR_RULES or fix.lat is None or fix.lon is None:
        return DeviceState(fix.time, False, state.track, state.speeding), fix.verdicts, []
    here = Sighting(fix.time, fix.lat, fix.lon, fix.speed_mps, fix.course_deg)
    track, jumped = judge_move(state.track, here, rulebook.plausibility)
    if jumped:
        return DeviceState(fix.time, False, track, state.speeding), fix.verdicts | jumped, []
    remembered, episodes = speeding.step(state.speeding, fix, rulebook.speeding)
    return DeviceState(fix.time, True, track, remembered), fix.verdicts, episodes


def changed_past(stored: Iterable[Arrival]) -> dict[str, list[Fix]]:
    """Per device, the rightly dated reports that are new to its past, in event order."""
    changes: dict[str, list[Fix]] = defaultdict(list)
    for arrival in sorted(stored, key=event_order):
        if arrival.fix.is_dated:
            changes[arrival.device].append(arrival.fix)
    return changes


def reread(device: str, changes: list[Fix], taken: Taken, log: Log, rulebook: Rulebook) -> None:
    """Read a device's past again where `changes` have come into it, as if all had come in order.

    Reading starts after a report that makes every rule forget, and stops at the first such one past the
    changes: beyond it nothing can differ.
    """
    anchor, state = settled_before(device, changes[0].time, log, rulebook)
    episodes: dict[datetime, Episode] = {}
    until = None
    for fix in log.after(device, anchor):
        state, verdicts, found = advance(state, unmoved(fix), rulebook)
        episodes.update((one.started_at, one) for one in found)
        if verdicts != fix.verdicts:
            log.mark(device, msgspec.structs.replace(fix, verdicts=verdicts))
        elif fix.time > changes[-1].time and settles(fix, rulebook):
            until = fix.time
            break
    else:
        taken.state = state
    taken.rewrite = Rewrite(anchor.time if anchor else None, until, list(episodes.values()))


def rebuilt(device: str, log: Log, rulebook: Rulebook) -> DeviceState:
    """The state of a device as its stored reports make it: what a saved state is a cache of."""
    rulebook = rulebook.of(device)
    anchor, state = settled_before(device, END_OF_TIME, log, rulebook)
    for fix in log.after(device, anchor):
        state = advance(state, unmoved(fix), rulebook)[0]
    return state


def settled_before(
    device: str, time: datetime, log: Log, rulebook: Rulebook
) -> tuple[ReportKey | None, DeviceState]:
    """The newest report before `time` after which no rule remembers what came before, and the state there."""
    fix = log.newest_before(device, time, lambda stored: settles(stored, rulebook))
    if fix is None:
        return None, DeviceState()
    return ReportKey.of(fix), advance(DeviceState(), fix, rulebook)[0]


def settles(fix: Fix, rulebook: Rulebook) -> bool:
    """Whether no rule remembers anything that came before `fix`."""
    return not fix.verdicts & UNFIT_FOR_RULES and speeding.settles(fix, rulebook.speeding)


def unmoved(fix: Fix) -> Fix:
    """The report as it was before it was compared with the one before it."""
    return msgspec.structs.replace(fix, verdicts=fix.verdicts & ~Verdict.JUMPED)
