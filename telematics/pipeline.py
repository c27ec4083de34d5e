"""The story of the system: what becomes of a batch of reports. Read this file first.

::

    arrivals ─▶ judged alone ─▶ sorted by event time ─┬─ onward:   judged after the one before, rules, stored
                                                     ├─ late:     stored if new; the past is read again
                                                     └─ misdated: stored, marked, gathered by arrival
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
from telematics.rules import device as device_rules
from telematics.rules import misdated, signal_gap
from telematics.rules.device import NOTHING, DeviceLimits, DeviceRules
from telematics.rules.episode import Episode, ReportKey
from telematics.rules.misdated import Tally
from telematics.rules.seen import Seen
from telematics.rules.speeding import SpeedingLimits
from telematics.validate import Plausibility, Sighting, Track, judge_alone, judge_move

END_OF_TIME = datetime.max.replace(tzinfo=UTC)


class Rulebook(DeviceLimits, frozen=True, kw_only=True):
    """Every number that reports are held against, and the profile that they come from.

    Attributes:
        profile: code of the profile.
        plausibility: what a bus can do.
        speeding: the limits for a device of which nothing is known.
        speeding_of: the limits for a device, by what is known of the bus that it is in.
    """

    profile: str
    plausibility: Plausibility
    speeding_of: Callable[[str], SpeedingLimits] | None = None

    def of(self, device: str) -> "Rulebook":
        """What the reports of a device are held against."""
        if self.speeding_of is None:
            return self
        return msgspec.structs.replace(self, speeding=self.speeding_of(device))


class DeviceState(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """What must be remembered of a device to judge its next report: a cache of the log, never more.

    Attributes:
        newest: event time of the newest report, doubtful ones included.
        digest: of that report.
        has_position: whether that report was sound.
        track: where the device last was.
        rules: what the rules remember.
    """

    newest: datetime | None = None
    digest: int = 0
    has_position: bool = False
    track: Track = Track()
    rules: DeviceRules = NOTHING

    @property
    def is_speeding(self) -> bool:
        """Whether an episode is open."""
        return self.rules.speeding is not None and self.rules.speeding.is_open

    @property
    def seen(self) -> Seen:
        """What rules about the signal must know of the newest report."""
        if self.newest is None:
            return Seen()
        key, last = ReportKey(self.newest, self.digest), self.track.last
        if last is None:
            return Seen(key)
        return Seen(key, self.has_position, last.lat, last.lon, last.speed_mps)


class Rewrite(msgspec.Struct, frozen=True):
    """A stretch of a device's past as it reads now: its episodes are these and no others.

    Attributes:
        after: event time of the report before the stretch; None where it starts with the first one.
        until: event time of its last report; None where it reaches the newest.
        episodes: those that start in it.
        awaited: the report after which the bus has been silent though it was moving; a gap that was told of by the
            clock stands.
    """

    after: datetime | None
    until: datetime | None
    episodes: list[Episode]
    awaited: datetime | None = None

    def covers(self, rule: str, started_at: datetime) -> bool:
        """Whether an episode belongs to the stretch, and stands only if it is one of `episodes`."""
        if rule == signal_gap.RULE:
            began = self.after is None or started_at >= self.after
            return began and (self.until is None or started_at < self.until) and started_at != self.awaited
        began = self.after is None or started_at > self.after
        return rule in device_rules.RULES and began and (self.until is None or started_at <= self.until)


class Taken(msgspec.Struct):
    """What became of one device's part of a batch.

    Attributes:
        state: the device's state after it.
        onward: the reports that carried the state on, with their verdicts.
        past: the late and misdated ones, new or not.
        episodes: what the onward ones opened, changed or ended, by rule and start.
        rewrite: the stretch of the past that late ones changed.
        tallies: what the misdated ones show, to be added to what is known.
    """

    state: DeviceState
    onward: list[Arrival] = []
    past: list[Arrival] = []
    episodes: dict[tuple[str, datetime], Episode] = {}
    rewrite: Rewrite | None = None
    tallies: list[Tally] = []


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
        for device, undated in misdated_of(fresh).items():
            taken[device].tallies = misdated.gathered(undated, rulebook.plausibility.future_tolerance)
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
            taken.episodes[found.rule, found.started_at] = found
    return taken


def advance(state: DeviceState, fix: Fix, rulebook: Rulebook) -> tuple[DeviceState, Verdict, list[Episode]]:
    """Take a device's next report in event time: whether it can have come there, then every rule.

    Returns:
        The state after it, its verdicts, and the episodes that it opened, changed or ended.
    """
    verdicts, track, is_sound = fix.verdicts, state.track, False
    is_fit = not verdicts or not verdicts & UNFIT_FOR_RULES
    if is_fit and fix.lat is not None and fix.lon is not None:
        here = Sighting(fix.time, fix.lat, fix.lon, fix.speed_mps, fix.course_deg)
        track, jumped = judge_move(track, here, rulebook.plausibility)
        is_sound = not jumped
        if jumped:
            verdicts |= jumped
    key = ReportKey.of(fix)
    rules, episodes = device_rules.step(state.rules, fix, key, state.seen, is_sound=is_sound, limits=rulebook)
    return DeviceState(key.time, key.digest, is_sound, track, rules), verdicts, episodes


def changed_past(stored: Iterable[Arrival]) -> dict[str, list[Fix]]:
    """Per device, the rightly dated reports that are new to its past, in event order."""
    changes: dict[str, list[Fix]] = defaultdict(list)
    for arrival in sorted(stored, key=event_order):
        if arrival.fix.is_dated:
            changes[arrival.device].append(arrival.fix)
    return changes


def misdated_of(stored: Iterable[Arrival]) -> dict[str, list[Arrival]]:
    """Per device, the reports that are new and whose event time is not to be believed."""
    found: dict[str, list[Arrival]] = defaultdict(list)
    for arrival in stored:
        if not arrival.fix.is_dated:
            found[arrival.device].append(arrival)
    return found


def reread(device: str, changes: list[Fix], taken: Taken, log: Log, rulebook: Rulebook) -> None:
    """Read a device's past again where `changes` have come into it, as if all had come in order.

    Reading starts after a report that makes every rule forget, and stops at the first such one past the
    changes: beyond it nothing can differ. Of reports that share a time, that is the last.
    """
    anchor, state = settled_before(device, changes[0].time, log, rulebook)
    episodes: dict[tuple[str, datetime], Episode] = {}
    until = settled = None
    for fix in log.after(device, anchor):
        if settled is not None and fix.time > settled:
            until = settled
            break
        state, verdicts, found = advance(state, unmoved(fix), rulebook)
        episodes.update(((one.rule, one.started_at), one) for one in found)
        if verdicts != fix.verdicts:
            log.mark(device, msgspec.structs.replace(fix, verdicts=verdicts))
        stays = verdicts == fix.verdicts and fix.time > changes[-1].time
        settled = fix.time if stays and settles(fix, rulebook) else None
    else:
        taken.state = state
    taken.rewrite = Rewrite(
        anchor.time if anchor else None,
        until,
        list(episodes.values()),
        awaited=state.newest if until is None and awaits(state, rulebook) else None,
    )


def awaits(state: DeviceState, rulebook: Rulebook) -> bool:
    """Whether a silence after the newest report would be a gap."""
    return signal_gap.was_moving(state.seen, rulebook.signal_gap)


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
    """The newest report before `time` after which no rule remembers what came before, and the state there.

    It is the last of those that share its time: an episode that starts at its time is none of what follows.
    """
    last: datetime | None = None

    def is_anchor(stored: Fix) -> bool:
        nonlocal last
        is_last, last = stored.time != last, stored.time
        return is_last and settles(stored, rulebook)

    fix = log.newest_before(device, time, is_anchor)
    if fix is None:
        return None, DeviceState()
    return ReportKey.of(fix), advance(DeviceState(), fix, rulebook)[0]


def settles(fix: Fix, rulebook: Rulebook) -> bool:
    """Whether no rule remembers anything that came before `fix`."""
    return not fix.verdicts & UNFIT_FOR_RULES and device_rules.settles(fix, rulebook)


def unmoved(fix: Fix) -> Fix:
    """The report as it was before it was compared with the one before it."""
    return msgspec.structs.replace(fix, verdicts=fix.verdicts & ~Verdict.JUMPED)
