"""What a pupil's page shows, section by section, to whom it is shown, and what each may do there."""

from collections.abc import Iterable
from typing import Any

import rules
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _

from fleet.people.models import User
from fleet.pupils.consents import Purpose
from fleet.pupils.corrections import Outcome
from fleet.pupils.disclosure import retention_note
from fleet.pupils.models import Absence, Pupil, StopAssignment
from fleet.pupils.periods import WEEKDAYS
from fleet.pupils.permissions import is_entrusted_with
from fleet.pupils.queries import (
    accesses_of,
    authorised_adults,
    consents,
    guardianships_of,
    open_link_codes,
    week_of,
)
from web.pupils.words import weekday_names
from web.registry.sections import NOT_RECORDED, Link, Row, Section, written

MOST_ROWS = 20


def page_of_pupil(pupil: Pupil, person: User) -> dict[str, Any]:
    """What the page shows besides the data: whom the child lives with only to those who answer for the child."""

    def may(action: str) -> bool:
        return not pupil.archived_at and bool(rules.has_perm(f"pupils.{action}", person, pupil))

    sections = [
        week_section(pupil),
        stops_section(pupil, may_assign=may("assign_stop")),
        absences_section(pupil, may_report=may("report_absence")),
    ]
    keeps = bool(rules.has_perm("pupils.change_pupil", person, pupil))
    if keeps or is_entrusted_with(person, pupil):
        sections.append(adults_section(pupil, may_change=may("change_authorised_adult")))
        sections.append(guardians_section(pupil, may_link=may("link_guardian")))
    if keeps:
        sections += [codes_section(pupil), corrections_section(pupil), accesses_section(pupil)]
    return {
        "sections": sections,
        "may_report": may("report_absence"),
        "retention": retention_note(),
    }


def week_section(pupil: Pupil) -> Section:
    """The stops by weekday, as they hold today."""
    return Section(
        slug="week",
        title=_("Stops by weekday"),
        headers=[_("Direction"), *(str(WEEKDAYS_ABBR[weekday]) for weekday in WEEKDAYS)],
        rows=[
            Row([str(row.direction.label), *(str(one.stop) if one else NOT_RECORDED for one in row.stops)])
            for row in week_of(pupil, timezone.localdate())
        ],
        empty="",
    )


def stops_section(pupil: Pupil, *, may_assign: bool) -> Section:
    """Every stop that holds or will hold, and when."""
    today = timezone.localdate()
    held = pupil.stop_assignments.filter(archived_at=None).select_related("stop", "pattern__route")
    return Section(
        slug="stops",
        title=_("Stops"),
        headers=[_("Stop"), _("Route"), _("Weekdays"), _("Valid from"), _("Valid until")],
        rows=[
            stop_row(one, may_end=may_assign)
            for one in held
            if not one.valid_until or one.valid_until >= today
        ],
        empty=_("No stop yet: the pupil is on no bus's list."),
        add=Link(reverse("pupil_stop_new", args=[pupil.pk]), _("Give a stop")) if may_assign else None,
    )


def stop_row(one: StopAssignment, *, may_end: bool) -> Row:
    """A stop of a pupil."""
    cells = [
        str(one.stop),
        str(one.pattern),
        weekday_names(one.weekdays),
        written(one.valid_from),
        written(one.valid_until),
    ]
    links = [Link(reverse("pupil_stop_end", args=[one.pupil_id, one.pk]), _("End"))] if may_end else []
    return Row(cells, links)


def absences_section(pupil: Pupil, *, may_report: bool) -> Section:
    """The newest absences, and those to come."""
    found = pupil.absences.filter(archived_at=None).select_related("reported_by")
    rows = list(found[: MOST_ROWS + 1])
    return Section(
        slug="absences",
        title=_("Absences"),
        headers=[_("Days"), _("Direction"), _("Reason"), _("Reported by"), _("Reported")],
        rows=[absence_row(one, may_report=may_report) for one in rows[:MOST_ROWS]],
        empty=_("None is reported."),
        add=Link(reverse("pupil_absence_new", args=[pupil.pk]), _("Report an absence"))
        if may_report
        else None,
        is_cut=len(rows) > MOST_ROWS,
    )


