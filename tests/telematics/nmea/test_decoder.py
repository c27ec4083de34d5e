"""What a receiver's sentences say becomes one fix for each instant."""

from datetime import UTC, datetime, timedelta

import pytest

from telematics.fix import NO_VERDICT, Fix, Verdict
from telematics.protocols.nmea import NmeaDecoder
from telematics.protocols.nmea.calendar import MAX_WAITING
from telematics.protocols.nmea.epoch import UERE_M
from tests.telematics.nmea.sentences import fix, fixes, gga, gll, rmc, sentence

NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)


def test_sentences_of_an_instant_become_one_fix():
    stream = gga() + sentence("GPGSA,A,3,04,05,,09,12,,,24,,,,,2.5,1.3,2.1") + rmc() + gll()
    found = fix(stream)
    assert found.time == NOON
    assert [found.lat, found.lon] == pytest.approx([48.1173, 11.5166667])
    assert found.speed_mps == pytest.approx(5.1444, abs=1e-4)
    assert (found.course_deg, found.altitude_m, found.satellites) == (84.4, 545.4, 8)
    assert found.accuracy_m == pytest.approx(0.9 * UERE_M)
    assert found.verdicts == NO_VERDICT
    assert found.raw == stream.rstrip()


@pytest.mark.parametrize("talker", ["GP", "GN", "GL", "GA", "GB", "BD", "GQ", "QZ", "IN", "GI", "X1"])
def test_any_talker_is_heard(talker):
    assert fix(rmc(talker=talker)).valid


def test_maker_s_own_sentence_is_not_taken_for_a_standard_one():
    assert fixes(rmc(talker="PG")) == []


def test_duplicates_and_several_talkers_change_nothing():
    once = fix(gga() + rmc())
    again = fix(gga() + rmc() + gga() + rmc(talker="GL") + gga(talker="GN"))
    assert again.raw != once.raw
    assert (again.time, again.lat, again.lon, again.speed_mps, again.satellites) == (
        once.time,
        once.lat,
        once.lon,
        once.speed_mps,
        once.satellites,
    )


def test_south_and_west_are_negative():
    found = fix(rmc(lat="3354.000,S", lon="15112.000,W"))
    assert [found.lat, found.lon] == pytest.approx([-33.9, -151.2])


def test_finer_position_of_an_instant_counts():
    found = fix(gga(lat="4807.0381234,N", lon="01131.0001234,E") + rmc())
    assert found.lat == pytest.approx(48 + 7.0381234 / 60, abs=1e-10)


def test_status_a_is_valid_whatever_the_navigational_status():
    assert fix(rmc(rest=",,,A,V")).valid


@pytest.mark.parametrize(
    "stream",
    [
        rmc(status="V"),
        rmc(status=""),
        rmc(rest=",,,N"),
        gga(quality="0") + rmc(status="V"),
        gga(quality="6") + rmc(status="V", rest=",,,E"),
        rmc(lat=",", lon=","),
        gll(status="V") + rmc(status="V"),
        sentence("ZZZDA,120000.00,01,09,2026,00,00")
        + sentence("GNGNS,120000.00,4807.0,N,01131.0,E,NN,00,9,5,6,,"),
    ],
)
def test_void_report_has_no_place_and_no_movement(stream):
    found = fix(stream)
    assert not found.valid
    assert (found.lat, found.lon, found.speed_mps, found.course_deg, found.altitude_m) == (None,) * 5


def test_status_of_rmc_speaks_before_the_quality_of_gga():
    assert fix(gga(quality="0") + rmc()).valid


def test_dead_reckoning_is_a_position_whose_accuracy_is_not_known():
    found = fix(gga(quality="6") + rmc(rest=",,,E"))
    assert found.valid
    assert found.accuracy_m is None


def test_speed_comes_from_vtg_where_rmc_has_none():
    vtg = sentence("GPVTG,90.0,T,,M,,N,36.0,K,A")
    found = fix(rmc(knots="", course="") + vtg)
    assert [found.speed_mps, found.course_deg] == pytest.approx([10.0, 90.0])
    assert fix(vtg.join([rmc(), b""])).speed_mps == pytest.approx(5.1444, abs=1e-4)


def test_vtg_of_old_receivers_has_no_letters():
    assert fix(rmc(knots="") + sentence("GPVTG,090.0,088.0,010.0,018.5")).speed_mps == pytest.approx(
        5.1444, abs=1e-4
    )


def test_gns_and_zda_make_a_whole_fix():
    found = fix(
        sentence("GNZDA,120000.00,01,09,2026,00,00")
        + sentence("GNGNS,120000.00,4807.038,N,01131.000,E,AAN,13,0.93,-4.5,-16.5,,")
    )
    assert (found.time, found.satellites, found.altitude_m) == (NOON, 13, -4.5)


def test_satellites_are_counted_from_gsa_where_nothing_else_tells():
    gsa = sentence("GNGSA,A,3,04,05,09,,,,,,,,,,2.5,1.3,2.1,1") + sentence(
        "GNGSA,A,3,04,66,,,,,,,,,,,2.5,1.3,2.1,2"
    )
    found = fix(rmc() + gsa + gsa)
    assert [found.satellites, found.accuracy_m] == pytest.approx([5, 1.3 * UERE_M])


@pytest.mark.parametrize(
    "bad",
    [
        {"lat": "9107.038,N"},
        {"lat": "4860.000,N"},
        {"lon": "18107.0,E"},
        {"lat": "-4807.038,N"},
        {"lat": "4807.0x8,N"},
        {"lat": "4807.038,"},
        {"lat": "nan,N"},
        {"lat": "48_7.0,N"},
        {"lat": "1e3,N"},
        {"lat": "²³07.0,N"},
    ],
)
def test_position_that_cannot_be_true_is_no_position_and_doubtful(bad):
    found = fix(rmc(**bad))
    assert found.verdicts == Verdict.VOID | Verdict.IMPLAUSIBLE
    assert found.lat is None


