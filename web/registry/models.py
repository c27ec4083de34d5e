"""Imports of spreadsheets: who gave which file, what came of it, and what each row did, so that it can be undone."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ImportState(models.TextChoices):
    """How far an import has come."""

    CHECKING = "checking", _("Being checked")
    REFUSED = "refused", _("Has errors")
    CHECKED = "checked", _("Waits for you")
    APPLYING = "applying", _("Being imported")
    APPLIED = "applied", _("Imported")
    UNDOING = "undoing", _("Being undone")
    UNDONE = "undone", _("Undone")
    FAILED = "failed", _("Interrupted")


WORKING = (ImportState.CHECKING, ImportState.APPLYING, ImportState.UNDOING)


class ImportRun(models.Model):
    """One file, from upload to import and perhaps undo.

    Attributes:
        subject: what the file is of, a slug of `web.registry.spreadsheets.subjects`.
        language: in which its problems are told.
        options: what else was chosen, where the file alone does not tell.
        problems: rows of (row, column header, message).
        preview: rows of (row, key, "created" or "changed", columns that change), the first few.
        refusal: why an undo was refused, or an import could not be finished.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    subject = models.CharField(_("what"), max_length=32)
    file_name = models.CharField(_("file"), max_length=200)
    content = models.BinaryField()
    language = models.CharField(max_length=16)
    options = models.JSONField(default=dict)
    state = models.CharField(_("state"), max_length=16, choices=ImportState, default=ImportState.CHECKING)
    created_at = models.DateTimeField(_("uploaded"), auto_now_add=True)
    state_at = models.DateTimeField(_("since"), auto_now_add=True)
    applied_at = models.DateTimeField(_("imported"), null=True, blank=True)
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)
    created_count = models.PositiveIntegerField(_("new"), default=0)
    changed_count = models.PositiveIntegerField(_("changed"), default=0)
    unchanged_count = models.PositiveIntegerField(_("unchanged"), default=0)
    example_count = models.PositiveIntegerField(default=0)
    problem_count = models.PositiveIntegerField(_("errors"), default=0)
    problems = models.JSONField(default=list)
    preview = models.JSONField(default=list)
    refusal = models.TextField(blank=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_working(self) -> bool:
        """Whether something is being done in the background."""
        return self.state in WORKING


class ImportedRow(models.Model):
    """What a row did.

    Attributes:
        row: its number in the file.
        kind: of what it made or changed, where the run's subject alone does not tell.
        object_id: of what it made or changed.
        version_before: id of the history record before, none where the row made something new.
        version_after: id of the history record that the row left.
    """

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="rows")
    row = models.PositiveIntegerField()
    kind = models.CharField(max_length=32, blank=True)
    object_id = models.BigIntegerField()
    version_before = models.BigIntegerField(null=True)
    version_after = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "row"], name="imported_row_once_per_run")]

    def __str__(self) -> str:
        return f"{self.run} {self.row}"
