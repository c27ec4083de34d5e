"""Secrets of access tokens: 256 random bits behind a prefix that scanners of leaked secrets can look for."""

import hashlib
import secrets

PREFIX = "schoolrun_"
RANDOM_BYTES = 32


def new_secret() -> str:
    """A secret that nobody can guess."""
    return PREFIX + secrets.token_urlsafe(RANDOM_BYTES)


def digest_of(secret: str) -> str:
    """What is kept of a secret. It is random and long, so a plain SHA-256 can't be turned back."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
