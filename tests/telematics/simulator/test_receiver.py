"""The simulated receivers: well-formed sentences, honest voids, noise that makes no false speeding."""

import itertools
import math
import operator
from datetime import UTC, datetime, timedelta
from functools import reduce

import pynmea2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telematics.geometry import distance_m
from telematics.simulator.dice import dice
from telematics.simulator.district import demo_district
from telematics.simulator.driving import BusDrive, TrueState
from telematics.simulator.fleet import Unit
from telematics.simulator.receiver import Receiver, any_model, checksum, degrees_minutes
from telematics.units import knots_to_mps

START = datetime(2026, 9, 1, 23, 50, tzinfo=UTC)


def bursts(behaviour: str, seconds: int) -> list[bytes | None]:
    district = demo_district()
    bus = next(bus for bus in district.buses if bus.behaviour == behaviour)
    unit = Unit(district, bus, seed=1)
    return [unit.burst(START + timedelta(seconds=second), 1.0) for second in range(seconds)]


def parsed(burst: bytes) -> list[pynmea2.NMEASentence]:
    return [pynmea2.parse(line, check=True) for line in burst.decode("ascii").splitlines()]


def state(speed_mps: float = 10.0, tunnel: bool = False) -> TrueState:
    return TrueState(31.0206, 120.8704, speed_mps, 90.0, tunnel, "arterial")


def receiver(seed: int = 1) -> Receiver:
    chance = dice("test receiver", seed)
    return Receiver(any_model(chance), chance)


def test_every_sentence_has_the_right_checksum_and_is_read_by_pynmea2() -> None:
    district = demo_district()
    kinds = set()
    for bus in district.buses:
        unit = Unit(district, bus, seed=1)
        for second in range(60):
            burst = unit.burst(START + timedelta(seconds=second), 1.0)
            assert burst is not None
            for line, sentence in zip(burst.splitlines(), parsed(burst), strict=True):
                body, sent = line[1:].split(b"*")
                assert int(sent, 16) == reduce(operator.xor, body)
                assert len(line) <= 80
                kinds.add((sentence.talker, sentence.sentence_type))
    assert {kind for _, kind in kinds} == {"RMC", "GGA", "VTG", "GSA"}
    assert {talker for talker, _ in kinds} == {"GN", "GP", "BD"}


@given(st.binary(max_size=120))
def test_checksum_is_the_exclusive_or_of_all_bytes(body: bytes) -> None:
    assert checksum(body) == reduce(operator.xor, body, 0)


@pytest.mark.parametrize(
    "angle, expected", [(31.0206, "3101.2360"), (0.0, "0000.0000"), (59.9999999, "6000.0000")]
)
def test_degrees_and_minutes_are_never_sixty_minutes(angle: float, expected: str) -> None:
    assert degrees_minutes(angle, 2, 4) == expected


def test_reported_position_is_that_of_the_bus_within_a_receivers_error() -> None:
    device = receiver()
    errors = []
    for second in range(1800):
        rmc = parsed(device.report(state(), START + timedelta(seconds=second), 1.0))[0]
        errors.append(distance_m(rmc.latitude, rmc.longitude, 31.0206, 120.8704))
    assert 1.0 < math.fsum(errors) / len(errors) < 5.0
    assert max(errors) < 16


def test_errors_of_neighbouring_epochs_are_alike() -> None:
    device = receiver()
    places = []
    for second in range(600):
        rmc = parsed(device.report(state(), START + timedelta(seconds=second), 1.0))[0]
        places.append((rmc.latitude, rmc.longitude))
    steps = sorted(distance_m(*a, *b) for a, b in itertools.pairwise(places))
    assert steps[len(steps) // 2] < 1.0


def test_event_time_and_date_are_given_across_midnight() -> None:
    device = receiver()
    times = [
        parsed(device.report(state(), START + timedelta(seconds=second), 1.0))[0].datetime
        for second in range(0, 1200, 60)
    ]
    assert times == [START + timedelta(seconds=second) for second in range(0, 1200, 60)]


def test_tunnel_gives_void_reports_and_the_fix_comes_back_after_it() -> None:
    device = receiver()
    seen = []
    for second in range(60):
        rmc, gga, *_ = parsed(
            device.report(state(tunnel=20 <= second < 40), START + timedelta(seconds=second), 1.0)
        )
        seen.append(rmc.status)
        assert (gga.gps_qual == 0) == (rmc.status == "V")
        assert (rmc.lat == "") == (rmc.status == "V")
    assert set(seen[:20]) == {"A"}
    assert set(seen[20:42]) == {"V"}
    assert set(seen[44:]) == {"A"}


def test_bus_with_the_poor_antenna_has_tunnels_and_other_losses() -> None:
    voids = [b",V," in burst for burst in bursts("void", 1800) if burst is not None]
    losses = sum(after and not before for before, after in itertools.pairwise(voids))
    assert losses >= 4
    assert 60 < sum(voids) < 600


def test_silent_bus_falls_silent_for_good() -> None:
    reports = bursts("silent", 900)
    assert all(reports[:240])
    assert not any(reports[241:])


def test_noise_makes_no_lawful_bus_look_too_fast() -> None:
    district = demo_district()
    for bus in district.buses[4:10]:
        drive, device = BusDrive(district, bus, seed=1), receiver()
        for second in range(1800):
            true = drive.advance(1.0)
            report = device.report(true, START + timedelta(seconds=second), 1.0)
            if (rmc := parsed(report)[0]).status == "A":
                assert abs(knots_to_mps(rmc.spd_over_grnd) - true.speed_mps) < 0.5
                assert knots_to_mps(rmc.spd_over_grnd) * 3.6 < 60
