"""The demo's second factors are real, and whoever runs the demo gets past them."""

import io
import stat

import msgspec
import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client

from web.demo_second_factor import kept_key

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("logins")]


@pytest.fixture
def asked(settings):
    settings.ENVIRONMENT = msgspec.structs.replace(settings.ENVIRONMENT, require_mfa=True)


def output_of(command: str) -> str:
    told = io.StringIO()
    call_command(command, stdout=told)
    return told.getvalue()


def password(data_dir) -> str:
    return str((data_dir / "demo_password").read_text().strip())


def test_the_administrator_signs_in_with_the_code_that_is_printed(asked, own_data_dir):
    cache.clear()
    told = output_of("seed_demo")
    assert kept_key(own_data_dir) in told
    browser = Client()
    browser.post("/sign-in/", {"username": "admin", "password": password(own_data_dir)})
    assert browser.post("/sign-in/code/", {"code": output_of("demo_code").strip()})["Location"] == "/"
    assert browser.get("/").status_code == 200


def test_no_code_is_asked_where_the_installation_asks_for_none(own_data_dir):
    told = output_of("seed_demo")
    browser = Client()
    answer = browser.post("/sign-in/", {"username": "admin", "password": password(own_data_dir)})
    assert answer["Location"] == "/"
    assert "demo_code" not in told


def test_the_key_is_kept_for_its_owner_only(tmp_path):
    assert kept_key(tmp_path) == kept_key(tmp_path)
    assert stat.S_IMODE((tmp_path / "demo_second_factor").stat().st_mode) == 0o600
