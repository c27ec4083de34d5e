"""Use permits with their applications, and plate cards."""

from datetime import date

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from fleet.permits import procedure
from fleet.records import Record, document_field, not_in_future, refuse_wrong_order


class PermitState(models.TextChoices):
    """How far a permit is."""

    APPLIED = "applied", _("Applied for")
    GRANTED = "granted", _("Granted")
    REFUSED = "refused", _("Refused")
    REVOKED = "revoked", _("Revoked")
    VOID = "void", _("Recorded by mistake")


class UsePermit(Record):
    """The permission to use buses as school buses (校车安全管理条例 Art 14–15)."""

    applicant = models.ForeignKey(
        "organisations.Organisation",
        models.PROTECT,
        related_name="use_permits",
        verbose_name=_("applicant"),
        limit_choices_to={"kind__in": ("school", "operator")},
    )
    buses = models.ManyToManyField("vehicles.Bus", related_name="use_permits", verbose_name=_("buses"))
    state = models.CharField(
        _("state"), max_length=8, choices=PermitState, default=PermitState.APPLIED, editable=False
    )
    number = models.CharField(_("number"), max_length=64, blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    revoked_on = models.DateField(_("revoked"), null=True, blank=True, validators=[not_in_future])
    revocation_reason = models.TextField(_("why it is revoked"), blank=True)

    class Meta:
        verbose_name = _("use permit")
        verbose_name_plural = _("use permits")
        ordering = ("-pk",)
        constraints = [
            models.UniqueConstraint(
                fields=["number"],
                condition=~Q(number=""),
                name="permit_number_once",
                violation_error_message=_("There is a permit of this number already."),
            ),
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("valid_from")) | Q(valid_until__isnull=True),
                name="permit_ends_after_start",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("granted", "revoked"))
                | (~Q(number="") & Q(valid_from__isnull=False, valid_until__isnull=False)),
                name="permit_granted_for_a_time",
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"{self.applicant} · {self.get_state_display()}"

    def clean(self) -> None:
        """A permit that was granted has a number and a period, in order."""
        refuse_wrong_order(self.valid_from, self.valid_until)
        if self.state == PermitState.GRANTED:
            missing = [name for name in ("number", "valid_from", "valid_until") if not getattr(self, name)]
            if missing:
                raise ValidationError({name: _("A permit that is granted needs this.") for name in missing})


class ApplicationKind(models.TextChoices):
    """What is applied for (机动车登记规定 Art 61, 64)."""

    PERMIT = procedure.Kind.PERMIT.value, _("Use permit")
    ROUTE = procedure.Kind.ROUTE.value, _("Change of the route")
    TIMES = procedure.Kind.TIMES.value, _("Change of the times")
    STOPS = procedure.Kind.STOPS.value, _("Change of the stops")
    VEHICLE = procedure.Kind.VEHICLE.value, _("Change of the vehicle")
    OWNER = procedure.Kind.OWNER.value, _("Change of the owner")
    DRIVER = procedure.Kind.DRIVER.value, _("Change of the driver")


class Stage(models.TextChoices):
    """A step of the procedure (校车安全管理条例 Art 15)."""

    APPLIED = procedure.Stage.APPLIED.value, _("Applied to the education department")
    CONSULTED = procedure.Stage.CONSULTED.value, _("Sent to police and transport department")
    POLICE_REPLY = procedure.Stage.POLICE_REPLY.value, _("Reply of the police")
    TRANSPORT_REPLY = procedure.Stage.TRANSPORT_REPLY.value, _("Reply of the transport department")
    OPINION = procedure.Stage.OPINION.value, _("Opinion of the education department")
    DECISION = procedure.Stage.DECISION.value, _("Decision of the government")


class DocumentKind(models.TextChoices):
    """What an application rests on (校车安全管理条例 Art 14)."""

    CONFORMITY = procedure.Document.CONFORMITY.value, _("Vehicle's conformity with the standard")
    INSPECTION = procedure.Document.INSPECTION.value, _("Inspection certificate")
    REGISTRATION = procedure.Document.REGISTRATION.value, _("Vehicle registration")
    DRIVER_QUALIFICATION = procedure.Document.DRIVER_QUALIFICATION.value, _("Driver's qualification")
    OPERATING_PLAN = (
        procedure.Document.OPERATING_PLAN.value,
        _("Operating plan with routes, times and stops"),
    )
    SAFETY_SYSTEM = procedure.Document.SAFETY_SYSTEM.value, _("Safety management system")
    LIABILITY_INSURANCE = procedure.Document.LIABILITY_INSURANCE.value, _("Carrier's liability insurance")


class Application(Record):
    """An application for a permit, or for the change of something that a plate card names."""

    permit = models.ForeignKey(
        UsePermit, models.PROTECT, related_name="applications", verbose_name=_("use permit")
    )
    kind = models.CharField(_("applied for"), max_length=8, choices=ApplicationKind)
    bus = models.ForeignKey(
        "vehicles.Bus",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("bus"),
        help_text=_("The bus whose plate card changes."),
    )
    new_bus = models.ForeignKey(
        "vehicles.Bus",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("new bus"),
        help_text=_("The bus that takes its place, where the vehicle changes."),
    )
    details = models.TextField(_("what is applied for"), blank=True)
    approved = models.BooleanField(_("approved"), null=True, editable=False)

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.permit} · {self.get_kind_display()}"

    def clean(self) -> None:
        """A change says of which bus, and a change of the vehicle also by which."""
        is_change = self.kind != ApplicationKind.PERMIT
        if is_change and not self.bus:
            raise ValidationError({"bus": _("Say whose plate card changes.")})
        if is_change and not self.details.strip():
            raise ValidationError({"details": _("Say what is to change, and to what.")})
        if (self.kind == ApplicationKind.VEHICLE) != bool(self.new_bus):
            raise ValidationError(
                {"new_bus": _("Name the new bus where the vehicle changes, and only then.")}
            )

    def days_done(self) -> dict[procedure.Stage, date]:
        """The day of each step that is done."""
        return {procedure.Stage(step.stage): step.done_on for step in self.steps.all()}


