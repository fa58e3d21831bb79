"""What is built can be opened, and says the same: any header, any payloads, each generation, each size."""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from as4_parties import NOW, deliver, keys_of, message, part, peer_of, pmode, receive, send
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from somec.as4 import compression, decryption, octets, sending
from somec.as4.errors import As4Error
from somec.as4.message import Part, Property
from somec.as4.namespaces import TEST_ACTION, TEST_SERVICE
from somec.as4.octets import Collector, Octets
from somec.as4.pmode import Limits, Service
from somec.as4.soap import canonical, parse
from somec.crypto.errors import CertificateRefused

# Every character that XML can hold, control characters and surrogates excepted.
xml_text = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), min_size=1, max_size=40
)
value = xml_text.filter(lambda text: text.strip() == text != "")
properties = st.lists(st.builds(Property, name=value, value=value, type=st.one_of(st.just(""), value)), max_size=3)
payloads = st.lists(
    st.builds(
        lambda data, compress, charset: part(data, compress=compress, charset=charset),
        st.binary(max_size=3000),
        st.sampled_from([None, True, False]),
        st.sampled_from(["", "utf-8", "UTF-16"]),
    ),
    max_size=4,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    action=value,
    conversation=value,
    more=properties,
    parts=payloads,
    mode=st.builds(
        pmode,
        encrypt=st.booleans(),
        compress=st.booleans(),
        key_reference=st.sampled_from(["token", "key-identifier", "issuer-serial"]),
        suite=st.sampled_from(["edelivery-1.15", "edelivery-2.0"]),
    ),
)
def test_whatever_is_built_is_opened_as_it_was(
    action: str, conversation: str, more: list, parts: list, mode: object
) -> None:  # type: ignore[type-arg]
    header = message(action=action, conversation_id=conversation, properties=(*message().properties, *more))
    outgoing = send(parts, mode=mode, what=header)  # type: ignore[arg-type]
    received = deliver(outgoing, mode=mode)
    assert received.message == outgoing.message
    assert received.references == outgoing.references
    assert [one.content.read() for one in received.parts] == [one.content.read() for one in parts]
    assert [one.charset for one in received.parts] == [one.charset for one in parts]
    assert all(one.sha256 == hashlib.sha256(one.content.read()).hexdigest() for one in received.parts)


@settings(max_examples=40, deadline=None)
@given(action=value, more=properties)
def test_what_is_written_is_canonical_already(action: str, more: list) -> None:  # type: ignore[type-arg]
    """The octets that were hashed as text are what an independent canonicaliser makes of the tree."""
    outgoing = send([], what=message(action=action, properties=(*message().properties, *more)))
    soap = outgoing.body.read()
    root = parse(soap)
    for name in ("Messaging", "Body", "SignedInfo"):
        element = next(one for one in root.iter() if etree.QName(one).localname == name)
        assert canonical(element) in soap


@pytest.mark.parametrize("suite", ["edelivery-1.15", "edelivery-2.0"])
def test_several_payloads_keep_their_order_and_types(suite: str) -> None:
    mode = pmode(suite=suite)
    given_parts = [
        part(b"{}", "application/json"),
        part(b"\xff\xd8\xff", "image/jpeg"),
        part(b"<a/>", "application/xml"),
    ]
    received = deliver(send(given_parts, mode=mode), mode=mode)
    assert [(one.mime_type, one.content.read()) for one in received.parts] == [
        ("application/json", b"{}"),
        ("image/jpeg", b"\xff\xd8\xff"),
        ("application/xml", b"<a/>"),
    ]


def test_payload_that_looks_like_mime_survives() -> None:
    data = b"--somec\r\n\r\n--\r\nContent-Type: x\r\n\r\n\r\n--"
    mode = pmode(encrypt=False, compress=False)
    assert deliver(send([part(data)], mode=mode), mode=mode).parts[0].content.read() == data


def test_signature_can_name_its_key_in_three_ways() -> None:
    for way in ("token", "key-identifier", "issuer-serial"):
        mode = pmode(key_reference=way)
        assert deliver(send(mode=mode), mode=mode).signer == keys_of("LV").signing.certificate


def test_same_message_is_opened_twice_alike_and_many_threads_do_so_at_once() -> None:
    from concurrent.futures import ThreadPoolExecutor

    outgoing = send()
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: deliver(outgoing), range(40)))
    assert {one.message for one in found} == {outgoing.message}


def test_compressed_payloads_are_equal_on_every_build() -> None:
    """A retry that had to build anew would still carry the same digest of the payload."""
    one, two = send(what=(header := message())), send(what=header)
    assert [ref.digest for ref in one.references if ref.uri.startswith("cid:")] == [
        ref.digest for ref in two.references if ref.uri.startswith("cid:")
    ]


