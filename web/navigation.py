"""The bar over every page: nobody is shown a link to a page that they may not open."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

import rules
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from fleet.grants import GRANTS, permissions_anywhere
from fleet.people.models import Attendant, Driver, User
from fleet.pupils.queries import children_of, classes_taught
from fleet.vehicles.permissions import ASSIGN_DEVICE
from web.person import person_of


class Page(NamedTuple):
    """A page that the bar leads to, by the name of its address; for everybody where no permission is named."""

    name: str
    title: str | Promise
    permission: str = ""


class Menu(NamedTuple):
    """Pages under one entry of the bar."""

    title: str | Promise
    pages: tuple[Page, ...]


BAR: tuple[Page | Menu, ...] = (
    Page("live", _("Live map")),
    Menu(
        _("Alarms"),
        (
            Page("alarm_list", _("Alarm queue"), "alarms.view_alarm"),
            Page("alarm_load", _("Alarm load"), "alarms.view_alarm"),
            Page("alarm_suppressions", _("Suppressions"), "alarms.view_suppression"),
        ),
    ),
    Page("trip_list", _("Trips"), "trips.view_trip"),
    Page("dispatch_board", _("Dispatch"), "dispatch.view_gatecheck"),
    Page("report", _("Reports"), "reports.view_report"),
    Menu(
        _("Registry"),
        (
            Page("organisation_list", _("Organisations"), "organisations.view_organisation"),
            Page("bus_list", _("Buses"), "vehicles.view_bus"),
            Page("driver_list", _("Drivers"), "people.view_driver"),
            Page("duty_list", _("Driving times"), "duty.view_dutylog"),
            Page("attendant_list", _("Attendants"), "people.view_attendant"),
            Page("route_list", _("Routes"), "routes.view_route"),
            Page("stop_map", _("Stops"), "routes.view_stop"),
            Page("inspection_here", _("Inspect stops"), "routes.inspect_stop"),
            Page("calendar_list", _("School calendars"), "routes.view_term"),
            Page("lowvisibility_list", _("Low visibility"), "routes.view_lowvisibility"),
            Page("devices", _("Devices"), ASSIGN_DEVICE),
            Page("import_list", _("Import and export"), "vehicles.export_bus"),
        ),
    ),
    Menu(
        _("Pupils"),
        (
            Page("pupil_list", _("Pupils"), "pupils.view_pupil"),
            Page("schoolclass_list", _("Classes"), "pupils.view_schoolclass"),
            Page("schoolfamily_list", _("Families"), "pupils.link_guardian"),
        ),
    ),
    Page("permit_list", _("Use permits"), "permits.view_usepermit"),
    Page("expiry_list", _("Expiry board"), "vehicles.view_bus"),
    Menu(
        _("Administration"),
        (
            Page("person_list", _("People and roles"), "people.view_user"),
            Page("profile_list", _("Regulation profiles"), "regulations.change_profile"),
            Page("access_log", _("Access log"), "audit.view_accessrecord"),
        ),
    ),
)


class BarLink(NamedTuple):
    """A page of the bar."""

    url: str
    title: str | Promise
    is_current: bool


class BarMenu(NamedTuple):
    """An entry of the bar that opens."""

    title: str | Promise
    links: list[BarLink]

    @property
    def is_current(self) -> bool:
        """Whether the page that is open is one of its own."""
        return any(link.is_current for link in self.links)


def navigation(request: HttpRequest) -> dict[str, object]:
    """Template variables, worked out only where a page asks for them."""
    return {"bar": SimpleLazyObject(lambda: bar(request))}


def bar(request: HttpRequest) -> list[BarLink | BarMenu]:
    """What the person may open; the page that is open, or one of its family, is marked."""
    person = person_of(request)
    open_page = request.resolver_match.url_name or "" if request.resolver_match else ""
    may_open = opener(person)

    def links(pages: Iterable[Page]) -> list[BarLink]:
        return [
            BarLink(reverse(page.name), page.title, family(page.name) == family(open_page))
            for page in pages
            if may_open(page.permission)
        ]

    entries: list[BarLink | BarMenu] = []
    for one in BAR:
        if isinstance(one, Page):
            entries += links([one])
        elif found := links(one.pages):
            entries.append(BarMenu(one.title, found))
    return entries if may_open("people.view_driver") else entries + own_records(person, request.path)


def opener(person: User) -> Callable[[str], bool]:
    """Tells by the name of a permission whether the person has it for anything; all grants in one query."""
    held = permissions_anywhere(person)

    def may_open(permission: str) -> bool:
        if not permission or permission in GRANTS:
            return not permission or permission in held
        return bool(rules.has_perm(permission, person))

    return may_open


def own_records(person: User, path: str) -> list[BarLink | BarMenu]:
    """What a person has as guardian, teacher, driver or attendant: their children, classes and record."""
    found: list[BarLink | BarMenu] = []
    if children_of(person).exists():
        url = reverse("family")
        found.append(BarLink(url, _("My child's bus"), path.startswith(url)))
    for taught in classes_taught(person).current():
        url = reverse("class_today", args=[taught.pk])
        found.append(BarLink(url, str(taught), url == path))
    return found + crew_records(person, path)


def crew_records(person: User, path: str) -> list[BarLink | BarMenu]:
    """What a person has as driver or attendant: their trips, record and driving times."""
    drives, attends = (
        list(model.objects.current().filter(user=person).values_list("pk", flat=True))
        for model in (Driver, Attendant)
    )
    pages: list[tuple[str, str | Promise, list[int]]] = []
    if drives or attends:
        pages.append(("crew_trips", _("My trips"), []))
    pages += [
        page
        for pk in drives
        for page in (("driver_detail", _("My record"), [pk]), ("duty_driver", _("My driving times"), [pk]))
    ]
    pages += [("attendant_detail", _("My record"), [pk]) for pk in attends]
    links = ((reverse(name, args=args), title) for name, title, args in pages)
    return [BarLink(url, title, path.startswith(url)) for url, title in links]


def family(name: str) -> str:
    """What the names of an object's pages begin with: "bus" of "bus_list" and "bus_edit"."""
    return name.partition("_")[0].rstrip("s")
