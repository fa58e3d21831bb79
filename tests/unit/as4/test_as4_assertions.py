"""The Commission's test assertions for One-Way/Push that concern the message itself, by the names of their source.

SMSH is the sending, RMSH the receiving message handler. Assertions about repeating, notifying and TLS belong to the
exchange and the node; ``docs/reference/as4-assertions.md`` says for each where it is shown, or why it does not apply.
"""

from __future__ import annotations

import gzip
import re

import pytest
from as4_parties import CORNERS, NOW, Forgery, deliver, keys_of, message, part, peer_of, pmode, receive, send
from lxml import etree

from somec.as4.errors import As4Error
from somec.as4.message import Property, Service
from somec.as4.mime import parse_content_type, split
from somec.as4.namespaces import DS, EB, TEST_ACTION, TEST_SERVICE, XENC
from somec.as4.pmode import DEFAULT_LIMITS
from somec.as4.sending import Outgoing
from somec.as4.signals import Receipt, build_error, build_receipt, check_receipt, read_response
from somec.as4.soap import Soap, read_soap
from somec.as4.tokens import read_key_name


def soap_of(outgoing: Outgoing) -> Soap:
    parts = split(outgoing.body, parse_content_type(outgoing.content_type).get("boundary"), DEFAULT_LIMITS)
    return read_soap(parts[0].content.read())


def wire_parts(outgoing: Outgoing) -> list[tuple[str, bytes]]:
    boundary = parse_content_type(outgoing.content_type).get("boundary")
    return [(one.content_type.type, one.content.read()) for one in split(outgoing.body, boundary, DEFAULT_LIMITS)]


def check_answered(outgoing: Outgoing, **more: object) -> None:
    """The RMSH returns a receipt, and the SMSH accepts it."""
    answer = build_receipt(deliver(outgoing, **more), keys=keys_of("NL"), at=NOW)
    found = read_response(answer.body, answer.content_type)
    assert isinstance(found, Receipt)
    check_receipt(
        found, message_id=outgoing.message_id, references=outgoing.references, pmode=pmode(), peer=peer_of("NL"), at=NOW
    )


def error_for(forgery: Forgery, **more: object) -> str:
    """The RMSH answers synchronously with an error signal; return its code."""
    with pytest.raises(As4Error) as caught:
        receive(*forgery.wire(), **more)  # type: ignore[arg-type]
    answer = build_error([caught.value], keys=keys_of("NL"), at=NOW)
    return str(etree.fromstring(answer.body).find(f".//{{{EB}}}Error").get("errorCode"))  # type: ignore[union-attr]


def properties_of(outgoing: Outgoing) -> list[dict[str, str]]:
    return [
        {one.get("name", ""): one.text or "" for one in part_info.iter(f"{{{EB}}}Property")}
        for part_info in soap_of(outgoing).messaging.iter(f"{{{EB}}}PartInfo")
    ]


# --- e-SENS / eDelivery profile ----------------------------------------------------------------------------------


def test_esens_ta01_push_is_answered_with_a_non_repudiation_receipt() -> None:
    check_answered(send())


def test_esens_ta03_one_party_id_in_from_and_in_to() -> None:
    for name in ("From", "To"):
        assert len(soap_of(send()).messaging.findall(f".//{{{EB}}}{name}/{{{EB}}}PartyId")) == 1

    def second(text: str) -> str:
        return text.replace("</eb:PartyId>", "</eb:PartyId><eb:PartyId>Second ID</eb:PartyId>", 1)

    assert error_for(Forgery(messaging=second)) == "EBMS:0003"


def test_esens_ta04_uncompressed_payload_is_accepted() -> None:
    check_answered(send([part(compress=False)]))
    check_answered(send([part(compress=True)]))


def test_esens_ta05_compressed_payload_in_its_own_mime_part_and_empty_body() -> None:
    outgoing = send([part(b"<document/>", "application/xml")], mode=pmode(encrypt=False))
    assert len(soap_of(outgoing).body) == 0
    types = wire_parts(outgoing)
    assert [one for one, _ in types] == ["application/soap+xml", "application/gzip"]
    assert gzip.decompress(types[1][1]) == b"<document/>"


