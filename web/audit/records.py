"""What a row of the access log is about: its kind in words, and the page of it."""

from django.apps import apps
from django.urls import NoReverseMatch, reverse

from fleet.audit.models import AccessRecord


def kind_in_words(record: AccessRecord) -> str:
    """The kind of record looked at, as people call it; empty for a list."""
    return str(apps.get_model(record.kind)._meta.verbose_name) if record.kind else ""


def address_of_record(record: AccessRecord) -> str:
    """The page of what was looked at; empty where there is none."""
    try:
        name = record.kind.rpartition(".")[2]
        return reverse(f"{name}_detail", args=[record.object_id]) if record.object_id else ""
    except NoReverseMatch:
        return ""
