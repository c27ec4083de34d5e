"""The access log: each look at a child's, a driver's or an attendant's record (未成年人网络保护条例 Art 36, 37)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from fleet.append_only import AppendOnly


class Action(models.TextChoices):
    """How a record was looked at."""

    VIEW = "view", _("Viewed")
    LIST = "list", _("Listed")
    EXPORT = "export", _("Exported")
    PRINT = "print", _("Printed")
    DOCUMENT = "document", _("Opened a document")


class Channel(models.TextChoices):
    """The way by which a record was reached."""

    PAGE = "page", _("Page")
    API = "api", _("API")
    LIVE = "live", _("Live map")
    SYSTEM = "system", _("System")


class AccessRecord(AppendOnly):
    """One look at one record. The names are those of that moment, so that the log can be read on its own."""

    at = models.DateTimeField(_("time"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="accesses", verbose_name=_("person")
    )
    action = models.CharField(_("action"), max_length=16, choices=Action)
    kind = models.CharField(_("kind of record"), max_length=40)
    object_id = models.BigIntegerField(_("number of the record"), null=True)
    name = models.CharField(_("name of the record"), max_length=200)
    organisation = models.ForeignKey(
        "organisations.Organisation",
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("organisation"),
    )
    purpose = models.CharField(_("purpose"), max_length=200, blank=True)
    channel = models.CharField(_("way"), max_length=16, choices=Channel)
    address = models.GenericIPAddressField(_("address"), null=True)

    class Meta:
        verbose_name = _("access record")
        verbose_name_plural = _("access log")
        ordering = ("-at", "-pk")
        indexes = [
            models.Index(fields=["organisation", "-at"], name="access_of_organisation"),
            models.Index(fields=["kind", "object_id", "-at"], name="access_of_object"),
            models.Index(fields=["person", "-at"], name="access_by_person"),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.get_action_display()} · {self.name}"
