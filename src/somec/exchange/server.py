"""Listeners: cheroot, with many threads in one process.

The listener for peers speaks TLS and knows whose certificates count.
"""

from __future__ import annotations

import logging
import ssl
import threading
from collections.abc import Callable, Iterable
from typing import Any, Final, Literal

from cheroot import wsgi
from cheroot.ssl.builtin import BuiltinSSLAdapter

from somec.exchange.cards import LIMITS
from somec.exchange.directory import Directory
from somec.exchange.intake import MOST_HEAD
from somec.exchange.keyring import Keyring, password
from somec.exchange.waiting import IDLE_SECONDS, MOST_UNFINISHED, Connection, WaitingRoom

THREADS: Final = 16
KEPT_CONNECTIONS: Final = 256  # 26 peers with several connections each
LOOK_SECONDS: Final = 2.0  # how often an idle listener wakes to close connections that are behind their deadline
SHUTDOWN_SECONDS: Final = 10

ClientCertificates = Literal["required", "optional", "off"]
Application = Callable[..., Iterable[bytes]]

_MODES: Final = {"required": ssl.CERT_REQUIRED, "optional": ssl.CERT_OPTIONAL, "off": ssl.CERT_NONE}
_log = logging.getLogger(__name__)


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    return host.strip("[]"), int(port)


class _Quiet(wsgi.Server):
    """A server that logs through the node's log: code and kind of error, no request line and no address of a page."""

    _connections: WaitingRoom
    most_body: int = LIMITS.message  # a longer one is answered by what its head says, and not taken in

    def prepare(self) -> None:
        """Listen; callers wait in a room of our own."""
        super().prepare()
        self._connections.close()
        self._connections = WaitingRoom(self)

    def process_conn(self, conn: Connection) -> None:
        """Go on with a caller of whom something has come."""
        self._connections.advance(conn)

    def error_log(self, msg: str = "", level: int = logging.INFO, traceback: bool = False) -> None:  # noqa: FBT001, FBT002
        """Pass on what went wrong in a connection; a caller that hangs up is not worth a line."""
        del msg
        if level >= logging.ERROR and traceback:
            _log.log(level, "server.connection_failed", exc_info=True)


class Listener:
    """One address, one application. :meth:`start` returns once it listens."""

    def __init__(self, address: str, application: Application, *, threads: int = THREADS) -> None:
        self._server = _Quiet(
            _address(address), application, numthreads=threads, max=threads, request_queue_size=128,
            timeout=IDLE_SECONDS, shutdown_timeout=SHUTDOWN_SECONDS, server_name="somec",
        )  # fmt: skip
        self._server.keep_alive_conn_limit = KEPT_CONNECTIONS + MOST_UNFINISHED
        self._server.expiration_interval = LOOK_SECONDS
        self._server.max_request_header_size = MOST_HEAD
        self._thread = threading.Thread(target=self._serve, name=f"listen-{address}", daemon=True)

    def use(self, adapter: BuiltinSSLAdapter) -> None:
        """Speak TLS; before :meth:`start`."""
        self._server.ssl_adapter = adapter

    @property
    def port(self) -> int:
        """Return the port that it listens on (of use when 0 was asked for)."""
        return int(self._server.bind_addr[1])

    def start(self) -> None:
        """Bind and serve in a thread; raises OSError when the address is taken."""
        self._server.prepare()
        self._thread.start()

    def _serve(self) -> None:
        self._server.serve()

    def stop(self) -> None:
        """Finish requests that are running, then close."""
        self._server.stop()
        self._thread.join()


class Tls:
    """The TLS side of a listener: our certificate; which clients are let in follows the cards of the peers."""

    def __init__(self, ring: Keyring, directory: Directory, mode: ClientCertificates) -> None:
        self._ring = ring
        self._directory = directory
        self._mode = mode
        self._anchors = self._wanted()
        self.adapter = BuiltinSSLAdapter(str(ring.tls_file), str(ring.tls_file), private_key_password=password())
        self.adapter.context = self._context()

    def _wanted(self) -> frozenset[bytes]:
        if self._mode == "off":
            return frozenset()
        return frozenset(one.der for peer in self._directory.peers().values() if peer.active for one in peer.card.tls)

    def refresh(self) -> None:
        """Let in clients of peers that were added, and none of peers that were suspended; for new connections."""
        wanted = self._wanted()
        if wanted != self._anchors:
            self._anchors = wanted
            self.adapter.context = self._context()

    def _context(self) -> ssl.SSLContext:
        context: Any = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(self._ring.tls_file, password=password())
        context.verify_mode = _MODES[self._mode]
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        if self._anchors:
            context.load_verify_locations(
                cadata="".join(ssl.DER_cert_to_PEM_cert(one) for one in sorted(self._anchors))
            )
        checked: ssl.SSLContext = context
        return checked


def web_tls(certificate: str) -> BuiltinSSLAdapter:
    """Return the TLS side of the listener for people: any browser may connect."""
    adapter = BuiltinSSLAdapter(certificate, certificate, private_key_password=password())
    adapter.context.minimum_version = ssl.TLSVersion.TLSv1_2
    return adapter
