"""Every setting that an administrator can make, read once from the environment, with its type."""

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Annotated, Literal, NamedTuple
from urllib.parse import unquote, urlsplit

import msgspec

PROJECT = Path(__file__).resolve().parent.parent
DATABASE_URL_FORM = "DATABASE_URL must look like postgis://user:password@host:5432/name."
SMTP_URL_FORM = "SCHOOLRUN_SMTP_URL must look like smtp+tls://user:password@host:587, smtp+ssl:// or smtp://."
SMTP_PORTS = {"": 25, "smtp": 25, "smtp+tls": 587, "smtp+ssl": 465}
Port = Annotated[int, msgspec.Meta(ge=0, le=65_535)]
Count = Annotated[int, msgspec.Meta(ge=1)]
TILES_FILE_ADDRESS = "/live/tiles.pmtiles"
"""Where the archive of SCHOOLRUN_TILES_FILE is served."""


class ConfigurationError(Exception):
    """A setting in the environment is not usable; the message names it and says what it takes."""


class Tiles(msgspec.Struct, frozen=True):
    """A map tile source.

    Attributes:
        kind: "xyz" for raster tiles, "pmtiles" for one PMTiles archive.
        url: address with {z}, {x}, {y}, or of the archive.
        attribution: who made the tiles; shown on the map.
        datum: what the tiles are drawn in: Chinese providers use GCJ-02.
        max_zoom: deepest zoom level of the tiles.
    """

    kind: Literal["xyz", "pmtiles"]
    url: str
    attribution: str = ""
    datum: Literal["wgs84", "gcj02"] = "wgs84"
    max_zoom: int = 18


class MailServer(NamedTuple):
    """Where e-mail is handed in, and how."""

    host: str
    port: int
    user: str
    password: str
    start_tls: bool
    tls: bool


class Environment(msgspec.Struct, frozen=True):
    """The environment's settings. Each attribute is read from the variable of the name in `VARIABLES`."""

    data_dir: Path = PROJECT / "var"
    database_url: str = ""
    redis_url: str = ""
    secret_key: str = ""
    debug: bool = False
    hosts: str = "localhost,127.0.0.1,[::1]"
    behind_https: bool = False
    require_mfa: bool = True
    time_zone: str = "Asia/Shanghai"
    gateway_host: str = ""
    tcp_port: Port = 5005
    udp_port: Port = 5005
    serial: str = ""
    max_connections: Count = 20_000
    max_new_devices: int = 20_000
    require_checksum: bool = True
    retention_days: Count = 190
    public_url: str = ""
    smtp_url: str = ""
    mail_from: str = "schoolrun@localhost"
    push_services: str = ""
    tiles_kind: Literal["", "xyz", "pmtiles"] = ""
    tiles_url: str = ""
    tiles_file: Path | None = None
    tiles_attribution: str = ""
    tiles_datum: Literal["wgs84", "gcj02"] = "wgs84"
    tiles_max_zoom: int = 18

    @property
    def tiles(self) -> Tiles | None:
        """The tile source, where one is configured."""
        kind, url = self.tiles_kind, self.tiles_url
        if self.tiles_file:
            if not self.tiles_file.is_file():
                raise ConfigurationError(f"SCHOOLRUN_TILES_FILE={self.tiles_file}: there is no such file.")
            kind, url = "pmtiles", TILES_FILE_ADDRESS
        if not kind:
            return None
        if not url:
            raise ConfigurationError("SCHOOLRUN_TILES_KIND is set, so SCHOOLRUN_TILES_URL must be set too.")
        return Tiles(
            kind=kind,
            url=url,
            attribution=self.tiles_attribution,
            datum=self.tiles_datum,
            max_zoom=self.tiles_max_zoom,
        )

    @property
    def mail(self) -> MailServer:
        """The mail server: by smtp+tls:// encrypted after its greeting, by smtp+ssl:// from the start.

        Raises:
            ConfigurationError: where SCHOOLRUN_SMTP_URL is not such an address.
        """
        try:
            url = urlsplit(self.smtp_url)
            port = url.port or SMTP_PORTS[url.scheme]
        except (ValueError, KeyError) as error:
            raise ConfigurationError(SMTP_URL_FORM) from error
        if url.scheme and not url.hostname:
            raise ConfigurationError(SMTP_URL_FORM)
        return MailServer(
            url.hostname or "localhost",
            port,
            unquote(url.username or ""),
            unquote(url.password or ""),
            start_tls=url.scheme == "smtp+tls",
            tls=url.scheme == "smtp+ssl",
        )

    def database(self) -> dict[str, object]:
        """Django's settings for the default database.

        Raises:
            ConfigurationError: where DATABASE_URL is not a postgis:// address.
        """
        if not self.database_url:
            return {
                "ENGINE": "django.contrib.gis.db.backends.spatialite",
                "NAME": self.data_dir / "schoolrun.sqlite3",
                "OPTIONS": {
                    "transaction_mode": "IMMEDIATE",
                    "timeout": 20,
                    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
                },
            }
        try:
            url = urlsplit(self.database_url)
            port = str(url.port or "")
        except ValueError as error:
            raise ConfigurationError(DATABASE_URL_FORM) from error
        if url.scheme not in {"postgis", "postgres", "postgresql"}:
            raise ConfigurationError(DATABASE_URL_FORM)
        return {
            "ENGINE": "django.contrib.gis.db.backends.postgis",
            "NAME": url.path.lstrip("/"),
            "USER": unquote(url.username or ""),
            "PASSWORD": unquote(url.password or ""),
            "HOST": url.hostname or "",
            "PORT": port,
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
        }


VARIABLES = {
    name: {"database_url": "DATABASE_URL", "redis_url": "REDIS_URL", "secret_key": "SECRET_KEY"}.get(
        name, f"SCHOOLRUN_{name.upper()}"
    )
    for name in Environment.__struct_fields__
}


def read_environment(environ: Mapping[str, str]) -> Environment:
    """Read the settings from `environ`.

    Raises:
        ConfigurationError: naming the first variable whose value does not fit.
    """
    given: dict[str, object] = {}
    for field in msgspec.structs.fields(Environment):
        text = environ.get(VARIABLES[field.name], "")
        if not text:
            continue
        if field.type in {Path, Path | None}:
            given[field.name] = Path(text).expanduser().resolve()
            continue
        try:
            given[field.name] = msgspec.convert(text, field.type, strict=False)
        except msgspec.ValidationError as error:
            raise ConfigurationError(f"{VARIABLES[field.name]}={text!r} does not fit: {error}") from error
    return Environment(**given)  # type: ignore[arg-type]  # each value was converted to its field's type above


def kept_secret_key(data_dir: Path) -> str:
    """The secret key of this installation: made once and kept in the data directory, for its owner to read."""
    kept = data_dir / "secret_key"
    if not kept.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile("w", dir=data_dir, encoding="ascii") as made:
            made.write(secrets.token_urlsafe(60))
            made.flush()
            with suppress(FileExistsError):
                os.link(made.name, kept)
    return kept.read_text(encoding="ascii").strip()
