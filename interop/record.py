"""Record what phase4 says to phase4, as vectors for ``make test``.

``python interop/record.py``, after ``mvn -q -B package`` in ``interop/phase4``. One phase4 plays our node with our
published test key, so that the tests can decrypt what is sent to it and compare what it answers with what we would.
A recording proxy between the two keeps the octets of both directions. Beside them stand messages that somec itself sent
to phase4, with the receipts that they got: what was once accepted must stay readable and provable.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from node import SUITES, Node, key_names
from peer import ACTION, AGREEMENT, KEYS, PARTY_TYPE, SERVICE, TEST_ACTION, TEST_SERVICE, Part, Peer, PeerError
from stage import MIME_TYPES, our_parts
from wire import Body, Endpoint, Exchange, forward, post

VECTORS = KEYS.parent
PAYLOADS = VECTORS / "payloads"

# JSON; text beyond ASCII with CR LF; octets that look like the boundaries of MIME where they can
NOTICE = PAYLOADS / "notice.json"
LETTER = PAYLOADS / "letter.txt"
PICTURE = PAYLOADS / "picture.bin"


def part(file: Path, mime: str, *, compress: bool = True) -> Part:
    """One payload to send, its Content-ID made from its file's name."""
    return Part(file, f"{file.stem}@phase4.example", mime, compress)


JSON_PART = part(NOTICE, "application/json")
PLAIN_PART = part(NOTICE, "application/json", compress=False)
THREE_PARTS = [JSON_PART, part(LETTER, "text/plain", compress=False), part(PICTURE, "application/octet-stream")]


@dataclass(frozen=True)
class Case:
    """One message to record: what phase4 is told to send, and what a receiver must make of it."""

    name: str
    parts: list[Part]
    refused: list[str] = field(default_factory=list)
    more: dict[str, Any] = field(default_factory=dict)
    signer: str = "phase4"
    recipient: str = "somec"


def cases(suite: str) -> list[Case]:
    """Return the messages of one generation of the profile; ``refused`` has the EBMS codes of which one is right."""
    sign, crypt = ("", "") if suite == "1.15" else ("-ed25519", "-x25519")
    test = {"service": TEST_SERVICE, "action": TEST_ACTION}
    other = {"signer": str(KEYS / f"other{sign}.p12")}
    stranger = {"signer": str(KEYS / f"stranger{sign}.p12")}
    wrong_recipient = {"recipient": str(KEYS / f"other{crypt}.pem")}
    return [
        Case("one-part", [JSON_PART]),
        Case("several-parts", THREE_PARTS),
        Case("uncompressed", [PLAIN_PART]),
        Case("key-by-issuer-and-serial", [JSON_PART], more={"key_reference": "ISSUER_SERIAL"}),
        Case("key-by-subject-key-identifier", [JSON_PART], more={"key_reference": "SKI_KEY_IDENTIFIER"}),
        Case("certificate-path", [JSON_PART], more={"whole_chain": True}),
        Case("test-service", [JSON_PART], more=test),
        Case("test-service-without-payload", [], more=test),
        Case("signed-by-nobody-known", [JSON_PART], ["EBMS:0101"], other, signer="other"),
        Case("signed-by-a-stranger", [JSON_PART], ["EBMS:0101"], stranger, signer="stranger"),
        Case("encrypted-for-another", [JSON_PART], ["EBMS:0102"], wrong_recipient, recipient="other"),
        Case("not-signed", [JSON_PART], ["EBMS:0101", "EBMS:0103"], {"unsigned": True}),
        Case("not-encrypted", [JSON_PART], ["EBMS:0103"], {"unencrypted": True}),
        Case("to-a-party-unknown-here", [JSON_PART], ["EBMS:0010", "EBMS:0003", "EBMS:0001"], {"to": "nobody"}),
        Case("service-not-agreed", [JSON_PART], ["EBMS:0010", "EBMS:0001"], {"service": f"{SERVICE}/another"}),
    ]


def described(case: Case, suite: str, exchange: Exchange, outcome: dict[str, Any]) -> dict[str, Any]:
    """Everything a replay needs to know of one recording, besides its octets."""
    sign, crypt = ("", "") if suite == "1.15" else ("-ed25519", "-x25519")
    response = exchange.response or Body("", b"")
    return {
        "message_id": f"{case.name}@phase4.example",
        "from": "phase4",
        "to": case.more.get("to", "somec"),
        "party_type": PARTY_TYPE,
        "agreement": AGREEMENT,
        "service": case.more.get("service", SERVICE),
        "action": case.more.get("action", ACTION),
        "conversation": f"conversation-of-{case.name}@phase4.example",
        "properties": {"originalSender": "phase4-officer", "finalRecipient": f"{case.more.get('to', 'somec')}-officer"},
        "signer": None if case.more.get("unsigned") else f"keys/{case.signer}{sign}.pem",
        "recipient": None
        if case.more.get("unencrypted") or not case.parts
        else f"keys/{case.recipient}{crypt}{'.key.pem' if crypt else '.p12'}",
        "parts": [described_part(each) for each in case.parts],
        "refused": case.refused,
        "request": {"content_type": exchange.request.content_type},
        "response": {"status": response.status, "content_type": response.content_type},
        "answer": "receipt" if outcome.get("receipt") else "error",
        "errors": [error["code"] for error in outcome.get("errors", [])],
    }


