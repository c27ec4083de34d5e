"""The bar over every page: nobody is shown a link to a page that they may not open."""

from typing import NamedTuple

import rules
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from fleet.vehicles.queries import may_assign_devices
from web.person import person_of


class BarLink(NamedTuple):
    """A page of the bar, with its title in the reader's language."""

    url: str
    title: str
    is_current: bool


def navigation(request: HttpRequest) -> dict[str, object]:
    """Template variables, worked out only where a page asks for them."""
    return {"bar_links": SimpleLazyObject(lambda: bar_links(request))}


def bar_links(request: HttpRequest) -> list[BarLink]:
    """The pages that the person may open; the page that is open, or one of its family, is marked."""
    person = person_of(request)
    pages = [("live", _("Live map")), ("bus_list", _("Buses"))]
    if may_assign_devices(person):
        pages.append(("devices", _("Devices")))
    pages += [("permit_list", _("Use permits")), ("expiry_list", _("Expiry board"))]
    if rules.has_perm("regulations.change_profile", person):
        pages.append(("profile_list", _("Regulation profiles")))
    open_page = request.resolver_match.url_name or "" if request.resolver_match else ""
    return [BarLink(reverse(name), title, family(name) == family(open_page)) for name, title in pages]


def family(name: str) -> str:
    """What the names of an object's pages begin with: "bus" of "bus_list" and "bus_edit"."""
    return name.partition("_")[0].rstrip("s")
