"""Sentences are found in whatever surrounds them, and damaged ones are counted."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telematics.fix import Fix, Identity
from telematics.protocols.nmea import NmeaDecoder
from telematics.protocols.nmea.framing import MAX_SENTENCE_BYTES, checksum
from tests.telematics.nmea.sentences import RECORDINGS, decode, fixes, gga, needs_recordings, rmc, sentence

RAW = rmc()
BARE = RAW.rstrip(b"\r\n")


@pytest.mark.parametrize(
    "stream",
    [
        b"$" + RAW,
        b"\xb5b\x01\x07$\x00\x12\x34!\xff" + RAW + b"\xa0\xa2\x00\x05",
        b"$GPGGA,1200" + RAW,
        BARE + BARE.replace(b"$GPRMC", b"$GNRMC")[:0],
        b"noise" + BARE + b"noise",
        RAW.decode().encode("utf-16"),
        RAW.decode().encode("utf-16-le"),
        RAW.decode().encode("utf-16-be"),
        b"\xef\xbb\xbf" + RAW,
        b"\x00\x00".join(bytes([byte]) for byte in RAW),
        RAW.replace(b"\r\n", b"\n"),
        RAW.replace(b"\r\n", b"\r"),
        sentence("GPTXT,température $5 !")[:-2] + RAW,
        BARE[:-2] + BARE[-2:].lower(),
    ],
)
def test_sentence_is_found_whatever_surrounds_it(stream):
    (found,) = fixes(stream)
    assert [found.lat, found.lon] == pytest.approx([48.1173, 11.516667])


def test_sentences_without_line_ends_between_them_are_all_found():
    stream = b"".join(rmc(f"12000{second}.00").rstrip() for second in range(5))
    assert len(fixes(stream)) == 5


def test_wrong_checksum_is_rejected_and_counted():
    decoder = NmeaDecoder()
    damaged = RAW.replace(b"4807", b"4817")
    assert decoder.feed(damaged) + decoder.end() == []
    assert (decoder.stats.checksum_right, decoder.stats.checksum_wrong) == (0, 1)


@pytest.mark.parametrize(("required", "given_fixes"), [(True, 0), (False, 1)])
def test_missing_checksum_is_a_setting_and_counted_either_way(required, given_fixes):
    decoder = NmeaDecoder(require_checksum=required)
    messages = decoder.feed(BARE[:-3] + b"\r\n") + decoder.end()
    assert (len(messages), decoder.stats.checksum_absent) == (given_fixes, 1)


def test_last_line_without_checksum_and_line_end_counts_when_the_stream_is_over():
    decoder = NmeaDecoder(require_checksum=False)
    assert decoder.feed(BARE[:-3]) + decoder.flush() == []
    assert len(decoder.end()) == 1


def test_broken_checksum_and_cut_off_sentences_are_counted():
    decoder = NmeaDecoder()
    decoder.feed(b"$GPRMC,1*4G\r\n$GPRMC,12$GPVTG,1*zz\r\n")
    assert decoder.stats.cut_short == 3


def test_endless_sentence_is_given_up_and_the_next_one_found():
    decoder = NmeaDecoder()
    decoder.feed(b"$GPRMC," + b"1" * (3 * MAX_SENTENCE_BYTES) + b"$GP")
    assert len(decoder.feed(RAW[3:]) + decoder.end()) == 1
    assert decoder.stats.cut_short == 1


def test_held_bytes_are_bounded_whatever_arrives():
    decoder = NmeaDecoder()
    for piece in (
        b"$GPRMC,",
        b"1" * 100_000,
        b"$",
        b"$$$$" * 10_000,
        b"IMEI ",
        b"7" * 100_000,
        b"\xff" * 100_000,
    ):
        decoder.feed(piece)
        assert len(decoder._framer._held) <= MAX_SENTENCE_BYTES + 100


def test_sentence_types_are_counted_in_bounded_memory():
    decoder = NmeaDecoder()
    for number in range(1000):
        decoder.feed(sentence(f"P{number:04d},1"))
    assert len(decoder.stats.sentences) <= 201
    assert sum(decoder.stats.sentences.values()) == 1000


@pytest.mark.parametrize(
    "line",
    [
        sentence("PGID,bus-7"),
        b"$PGID,bus-7\r\n",
        b"IMEI bus-7\r\n",
        b"imei:bus-7,tracker\r\n",
        b"\xff\xfe" + "IMEI bus-7\r\n".encode("utf-16-le"),
    ],
)
def test_device_names_itself(line):
    assert decode(line + RAW)[0] == Identity("bus-7")


@pytest.mark.parametrize("name", ["7" * 65, "a b", "é", ""])
def test_name_too_long_or_not_printable_is_refused(name):
    decoder = NmeaDecoder()
    assert decoder.feed(sentence(f"PGID,{name}")) == []
    assert decoder.stats.refused_identities == 1


@pytest.mark.parametrize("size", [1, 7, 200])
def test_line_with_a_name_too_long_is_noise(size):
    decoder = NmeaDecoder()
    line = b"IMEI " + b"7" * 65 + b"\r\n"
    for start in range(0, len(line), size):
        assert decoder.feed(line[start : start + size]) == []
    assert decoder.stats.bytes_framed == 0


@pytest.mark.parametrize("size", [1, 50, 5000])
def test_name_inside_an_open_sentence_is_part_of_it(size):
    decoder = NmeaDecoder()
    stream = b"$GPTXT,1\xffIMEI 7\xff" + b"x" * 2000 + b"\xffIMEI 8\xff$GPTXT,2\xffIMEI 9\xff\r\n"
    for start in range(0, len(stream), size):
        assert decoder.feed(stream[start : start + size]) == []
    assert (decoder.stats.cut_short, decoder.stats.checksum_absent) == (1, 1)


@pytest.mark.parametrize(
    "line",
    [sentence("GPTXT,IMEI 12345"), b"my IMEI 12345\r\n", b"$PGID,bus-7*00\r\n", b"IMEI\r\n", b"IMEI 1\x002"],
)
def test_what_only_looks_like_a_name_is_none(line):
    decoder = NmeaDecoder()
    assert decoder.feed(line) == []


def test_name_comes_after_the_fix_before_it_and_before_the_next():
    kinds = [type(message) for message in decode(rmc("120000.00") + b"IMEI 77\r\n" + rmc("120001.00"))]
    assert kinds == [Fix, Identity, Fix]


def test_another_device_inherits_no_waiting_report():
    stream = b"IMEI 1\r\n" + gga("100000.00") + gga("100001.00") + b"IMEI 2\r\n" + rmc("120000.00")
    assert decode(stream)[:2] == [Identity("1"), Identity("2")]


@given(st.binary(max_size=300))
def test_checksum_is_exclusive_or_of_all_bytes(content):
    expected = 0
    for byte in content:
        expected ^= byte
    assert checksum(content) == expected


@needs_recordings
def test_every_checksum_valid_sentence_of_the_captures_is_framed():
    for log in sorted(RECORDINGS.glob("gpsd/*.log")):
        data = log.read_bytes()
        expected = sum(
            checksum_holds(found)
            for found in re.findall(rb"[$!]([0-9A-Za-z]{3,}[^$!*\r\n]*\*[0-9A-Fa-f]{2})", data)
        )
        decoder = NmeaDecoder()
        decoder.feed(data)
        assert decoder.stats.checksum_right == expected, log.name


def checksum_holds(found: bytes) -> bool:
    content, given_checksum = found[:-3], found[-2:]
    check = 0
    for byte in content:
        check ^= byte
    return check == int(given_checksum, 16)
