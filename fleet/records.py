"""What the records of the registry share: history, archiving instead of deleting, and periods that don't clash."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Self

import rules
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files import File
from django.core.validators import FileExtensionValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from simple_history.models import HistoricalRecords

if TYPE_CHECKING:
    from fleet.people.models import User

LARGEST_DOCUMENT_BYTES = 10 * 1024 * 1024
DOCUMENT_KINDS = ("pdf", "jpg", "jpeg", "png")
PHOTOGRAPH_KINDS = ("jpg", "jpeg", "png")


class RecordQuerySet(models.QuerySet[Any]):
    """Records, archived ones too until `current` leaves them out."""

    def current(self) -> Self:
        """Those that are not archived."""
        return self.filter(archived_at__isnull=True)


class Record(models.Model):
    """Something that evidence may refer to: each change is kept, and it is archived, never deleted.

    Attributes:
        one_at_a_time: fields of which no two records that have the same values may be valid on the same day.
        over_in: values of `state` of records whose period is over, whatever their last day.
    """

    one_at_a_time: ClassVar[tuple[str, ...]] = ()
    over_in: ClassVar[tuple[str, ...]] = ()

    archived_at = models.DateTimeField(gettext_lazy("archived"), null=True, blank=True, editable=False)

    objects = RecordQuerySet.as_manager()
    history = HistoricalRecords(
        inherit=True,
        history_change_reason_field=models.TextField(gettext_lazy("reason"), blank=True, null=True),
    )

    _history_user: "User"
    _change_reason: str

    class Meta:
        abstract = True

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """What the database refuses; and a period that overlaps another one of the same."""
        super().validate_constraints(exclude)
        if self.one_at_a_time and getattr(self, "state", "") not in self.over_in:
            same = {name: getattr(self, name) for name in self.one_at_a_time}
            refuse_overlap(self, self.not_over(type(self)._default_manager.filter(**same)))

    @classmethod
    def not_over(cls, records: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Those in use whose period counts."""
        in_use = records.filter(archived_at__isnull=True)
        return in_use.exclude(state__in=cls.over_in) if cls.over_in else in_use


class RecordError(Exception):
    """A record can't be changed in this way; the message says why, to people."""


def sign_change(changed: models.Model, *, by: "User", reason: str) -> None:
    """Have the history of the change to come say who makes it and why: django-simple-history reads these."""
    vars(changed).update(_history_user=by, _change_reason=reason)


def save_record(record: Record, *, by: "User", reason: str) -> None:
    """Check a record in full and store it, with who changed it and why in its history.

    Raises:
        ValidationError: naming each field that can't be right.
    """
    record.full_clean()
    sign_change(record, by=by, reason=reason)
    record.save()


def create_record(
    record: Record, details: Mapping[str, object], allowed: frozenset[str], *, by: "User", reason: str
) -> None:
    """Fill in a new record, check it in full and store it.

    Raises:
        ValidationError: naming each field that can't be right.
        RecordError: for a field that can't be given.
    """
    set_fields(record, details, allowed)
    save_record(record, by=by, reason=reason)


def refuse_unless_allowed(by: "User", permission: str, about: object) -> None:
    """Refuse who has not the permission.

    Raises:
        PermissionDenied: saying so.
    """
    if not rules.has_perm(permission, by, about):
        raise PermissionDenied(_("You may not do this."))


def set_fields(record: Record, changes: Mapping[str, object], allowed: frozenset[str]) -> None:
    """Put values into the fields of a record.

    Raises:
        RecordError: for a field that can't be changed so.
    """
    if unknown := sorted(changes.keys() - allowed):
        raise RecordError(
            _("These fields can't be changed here: %(fields)s.") % {"fields": ", ".join(unknown)}
        )
    for name, value in changes.items():
        setattr(record, name, value)


