"""What every protocol's decoder offers to the gateways."""

from typing import Protocol

from telematics.fix import Fix, Identity

Message = Fix | Identity


class Decoder(Protocol):
    """A decoder of one link's byte stream: it never raises on any input and holds a bounded amount of it."""

    def feed(self, data: bytes) -> list[Message]:
        """Take the next bytes; give the messages that they complete, in the order received."""

    def flush(self) -> list[Message]:
        """Give what is complete though nothing follows it: the link is idle, closed, or the file has ended."""

    @property
    def pending(self) -> bool:
        """Whether `flush` would have something to give."""
