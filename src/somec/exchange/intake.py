"""An HTTP request as it arrives: taken in piece by piece until all of it is here. Knows no socket.

The server hands a request to a thread when it is whole, so this alone decides where a request ends (RFC 9112, sections
6 and 7); what the program behind it reads is a file with the head and the decoded body.
"""

from __future__ import annotations

import re
from tempfile import SpooledTemporaryFile
from typing import Final

from somec.kernel.errors import SomecError

MOST_HEAD: Final = 32 << 10  # bytes
MOST_LINE: Final = 1 << 10  # bytes of the line before a chunk
IN_MEMORY: Final = 256 << 10  # bytes of a request; beyond, it lies in an unlinked temporary file

_END: Final = b"\r\n"
_NAME: Final = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, 5.6.2; no space before the colon
_LENGTH: Final = re.compile(rb"[0-9]{1,18}")
_SIZE: Final = re.compile(rb"[0-9A-Fa-f]{1,15}")
_FRAMING: Final = (b"content-length", b"transfer-encoding")  # what says where a body ends: once or not at all


class RequestError(SomecError):
    """No request that is taken in; ``status`` is the line that answers it."""

    def __init__(self, status: str) -> None:
        super().__init__("http.request")
        self.status = status


class Intake:
    """One request: :meth:`take` pieces until it is whole, then read ``file`` from its beginning."""

    def __init__(self, most: int) -> None:
        self.file: SpooledTemporaryFile[bytes] = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - the connection closes it
        self.rest = (
            bytearray()
        )  # what has come and is not taken in; once the request is whole, it belongs to the next one
        self.most = most  # bytes of a body
        self.size = 0  # bytes of the body so far
        self.started = False  # the head is here
        self.whole = False
        self.left_out = False  # the body says that it is larger than the most, so that nobody waits for it
        self.awaits_continue = False  # the caller sends the body when it is told to (RFC 9110, 10.1.1)
        self._left = 0  # bytes of the body, or of the chunk
        self._step = self._head

    def take(self, piece: bytes) -> bool:
        """Take in a piece; tell whether the request is whole. Raises RequestError."""
        self.rest += piece
        while not self.whole and self._step():
            pass
        return self.whole

    def _line(self, most: int) -> bytes | None:
        end = self.rest.find(_END, 0, most)
        if end < 0:
            if len(self.rest) >= most:
                raise RequestError("400 Bad Request")
            return None
        line = bytes(self.rest[:end])
        del self.rest[: end + len(_END)]
        return line

    def _head(self) -> bool:
        while self.rest.startswith(_END):  # RFC 9112, 2.2
            del self.rest[: len(_END)]
        end = self.rest.find(_END * 2, 0, MOST_HEAD)
        if end < 0:
            if len(self.rest) >= MOST_HEAD:
                raise RequestError("431 Request Header Fields Too Large")
            return False
        head = bytes(self.rest[: end + 2 * len(_END)])
        del self.rest[: len(head)]
        self.file.write(head)
        self.started = True
        self._frame(head.removesuffix(_END * 2).split(_END)[1:])
        return True

    def _frame(self, lines: list[bytes]) -> None:
        """Learn where the body ends. What two programs could read in two ways is refused (RFC 9112, 6.3 and 11.2)."""
        found: dict[bytes, bytes] = {}
        for line in lines:
            name, colon, value = line.partition(b":")
            key = name.lower()
            if not colon or not _NAME.fullmatch(name) or (key in _FRAMING and key in found):
                raise RequestError("400 Bad Request")
            found[key] = value.strip(b" \t")
        length, coding = (found.get(one) for one in _FRAMING)
        if coding is not None:
            if length is not None or coding.lower() != b"chunked":
                raise RequestError("400 Bad Request" if length is not None else "501 Not Implemented")
            self._step = self._chunk_size
        else:
            if length is not None and not _LENGTH.fullmatch(length):
                raise RequestError("400 Bad Request")
            self._left = int(length or 0)
            self.left_out = self._left > self.most
            self._step = self._body
            self._end(whole=self.left_out or not self._left)
        self.awaits_continue = not self.whole and found.get(b"expect", b"").lower() == b"100-continue"

    def _end(self, *, whole: bool) -> None:
        self.whole = whole
        if whole:
            self.file.seek(0)

    def _body(self) -> bool:
        taken = self._write()
        self._end(whole=not self._left)
        return taken

    def _write(self) -> bool:
        piece = self.rest[: self._left]
        del self.rest[: len(piece)]
        self.file.write(piece)
        self.size += len(piece)
        self._left -= len(piece)
        return bool(piece)

    def _chunk_size(self) -> bool:
        line = self._line(MOST_LINE)
        if line is None:
            return False
        size = line.partition(b";")[0].strip(b" \t")
        if not _SIZE.fullmatch(size):
            raise RequestError("400 Bad Request")
        self._left = int(size, 16)
        if self.size + self._left > self.most:
            raise RequestError("413 Content Too Large")
        self._step = self._chunk if self._left else self._trailer
        return True

    def _chunk(self) -> bool:
        if self._left:
            return self._write()
        if self._line(len(_END)) is None:
            return False
        self._step = self._chunk_size
        return True

    def _trailer(self) -> bool:
        line = self._line(MOST_HEAD)
        self._end(whole=line == b"")
        return line is not None