def described_part(each: Part) -> dict[str, Any]:
    """Say what a part must be after decryption and decompression."""
    content = each.file.read_bytes()
    return {
        "cid": each.cid,
        "mime": each.mime,
        "compressed": each.compress,
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def keep(folder: Path, exchange: Exchange, description: dict[str, Any]) -> None:
    """Write one recording."""
    folder.mkdir(parents=True)
    (folder / "request.mime").write_bytes(exchange.request.content)
    (folder / "response.xml").write_bytes((exchange.response or Body("", b"")).content)
    text = json.dumps(description, ensure_ascii=False, indent=2)
    (folder / "case.json").write_text(text + "\n", encoding="utf-8")


def record(suite: str, scratch: Path) -> None:
    """Record all messages of one generation, and the answer to a repeated one."""
    shutil.rmtree(VECTORS / suite, ignore_errors=True)
    with (
        Peer("somec", "phase4", scratch / "somec", suite) as receiver,
        Peer("phase4", "somec", scratch / "phase4", suite) as sender,
        Endpoint(forward(receiver.url)) as proxy,
    ):
        for case in cases(suite):
            outcome = sender.send(proxy.url, f"{case.name}@phase4.example", case.parts, **case.more)
            exchange = proxy.exchanges[-1]
            keep(VECTORS / suite / case.name, exchange, described(case, suite, exchange, outcome))
            print(f"{suite} {case.name}: {outcome['result']} {[error['code'] for error in outcome.get('errors', [])]}")
        again = proxy.exchanges[0].request
        repeated = Exchange(again, post(receiver.url, again))
        outcome = {"receipt": False, "errors": [{"code": "EBMS:0004"}]}
        first = cases(suite)[0]
        keep(VECTORS / suite / "repeated", repeated, described(first, suite, repeated, outcome))


def record_ours(suite: str, scratch: Path) -> None:
    """Record messages of somec as it is today, and the receipts of phase4 for them."""
    shutil.rmtree(VECTORS / f"{suite}-from-somec", ignore_errors=True)
    signer, opener = key_names("phase4", suite)
    us = Node(suite)
    with Peer("phase4", "somec", scratch / "receiver", suite) as receiver:
        for name, files, more in OUR_CASES:
            outgoing = us.prepare(our_parts(files), **more)
            sent = us.send(receiver.url, outgoing)
            if sent.signer is None:
                raise PeerError(f"phase4 gave no valid receipt for {name}: {sent.signal!r}")
            message = outgoing.message
            parts = [
                described_part(Part(file, info.content_id, MIME_TYPES[file.suffix], compress="compress" not in more))
                for file, info in zip(files, message.parts, strict=True)
            ]
            description = {
                "message_id": message.message_id,
                "from": "somec",
                "to": "phase4",
                "party_type": PARTY_TYPE,
                "agreement": AGREEMENT,
                "service": message.service.value,
                "action": message.action,
                "conversation": message.conversation_id,
                "properties": {each.name: each.value for each in message.properties},
                "signer": f"keys/{key_names('somec', suite)[0]}.pem",
                "recipient": f"keys/{opener}{'.key.pem' if opener != signer else '.p12'}" if files else None,
                "parts": parts,
                "refused": [],
                "request": {"content_type": sent.request.content_type},
                "response": {"status": sent.response.status, "content_type": sent.response.content_type},
                "answer": "receipt",
                "errors": [],
            }
            keep(VECTORS / f"{suite}-from-somec" / name, Exchange(sent.request, sent.response), description)
            print(f"{suite} {name}: from somec, receipted")


OUR_CASES: list[tuple[str, list[Path], dict[str, Any]]] = [
    ("one-part", [NOTICE], {}),
    ("several-parts", [NOTICE, LETTER, PICTURE], {}),
    ("uncompressed", [NOTICE], {"compress": False}),
    ("key-by-issuer-and-serial", [NOTICE], {"key_reference": "issuer-serial"}),
    ("key-by-subject-key-identifier", [NOTICE], {"key_reference": "key-identifier"}),
    ("test-service-without-payload", [], {"service": TEST_SERVICE, "action": TEST_ACTION}),
]


def main() -> None:
    """Record everything anew, or with ``ours`` only what somec sends."""
    with tempfile.TemporaryDirectory(prefix="somec-interop-") as scratch:
        for suite in SUITES:
            if sys.argv[1:] != ["ours"]:
                record(suite, Path(scratch) / suite)
            record_ours(suite, Path(scratch) / suite)


if __name__ == "__main__":
    main()
