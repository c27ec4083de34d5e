"""What is shown once, to be handed over to somebody: a link, or a password."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from fleet.people.accounts import INVITATION_GOOD_FOR, Invited
from fleet.people.models import User


def invitation_page(request: HttpRequest, invited: Invited) -> HttpResponse:
    """Shows the link with which somebody sets the first password."""
    address = request.build_absolute_uri(reverse("invitation", args=[invited.token]))
    return handover_page(
        request,
        invited.person,
        title=_("Invitation for %s") % invited.person,
        secret=address,
        note=_("Whoever opens this link sets the password of the account. It is good once."),
        good_until=timezone.now() + INVITATION_GOOD_FOR,
    )


@never_cache
def handover_page(request: HttpRequest, other: User, **shown: object) -> HttpResponse:
    """Shows a secret which no page shows again."""
    return render(request, "people/handover.html", {"other": other, **shown})
