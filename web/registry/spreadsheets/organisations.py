"""Spreadsheets of organisations: schools and operators, and what they belong to."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from fleet.organisations.bulk import ORGANISATIONS as BULK
from fleet.organisations.directory import organisations_for
from fleet.organisations.models import Kind, Organisation, SchoolStage
from fleet.organisations.permissions import EXPORT_ORGANISATION
from fleet.people.models import User
from web.registry.spreadsheets.columns import Column
from web.registry.spreadsheets.modelled import (
    enumeration,
    field_text,
    organisation_column,
    reached_organisations,
)
from web.registry.spreadsheets.subjects import Subject


def organisation_columns(person: User) -> Sequence[Column]:
    """The columns of a spreadsheet of organisations."""
    above = reached_organisations(person, BULK.change)
    kinds, stages = enumeration(Kind), enumeration(SchoolStage)
    return [
        organisation_column("parent", "所属机构", "Belongs to", above, required=True),
        Column("kind", "类别", "Kind", kinds, required=True, example=kinds.choices()[1]),
        Column(
            "name",
            "名称",
            "Name",
            field_text(Organisation, "name"),
            required=True,
            example="第二实验小学",
            note=_("An organisation is recognised by its name, its kind and what it belongs to."),
        ),
        Column("name_en", "英文名称", "English name", field_text(Organisation, "name_en"), empty=""),
        Column(
            "stage",
            "学段",
            "Stage",
            stages,
            example=stages.choices()[1],
            empty="",
            note=_("Of schools only."),
        ),
    ]


ORGANISATIONS = Subject(
    slug="organisations",
    sheet_zh="机构",
    sheet_en="Organisations",
    title=_("Organisations"),
    key=("parent", "kind", "name"),
    bulk=BULK,
    export=EXPORT_ORGANISATION,
    columns=organisation_columns,
    records_for=organisations_for,
    list_page="organisation_list",
    related=("parent",),
    is_known_for_ever=True,
)
