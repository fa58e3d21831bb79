"""Statements of the eDelivery AS4 1.15 Common Profile about a pushed message, one test each, by section.

Only those that no assertion in ``test_as4_assertions.py`` demands; ``docs/reference/as4-assertions.md`` lists them all.
"""

from __future__ import annotations

import base64
import re
from email.utils import parseaddr

import pytest
from as4_parties import Forgery, Parts, deliver, message, part, pmode, receive, send
from lxml import etree

from somec.as4.errors import As4Error
from somec.as4.message import AgreementRef
from somec.as4.mime import MimePart, parse_content_type, split
from somec.as4.namespaces import DS, EB, SOAP12, WSSE, WSU, XENC, XENC11
from somec.as4.pmode import DEFAULT_LIMITS
from somec.as4.sending import Outgoing
from somec.as4.soap import Soap, read_soap
from somec.crypto import suites

MUST_UNDERSTAND = f"{{{SOAP12}}}mustUnderstand"


def mime_of(outgoing: Outgoing) -> list[MimePart]:
    return split(outgoing.body, parse_content_type(outgoing.content_type).get("boundary"), DEFAULT_LIMITS)


def soap_of(outgoing: Outgoing) -> Soap:
    return read_soap(mime_of(outgoing)[0].content.read())


def refused(forgery: Forgery, **more: object) -> str:
    with pytest.raises(As4Error) as caught:
        receive(*forgery.wire(), **more)  # type: ignore[arg-type]
    return caught.value.ebms.code


# --- 1.4.2.3: packaging; ebMS 3.0, 5.2.2: header ----------------------------------------------------------------------


def test_1_4_2_3_multipart_related_whose_root_is_the_soap_part() -> None:
    outgoing = send()
    declared = parse_content_type(outgoing.content_type)
    assert (declared.type, declared.get("type")) == ("multipart/related", "application/soap+xml")
    root = mime_of(outgoing)[0]
    assert declared.get("start") == f"<{root.content_id}>"
    assert (root.content_type.type, root.content_type.get("charset").upper()) == ("application/soap+xml", "UTF-8")


def test_1_4_2_3_payload_parts_are_typed_by_what_they_are_on_the_wire() -> None:
    payloads = [part(b"{}", "application/json"), part(b"\xff\xd8", "image/jpeg", compress=False)]
    sealed, opened = send(payloads), send(payloads, mode=pmode(encrypt=False))
    assert [one.content_type.type for one in mime_of(sealed)[1:]] == ["application/octet-stream"] * 2
    assert [one.content_type.type for one in mime_of(opened)[1:]] == ["application/gzip", "image/jpeg"]
    assert {one.headers["content-transfer-encoding"] for one in mime_of(sealed)} == {"binary"}


def test_1_4_2_3_every_part_is_named_by_the_header_in_any_order() -> None:
    forgery = Forgery(payloads=[("one@lv", b"1"), ("two@lv", b"2")], mime=lambda parts: [parts[0], *parts[:0:-1]])
    received = receive(*forgery.wire())
    assert [(one.content_id, one.content.read()) for one in received.parts] == [("one@lv", b"1"), ("two@lv", b"2")]


def test_1_4_2_3_content_id_may_be_percent_encoded_in_the_header() -> None:
    forgery = Forgery(payloads=[("a+b@lv", b"1")], messaging=lambda text: text.replace("cid:a+b@lv", "cid:a%2Bb%40lv"))
    assert receive(*forgery.wire()).parts[0].content_id == "a+b@lv"


def test_1_4_2_3_base64_parts_are_accepted() -> None:
    def encoded(parts: Parts) -> Parts:
        more = {"Content-Transfer-Encoding": "base64"}
        return [({**headers, **more}, base64.encodebytes(content)) for headers, content in parts]

    assert receive(*Forgery(mime=encoded).wire()).parts[0].content.read() == b'{"a":1}'


def test_1_4_2_3_byte_order_mark_is_accepted() -> None:
    forgery = Forgery(mime=lambda parts: [(parts[0][0], b"\xef\xbb\xbf" + parts[0][1]), *parts[1:]])
    assert receive(*forgery.wire()).parts[0].content.read() == b'{"a":1}'


def test_ebms_5_2_2_header_must_be_understood_and_holds_one_user_message() -> None:
    for written in ("true", "1"):
        forgery = Forgery(messaging=lambda text, written=written: text.replace('stand="true"', f'stand="{written}"'))
        assert receive(*forgery.wire()).parts
    messaging = soap_of(send()).messaging
    assert messaging.get(MUST_UNDERSTAND) == "true"
    assert [etree.QName(one).localname for one in messaging] == ["UserMessage"]


def test_ebms_5_2_2_message_id_is_an_address_without_brackets_and_the_time_is_utc() -> None:
    info = soap_of(send()).messaging[0][0]
    identifier, timestamp = info.findtext(f"{{{EB}}}MessageId"), info.findtext(f"{{{EB}}}Timestamp")
    assert parseaddr(identifier or "") == ("", identifier)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", timestamp or "")


def test_ebms_5_2_2_elements_stand_in_the_order_of_the_schema() -> None:
    unit = soap_of(send()).messaging[0]
    names = [str(etree.QName(one).localname) for one in unit]
    assert names == ["MessageInfo", "PartyInfo", "CollaborationInfo", "MessageProperties", "PayloadInfo"]
    collaboration = [str(etree.QName(one).localname) for one in unit[2]]
    assert collaboration == ["AgreementRef", "Service", "Action", "ConversationId"]


