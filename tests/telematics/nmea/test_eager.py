"""On a live link a fix is given with the last sentence of its cycle, and nothing is lost by it."""

from telematics.fix import Fix
from telematics.protocols.nmea import NmeaDecoder
from tests.telematics.nmea.sentences import gga, rmc, sentence


def hms(second: int) -> str:
    return f"12{second // 60:02d}{second % 60:02d}.00"


def given(decoder: NmeaDecoder, data: bytes) -> list[Fix]:
    return [message for message in decoder.feed(data) if isinstance(message, Fix)]


def test_after_two_cycles_alike_the_closing_sentence_gives_the_fix():
    decoder = NmeaDecoder(eager=True)
    at_once = [len(given(decoder, rmc(hms(second)) + gga(hms(second)))) for second in range(6)]
    assert at_once == [0, 1, 2, 1, 1, 1]
    assert decoder.feed(rmc(hms(6))) == []
    assert given(decoder, gga(hms(6)))[0].altitude_m == 545.4


def test_damaged_sentence_in_the_middle_does_not_delay_the_fix():
    decoder = NmeaDecoder(eager=True)
    for second in range(4):
        given(decoder, rmc(hms(second)) + gga(hms(second)))
    assert len(given(decoder, gga(hms(4)))) == 1


def test_late_sentence_makes_no_second_fix_and_is_learned():
    decoder = NmeaDecoder(eager=True)
    found = [each for second in range(5) for each in given(decoder, rmc(hms(second)))]
    for second in range(5, 20):
        found += given(decoder, rmc(hms(second)) + gga(hms(second)))
    assert [each.time.second for each in found] == list(range(20))
    assert [each.altitude_m for each in found[7:]] == [545.4] * 13


def test_rmc_with_every_fifth_gga_is_not_lost_for_good():
    decoder = NmeaDecoder(eager=True)
    found = []
    for fifth in range(400):
        time = f"12{fifth // 300:02d}{fifth // 5 % 60:02d}.{fifth % 5 * 2}"
        found += given(decoder, gga(time) + (rmc(time) if fifth % 5 == 0 else b""))
    without_speed = [each for each in found if each.time.microsecond == 0 and each.speed_mps is None]
    assert len(found) >= 398
    assert len(without_speed) <= 4


def test_speed_of_a_receiver_without_rmc_is_waited_for():
    decoder = NmeaDecoder(eager=True)
    found = []
    for second in range(10):
        cycle = gga(hms(second)) + sentence("GPVTG,90.0,T,,M,10.0,N,18.5,K,A")
        found += given(decoder, sentence(f"GPZDA,{hms(second)},01,09,2026,00,00") + cycle)
    assert len(found) == 10
    assert all(each.speed_mps for each in found)


def test_satellite_geometry_after_the_closing_sentence_serves_the_next_fix():
    decoder = NmeaDecoder(eager=True)
    gsa = sentence("GPGSA,A,3,04,05,,09,12,,,24,,,,,2.5,2.0,2.1")
    found = [each for second in range(6) for each in given(decoder, rmc(hms(second)) + gsa)]
    assert [each.accuracy_m for each in found[3:]] == [found[0].accuracy_m] * 3
