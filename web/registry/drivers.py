"""Drivers on the registry's pages."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from fleet.people import changes
from fleet.people.drivers import LicenceClass
from fleet.people.models import Driver, User
from fleet.people.queries import drivers_for
from web.registry.crew import CrewFilter, CrewForm, CrewTable, Judgement, may_see_identity, standing_shown
from web.registry.driver_papers import DRIVER_PAPERS
from web.registry.driver_standing import driver_lines, judged_drivers
from web.registry.register import Register


class DriverFilter(CrewFilter):
    """Drivers, narrowed down."""

    licence_class = django_filters.ChoiceFilter(choices=LicenceClass.choices, empty_label=_("All classes"))

    class Meta:
        model = Driver
        fields = ("q", "operator", "standing", "licence_class", "state")

    def judged(self, people: QuerySet[Driver]) -> dict[int, Judgement]:
        """How each stands today, by id."""
        return judged_drivers(people)


class DriverTable(CrewTable):
    """Drivers, and whether they may drive today."""

    name = tables.Column(linkify=("driver_detail", {"pk": tables.A("pk")}), order_by=("name", "pk"))
    licence_class = tables.Column(order_by=("licence_class", "name"))

    class Meta(CrewTable.Meta):
        model = Driver
        fields = ("name", "operator", "licence_class", "standing", "lapses", "state")

    def value_licence_class(self, record: Driver) -> str:
        """The letter and number alone."""
        return record.licence_class

    render_licence_class = value_licence_class

    def judged(self, people: QuerySet[Driver]) -> dict[int, Judgement]:
        """How each stands today, by id."""
        return judged_drivers(people)


class DriverForm(CrewForm):
    """The data of a driver, and why they change."""

    class Meta(CrewForm.Meta):
        model = Driver
        fields = (
            "name",
            "identity_number",
            "telephone",
            "operator",
            "licence_class",
            "licence_first_issued_on",
            "licence_class_since",
            "licence_valid_until",
        )


def standing_of_driver(driver: Driver, person: User) -> dict[str, Any]:
    """How a driver stands today, and whether the person may have the whole identity number."""
    lines = driver_lines(driver)
    return standing_shown(lines) | {"may_see_identity": may_see_identity(DRIVER_REGISTER, person, driver)}


DRIVER_REGISTER = Register(
    name="driver",
    path="drivers",
    model=Driver,
    title=_("Drivers"),
    add=_("Add a driver"),
    empty=_("No drivers yet"),
    records_for=drivers_for,
    filters=DriverFilter,
    table=DriverTable,
    form=DriverForm,
    data=(
        "operator",
        "telephone",
        "licence_class",
        "licence_first_issued_on",
        "licence_class_since",
        "licence_valid_until",
        "user",
    ),
    create=changes.create_driver,
    change=changes.change_driver,
    archive=changes.archive_member,
    restore=changes.restore_member,
    papers=DRIVER_PAPERS,
    correct_paper=changes.correct_record,
    archive_paper=changes.withdraw_record,
    more=standing_of_driver,
    detail_template="registry/crew_detail.html",
    is_personal=True,
)
