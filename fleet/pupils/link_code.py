"""The codes on the slips by which guardians link their child: short to type, impossible to guess."""

import secrets
import unicodedata

from django.utils.crypto import salted_hmac

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: without I, L, O and U, which are misread or make words."""
LENGTH = 12
"""60 random bits."""
GROUP = 4
MISREAD = str.maketrans({"I": "1", "L": "1", "O": "0"})


def new_code() -> str:
    """A code that nobody can guess."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def as_printed(code: str) -> str:
    """A code in groups, as people read it."""
    return "-".join(code[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def as_meant(typed: str) -> str:
    """A typed code as it was printed: in any case and width, with any gaps, and with letters misread for digits."""
    plain = unicodedata.normalize("NFKC", typed).upper().translate(MISREAD)
    return "".join(character for character in plain if character in ALPHABET)


def digest_of(code: str) -> str:
    """What is kept of a code: with the database, but without the secret key, nobody can try codes against it."""
    return salted_hmac("pupils.link_code", code, algorithm="sha256").hexdigest()