def test_esens_ta06_several_payloads_each_in_a_mime_part_and_empty_body() -> None:
    payloads = [part(b"<a/>", "application/xml"), part(b"\xff\xd8", "image/jpeg"), part(b"<b/>", "application/xml")]
    outgoing = send(payloads, mode=pmode(encrypt=False))
    assert len(soap_of(outgoing).body) == 0
    assert [one for one, _ in wire_parts(outgoing)] == ["application/soap+xml"] + ["application/gzip"] * 3


def test_esens_ta07_several_payloads_are_answered_with_a_receipt() -> None:
    check_answered(
        send([part(b"<a/>", "application/xml"), part(b"\xff\xd8", "image/jpeg"), part(b"<b/>", "application/xml")])
    )


def test_esens_ta09_payload_hyperlink_is_answered_with_an_error() -> None:
    forgery = Forgery(messaging=lambda text: text.replace("cid:one@lv", "https://lv.example/payload"))
    assert error_for(forgery) == "EBMS:0011"


def test_esens_ta13_signature_algorithm_hash_and_certificate() -> None:
    soap = soap_of(send())
    method = soap.root.find(f".//{{{DS}}}SignatureMethod")
    assert method is not None
    assert method.get("Algorithm") == "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
    digests = {one.get("Algorithm") for one in soap.root.findall(f".//{{{DS}}}Reference/{{{DS}}}DigestMethod")}
    assert digests == {"http://www.w3.org/2001/04/xmlenc#sha256"}
    key_info = soap.root.find(f".//{{{DS}}}Signature/{{{DS}}}KeyInfo")
    assert key_info is not None
    assert read_key_name(key_info, soap.ids).certificate == keys_of("LV").signing.certificate


def test_esens_ta14_encryption_algorithm_and_certificate() -> None:
    soap = soap_of(send())
    method = soap.root.find(f".//{{{XENC}}}EncryptedData/{{{XENC}}}EncryptionMethod")
    assert method is not None
    assert method.get("Algorithm") == "http://www.w3.org/2009/xmlenc11#aes128-gcm"
    key_info = soap.root.find(f".//{{{XENC}}}EncryptedKey/{{{DS}}}KeyInfo")
    assert key_info is not None
    assert read_key_name(key_info, soap.ids).certificate == peer_of("NL").encryption


def test_esens_ta15_original_sender_and_final_recipient() -> None:
    received = deliver(send())
    assert received.message.value("originalSender") == "LV-VPD"
    assert received.message.value("finalRecipient") == "NL-POL"


def test_esens_ta18_ping_uses_the_test_service() -> None:
    outgoing = send([], what=message(service=Service(TEST_SERVICE), action=TEST_ACTION))
    soap = read_soap(outgoing.body.read())
    assert soap.messaging.findtext(f".//{{{EB}}}Service") == TEST_SERVICE
    assert soap.messaging.findtext(f".//{{{EB}}}Action") == TEST_ACTION


def test_esens_ta19_ping_is_answered_with_a_receipt_and_marked_not_to_be_delivered() -> None:
    outgoing = send([], what=message(service=Service(TEST_SERVICE), action=TEST_ACTION))
    assert deliver(outgoing).is_test
    check_answered(outgoing)


def test_esens_ta20_tracking_identifier_arrives() -> None:
    header = message(properties=(*CORNERS, Property("trackingIdentifier", "track-1")))
    outgoing = send(what=header)
    assert deliver(outgoing).message.value("trackingIdentifier") == "track-1"
    check_answered(outgoing)


# --- AS4 profile -------------------------------------------------------------------------------------------------


def test_as4_ta03_message_properties_with_and_without_type() -> None:
    header = message(properties=(*CORNERS, Property("a", "1", "string"), Property("b", "2")))
    check_answered(send(what=header))
    assert deliver(send(what=header)).message.properties[2:] == (Property("a", "1", "string"), Property("b", "2"))


def test_as4_ta04_message_with_payload_is_answered_with_a_receipt() -> None:
    check_answered(send([part(b"<a/>", "application/xml")]))


def test_as4_ta06_payload_is_gzip() -> None:
    outgoing = send([part(b"<a/>", "application/xml")], mode=pmode(encrypt=False))
    assert wire_parts(outgoing)[1][1].startswith(b"\x1f\x8b\x08")


