"""What a link's bytes held: the counters behind the summary of ``decode`` and the gateways' metrics."""

import dataclasses

MAX_NAMED_TYPES = 200
OTHER_TYPES = "other"


@dataclasses.dataclass(slots=True)
class NmeaStats:
    """Counters of one decoder. Nothing that arrives goes uncounted.

    Attributes:
        bytes_received: all bytes, as they came.
        bytes_framed: those in sentences, accepted or not; the rest are line ends, binary protocols, noise.
        sentences: accepted sentences by address ("GNRMC"), however many talkers; past 200 kinds, "other".
        checksum_right: sentences whose checksum agrees.
        checksum_wrong: sentences rejected because it does not.
        checksum_absent: sentences without one, whether the setting accepts or rejects them.
        cut_short: sentences that break off: the next one begins in them, or they are too long.
        malformed: sentences that we read and whose checksum holds, with a field that cannot be true.
        untimed: sentences with a position or a status, but without a time to put it at.
        undated: epochs whose date never came, dropped from a full waiting list or with their device's link.
        fixes: fixes given, void ones included.
        void_fixes: fixes in which the receiver says that it has no position.
        identities: times a device named itself.
        refused_identities: names in ``$PGID`` that are too long or not printable.
    """

    bytes_received: int = 0
    bytes_framed: int = 0
    sentences: dict[str, int] = dataclasses.field(default_factory=dict)
    checksum_right: int = 0
    checksum_wrong: int = 0
    checksum_absent: int = 0
    cut_short: int = 0
    malformed: int = 0
    untimed: int = 0
    undated: int = 0
    fixes: int = 0
    void_fixes: int = 0
    identities: int = 0
    refused_identities: int = 0

    def count_sentence(self, address: bytes) -> None:
        """Count one accepted sentence by its address, in bounded memory."""
        name = address.decode("ascii")
        if name not in self.sentences and len(self.sentences) >= MAX_NAMED_TYPES:
            name = OTHER_TYPES
        self.sentences[name] = self.sentences.get(name, 0) + 1