def test_ping_needs_no_payload_and_is_told_apart() -> None:
    ping = message(service=Service(TEST_SERVICE), action=TEST_ACTION, properties=())
    received = deliver(send([], what=ping))
    assert received.is_test
    assert received.parts == ()


def test_message_outside_its_pmode_is_not_built() -> None:
    with pytest.raises(As4Error) as caught:
        send(what=message(service=Service("urn:other")))
    assert caught.value.ebms.code == "EBMS:0010"


@pytest.mark.parametrize(
    "header",
    [
        message(message_id="no domain"),
        message(message_id="<a@b>"),
        message(properties=()),
        message(action="\x00"),
        message(conversation_id="\ud800"),
    ],
    ids=["id without domain", "id in angle brackets", "no corners", "NUL", "lone surrogate"],
)
def test_header_that_cannot_travel_is_not_built(header: object) -> None:
    with pytest.raises(As4Error) as caught:
        send(what=header)  # type: ignore[arg-type]
    assert caught.value.ebms.code == "EBMS:0003"


@pytest.mark.parametrize(
    "parts",
    [
        [part(content_id="a@b"), part(content_id="a@b")],
        [part(content_id='x"><y')],
        [part(content_id="a+b@c")],
        [part(content_id="a\r\nX: y")],
        [part(mime_type="text/plain\r\nX-Injected: 1")],
        [part(b"x" * 100)] * 101,
    ],
    ids=["same id twice", "markup in id", "plus in id", "header in id", "header in type", "too many"],
)
def test_payload_that_cannot_travel_is_not_built(parts: list[Part]) -> None:
    with pytest.raises(As4Error) as caught:
        send(parts)
    assert caught.value.ebms.code == "EBMS:0003"


@pytest.mark.parametrize("days", [-1, 731], ids=["not yet valid", "expired"])
def test_nothing_is_sent_with_or_to_an_invalid_certificate(days: int) -> None:
    with pytest.raises(CertificateRefused):
        sending.build(
            message(), [part()], pmode=pmode(), keys=keys_of("LV"), peer=peer_of("NL"), at=NOW + timedelta(days=days)
        )


def test_large_payload_goes_through_files_and_pieces(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The same path that 200 MB take, made small: everything above 4 kB is spooled, pieces are 1 kB."""
    for module, name, limit in (
        (octets, "MEMORY_LIMIT", 4096),
        (compression, "SMALL", 1024),
        (compression, "CHUNK", 1024),
        (sending, "_SMALL", 1024),
        (decryption, "_SMALL", 1024),
    ):
        monkeypatch.setattr(module, name, limit)
    monkeypatch.setattr(Collector.__init__, "__defaults__", (4096,))
    monkeypatch.setattr(Octets.chunks, "__defaults__", (1024,))
    monkeypatch.setattr("somec.as4.mime.CHUNK", 1024)
    data = os.urandom(200_000)
    file = tmp_path / "payload"
    file.write_bytes(data)
    given_parts = [
        Part(Octets.from_path(file), "application/octet-stream"),
        Part(Octets.from_path(file), "application/octet-stream", compress=False),
    ]
    outgoing = send(given_parts)
    assert not outgoing.body.in_memory
    received = deliver(outgoing)
    assert [one.content.read() for one in received.parts] == [data, data]
    assert [one.sha256 for one in received.parts] == [hashlib.sha256(data).hexdigest()] * 2
    on_disk = tmp_path / "message"
    on_disk.write_bytes(outgoing.body.read())
    assert receive(outgoing.content_type, Octets.from_path(on_disk)).parts[0].sha256 == received.parts[0].sha256


def test_damaged_large_payload_gives_nothing_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decryption, "_SMALL", 1024)
    outgoing = send([part(os.urandom(50_000), compress=False)])
    wire = bytearray(outgoing.body.read())
    wire[-200] ^= 1
    with pytest.raises(As4Error) as caught:
        receive(outgoing.content_type, bytes(wire))
    assert caught.value.ebms.code == "EBMS:0102"


def test_more_payloads_than_the_pmode_allows_are_not_built() -> None:
    with pytest.raises(As4Error):
        send([part(b"x" * 200)], mode=pmode(limits=Limits(payloads=100)))


def test_a_peer_may_leave_agreement_out_but_not_name_another() -> None:
    assert deliver(send(what=message(agreement=None))).message.agreement is None
    other = replace(message().agreement, value="urn:other")  # type: ignore[type-var]
    with pytest.raises(As4Error):
        send(what=message(agreement=other))
