"""Callers that stall, or are slow on purpose, hold up nobody; callers that are slow and honest are served."""

from __future__ import annotations

import contextlib
import itertools
import re
import resource
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from somec.crypto.issuing import Subject, make_authority
from somec.crypto.keys import make_rsa_key
from somec.exchange import server, waiting
from somec.exchange.server import Listener, web_tls

HEAD = b"POST /as4 HTTP/1.1\r\nHost: nl.example\r\n"
GET = b"GET / HTTP/1.1\r\nHost: nl.example\r\n\r\n"
SOON = 2.0  # seconds
STALLS = {
    "silent": b"",
    "half a head": HEAD,
    "half a body": HEAD + b"Content-Length: 1000\r\n\r\nhalf",
    "half a chunk": HEAD + b"Transfer-Encoding: chunked\r\n\r\nffffff\r\nhalf",
    "told to go on": HEAD + b"Expect: 100-continue\r\nContent-Length: 1000\r\n\r\n",
}


def measure(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
    """Answer with the length of the body."""
    length = 0
    while piece := environ["wsgi.input"].read(1 << 16):
        length += len(piece)
    answer = b"<%d>" % length
    start_response("200 OK", [("Content-Length", str(len(answer)))])
    return [answer]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pair = make_authority(Subject("nl.example", hosts=("localhost",)), make_rsa_key(), at=datetime.now(UTC))
    file = tmp_path_factory.mktemp("tls") / "tls.pem"
    file.write_bytes(pair.private.pem() + pair.certificate.pem())
    return file


@contextlib.contextmanager
def listening(certificate: Path | None = None) -> Iterator[int]:
    listener = Listener("127.0.0.1:0", measure)
    if certificate:
        listener.use(web_tls(str(certificate)))
    listener.start()
    try:
        yield listener.port
    finally:
        listener.stop()


def call(port: int, *, tls: bool = False) -> socket.socket:
    plain = socket.create_connection(("127.0.0.1", port), 10)
    if not tls:
        return plain
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context.wrap_socket(plain)


def heard(caller: socket.socket, until: bytes = b">") -> bytes:
    """Return what comes up to an end that is expected, or to the end of the connection."""
    data = b""
    with contextlib.suppress(ConnectionResetError):
        while not data.endswith(until) and (piece := caller.recv(1 << 16)):
            data += piece
    return data


def served(port: int, *, tls: bool = False) -> float:
    """Return how long an honest caller waits, in seconds, for two answers on one connection."""
    begin = time.monotonic()
    with call(port, tls=tls) as caller:
        for _ in range(2):
            caller.sendall(GET)
            assert heard(caller).endswith(b"<0>")
    return time.monotonic() - begin


@contextlib.contextmanager
def trickling(callers: list[socket.socket]) -> Iterator[None]:
    """Send one byte on every connection, again and again."""
    end = threading.Event()

    def trickle() -> None:
        while not end.wait(0.2):
            for caller in callers:
                with contextlib.suppress(OSError):  # the node may hang up, which is what it should do in the end
                    caller.sendall(b"x")

    thread = threading.Thread(target=trickle)
    thread.start()
    try:
        yield
    finally:
        end.set()
        thread.join()


@pytest.mark.parametrize("tls", [False, True])
@pytest.mark.parametrize("stall", STALLS)
def test_sixty_callers_that_stall_hold_up_nobody(certificate: Path, stall: str, *, tls: bool) -> None:
    with listening(certificate if tls else None) as port, contextlib.ExitStack() as stack:
        callers = [stack.enter_context(call(port, tls=tls and stall != "silent")) for _ in range(60)]
        for caller in callers:
            caller.sendall(STALLS[stall])
        assert max(served(port, tls=tls) for _ in range(5)) < SOON
        if stall != "silent":
            with trickling(callers):
                assert max(served(port, tls=tls) for _ in range(5)) < SOON


@pytest.mark.parametrize("stall", ["half a head", "half a body"])
def test_a_byte_now_and_then_wins_no_time(monkeypatch: pytest.MonkeyPatch, stall: str) -> None:
    monkeypatch.setattr(waiting, "HEAD_SECONDS", 1.0)
    monkeypatch.setattr(waiting, "BODY_SECONDS", 1.0)
    monkeypatch.setattr(server, "LOOK_SECONDS", 0.1)
    with listening() as port, call(port) as caller, call(port) as idle:
        idle.sendall(GET)
        assert heard(idle).endswith(b"<0>")
        begin = time.monotonic()
        caller.sendall(STALLS[stall])
        with trickling([caller]):
            assert heard(caller).startswith(b"HTTP/1.1 408 ")
        assert 0.9 < time.monotonic() - begin < 5
        idle.sendall(GET)  # between two requests a caller may be silent for longer
        assert heard(idle).endswith(b"<0>")


def test_who_stalls_makes_room_for_others_from_the_same_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "MOST_OF_ONE_ADDRESS", 5)
    with listening() as port, contextlib.ExitStack() as stack:
        callers = []
        for _ in range(5):
            callers.append(stack.enter_context(call(port)))
            callers[-1].sendall(HEAD)
            time.sleep(0.05)  # the order in which they are let in
        first, second = callers[:2]
        assert served(port) < SOON
        assert heard(first) == b""
        second.sendall(b"\r\n")
        assert heard(second).endswith(b"<0>")


