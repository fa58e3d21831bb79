"""somec sends, phase4 receives."""

from __future__ import annotations

import dataclasses
import tempfile
from pathlib import Path
from typing import Any

from node import Sent, certificates
from peer import TEST_ACTION, TEST_SERVICE
from stage import NOTICE, PAYLOADS, REWRITTEN, THREE, Stage, change, change_payload, equal, must, our_parts
from wire import post

from somec.as4 import message as ebms
from somec.as4.errors import As4Error
from somec.as4.namespaces import EB
from somec.as4.octets import Octets
from somec.as4.signals import ErrorSignal, Receipt, read_response

DUPLICATE = {"EBMS:4001", "EBMS:0004"}  # phase4 4.4 says Other, newer ones have a code of their own
LARGE_BYTES = 5 * 1024 * 1024  # beyond what somec keeps in memory; phase4 4.4 takes a square of the size to decrypt


def send(stage: Stage, files: list[Path], **terms: Any) -> Sent:
    """Send payloads to phase4 as agreed."""
    more = {"compress": terms.pop("compress_parts")} if "compress_parts" in terms else {}
    return stage.us.send(stage.them.url, stage.us.prepare(our_parts(files, **more), **terms))


def accepted(stage: Stage, sent: Sent, contents: list[bytes], *, compressed: bool = True) -> None:
    """Prove both ends: our receipt check holds, and phase4's application got these octets from us."""
    must(sent.signer is not None, f"no valid receipt: {sent.signal!r}")
    must(sent.signer in certificates("phase4", stage.suite).signing, "the receipt is signed by somebody else")
    last = stage.them.delivered()[-1]
    equal(last["message_id"], sent.outgoing.message_id)
    equal([Path(part["file"]).read_bytes() for part in last["parts"]], contents)
    equal({part["compressed"] for part in last["parts"]}, {compressed})
    must("CN=somec" in last["signer"], last["signer"])
    equal(last["conversation"], sent.outgoing.message.conversation_id)
    equal(last["properties"], {one.name: one.value for one in sent.outgoing.message.properties})


def refused(stage: Stage, sent: Sent, before: int, *codes: str) -> None:
    """Prove that phase4 answered with one of these errors for this message, and that its application got nothing."""
    must(sent.errors and set(sent.errors) <= set(codes), f"answered with {sent.signal!r}")
    signal = sent.signal
    equal(signal.info.ref_to_message_id if isinstance(signal, ErrorSignal) else "", sent.outgoing.message_id)
    equal(stage.arrived_there(), before)


def one_part(stage: Stage) -> None:
    """Deliver one part."""
    accepted(stage, send(stage, NOTICE), [NOTICE[0].read_bytes()])


def several_parts(stage: Stage) -> None:
    """Deliver several parts."""
    accepted(stage, send(stage, THREE), [file.read_bytes() for file in THREE])


def uncompressed(stage: Stage) -> None:
    """Deliver uncompressed parts."""
    sent = send(stage, THREE, compress_parts=False)
    accepted(stage, sent, [file.read_bytes() for file in THREE], compressed=False)


def uncompressed_xml_and_text(stage: Stage) -> None:
    """Deliver uncompressed XML and text as they are, which a receiver may rewrite before hashing."""
    sent = send(stage, REWRITTEN, compress_parts=False)
    accepted(stage, sent, [file.read_bytes() for file in REWRITTEN], compressed=False)


def key_by_subject_key_identifier(stage: Stage) -> None:
    """Find the key by its subject key identifier."""
    accepted(stage, send(stage, NOTICE, key_reference="key-identifier"), [NOTICE[0].read_bytes()])


def key_by_issuer_and_serial(stage: Stage) -> None:
    """Find the key by issuer and serial number."""
    accepted(stage, send(stage, NOTICE, key_reference="issuer-serial"), [NOTICE[0].read_bytes()])


def large_from_a_file(stage: Stage) -> None:
    """Deliver 5 MB out of a file."""
    content = (PAYLOADS / "picture.bin").read_bytes()
    content *= LARGE_BYTES // len(content) + 1
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        part = ebms.Part(Octets.from_path(Path(file.name)), "application/octet-stream", compress=False)
        sent = stage.us.send(stage.them.url, stage.us.prepare([part]))
    accepted(stage, sent, [content], compressed=False)