class ApplicationStep(Record):
    """A step that was taken."""

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="steps", verbose_name=_("application")
    )
    stage = models.CharField(_("step"), max_length=16, choices=Stage)
    done_on = models.DateField(_("done"), validators=[not_in_future])
    due_on = models.DateField(_("due"), null=True, blank=True)
    favourable = models.BooleanField(_("in favour"))
    note = models.TextField(_("outcome"), blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )

    class Meta:
        verbose_name = _("step of an application")
        verbose_name_plural = _("steps of applications")
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=["application", "stage"], name="step_once_per_application")
        ]

    def __str__(self) -> str:
        return f"{self.application} · {self.get_stage_display()}"

    @property
    def was_late(self) -> bool:
        """Whether it was done after its deadline."""
        return self.due_on is not None and self.done_on > self.due_on

    def clean(self) -> None:
        """Who is against it says why."""
        if not self.favourable and not self.note.strip():
            raise ValidationError({"note": _("Give the reason.")})


class DocumentState(models.TextChoices):
    """Whether a document will do."""

    RECEIVED = "received", _("Received")
    ACCEPTED = "accepted", _("Accepted")
    REJECTED = "rejected", _("Rejected")


class ApplicationDocument(Record):
    """A document of an application; one that was rejected is replaced by handing in another."""

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="documents", verbose_name=_("application")
    )
    kind = models.CharField(_("kind"), max_length=24, choices=DocumentKind)
    received_on = models.DateField(_("received"), validators=[not_in_future])
    document = document_field("permits")
    state = models.CharField(_("state"), max_length=8, choices=DocumentState, default=DocumentState.RECEIVED)
    judged_on = models.DateField(_("judged"), null=True, blank=True, validators=[not_in_future])
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("document of an application")
        verbose_name_plural = _("documents of applications")
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.application} · {self.get_kind_display()}"

    @property
    def answers_to(self) -> int:
        """Id of the organisation that answers for the record."""
        return self.application.permit.applicant_id

    def clean(self) -> None:
        """It is judged after it came, and rejected for a reason."""
        refuse_wrong_order(self.received_on, self.judged_on, "judged_on")
        if self.state == DocumentState.REJECTED and not self.note.strip():
            raise ValidationError({"note": _("Say why it is rejected.")})


class CardState(models.TextChoices):
    """Whether a plate card may be used."""

    CURRENT = "current", _("Current")
    REPLACED = "replaced", _("Replaced")
    LOST = "lost", _("Lost")
    RETURNED = "returned", _("Returned")
    REVOKED = "revoked", _("Revoked")
    VOID = "void", _("Recorded by mistake")


class PlateCard(Record):
    """The card behind the windscreen: it names what was approved (校车安全管理条例 Art 16).

    A bus has one current card on any day.
    """

    one_at_a_time = ("bus",)
    over_in = tuple(state.value for state in CardState if state != CardState.CURRENT)

    permit = models.ForeignKey(
        UsePermit, models.PROTECT, related_name="plate_cards", verbose_name=_("use permit")
    )
    bus = models.ForeignKey("vehicles.Bus", models.PROTECT, related_name="plate_cards", verbose_name=_("bus"))
    application = models.ForeignKey(
        Application,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="plate_cards",
        verbose_name=_("application"),
    )
    number = models.CharField(
        _("number"),
        max_length=32,
        unique=True,
        error_messages={"unique": _("There is a card of this number already.")},
    )
    plate = models.CharField(_("plate"), max_length=16)
    owner = models.CharField(_("owner"), max_length=120)
    drivers = models.ManyToManyField("people.Driver", related_name="plate_cards", verbose_name=_("drivers"))
    route = models.ForeignKey(
        "routes.Route", models.PROTECT, related_name="plate_cards", verbose_name=_("route")
    )
    stops = models.JSONField(_("stops"))
    times = models.JSONField(_("times"))
    issuer = models.CharField(_("issuer"), max_length=120)
    issued_on = models.DateField(_("issued"), validators=[not_in_future])
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"))
    state = models.CharField(
        _("state"), max_length=8, choices=CardState, default=CardState.CURRENT, editable=False
    )
    ended_on = models.DateField(_("ended"), null=True, blank=True, validators=[not_in_future])
    ended_reason = models.CharField(_("why it ended"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("plate card")
        verbose_name_plural = _("plate cards")
        ordering = ("-valid_until", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("valid_from")), name="card_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(state="current", ended_on__isnull=True)
                | (~Q(state="current") & Q(ended_on__isnull=False)),
                name="card_ended_on_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} · {self.plate}"

    def clean(self) -> None:
        """Its period is in order."""
        refuse_wrong_order(self.valid_from, self.valid_until)