def absence_row(one: Absence, *, may_report: bool) -> Row:
    """An absence."""
    days = written(one.first_day)
    if one.last_day != one.first_day:
        days = f"{days} – {written(one.last_day)}"
    reported = written(one.reported_at)
    cells = [
        days,
        one.get_direction_display() if one.direction else _("Both"),
        written(one.reason),
        str(one.reported_by),
        f"{reported} · {_('late')}" if one.is_late else reported,
    ]
    is_open = one.last_day >= timezone.localdate()
    address = reverse("pupil_absence_withdraw", args=[one.pupil_id, one.pk])
    return Row(cells, [Link(address, _("Take back"))] if may_report and is_open else [])


def adults_section(pupil: Pupil, *, may_change: bool) -> Section:
    """Who may collect the pupil."""

    def links(pk: int) -> Iterable[Link]:
        yield Link(reverse("pupil_adult_edit", args=[pupil.pk, pk]), _("Change"))
        yield Link(reverse("pupil_adult_remove", args=[pupil.pk, pk]), _("Remove"))

    return Section(
        slug="adults",
        title=_("Who may collect the pupil"),
        headers=[_("Name"), _("Relation"), _("Telephone")],
        rows=[
            Row(
                [one.name, written(one.relation), written(one.telephone)],
                list(links(one.pk)) if may_change else [],
            )
            for one in authorised_adults(pupil)
        ],
        empty=_("Nobody besides the guardians."),
        add=Link(reverse("pupil_adult_new", args=[pupil.pk]), _("Add an adult")) if may_change else None,
    )


def guardians_section(pupil: Pupil, *, may_link: bool) -> Section:
    """Who is linked, and what they have consented to."""
    rows = []
    for link in guardianships_of(pupil):
        given = [Purpose(one.purpose).label for one in consents(link.guardian, pupil) if one.is_given]
        cells = [
            str(link.guardian),
            str(link.get_relation_display()),
            written(link.guardian.telephone),
            ", ".join(map(str, given)) or NOT_RECORDED,
        ]
        end = Link(reverse("pupil_link_end", args=[pupil.pk, link.pk]), _("End the link"))
        rows.append(Row(cells, [end] if may_link else []))
    return Section(
        slug="guardians",
        title=_("Guardians"),
        headers=[_("Name"), _("Relation"), _("Telephone"), _("Consents")],
        rows=rows,
        empty=_("No guardian is linked yet. Print a slip with a code and give it to the child."),
        add=Link(reverse("pupil_slip", args=[pupil.pk]), _("Print a slip")) if may_link else None,
    )


def codes_section(pupil: Pupil) -> Section:
    """The codes that are out and not used."""
    rows = [
        Row([written(one.made_at), str(one.made_by), written(one.expires_at)])
        for one in open_link_codes(pupil)
    ]
    void = Link(reverse("pupil_codes_void", args=[pupil.pk]), _("Void them"))
    return Section(
        slug="codes",
        title=_("Codes that are not used"),
        headers=[_("Made"), _("Made by"), _("Good until")],
        rows=rows,
        empty=_("None is out."),
        add=void if rows else None,
    )


def corrections_section(pupil: Pupil) -> Section:
    """What guardians have asked to be corrected or deleted."""
    rows = []
    for one in pupil.correction_requests.select_related("asked_by")[:MOST_ROWS]:
        cells = [
            written(one.asked_at),
            str(one.asked_by),
            one.wish,
            str(one.get_outcome_display()),
            written(one.answer),
        ]
        answer = Link(reverse("pupil_correction_answer", args=[pupil.pk, one.pk]), _("Answer"))
        rows.append(Row(cells, [answer] if one.outcome == Outcome.OPEN else []))
    return Section(
        slug="corrections",
        title=_("Requests to correct or delete"),
        headers=[_("Asked"), _("By"), _("Request"), _("Outcome"), _("Answer")],
        rows=rows,
        empty=_("Guardians have asked for nothing."),
    )


def accesses_section(pupil: Pupil) -> Section:
    """Who looked at the record."""
    found = list(accesses_of(pupil)[: MOST_ROWS + 1])
    return Section(
        slug="accesses",
        title=_("Who looked at this record"),
        headers=[_("Time"), _("Person"), _("How"), _("Purpose")],
        rows=[
            Row([written(one.at), str(one.person), str(one.get_action_display()), written(one.purpose)])
            for one in found[:MOST_ROWS]
        ],
        empty=_("Nobody yet."),
        is_cut=len(found) > MOST_ROWS,
    )
