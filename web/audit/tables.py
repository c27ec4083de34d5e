"""The access log as a table."""

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString

from fleet.audit.models import AccessRecord
from web.audit.records import address_of_record, kind_in_words


class AccessTable(tables.Table):  # type: ignore[misc]  # the library has no types
    """Who looked at what, when, how and from where."""

    name = tables.Column()

    class Meta:
        model = AccessRecord
        template_name = "registry/table.html"
        default = "—"
        order_by = "-at"
        fields = ("at", "person", "action", "name", "organisation", "channel", "address", "purpose")

    def render_name(self, record: AccessRecord) -> SafeString:
        """The record as it was called then, with what it is; a link where there is a page of it."""
        kind, address = kind_in_words(record), address_of_record(record)
        named = (
            format_html('<a href="{}">{}</a>', address, record.name)
            if address
            else format_html("{}", record.name)
        )
        return format_html('{} <span class="muted">{}</span>', named, kind) if kind else named
