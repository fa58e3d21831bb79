"""Taking a recorded message out of its file: after HTTP or MIME headers, bare multipart, or just the envelope."""

from __future__ import annotations

import re

from somec.as4.errors import MIME_INCONSISTENCY, As4Error
from somec.as4.mime import parse_headers
from somec.as4.namespaces import SOAP_TYPE
from somec.as4.octets import Octets

_HEAD = 64 << 10  # how far into a file headers and the first boundary are looked for
_START_LINE = re.compile(rb"(?:HTTP/\d(?:\.\d)? \d{3}[^\r\n]*|[A-Z]{3,10} \S+ HTTP/\d(?:\.\d)?)\r?\n")
_INTERIM = re.compile(rb"HTTP/\d(?:\.\d)? 1\d\d[^\r\n]*\r?\n(?:[^\r\n]+\r?\n)*\r?\n")
_HEADER_LINE = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+:[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*")
_BOUNDARY_LINE = re.compile(rb"(?:^|\n)--([^\r\n]{1,200}?)[ \t]*\r?\n")
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,8})(?:;[^\r\n]*)?\r\n")


def unwrap(file: Octets) -> tuple[str, Octets]:
    """Return content type and body of a recorded message. Raises EBMS:0007 when it cannot be either form."""
    head = file.slice(0, _HEAD)
    plain = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    skipped = len(head) - len(plain)
    if plain.startswith(b"<"):
        return SOAP_TYPE, file.window(skipped, file.size)
    if plain.startswith(b"--"):
        return _sniffed(plain), file.window(skipped, file.size)
    at, headers = _headers(head, skipped)
    body = file.window(at, file.size)
    if "chunked" in headers.get("transfer-encoding", "").lower():
        body = _dechunked(body)
    content_type = headers.get("content-type", "")
    if content_type:
        return content_type, body
    rest = body.slice(0, _HEAD).removeprefix(b"\xef\xbb\xbf").lstrip()
    if rest.startswith(b"<"):
        return SOAP_TYPE, body
    return _sniffed(rest), body


def _headers(head: bytes, at: int) -> tuple[int, dict[str, str]]:
    """Return where the body begins, and the headers before it (a start line and interim responses are skipped)."""
    while interim := _INTERIM.match(head, at):
        at = interim.end()
    start = _START_LINE.match(head, at)
    at = begin = start.end() if start else at
    while line := _HEADER_LINE.match(head, at):
        at = line.end()
    headers = _parsed(head[begin:at])
    for newline in (b"\r\n", b"\n"):
        if at > begin and head.startswith(newline, at):
            return at + len(newline), headers
    return begin, {}


def _parsed(raw: bytes) -> dict[str, str]:
    """Read header lines; of a repeated one the first counts."""
    headers: dict[str, str] = {}
    for line in _HEADER_LINE.findall(raw):
        for name, value in parse_headers(line.rstrip(b"\r\n")).items():
            headers.setdefault(name, value)
    return headers


def _sniffed(head: bytes) -> str:
    """Return a content type with the boundary that the body itself shows. Raises EBMS:0007."""
    found = _BOUNDARY_LINE.search(head)
    if found is None:
        raise As4Error(MIME_INCONSISTENCY, "mime.unrecognised")
    boundary = found[1].decode("latin-1").replace("\\", "\\\\").replace('"', '\\"')
    return f'multipart/related; type="{SOAP_TYPE}"; boundary="{boundary}"'


def _dechunked(body: Octets) -> Octets:
    """Undo HTTP chunking where the recorder left it in; most take it off and keep the header."""
    if not _CHUNK_SIZE.match(body.slice(0, 64)):
        return body
    pieces: list[bytes] = []
    at = 0
    while size := _CHUNK_SIZE.match(body.slice(at, at + 64)):
        length = int(size[1], 16)
        at += size.end()
        if not length:
            return Octets.of(b"".join(pieces))
        pieces.append(body.slice(at, at + length))
        at += length + 2
    raise As4Error(MIME_INCONSISTENCY, "http.chunks")
