"""The rules on the reports of one device: all of them, over its reports in event time.

Rules about driving see the reports that tell surely where the bus was. Rules about the signal see every report whose
time is to be believed, and what was seen before it.

Each rule says which reports settle it: after such a report it remembers that report at most, whatever came before.
Where all are settled, history can be read again from there; mostly that is a bus that stands at a stop or a light.
"""

import msgspec

from telematics.fix import Fix
from telematics.rules import door_open, frozen_position, harsh_driving, jamming, signal_gap, sos, speeding
from telematics.rules.door_open import DoorOpenLimits, DoorOpenState
from telematics.rules.episode import Episode, ReportKey
from telematics.rules.frozen_position import FrozenPositionLimits, FrozenPositionState
from telematics.rules.harsh_driving import HarshDrivingLimits, HarshDrivingState
from telematics.rules.jamming import JammingLimits, JammingState
from telematics.rules.seen import Seen
from telematics.rules.signal_gap import SignalGapLimits, SignalGapState
from telematics.rules.sos import SosState
from telematics.rules.speeding import SpeedingLimits, SpeedingState

RULES = frozenset(
    {
        speeding.RULE,
        signal_gap.RULE,
        jamming.RULE,
        frozen_position.RULE,
        harsh_driving.BRAKING,
        harsh_driving.ACCELERATION,
        door_open.RULE,
        sos.RULE,
    }
)


class DeviceLimits(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules compare with."""

    speeding: SpeedingLimits
    signal_gap: SignalGapLimits = SignalGapLimits()
    jamming: JammingLimits = JammingLimits()
    frozen_position: FrozenPositionLimits = FrozenPositionLimits()
    harsh_driving: HarshDrivingLimits = HarshDrivingLimits()
    door_open: DoorOpenLimits = DoorOpenLimits()


class DeviceRules(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, forbid_unknown_fields=True):
    """What the rules remember."""

    speeding: SpeedingState = None
    signal_gap: SignalGapState = None
    jamming: JammingState = None
    frozen_position: FrozenPositionState = None
    harsh_driving: HarshDrivingState = None
    door_open: DoorOpenState = None
    sos: SosState = None


NOTHING = DeviceRules()


def step(
    state: DeviceRules, report: Fix, key: ReportKey, seen: Seen, *, is_sound: bool, limits: DeviceLimits
) -> tuple[DeviceRules, list[Episode]]:
    """Take the next report in event time through every rule.

    Args:
        state: what they remember of the reports before.
        report: a report whose time is to be believed.
        key: its key.
        seen: the report before.
        is_sound: whether it tells surely where the bus is.
        limits: what it is held against.

    Returns:
        What they remember now, and the episodes that this report opened, changed or ended.
    """
    driving, frozen, door, episodes = state.speeding, state.frozen_position, state.door_open, list[Episode]()
    if is_sound:
        driving, episodes = speeding.step(driving, report, limits.speeding)
        if frozen is not None or report.lat == seen.lat:
            frozen, found = frozen_position.step(frozen, report, key, seen, limits.frozen_position)
            episodes += found
        if door is not None or report.door_open:
            door, found = door_open.step(door, report, key, limits.door_open)
            episodes += found
    gap, found = signal_gap.step(
        state.signal_gap, report, key, seen, is_sound=is_sound, limits=limits.signal_gap
    )
    episodes += found
    blind, found = jamming.step(state.jamming, report, key, seen, limits.jamming)
    episodes += found
    window, found = harsh_driving.step(
        state.harsh_driving, report, key, limits.harsh_driving, is_sound=is_sound
    )
    episodes += found
    calling = state.sos
    if calling is not None or report.alarms:
        calling, found = sos.step(calling, report, key, seen, is_sound=is_sound)
        episodes += found
    return DeviceRules(driving, gap, blind, frozen, window, door, calling), episodes


def settles(report: Fix, limits: DeviceLimits) -> bool:
    """Whether, after a sound report, no rule remembers anything that came before it."""
    return (
        harsh_driving.settles(report, limits.harsh_driving)
        and frozen_position.settles(report, limits.frozen_position)
        and jamming.settles(report, limits.jamming)
        and door_open.settles(report, limits.door_open)
        and sos.settles(report)
        and speeding.settles(report, limits.speeding)
    )
