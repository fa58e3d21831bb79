"""The address that peers call: a WSGI application for AS4 pushes. It answers with a receipt, or says what is wrong.

What comes from a stranger costs as little as possible: the size is capped before reading, large bodies go to a file,
and no private key is used before the signature holds. A refusal is written down where a person finds it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

from django.db import close_old_connections, connection

from somec.as4.errors import DELIVERY_FAILURE, MIME_INCONSISTENCY, As4Error
from somec.as4.octets import Collector, Octets
from somec.as4.receiving import open_message
from somec.as4.signals import SIGNAL_TYPE, build_error, build_receipt
from somec.exchange import identity, signals, wire
from somec.exchange.cards import LIMITS
from somec.exchange.directory import Directory
from somec.exchange.inbox import Arrival, Inbox
from somec.exchange.keyring import Keyring
from somec.exchange.problems import Refusal
from somec.exchange.rules import Direction
from somec.kernel import clock

Environ = dict[str, Any]
StartResponse = Callable[[str, list[tuple[str, str]]], object]

PATH: Final = "/as4"
CHUNK: Final = 1 << 20
LARGE: Final = 4 << 20  # bodies above this are handled a few at a time
LARGE_AT_ONCE: Final = 2

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Caller:
    """Who speaks, as far as is known while a message is judged."""

    remote: str
    state: str = ""
    authenticated: bool = False


class Endpoint:
    """WSGI application; one for each process, safe for many threads."""

    def __init__(self, ring: Keyring, directory: Directory, inbox: Inbox) -> None:
        self._ring = ring
        self._directory = directory
        self._inbox = inbox
        self._large = threading.BoundedSemaphore(LARGE_AT_ONCE)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        if environ.get("PATH_INFO") != PATH:
            return _plain(start_response, "404 Not Found", "nothing here")
        if environ["REQUEST_METHOD"] != "POST":
            return _plain(
                start_response, "405 Method Not Allowed", "AS4 messages are pushed with POST", ("Allow", "POST")
            )
        remote = str(environ.get("REMOTE_ADDR", ""))
        try:
            answer = self._receive(environ, remote)
        except As4Error as error:
            answer = self._refusal(error, _Caller(remote))
        except Exception:  # noqa: BLE001 - a caller always gets an answer
            _log.exception("exchange.endpoint_failed")
            answer = self._refusal(As4Error(DELIVERY_FAILURE, "node.failed"), _Caller(remote))
        finally:
            if not connection.in_atomic_block:  # a caller's own transaction (tests) keeps its connection
                close_old_connections()
        headers = [("Content-Type", SIGNAL_TYPE), ("Content-Length", str(len(answer)))]
        start_response("200 OK", headers)
        return [answer]

    def _receive(self, environ: Environ, remote: str) -> bytes:
        body = _read(environ)
        try:
            if body.size <= LARGE:
                with self._inbox.expecting():
                    return self._judge(str(environ.get("CONTENT_TYPE", "")), body, remote)
            with self._large:
                return self._judge(str(environ.get("CONTENT_TYPE", "")), body, remote)
        finally:
            body.close()

    def _judge(self, content_type: str, body: Octets, remote: str) -> bytes:
        received = open_message(
            content_type, body, resolve=lambda message: self._directory.terms_in(message, self._ring), limits=LIMITS
        )
        receipt = build_receipt(received, keys=self._ring.local)
        peer = self._directory.sender_of(received.message)
        state = peer.card.state if peer else ""
        signals.peer_heard(state)
        if received.is_test:
            return receipt.body
        try:
            document = wire.believe(received, sender_state=state, own_state=identity.own_state())
        except As4Error as error:
            return self._refusal(error, _Caller(remote, state, authenticated=True))
        arrival = Arrival(
            received=received, document=document, receipt=receipt, peer_state=state, remote=remote, at=clock.now()
        )
        try:
            return self._inbox.take(arrival)
        except As4Error as error:  # the inbox has written the problem down
            return build_error([error], keys=self._ring.local).body

    def _refusal(self, error: As4Error, caller: _Caller) -> bytes:
        self._inbox.refuse(
            Refusal(
                direction=Direction.IN,
                code=error.reason,
                at=clock.now(),
                peer_state=caller.state,
                authenticated=caller.authenticated,
                remote=caller.remote,
                message_id=error.ref_to_message_id,
                ebms_code=error.ebms.code,
                detail=error.place,
            )
        )
        keys = self._ring.local if caller.authenticated else None  # no signature for strangers: they could ask for many
        return build_error([error], keys=keys).body


def _read(environ: Environ) -> Octets:
    declared = environ.get("CONTENT_LENGTH") or ""
    if declared and (not declared.isdecimal() or int(declared) > LIMITS.message):
        raise As4Error(MIME_INCONSISTENCY, "message.too-large")
    source: BinaryIO = environ["wsgi.input"]
    remaining = int(declared) if declared else LIMITS.message + 1
    with Collector() as collector:
        while remaining > 0:
            try:
                data = source.read(min(CHUNK, remaining))
            except ValueError as error:  # the server's reader of HTTP chunks
                raise As4Error(MIME_INCONSISTENCY, "http.chunks") from error
            if not data:
                break
            collector.write(data)
            remaining -= len(data)
        if declared and remaining:
            raise As4Error(MIME_INCONSISTENCY, "message.truncated")
        if collector.size > LIMITS.message:
            raise As4Error(MIME_INCONSISTENCY, "message.too-large")
        return collector.finish()


def _plain(start_response: StartResponse, status: str, text: str, *headers: tuple[str, str]) -> Iterable[bytes]:
    body = text.encode() + b"\n"
    start_response(
        status, [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body))), *headers]
    )
    return [body]
