"""What a caller sends beyond what is read costs the node no memory and is never taken for another request."""

from __future__ import annotations

import resource
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from somec.exchange.server import Listener

HEAD = b"POST /as4 HTTP/1.1\r\nHost: nl.example\r\n"
REFUSED = b"refused"


@pytest.fixture
def called() -> list[str]:
    return []


@pytest.fixture
def port(called: list[str]) -> Iterator[int]:
    """Serve an application that answers without reading, as one does that refuses by the size alone."""

    def refuse(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        called.append(environ["REQUEST_METHOD"])
        start_response("200 OK", [("Content-Length", str(len(REFUSED)))])
        return [REFUSED]

    listener = Listener("127.0.0.1:0", refuse)
    listener.start()
    yield listener.port
    listener.stop()


def answered(port: int, *pieces: bytes) -> bytes:
    """Send, and return what comes until the node closes the connection or falls silent."""
    with socket.create_connection(("127.0.0.1", port), 5) as caller:
        caller.settimeout(3)
        sender = threading.Thread(target=_sent, args=(caller, pieces), daemon=True)
        sender.start()
        heard = b""
        try:
            while piece := caller.recv(1 << 16):
                heard += piece
        except (TimeoutError, ConnectionResetError):
            return heard
        return heard + b"<closed>"


def _sent(caller: socket.socket, pieces: Iterable[bytes]) -> None:
    try:
        for piece in pieces:
            caller.sendall(piece)
    except OSError:
        return  # the node has hung up, which is what it should do


def test_a_body_of_any_size_that_was_refused_is_not_collected_in_memory(port: int, called: list[str]) -> None:
    """The length alone made the server reserve that much; here more than the machine has, and then a good deal of it."""
    assert answered(port, HEAD + b"Content-Length: 99999999999999\r\n\r\n").endswith(REFUSED + b"<closed>")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    much = [b"x" * (1 << 20)] * 300
    answered(port, HEAD + b"Content-Length: %d\r\n\r\n" % (300 << 20), *much)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 << 10  # kB
    assert called == ["POST", "POST"]


def test_a_small_surplus_is_read_so_that_the_connection_goes_on(port: int, called: list[str]) -> None:
    body = b"x" * (1 << 20)
    request = HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body
    heard = answered(port, request, b"GET / HTTP/1.1\r\nHost: nl.example\r\nConnection: close\r\n\r\n")
    assert (heard.count(REFUSED), called) == (2, ["POST", "GET"])


def test_chunks_that_nobody_read_are_no_further_request(port: int, called: list[str]) -> None:
    """Through a proxy that shares connections they would be a stranger's request in somebody else's name."""
    hidden = b"GET /hidden HTTP/1.1\r\nHost: nl.example\r\n\r\n"
    heard = answered(port, HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + hidden)
    assert (heard.startswith(b"HTTP/1.1 400 "), heard.endswith(b"<closed>"), called) == (True, True, [])
    whole = HEAD + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(hidden), hidden)
    assert answered(port, whole).count(REFUSED) == 1
    assert called == ["POST"]
