"""Frozen messages: our own, so that the wire cannot change unseen, and one of the package ``as4``, not ours."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from as4_parties import LV, NOW, pmode

from somec.as4.message import Part, Party, PartyId, UserMessage
from somec.as4.octets import Octets
from somec.as4.pmode import LocalKeys, Peer, PMode, Terms
from somec.as4.receiving import Received, open_message
from somec.as4.sending import build
from somec.as4.signals import ErrorSignal, Receipt, build_receipt, check_error, check_receipt, read_response
from somec.crypto.certificates import load_certificate
from somec.crypto.keys import load_key_pair

VECTORS = Path(__file__).resolve().parents[2] / "vectors" / "as4"
LATER = datetime(2027, 1, 1, tzinfo=UTC)


def read(vector: str, file: str) -> bytes:
    return (VECTORS / vector / file).read_bytes()


def opened(vector: str, mode: PMode | None, at: datetime) -> Received:
    """Open a frozen message; without a P-Mode, with one that is made of its header."""
    signer = load_certificate(read(vector, "sender.pem"))
    pair = load_key_pair(read(vector, "recipient.key.pem"))

    def resolve(header: UserMessage) -> Terms:
        chosen = mode or pmode_of(header)
        return Terms(chosen, Peer((signer,), signer), LocalKeys(signing=pair, decryption=(pair,)))

    content_type = read(vector, "content-type.txt").decode()
    return open_message(content_type, read(vector, "message.mime"), resolve=resolve, at=at)


def pmode_of(header: UserMessage) -> PMode:
    return PMode(
        id="peppol",
        initiator=header.sender,
        responder=header.recipient,
        service=header.service,
        agreement=header.agreement,
        mpc=header.mpc,
    )


@pytest.mark.parametrize(
    ("vector", "suite"), [("own-1.15", "edelivery-1.15"), ("own-2.0", "edelivery-2.0")], ids=["1.15", "2.0"]
)
def test_own_message_and_receipt_of_an_earlier_day(vector: str, suite: str) -> None:
    mode = pmode(suite=suite)
    received = opened(vector, mode, NOW)
    assert [one.content.read() for one in received.parts] == ['{"notice":"made up, ā ē ģ"}'.encode(), bytes(range(256))]
    assert received.message.sender == LV
    peer = Peer((load_certificate(read(vector, "recipient-signing.pem")),), received.signer)
    receipt = read_response(read(vector, "receipt.xml"))
    assert isinstance(receipt, Receipt)
    known = {"message_id": received.message.message_id, "references": received.references}
    check_receipt(receipt, **known, pmode=mode, peer=peer, at=NOW)  # type: ignore[arg-type]
    error = read_response(read(vector, "error.xml"))
    assert isinstance(error, ErrorSignal)
    assert (error.errors[0].code, error.info.ref_to_message_id) == ("EBMS:0004", received.message.message_id)
    check_error(read(vector, "error.xml"), pmode=mode, peer=peer, at=NOW)


def test_message_and_receipt_of_an_implementation_that_is_not_ours() -> None:
    received = opened("pypi-as4-0.2.0", None, LATER)
    assert received.message.value("originalSender") == "9932:9999999999"
    assert b"<Note>made up</Note>" in received.parts[0].content.read()
    receipt = read_response(read("pypi-as4-0.2.0", "receipt.xml"))
    assert isinstance(receipt, Receipt)
    signer = load_certificate(read("pypi-as4-0.2.0", "recipient-signing.pem"))
    check_receipt(
        receipt,
        message_id=received.message.message_id,
        references=received.references,
        pmode=received.terms.pmode,
        peer=Peer((signer,), signer),
        at=LATER,
    )


needs_as4 = pytest.mark.skipif(importlib.util.find_spec("as4") is None, reason="the package as4 is not installed")


@needs_as4
def test_our_receipt_convinces_the_other_implementation() -> None:
    from as4 import peppol

    received = opened("pypi-as4-0.2.0", None, LATER)
    answer = build_receipt(received, keys=received.terms.keys, at=LATER)
    receipt = peppol.parse_peppol_receipt(answer.body, received.terms.keys.signing.certificate.parsed)
    theirs = peppol.parse_peppol_receipt(
        read("pypi-as4-0.2.0", "receipt.xml"), load_certificate(read("pypi-as4-0.2.0", "recipient-signing.pem")).parsed
    )
    receipt.verify_non_repudiation(theirs.non_repudiated_references)
    assert receipt.success


@needs_as4
def test_our_message_convinces_the_other_implementation() -> None:
    """The same business document, in a message of ours, signed with the same recipient's key for the way back."""
    import as4
    from as4 import peppol

    received = opened("pypi-as4-0.2.0", None, LATER)
    own = received.terms.keys.signing
    sender = Party(PartyId("POP000002", received.message.sender.id.type), received.message.sender.role)
    recipient = Party(PartyId("POP000002", received.message.sender.id.type), received.message.recipient.role)
    header = replace(received.message, sender=sender, recipient=recipient, parts=(), message_id="ours@somec.example")
    part = Part(Octets.of(received.parts[0].content.read()), "application/xml")
    peer = Peer((own.certificate,), own.certificate)
    sent = build(header, [part], pmode=pmode_of(header), keys=received.terms.keys, peer=peer, at=LATER)
    party = peppol.create_peppol_internal_party(
        "POP000002", own.certificate.parsed, as4.AS4LocalPrivateKey(own.private.key)
    )
    found = peppol.parse_peppol_message(
        {"Content-Type": sent.content_type},
        sent.body.read(),
        party,
        security_policy=as4.SecurityPolicy(signer_resolver=as4.pinned_certificates(own.certificate.parsed)),
    )
    assert found.error is None
    assert found.successful
    assert next(iter(found.message.decrypted_data.values())) == part.content.read()
    _, signal = found.build_signal()
    answer = read_response(signal)
    assert isinstance(answer, Receipt)
    check_receipt(
        answer,
        message_id=sent.message_id,
        references=sent.references,
        pmode=received.terms.pmode,
        peer=peer,
        at=LATER,
    )
