"""The way from the page of a record to its safety report."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from fleet.organisations.models import Organisation
from fleet.people.models import Driver, User
from fleet.reports.periods import MONTH
from fleet.reports.subjects import SubjectKind, subject_of, subjects_for
from fleet.routes.models import Route
from fleet.vehicles.models import Bus

KINDS = {Bus: SubjectKind.BUS, Driver: SubjectKind.DRIVER, Route: SubjectKind.ROUTE}


def report_address(person: User, record: Any, day: date) -> str:
    """Where the report of a record is, of the month of a day; nowhere where a person may read none of it.

    Args:
        person: who reads.
        record: a bus, a driver, a route or an organisation; of others there are no reports.
        day: in the month.
    """
    kind = subject_of(record).kind if isinstance(record, Organisation) else KINDS.get(type(record))
    if kind is None or not subjects_for(person, kind).filter(pk=record.pk).exists():
        return ""
    asked = {"of": f"{kind.value}:{record.pk}", "kind": kind.value, "period": MONTH, "day": day.isoformat()}
    return f"{reverse('report')}?{urlencode(asked)}"
