"""Django with the real templates and none of the application, and a WebSocket that plays an invented fleet."""

import argparse
import asyncio
import base64
import json
import socket
import threading
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import allauth
import django
import uvicorn
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import include, path, reverse
from django.utils.translation import gettext

from tests.frontend.harness.district import CENTRE_LAT, CENTRE_LON, FakeFleet, basemap, trail

WEB = Path(__file__).resolve().parents[3] / "web"
ALLAUTH = Path(allauth.__file__).parent
POLICY = (
    "default-src 'self'; worker-src 'self' blob:; img-src 'self' data: blob:; "
    "connect-src 'self' ws: wss:; style-src 'self' 'unsafe-inline'"
)


TILES = {
    "kind": "xyz",
    "url": "/stage/tile/{z}/{x}/{y}.png",
    "attribution": "© 天地图",
    "datum": "gcj02",
    "max_zoom": 18,
}
TILE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


class Stage:
    """What the pages are shown: the fleet, and whether messages flow."""

    fleet = FakeFleet(0)
    flows = threading.Event()


def configure() -> None:
    """Sets Django up for the stage."""
    settings.configure(
        DEBUG=True,
        ALLOWED_HOSTS=["*"],
        SECRET_KEY="stage",
        ROOT_URLCONF=__name__,
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.staticfiles"],
        MIDDLEWARE=["django.middleware.locale.LocaleMiddleware", f"{__name__}.dress"],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "DIRS": [WEB / "templates"],
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        f"{__name__}.navigation",
                    ]
                },
            }
        ],
        STATIC_URL="/static/",
        STATICFILES_DIRS=[WEB / "static" / "dist", *(ALLAUTH / app / "static" for app in ("account", "mfa"))],
        LOCALE_PATHS=[WEB / "locale"],
        LANGUAGES=[("zh-hans", "中文"), ("en", "English")],
        LANGUAGE_CODE="zh-hans",
        USE_I18N=True,
        USE_TZ=True,
        TIME_ZONE="Asia/Shanghai",
    )
    django.setup()


def dress(get_response: Any) -> Any:
    """Middleware: a signed-in coordinator, and the content policy of production."""

    def middleware(request: HttpRequest) -> HttpResponse:
        person: Any = SimpleNamespace(
            is_authenticated="login" not in request.path,
            get_full_name=lambda: "王调度",
            get_username=lambda: "wang",
        )
        request.user = person
        response: HttpResponse = get_response(request)
        response["Content-Security-Policy"] = POLICY
        return response

    return middleware


def navigation(request: HttpRequest) -> dict[str, object]:
    """A coordinator's template variables."""
    pages = (("live", "Live map"), ("devices", "Devices"))
    return {
        "bar": [
            {"url": reverse(name), "title": gettext(title), "is_current": request.path == reverse(name)}
            for name, title in pages
        ]
    }


def live(request: HttpRequest) -> HttpResponse:
    """The live page."""
    config = {
        "ws": "/ws/live/",
        "trail": "/live/trail/0/",
        "basemap": "/live/basemap.json",
        "language": request.LANGUAGE_CODE,
        "time_zone": "Asia/Shanghai",
        "tiles": TILES if "tiles" in request.GET else None,
        "view": {"lon": CENTRE_LON, "lat": CENTRE_LAT, "zoom": 12.6},
        "limits": {"fresh_s": 15, "ageing_s": 60},
        "can": {"assign_devices": True},
    }
    return render(request, "coordinator/live.html", {"page_config": config})


