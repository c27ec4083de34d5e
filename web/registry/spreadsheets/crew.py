"""Spreadsheets of drivers and attendants.

They are recognised by the identity number: every list on paper has it, it is of one person only, and it stays the
same with another employer or telephone. Numbers of employees are not recorded, and each employer gives its own.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fleet.grants import reach_with
from fleet.people import bulk
from fleet.people.crew import CrewMember
from fleet.people.drivers import LicenceClass
from fleet.people.identity_number import masked, normalise_identity_number
from fleet.people.models import Attendant, Driver, User
from fleet.people.queries import attendants_for, drivers_for
from web.registry.forms import EMPLOYERS
from web.registry.spreadsheets.checking import Checked
from web.registry.spreadsheets.columns import Column
from web.registry.spreadsheets.contents import Day, tidy
from web.registry.spreadsheets.modelled import (
    FieldText,
    enumeration,
    field_code,
    field_text,
    organisation_column,
    reached_organisations,
)
from web.registry.spreadsheets.subjects import Subject

MASK = "*"


@dataclass(frozen=True)
class IdentityText(FieldText):
    """An identity number; a masked one is taken as it is, for `unmask` to say whose it is. Always shown masked."""

    def parse(self, text: str) -> Any:
        """The number as it is kept, or masked."""
        return normalise_identity_number(tidy(text)) if MASK in text else super().parse(text)

    def show(self, value: str) -> str:
        """With few of its characters legible."""
        return masked(value)


def crew_columns(person: User, model: type[CrewMember]) -> list[Column]:
    """What drivers and attendants have in common."""
    name = model._meta.model_name
    legible_at = reach_with(person, f"people.view_{name}_identity")

    def identity_of(member: CrewMember) -> str:
        is_legible = member.operator_id in legible_at or member.user_id == person.pk
        return member.identity_number if is_legible else member.masked_identity_number

    employers = reached_organisations(person, f"people.change_{name}", EMPLOYERS)
    return [
        Column("name", "姓名", "Name", field_text(model, "name"), required=True, example="王师傅"),
        Column(
            "identity_number",
            "身份证号",
            "Identity number",
            IdentityText(model._meta.get_field("identity_number"), is_code=True),
            required=True,
            example="11010519491231002X",
            note=gettext_lazy(
                "A person is recognised by it. A masked number, as in an export, stands for the person of that"
                " name who is recorded with it; the number that is recorded stays."
            ),
            text_of=identity_of,
        ),
        organisation_column("operator", "所属单位", "Employer", employers, required=True),
        Column(
            "telephone",
            "联系电话",
            "Telephone",
            field_code(model, "telephone"),
            example="13800000000",
            empty="",
        ),
    ]


def driver_columns(person: User) -> Sequence[Column]:
    """The columns of a spreadsheet of drivers."""
    classes = enumeration(LicenceClass)
    return [
        *crew_columns(person, Driver),
        Column("licence_class", "准驾车型", "Licence class", classes, example=classes.choices()[0], empty=""),
        Column(
            "licence_first_issued_on", "初次领证日期", "Licence first issued", Day(), example="2010-09-01"
        ),
        Column("licence_class_since", "准驾车型取得日期", "Class held since", Day(), example="2015-05-01"),
        Column("licence_valid_until", "驾驶证有效期至", "Licence valid until", Day(), example="2030-09-01"),
    ]


def attendant_columns(person: User) -> Sequence[Column]:
    """The columns of a spreadsheet of attendants."""
    return crew_columns(person, Attendant)


def unmasking(people_for: Callable[[User, str], Any], permission: str) -> Callable[[Checked, User], None]:
    """Finds whom masked numbers mean, among the people for whom a person has a permission."""

    def unmask(checked: Checked, person: User) -> None:
        hidden = [row for row in checked.rows if MASK in row.values["identity_number"]]
        found = people_for(person, permission).filter(name__in={row.values["name"] for row in hidden})
        numbers: dict[tuple[str, str], set[str]] = {}
        for one in found if hidden else ():
            numbers.setdefault((one.name, one.masked_identity_number), set()).add(one.identity_number)
        for row in hidden:
            meant = numbers.get((row.values["name"], row.values["identity_number"]), set())
            if len(meant) == 1:
                row.values["identity_number"] = next(iter(meant))
            else:
                message = _("Nobody, or not only one, of this name has such a number. Give the whole number.")
                checked.refuse(row, "identity_number", message)

    return unmask


def itself(record: Any) -> tuple[Any]:
    """A record that is about the person whom it names."""
    return (record,)


DRIVERS = Subject(
    slug="drivers",
    sheet_zh="驾驶人",
    sheet_en="Drivers",
    title=gettext_lazy("Drivers"),
    key=("identity_number",),
    bulk=bulk.DRIVERS,
    export="people.export_driver",
    columns=driver_columns,
    records_for=drivers_for,
    list_page="driver_list",
    related=("operator",),
    complete=unmasking(drivers_for, bulk.DRIVERS.change),
    persons_of=itself,
)
ATTENDANTS = Subject(
    slug="attendants",
    sheet_zh="随车照管人员",
    sheet_en="Attendants",
    title=gettext_lazy("Attendants"),
    key=("identity_number",),
    bulk=bulk.ATTENDANTS,
    export="people.export_attendant",
    columns=attendant_columns,
    records_for=attendants_for,
    list_page="attendant_list",
    related=("operator",),
    complete=unmasking(attendants_for, bulk.ATTENDANTS.change),
    persons_of=itself,
)
