"""Pages: the feeds that are open for partners; to open some, and to close them."""

from typing import NamedTuple

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fleet.audit.changes import record_export
from fleet.feeds.models import Feed, FeedContract
from fleet.feeds.permissions import OPEN
from fleet.feeds.queries import contracts_for, is_open
from fleet.feeds.timetable import schedule_feed
from fleet.grants import reach_with
from fleet.records import RecordError
from web.feeds.changes import close_feed, open_feed
from web.feeds.forms import FeedForm
from web.feeds.giving import ADDRESSES
from web.person import person_of
from web.registry.saving import kept
from web.registry.views_imports import download


class Address(NamedTuple):
    """Where a feed is fetched."""

    feed: str
    url: str
    name: str


class Opened(NamedTuple):
    """A contract with the addresses of what it gives."""

    contract: FeedContract
    addresses: list[Address]
    is_open: bool


def opened(request: HttpRequest, contract: FeedContract) -> Opened:
    """A contract as a page shows it."""
    addresses = [
        Address(
            str(feed.label),
            request.build_absolute_uri(reverse("feed", args=[contract.pk, *ADDRESSES[feed]])),
            f"feed-{contract.pk}-{feed}",
        )
        for feed in Feed
        if feed in contract.feeds
    ]
    return Opened(contract, addresses, is_open(contract))


@require_GET
def feed_list(request: HttpRequest) -> HttpResponse:
    """The contracts that the person may see, those too that are over."""
    person = person_of(request)
    if not reach_with(person, OPEN):
        raise Http404
    shown = [opened(request, one) for one in contracts_for(person)]
    shown.sort(key=lambda one: not one.is_open)
    return render(request, "feeds/list.html", {"contracts": shown})


@never_cache
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth's decorators have no types
@require_http_methods(["GET", "POST"])
def feed_new(request: HttpRequest) -> HttpResponse:
    """Open feeds; the token's secret is shown on the page that answers, and never again."""
    person = person_of(request)
    if not reach_with(person, OPEN):
        raise PermissionDenied(_("You may not do this."))
    form = FeedForm(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        made = kept(form, lambda: open_feed(by=person, **form.cleaned_data))
        if made:
            contract, secret = made
            context = {"opened": opened(request, contract), "secret": secret}
            return render(request, "feeds/made.html", context)
    return render(request, "feeds/new.html", {"form": form})


@require_POST
def feed_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close the feeds of a contract."""
    person = person_of(request)
    contract = get_object_or_404(contracts_for(person), pk=pk)
    try:
        close_feed(contract, by=person)
    except RecordError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The feeds are closed: nothing is given by this contract any more."))
    return redirect("feed_list")


@require_GET
def gtfs_export(request: HttpRequest) -> FileResponse:
    """The timetable of all schools whose routes the person may take away, as GTFS."""
    person = person_of(request)
    reached = reach_with(person, "routes.export_route")
    if not reached:
        raise Http404
    today = timezone.localdate()
    record_export(by=person, what=_("Timetable (GTFS)"))
    content = schedule_feed(reached, today, str(_("Schoolrun")))
    return download(content, f"gtfs-{today}.zip", "application/zip")
