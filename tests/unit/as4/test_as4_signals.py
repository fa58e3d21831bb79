"""Receipts that prove, receipts that do not, and errors that say what they must."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from as4_parties import NOW, Forgery, deliver, keys_of, message, peer_of, pmode, receive, send
from lxml import etree

from somec.as4 import errors
from somec.as4.errors import As4Error
from somec.as4.message import Reference
from somec.as4.namespaces import DS, EB, EBBP
from somec.as4.signals import (
    ErrorSignal,
    Receipt,
    Signal,
    SoapFault,
    build_error,
    build_receipt,
    check_error,
    check_receipt,
    read_response,
)
from somec.as4.soap import canonical, parse, read_soap

OUTGOING = send()
RECEIVED = deliver(OUTGOING)


def receipt(suite: str = "edelivery-1.15") -> Signal:
    return build_receipt(RECEIVED, keys=keys_of("NL", suite), at=NOW)


def check_proof(body: bytes, **changes: object) -> None:
    found = read_response(body)
    assert isinstance(found, Receipt)
    known: dict[str, object] = {
        "message_id": OUTGOING.message_id,
        "references": OUTGOING.references,
        "pmode": pmode(),
        "peer": peer_of("NL"),
        "at": NOW,
    }
    check_receipt(found, **(known | changes))  # type: ignore[arg-type]


def refused(body: bytes, **changes: object) -> str:
    with pytest.raises(As4Error) as caught:
        check_proof(body, **changes)
    assert caught.value.ebms.code == "EBMS:0302"
    assert caught.value.ref_to_message_id == changes.get("message_id", OUTGOING.message_id)
    return caught.value.reason


@pytest.mark.parametrize("suite", ["edelivery-1.15", "edelivery-2.0"])
def test_receipt_proves_reception(suite: str) -> None:
    mode = pmode(suite=suite)
    outgoing = send(mode=mode)
    answer = build_receipt(deliver(outgoing, mode=mode), keys=keys_of("NL", suite), at=NOW)
    found = read_response(answer.body, answer.content_type)
    assert isinstance(found, Receipt)
    signer = check_receipt(
        found,
        message_id=outgoing.message_id,
        references=outgoing.references,
        pmode=mode,
        peer=peer_of("NL", suite),
        at=NOW,
    )
    assert signer == keys_of("NL", suite).signing.certificate


def test_receipt_copies_the_references_octet_for_octet() -> None:
    body = receipt().body
    assert all(one.xml in body for one in RECEIVED.references)


def test_receipt_has_the_parts_of_the_profile_and_no_more() -> None:
    soap = read_soap(receipt().body)
    info = soap.messaging[0][0]
    assert [etree.QName(one).localname for one in info] == ["Timestamp", "MessageId", "RefToMessageId"]
    assert soap.messaging.findall(f".//{{{EBBP}}}MessagePartIdentifier") == []
    assert len(soap.messaging.findall(f".//{{{EBBP}}}MessagePartNRInformation/{{{DS}}}Reference")) == 3
    assert soap.messaging.findall(f".//{{{EB}}}UserMessage") == []


def test_receipt_is_canonical_as_written() -> None:
    body = receipt().body
    assert canonical(read_soap(body).messaging) in body


def test_receipt_for_references_in_other_clothes_still_verifies() -> None:
    """A peer may write its references with any prefixes, with inclusive namespaces, or with ours meaning the same."""
    odd = (
        b'<Reference xmlns="http://www.w3.org/2000/09/xmldsig#" URI="#a"><Transforms><Transform Algorithm='
        b'"http://www.w3.org/2001/10/xml-exc-c14n#"><ec:InclusiveNamespaces xmlns:ec="http://www.w3.org/2001/10/xml-exc-c14n#"'
        b' PrefixList="S12"></ec:InclusiveNamespaces></Transform></Transforms><DigestMethod Algorithm='
        b'"http://www.w3.org/2001/04/xmlenc#sha256"></DigestMethod><DigestValue>AAAA</DigestValue></Reference>'
    )
    ours = odd.replace(b"<Reference ", b'<Reference xmlns:eb="%s" eb:x="1" ' % EB.encode())
    for xml in (odd, canonical(parse(ours))):
        reference = Reference("#a", "http://www.w3.org/2001/04/xmlenc#sha256", bytes(3), xml)
        answer = build_receipt(replace(RECEIVED, references=(reference,)), keys=keys_of("NL"), at=NOW)
        check_proof(answer.body, references=[reference])


def test_receipt_for_another_message_is_refused() -> None:
    assert refused(receipt().body, message_id="other@lv") == "receipt.other-message"


@pytest.mark.parametrize("changed", [0, 1, 2], ids=["messaging", "body", "payload"])
def test_receipt_with_another_digest_is_refused(changed: int) -> None:
    ours = list(OUTGOING.references)
    ours[changed] = replace(ours[changed], digest=bytes(32))
    assert refused(receipt().body, references=ours) == "receipt.references"


def test_receipt_that_leaves_a_reference_out_is_refused() -> None:
    fewer = build_receipt(replace(RECEIVED, references=RECEIVED.references[:2]), keys=keys_of("NL"), at=NOW)
    assert refused(fewer.body) == "receipt.references"


def test_receipt_with_a_reference_we_never_signed_is_refused() -> None:
    more = (
        *RECEIVED.references,
        replace(RECEIVED.references[0], uri="#more", xml=RECEIVED.references[0].xml.replace(b"#msg", b"#more")),
    )
    answer = build_receipt(replace(RECEIVED, references=more), keys=keys_of("NL"), at=NOW)
    assert refused(answer.body) == "receipt.references"


def test_receipt_of_a_stranger_is_refused() -> None:
    answer = build_receipt(RECEIVED, keys=keys_of("ES"), at=NOW)
    assert refused(answer.body) == "signature.unknown-signer"


def test_receipt_under_an_expired_certificate_is_refused() -> None:
    assert refused(receipt().body, at=NOW + timedelta(days=4000)) == "signature.certificate-expired"


def test_unsigned_receipt_is_refused() -> None:
    body = re.sub(rb"<wsse:Security.*</wsse:Security>", b"", receipt().body)
    assert refused(body) == "signature.missing"


def test_changed_receipt_is_refused() -> None:
    body = re.sub(rb"<eb:Timestamp>2026", b"<eb:Timestamp>2025", receipt().body)
    assert refused(body) == "signature.digest"


def test_receipt_swapped_under_the_signature_is_refused() -> None:
    def swap(body: bytes) -> bytes:
        found = re.search(rb"<eb:Messaging.*</eb:Messaging>", body)
        assert found
        identifier = re.search(rb'wsu:Id="(messaging-[0-9a-f]+)"', found[0])
        assert identifier
        evil = found[0].replace(identifier[1], b"evil")
        box = b'<x:Box xmlns:x="urn:x">' + found[0] + b"</x:Box></S12:Header>"
        return body.replace(found[0], evil).replace(b"</S12:Header>", box)

    assert refused(swap(receipt().body)) == "signature.messaging-not-covered"


# --- errors ------------------------------------------------------------------------------------------------------


def failure() -> As4Error:
    with pytest.raises(As4Error) as caught:
        receive(*Forgery(cipher=lambda _: b"").wire())
    return caught.value


@pytest.mark.parametrize("signed", [True, False])
def test_error_signal_says_code_severity_and_message(signed: bool) -> None:
    error = failure()
    answer = build_error([error], keys=keys_of("NL") if signed else None, at=NOW)
    found = read_response(answer.body, answer.content_type)
    assert isinstance(found, ErrorSignal)
    assert found.signed is signed
    assert found.info.ref_to_message_id == error.ref_to_message_id != ""
    reported = found.errors[0]
    assert (reported.code, reported.severity, reported.name, reported.category) == (
        "EBMS:0102",
        "failure",
        "FailedDecryption",
        "Processing",
    )
    assert reported.detail == "decryption.failed"


def test_signed_error_signal_can_be_verified() -> None:
    answer = build_error([failure()], keys=keys_of("NL"), at=NOW)
    assert check_error(answer.body, pmode=pmode(), peer=peer_of("NL"), at=NOW) == keys_of("NL").signing.certificate
    with pytest.raises(As4Error):
        check_error(build_error([failure()], at=NOW).body, pmode=pmode(), peer=peer_of("NL"), at=NOW)


def test_several_errors_in_one_signal() -> None:
    answer = build_error([As4Error(one, "test.reason") for one in (errors.OTHER, errors.DELIVERY_FAILURE)], at=NOW)
    found = read_response(answer.body)
    assert isinstance(found, ErrorSignal)
    assert [one.code for one in found.errors] == ["EBMS:0004", "EBMS:0202"]


def test_every_error_of_the_specification_is_there_once() -> None:
    assert sorted(one.removeprefix("EBMS:") for one in errors.EBMS_ERRORS) == [
        "0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010", "0011",
        "0101", "0102", "0103", "0201", "0202", "0301", "0302", "0303",
    ]  # fmt: skip


@pytest.mark.parametrize("body", [b"", b"  \r\n"])
def test_empty_answer_is_no_receipt(body: bytes) -> None:
    assert read_response(body) is None


def test_soap_fault_is_read() -> None:
    body = (
        b'<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Header/><e:Body><e:Fault><e:Code><e:Value>e:Sender'
        b"</e:Value></e:Code><e:Reason><e:Text>no</e:Text></e:Reason></e:Fault></e:Body></e:Envelope>"
    )
    assert read_response(body) == SoapFault(code="e:Sender", reason="no")


@pytest.mark.parametrize("body", [b"<html>502</html>", b"not xml", b"\xff\xfe\x00", send().body.read()])
def test_anything_else_is_no_answer(body: bytes) -> None:
    with pytest.raises(As4Error):
        read_response(body)


def test_receipt_in_a_multipart_answer_is_read() -> None:
    answer = receipt()
    content_type, body = Forgery().pack([({"Content-Type": "application/soap+xml"}, answer.body)])
    assert isinstance(read_response(body, content_type), Receipt)


def test_signal_pushed_as_a_request_is_refused() -> None:
    with pytest.raises(As4Error) as caught:
        receive(receipt().content_type, receipt().body)
    assert (caught.value.ebms.code, caught.value.reason) == ("EBMS:0008", "header.signal")


def test_two_user_messages_in_one_envelope_are_refused() -> None:
    def twice(text: str) -> str:
        found = re.search("<eb:UserMessage>.*</eb:UserMessage>", text)
        assert found
        return text.replace(found[0], found[0] * 2)

    with pytest.raises(As4Error) as caught:
        receive(*Forgery(messaging=twice, header=message()).wire())
    assert (caught.value.ebms.code, caught.value.reason) == ("EBMS:0003", "header.several-units")
