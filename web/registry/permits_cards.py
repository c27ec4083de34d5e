"""Pages on which plate cards are issued, printed, and reported lost or returned."""

from typing import Any

import structlog
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from fleet.permits.cards import card_before, change_without_card, end_card, issue_card
from fleet.permits.models import CardState, PlateCard, UsePermit
from fleet.permits.printing import print_cards
from fleet.permits.queries import permits_seen_by
from fleet.records import refuse_unless_allowed
from web.person import person_of
from web.registry.permits_actions import form_page, seen_permit
from web.registry.permits_forms import CardEndForm, CardForm, first_text

log = structlog.get_logger(__name__)


@require_http_methods(["GET", "POST"])
def card_new(request: HttpRequest, pk: int, bus: int) -> HttpResponse:
    """Issue a plate card for a bus."""
    person = person_of(request)
    permit = seen_permit(person, pk)
    refuse_unless_allowed(person, "permits.issue_platecard", permit)
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
    refuse_unless_allowed(person, "permits.change_usepermit", card.permit)

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
    refuse_unless_allowed(person, "permits.issue_platecard", permit)
    cards = permit.plate_cards.filter(state=CardState.CURRENT).order_by("plate", "pk")
    if chosen := request.GET.get("card", ""):
        cards = cards.filter(number=chosen)
    found = list(cards.select_related("route").prefetch_related("drivers"))
    if not found:
        raise Http404
    log.info("plate_cards_printed", permit=permit.pk, cards=len(found), person=person.pk)
    response = HttpResponse(print_cards(found), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="plate-cards-{permit.pk}.pdf"'
    return response
