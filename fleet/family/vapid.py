"""The installation's key for web push (VAPID, RFC 8292): made once, kept in the data directory, never elsewhere."""

import base64
import os
from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from py_vapid import Vapid02


def key_file() -> Path:
    """Where the private key is kept, for its owner to read."""
    return Path(settings.DATA_DIR) / "push_key.pem"


def vapid_key() -> Vapid02:
    """The key, made where there is none yet; of two processes that make one at once, the first one's stands."""
    path = key_file()
    if not path.exists():
        made = Vapid02()
        made.generate_keys()
        fresh = path.with_suffix(f".{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_bytes(made.private_pem())
        with suppress(FileExistsError):
            os.link(fresh, path)
        fresh.unlink()
    return Vapid02.from_file(str(path))


def application_server_key() -> str:
    """The public half as browsers take it when they subscribe: base64url, uncompressed point."""
    point = vapid_key().public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode("ascii")
