"""A browser that is signed in to the real application as a coordinator of a small district."""

from collections.abc import Iterator

import msgspec
import pytest
from playwright.sync_api import Page

from fleet.organisations.models import Kind, Role
from fleet.people.models import User
from tests.fleet.builders import organisation, person
from tests.frontend.conftest import PROJECT, browser

PASSWORD = "a long enough password"

__all__ = ["browser"]


@pytest.fixture(scope="module", autouse=True)
def async_unsafe() -> Iterator[None]:
    """Playwright keeps an event loop in the test's thread: Django is told that the test knows."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield


def with_password(someone: User) -> User:
    """Someone who can sign in."""
    someone.set_password(PASSWORD)
    someone.save()
    return someone


@pytest.fixture
def page(transactional_db, browser, live_server, settings) -> Iterator[Page]:
    """The list of buses, which is empty yet. Imports are worked on in this process: no Celery worker runs here."""
    settings.ENVIRONMENT = msgspec.structs.replace(settings.ENVIRONMENT, redis_url="")
    if not (PROJECT / "web" / "static" / "dist" / "page.js").exists():
        pytest.skip("the front end is not built")
    district = organisation(name="District")
    organisation(Kind.OPERATOR, district, "平安客运")
    organisation(Kind.SCHOOL, district, "实验小学")
    coordinator = with_password(person(Role.COORDINATOR, district))
    context = browser.new_context(base_url=live_server.url, locale="en")
    page = context.new_page()
    sign_in(page, coordinator)
    yield page
    context.close()


def sign_in(page: Page, someone: User) -> None:
    """Sign in by name and password; the list of buses opens."""
    page.goto("/sign-in/?next=/registry/buses/")
    page.fill("[name=username]", someone.username)
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/registry/buses/")
