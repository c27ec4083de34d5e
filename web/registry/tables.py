"""What lists share: sorted, paged, and read as cards on a phone."""

from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from web.registry.sections import NOT_RECORDED


class RecordTable(tables.Table):  # type: ignore[misc]  # the library has no types
    """Records; the last column says whether one is in use."""

    state = tables.Column(gettext_lazy("State"), empty_values=(), order_by=("archived_at", "pk"))

    class Meta:
        template_name = "registry/table.html"
        default = NOT_RECORDED

    def render_state(self, record: Any) -> SafeString:
        """In use or archived."""
        return state_badge(record)

    @property
    def shown(self) -> list[Any]:
        """The records of the page that is open."""
        return [row.record for row in self.paginated_rows]


def state_badge(record: Any) -> SafeString:
    """Whether a record is in use, in a word."""
    if record.archived_at:
        return badge("archived", _("Archived"))
    return badge("current", _("In use"))


def badge(state: str, word: str) -> SafeString:
    """A state in a word, with its colour."""
    return format_html('<span class="state-badge" data-state="{}">{}</span>', state, word)
