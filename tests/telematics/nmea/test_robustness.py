"""Whatever arrives, in whatever pieces: no exception, and the same messages."""

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telematics.fix import Fix
from telematics.protocols.base import Message
from telematics.protocols.nmea import NmeaDecoder
from tests.telematics.nmea.sentences import RECORDINGS, gga, gll, needs_recordings, rmc, sentence

text = st.text(st.characters(min_codepoint=0, max_codepoint=255), max_size=12)
numbers = st.from_regex(r"[0-9]{1,6}(\.[0-9]{0,7})?", fullmatch=True)
fields = st.one_of(
    st.just(""), numbers, st.sampled_from(["A", "V", "N", "E", "S", "W", "M", "010926", "120000"]), text
)
kinds = st.sampled_from(["GPRMC", "GNGGA", "GLGLL", "GNGNS", "GPVTG", "GNGSA", "GPZDA", "PGID", "GPTXT"])
arbitrary_sentences = st.builds(
    lambda kind, values: sentence(",".join([kind, *values])), kinds, st.lists(fields, max_size=20)
)
times = st.integers(0, 5).map(lambda second: f"12000{second}.00")
good_sentences = st.one_of(
    times.map(rmc),
    times.map(gga),
    times.map(gll),
    times.map(lambda time: rmc(time, date="")),
    times.map(lambda time: rmc(time, status="V", date="020926")),
    st.sampled_from(
        [sentence("GPVTG,90.0,T,,M,10.0,N,18.5,K,A"), sentence("PGID,7"), b"IMEI 8\r\n", b"IMEI 9"]
    ),
)
noise = st.one_of(
    st.binary(max_size=40), st.sampled_from([b"$", b"$$GPRMC,", b"!", b"*", b"\0", b"I", b"imei", b"\r"])
)
streams = st.lists(st.one_of(good_sentences, good_sentences, arbitrary_sentences, noise), max_size=30).map(
    b"".join
)


def messages(decoder: NmeaDecoder, pieces: list[bytes]) -> list[Message]:
    found = [message for piece in pieces for message in decoder.feed(piece)]
    return found + decoder.end()


@given(
    stream=streams,
    cuts=st.lists(st.integers(0, 2000), max_size=20),
    eager=st.booleans(),
    strict=st.booleans(),
)
def test_pieces_do_not_change_the_messages(stream, cuts, eager, strict):
    bounds = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    pieces = [stream[start:end] for start, end in pairwise(bounds)]
    whole = NmeaDecoder(eager=eager, require_checksum=strict)
    cut = NmeaDecoder(eager=eager, require_checksum=strict)
    assert messages(cut, pieces) == messages(whole, [stream])
    assert cut.stats == whole.stats


@given(stream=streams, eager=st.booleans())
def test_every_byte_alone_gives_the_same_as_all_at_once(stream, eager):
    whole, alone = NmeaDecoder(eager=eager), NmeaDecoder(eager=eager)
    assert messages(alone, [bytes([byte]) for byte in stream]) == messages(whole, [stream])


@given(stream=streams)
def test_a_fix_has_a_whole_position_or_is_void(stream):
    for message in messages(NmeaDecoder(require_checksum=False), [stream]):
        if isinstance(message, Fix):
            assert (message.lat is not None and message.lon is not None) == message.valid
            assert abs(message.lat or 0) <= 90
            assert abs(message.lon or 0) <= 180


@needs_recordings
@pytest.mark.parametrize("eager", [False, True])
def test_recordings_give_the_same_in_pieces_and_nothing_is_raised(eager):
    chance = random.Random(7)
    for log in sorted(path for path in RECORDINGS.rglob("*") if path.is_file()):
        data = log.read_bytes()[:200_000]
        pieces, start = [], 0
        while start < len(data):
            size = chance.choice([1, 7, 80, 1000])
            pieces.append(data[start : start + size])
            start += size
        whole = messages(NmeaDecoder(eager=eager, require_checksum=False), [data])
        assert messages(NmeaDecoder(eager=eager, require_checksum=False), pieces) == whole, log.name


@needs_recordings
def test_live_links_give_as_many_fixes_as_files():
    for log in sorted(RECORDINGS.glob("gpsd/*.log")):
        data = log.read_bytes()
        live, filed = messages(NmeaDecoder(eager=True), [data]), messages(NmeaDecoder(), [data])
        assert len(live) == len(filed), log.name
