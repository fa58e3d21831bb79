"""MIME, octet for octet: what makers write, what the specifications allow, and what must not pass."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from somec.as4 import mime
from somec.as4.errors import As4Error
from somec.as4.mime import parse_content_type, split
from somec.as4.octets import Collector, Octets
from somec.as4.pmode import DEFAULT_LIMITS, Limits
from somec.as4.recordings import unwrap


def pieces(body: bytes, boundary: str = "b", limits: Limits = DEFAULT_LIMITS) -> list[bytes]:
    return [one.content.read() for one in split(Octets.of(body), boundary, limits)]


@given(st.lists(st.binary(max_size=200), min_size=1, max_size=5), st.booleans())
def test_parts_come_out_as_they_went_in(contents: list[bytes], in_file: bool) -> None:
    collector = Collector(memory_limit=0 if in_file else 1 << 20)
    for content in contents:
        mime.write_part(collector, "somec-boundary", [("Content-Type", "application/octet-stream")])
        collector.write(content)
        mime.close_part(collector)
    mime.close_parts(collector, "somec-boundary")
    found = split(collector.finish(), "somec-boundary", DEFAULT_LIMITS)
    assert [one.content.read() for one in found] == contents


@pytest.mark.parametrize("size", range(1, 40))
def test_a_delimiter_across_two_reads_of_a_file_is_found(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mime, "CHUNK", size)
    collector = Collector(memory_limit=0)
    collector.write(b"--b\r\nA: 1\r\n\r\nfirst\r\n--b\r\n\r\nsecond\r\n--b--\r\n")
    assert [one.content.read() for one in split(collector.finish(), "b", DEFAULT_LIMITS)] == [b"first", b"second"]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"--b\r\n\r\nx\r\n--b--", [b"x"]),
        (b"--b\r\n\r\nx\r\n--b--\r\nepilogue\r\n--b\r\n", [b"x"]),
        (b"preamble\r\n--b\r\n\r\nx\r\n--b--\r\n", [b"x"]),
        (b"\r\n--b\r\n\r\nx\r\n--b--\r\n", [b"x"]),
        (b"--b \t\r\n\r\nx\r\n--b-- \r\n", [b"x"]),
        (b"--b\n\nx\n--b--\n", [b"x"]),
        (b"--b\r\n\r\n\r\n--b--\r\n", [b""]),
        (b"--b\r\n\r\nx\n--b\ny\r\n--b--\r\n", [b"x\n--b\ny"]),
        (b"--b\r\n\r\nx--b\r\ny\r\n--bb\r\n\r\n--b--\r\n", [b"x--b\r\ny\r\n--bb\r\n"]),
        (b"--b\r\nA: 1\r\n\r\n\r\n\r\n\r\n--b--\r\n", [b"\r\n\r\n"]),
    ],
    ids=[
        "no line end at the end", "epilogue", "preamble", "empty line first", "padding behind the boundary", "bare LF",
        "empty part", "bare LF inside CRLF is content", "boundary inside a line is content", "line ends are content",
    ],
)  # fmt: skip
def test_forms_that_are_allowed(body: bytes, found: list[bytes]) -> None:
    assert pieces(body) == found


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "mime.truncated"),
        (b"--b--\r\n", "mime.truncated"),
        (b"--b\r\n\r\nx", "mime.truncated"),
        (b"--b\r\n\r\nx\r\n--b", "mime.truncated"),
        (b"--b\r\nno colon\r\n\r\nx\r\n--b--\r\n", "mime.headers"),
        (b"--b\r\nA: 1\r\nx\r\n--b--\r\n", "mime.headers"),
        (b"--b\r\nContent-ID: 1\r\nContent-Id: 2\r\n\r\nx\r\n--b--\r\n", "mime.headers"),
        (b"--b\r\nA: " + b"x" * 20_000 + b"\r\n\r\nx\r\n--b--\r\n", "mime.headers"),
        (b"--b\r\nContent-Transfer-Encoding: uuencode\r\n\r\nx\r\n--b--\r\n", "mime.transfer-encoding"),
        (b"--b\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!\r\n--b--\r\n", "mime.base64"),
    ],
)
def test_forms_that_are_refused(body: bytes, reason: str) -> None:
    with pytest.raises(As4Error) as caught:
        pieces(body)
    assert (caught.value.ebms.code, caught.value.reason) == ("EBMS:0007", reason)


@pytest.mark.parametrize("boundary", ["", "x" * 201])
def test_impossible_boundary_is_refused(boundary: str) -> None:
    with pytest.raises(As4Error):
        pieces(b"--b\r\n\r\nx\r\n--b--\r\n", boundary)


@given(st.binary(max_size=3000), st.integers(1, 90))
def test_base64_with_any_line_length_is_undone(data: bytes, width: int) -> None:
    text = base64.b64encode(data)
    lines = b"\r\n".join(text[n : n + width] for n in range(0, len(text), width))
    body = b"--b\r\nContent-Transfer-Encoding: BASE64\r\n\r\n" + lines + b"\r\n--b--\r\n"
    assert pieces(body) == [data]


def test_quoted_printable_is_undone() -> None:
    assert pieces(b"--b\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\na=3Db\r\n--b--\r\n") == [b"a=b"]


def test_folded_headers_are_read() -> None:
    body = (
        b"--b\r\nContent-Type: application/soap+xml;\r\n\tcharset=UTF-8\r\nContent-ID:\r\n <a@b>\r\n\r\nx\r\n--b--\r\n"
    )
    part = split(Octets.of(body), "b", DEFAULT_LIMITS)[0]
    assert (part.content_type.type, part.content_type.get("charset"), part.content_id) == (
        "application/soap+xml",
        "UTF-8",
        "a@b",
    )


def test_content_type_parameters() -> None:
    found = parse_content_type('Multipart/Related; Boundary="a;b\\"c" ; start=<x> ;type="application/soap+xml"')
    assert found.type == "multipart/related"
    assert (found.get("boundary"), found.get("start"), found.get("type")) == ('a;b"c', "<x>", "application/soap+xml")


SOAP = b"<Envelope/>"
MULTIPART = b'--x"y\r\n\r\n' + SOAP + b'\r\n--x"y--\r\n'


@pytest.mark.parametrize(
    "recording",
    [
        SOAP,
        b"\xef\xbb\xbf" + SOAP,
        b"\r\n" + SOAP,
        b"HTTP/1.1 200 OK\r\nContent-Type: application/soap+xml\r\n\r\n" + SOAP,
        b"Server: x\nTransfer-Encoding: chunked\nContent-Type: application/soap+xml;charset=UTF-8\n\n" + SOAP,
        (b"POST /as4 HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Type: application/soap+xml\r\n\r\n"
        b"6\r\n<Envel\r\n5\r\nope/>\r\n0\r\n\r\n"),
        b"X-A: 1\nX-A: 2\n\n" + SOAP,
        MULTIPART,
        b"\r\n" + MULTIPART,
        b'MIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\tboundary="x\\"y"\r\n\r\n' + MULTIPART,
        b"Date: x\r\n\r\n" + MULTIPART,
    ],
)  # fmt: skip
def test_recordings_are_taken_out_of_their_files(recording: bytes) -> None:
    content_type, body = unwrap(Octets.of(recording))
    declared = parse_content_type(content_type)
    if declared.type == "multipart/related":
        content = split(body, declared.get("boundary"), DEFAULT_LIMITS)[0].content
    else:
        content = body
    assert content.read().removeprefix(b"\xef\xbb\xbf") == SOAP


@pytest.mark.parametrize("recording", [b"", b"hello", b"\x00\x01", b"A: 1\n\nhello"])
def test_what_is_no_recording_is_refused(recording: bytes) -> None:
    with pytest.raises(As4Error) as caught:
        unwrap(Octets.of(recording))
    assert caught.value.ebms.code == "EBMS:0007"
