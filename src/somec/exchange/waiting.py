"""Where callers wait until they have sent a whole request. A caller that is slow, or stalls, occupies no thread.

One thread reads what has come on every connection (TLS too), never waiting for one of them. cheroot's threads get whole
requests only.
"""

from __future__ import annotations

import contextlib
import math
import selectors
import socket
import ssl
import time
from typing import Any, Final

from cheroot.connections import ConnectionManager
from cheroot.makefile import StreamWriter
from cheroot.server import HeaderReader, HTTPConnection, HTTPRequest

from somec.exchange.intake import Intake, RequestError

HEAD_SECONDS: Final = 10.0  # from the connection, or the first byte of a later request, to the end of its head
BODY_SECONDS: Final = 10.0  # that a body has in any case,
BODY_RATE: Final = 16 << 10  # bytes a second at which it comes on the whole,
STALL_SECONDS: Final = 20.0  # and how long nothing of it may come
IDLE_SECONDS: Final = 60  # between two requests; a caller's pool notices that the connection was closed
ANSWER_SECONDS: Final = 20.0  # how long a caller may read nothing of its answer
MOST_UNFINISHED: Final = 128  # connections with half a request,
MOST_OF_ONE_ADDRESS: Final = 64  # of which from one address,
MOST_LARGE: Final = 16  # and with bodies larger than
LARGE: Final = 4 << 20
PIECE: Final = 64 << 10  # bytes read at a time
PIECES: Final = 4  # read from one connection before the others have their turn

_PLAIN_HTTP: Final = "HTTP_REQUEST"  # OpenSSL's reason when somebody speaks HTTP where TLS is spoken


class _Fields(HeaderReader):
    def _allow_header(self, name: bytes) -> bool:
        return name != b"Expect"  # the caller was told to go on while it waited


class _Request(HTTPRequest):
    """A request all of which is here: nothing is left over that could pass for another request."""

    header_reader = _Fields()

    def respond(self) -> None:
        """Let the application answer. It reads the decoded body from the file in which it was taken in."""
        intake = self.conn.intake
        self.rfile = intake.file
        if self.chunked_read:
            del self.inheaders[b"Transfer-Encoding"]
            self.inheaders[b"Content-Length"] = b"%d" % intake.size
        self.chunked_read = False
        self.close_connection = self.close_connection or intake.left_out
        self.server.gateway(self).respond()
        if self.ready:
            self.ensure_headers_sent()
        if self.chunked_write:
            self.conn.wfile.write(b"0\r\n\r\n")


class Connection(HTTPConnection):
    """A caller. Until its request is whole, its socket never makes anybody wait."""

    RequestHandlerClass = _Request

    def __init__(self, server: Any, sock: socket.socket, address: tuple[Any, ...]) -> None:
        self.intake = Intake(server.most_body)
        super().__init__(server, sock, self._file)
        self.remote_addr, self.remote_port = address[:2]
        self.idle = False  # between two requests
        self.given_up = False
        self.deadline = time.monotonic() + HEAD_SECONDS
        self._body_since: float | None = None
        self._shaking_hands = isinstance(sock, ssl.SSLSocket)

    def _file(self, sock: socket.socket, mode: str, size: int) -> Any:
        return self.intake.file if "r" in mode else StreamWriter(sock, mode, size)

    @property
    def large(self) -> bool:
        """Tell whether its body is one of those of which few are taken in at a time."""
        return self.intake.size > LARGE

    def advance(self) -> bool:
        """Take in what has come; tell whether the request is whole. Raises RequestError, OSError (it is gone)."""
        try:
            if self._shaking_hands:
                self._shake_hands()
            for _ in range(PIECES):
                piece = self.socket.recv(PIECE)
                if not piece:
                    raise ConnectionResetError
                if self._taken(piece):
                    return True
        except (BlockingIOError, ssl.SSLWantReadError):
            return False
        return False

    def _shake_hands(self) -> None:
        try:
            self.socket.do_handshake()
        except ssl.SSLError as error:
            if error.reason == _PLAIN_HTTP:
                socket.socket.send(self.socket, _answer("400 Bad Request", b"this port speaks HTTPS only\n"))
            raise
        self._shaking_hands = False
        self.ssl_env = self.server.ssl_adapter.get_environ(self.socket)

    def _taken(self, piece: bytes) -> bool:
        now = time.monotonic()
        if self.idle:
            self.idle = False
            self.deadline = now + HEAD_SECONDS
        whole = self.intake.take(piece)
        if self.intake.awaits_continue:
            self.intake.awaits_continue = False
            self.socket.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        if self.intake.started and not whole:
            self._body_since = self._body_since or now
            at_rate = self._body_since + BODY_SECONDS + self.intake.size / BODY_RATE
            self.deadline = min(at_rate, now + STALL_SECONDS)
        return whole

    def begin_anew(self) -> bool:
        """Wait for the next request; tell whether it came together with the last one. Raises RequestError."""
        rest = bytes(self.intake.rest)
        self.intake.file.close()
        self.intake = Intake(self.server.most_body)
        self.rfile = self.intake.file
        self.idle = True
        self.deadline = time.monotonic() + IDLE_SECONDS
        self._body_since = None
        self.socket.settimeout(0)
        return bool(rest) and self._taken(rest)

    def refuse(self, status: str) -> None:
        """Say why, if the caller is in the middle of a request, and close."""
        with contextlib.suppress(OSError):  # it may be gone, or not listen; the answer is a courtesy
            if not self.idle and not self._shaking_hands:
                self.socket.send(_answer(status))
        self.drop()

    def drop(self) -> None:
        """Close."""
        with contextlib.suppress(OSError):  # the caller has closed before
            self.close()

    def give_up(self) -> None:
        """Make room for others: what waits for the connection sees its end and closes it."""
        self.given_up = True
        with contextlib.suppress(OSError):  # the caller has closed before
            socket.socket.shutdown(self.socket, socket.SHUT_RDWR)


