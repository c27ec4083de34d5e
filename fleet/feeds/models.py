"""Contracts by which a partner is given feeds; without one nothing is given."""

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from fleet.organisations.models import Organisation
from fleet.tokens.models import AccessToken


class Feed(models.TextChoices):
    """What a partner may be given."""

    SCHEDULE = "schedule", _("Timetable: stops, routes, lines, days and times (GTFS)")
    POSITIONS = "positions", _("Where buses are, during their trips (GTFS Realtime)")
    UPDATES = "updates", _("When trips come, and which are cancelled (GTFS Realtime)")
    ALERTS = "alerts", _("Cancellations, reasons for lateness, substitutes (GTFS Realtime)")


class FeedContract(models.Model):
    """Lets a partner's program read some feeds of an organisation and all below it, until a day."""

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="feed_contracts", verbose_name=_("whose trips")
    )
    partner = models.CharField(_("partner"), max_length=120)
    number = models.CharField(_("contract number"), max_length=60)
    feeds = models.JSONField(_("what is given"))
    valid_until = models.DateField(_("valid until"))
    token = models.OneToOneField(AccessToken, models.PROTECT, related_name="feed_contract")

    class Meta:
        verbose_name = _("feed contract")
        verbose_name_plural = _("feed contracts")
        ordering = ("partner", "pk")

    def __str__(self) -> str:
        return f"{self.partner} · {self.number}"

    def is_valid_on(self, day: date) -> bool:
        """Whether the contract holds on a day."""
        return self.token.revoked_at is None and day <= self.valid_until

    @property
    def answers_to(self) -> int:
        """Id of the organisation in whose access log it stands what was fetched."""
        return self.organisation_id

    @property
    def feeds_in_words(self) -> list[str]:
        """What is given, for people."""
        return [str(feed.label) for feed in Feed if feed in self.feeds]
