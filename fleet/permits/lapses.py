"""What lapses of permits: the permits themselves, plate cards, and the deadlines of applications that are open."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Max, QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from fleet.lapses import Lapse
from fleet.permits.models import CardState, PermitState, PlateCard, Stage, UsePermit
from fleet.permits.permissions import permission_for
from fleet.permits.queries import deadlines_of, open_applications
from fleet.vehicles.models import Bus

ACT = "permits.change_usepermit"
STEP_NOTICE_DAYS = 7
"""The law gives three or five working days for a step."""


def lapses_of_permits(permits: QuerySet[UsePermit], until: date) -> Iterator[Lapse]:
    """What lapses up to a day, or has lapsed, of permits: they, the newest card of each bus, steps that are due."""
    granted = permits.filter(state=PermitState.GRANTED)
    for permit in granted.filter(valid_until__lte=until).select_related("applicant"):
        if permit.valid_until:
            belongs_to = (permit.applicant_id,)
            yield Lapse(permit, "use_permit", _("Use permit"), permit.valid_until, ACT, belongs_to)
    yield from lapses_of_cards(granted, until)
    yield from steps_due(permits, until)


def lapses_of_cards(permits: QuerySet[UsePermit], until: date) -> Iterator[Lapse]:
    """The plate card of each bus that ends last."""
    ends_on = dict(
        PlateCard.objects.filter(permit__in=permits.order_by().values("pk"), state=CardState.CURRENT)
        .order_by()
        .values_list("bus")
        .annotate(ends=Max("valid_until"))
        .filter(ends__lte=until)
    )
    for bus in Bus.objects.filter(pk__in=ends_on, archived_at=None):
        belongs_to = (bus.operator_id, bus.school_id)
        yield Lapse(bus, "plate_card", _("Plate card"), ends_on[bus.pk], ACT, belongs_to)


def steps_due(permits: QuerySet[UsePermit], until: date) -> Iterator[Lapse]:
    """The steps that can be taken now, with the last day that the law gives for each."""
    for application in open_applications(permits):
        for stage, day in deadlines_of(application).items():
            if day <= until:
                yield Lapse(
                    application.permit,
                    f"step:{application.pk}:{stage.value}",
                    format_lazy(_("Step due: {step}"), step=Stage(stage).label),
                    day,
                    permission_for(Stage(stage)),
                    (application.permit.applicant_id,),
                    STEP_NOTICE_DAYS,
                )