def test_of_large_bodies_the_one_that_stalls_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "MOST_LARGE", 2)
    monkeypatch.setattr(waiting, "LARGE", 1000)
    large = HEAD + b"Content-Length: 3000\r\n\r\n" + b"x" * 2000
    with listening() as port, call(port) as stalls, call(port) as goes_on, call(port) as comes:
        for caller in (stalls, goes_on):
            caller.sendall(large)
            time.sleep(0.05)
        goes_on.sendall(b"x" * 500)
        time.sleep(0.05)
        comes.sendall(large)
        assert heard(stalls) == b""
        goes_on.sendall(b"x" * 500)
        comes.sendall(b"x" * 1000)
        assert [heard(one)[-6:] for one in (goes_on, comes)] == [b"<3000>"] * 2


@pytest.mark.parametrize("chunked", [False, True])
def test_a_large_body_at_a_fair_rate_arrives_however_long_it_takes(
    monkeypatch: pytest.MonkeyPatch, *, chunked: bool
) -> None:
    """200 MB as a whole, or as one chunk; slower than the line, for longer than a body has in any case."""
    monkeypatch.setattr(waiting, "BODY_SECONDS", 0.5)
    monkeypatch.setattr(waiting, "BODY_RATE", 5 << 20)
    monkeypatch.setattr(waiting, "STALL_SECONDS", 2.0)
    monkeypatch.setattr(server, "LOOK_SECONDS", 0.1)
    size, piece = 200 << 20, b"x" * (4 << 20)
    framing, end = (b"Transfer-Encoding: chunked\r\n\r\n%x\r\n", b"\r\n0\r\n\r\n") if chunked else (
        b"Content-Length: %d\r\n\r\n", b"")  # fmt: skip
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with listening() as port, call(port) as caller:
        caller.sendall(HEAD + framing % size)
        begin = time.monotonic()
        for number in itertools.count(1):
            caller.sendall(piece)
            if number * len(piece) == size:
                break
            if number % 10 == 0:
                assert served(port) < SOON
            time.sleep(0.05)
        assert time.monotonic() - begin > 2
        caller.sendall(end)
        assert heard(caller).endswith(b"<%d>" % size)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 << 10  # kB


@pytest.mark.parametrize("tls", [False, True])
def test_requests_that_come_together_are_answered_in_turn(certificate: Path, *, tls: bool) -> None:
    with listening(certificate if tls else None) as port, call(port, tls=tls) as caller:
        caller.sendall(b"".join(HEAD + b"Content-Length: %d\r\n\r\n" % size + b"x" * size for size in range(30)))
        answers = heard(caller, b"<29>")
        assert re.findall(rb"<(\d+)>", answers) == [b"%d" % size for size in range(30)]


def test_a_caller_that_waits_to_be_told_is_told_once() -> None:
    with listening() as port, call(port) as caller:
        caller.sendall(HEAD + b"Expect: 100-continue\r\nContent-Length: 4\r\n\r\n")
        assert heard(caller, b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        caller.sendall(b"body")
        answer = heard(caller)
        assert (answer.startswith(b"HTTP/1.1 200 OK"), answer.endswith(b"<4>")) == (True, True)


def test_a_caller_without_tls_is_told_that_it_is_spoken_here(certificate: Path) -> None:
    with listening(certificate) as port, call(port) as caller:
        caller.sendall(GET)
        assert heard(caller, b"only\n").startswith(b"HTTP/1.1 400 ")
