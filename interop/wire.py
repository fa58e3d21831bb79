"""The wire between two AS4 access points on one machine, kept byte for byte.

``Endpoint`` is an HTTP server on the loopback interface that hands each POST to a function and remembers both sides of
the exchange; ``post`` is the client; ``forward`` makes an endpoint a recording proxy in front of another server.
"""

from __future__ import annotations

import http.client
import http.server
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 60
POLL_SECONDS = 0.02  # how fast an endpoint stops
LIMIT_BYTES = 64 * 1024 * 1024


class WireError(Exception):
    """The other end did not speak HTTP as it should."""


@dataclass(frozen=True)
class Body:
    """What travels in one direction: the content type as it stood in the HTTP header, and the entity body."""

    content_type: str
    content: bytes
    status: int = 200


@dataclass(frozen=True)
class Exchange:
    """One request and what was answered; ``None`` where the connection was cut instead."""

    request: Body
    response: Body | None


Answer = Callable[[Body], Body | None]


def post(url: str, body: Body, tls: ssl.SSLContext | None = None) -> Body:
    """POST a body over a connection of its own and return the whole answer, whatever its status."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=TIMEOUT_SECONDS)
    if tls:
        connection = http.client.HTTPSConnection(parts.netloc, timeout=TIMEOUT_SECONDS, context=tls)
    try:
        connection.request("POST", parts.path, body.content, {"Content-Type": body.content_type})
        answer = connection.getresponse()
        return Body(answer.headers.get("Content-Type", ""), answer.read(), answer.status)
    finally:
        connection.close()


def forward(url: str, tls: ssl.SSLContext | None = None) -> Answer:
    """Answer with what the server at ``url`` answers."""
    return lambda body: post(url, body, tls)


class Endpoint:
    """An HTTP server at a free port of 127.0.0.1; ``exchanges`` grows with each POST, in the order of the answers.

    ``answer`` may return ``None``: the connection is then closed without a word, as when a receipt is lost on its way.
    """

    def __init__(self, answer: Answer, tls: ssl.SSLContext | None = None) -> None:
        self.exchanges: list[Exchange] = []
        self._answer = answer
        self._lock = threading.Lock()
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._scheme = "https" if tls else "http"
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(POLL_SECONDS,), daemon=True)

    @property
    def url(self) -> str:
        """Where to send messages."""
        return f"{self._scheme}://127.0.0.1:{self._server.server_port}/as4"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def handle(self, request: Body) -> Body | None:
        """Answer one request and remember both."""
        response = self._answer(request)
        with self._lock:
            self.exchanges.append(Exchange(request, response))
        return response

    def _handler(self) -> type[http.server.BaseHTTPRequestHandler]:
        endpoint = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = TIMEOUT_SECONDS

            def do_POST(self) -> None:
                response = endpoint.handle(Body(self.headers.get("Content-Type", ""), self._content()))
                if response is None:
                    self.close_connection = True
                    return
                self.send_response(response.status)
                self.send_header("Content-Type", response.content_type)
                self.send_header("Content-Length", str(len(response.content)))
                self.end_headers()
                self.wfile.write(response.content)

            def _content(self) -> bytes:
                if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
                    return self.rfile.read(int(self.headers.get("Content-Length", "0")))
                content = bytearray()
                while size := int(self.rfile.readline().split(b";")[0], 16):
                    content += self.rfile.read(size)
                    self.rfile.readline()
                    if len(content) > LIMIT_BYTES:
                        message = "the request is longer than this test expects"
                        raise WireError(message)
                while self.rfile.readline().strip():
                    pass
                return bytes(content)

            def log_message(self, *_: object) -> None:
                """Say nothing: what was exchanged is kept in full."""

        return Handler
