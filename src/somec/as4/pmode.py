"""Processing modes: what two parties agreed on, as checked configuration, and which of them a message falls under.

A P-Mode never widens by accident: everything beyond the suite (an old digest, a peer's MGF1-SHA-1) is named one by one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from somec.as4.errors import PROCESSING_MODE_MISMATCH, As4Error
from somec.as4.message import AgreementRef, Party, Service, UserMessage
from somec.as4.namespaces import DEFAULT_MPC
from somec.crypto.certificates import Certificate
from somec.crypto.keys import KeyPair
from somec.crypto.suites import LEGACY, SUITES, Suite
from somec.kernel.errors import Invalid

TOKEN, KEY_IDENTIFIER, ISSUER_SERIAL = "token", "key-identifier", "issuer-serial"
CACHED_TOKENS = 256  # a node knows tens of peers; a stranger's attempts only push each other out
KEY_REFERENCES = frozenset({TOKEN, KEY_IDENTIFIER, ISSUER_SERIAL})


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a stranger may make us work. Sizes in bytes."""

    message: int = 512 << 20
    envelope: int = 1 << 20
    """The SOAP part. Ours are under 20 kB; 100 parts make 100 kB."""
    parts: int = 100
    payload: int = 512 << 20
    """One payload after decompression."""
    payloads: int = 1 << 30
    """All payloads after decompression."""
    ratio: int = 200
    """Decompressed to compressed size. Deflate can reach 1032; real text stays under 50."""
    ratio_from: int = 1 << 20
    """Decompressed size from which ``ratio`` counts; small payloads of blanks are harmless."""
    headers: int = 16 << 10
    """MIME headers of one part."""
    references: int = 110


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class PMode:
    """One direction of exchange between two access points (ebMS 3.0, appendix D; One-Way/Push)."""

    id: str
    initiator: Party
    responder: Party
    service: Service
    actions: frozenset[str] = frozenset()
    """Actions allowed; empty means every action of the service."""
    agreement: AgreementRef | None = None
    mpc: str = DEFAULT_MPC
    suite: str = "edelivery-1.15"
    allow_legacy: frozenset[str] = frozenset()
    """Algorithm URIs accepted beyond the suite (``somec.crypto.suites.LEGACY`` lists what can be named)."""
    encrypt: bool = True
    compress: bool = True
    compression_level: int = 1
    """ISA-L's 1 (fast) to 3. A notice of 10 kB is 3 % larger at 1 than at 3, and smaller than with zlib at 6."""
    four_corner: bool = True
    """Whether originalSender and finalRecipient must be present (E115, 2.1)."""
    key_reference: str = TOKEN
    """How our signature names our certificate: the token itself, its subject key identifier, or issuer and serial."""
    limits: Limits = field(default=DEFAULT_LIMITS)

    def __post_init__(self) -> None:
        required = {
            "id": (self.id,),
            "mpc": (self.mpc,),
            "initiator": (self.initiator.id.value, self.initiator.role),
            "responder": (self.responder.id.value, self.responder.role),
            "service": (self.service.value,),
        }
        mistakes = {
            name: ["pmode.missing"] for name, values in required.items() if not all(one.strip() for one in values)
        }
        if self.suite not in SUITES:
            mistakes["suite"] = ["pmode.unknown-suite"]
        if self.key_reference not in KEY_REFERENCES:
            mistakes["key_reference"] = ["pmode.unknown-key-reference"]
        if not self.allow_legacy <= LEGACY:
            mistakes["allow_legacy"] = ["pmode.unknown-algorithm"]
        if not 1 <= self.compression_level <= 3:  # noqa: PLR2004 - ISA-L's levels that look for repetitions
            mistakes["compression_level"] = ["pmode.out-of-range"]
        if mistakes:
            raise Invalid("pmode.invalid", fields=mistakes)

    @property
    def algorithms(self) -> Suite:
        """The suite we send with."""
        return SUITES[self.suite]

    def accepts(self, algorithm: str) -> bool:
        """Tell whether a message under this P-Mode may use the algorithm."""
        return algorithm in SUITES[self.suite].accepted or algorithm in self.allow_legacy

    def covers(self, message: UserMessage) -> bool:
        """Tell whether the message falls under this P-Mode. A ping does when the parties and the agreement fit."""
        same_parties = message.sender == self.initiator and message.recipient == self.responder
        if not same_parties or message.mpc != self.mpc or not self._same_agreement(message.agreement):
            return False
        if message.is_test:
            return True
        return message.service == self.service and (not self.actions or message.action in self.actions)

    def _same_agreement(self, named: AgreementRef | None) -> bool:
        """Compare agreements; a message may leave it out, as it may ``@pmode`` (E115, 1.4.4.2)."""
        if named is None:
            return True
        return self.agreement is not None and (named.value, named.type) == (self.agreement.value, self.agreement.type)


def select(pmodes: Iterable[PMode], message: UserMessage) -> PMode:
    """Return the P-Mode of a message. Raises As4Error with EBMS:0010 when none or more than one fits."""
    found = [pmode for pmode in pmodes if pmode.covers(message)]
    if len(found) != 1:
        reason = "pmode.none" if not found else "pmode.ambiguous"
        raise As4Error(PROCESSING_MODE_MISMATCH, reason, ref_to_message_id=message.message_id)
    return found[0]


@dataclass(frozen=True, slots=True)
class LocalKeys:
    """Our keys: one to sign with, and all that may still open what was sent to us (the present one first)."""

    signing: KeyPair
    decryption: tuple[KeyPair, ...]


@dataclass(frozen=True, slots=True)
class Peer:
    """A peer's certificates: those its messages may be signed with (present, next), and the one to encrypt for."""

    signing: tuple[Certificate, ...]
    encryption: Certificate


@dataclass(frozen=True, slots=True)
class Terms:
    """Everything needed to judge one message: its P-Mode, whose signature it must bear, which keys open it."""

    pmode: PMode
    peer: Peer
    keys: LocalKeys
