"""MIME multipart/related, octet for octet (RFC 2046, RFC 2387): parts are windows of the message, never copies."""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from somec.as4.errors import MIME_INCONSISTENCY, As4Error
from somec.as4.octets import CHUNK, Collector, Octets
from somec.as4.pmode import Limits

_PARAMETER = re.compile(r';\s*([!#$%&\'*+.^_`|~0-9A-Za-z-]+)\s*=\s*(?:"([^"\\]*(?:\\.[^"\\]*)*)"|([^;\s]*))')
_IDENTITY = frozenset({"", "binary", "8bit", "7bit"})
MAX_BOUNDARY = 200  # RFC 2046 allows 70; some makers write more
_HEADERS_END = re.compile(rb"\r\n\r\n|\n\n")
LONGEST_BLANK = 128  # octets of a delimiter line that are looked at behind the boundary
_LINE_REST = re.compile(rb"(--)?[ \t]*(\r?\n|\Z)")  # what may follow the boundary on its line


@dataclass(frozen=True, slots=True)
class ContentType:
    """A media type with its parameters; type and parameter names in lower case."""

    type: str
    parameters: Mapping[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """Return a parameter, or an empty string."""
        return self.parameters.get(name, "")


@lru_cache(maxsize=256)
def parse_content_type(value: str) -> ContentType:
    """Read a Content-Type value (RFC 2045, 5.1), forgiving about spaces and quotes."""
    main, _, _ = value.partition(";")
    found = {name.lower(): _unquoted(quoted) or plain for name, quoted, plain in _PARAMETER.findall(value)}
    return ContentType(type=main.strip().lower(), parameters=found)


def _unquoted(value: str) -> str:
    """Undo the quoting of single characters (RFC 822, quoted-pair)."""
    return re.sub(r"\\(.)", r"\1", value) if "\\" in value else value


@dataclass(frozen=True, slots=True)
class MimePart:
    """One part: its headers (names in lower case) and its content with the transfer encoding undone."""

    headers: dict[str, str]
    content: Octets

    @property
    def content_id(self) -> str:
        """The content id without angle brackets; empty when there is none."""
        return self.headers.get("content-id", "").strip().removeprefix("<").removesuffix(">")

    @property
    def content_type(self) -> ContentType:
        """The declared media type."""
        return parse_content_type(self.headers.get("content-type", ""))


def write_part(collector: Collector, boundary: str, headers: Sequence[tuple[str, str]]) -> None:
    """Open the next part: delimiter, headers, empty line."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    collector.write(f"--{boundary}\r\n{lines}\r\n".encode())


def close_part(collector: Collector) -> None:
    """End the content of a part."""
    collector.write(b"\r\n")


def close_parts(collector: Collector, boundary: str) -> None:
    """End the message."""
    collector.write(f"--{boundary}--\r\n".encode())


def split(body: Octets, boundary: str, limits: Limits) -> list[MimePart]:
    """Return the parts of a multipart body. Raises EBMS:0007 when it is malformed, cut off, or has too many parts."""
    parts, complete = split_open(body, boundary, limits)
    if not complete:
        raise As4Error(MIME_INCONSISTENCY, "mime.truncated")
    return parts


def split_open(body: Octets, boundary: str, limits: Limits) -> tuple[list[MimePart], bool]:
    """Return the parts, and whether the closing delimiter is there; without it the last part may be cut off."""
    if not 0 < len(boundary) <= MAX_BOUNDARY:
        raise As4Error(MIME_INCONSISTENCY, "mime.boundary")
    delimiters = list(_delimiters(body, b"--" + boundary.encode("latin-1", "replace"), limits.parts + 3))
    if not delimiters or delimiters[0].closing:
        raise As4Error(MIME_INCONSISTENCY, "mime.truncated")
    if len(delimiters) > limits.parts + 2:
        raise As4Error(MIME_INCONSISTENCY, "mime.too-many-parts")
    complete = delimiters[-1].closing
    if not complete:
        delimiters.append(_Delimiter(start=body.size, end=body.size, closing=True))
    return [_part(body, one.end, following.start, limits) for one, following in pairwise(delimiters)], complete


@dataclass(frozen=True, slots=True)
class _Delimiter:
    """Where content before it ends, and where content after it begins."""

    start: int
    end: int
    closing: bool


def _delimiters(body: Octets, mark: bytes, most: int) -> Iterator[_Delimiter]:
    """Yield delimiter lines up to the closing one, at most ``most``; the first decides between CRLF and bare LF."""
    count = 0
    crlf: bool | None = None
    for at in _find_all(body, mark):
        before = body.slice(at - 2, at)
        line = _LINE_REST.match(body.slice(at + len(mark), at + len(mark) + LONGEST_BLANK))
        if line is None or (at and not before.endswith(b"\n")):
            continue  # the mark is only the beginning of a longer line, or stands inside one
        closing, newline = line[1] is not None, line[2]
        if not (newline or closing):
            continue  # only the closing line may end with the message
        if crlf is None:
            crlf = newline != b"\n"
        if crlf and at and before != b"\r\n":
            continue  # a bare LF inside a CRLF message is content
        yield _Delimiter(start=max(0, at - (2 if crlf else 1)), end=at + len(mark) + line.end(), closing=closing)
        count += 1
        if closing or count >= most:
            return


def _find_all(body: Octets, mark: bytes) -> Iterator[int]:
    """Yield every offset of ``mark``, reading a file piece by piece."""
    step = max(body.size, 1) if body.in_memory else CHUNK
    overlap = len(mark) - 1
    for base in range(0, max(body.size, 1), step):
        window = body.read() if body.in_memory else body.slice(base, base + step + overlap)
        at = window.find(mark)
        while at >= 0:
            yield base + at
            at = window.find(mark, at + 1)


def _part(body: Octets, start: int, stop: int, limits: Limits) -> MimePart:
    head = body.slice(start, min(stop, start + limits.headers))
    if head.startswith((b"\r\n", b"\n")):  # a part without headers
        size, raw = (2 if head.startswith(b"\r\n") else 1), b""
    else:
        end = _HEADERS_END.search(head)
        if end is None:
            raise As4Error(MIME_INCONSISTENCY, "mime.headers")
        raw, size = head[: end.start()], end.end()
    headers = parse_headers(raw)
    content = body.window(start + size, max(stop, start + size))
    return MimePart(headers=headers, content=_decoded(content, headers.get("content-transfer-encoding", "")))


def parse_headers(raw: bytes) -> dict[str, str]:
    """Read header lines, unfolding continuation lines. Raises EBMS:0007 for rubbish or a repeated Content- header."""
    if b"\n " in raw or b"\n\t" in raw:
        raw = re.sub(rb"\r?\n[ \t]+", b" ", raw)
    headers: dict[str, str] = {}
    for line in raw.decode("utf-8", "replace").splitlines():
        name, colon, value = line.partition(":")
        key = name.strip().lower()
        if not colon or not key or (key in headers and key.startswith("content-")):
            raise As4Error(MIME_INCONSISTENCY, "mime.headers")
        headers.setdefault(key, value.strip())
    return headers


def _decoded(content: Octets, encoding: str) -> Octets:
    name = encoding.strip().lower()
    if name in _IDENTITY:
        return content
    if name == "base64":
        return _from_base64(content)
    if name == "quoted-printable":
        return Octets.of(quopri.decodestring(content.read()))
    raise As4Error(MIME_INCONSISTENCY, "mime.transfer-encoding")


def _from_base64(content: Octets) -> Octets:
    with Collector() as collector:
        rest = b""
        for piece in content.chunks():
            clean = rest + piece.translate(None, b" \t\r\n")
            whole = len(clean) - len(clean) % 4
            rest = clean[whole:]
            collector.write(_base64(clean[:whole]))
        collector.write(_base64(rest))
        return collector.finish()


def _base64(data: bytes) -> bytes:
    try:
        return base64.b64decode(data, validate=True)
    except binascii.Error as error:
        raise As4Error(MIME_INCONSISTENCY, "mime.base64") from error
