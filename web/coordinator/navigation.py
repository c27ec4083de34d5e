"""What the bar over every page needs to know: nobody is shown a link to a page that they may not open."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from fleet.vehicles.queries import may_assign_devices
from web.coordinator.views import person_of


def navigation(request: HttpRequest) -> dict[str, object]:
    """Template variables; each is worked out only where a page asks for it."""
    return {"may_assign_devices": SimpleLazyObject(lambda: may_assign_devices(person_of(request)))}
