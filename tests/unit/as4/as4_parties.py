"""Two made-up access points (LV sends, NL receives), and a way to forge messages that hold except for one thing."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from somec.as4 import envelope, security
from somec.as4.message import (
    AgreementRef,
    Part,
    PartInfo,
    Party,
    Property,
    Reference,
    Service,
    UserMessage,
    initiator,
    new_message_id,
    responder,
)
from somec.as4.namespaces import SOAP12
from somec.as4.octets import Octets
from somec.as4.pmode import LocalKeys, Peer, PMode, Terms, select
from somec.as4.receiving import Received, open_message
from somec.as4.sending import Outgoing, build
from somec.crypto import content as ciphers
from somec.crypto import suites
from somec.crypto.issuing import Subject, issue_pair, make_authority
from somec.crypto.keys import KeyPair, make_agreement_key, make_rsa_key, make_signing_key

Parts = list[tuple[dict[str, str], bytes]]
Inspect = Callable[..., tuple[int, dict[str, Any]]]
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
SCHEME = "urn:oasis:names:tc:ebcore:partyid-type:unregistered:somec"
LV: Party = initiator("node.lv.example", SCHEME)
NL: Party = responder("node.nl.example", SCHEME)
SERVICE = Service("urn:somec:movements", "urn:somec:services")
AGREEMENT = AgreementRef("urn:somec:agreement:1")
CORNERS = (Property("originalSender", "LV-VPD"), Property("finalRecipient", "NL-POL"))


@cache
def authority() -> KeyPair:
    return make_authority(Subject("Demo authority", country="LV"), make_rsa_key(2048), at=NOW)


@cache
def rsa_pair(name: str) -> KeyPair:
    return issue_pair(authority(), Subject(name), make_rsa_key(2048), at=NOW)


@cache
def keys_of(name: str, suite: str = "edelivery-1.15") -> LocalKeys:
    if suite == "edelivery-2.0":
        signing = issue_pair(authority(), Subject(name), make_signing_key(), at=NOW)
        agreement = issue_pair(authority(), Subject(name), make_agreement_key(), at=NOW)
        return LocalKeys(signing=signing, decryption=(agreement,))
    pair = rsa_pair(name)
    return LocalKeys(signing=pair, decryption=(pair,))


def peer_of(name: str, suite: str = "edelivery-1.15") -> Peer:
    keys = keys_of(name, suite)
    return Peer(signing=(keys.signing.certificate,), encryption=keys.decryption[0].certificate)


def pmode(**changes: object) -> PMode:
    base = PMode(id="lv-nl", initiator=LV, responder=NL, service=SERVICE, agreement=AGREEMENT)
    return replace(base, **changes)  # type: ignore[arg-type]


def message(**changes: object) -> UserMessage:
    base = UserMessage(
        message_id=new_message_id("node.lv.example"),
        timestamp=NOW,
        sender=LV,
        recipient=NL,
        service=SERVICE,
        action="notice:1",
        conversation_id="cnv-1",
        agreement=AGREEMENT,
        properties=CORNERS,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def part(data: bytes = b'{"notice":"made up"}', mime_type: str = "application/json", **more: object) -> Part:
    return Part(content=Octets.of(data), mime_type=mime_type, **more)  # type: ignore[arg-type]


def send(
    parts: Sequence[Part] | None = None, *, mode: PMode | None = None, what: UserMessage | None = None
) -> Outgoing:
    mode = mode or pmode()
    return build(
        what or message(),
        [part()] if parts is None else parts,
        pmode=mode,
        keys=keys_of("LV", mode.suite),
        peer=peer_of("NL", mode.suite),
        at=NOW,
    )


def resolver(
    mode: PMode | None = None, peer: Peer | None = None, keys: LocalKeys | None = None
) -> Callable[[UserMessage], Terms]:
    mode = mode or pmode()

    def resolve(header: UserMessage) -> Terms:
        found = select([mode], header)
        return Terms(pmode=found, peer=peer or peer_of("LV", mode.suite), keys=keys or keys_of("NL", mode.suite))

    return resolve


def receive(content_type: str, body: Octets | bytes, *, mode: PMode | None = None, **more: object) -> Received:
    at = more.pop("at", NOW + timedelta(seconds=1))
    return open_message(content_type, body, resolve=resolver(mode, **more), at=at)  # type: ignore[arg-type]


def deliver(outgoing: Outgoing, **more: object) -> Received:
    return receive(outgoing.content_type, outgoing.body, **more)  # type: ignore[arg-type]


@dataclass
class Forgery:
    """A message written by hand. Everything holds unless a test changes one thing before :meth:`wire`."""

    header: UserMessage = field(default_factory=message)
    payloads: list[tuple[str, bytes]] = field(default_factory=lambda: [("one@lv", b'{"a":1}')])
    compress: Callable[[bytes], bytes] = gzip.compress
    properties: tuple[Property, ...] = (
        Property("MimeType", "application/json"),
        Property("CompressionType", "application/gzip"),
    )
    signer: str = "LV"
    recipient: str = "NL"
    digest: str = suites.SHA256
    method: str = suites.RSA_SHA256
    encrypt: bool = True
    sign: bool = True
    messaging: Callable[[str], str] = str
    """Changes the eb:Messaging text before it is signed."""
    body: Callable[[str], str] = str
    references: Callable[[list[Reference]], list[Reference]] = list
    security: Callable[[str], str] = str
    """Changes the security header's text after signing."""
    soap: Callable[[str], str] = str
    """Changes the whole envelope after signing."""
    cipher: Callable[[bytes], bytes] = bytes
    """Changes each ciphertext."""
    mime: Callable[[Parts], Parts] = list
    boundary: str = "cut-here"

    def wire(self) -> tuple[str, bytes]:
        packed = {cid: self.compress(data) for cid, data in self.payloads}
        infos = tuple(PartInfo(cid, self.properties) for cid in packed)
        header = replace(self.header, parts=infos)
        messaging = self.messaging(envelope.messaging("msg-1", envelope.user_message(header)))
        body = self.body(envelope.body("body-1"))
        signed = [
            security.reference("#msg-1", self.digest, suites.digest(self.digest, messaging.encode())),
            security.reference("#body-1", self.digest, suites.digest(self.digest, body.encode())),
            *(
                security.reference(f"cid:{cid}", self.digest, suites.digest(self.digest, data))
                for cid, data in packed.items()
            ),
        ]
        keys, suite = keys_of(self.signer), suites.EDELIVERY_1_15
        text, key = "", b""
        if self.encrypt:
            key = suites.new_content_key(suite.content)
            listed = [(cid, "application/gzip") for cid in packed]
            text += security.encryption(listed, key, peer_of(self.recipient).encryption, suite, "x")
        if self.sign:
            text += security.signature(self.references(signed), keys.signing, self.method, "token", "X509-1")
        soap = envelope.envelope(self.security(text), messaging, body).decode()
        parts: Parts = [
            ({"Content-Type": "application/soap+xml; charset=UTF-8", "Content-ID": "<root>"}, self.soap(soap).encode())
        ]
        for cid, data in packed.items():
            content = self.cipher(ciphers.encrypt(suite.content, key, data)) if key else data
            parts.append(({"Content-Type": "application/octet-stream", "Content-ID": f"<{cid}>"}, content))
        return self.pack(self.mime(parts))

    def pack(self, parts: Parts) -> tuple[str, bytes]:
        pieces = []
        for headers, content in parts:
            lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
            pieces.append(f"--{self.boundary}\r\n{lines}\r\n".encode() + content + b"\r\n")
        pieces.append(f"--{self.boundary}--\r\n".encode())
        return f'multipart/related; type="application/soap+xml"; boundary="{self.boundary}"', b"".join(pieces)


ENVELOPE_OPEN = f'<S12:Envelope xmlns:S12="{SOAP12}">'


def codes(report: dict[str, Any]) -> set[str]:
    """Return the EBMS codes of an inspection."""
    return {one["code"] for one in report["errors"]}