def test_as4_ta07_compression_type_property() -> None:
    assert properties_of(send())[0]["CompressionType"] == "application/gzip"


def test_as4_ta08_mime_type_property_is_the_producers() -> None:
    assert properties_of(send([part(b"<a/>", "application/xml")]))[0]["MimeType"] == "application/xml"


def test_as4_ta09_compressed_payload_without_mime_type_is_answered_with_an_error() -> None:
    assert error_for(Forgery(properties=(Property("CompressionType", "application/gzip"),))) == "EBMS:0003"


@pytest.mark.parametrize("charset", ["UTF-16", "UTF-8"], ids=["as4_ta10", "as4_ta11"])
def test_as4_ta10_ta11_character_set_property_is_the_producers(charset: str) -> None:
    payload = part("<a/>".encode(charset), "application/xml", charset=charset)
    assert properties_of(send([payload]))[0]["CharacterSet"] == charset
    assert deliver(send([payload])).parts[0].charset == charset


def test_as4_ta12_impossible_character_set_is_answered_with_an_error() -> None:
    forgery = Forgery(
        properties=(Property("MimeType", "application/xml"), Property("CharacterSet", "!utf*")), compress=bytes
    )
    assert error_for(forgery) == "EBMS:0003"


def test_as4_ta13_damaged_compression_is_answered_with_decompression_failure() -> None:
    with pytest.raises(As4Error) as caught:
        receive(*Forgery(compress=lambda data: gzip.compress(data)[:-6]).wire())
    ebms = caught.value.ebms
    assert (ebms.code, ebms.name, ebms.severity, ebms.category) == (
        "EBMS:0303",
        "DecompressionFailure",
        "failure",
        "Communication",
    )


def test_as4_ta15_payload_is_delivered_decompressed() -> None:
    assert deliver(send([part(b"<a/>", "application/xml")])).parts[0].content.read() == b"<a/>"


def test_as4_ta16_several_payloads_are_delivered_decompressed() -> None:
    received = deliver(send([part(b"<a/>", "application/xml"), part(b"\xff\xd8", "image/jpeg")]))
    assert [one.content.read() for one in received.parts] == [b"<a/>", b"\xff\xd8"]


def test_as4_ta17_compressed_then_signed_is_answered_with_a_receipt() -> None:
    mode = pmode(encrypt=False)
    check_answered(send(mode=mode), mode=mode)


def test_as4_ta18_signed_then_compressed_is_refused() -> None:
    mode = pmode(encrypt=False)
    forgery = Forgery(
        compress=bytes, encrypt=False, mime=lambda parts: [parts[0], (parts[1][0], gzip.compress(parts[1][1]))]
    )
    assert error_for(forgery, mode=mode) == "EBMS:0101"


def test_as4_ta19_ta21_compressed_then_signed_and_encrypted_is_answered_with_a_receipt() -> None:
    check_answered(send())


def test_as4_ta20_encrypted_then_compressed_is_refused() -> None:
    assert error_for(Forgery(compress=bytes, cipher=gzip.compress)) == "EBMS:0102"


def test_as4_ta27_from_and_to_are_the_access_points_not_the_authorities() -> None:
    received = deliver(send())
    assert received.message.sender.id.value == "node.lv.example" != received.message.value("originalSender")
    assert received.message.recipient.id.value == "node.nl.example" != received.message.value("finalRecipient")


def test_as4_ta29_part_properties_with_and_without_type() -> None:
    more = (Property("a", "1", "string"), Property("b", "2"))
    received = deliver(send([part(properties=more)]))
    assert received.parts[0].properties == more
    check_answered(send([part(properties=more)]))


# --- what E115 adds to a receipt ---------------------------------------------------------------------------------


def test_receipt_is_signed_but_never_encrypted_and_comes_as_plain_soap() -> None:
    answer = build_receipt(deliver(send()), keys=keys_of("NL"), at=NOW)
    assert parse_content_type(answer.content_type).type == "application/soap+xml"
    assert b"EncryptedKey" not in answer.body
    assert re.search(rb"<ds:SignatureValue>", answer.body)
