"""Posts messages to peers over HTTPS: connections are kept, the peer's server is checked against its card.

A card names the certificates that the peer's TLS chains to; nothing else is trusted, no public authority. Our own
certificate is shown to every peer. Redirects and proxies are not followed.
"""

from __future__ import annotations

import hashlib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from threading import Lock
from typing import Final

import urllib3
from urllib3.exceptions import HTTPError

from somec.as4.octets import Octets
from somec.exchange.cards import Card
from somec.exchange.keyring import Keyring, password

CONNECT_SECONDS: Final = 5.0
ANSWER_SECONDS: Final = 30.0  # how long a peer may take for a small message
SLOWEST: Final = 1 << 20  # bytes a second that a peer is expected to take in at least
MAX_ANSWER: Final = 1 << 20  # bytes of an answer; receipts are below 10 kB
KEPT: Final = 32  # connections kept to each peer
_CHUNK: Final = 256 * 1024


class Unreached(Exception):  # noqa: N818 - says what happened
    """No answer came: whether the peer has the message is not known. ``code`` is stable, without content."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Response:
    """What came back."""

    status: int
    content_type: str
    body: bytes


class Transport:
    """HTTPS to all peers; safe for many threads."""

    def __init__(self, ring: Keyring) -> None:
        self._ring = ring
        self._lock = Lock()
        self._pools: dict[str, urllib3.PoolManager] = {}

    def post(self, card: Card, content_type: str, body: Octets) -> Response:
        """Post a message and return the answer, whatever its status; raises Unreached when none came."""
        headers = {"Content-Type": content_type, "Content-Length": str(body.size), "User-Agent": "somec"}
        content = body.read() if body.in_memory else _pieces(body)
        timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=ANSWER_SECONDS + body.size / SLOWEST)
        try:
            response = self._pool(card).request(
                "POST", card.endpoint, body=content, headers=headers, timeout=timeout, redirect=False, retries=False,
                preload_content=False,
            )  # fmt: skip
            try:
                answer = response.read(MAX_ANSWER + 1)
                if len(answer) > MAX_ANSWER:
                    response.close()
                    raise Unreached("peer.answer_too_large")
                return Response(response.status, response.headers.get("Content-Type", ""), answer)
            finally:
                response.release_conn()
        except (HTTPError, OSError) as error:
            raise Unreached(_code(error)) from error

    def close(self) -> None:
        """Close every connection."""
        with self._lock:
            for pool in self._pools.values():
                pool.clear()
            self._pools.clear()

    def _pool(self, card: Card) -> urllib3.PoolManager:
        key = card.endpoint + hashlib.sha256(b"".join(one.der for one in card.tls)).hexdigest()
        with self._lock:
            if key not in self._pools:
                self._pools[key] = urllib3.PoolManager(
                    num_pools=1, maxsize=KEPT, block=False, ssl_context=client_context(card, self._ring)
                )
            return self._pools[key]


def client_context(card: Card, ring: Keyring) -> ssl.SSLContext:
    """Return the TLS side of a caller: trusts what the card names, shows our certificate, TLS 1.2 or newer."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # a card may name the server's very certificate
    context.load_verify_locations(cadata="".join(one.pem().decode() for one in card.tls))
    context.load_cert_chain(ring.tls_file, password=password())
    return context


def _pieces(body: Octets) -> Iterator[bytes]:
    yield from body.chunks(_CHUNK)


def _code(error: Exception) -> str:
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return "peer.tls_certificate"
        if isinstance(cause, ssl.SSLError):
            return "peer.tls"
        if isinstance(cause, TimeoutError | urllib3.exceptions.TimeoutError):
            return "peer.timeout"
        if isinstance(cause, ConnectionRefusedError):
            return "peer.connection_refused"
    return "peer.connection"


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        nested = seen.args[0] if seen.args and isinstance(seen.args[0], BaseException) else None
        seen = seen.__cause__ or nested or seen.__context__
