"""Alarms, which findings each is made of, what was done with it, and what is suppressed."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fleet.append_only import AppendOnly
from fleet.findings.models import Finding, FindingSeverity, rules
from fleet.records import Record


class AlarmState(models.TextChoices):
    """How far an alarm has been handled."""

    NEW = "new", _("New")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    ASSIGNED = "assigned", _("Assigned")
    RESOLVED = "resolved", _("Resolved")


class Reason(models.TextChoices):
    """What was the matter, when an alarm is resolved."""

    DEALT_WITH = "dealt_with", _("Dealt with")
    CREW_TOLD = "crew_told", _("Driver or attendant spoken to")
    CHILD_SAFE = "child_safe", _("Child found, and safe")
    RIGHTFUL = "rightful", _("Rightful: works, weather, order of the police")
    FALSE_ALARM = "false_alarm", _("False alarm")
    TECHNICAL = "technical", _("Technical fault")
    EXERCISE = "exercise", _("Exercise")
    PASSED = "passed", _("Passed by itself")
    WITHDRAWN = "withdrawn", _("Late reports have undone it")
    SUPPRESSED = "suppressed", _("Suppressed")


REASONS_OF_PEOPLE = tuple(
    one for one in Reason if one not in (Reason.PASSED, Reason.WITHDRAWN, Reason.SUPPRESSED)
)


class Suppression(Record):
    """For a time, a rule raises no alarms for a bus, or for all buses of an organisation; emergencies always do."""

    organisation = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    bus = models.ForeignKey(
        "vehicles.Bus", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("bus")
    )
    rule = models.CharField(_("rule"), max_length=32, choices=rules)
    since = models.DateTimeField(_("from"))
    until = models.DateTimeField(_("until"))
    reason = models.CharField(_("reason"), max_length=200)

    class Meta:
        verbose_name = _("suppression of alarms")
        verbose_name_plural = _("suppressions of alarms")
        ordering = ("-until",)
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gt=models.F("since")),
                name="suppression_ends_after_it_begins",
                violation_error_message=_("It must end after it begins."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_rule_display()} · {self.bus or self.organisation}"


class Alarm(models.Model):
    """A finding, or several of one kind that came soon after each other, which a person must handle.

    Attributes:
        about: the subject of its findings, as "bus:3"; with the rule it tells which episodes are one alarm.
        operator: organisation that runs the bus or employs the driver; with `school` it decides who sees it.
        finding: the newest of its findings.
        raised_at: when it was put before people, or came to be new again because it got worse.
        level: how far it was escalated.
        version: grows with every step of a person: two can't both take it.
        seen_at: when somebody first acknowledged it, or did more.
    """

    about = models.CharField(max_length=64)
    rule = models.CharField(_("rule"), max_length=32, choices=rules)
    severity = models.CharField(_("severity"), max_length=12, choices=FindingSeverity)
    bus = models.ForeignKey(
        "vehicles.Bus", models.PROTECT, null=True, related_name="alarms", verbose_name=_("bus")
    )
    trip = models.ForeignKey(
        "trips.Trip", models.PROTECT, null=True, related_name="alarms", verbose_name=_("trip")
    )
    driver = models.ForeignKey(
        "people.Driver", models.PROTECT, null=True, related_name="alarms", verbose_name=_("driver")
    )
    operator = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, null=True, related_name="+", verbose_name=_("operator")
    )
    school = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, null=True, related_name="+", verbose_name=_("school")
    )
    finding = models.ForeignKey(Finding, models.PROTECT, related_name="+", verbose_name=_("newest finding"))
    started_at = models.DateTimeField(_("start"))
    last_at = models.DateTimeField(_("last report of it"))
    ended_at = models.DateTimeField(_("end"), null=True)
    raised_at = models.DateTimeField(_("raised"))
    state = models.CharField(_("state"), max_length=16, choices=AlarmState, default=AlarmState.NEW)
    level = models.PositiveSmallIntegerField(_("level of escalation"), default=0)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("assigned to")
    )
    seen_at = models.DateTimeField(_("acknowledged"), null=True)
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    resolved_at = models.DateTimeField(_("resolved"), null=True)
    reason = models.CharField(_("reason"), max_length=16, choices=Reason, blank=True)
    suppression = models.ForeignKey(
        Suppression, models.PROTECT, null=True, related_name="alarms", verbose_name=_("suppression")
    )
    version = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        verbose_name = _("alarm")
        verbose_name_plural = _("alarms")
        ordering = ("-started_at", "-pk")
        indexes = [
            models.Index(fields=["about", "rule", "state"], name="alarm_of_story"),
            models.Index(fields=["state", "-started_at"], name="alarm_by_state"),
            models.Index(fields=["updated_at"], name="alarm_by_update"),
        ]

    def __str__(self) -> str:
        return f"{self.get_rule_display()} · {self.bus or self.driver or self.about}"


class AlarmFinding(models.Model):
    """Which alarm a finding belongs to."""

    finding = models.OneToOneField(
        Finding, models.CASCADE, primary_key=True, related_name="link_to_alarm", verbose_name=_("finding")
    )
    alarm = models.ForeignKey(Alarm, models.CASCADE, related_name="links", verbose_name=_("alarm"))

    class Meta:
        verbose_name = _("finding of an alarm")
        verbose_name_plural = _("findings of alarms")

    def __str__(self) -> str:
        return f"{self.alarm} · {self.finding}"


class AlarmEvent(AppendOnly):
    """Something that happened to an alarm: who did it, when, why; the system did what nobody did."""

    alarm = models.ForeignKey(Alarm, models.PROTECT, related_name="events", verbose_name=_("alarm"))
    at = models.DateTimeField(_("time"))
    kind = models.CharField(_("kind"), max_length=16)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    reason = models.CharField(_("reason"), max_length=16, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    details = models.JSONField(_("details"), default=dict)

    class Meta:
        verbose_name = _("event of an alarm")
        verbose_name_plural = _("events of alarms")
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return f"{self.alarm} · {self.kind}"
