"""The log of e-mails with notices: to whom, when, and whether the mail server took them."""

import django_tables2 as tables
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET
from django_tables2 import RequestConfig

from fleet.grants import reach_with
from fleet.notices.models import MailDelivery
from fleet.notices.permissions import VIEW_DELIVERY
from fleet.notices.queries import deliveries_for
from web.person import person_of

PER_PAGE = 50
BADGES = {"sent": "current", "failed": "failed", "sending": "checking"}


class MailTable(tables.Table):  # type: ignore[misc]  # the library has no types
    """E-mails, the newest first."""

    at = tables.DateTimeColumn(verbose_name=MailDelivery._meta.get_field("at").verbose_name)
    person = tables.Column()
    notices = tables.Column(attrs={"td": {"class": "number"}})
    state = tables.Column()
    error = tables.Column()

    class Meta:
        model = MailDelivery
        template_name = "registry/table.html"
        default = "—"
        order_by = "-at"
        fields = ("at", "person", "address", "notices", "state", "error")

    def render_state(self, record: MailDelivery) -> SafeString:
        """Its state as a badge."""
        return format_html(
            '<span class="state-badge" data-state="{}">{}</span>',
            BADGES[record.state],
            record.get_state_display(),
        )


@require_GET
def mail_list(request: HttpRequest) -> HttpResponse:
    """The e-mails to those who serve where the person administers."""
    person = person_of(request)
    if not reach_with(person, VIEW_DELIVERY):
        raise Http404
    table = MailTable(deliveries_for(person))
    RequestConfig(request, paginate={"per_page": PER_PAGE}).configure(table)
    return render(request, "expiry/mail.html", {"table": table, "is_configured": settings.MAIL_NOTICES})
