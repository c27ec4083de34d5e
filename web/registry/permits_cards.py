"""Pages of plate cards: one to read, issued, printed, reported lost or returned, and checked by whoever scans it."""

from typing import Any

import rules
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from fleet.audit.models import Action
from fleet.permits.card_check import check_card
from fleet.permits.card_code import PREFIX, CodeError
from fleet.permits.cards import card_before, change_without_card, end_card, issue_card, may_end_card
from fleet.permits.models import CardState, PlateCard, UsePermit
from fleet.permits.printing import print_cards
from fleet.permits.queries import permits_seen_by
from fleet.records import refuse_unless_allowed
from web.person import person_of
from web.registry.history import history_of
from web.registry.permits_actions import form_page, seen_permit
from web.registry.permits_forms import CardEndForm, CardForm, first_text
from web.registry.permits_views import note_drivers

ISSUE = "permits.issue_platecard"


@require_GET
def card_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What a card names, its state and its history."""
    person = person_of(request)
    cards = PlateCard.objects.select_related("permit__applicant", "bus", "route", "application")
    card = get_object_or_404(cards, pk=pk, permit__in=permits_seen_by(person))
    drivers = list(card.drivers.all())
    note_drivers(person, Action.VIEW, set(drivers))
    is_current = card.state == CardState.CURRENT
    context = {
        "card": card,
        "drivers": drivers,
        "history": history_of(card),
        "may_print": is_current and rules.has_perm(ISSUE, person, card.permit),
        "may_end": is_current and may_end_card(person, card.permit),
    }
    return render(request, "permits/card.html", context)


@login_not_required
@require_GET
def card_check(request: HttpRequest, code: str) -> HttpResponse:
    """What a plain phone shows that has scanned a card: whether it is good; no names of drivers."""
    today = timezone.localdate()
    try:
        found = check_card(PREFIX + code, today)
    except CodeError:
        found = None
    context = {"check": found, "today": today}
    response = render(request, "permits/card_check.html", context, status=200 if found else 404)
    response["X-Robots-Tag"] = "noindex"
    return response


@require_http_methods(["GET", "POST"])
def card_new(request: HttpRequest, pk: int, bus: int) -> HttpResponse:
    """Issue a plate card for a bus."""
    person = person_of(request)
    permit = seen_permit(person, pk)
    refuse_unless_allowed(person, ISSUE, permit)
    one = get_object_or_404(permit.buses.select_related("route"), pk=bus)
    before = card_before(permit, one, change_without_card(permit, one))
    form = CardForm(request.POST or None, bus=one, initial=first_text(one, before))

    def save(given: dict[str, Any]) -> UsePermit:
        facts = {name: given[name] for name in ("number", "issuer", "issued_on")}
        issue_card(permit=permit, bus=one, text=form.text(), by=person, **facts)
        return permit

    return form_page(request, form, _("Plate card for %s") % one.plate, save, permit)


@require_http_methods(["GET", "POST"])
def card_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Report a card lost or returned."""
    person = person_of(request)
    card = get_object_or_404(PlateCard, pk=pk, permit__in=permits_seen_by(person))
    if not may_end_card(person, card.permit):
        raise PermissionDenied

    def save(given: dict[str, Any]) -> UsePermit:
        end_card(card=card, state=CardState(given.pop("state")), **given, by=person)
        return card.permit

    title = _("Report plate card %s") % card.number
    return form_page(request, CardEndForm(request.POST or None), title, save, card.permit)


@require_GET
def cards_print(request: HttpRequest, pk: int) -> HttpResponse:
    """The permit's current cards as a PDF; one of them where ``card`` says which."""
    person = person_of(request)
    permit = seen_permit(person, pk)
    refuse_unless_allowed(person, ISSUE, permit)
    cards = permit.plate_cards.filter(state=CardState.CURRENT).order_by("plate", "pk")
    if chosen := request.GET.get("card", ""):
        cards = cards.filter(number=chosen)
    found = list(cards.select_related("route").prefetch_related("drivers"))
    if not found:
        raise Http404
    note_drivers(person, Action.PRINT, {driver for card in found for driver in card.drivers.all()})
    response = HttpResponse(print_cards(found), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="plate-cards-{permit.pk}.pdf"'
    return response
