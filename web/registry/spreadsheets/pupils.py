"""Spreadsheets of classes and of pupils, whom the school's own number tells apart."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fleet.organisations.models import Kind
from fleet.people.models import User
from fleet.pupils import bulk
from fleet.pupils.models import Pupil, SchoolClass
from fleet.pupils.queries import classes_for, pupils_at_school_for
from web.registry.spreadsheets.checking import Checked
from web.registry.spreadsheets.columns import Column
from web.registry.spreadsheets.contents import folded
from web.registry.spreadsheets.crew import itself
from web.registry.spreadsheets.modelled import (
    field_code,
    field_text,
    organisation_column,
    reached_organisations,
)
from web.registry.spreadsheets.subjects import Subject

SCHOOLS = (Kind.SCHOOL,)


def class_columns(person: User) -> Sequence[Column]:
    """The columns of a spreadsheet of classes."""
    schools = reached_organisations(person, bulk.CLASSES.change, SCHOOLS)
    return [
        organisation_column("school", "学校", "School", schools, required=True),
        Column(
            "name", "班级", "Class", field_text(SchoolClass, "name"), required=True, example="一年级（1）班"
        ),
    ]


def pupil_columns(person: User) -> Sequence[Column]:
    """The columns of a spreadsheet of pupils."""
    schools = reached_organisations(person, bulk.PUPILS.change, SCHOOLS)
    return [
        organisation_column("school", "学校", "School", schools, required=True),
        Column(
            "number",
            "学号",
            "Pupil number",
            field_code(Pupil, "number"),
            required=True,
            example="20260101",
            note=gettext_lazy("The school's own number; a pupil is recognised by it. No identity number."),
        ),
        Column("name", "姓名", "Name", field_text(Pupil, "name"), required=True, example="王小明"),
        Column(
            "school_class",
            "班级",
            "Class",
            field_text(SchoolClass, "name"),
            example="一年级（1）班",
            note=gettext_lazy("Its name, as it is recorded for the school."),
        ),
    ]


def find_classes(checked: Checked, person: User) -> None:
    """Put the class of its school in the place of each name; a name that the school does not know is a problem."""
    schools = {row.values["school"] for row in checked.rows}
    known = {
        (one.school_id, folded(one.name)): one
        for one in classes_for(person).current().filter(school__in=schools)
    }
    for row in list(checked.rows):
        name = row.values.get("school_class")
        if not name:
            continue
        found = known.get((row.values["school"].pk, folded(name)))
        if found is None:
            checked.refuse(row, "school_class", _("The school has no class “%s”. Add it first.") % name)
        row.values["school_class"] = found


CLASSES = Subject(
    slug="classes",
    sheet_zh="班级",
    sheet_en="Classes",
    title=gettext_lazy("Classes"),
    key=("school", "name"),
    bulk=bulk.CLASSES,
    export=bulk.CLASSES.change,
    columns=class_columns,
    records_for=classes_for,
    list_page="schoolclass_list",
    related=("school",),
)
PUPILS = Subject(
    slug="pupils",
    sheet_zh="学生",
    sheet_en="Pupils",
    title=gettext_lazy("Pupils"),
    key=("school", "number"),
    bulk=bulk.PUPILS,
    export="pupils.export_pupil",
    columns=pupil_columns,
    records_for=pupils_at_school_for,
    list_page="pupil_list",
    related=("school", "school_class"),
    is_known_for_ever=True,
    complete=find_classes,
    persons_of=itself,
)