@pytest.mark.parametrize("name", ["MessageId", "Timestamp", "Service", "Action", "ConversationId", "Role", "PartyId"])
def test_ebms_5_2_2_what_the_schema_demands_is_demanded(name: str) -> None:
    def without(text: str) -> str:
        return re.sub(rf"<eb:{name}[ >].*?</eb:{name}>", "", text, count=1)

    assert refused(Forgery(messaging=without)) == "EBMS:0009"


# --- 1.4.2.6: security --------------------------------------------------------------------------------------------


def test_1_4_2_6_signed_first_encrypted_second_and_written_in_the_order_of_reading() -> None:
    security = soap_of(send()).security
    assert security is not None
    order = [str(etree.QName(one).localname) for one in security]
    assert order == ["BinarySecurityToken", "EncryptedKey", "EncryptedData", "BinarySecurityToken", "Signature"]
    assert security.get(MUST_UNDERSTAND) == "true"


def test_1_4_2_6_header_body_and_every_payload_are_signed_and_nothing_else() -> None:
    soap = soap_of(send([part(), part()]))
    uris = [one.get("URI", "") for one in soap.root.iter(f"{{{DS}}}Reference") if one.getparent().tag != f"{{{WSSE}}}"]
    targets = [soap.ids.get(one[1:]) for one in uris if one.startswith("#")]
    assert targets == [soap.messaging, soap.body]
    parts = [one.get("href") for one in soap.messaging.iter(f"{{{EB}}}PartInfo")]
    assert [one for one in uris if one.startswith("cid:")] == parts
    assert soap.body.get(f"{{{WSU}}}Id")


def test_1_4_2_6_every_payload_and_nothing_else_is_encrypted() -> None:
    soap = soap_of(send([part(), part()]))
    sealed = [one.get("URI") for one in soap.root.iter(f"{{{XENC}}}CipherReference")]
    assert sealed == [one.get("href") for one in soap.messaging.iter(f"{{{EB}}}PartInfo")]
    assert not list(soap.messaging.iter(f"{{{XENC}}}EncryptedData")) + list(soap.body.iter(f"{{{XENC}}}EncryptedData"))


def test_1_4_2_6_key_travels_by_oaep_with_sha256_for_digest_and_mask() -> None:
    key = soap_of(send()).root.find(f".//{{{XENC}}}EncryptedKey/{{{XENC}}}EncryptionMethod")
    assert key is not None
    assert key.get("Algorithm") == "http://www.w3.org/2009/xmlenc11#rsa-oaep"
    assert [(one.tag, one.get("Algorithm")) for one in key] == [
        (f"{{{DS}}}DigestMethod", "http://www.w3.org/2001/04/xmlenc#sha256"),
        (f"{{{XENC11}}}MGF", "http://www.w3.org/2009/xmlenc11#mgf1sha256"),
    ]


def test_1_4_2_6_a_key_and_an_initial_value_serve_once() -> None:
    same = [part(b"same", compress=False), part(b"same", compress=False)]
    first, second = ([one.content.read() for one in mime_of(send(same))[1:]] for _ in range(2))
    assert len({octets[:12] for octets in (*first, *second)}) == len({*first, *second}) == 4
    keys = {
        soap_of(send()).root.findtext(f".//{{{XENC}}}EncryptedKey//{{{XENC}}}CipherValue") for _ in range(2)
    }  # fmt: skip
    assert len(keys) == 2


def test_1_4_2_6_key_transport_of_before_1_13_is_a_choice_of_the_pmode() -> None:
    def rewrapped(text: str) -> str:
        text = re.sub(r"<xenc11:MGF [^>]*></xenc11:MGF>", "", text)
        return text.replace(suites.RSA_OAEP, suites.RSA_OAEP_MGF1P)

    assert refused(Forgery(security=rewrapped)) == "EBMS:0103"
    allowed = pmode(allow_legacy=frozenset({suites.RSA_OAEP_MGF1P, suites.MGF1_SHA1}))
    # Named in the P-Mode it is tried; this key was wrapped the new way, so it does not open: a decryption failure.
    assert refused(Forgery(security=rewrapped), mode=allowed) == "EBMS:0102"


# --- 1.4.4: use ---------------------------------------------------------------------------------------------------


def test_1_4_4_1_parties_and_roles_are_those_of_the_pmode() -> None:
    unit = soap_of(send()).messaging[0]
    said = [(one.findtext(f"{{{EB}}}PartyId"), one.findtext(f"{{{EB}}}Role")) for one in unit[1]]
    mode = pmode()
    assert said == [(one.id.value, one.role) for one in (mode.initiator, mode.responder)]


def test_1_4_4_2_pmode_attribute_is_neither_written_nor_needed() -> None:
    assert "pmode" not in soap_of(send()).messaging.find(f".//{{{EB}}}AgreementRef").attrib  # type: ignore[union-attr]
    other = message(agreement=AgreementRef("urn:somec:agreement:1", "", "a name of theirs"))
    assert receive(*Forgery(header=other).wire()).parts


def test_1_4_3_2_no_reliability_but_that_of_as4_is_spoken() -> None:
    block = '<r:Sequence xmlns:r="http://docs.oasis-open.org/ws-rx/wsrm/200702" S12:mustUnderstand="true"></r:Sequence>'
    forgery = Forgery(soap=lambda text: text.replace("</S12:Header>", block + "</S12:Header>"))
    assert refused(forgery) == "EBMS:0008"
    assert {etree.QName(one).namespace for one in soap_of(send()).header} == {EB, WSSE}


def test_1_4_3_2_a_message_that_is_sent_again_is_the_same_octets() -> None:
    outgoing = send()
    first, second = deliver(outgoing), deliver(outgoing)
    assert first.message.message_id == second.message.message_id == outgoing.message_id
    assert first.references == second.references == outgoing.references
