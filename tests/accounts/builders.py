"""Builders of accounts: people with passwords and second factors, and browsers that sign in."""

from django.core.cache import cache
from django.test import Client

from fleet.organisations.models import Role
from fleet.people.models import User
from tests.fleet.builders import organisation, person
from web.accounts.models import SecurityEvent
from web.demo_second_factor import code_now, guard, new_key

PASSWORD = "a long enough password"
CHROME_ON_WINDOWS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/120.0.0.0 Safari/537.36"
)
SAFARI_ON_IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Version/17.1 Mobile/15E148 Safari/604.1"
)


def account(role: Role = Role.COORDINATOR) -> User:
    """A person with a role in a district of their own, who knows PASSWORD."""
    someone = person(role, organisation())
    someone.set_password(PASSWORD)
    someone.save()
    return someone


def guarded_account(role: Role = Role.ADMINISTRATOR) -> tuple[User, str]:
    """The same with a second factor; gives its key too."""
    someone, key = account(role), new_key()
    guard(someone.username, key)
    return someone, key


def give(client: Client, someone: User, password: str = PASSWORD, **options):
    """Give user name and password on the sign-in page."""
    return client.post("/sign-in/", {"username": someone.username, "password": password}, **options)


def give_code(client: Client, code: str):
    """Give a code on the page that follows."""
    return client.post("/sign-in/code/", {"code": code})


def fresh_code(key: str) -> str:
    """The code of now, as if it was not used yet in this half minute."""
    cache.clear()
    return code_now(key)


def signed_in(someone: User, browser: str = CHROME_ON_WINDOWS, key: str = "") -> Client:
    """A browser in which a person has signed in."""
    client = Client(headers={"user-agent": browser})
    give(client, someone)
    if key:
        give_code(client, fresh_code(key))
    assert client.session["_auth_user_id"] == str(someone.pk)
    return client


def events_of(someone: User | None) -> list[str]:
    """What the security log has of a person, oldest first."""
    return list(SecurityEvent.objects.filter(person=someone).order_by("pk").values_list("kind", flat=True))
