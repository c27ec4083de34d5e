"""The demo's second factors: real ones, whose key and code are told to whoever may read the demo's files."""

import base64
import secrets
import time
from pathlib import Path

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.conf import settings

from fleet.people.models import User

KEY_BYTES = 20


def guard(username: str, key: str) -> None:
    """Have a person asked for the code of a key at sign-in, whatever was before."""
    person = User.objects.get(username=username)
    Authenticator.objects.update_or_create(
        user=person, type=Authenticator.Type.TOTP, defaults={"data": {"secret": get_adapter().encrypt(key)}}
    )


def code_now(key: str) -> str:
    """The code that an authenticator app shows now for a key."""
    return generator(key).generate(int(time.time())).decode("ascii")


def app_address(username: str, key: str) -> str:
    """What an authenticator app takes a key from."""
    return generator(key).get_provisioning_uri(username, settings.MFA_TOTP_ISSUER)


def generator(key: str) -> TOTP:
    """The codes of a key: six digits, new every thirty seconds (RFC 6238)."""
    return TOTP(base64.b32decode(key), length=6, algorithm=SHA1(), time_step=30)  # noqa: S303  (what apps know)


def new_key() -> str:
    """A key, as authenticator apps take it."""
    return base64.b32encode(secrets.token_bytes(KEY_BYTES)).decode("ascii")


def kept_key(data_dir: Path) -> str:
    """The demo's key: made once for each data directory."""
    kept = data_dir / "demo_second_factor"
    if not kept.exists():
        kept.touch(mode=0o600)
        kept.write_text(new_key(), encoding="ascii")
    return kept.read_text(encoding="ascii").strip()
