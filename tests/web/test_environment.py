"""Settings from the environment: typed, and refused by name where they do not fit."""

import stat

import pytest
from django.core.checks import run_checks

from web.checks import check_built_front_end, check_channel_layer
from web.environment import (
    VARIABLES,
    ConfigurationError,
    Environment,
    Tiles,
    kept_secret_key,
    read_environment,
)


def test_without_any_variable_the_embedded_shape_comes_out():
    environment = read_environment({"PATH": "/bin"})
    assert environment == Environment()
    assert environment.database()["ENGINE"] == "django.contrib.gis.db.backends.spatialite"
    assert environment.tiles is None


def test_each_setting_is_read_from_its_variable():
    given = {
        "SCHOOLRUN_DATA_DIR": "/srv/schoolrun",
        "REDIS_URL": "redis://h:6379/0",
        "SCHOOLRUN_DEBUG": "true",
        "SCHOOLRUN_TCP_PORT": "6000",
        "SCHOOLRUN_REQUIRE_CHECKSUM": "0",
        "SCHOOLRUN_SERIAL": "",
    }
    read = read_environment(given)
    assert (str(read.data_dir), read.redis_url, read.debug) == ("/srv/schoolrun", "redis://h:6379/0", True)
    assert (read.tcp_port, read.require_checksum, read.serial) == (6000, False, "")


def test_every_setting_has_a_variable_of_its_own():
    assert len(set(VARIABLES.values())) == len(Environment.__struct_fields__)


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("", ("localhost", 25, "", "", False, False)),
        ("smtp://mail.example", ("mail.example", 25, "", "", False, False)),
        ("smtp+tls://me%40x:p%2Fw@mail.example", ("mail.example", 587, "me@x", "p/w", True, False)),
        ("smtp+ssl://mail.example:4650", ("mail.example", 4650, "", "", False, True)),
    ],
)
def test_the_mail_server_is_read_from_one_address(url, server):
    assert read_environment({"SCHOOLRUN_SMTP_URL": url}).mail == server


@pytest.mark.parametrize("url", ["mail.example:25", "http://mail.example", "smtp://", "smtp://h:port"])
def test_a_mail_address_that_does_not_fit_is_refused(url):
    with pytest.raises(ConfigurationError, match="SCHOOLRUN_SMTP_URL"):
        _ = read_environment({"SCHOOLRUN_SMTP_URL": url}).mail


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SCHOOLRUN_TCP_PORT", "five"),
        ("SCHOOLRUN_TCP_PORT", "65536"),
        ("SCHOOLRUN_UDP_PORT", "-1"),
        ("SCHOOLRUN_DEBUG", "perhaps"),
        ("SCHOOLRUN_RETENTION_DAYS", "0"),
        ("SCHOOLRUN_RETENTION_DAYS", "half a year"),
        ("SCHOOLRUN_TILES_KIND", "paper"),
        ("SCHOOLRUN_TILES_DATUM", "bd09"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_with_its_name(variable, value):
    with pytest.raises(ConfigurationError, match=f"{variable}='{value}'"):
        read_environment({variable: value})


def test_a_tile_source_is_described_whole():
    given = {
        "SCHOOLRUN_TILES_KIND": "xyz",
        "SCHOOLRUN_TILES_URL": "https://tiles.example/{z}/{x}/{y}.png",
        "SCHOOLRUN_TILES_DATUM": "gcj02",
        "SCHOOLRUN_TILES_MAX_ZOOM": "16",
    }
    assert read_environment(given).tiles == Tiles(
        "xyz", "https://tiles.example/{z}/{x}/{y}.png", datum="gcj02", max_zoom=16
    )


def test_tiles_without_an_address_are_refused():
    with pytest.raises(ConfigurationError, match="SCHOOLRUN_TILES_URL"):
        _ = read_environment({"SCHOOLRUN_TILES_KIND": "xyz"}).tiles


def test_a_database_address_is_taken_apart():
    url = "postgis://school:p%40ss%2Fword@db.example:5433/buses"
    database = read_environment({"DATABASE_URL": url}).database()
    parts = {part: database[part] for part in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}
    assert list(parts.values()) == ["buses", "school", "p@ss/word", "db.example", "5433"]


@pytest.mark.parametrize("url", ["mysql://h/name", "schoolrun.sqlite3", "postgis://h:many/name"])
def test_an_address_of_no_postgis_database_is_refused(url):
    with pytest.raises(ConfigurationError, match="DATABASE_URL"):
        read_environment({"DATABASE_URL": url}).database()


def test_the_secret_key_is_made_once_and_for_its_owner_only(tmp_path):
    key = kept_secret_key(tmp_path / "data")
    assert len(key) >= 50
    assert kept_secret_key(tmp_path / "data") == key
    assert stat.S_IMODE((tmp_path / "data" / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["secret_key"]


def test_a_key_that_another_process_made_meanwhile_is_taken(tmp_path, monkeypatch):
    kept = tmp_path / "secret_key"

    def slowly(_bytes):
        kept.write_text("the other one's key")
        return "too late"

    monkeypatch.setattr("web.environment.secrets.token_urlsafe", slowly)
    assert kept_secret_key(tmp_path) == "the other one's key"


IN_MEMORY = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
REDIS = {"default": {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer"}}


@pytest.mark.parametrize(
    ("layers", "database_url", "errors"),
    [
        (IN_MEMORY, "postgis://h/name", ["schoolrun.E001"]),
        (IN_MEMORY, "", []),
        (REDIS, "postgis://h/name", []),
    ],
)
def test_several_processes_need_a_shared_channel_layer(settings, layers, database_url, errors):
    settings.CHANNEL_LAYERS = layers
    settings.ENVIRONMENT = Environment(database_url=database_url)
    assert [error.id for error in check_channel_layer(None)] == errors


def test_a_front_end_that_is_not_built_is_told(settings, tmp_path):
    settings.STATICFILES_DIRS = [tmp_path]
    assert check_built_front_end(None) == []
    settings.STATICFILES_DIRS = [tmp_path / "dist"]
    assert [warning.id for warning in check_built_front_end(None)] == ["schoolrun.W001"]


def test_the_checks_are_part_of_djangos(settings):
    settings.CHANNEL_LAYERS, settings.ENVIRONMENT = IN_MEMORY, Environment(database_url="postgis://h/name")
    assert "schoolrun.E001" in [error.id for error in run_checks()]
