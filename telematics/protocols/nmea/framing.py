r"""Finds NMEA sentences, and lines in which a device names itself, in whatever bytes a link delivers.

A sentence is ``$`` or ``!``, an address of letters and digits, and text up to ``*hh`` or a line end. It may
stand amid a binary protocol, be glued to its neighbours (``$$GNRMC``), lack its line end, or come as UTF-16
(whose NUL bytes are dropped first). What is taken depends on the bytes alone, never on how the link cut them
into pieces.
"""

import re
from functools import reduce
from operator import xor
from string import hexdigits

from telematics.protocols.nmea.stats import NmeaStats

MAX_SENTENCE_BYTES = 1024
"""Longer than any maker's sentence (the standard allows 82); what runs on past it is not one."""
MAX_NAME_CHARACTERS = 64

NAME_LINE = b"IMEI"
"""The address under which an ``IMEI <id>`` line is given."""

_ADDRESS = rb"[0-9A-Za-z]{3,15}"
_START = rb"[$!](?=" + _ADDRESS + rb"[,*\r\n])"

# `*+` and `++` never give back what they took: a match is decided by bytes that have already arrived. On groups
# they fail in CPython before 3.11.5 (gh-106052), so they stand on single characters only.
_TEXT = rb"[^\r\n*$!]*+"
_CONTENT = _ADDRESS + rb"(?=[,*\r\n])" + _TEXT + rb"(?:(?!" + _START + rb")[$!]" + _TEXT + rb")*"
_CHECKSUM = rb"\*(?P<checksum>[0-9A-Fa-f]{2})"
_LINE_END = rb"(?P<unchecked>\*?[\r\n])"
_BREAK = rb"(?P<broken>\*[0-9A-Fa-f]?(?=[^0-9A-Fa-f])|(?=" + _START + rb"))"
_STILL_OPEN = rb"(?P<open>\*?[0-9A-Fa-f]?\Z)"
_ENDS = rb"|".join([_CHECKSUM, _LINE_END, _BREAK, _STILL_OPEN])
_SENTENCE = rb"(?P<content>" + _CONTENT + rb")(?:" + _ENDS + rb")"

_NAME_CHARACTER = rb"[^\x00-\x20$!*,;:\x7f-\xff]"
_NAME = _NAME_CHARACTER + rb"{1,%d}+" % MAX_NAME_CHARACTERS
_NAME_LINE = rb"(?<![ -~].)(?i:MEI)[ :]{1,4}(?P<device>" + _NAME + rb")(?=[\x00-\x20$!*,;\x7f-\xff])"

_TOKEN = re.compile(rb"[$!Ii](?:(?<=[$!])" + _SENTENCE + rb"|(?<=[Ii])" + _NAME_LINE + rb")", re.DOTALL)
_BEGINNING = re.compile(
    rb"(?:[$!][0-9A-Za-z]{0,15}"
    rb"|(?<![ -~])[Ii](?:[Mm](?:[Ee](?:[Ii](?:[ :]{1,4}(?:" + _NAME + rb")?)?)?)?)?)\Z"
)
_LONGEST_BEGINNING = 80
_LINE_ENDS = (b"\n", b"\r")
_LONGEST_ENDING = 20
"""More than the beginning of an address, or of a checksum, with which a piece may end."""
_ABRIDGED = b" "

_CHECKSUMS = {(high + low).encode(): int(high + low, 16) for high in hexdigits for low in hexdigits}

Sentence = tuple[list[bytes], bytes]
"""The fields, the address first (``GNRMC``), and the sentence as received."""


def checksum(content: bytes) -> int:
    """The checksum of a sentence: all bytes between ``$`` and ``*`` in exclusive or (NMEA 0183, 5.3.3)."""
    if len(content) > 128:
        return reduce(xor, content)
    folded = int.from_bytes(content, "little")
    folded ^= folded >> 512
    folded ^= folded >> 256
    folded ^= folded >> 128
    folded ^= folded >> 64
    folded ^= folded >> 32
    folded ^= folded >> 16
    return (folded ^ folded >> 8) & 0xFF


class Framer:
    """Cuts one link's bytes into sentences; holds at most one unfinished sentence.

    Args:
        stats: where to count.
        require_checksum: whether a sentence without a checksum is rejected. ``$PGID`` never needs one: trackers
            send it bare.
    """

    def __init__(self, stats: NmeaStats, *, require_checksum: bool) -> None:
        self._stats = stats
        self._require_checksum = require_checksum
        self._held = b""
        self._settled = 0

    def feed(self, data: bytes) -> list[Sentence]:
        """Take the next bytes; give the sentences that they complete."""
        self._stats.bytes_received += len(data)
        text = data.replace(b"\0", b"") if b"\0" in data else data
        return self._cut(self._held + text if self._held else text)

    def finish(self) -> list[Sentence]:
        """The bytes are over: an unfinished last line counts as a whole one."""
        return self._cut(self._held + b"\n")

    def _cut(self, buffer: bytes) -> list[Sentence]:
        sentences: list[Sentence] = []
        end = self._settled
        for token in _TOKEN.finditer(buffer, end):
            if token.lastgroup == "open":
                self._hold_sentence(buffer, token.start())
                return sentences
            end = token.end()
            sentence = self._accepted(token)
            if sentence is not None:
                sentences.append(sentence)
        start = len(buffer)
        if not buffer.endswith(_LINE_ENDS):
            beginning = _BEGINNING.search(buffer, max(end, start - _LONGEST_BEGINNING))
            start = beginning.start() if beginning else start
        self._hold(buffer, start)
        return sentences

    def _accepted(self, token: re.Match[bytes]) -> Sentence | None:
        """The sentence of a token, unless its checksum or its length speaks against it."""
        stats = self._stats
        raw, content = token.group(0, "content")
        ends = token.lastgroup
        if len(raw) > MAX_SENTENCE_BYTES:
            stats.cut_short += 1
            return None
        stats.bytes_framed += len(raw)
        if ends == "checksum":
            if checksum(content) != _CHECKSUMS[raw[-2:]]:
                stats.checksum_wrong += 1
                return None
            stats.checksum_right += 1
        elif ends == "device":
            return [NAME_LINE, token["device"]], raw
        elif ends == "broken":
            stats.cut_short += 1
            return None
        else:
            stats.bytes_framed -= 1
            stats.checksum_absent += 1
            if self._require_checksum and not content.startswith(b"PGID,"):
                return None
            raw = raw[:-1]
        fields = content.split(b",")
        stats.count_sentence(fields[0])
        return fields, raw

    def _hold_sentence(self, buffer: bytes, start: int) -> None:
        """Keep an unfinished sentence. Of one that is too long beginning and end stand for all, until it ends."""
        if len(buffer) - start > MAX_SENTENCE_BYTES + 2 * _LONGEST_ENDING:
            buffer = buffer[: start + MAX_SENTENCE_BYTES] + _ABRIDGED + buffer[-_LONGEST_ENDING:]
        self._hold(buffer, start)

    def _hold(self, buffer: bytes, start: int) -> None:
        """Keep what may yet become a sentence, and the byte before it, which tells whether a line begins."""
        self._settled = min(start, 1)
        self._held = buffer[start - self._settled :]
