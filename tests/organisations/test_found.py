"""`manage.py found`: the first organisation, its administrator, and a link that lets them in."""

import re

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from fleet.organisations.models import Kind, Organisation, Role
from fleet.people.models import User
from tests.organisations.builders import membership

pytestmark = pytest.mark.django_db


def test_the_link_that_is_printed_lets_the_administrator_in(capsys):
    call_command("found", "示范区", administrator="wang", name_en="Model", address="https://bus.example.cn/")
    link = re.search(r"https://bus\.example\.cn(/invitation/\S+/)", capsys.readouterr().out)
    assert link
    password = "a long enough password"
    Client().post(link[1], {"new_password1": password, "new_password2": password})
    first = User.objects.get(username="wang")
    assert first.check_password(password)
    held = membership(first)
    assert (held.role, held.organisation.kind, held.organisation.parent) == (
        Role.ADMINISTRATOR,
        Kind.DISTRICT,
        None,
    )


def test_a_second_top_needs_force():
    call_command("found", "示范区", administrator="wang")
    with pytest.raises(CommandError, match="--force"):
        call_command("found", "另一区", administrator="li")
    assert not User.objects.filter(username="li").exists()
    call_command("found", "另一区", administrator="li", force=True)
    assert Organisation.objects.filter(parent=None).count() == 2


def test_what_cannot_be_right_is_named_and_nothing_is_made():
    with pytest.raises(CommandError, match="username"):
        call_command("found", "示范区", administrator="with space")
    assert not Organisation.objects.exists()
