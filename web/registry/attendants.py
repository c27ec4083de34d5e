"""Attendants on the registry's pages."""

from datetime import date
from typing import Any

import django_tables2 as tables
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fleet.people import changes
from fleet.people.attendants import CheckKind
from fleet.people.checks import check_states, newest_checks
from fleet.people.models import Attendant, AttendantCheck, User
from fleet.people.queries import attendants_for
from fleet.people.standing import Reason, State
from fleet.people.words import REASONS
from web.registry.crew import (
    CrewFilter,
    CrewForm,
    CrewTable,
    Judgement,
    Line,
    may_see_identity,
    standing_shown,
    verdict_of,
)
from web.registry.papers import Paper
from web.registry.register import Register
from web.registry.sections import Link


def judged_attendants(attendants: QuerySet[Attendant]) -> dict[int, Judgement]:
    """How each attendant stands today, by id."""
    today = timezone.localdate()
    checks = newest_checks(attendants, today)
    pks = attendants.order_by().values_list("pk", flat=True)
    return {pk: judged(checks.get(pk, {}), today) for pk in pks}


def judged(checks: dict[str, AttendantCheck], day: date) -> Judgement:
    """How an attendant stands on a day, by the newest check of each kind."""
    states = list(check_states(checks, day).values())
    ends = [(one.valid_until, one.get_kind_display()) for one in checks.values() if one.valid_until]
    next_on, next_what = min(ends, default=(None, ""))
    not_met, unknown = states.count(State.NOT_MET), states.count(State.UNKNOWN)
    return Judgement(verdict_of(states), not_met, unknown, next_what, next_on)


def attendant_lines(attendant: Attendant) -> list[Line]:
    """Each kind of check with its state."""
    today = timezone.localdate()
    checks = newest_checks(Attendant.objects.filter(pk=attendant.pk), today).get(attendant.pk, {})
    page = reverse("attendant_paper_new", args=[attendant.pk, "checks"])
    return [
        Line(
            title=CheckKind(kind).label,
            state=state,
            reason=reason(checks.get(kind), state),
            shown_on=checks[kind].done_on if kind in checks else None,
            evidence=checks[kind].evidence if kind in checks else "",
            link=Link(f"{page}?kind={kind}", _("Record")),
        )
        for kind, state in check_states(checks, today).items()
    ]


def reason(check: AttendantCheck | None, state: State) -> str:
    """Why a check is in its state."""
    if check is None:
        return str(REASONS[Reason.NOT_RECORDED])
    if state == State.MET:
        return str(REASONS[Reason.FULFILLED])
    if not check.passed:
        return str(REASONS[Reason.AGAINST]) % {"day": check.done_on}
    return str(REASONS[Reason.LAPSED]) % {"until": check.valid_until}


class AttendantFilter(CrewFilter):
    """Attendants, narrowed down."""

    class Meta:
        model = Attendant
        fields = ("q", "operator", "standing", "state")

    def judged(self, people: QuerySet[Attendant]) -> dict[int, Judgement]:
        """How each stands today, by id."""
        return judged_attendants(people)


class AttendantTable(CrewTable):
    """Attendants, and whether they may go along today."""

    name = tables.Column(linkify=("attendant_detail", {"pk": tables.A("pk")}), order_by=("name", "pk"))

    class Meta(CrewTable.Meta):
        model = Attendant
        fields = ("name", "operator", "standing", "lapses", "state")

    def judged(self, people: QuerySet[Attendant]) -> dict[int, Judgement]:
        """How each stands today, by id."""
        return judged_attendants(people)


class AttendantForm(CrewForm):
    """The data of an attendant, and why they change."""

    class Meta(CrewForm.Meta):
        model = Attendant
        fields = ("name", "identity_number", "telephone", "operator")


def standing_of_attendant(attendant: Attendant, person: User) -> dict[str, Any]:
    """How an attendant stands today, and whether the person may have the whole identity number."""
    lines = attendant_lines(attendant)
    return standing_shown(lines) | {
        "may_see_identity": may_see_identity(ATTENDANT_REGISTER, person, attendant)
    }


CHECKS = Paper(
    slug="checks",
    title=gettext_lazy("Checks"),
    add=gettext_lazy("Record a check"),
    empty=gettext_lazy("No check is recorded: training, health and background are needed."),
    model=AttendantCheck,
    owner="attendant",
    shown=("kind", "done_on", "passed", "valid_until", "evidence"),
    asked=("kind", "done_on", "passed", "valid_until", "evidence", "document"),
    record=changes.record_attendant_check,
)

ATTENDANT_REGISTER = Register(
    name="attendant",
    path="attendants",
    model=Attendant,
    title=gettext_lazy("Attendants"),
    add=gettext_lazy("Add an attendant"),
    empty=gettext_lazy("No attendants yet"),
    records_for=attendants_for,
    filters=AttendantFilter,
    table=AttendantTable,
    form=AttendantForm,
    data=("operator", "telephone", "user"),
    create=changes.create_attendant,
    change=changes.change_attendant,
    archive=changes.archive_member,
    restore=changes.restore_member,
    papers=(CHECKS,),
    correct_paper=changes.correct_record,
    archive_paper=changes.withdraw_record,
    more=standing_of_attendant,
    detail_template="registry/crew_detail.html",
    is_personal=True,
)
