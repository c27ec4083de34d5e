"""A push service on this computer: takes what is pushed, and decrypts it as the browser would (RFC 8188, 8291)."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import http_ece

from tests.parent.builders import Browser


@dataclass
class PushService:
    """What it was sent, and what it answers.

    Attributes:
        bodies: as they came, with their headers.
        answers: statuses to give next; 201 once they are used up.
    """

    origin: str
    bodies: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    def messages(self, browser: Browser) -> list[dict[str, Any]]:
        return [
            json.loads(http_ece.decrypt(body, private_key=browser.key, auth_secret=browser.secret))
            for _headers, body in self.bodies
        ]


@contextmanager
def running_push_service() -> Iterator[PushService]:
    service = PushService("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = service.answers.pop(0) if service.answers else 201
            if status == 201:
                service.bodies.append(({name.lower(): one for name, one in self.headers.items()}, body))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.origin = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
