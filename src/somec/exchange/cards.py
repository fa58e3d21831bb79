"""The card of a node: what a peer must know to exchange with it, signed by the node itself. Pure.

A card is canonical JSON in a C2SP signed note. The signature proves that whoever made the card holds the node's log
key; that the card is the other state's is for two persons to confirm (they compare the fingerprint over another
channel). A node of another make has no such key: its card is written by hand and carries no signature, and screens say
so.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from somec.as4 import message as as4
from somec.as4.namespaces import ROLE_INITIATOR, ROLE_RESPONDER
from somec.as4.pmode import Limits, LocalKeys, PMode, Terms
from somec.as4.pmode import Peer as PeerCertificates
from somec.crypto.certificates import Certificate, load_certificate
from somec.crypto.signing import Signer, Verifier, open_note, sign_note
from somec.kernel import canonical, clock
from somec.kernel.errors import Invalid, SomecError

FORMAT: Final = "somec-node-card/1"
PARTY_TYPE: Final = "urn:oasis:names:tc:ebcore:partyid-type:unregistered:somec"
SERVICE: Final = "urn:somec:exchange"
MAX_CARD: Final = 64 * 1024
LIMITS: Final = Limits()


@dataclass(frozen=True, slots=True)
class Card:
    """A node as its peers know it.

    Certificates are those its messages bear, are encrypted for, and its TLS chains to.
    """

    state: str
    name: str
    desk: str
    endpoint: str
    made: datetime
    signing: tuple[Certificate, ...]
    encryption: Certificate
    tls: tuple[Certificate, ...]
    log_key: bytes = b""
    party: str = ""
    party_type: str = PARTY_TYPE
    suite: str = "edelivery-1.15"
    allow_legacy: frozenset[str] = frozenset()
    signed: bool = field(default=False, compare=False)

    @property
    def party_id(self) -> as4.PartyId:
        """Return the name under which the node signs messages."""
        return as4.PartyId(self.party or self.state, self.party_type)

    @property
    def log_name(self) -> str:
        """Return the name under which the node signs its log."""
        return log_name(self.state)

    @property
    def ends(self) -> datetime:
        """Return the instant at which the first certificate that sending to this node needs runs out."""
        return min(max(one.not_after for one in self.signing), self.encryption.not_after)

    def as_json(self) -> dict[str, Any]:
        """Return the text of the card as data."""
        return {
            "card": FORMAT, "state": self.state, "name": self.name, "desk": self.desk, "endpoint": self.endpoint,
            "made": clock.iso(self.made), "party": self.party_id.value, "party_type": self.party_type,
            "suite": self.suite, "allow_legacy": sorted(self.allow_legacy),
            "signing": [_pem(one) for one in self.signing], "encryption": _pem(self.encryption),
            "tls": [_pem(one) for one in self.tls], "log_key": base64.b64encode(self.log_key).decode(),
        }  # fmt: skip


def log_name(state: str) -> str:
    """Return the name of a state's node in signed notes."""
    return f"{state.lower()}.node.somec"


def write(card: Card, signer: Signer) -> str:
    """Return the card as a signed note."""
    return sign_note(canonical.encode(card.as_json()).decode() + "\n", signer)


def read(text: str) -> Card:
    """Read a card, signed or written by hand; raises Invalid naming the wrong fields, or ``card.signature``."""
    if len(text) > MAX_CARD:
        raise Invalid("card.too_large", limit=MAX_CARD)
    signed = "\n\n" in text
    body = text.rsplit("\n\n", 1)[0] if signed else text
    data = canonical.decode(body.encode())
    if not isinstance(data, dict) or data.get("card") != FORMAT:
        raise Invalid("card.format")
    card = _from_json(data, signed=signed)
    if signed:
        _, names = open_note(text, Verifier(card.log_name, card.log_key))
        if card.log_name not in names:
            raise Invalid("card.signature")
    return card


def fingerprint(text: str) -> str:
    """Return the SHA-256 of a card in hexadecimal: what two people read to each other before they trust it."""
    return hashlib.sha256(text.encode()).hexdigest()


def _from_json(data: dict[str, Any], *, signed: bool) -> Card:
    wrong = {
        key: ["missing"] for key in ("state", "name", "desk", "endpoint", "made", "encryption")
        if not isinstance(data.get(key), str) or not data[key]
    }  # fmt: skip
    wrong.update(
        {key: ["missing"] for key in ("signing", "tls") if not isinstance(data.get(key), list) or not data[key]}
    )
    if not wrong:
        address = urlsplit(data["endpoint"])
        if address.scheme != "https" or not address.hostname:
            wrong["endpoint"] = ["https_address"]
        if len(data["state"]) != 2 or not data["state"].isupper():  # noqa: PLR2004 - ISO 3166-1 alpha-2
            wrong["state"] = ["two_letters"]
    if wrong:
        raise Invalid("card.invalid", fields=wrong)
    try:
        return Card(
            state=data["state"], name=data["name"], desk=data["desk"], endpoint=data["endpoint"],
            made=clock.parse(data["made"]), signing=tuple(load_certificate(one.encode()) for one in data["signing"]),
            encryption=load_certificate(data["encryption"].encode()),
            tls=tuple(load_certificate(one.encode()) for one in data["tls"]),
            log_key=base64.b64decode(data.get("log_key") or "", validate=True), party=data.get("party") or "",
            party_type=data.get("party_type") or PARTY_TYPE, suite=data.get("suite") or "edelivery-1.15",
            allow_legacy=frozenset(data.get("allow_legacy") or ()), signed=signed,
        )  # fmt: skip
    except (SomecError, ValueError, AttributeError, binascii.Error) as error:
        raise Invalid("card.invalid", fields={"card": ["unreadable"]}) from error


def _pem(certificate: Certificate) -> str:
    return certificate.pem().decode()


def terms(*, sender: Card, receiver: Card, keys: LocalKeys, peer: Card) -> Terms:
    """Return what governs messages from ``sender`` to ``receiver``; ``peer`` is whichever of them is not this node."""
    return Terms(
        pmode=pmode(sender=sender, receiver=receiver, suite=peer.suite, allow_legacy=peer.allow_legacy),
        peer=PeerCertificates(signing=peer.signing, encryption=peer.encryption), keys=keys,
    )  # fmt: skip


def pmode(*, sender: Card, receiver: Card, suite: str, allow_legacy: frozenset[str]) -> PMode:
    """Return the processing mode of one direction (ebMS 3.0 appendix D), derived from both cards."""
    pair = "-".join(sorted((sender.state, receiver.state)))
    return PMode(
        id=f"somec-{sender.state}-{receiver.state}",
        initiator=as4.Party(sender.party_id, ROLE_INITIATOR), responder=as4.Party(receiver.party_id,
        ROLE_RESPONDER),
        service=as4.Service(SERVICE, "somec"), agreement=as4.AgreementRef(f"urn:somec:agreement:{pair}"),
        suite=suite, allow_legacy=allow_legacy, compression_level=1, limits=LIMITS,
    )  # fmt: skip
