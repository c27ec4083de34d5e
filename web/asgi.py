"""The ASGI application: pages over HTTP, live screens over WebSockets."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "web.settings")
pages = get_asgi_application()

from channels.auth import AuthMiddlewareStack  # noqa: E402  (models can be imported only now)
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402
from django.urls import path  # noqa: E402

from web.accounts.middleware import duty_first  # noqa: E402
from web.live.consumers import LiveConsumer  # noqa: E402
from web.parent.poll import unchanged_first  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": unchanged_first(pages),
        "websocket": AllowedHostsOriginValidator(
            AuthMiddlewareStack(duty_first(URLRouter([path("ws/live/", LiveConsumer.as_asgi())])))
        ),
    }
)
