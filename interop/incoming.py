"""phase4 sends, somec receives."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

from node import keys
from peer import KEYS, TEST_ACTION, TEST_SERVICE
from stage import NOTICE, REWRITTEN, THREE, Stage, change, change_payload, equal, forged, must, their_parts
from wire import Body, Endpoint, Exchange, post

from somec.as4.pmode import LocalKeys
from somec.as4.receiving import Received
from somec.as4.signals import Signal, build_receipt


def answered(
    stage: Stage, files: list[Path], answer: Callable[[Body], Body | None] | None = None, **more: Any
) -> tuple[dict[str, Any], list[Exchange]]:
    """Let phase4 send to us; return what it made of our answer, and what went over the wire."""
    parts = their_parts(files, compress=more.pop("compress", True))
    with Endpoint(answer or stage.us.answer) as wire:
        outcome = stage.them.send(wire.url, stage.message_id(), parts, **more)
        return outcome, wire.exchanges


def receipted(outcome: dict[str, Any], message_id: str) -> None:
    """Prove that phase4 verified our receipt and found in it everything that it had signed."""
    equal((outcome["result"], outcome["errors"], outcome["complaints"]), ("success", [], []))
    equal((outcome.get("non_repudiation"), outcome["signature_checked"]), ("matched", True))
    must("CN=somec" in outcome["signer"], outcome["signer"])
    equal(outcome["refers_to"], message_id)


def accepted(stage: Stage, files: list[Path], **more: Any) -> None:
    """Send, and prove both ends: we delivered these octets once, and phase4 is satisfied with our receipt."""
    before = len(stage.us.delivered)
    outcome, _ = answered(stage, files, **more)
    equal(len(stage.us.delivered), before + 1)
    last = stage.us.delivered[-1]
    receipted(outcome, last.message.message_id)
    equal([part.content.read() for part in last.parts], [file.read_bytes() for file in files])
    equal({part.compress for part in last.parts}, {more.get("compress", True)})


def refused(
    stage: Stage,
    code: str,
    answer: Callable[[Body], Body | None] | None = None,
    files: list[Path] = NOTICE,
    **more: Any,
) -> None:
    """Prove that we refused what phase4 sent and delivered nothing, and that phase4 understood our signed error."""
    before = len(stage.us.delivered)
    outcome, _ = answered(stage, files, answer, **more)
    equal([error["code"] for error in outcome.get("errors", [])], [code])
    equal((outcome["result"], outcome["signature_checked"]), ("as4-error-msg-received", True))
    equal(len(stage.us.delivered), before)


def one_part(stage: Stage) -> None:
    """Deliver one part."""
    accepted(stage, NOTICE)


def several_parts(stage: Stage) -> None:
    """Deliver several parts."""
    accepted(stage, THREE)


def uncompressed(stage: Stage) -> None:
    """Deliver uncompressed parts."""
    accepted(stage, THREE, compress=False)


def uncompressed_xml_and_text(stage: Stage) -> None:
    """Deliver uncompressed XML and text, which phase4 rewrites before hashing."""
    accepted(stage, REWRITTEN, compress=False)


def key_by_subject_key_identifier(stage: Stage) -> None:
    """Find the key by its subject key identifier."""
    accepted(stage, NOTICE, key_reference="SKI_KEY_IDENTIFIER")


def key_by_issuer_and_serial(stage: Stage) -> None:
    """Find the key by issuer and serial number."""
    accepted(stage, NOTICE, key_reference="ISSUER_SERIAL")


def certificate_path(stage: Stage) -> None:
    """Read the certificate path of a token."""
    accepted(stage, NOTICE, whole_chain=True)


def test_service(stage: Stage) -> None:
    """Answer the test service and deliver nothing."""
    before = len(stage.us.delivered)
    for files in ([], NOTICE):
        outcome, _ = answered(stage, files, service=TEST_SERVICE, action=TEST_ACTION)
        receipted(outcome, f"message-{stage.count}@phase4.example")
    equal(len(stage.us.delivered), before)


def lost_receipt(stage: Stage) -> None:
    """Satisfy phase4 with the stored receipt when it sends again after a broken connection."""
    before = len(stage.us.delivered)
    kept: list[Body] = []

    def answer(request: Body) -> Body | None:
        kept.append(stage.us.answer(request))
        return None if len(kept) == 1 else kept[-1]

    outcome, exchanges = answered(stage, NOTICE, answer, retries=1)
    equal(len(exchanges), 2)
    equal(exchanges[0].request.content, exchanges[1].request.content)
    equal(kept[0], kept[1])
    receipted(outcome, f"message-{stage.count}@phase4.example")
    equal(len(stage.us.delivered), before + 1)


def duplicate(stage: Stage) -> None:
    """Deliver repeated octets once and answer with the same receipt."""
    outcome, exchanges = answered(stage, NOTICE)
    receipted(outcome, f"message-{stage.count}@phase4.example")
    before = len(stage.us.delivered)
    with Endpoint(stage.us.answer) as wire:
        equal(post(wire.url, exchanges[0].request).content, exchanges[0].response and exchanges[0].response.content)
    equal(len(stage.us.delivered), before)


def tampered_payload(stage: Stage) -> None:
    """Refuse a payload changed on the way."""

    def answer(request: Body) -> Body:
        return stage.us.answer(dataclasses.replace(request, content=change_payload(request.content)))

    refused(stage, "EBMS:0102", answer, THREE)


def tampered_header(stage: Stage) -> None:
    """Refuse a header changed on the way."""

    def answer(request: Body) -> Body:
        return stage.us.answer(dataclasses.replace(request, content=change(request.content, b"<eb:ConversationId>")))

    refused(stage, "EBMS:0101", answer)


def encrypted_for_another(stage: Stage) -> None:
    """Refuse what is encrypted for another key."""
    other = "other" if stage.suite == "1.15" else "other-x25519"
    refused(stage, "EBMS:0102", recipient=str(KEYS / f"{other}.pem"))


def signed_by_another(stage: Stage) -> None:
    """Refuse what another key of the same CA signed."""
    other = "other" if stage.suite == "1.15" else "other-ed25519"
    refused(stage, "EBMS:0101", signer=str(KEYS / f"{other}.p12"))


def not_signed(stage: Stage) -> None:
    """Refuse what is not signed."""
    refused(stage, "EBMS:0103", unsigned=True)


def not_encrypted(stage: Stage) -> None:
    """Refuse what is not encrypted."""
    refused(stage, "EBMS:0103", unencrypted=True)


def service_not_agreed(stage: Stage) -> None:
    """Refuse a service that was not agreed on."""
    refused(stage, "EBMS:0010", service="https://somec.example/interop/another")


def receipt_of_something_else(stage: Stage) -> None:
    """Make phase4 notice a receipt for other octets, so that its word elsewhere has weight."""

    def receipting(received: Received, ours: LocalKeys) -> Signal:
        wrong = dataclasses.replace(received, references=(*received.references[:-1], forged(received.references[-1])))
        return build_receipt(wrong, keys=ours)

    outcome, _ = answered(stage, NOTICE, lambda request: stage.us.answer(request, receipting))
    must(outcome.get("non_repudiation") != "matched" and outcome["complaints"], outcome)


def receipt_of_somebody_else(stage: Stage) -> None:
    """Make phase4 notice a receipt that a stranger signed."""

    def receipting(received: Received, _: LocalKeys) -> Signal:
        return build_receipt(received, keys=keys("stranger", stage.suite))

    outcome, _ = answered(stage, NOTICE, lambda request: stage.us.answer(request, receipting))
    must(outcome["result"] != "success", outcome)


CHECKS = [
    one_part,
    several_parts,
    uncompressed,
    uncompressed_xml_and_text,
    key_by_subject_key_identifier,
    key_by_issuer_and_serial,
    certificate_path,
    test_service,
    lost_receipt,
    duplicate,
    tampered_payload,
    tampered_header,
    encrypted_for_another,
    signed_by_another,
    not_signed,
    not_encrypted,
    service_not_agreed,
    receipt_of_something_else,
    receipt_of_somebody_else,
]