def _answer(status: str, text: bytes = b"") -> bytes:
    return b"HTTP/1.1 %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (status.encode(), len(text), text)


class WaitingRoom(ConnectionManager):
    """All connections that no thread is answering."""

    server: Any
    _selector: Any

    def _from_server_socket(self, server_socket: socket.socket) -> None:
        """Let a caller in."""
        try:
            sock, address = server_socket.accept()
            sock.settimeout(0)
            adapter = self.server.ssl_adapter
            if adapter is not None:
                sock = adapter.context.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)
        except (TimeoutError, ConnectionError):  # it has hung up
            return
        except OSError:  # no descriptor is free
            self._make_room(self._here(), 1)
            return
        caller = Connection(self.server, sock, address)
        waiting = self._unfinished()
        self._make_room([one for one in waiting if one.remote_addr == caller.remote_addr], MOST_OF_ONE_ADDRESS)
        self._make_room(waiting, MOST_UNFINISHED)
        self.advance(caller)

    def _here(self) -> list[Connection]:
        return [one for _, one in self._selector.connections if one is not self.server and not one.given_up]

    def _unfinished(self) -> list[Connection]:
        return [one for one in self._here() if not one.idle]

    @staticmethod
    def _make_room(waiting: list[Connection], most: int) -> None:
        """Give up who is nearest to its deadline: one that stalls is nearer than one that gets on, or has just come."""
        if len(waiting) >= most:
            min(waiting, key=lambda one: math.inf if one.given_up else one.deadline).give_up()

    def put(self, caller: Connection) -> None:
        """Wait for the next request of a caller that was answered; in the thread that did."""
        self.advance(caller, answered=True)

    def advance(self, caller: Connection, *, answered: bool = False) -> None:
        """Read what has come; hand a whole request to a thread, else wait for more."""
        was_large = caller.large and not answered
        try:
            whole = (answered and caller.begin_anew()) or caller.advance()
        except RequestError as error:
            caller.refuse(error.status)
            return
        except OSError:  # of TLS too
            caller.drop()
            return
        if whole:
            caller.socket.settimeout(ANSWER_SECONDS)
            self.server.requests.put(caller)
            return
        if caller.large and not was_large:
            self._make_room([one for one in self._unfinished() if one.large], MOST_LARGE)
        self._selector.register(caller.socket.fileno(), selectors.EVENT_READ, data=caller)

    def _expire(self, threshold: float) -> None:
        """Close what is behind its deadline."""
        del threshold
        now = time.monotonic()
        here = [(number, one) for number, one in self._selector.connections if one is not self.server]
        for number, late in [(number, one) for number, one in here if one.deadline < now]:
            self._selector.unregister(number)
            late.refuse("408 Request Timeout")
