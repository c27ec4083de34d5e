import re

import msgspec
import pytest
from django.conf import settings as django_settings

from fleet.people.models import User
from web.environment import ConfigurationError, Environment, read_environment


@pytest.fixture
def archive(tmp_path, settings):
    path = tmp_path / "district.pmtiles"
    path.write_bytes(bytes(range(256)) * 40)
    settings.ENVIRONMENT = msgspec.structs.replace(django_settings.ENVIRONMENT, tiles_file=path)
    return path


@pytest.fixture
def signed_in(client, db):
    client.force_login(User.objects.create_user("coordinator"))
    return client


def test_a_piece_of_the_archive_is_served(archive, signed_in):
    answer = signed_in.get("/live/tiles.pmtiles", headers={"Range": "bytes=256-259"})
    assert (answer.status_code, answer.content) == (206, bytes([0, 1, 2, 3]))
    assert answer.headers["Content-Range"] == "bytes 256-259/10240"


@pytest.mark.parametrize("asked", ["", "bytes=10240-10250", "bytes=-5", "lines=1-2"])
def test_a_piece_that_is_not_there_is_refused_with_the_size(archive, signed_in, asked):
    answer = signed_in.get("/live/tiles.pmtiles", headers={"Range": asked})
    assert (answer.status_code, answer.headers["Content-Range"]) == (416, "bytes */10240")


def test_an_open_range_ends_with_the_archive(archive, signed_in):
    answer = signed_in.get("/live/tiles.pmtiles", headers={"Range": "bytes=10238-"})
    assert answer.content == bytes([254, 255])


def test_without_an_archive_there_is_none(signed_in):
    assert signed_in.get("/live/tiles.pmtiles", headers={"Range": "bytes=0-3"}).status_code == 404


def test_a_file_is_a_tile_source(tmp_path):
    path = tmp_path / "district.pmtiles"
    path.write_bytes(b"PMTiles")
    tiles = read_environment({"SCHOOLRUN_TILES_FILE": str(path)}).tiles
    assert tiles is not None
    assert (tiles.kind, tiles.url) == ("pmtiles", "/live/tiles.pmtiles")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ConfigurationError, match=re.escape(str(tmp_path / "none"))):
        _ = Environment(tiles_file=tmp_path / "none").tiles
