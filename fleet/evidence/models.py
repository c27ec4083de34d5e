"""Chains and their links."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from fleet.append_only import AppendOnly
from fleet.evidence.chain import GENESIS


class Chain(models.Model):
    """An organisation's chain: how long it is and how it ends. Its row is the lock under which links are added."""

    organisation = models.OneToOneField(
        "organisations.Organisation",
        models.PROTECT,
        primary_key=True,
        related_name="evidence_chain",
        verbose_name=_("organisation"),
    )
    length = models.PositiveBigIntegerField(_("links"), default=0)
    head = models.CharField(_("hash of the last link"), max_length=64, default=GENESIS)

    class Meta:
        verbose_name = _("evidence chain")
        verbose_name_plural = _("evidence chains")

    def __str__(self) -> str:
        return f"{self.organisation} · {self.length}"


class EvidenceLink(AppendOnly):
    """A link: what a record said when it was sealed; one that is corrected afterwards gets a further link."""

    chain = models.ForeignKey(Chain, models.PROTECT, related_name="links", verbose_name=_("chain"))
    number = models.PositiveBigIntegerField(_("number"))
    at = models.DateTimeField(_("sealed"))
    kind = models.CharField(_("kind"), max_length=64)
    object_id = models.CharField(_("record"), max_length=40)
    digest = models.CharField(_("hash of the record"), max_length=64)
    hash = models.CharField(_("hash"), max_length=64)

    class Meta:
        verbose_name = _("evidence link")
        verbose_name_plural = _("evidence links")
        ordering = ("chain", "number")
        constraints = [
            models.UniqueConstraint(fields=["chain", "number"], name="link_once_per_number"),
        ]
        indexes = [models.Index(fields=["kind", "object_id", "-number"], name="links_of_record")]

    def __str__(self) -> str:
        return f"{self.chain_id} · {self.number} · {self.kind} {self.object_id}"
