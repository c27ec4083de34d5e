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
MAX_IDENTITY_CHARACTERS = 64

IDENTITY_LINE = b"IMEI"
"""The address under which an ``IMEI <id>`` line is given."""

_ADDRESS = rb"[0-9A-Za-z]{3,15}"
_START = rb"[$!](?=" + _ADDRESS + rb"[,*\r\n])"

# `*+` and `++` never give back what they took: a match is decided by bytes that have already arrived. On groups
# they fail in CPython before 3.11.5 (gh-106052), so they stand on single characters only.
_TEXT = rb"[^\r\n*$!]*+"
_CONTENT = _ADDRESS + rb"(?=[,*\r\n])" + _TEXT + rb"(?:(?!" + _START + rb")[$!]" + _TEXT + rb")*"
_CHECKSUM = rb"\*(?P<checksum>[0-9A-Fa-f]{2})"
_LINE_END = rb"(?P<unchecked>\*?[\r\n])"
_BREAK = rb"\*[0-9A-Fa-f]?(?=[^0-9A-Fa-f])|(?=" + _START + rb")"
_SENTENCE = rb"(?P<content>" + _CONTENT + rb")(?:" + _CHECKSUM + rb"|" + _LINE_END + rb"|" + _BREAK + rb")"

_NAME_CHARACTER = rb"[^\x00-\x20$!*,;:\x7f-\xff]"
_NAME_LINE = (
    rb"(?<![ -~].)(?i:MEI)[ :]{1,4}(?P<device>" + _NAME_CHARACTER + rb"++)(?=[\x00-\x20$!*,;\x7f-\xff])"
)

_TOKEN = re.compile(rb"[$!Ii](?:(?<=[$!])" + _SENTENCE + rb"|(?<=[Ii])" + _NAME_LINE + rb")", re.DOTALL)
_UNFINISHED_SENTENCE = re.compile(_START)
_BEGINNING = re.compile(
    rb"(?:[$!][0-9A-Za-z]{0,15}"
    rb"|(?<![ -~])[Ii](?:[Mm](?:[Ee](?:[Ii](?:[ :]{1,4}" + _NAME_CHARACTER + rb"{0,65})?)?)?)?)\Z"
)
_LONGEST_BEGINNING = 80

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
        require_checksum: whether a sentence without a checksum is rejected. ``$PGID`` never needs one.
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
        sentences = []
        end = self._settled
        for token in _TOKEN.finditer(buffer, end):
            end = token.end()
            sentence = self._accepted(token)
            if sentence is not None:
                sentences.append(sentence)
        self._hold(buffer, end)
        return sentences

    def _accepted(self, token: re.Match[bytes]) -> Sentence | None:
        """The sentence of a token, unless its checksum, its length or its name speaks against it."""
        stats = self._stats
        raw, content, given, unchecked, device = token.group(0, "content", "checksum", "unchecked", "device")
        if unchecked is not None:
            raw = raw[:-1]
        stats.bytes_framed += len(raw)
        if device is not None:
            return self._identity_line(device, raw)
        if len(raw) > MAX_SENTENCE_BYTES or (given is None and unchecked is None):
            stats.cut_short += 1
            return None
        if given is not None:
            if checksum(content) != _CHECKSUMS[given]:
                stats.checksum_wrong += 1
                return None
            stats.checksum_right += 1
        else:
            stats.checksum_absent += 1
            if self._require_checksum and not content.startswith(b"PGID,"):
                return None
        fields = content.split(b",")
        stats.count_sentence(fields[0])
        return fields, raw

    def _identity_line(self, device: bytes, raw: bytes) -> Sentence | None:
        if len(device) > MAX_IDENTITY_CHARACTERS:
            self._stats.refused_identities += 1
            return None
        return [IDENTITY_LINE, device], raw

    def _hold(self, buffer: bytes, end: int) -> None:
        """Keep what may yet become a sentence, and the byte before it, which tells whether a line begins."""
        start = len(buffer)
        if unfinished := _UNFINISHED_SENTENCE.search(buffer, end):
            if start - unfinished.start() <= MAX_SENTENCE_BYTES:
                start = unfinished.start()
            else:
                self._stats.cut_short += 1
        elif beginning := _BEGINNING.search(buffer, max(end, start - _LONGEST_BEGINNING)):
            start = beginning.start()
        self._settled = min(start, 1)
        self._held = buffer[start - self._settled :]