@pytest.mark.parametrize("knots", ["XXXXX", "-3", "inf", "1.2.3", " 5", "0x10"])
def test_speed_that_cannot_be_true_is_absent_and_counted_while_the_position_stays(knots):
    decoder = NmeaDecoder()
    (found,) = decoder.feed(rmc(knots=knots)) + decoder.end()
    assert isinstance(found, Fix)
    assert (found.valid, found.speed_mps, decoder.stats.malformed) == (True, None, 1)


@pytest.mark.parametrize("time", ["", "246000", "1200", "12000x", "-12000", "126000.00", "120000.x"])
def test_report_without_a_time_gives_no_fix_and_is_counted(time):
    decoder = NmeaDecoder()
    assert decoder.feed(rmc(time)) + decoder.end() == []
    assert decoder.stats.untimed == 1


def test_fractions_of_a_second_are_kept():
    assert fix(rmc("133536.997")).time == datetime(2026, 9, 1, 13, 35, 36, 997000, tzinfo=UTC)


def test_leap_second_is_the_first_of_the_next_minute():
    assert fix(rmc("235960.00", date="311216")).time == datetime(2017, 1, 1, tzinfo=UTC)


def test_missing_date_waits_for_one_and_is_filled_back():
    stream = gga("235959.00") + gga("000000.00") + gga("000001.00") + rmc("000002.00", date="020926")
    assert [found.time for found in fixes(stream)] == [
        datetime(2026, 9, 2, tzinfo=UTC) + timedelta(seconds=second) for second in (-1, 0, 1, 2)
    ]


def test_date_that_never_comes_is_counted_and_not_invented():
    decoder = NmeaDecoder()
    assert decoder.feed(gga("100000.00") + gga("100001.00")) + decoder.end() == []
    assert decoder.stats.undated == 2


def test_waiting_list_is_bounded():
    decoder = NmeaDecoder()
    for second in range(MAX_WAITING + 100):
        decoder.feed(gga(f"10{second // 60:02d}{second % 60:02d}.00"))
    found = decoder.feed(rmc("110000.00"))
    assert decoder.stats.undated == 100
    assert len(found + decoder.end()) == MAX_WAITING + 1


def test_moment_near_the_first_report_dates_a_stream_without_dates():
    found = fixes(gga("235959.00") + gga("000000.00"), near=NOON)
    assert [each.time for each in found] == [
        datetime(2026, 9, 1, 23, 59, 59, tzinfo=UTC),
        datetime(2026, 9, 2, tzinfo=UTC),
    ]


@pytest.mark.parametrize(
    "after",
    [gga("000000.00") + rmc("000000.00", date="020926"), rmc("000000.00", date="020926"), gga("000000.00")],
)
def test_midnight_is_crossed(after):
    found = fixes(rmc("235959.00") + gga("235959.00") + after + gga("000001.00"))
    assert [each.time for each in found] == [
        datetime(2026, 9, 2, tzinfo=UTC) + timedelta(seconds=second) for second in (-1, 0, 1)
    ]


def test_same_time_of_the_next_day_is_another_fix():
    assert len(fixes(rmc(date="010926") + rmc(date="020926"))) == 2


def test_clock_that_steps_back_still_gives_fixes():
    assert [found.time.second for found in fixes(rmc("120005.00") + rmc("120001.00") + rmc("120006.00"))] == [
        5,
        1,
        6,
    ]


@pytest.mark.parametrize(("date", "year"), [("010969", 2069), ("010979", 2079), ("010926", 2026)])
def test_two_digit_year_is_of_the_gps_era(date, year):
    assert fix(rmc(date=date)).time.year == year


@pytest.mark.parametrize("date", ["000000", "310226", "0109", "01092x"])
def test_date_that_cannot_be_true_is_no_date(date):
    assert fixes(rmc(date=date)) == []
    assert fix(rmc(date=date), near=NOON).time == NOON


@pytest.mark.parametrize(
    ("stream", "options", "rolled_over"),
    [
        (rmc(date="170107"), {}, False),
        (rmc(date="010697"), {}, True),
        (rmc(date="060180", status="V"), {}, True),
        (rmc(date="170107"), {"not_before": datetime(2026, 1, 1, tzinfo=UTC)}, True),
        (rmc(date="170107", rest=",,,A,V"), {}, True),
        (rmc(date="170117", rest=",,,A,V"), {}, False),
    ],
)
def test_date_that_the_firmware_could_not_know_is_marked(stream, options, rolled_over):
    assert bool(fix(stream, **options).verdicts & Verdict.ROLLOVER) is rolled_over


def test_pending_tells_whether_flush_gives_something():
    decoder = NmeaDecoder()
    seen = [(decoder.pending, len(decoder.flush()))]
    decoder.feed(rmc())
    seen += [(decoder.pending, len(decoder.flush())) for _ in range(2)]
    assert seen == [(False, 0), (True, 1), (False, 0)]


def test_sentence_of_an_instant_already_flushed_makes_no_second_fix():
    decoder = NmeaDecoder()
    decoder.feed(rmc())
    decoder.flush()
    assert decoder.feed(gga()) + decoder.end() == []


def test_flush_between_date_and_position_loses_nothing():
    decoder = NmeaDecoder()
    decoder.feed(sentence("GNZDA,120000.00,01,09,2026,00,00"))
    assert decoder.flush() == []
    assert len(decoder.feed(gga()) + decoder.end()) == 1


def test_raw_is_bounded_though_a_time_repeats_for_ever():
    assert len(fix(rmc() * 10_000).raw) < 4096
