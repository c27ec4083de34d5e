"""All addresses. Nothing but the sign-in page, the language switch and the health check is there for strangers."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from web.language import switch_language


@login_not_required
def health(request: HttpRequest) -> HttpResponse:
    """Whether this process answers."""
    return HttpResponse("ok", content_type="text/plain")


urlpatterns = [
    path("", include("web.coordinator.urls")),
    path("dispatch/", include("web.dispatch.urls")),
    path("registry/", include("web.registry.urls")),
    path("registry/", include("web.organisations.urls")),
    path("registry/", include("web.routes.urls")),
    path("registry/", include("web.feeds.urls")),
    path("", include("web.people.urls")),
    path("", include("web.registry.regulations_urls")),
    path("", include("web.registry.permits_urls")),
    path("", include("web.registry.expiry_urls")),
    path("", include("web.pupils.urls")),
    path("", include("web.families.urls")),
    path("", include("web.trips.urls")),
    path("", include("web.ledger.urls")),
    path("replay/", include("web.replay.urls")),
    path("", include("web.alarms.urls")),
    path("", include("web.notices.urls")),
    path("", include("web.duty.urls")),
    path("", include("web.reports.urls")),
    path("", include("web.audit.urls")),
    path("", include("web.accounts.urls")),
    path("", include("web.api.urls")),
    path("", include("web.parent.urls")),
    path("language/", switch_language, name="set_language"),
    path("health/", health, name="health"),
]
