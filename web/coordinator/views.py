"""The live map, what it draws, and the page of devices."""

from datetime import timedelta
from typing import Any

import msgspec
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from fleet.alarms.models import REASONS_OF_PEOPLE
from fleet.grants import reach_with
from fleet.positions.queries import trail
from fleet.pupils.queries import children_of
from fleet.vehicles.changes import AssignmentError, give_device_to_bus
from fleet.vehicles.models import Bus
from fleet.vehicles.permissions import ASSIGN_DEVICE, WATCH_BUS
from fleet.vehicles.queries import assignable_devices, buses_for, may_assign_devices
from web.coordinator.basemap import basemap, opening_view
from web.coordinator.device_cards import assigned_device_cards, bus_choices, new_device_cards
from web.live.announce import announce_scope_change
from web.person import person_of

LONGEST_TRAIL_MIN = 120


def json_response(content: object) -> HttpResponse:
    """A JSON answer."""
    return HttpResponse(msgspec.json.encode(content), content_type="application/json")


@require_GET
def live(request: HttpRequest) -> HttpResponse:
    """The live map; who comes here only as a guardian is led to the page of their child's bus."""
    person = person_of(request)
    if not reach_with(person, WATCH_BUS) and children_of(person).exists():
        return redirect("family")
    language = get_language() or settings.LANGUAGE_CODE
    tiles = settings.ENVIRONMENT.tiles
    config = {
        "ws": f"/ws/live/?language={language}",
        "trail": "/live/trail/0/",
        "basemap": "/live/basemap.json",
        "language": language,
        "time_zone": settings.TIME_ZONE,
        "tiles": msgspec.to_builtins(tiles) if tiles else None,
        "view": opening_view(),
        "limits": {"fresh_s": 15, "ageing_s": 60},
        "pupil_bus": reverse("pupil_bus") if reach_with(person, "pupils.view_pupil") else None,
        "can": {"assign_devices": may_assign_devices(person)},
    }
    reasons = [(one.value, one.label) for one in REASONS_OF_PEOPLE]
    return render(request, "coordinator/live.html", {"page_config": config, "alarm_reasons": reasons})


@require_GET
def live_trail(request: HttpRequest, bus: int) -> HttpResponse:
    """Where a bus was in the last minutes."""
    get_object_or_404(buses_for(person_of(request), WATCH_BUS), pk=bus)
    try:
        minutes = int(request.GET.get("minutes", "10"))
    except ValueError:
        return json_error("minutes", _("Give a whole number of minutes."))
    if not 0 < minutes <= LONGEST_TRAIL_MIN:
        return json_error("minutes", _("Give a number of minutes from 1 to %d.") % LONGEST_TRAIL_MIN)
    return json_response({"points": trail(bus, timezone.now(), timedelta(minutes=minutes))})


def json_error(field: str, message: str) -> HttpResponse:
    """A refusal that names the field."""
    response = json_response({"field": field, "error": message})
    response.status_code = 400
    return response


@require_GET
def live_basemap(request: HttpRequest) -> HttpResponse:
    """Our own roads, routes and stops, drawn where no tiles are configured and above them where they are."""
    return json_response(basemap())


@require_GET
def devices(request: HttpRequest) -> HttpResponse:
    """Devices that wait for a bus, and those that have one."""
    person = person_of(request)
    if not may_assign_devices(person):
        raise Http404
    buses = buses_for(person, ASSIGN_DEVICE)
    context: dict[str, Any] = {
        "new_devices": new_device_cards(),
        "devices": assigned_device_cards(buses),
        "buses": bus_choices(buses),
        "tcp_port": settings.ENVIRONMENT.tcp_port,
        "udp_port": settings.ENVIRONMENT.udp_port,
    }
    return render(request, "coordinator/devices.html", context)


@require_POST
def device_assign(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a device to the bus of the plate in the field ``bus``."""
    person = person_of(request)
    if not may_assign_devices(person):
        raise Http404
    device = get_object_or_404(assignable_devices(person), pk=pk)
    plate = request.POST.get("bus", "").strip().upper()
    try:
        bus = buses_for(person, ASSIGN_DEVICE).get(plate=plate)
        give_device_to_bus(device=device, bus=bus)
    except Bus.DoesNotExist:
        messages.error(
            request, _("There is no bus “%s” that you may change. Choose one from the list.") % plate
        )
    except AssignmentError as error:
        messages.error(request, str(error))
    else:
        announce_scope_change(bus)
        messages.success(
            request,
            _("Device %(device)s now reports for bus %(bus)s.")
            % {"device": device.identifier, "bus": bus.plate},
        )
    return redirect("devices")
