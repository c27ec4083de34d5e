"""Reads: what the checks of attendants say; of any number of attendants in as many queries as of one."""

from collections import defaultdict
from datetime import date

from django.db.models import QuerySet

from fleet.people.attendants import Attendant, AttendantCheck, CheckKind
from fleet.people.standing import State


def newest_checks(attendants: QuerySet[Attendant], day: date) -> dict[int, dict[str, AttendantCheck]]:
    """The newest check of each kind on a day, by attendant."""
    newest: dict[int, dict[str, AttendantCheck]] = defaultdict(dict)
    of_them = AttendantCheck.objects.current().filter(attendant__in=attendants.order_by().values("pk"))
    for check in of_them.filter(done_on__lte=day).order_by("done_on", "pk"):
        newest[check.attendant_id][check.kind] = check
    return newest


def check_states(checks: dict[str, AttendantCheck], day: date) -> dict[str, State]:
    """For each kind whether the newest check was passed and is still valid; unknown where there is none."""
    states = dict.fromkeys(CheckKind.values, State.UNKNOWN)
    for kind, check in checks.items():
        good = check.passed and (check.valid_until is None or day <= check.valid_until)
        states[kind] = State.MET if good else State.NOT_MET
    return states