def header_text_that_needs_escaping(stage: Stage) -> None:
    """Deliver a header with letters that XML escapes."""
    part = ebms.Part(Octets.of(b"{}"), "application/json", properties=(ebms.Property("name", "a<b>&\"c'\u00e4\u4e2d"),))
    accepted(stage, stage.us.send(stage.them.url, stage.us.prepare([part])), [b"{}"])


def test_service(stage: Stage) -> None:
    """Answer the test service and deliver nothing."""
    before = stage.arrived_there()
    for files in ([], NOTICE):
        sent = send(stage, files, service=TEST_SERVICE, action=TEST_ACTION)
        must(sent.signer is not None, f"no valid receipt: {sent.signal!r}")
    equal(stage.arrived_there(), before)


def duplicate(stage: Stage) -> None:
    """Deliver repeated octets once."""
    sent = send(stage, NOTICE)
    accepted(stage, sent, [NOTICE[0].read_bytes()])
    before = stage.arrived_there()
    again = post(stage.them.url, sent.request)
    signal = read_response(again.content, again.content_type)
    must(isinstance(signal, ErrorSignal), signal)
    repeated = dataclasses.replace(sent, signal=signal)
    refused(stage, repeated, before, *DUPLICATE)


def tampered_payload(stage: Stage) -> None:
    """Refuse a payload changed on the way."""
    before = stage.arrived_there()
    outgoing = stage.us.prepare(our_parts(THREE))
    refused(stage, stage.us.send(stage.them.url, outgoing, disturb=change_payload), before, "EBMS:0101", "EBMS:0102")


def tampered_header(stage: Stage) -> None:
    """Refuse a header changed on the way."""
    before = stage.arrived_there()
    outgoing = stage.us.prepare(our_parts(NOTICE))
    sent = stage.us.send(stage.them.url, outgoing, disturb=lambda content: change(content, b"<eb:ConversationId>"))
    refused(stage, sent, before, "EBMS:0101", "EBMS:0102")


def encrypted_for_another(stage: Stage) -> None:
    """Refuse what is encrypted for another key."""
    before = stage.arrived_there()
    refused(stage, send(stage, NOTICE, recipient="other"), before, "EBMS:0102")


def signed_by_a_stranger(stage: Stage) -> None:
    """Refuse what a stranger signed."""
    before = stage.arrived_there()
    refused(stage, send(stage, NOTICE, signer="stranger"), before, "EBMS:0101", "EBMS:0102")


def not_encrypted(stage: Stage) -> None:
    """Refuse what is not encrypted."""
    before = stage.arrived_there()
    refused(stage, send(stage, NOTICE, encrypt=False), before, "EBMS:0103")


def service_not_agreed(stage: Stage) -> None:
    """Refuse a service that was not agreed on."""
    before = stage.arrived_there()
    other = "https://somec.example/interop/another"
    refused(stage, send(stage, NOTICE, service=other), before, "EBMS:0010")


def forged_receipt(stage: Stage) -> None:
    """Believe no receipt that was changed on its way back, or is for another message."""
    first, second = send(stage, NOTICE), send(stage, NOTICE)
    must(first.signer and second.signer, "no valid receipts to begin with")
    must(stage.us.check(second.signal, first.outgoing) is None, "took the receipt of another message")
    places = (b"<eb:Receipt><ebbp:NonRepudiationInformation>", b"<ds:SignatureValue>", f"{EB}".encode())
    must(all(place in first.response.content for place in places), "the receipt looks different from what this expects")
    for place in (b"<eb:RefToMessageId>", b"<ds:SignatureValue>", b"<ds:DigestValue>"):
        content = change(first.response.content, place)
        try:
            signal = read_response(content, first.response.content_type)
        except As4Error:
            continue
        must(isinstance(signal, Receipt), signal)
        must(stage.us.check(signal, first.outgoing) is None, f"took a receipt changed after {place!r}")


CHECKS = [
    one_part,
    several_parts,
    uncompressed,
    uncompressed_xml_and_text,
    key_by_subject_key_identifier,
    key_by_issuer_and_serial,
    large_from_a_file,
    header_text_that_needs_escaping,
    test_service,
    duplicate,
    tampered_payload,
    tampered_header,
    encrypted_for_another,
    signed_by_a_stranger,
    not_encrypted,
    service_not_agreed,
    forged_receipt,
]
