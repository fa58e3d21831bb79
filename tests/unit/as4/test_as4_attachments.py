"""Payloads that are not compressed: makers hash their octets, or the form that the SwA profile gives XML and text."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest
from as4_parties import Forgery, deliver, part, pmode, receive, send
from hypothesis import given
from hypothesis import strategies as st

from somec.as4 import security
from somec.as4.attachments import LARGEST_XML, digests
from somec.as4.errors import As4Error
from somec.as4.message import Property, Reference
from somec.as4.octets import Octets
from somec.crypto import suites

XML = b"<?xml version='1.0'?>\n<!-- left out --><a   b='1'\r\n c=\"2\"/>"
CANONICAL = b'<a b="1" c="2"></a>'
TEXT, LINES = b"one\ntwo\r\nthree\rfour", b"one\r\ntwo\r\nthree\r\nfour"


def forged(data: bytes, signed: bytes, media_type: str, *, encrypt: bool = True) -> Forgery:
    """Return a message whose one payload is ``data`` while the signature gives the digest of ``signed``."""

    def resigned(references: list[Reference]) -> list[Reference]:
        digest = hashlib.sha256(signed).digest()
        return [*references[:2], security.reference(references[2].uri, suites.SHA256, digest)]

    def typed(parts: list[tuple[dict[str, str], bytes]]) -> list[tuple[dict[str, str], bytes]]:
        return [parts[0], *(({**headers, "Content-Type": media_type}, content) for headers, content in parts[1:])]

    return Forgery(
        payloads=[("one@lv", data)],
        compress=bytes,
        properties=(Property("MimeType", media_type.partition(";")[0]),),
        references=resigned,
        encrypt=encrypt,
        security=lambda text: text.replace('MimeType="application/gzip"', f'MimeType="{media_type}"'),
        mime=list if encrypt else typed,
    )


@pytest.mark.parametrize("encrypt", [True, False])
@pytest.mark.parametrize(
    ("data", "signed", "media_type"),
    [
        (XML, CANONICAL, "application/xml"),
        (XML, CANONICAL, "text/xml; charset=utf-8"),
        (XML, CANONICAL, "application/vnd.somec+xml"),
        (XML, CANONICAL, "image/svg+xml"),
        (TEXT, LINES, "text/plain"),
        (XML, XML, "application/xml"),
        (TEXT, TEXT, "text/plain"),
        (b"not <xml", b"not <xml", "text/xml"),
    ],
)
def test_both_forms_are_believed_and_the_octets_delivered(
    data: bytes, signed: bytes, media_type: str, encrypt: bool
) -> None:
    received = receive(*forged(data, signed, media_type, encrypt=encrypt).wire(), mode=pmode(encrypt=encrypt))
    assert received.parts[0].content.read() == data


@pytest.mark.parametrize(
    ("data", "signed", "media_type"),
    [
        (XML, CANONICAL, "application/json"),
        (XML, CANONICAL, "text/plain"),
        (TEXT, LINES, "application/octet-stream"),
        (XML.replace(b"'1'", b"'9'"), CANONICAL, "application/xml"),
        (TEXT + b"!", LINES, "text/plain"),
        (b"<!DOCTYPE a>" + CANONICAL, CANONICAL, "application/xml"),
        (b"not <xml", CANONICAL, "text/xml"),
    ],
)
def test_no_other_form_is_believed(data: bytes, signed: bytes, media_type: str) -> None:
    with pytest.raises(As4Error) as caught:
        receive(*forged(data, signed, media_type).wire())
    assert (caught.value.ebms.code, caught.value.reason) == ("EBMS:0101", "signature.digest")


@pytest.mark.parametrize(
    ("media_type", "wire"), [("application/xml", True), ("text/plain", True), ("image/png", False)]
)
def test_what_we_send_plain_is_hashed_alike_by_everybody(media_type: str, wire: bool) -> None:
    outgoing = send([part(XML, media_type, compress=False)], mode=pmode(encrypt=False))
    assert (b"Content-Type: application/octet-stream" in outgoing.body.read()) is wire
    received = deliver(outgoing, mode=pmode(encrypt=False))
    assert (received.parts[0].mime_type, received.parts[0].content.read()) == (media_type, XML)
    sealed = send([part(XML, media_type, compress=False)]).body.read()
    assert (b'MimeType="application/octet-stream"' in sealed) is wire


@given(st.lists(st.sampled_from([b"\r", b"\n", b"a", b"\r\n"]), max_size=12).map(b"".join), st.integers(1, 4))
def test_line_ends_do_not_depend_on_where_pieces_end(data: bytes, size: int) -> None:
    class Pieces(Octets):
        def chunks(self, _size: int = 0) -> Iterator[bytes]:
            return (data[at : at + size] for at in range(0, len(data), size))

    wanted = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
    assert list(digests(Pieces(data=data), suites.SHA256, "text/plain"))[1] == hashlib.sha256(wanted).digest()


def test_huge_xml_is_hashed_as_it_stands_only() -> None:
    huge = Octets.of(b"<a>" + b"x" * LARGEST_XML + b"</a>")
    assert len(list(digests(huge, suites.SHA256, "text/xml"))) == 1
    assert len(list(digests(Octets.of(b"<a/>"), suites.SHA256, "text/xml"))) == 2
