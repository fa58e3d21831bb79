"""The other node of a test, in memory: it writes messages as a peer would, and answers those it gets."""

from __future__ import annotations

import gzip
import io
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from somec.as4.octets import Octets
from somec.as4.pmode import LocalKeys, select
from somec.as4.receiving import Received, open_message
from somec.as4.sending import Outgoing
from somec.as4.signals import SIGNAL_TYPE, build_receipt
from somec.crypto.issuing import Subject, issue_pair, make_authority
from somec.crypto.keys import KeyPair, make_rsa_key
from somec.crypto.signing import Signer, new_private_key
from somec.exchange import cards, identity, messages, wire
from somec.exchange.cards import Card
from somec.exchange.directory import KnownPeer, terms_out
from somec.exchange.endpoint import Endpoint
from somec.exchange.keyring import Keyring
from somec.exchange.messages import AttachmentItem, Header
from somec.exchange.rules import PeerState
from somec.exchange.transport import Response
from somec.exchange.wire import Letter
from somec.kernel import clock
from somec.kernel.ids import new_id

RSA_BITS = 2048  # quicker to make than what real nodes use; no rule of the exchange depends on it


@dataclass
class Twin:
    """A node: keys, card, and what it was sent. ``days`` is how long its certificates hold."""

    state: str
    days: int = 700
    got: list[Received] = field(default_factory=list)
    silent: bool = False

    @cached_property
    def _pairs(self) -> tuple[KeyPair, KeyPair, KeyPair]:
        now = clock.now()
        authority = make_authority(Subject(f"{self.state} authority"), make_rsa_key(RSA_BITS), at=now)
        signing, encryption = (
            issue_pair(authority, Subject(f"{self.state} {role}"), make_rsa_key(RSA_BITS), at=now, days=self.days)
            for role in ("signing", "encryption")
        )
        return authority, signing, encryption

    @cached_property
    def signer(self) -> Signer:
        return Signer(cards.log_name(self.state), new_private_key())

    @cached_property
    def keys(self) -> LocalKeys:
        _, signing, encryption = self._pairs
        return LocalKeys(signing=signing, decryption=(encryption,))

    @cached_property
    def card(self) -> Card:
        authority, signing, encryption = self._pairs
        return Card(
            state=self.state, name=f"Node {self.state}", desk=f"Desk {self.state}",
            endpoint=f"https://{self.state.lower()}.example:8443/as4", made=clock.now(),
            signing=(signing.certificate,), encryption=encryption.certificate, tls=(authority.certificate,),
            log_key=self.signer.verifier.public,
        )  # fmt: skip

    @cached_property
    def card_text(self) -> str:
        return cards.write(self.card, self.signer)

    def ring(self, folder: Any = None) -> Keyring:
        """Return the keys as this process's own node would hold them."""
        authority, signing, encryption = self._pairs
        ring = Keyring(
            folder=folder,
            signing=signing,
            decryption=(encryption,),
            tls=signing.certificate,
            tls_anchors=(authority.certificate,),
            node=self.signer,
        )
        ring.__dict__["card"] = self.card
        return ring

    def document(self, to: str, number: int = 1, **changes: Any) -> dict[str, Any]:
        """Return a test parcel; ``changes`` go into the header."""
        header = Header(
            id=new_id("doc"), type="test-parcel", version="1.0", conversation=new_id("cnv"), reference=f"T-{number}",
            created=clock.now(), from_state=self.state, to_state=to, authority={"id": "aut-x", "name": "Authority"},
            legal_basis={"mechanism": "test", "article": "1", "verified": False}, purpose="test", handling_code="H1",
            language="en",
        )  # fmt: skip
        item = {
            "id": new_id("itm"), "kind": "fact", "category": "movement", "data": {"number": number}, "source": "test",
            "as_of": "2026-11-21", "owner": self.state,
        }  # fmt: skip
        body = messages.compose(header, [item])
        body["header"].update(changes)
        return body

    def message(
        self, to: Card, document: Any, *, message_id: str = "", attachments: tuple[tuple[AttachmentItem, bytes],
        ...] = (),
        keys: LocalKeys | None = None, sender: Card | None = None,
    ) -> Outgoing:  # fmt: skip
        """Return the AS4 message that carries a document (or any bytes) to another node."""
        data = document if isinstance(document, bytes) else messages.freeze(document)
        number = document["header"]["id"] if isinstance(document, dict) else new_id("doc")
        terms = cards.terms(sender=sender or self.card, receiver=to, keys=keys or self.keys, peer=to)
        letter = Letter(
            message_id=message_id or identity.message_id(str(number), self.state), document_id=str(number),
            type="test-parcel", version="1.0", conversation="cnv-test", sender_authority="aut-x", queued=clock.now(),
            packed=gzip.compress(data, 1, mtime=0),
        )  # fmt: skip
        return wire.pack(letter, [(item, Octets.of(content)) for item, content in attachments], terms)

    def answer(self, sender: Card, content_type: str, body: Octets) -> Response:
        """Take a message and give the receipt, as this node's endpoint would."""
        terms = cards.terms(sender=sender, receiver=self.card, keys=self.keys, peer=sender)
        received = open_message(
            content_type, body, resolve=lambda message: terms if select([terms.pmode], message) else None
        )
        self.got.append(received)
        return Response(200, SIGNAL_TYPE, build_receipt(received, keys=self.keys).body)


def peer_of(twin: Twin) -> KnownPeer:
    return KnownPeer(twin.card, PeerState.ACTIVE)


def terms_to(twin: Twin, ring: Keyring) -> Any:
    return terms_out(peer_of(twin), ring)


def post(endpoint: Endpoint, content_type: str, body: bytes, **environ: Any) -> tuple[str, bytes]:
    """Call the endpoint as a web server would; returns the status line and the body."""
    status: list[str] = []
    request = {
        "PATH_INFO": "/as4", "REQUEST_METHOD": "POST", "REMOTE_ADDR": "192.0.2.7", "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body), **environ,
    }  # fmt: skip
    answer = b"".join(endpoint(request, lambda line, _headers: status.append(line)))
    return status[0], answer
