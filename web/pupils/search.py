"""The bus of a pupil, for who watches the live map: its plate, and nothing of the child."""

import rules
from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from fleet.pupils.riders import buses_of_pupils
from web.person import person_of


@require_POST
@never_cache
def pupil_bus(request: HttpRequest) -> JsonResponse:
    """The buses that carry the pupils of a name now. The name comes in the body: no log of addresses keeps it."""
    person = person_of(request)
    if not rules.has_perm("pupils.view_pupil", person):
        raise Http404
    found = buses_of_pupils(person, request.POST.get("name", ""))
    buses = [{"id": bus.pk, "plate": bus.plate} for bus in found.buses]
    return JsonResponse({"buses": buses, "is_vague": found.is_vague})
