"""Who usually runs a bus: the crew that a trip is planned with until somebody says otherwise."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from fleet.records import refuse_wrong_order
from fleet.vehicles.upkeep import BusRecord


class CrewAssignment(BusRecord):
    """The usual driver and attendant of a bus, for some time.

    Attributes:
        route: where the bus has another crew on each route; empty for the crew of all others.
        valid_until: the last day; empty while no end is known.
    """

    driver = models.ForeignKey(
        "people.Driver", models.PROTECT, related_name="crew_assignments", verbose_name=_("driver")
    )
    attendant = models.ForeignKey(
        "people.Attendant",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="crew_assignments",
        verbose_name=_("attendant"),
    )
    route = models.ForeignKey(
        "routes.Route",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="crew_assignments",
        verbose_name=_("route"),
    )
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    class Meta:
        verbose_name = _("usual crew")
        verbose_name_plural = _("usual crews")
        ordering = ("-valid_from", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="crew_ends_after_start",
            )
        ]

    def __str__(self) -> str:
        return f"{self.bus} · {self.driver}"

    def clean(self) -> None:
        """The crew works for whoever runs the bus, and the bus has one at a time on each route."""
        refuse_wrong_order(self.valid_from, self.valid_until)
        self.refuse_strangers()
        self.refuse_second_crew()

    def refuse_strangers(self) -> None:
        """Refuse people who work for somebody else.

        Raises:
            ValidationError: naming the driver or the attendant.
        """
        employers = (self.bus.operator_id, self.bus.school_id)
        for name in ("driver", "attendant"):
            chosen = getattr(self, name, None)
            if chosen and chosen.operator_id not in employers:
                raise ValidationError({name: _("This person works neither for the operator nor the school.")})

    def refuse_second_crew(self) -> None:
        """Refuse a time in which the bus has a crew on that route already.

        Raises:
            ValidationError: naming the day on which it begins, and the crew in the way.
        """
        if getattr(self, "valid_from", None) is None:
            return
        others = CrewAssignment.objects.current().filter(bus=self.bus_id, route=self.route_id)
        others = others.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=self.valid_from))
        if self.valid_until:
            others = others.filter(valid_from__lte=self.valid_until)
        other = others.exclude(pk=self.pk).select_related("driver").first()
        if other:
            told = _("%(driver)s is the usual driver from %(day)s on. End that first.")
            raise ValidationError({"valid_from": told % {"driver": other.driver, "day": other.valid_from}})
