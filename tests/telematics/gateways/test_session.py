"""A session gives each report to the device that its link has named, and gives up on links without sense."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from telematics.fix import Arrival
from telematics.gateways.session import Ending, HoldingArea, LinkLimits, Session, nmea_decoder
from tests.telematics.gateways.builders import admit_all, name, report, reports, rmc, seconds, sentence

NOON = datetime(2026, 11, 11, 12, tzinfo=UTC)
STREAM = (
    report(1) + name("bus-1") + reports(range(2, 6)) + b"\xb5\x62\x01" + name("bus-2") + reports(range(6, 9))
)


def session(admit=admit_all, limits: LinkLimits | None = None, holding: HoldingArea | None = None) -> Session:
    return Session("peer", nmea_decoder(), admit, limits or LinkLimits(), holding or HoldingArea())


def owners(arrivals: list[Arrival]) -> list[tuple[str, int]]:
    return [(arrival.device, second) for arrival, second in zip(arrivals, seconds(arrivals), strict=True)]


def test_reports_before_the_name_are_held_and_keep_their_time_of_arrival():
    link = session()
    assert link.receive(reports(range(1, 4)), NOON) == []
    later = NOON + timedelta(seconds=9)
    arrivals = link.receive(name("bus-1") + report(4), later) + link.flush(later)
    assert owners(arrivals) == [("bus-1", 1), ("bus-1", 2), ("bus-1", 3), ("bus-1", 4)]
    assert [arrival.received_at for arrival in arrivals[:2]] == [NOON, NOON]
    assert arrivals[-1].received_at == later


def test_after_a_second_name_reports_are_the_second_devices():
    link = session()
    arrivals = link.receive(name("bus-1") + report(1) + name("bus-2") + report(2), NOON) + link.flush(NOON)
    assert owners(arrivals) == [("bus-1", 1), ("bus-2", 2)]


def test_a_report_still_incomplete_at_a_second_name_is_the_first_devices():
    link = session()
    arrivals = link.receive(name("bus-1") + rmc(1) + name("bus-2") + report(2), NOON) + link.flush(NOON)
    assert owners(arrivals) == [("bus-1", 1), ("bus-2", 2)]


def test_a_device_may_repeat_its_name_and_is_admitted_once():
    asked = []

    def admit(device: str, peer: str) -> bool:
        asked.append((device, peer))
        return True

    link = session(admit)
    link.receive(name("bus-1") + report(1) + name("bus-1") + report(2), NOON)
    assert asked == [("bus-1", "peer")]
    assert link.ending is None


def test_an_imei_line_names_a_device_too():
    link = session()
    arrivals = link.receive(b"IMEI 359339075014573\r\n" + report(1), NOON) + link.flush(NOON)
    assert owners(arrivals) == [("359339075014573", 1)]


def test_a_device_that_is_not_admitted_ends_the_link_and_delivers_nothing():
    link = session(admit=lambda device, _peer: device != "stranger")
    arrivals = link.receive(name("bus-1") + report(1) + name("stranger") + report(2), NOON)
    assert owners(arrivals + link.flush(NOON)) == [("bus-1", 1)]
    assert link.ending is Ending.NOT_ADMITTED


def test_more_reports_than_may_be_held_end_a_link_without_a_name():
    link = session(limits=LinkLimits(held_fixes=3))
    link.receive(reports(range(5)), NOON)
    assert link.ending is Ending.UNNAMED


def test_the_holding_area_is_shared_and_given_back():
    holding = HoldingArea(4)
    first, second, third = (session(holding=holding) for _ in range(3))
    first.receive(reports(range(4)), NOON)
    first.flush(NOON)
    second.receive(reports(range(2)), NOON)
    assert (first.ending, second.ending) == (None, Ending.UNNAMED)
    first.let_go()
    third.receive(reports(range(4)), NOON)
    third.flush(NOON)
    assert third.ending is None


def test_the_holding_area_is_free_again_once_the_device_is_named():
    holding = HoldingArea(2)
    first, second = session(holding=holding), session(holding=holding)
    assert len(first.receive(reports(range(2)) + name("bus-1"), NOON)) == 2
    second.receive(reports(range(2)), NOON)
    second.flush(NOON)
    assert second.ending is None


def test_garbage_ends_a_link_at_its_limit_and_not_before():
    link = session(limits=LinkLimits(fruitless_bytes=1000))
    link.receive(b"\xff" * 1000, NOON)
    assert link.ending is None
    link.receive(b"\xff", NOON)
    assert link.ending is Ending.GARBAGE


def test_a_report_in_hand_when_garbage_ends_the_link_is_delivered():
    link = session(limits=LinkLimits(fruitless_bytes=1000))
    link.receive(name("bus-1") + rmc(1), NOON)
    link.receive(b"\xff" * 1001, NOON)
    assert link.ending is Ending.GARBAGE
    assert owners(link.end(NOON)) == [("bus-1", 1)]


def test_sense_now_and_then_redeems_a_noisy_link():
    link = session(limits=LinkLimits(fruitless_bytes=1000))
    link.receive(name("bus-1"), NOON)
    for second in range(10):
        link.receive(b"\xff" * 900, NOON)
        link.receive(report(second), NOON)
    assert link.ending is None


def test_a_cold_receiver_that_knows_neither_time_nor_place_is_not_garbage():
    link = session(limits=LinkLimits(fruitless_bytes=1000))
    link.receive(name("bus-1"), NOON)
    for _ in range(100):
        link.receive(sentence("GPRMC,,V,,,,,,,,,,N") + sentence("GPGSV,1,1,00"), NOON)
    assert link.ending is None


def test_a_last_line_without_its_end_is_not_lost_when_the_link_is_over():
    link = session()
    link.receive(name("bus-1") + rmc(1)[:-2], NOON)
    assert owners(link.end(NOON)) == [("bus-1", 1)]


@given(st.lists(st.integers(0, len(STREAM)), max_size=40))
def test_bytes_cut_anywhere_give_the_same_arrivals(cuts: list[int]):
    whole, cut = session(), session()
    expected = whole.receive(STREAM, NOON) + whole.flush(NOON)
    bounds = [0, *sorted(cuts), len(STREAM)]
    arrivals = []
    for start, end in pairwise(bounds):
        arrivals += cut.receive(STREAM[start:end], NOON)
    arrivals += cut.flush(NOON)
    assert owners(expected) == [*(("bus-1", n) for n in range(1, 6)), *(("bus-2", n) for n in range(6, 9))]
    assert arrivals == expected


@given(st.lists(st.one_of(st.binary(max_size=200), st.just(name("bus-1")), st.just(report(7))), max_size=20))
def test_whatever_arrives_nothing_is_raised(pieces: list[bytes]):
    link = session()
    for piece in pieces:
        link.receive(piece, NOON)
    link.flush(NOON)
