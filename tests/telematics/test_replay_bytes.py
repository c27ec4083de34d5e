"""Replay of a log: where it is cut, when each piece is due, and what it says of the time."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telematics.fix import Fix
from telematics.gateways.replay import LONGEST_WAIT_S, STEP_BACK_S, bursts, play, shift_time
from tests.telematics.nmea.sentences import RECORDINGS, fixes, gga, gll, needs_recordings, rmc, sentence

BINARY = b"\xb5b\x01\x07$\x00\x12\x34!\xff"
YEAR = timedelta(days=365)


def due(stream: bytes) -> list[float]:
    return [burst.at_s for burst in bursts(stream)]


def replayed(path, **settings) -> tuple[bytes, list[Fix]]:
    sent = []

    async def write(data: bytes) -> None:
        sent.append(data)

    count = asyncio.run(play(path, write, **settings))
    stream = b"".join(sent)
    assert count == len(stream)
    return stream, fixes(stream)


def test_sentences_of_one_instant_go_together():
    first, second = rmc("120000.00") + BINARY + gga("120000.00"), rmc("120000.50") + gga("120000.50")
    assert [(burst.at_s, burst.data) for burst in bursts(first + second)] == [(0.0, first), (0.5, second)]


def test_midnight_is_one_second():
    assert due(gga("235959.00") + gga("000000.00") + rmc("000001.00", date="020926")) == [0.0, 1.0, 2.0]


def test_long_gap_is_shortened_and_a_step_back_takes_a_second():
    stream = rmc("120000.00") + rmc("130000.00") + rmc("125900.00") + rmc("125901.00") + rmc(date="030926")
    assert due(stream) == [
        0.0,
        LONGEST_WAIT_S,
        LONGEST_WAIT_S + STEP_BACK_S,
        LONGEST_WAIT_S + STEP_BACK_S + 1,
        2 * LONGEST_WAIT_S + STEP_BACK_S + 1,
    ]


def test_log_without_any_time_is_one_burst():
    assert [(burst.at_s, burst.data) for burst in bursts(BINARY)] == [(0.0, BINARY)]
    assert list(bursts(b"")) == []


@given(st.lists(st.one_of(st.binary(max_size=30), st.sampled_from([rmc(), gga("120001.00"), gll("1")]))))
def test_bursts_hold_every_byte_of_the_log(pieces):
    stream = b"".join(pieces)
    assert b"".join(burst.data for burst in bursts(stream)) == stream


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (rmc("235959.50"), rmc("000000.50", date="020926")),
        (rmc("235959", date=""), rmc("000000", date="")),
        (gga("235959.000"), gga("000000.000")),
        (gll("235959.00"), gll("000000.00")),
        (sentence("GPZDA,235959.00,31,12,2026,00,00"), sentence("GPZDA,000000.00,01,01,2027,00,00")),
        (sentence("GNGNS,235959,,,,,NN,,,,,,"), sentence("GNGNS,000000,,,,,NN,,,,,,")),
        (rmc("235959.50")[:-5] + b"\n", rmc("000000.50", date="020926")[:-5] + b"\n"),
    ],
)
def test_time_and_date_are_moved_and_the_checksum_set_right(before, after):
    assert shift_time(BINARY + before + BINARY, timedelta(seconds=1)) == BINARY + after + BINARY


@pytest.mark.parametrize(
    "stream",
    [
        rmc("").replace(b"A", b"V"),
        rmc().replace(b"4807", b"4817"),
        sentence("GPRMC,1"),
        sentence("GPGST,120000.00,1,2,3,4,5,6,7"),
        sentence("PGRMC,A,1,2,3,4,5,6,7,8,9,10"),
        BINARY,
    ],
)
def test_what_holds_no_time_or_is_damaged_stays_as_it_is(stream):
    assert shift_time(stream, YEAR) == stream


def test_shift_there_and_back_is_nothing():
    stream = rmc() + BINARY + gga() + gll()
    assert shift_time(shift_time(stream, YEAR), -YEAR) == stream


def test_played_as_fast_as_possible_the_log_arrives_unchanged(tmp_path):
    log = tmp_path / "drive.log"
    log.write_bytes(BINARY + rmc("120000.00") + rmc("130000.00") + gga("130000.00"))
    assert replayed(log, speed=None)[0] == log.read_bytes()


def test_empty_log_is_played(tmp_path):
    log = tmp_path / "empty.log"
    log.touch()
    assert replayed(log, shift_to_now=True) == (b"", [])


def test_pace_follows_the_log(tmp_path, monkeypatch):
    log = tmp_path / "drive.log"
    log.write_bytes(rmc("120000.00") + rmc("120004.00") + rmc("120006.00"))
    waits = []

    async def note(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", note)
    replayed(log, speed=2.0)
    assert waits == [0.0, pytest.approx(2.0, abs=0.5), pytest.approx(3.0, abs=0.5)]


def test_shifted_to_now_the_last_report_is_of_now_and_none_lies_ahead(tmp_path):
    log = tmp_path / "drive.log"
    log.write_bytes(rmc("120000.00") + rmc("120001.00") + rmc("150000.00") + gga("150001.00"))
    _, found = replayed(log, speed=None, shift_to_now=True)
    age = datetime.now(UTC) - found[-1].time
    assert timedelta(0) <= age < timedelta(minutes=1)
    assert [(later.time - found[0].time).total_seconds() for later in found] == [0, 1, 10_800, 10_801]


@needs_recordings
def test_recordings_arrive_whole_and_shifted_give_the_same_places():
    for log in sorted(path for path in RECORDINGS.rglob("*") if path.is_file()):
        data = log.read_bytes()
        assert b"".join(burst.data for burst in bursts(data)) == data, log.name
        shifted = fixes(shift_time(data, YEAR))
        assert [(fix.lat, fix.lon, fix.speed_mps) for fix in shifted] == [
            (fix.lat, fix.lon, fix.speed_mps) for fix in fixes(data)
        ], log.name