def archive_record(record: Record, *, by: "User", reason: str) -> None:
    """Take a record out of use; it and its history stay.

    Raises:
        RecordError: where it is archived already, or no reason is given.
    """
    if record.archived_at:
        raise RecordError(_("“%(record)s” is archived already.") % {"record": record})
    if not reason.strip():
        raise RecordError(_("Say why it is archived."))
    record.archived_at = timezone.now()
    sign_change(record, by=by, reason=reason)
    record.save(update_fields=["archived_at"])


def refuse_archived(record: Record) -> None:
    """Refuse to change what is out of use.

    Raises:
        RecordError: saying so.
    """
    if record.archived_at:
        raise RecordError(_("“%(record)s” is archived. Bring it back first.") % {"record": record})


def restore_record(record: Record, *, by: "User", reason: str) -> None:
    """Bring an archived record back into use.

    Raises:
        RecordError: where it is not archived.
        ValidationError: where it clashes with what has been recorded since.
    """
    if not record.archived_at:
        raise RecordError(_("“%(record)s” is not archived.") % {"record": record})
    record.archived_at = None
    save_record(record, by=by, reason=reason)


def refuse_wrong_order(first: date | None, last: date | None, field: str = "valid_until") -> None:
    """Refuse a period that ends before it begins.

    Raises:
        ValidationError: naming `field`.
    """
    if first and last and last < first:
        raise ValidationError(
            {field: _("This is before the day on which it begins, %(day)s.") % {"day": first}}
        )


def refuse_overlap(record: Record, others: models.QuerySet[Any]) -> None:
    """Refuse a period, both ends included, that shares a day with that of another record.

    Args:
        record: with `valid_from` and `valid_until`.
        others: the records of the same thing; archived ones and the record itself don't count.

    Raises:
        ValidationError: naming both fields, and the period in the way.
    """
    first, last = getattr(record, "valid_from", None), getattr(record, "valid_until", None)
    if first is None or last is None:
        return
    in_the_way = (
        others.filter(archived_at__isnull=True, valid_from__lte=last, valid_until__gte=first)
        .exclude(pk=record.pk)
        .first()
    )
    if in_the_way:
        message = overlap_message(in_the_way.valid_from, in_the_way.valid_until)
        raise ValidationError({"valid_from": message, "valid_until": message})


def overlap_message(first: date, last: date) -> str:
    """What is said of a period that shares a day with one that is recorded."""
    return _("This period overlaps one that is recorded already, %(first)s to %(last)s.") % {
        "first": first,
        "last": last,
    }


def not_in_future(day: date) -> None:
    """Refuse a day that has not come yet, in the local zone.

    Raises:
        ValidationError: saying so.
    """
    if day > timezone.localdate():
        raise ValidationError(_("This day has not come yet."), code="future")


def not_later_than_now(time: datetime) -> None:
    """Refuse a time that has not come yet.

    Raises:
        ValidationError: saying so.
    """
    if time > timezone.now():
        raise ValidationError(_("This time has not come yet."), code="future")


def not_too_large(file: "File[Any]") -> None:
    """Refuse a file over 10 MB.

    Raises:
        ValidationError: saying so.
    """
    if file.size > LARGEST_DOCUMENT_BYTES:
        raise ValidationError(_("The file is larger than 10 MB."), code="too_large")


def document_field(folder: str, **options: Any) -> models.FileField:
    """An optional scan or print: PDF, JPEG or PNG, up to 10 MB."""
    return models.FileField(
        gettext_lazy("document"),
        upload_to=f"{folder}/%Y/%m",
        blank=True,
        validators=[FileExtensionValidator(DOCUMENT_KINDS), not_too_large],
        **options,
    )


def photograph_field(folder: str, **options: Any) -> models.FileField:
    """An optional photograph: JPEG or PNG, up to 10 MB."""
    return models.FileField(
        gettext_lazy("photograph"),
        upload_to=f"{folder}/%Y/%m",
        blank=True,
        validators=[FileExtensionValidator(PHOTOGRAPH_KINDS), not_too_large],
        **options,
    )
