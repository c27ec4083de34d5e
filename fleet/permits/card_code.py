"""The signed text in a plate card's QR code: who scans it can tell, without a network, that we issued the card.

The code is an address, ``<installation>/c/<content>.<signature>``, both in base64url: any phone opens the page that
tells whether the card is good; where the installation's address is not configured, it begins with ``/c/``. The
signature is Ed25519, so that a phone that checks it needs the public key only, whichever address stands before it.
The key follows from the installation's secret key.
"""

import base64
import binascii
from dataclasses import dataclass
from datetime import date

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.utils.crypto import salted_hmac

PREFIX = "/c/"
SALT = "fleet.permits.card_code"


class CodeError(ValueError):
    """A code that we did not sign."""


class CardContent(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What a code says of a card."""

    number: str
    plate: str
    valid_from: date
    valid_until: date


@dataclass(frozen=True)
class CardSigner:
    """Signs codes."""

    key: Ed25519PrivateKey

    @classmethod
    def of_installation(cls) -> "CardSigner":
        """The signer whose key follows from Django's secret key."""
        seed = salted_hmac(SALT, "signing key", algorithm="sha256").digest()
        return cls(Ed25519PrivateKey.from_private_bytes(seed))

    @property
    def public_key(self) -> bytes:
        """The 32 bytes that check a code."""
        return self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    def sign(self, content: CardContent) -> str:
        """The code for a card."""
        body = msgspec.json.encode(content)
        return f"{PREFIX}{encode(body)}.{encode(self.key.sign(body))}"


def read_code(code: str, public_key: bytes) -> CardContent:
    """What a code says.

    Args:
        code: as `CardSigner.sign` made it, with or without an address before it.
        public_key: of the installation that made it.

    Raises:
        CodeError: where it is not signed by that key, or is no code at all.
    """
    _address, prefix, signed = code.rpartition(PREFIX)
    body, dot, signature = signed.partition(".")
    if not dot or not prefix:
        raise CodeError("not the code of a plate card")
    try:
        content = decode(body)
        Ed25519PublicKey.from_public_bytes(public_key).verify(decode(signature), content)
        return msgspec.json.decode(content, type=CardContent)
    except (InvalidSignature, binascii.Error, ValueError) as error:
        raise CodeError("not signed by this installation") from error


def encode(content: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode("ascii")


def decode(text: str) -> bytes:
    """The bytes of base64url without padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