def devices(request: HttpRequest) -> HttpResponse:
    """The devices page, or its empty states with `?empty`."""
    now = datetime.now().astimezone()
    new = [
        SimpleNamespace(
            pk=1, identifier="356307042441013", protocol="NMEA 0183 / TCP", peer="10.4.7.19:51204",
            first_seen_at=now - timedelta(hours=3), last_heard_at=now - timedelta(seconds=8),
            reports_count=1234, last_position=(31.30421, 120.61877),
        ),
        SimpleNamespace(
            pk=2, identifier="T55-000871", protocol="NMEA 0183 / UDP", peer="10.4.7.88:40112",
            first_seen_at=now - timedelta(minutes=4), last_heard_at=now - timedelta(minutes=1),
            reports_count=1, last_position=None,
        ),
    ]  # fmt: skip
    known = [
        SimpleNamespace(
            identifier=f"35630704244{number:04d}",
            protocol="NMEA 0183 / TCP",
            last_heard_at=now - timedelta(seconds=9 * number),
            bus=SimpleNamespace(plate=bus["plate"]),
        )
        for number, bus in enumerate(Stage.fleet.buses[:8])
    ]
    buses = [{"plate": bus["plate"], "device": None} for bus in Stage.fleet.buses]
    shown = {"new_devices": new, "devices": known, "buses": buses, "tcp_port": 5005, "udp_port": 5005}
    if "empty" in request.GET:
        shown |= {"new_devices": [], "devices": []}
    return render(request, "coordinator/devices.html", shown)


def feed_switch(request: HttpRequest, flows: int) -> HttpResponse:
    """Cuts the live connection, or lets it come back."""
    if flows:
        Stage.flows.set()
    else:
        Stage.flows.clear()
    return HttpResponse(status=204)


def page(template: str) -> Any:
    """A view that only renders."""
    return lambda request, **_: render(
        request, template, {"form": SimpleNamespace(errors="wrong" in request.GET)}
    )


urlpatterns = [
    path("", live, name="live"),
    path("devices/", devices, name="devices"),
    path("devices/<int:pk>/assign/", page("404.html"), name="device_assign"),
    path("login/", page("account/login.html"), name="login"),
    path("login/passkey/", page("account/login.html"), name="mfa_login_webauthn"),
    path("logout/", page("account/login.html"), name="logout"),
    path("account/", page("404.html"), name="account"),
    path("alarms/", page("404.html"), name="alarm_list"),
    path("replay/", page("404.html"), name="replay_choose"),
    path("notices/", page("404.html"), name="notice_list"),
    path("stage/feed/<int:flows>/", feed_switch),
    path("stage/tile/<path:_>", lambda *_, **__: HttpResponse(TILE, content_type="image/png")),
    path("gone/", page("404.html")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("live/basemap.json", lambda _: JsonResponse(basemap()), name="live_basemap"),
    path(
        "live/trail/<int:bus_id>/",
        lambda _, bus_id: JsonResponse(trail(Stage.fleet, bus_id)),
        name="live_trail",
    ),
]


async def play_feed(receive: Any, send: Any) -> None:
    """One browser's WebSocket: a snapshot, then a delta each second while messages flow."""
    await receive()
    if not Stage.flows.is_set():
        await send({"type": "websocket.close", "code": 1011})
        return
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.send", "text": json.dumps(Stage.fleet.snapshot())})
    while Stage.flows.is_set():
        await asyncio.sleep(1)
        await send({"type": "websocket.send", "text": json.dumps(Stage.fleet.delta())})
    await send({"type": "websocket.close", "code": 1011})


def application() -> Any:
    """The ASGI application of the stage."""
    configure()
    from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler

    pages = ASGIStaticFilesHandler(get_asgi_application())

    async def serve(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "websocket":
            await play_feed(receive, send)
        elif scope["type"] == "http":
            await pages(scope, receive, send)

    return serve


def main() -> None:
    """Serves the stage until stopped; the first line printed is its address."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 for any free one")
    parser.add_argument("--buses", type=int, default=40)
    options = parser.parse_args()
    Stage.fleet = FakeFleet(options.buses)
    Stage.flows.set()
    listener = socket.create_server(("127.0.0.1", options.port))
    print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    server = uvicorn.Server(uvicorn.Config(application(), log_level="error", lifespan="off"))
    server.run(sockets=[listener])


if __name__ == "__main__":
    main()
