"""What an AS4 user message says: parties, service, properties, parts (ebMS 3.0, 5.2.2). Frozen and pure."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime

from somec.as4.namespaces import DEFAULT_MPC, ROLE_INITIATOR, ROLE_RESPONDER, TEST_ACTION, TEST_SERVICE
from somec.as4.octets import Octets

MIME_TYPE = "MimeType"
CHARACTER_SET = "CharacterSet"
COMPRESSION_TYPE = "CompressionType"
ORIGINAL_SENDER = "originalSender"
FINAL_RECIPIENT = "finalRecipient"
TRACKING_IDENTIFIER = "trackingIdentifier"


@dataclass(frozen=True, slots=True)
class PartyId:
    """An access point's name. ``type`` is the URN of the scheme, empty when the value is itself a URI."""

    value: str
    type: str = ""


@dataclass(frozen=True, slots=True)
class Party:
    """An access point in its role."""

    id: PartyId
    role: str


@dataclass(frozen=True, slots=True)
class Service:
    """The business service a message belongs to."""

    value: str
    type: str = ""


@dataclass(frozen=True, slots=True)
class AgreementRef:
    """The agreement under which parties exchange."""

    value: str
    type: str = ""
    pmode: str = ""


@dataclass(frozen=True, slots=True)
class Property:
    """A named value of a message or of a part."""

    name: str
    value: str
    type: str = ""


@dataclass(frozen=True, slots=True)
class PartInfo:
    """What the header says of one payload: its content id (without ``cid:``), and its properties."""

    content_id: str
    properties: tuple[Property, ...] = ()

    def value(self, name: str) -> str:
        """Return the value of the property with this name, or an empty string."""
        return next((one.value for one in self.properties if one.name == name), "")


@dataclass(frozen=True, slots=True)
class UserMessage:
    """The header of a user message."""

    message_id: str
    timestamp: datetime
    sender: Party
    recipient: Party
    service: Service
    action: str
    conversation_id: str
    agreement: AgreementRef | None = None
    properties: tuple[Property, ...] = ()
    parts: tuple[PartInfo, ...] = ()
    ref_to_message_id: str = ""
    mpc: str = DEFAULT_MPC

    @property
    def is_test(self) -> bool:
        """Tell whether this is a ping for the test service, which no application ever sees (E115, 1.4.4.3)."""
        return self.service.value == TEST_SERVICE and self.action == TEST_ACTION

    def value(self, name: str) -> str:
        """Return the value of the message property with this name, or an empty string."""
        return next((one.value for one in self.properties if one.name == name), "")


@dataclass(frozen=True, slots=True)
class Part:
    """One payload as the application sees it: decompressed and decrypted.

    ``content_id`` may stay empty when building; one is made then. ``properties`` are further part properties.
    ``compress`` is decided by the P-Mode when it is None.
    """

    content: Octets
    mime_type: str
    content_id: str = ""
    charset: str = ""
    properties: tuple[Property, ...] = ()
    compress: bool | None = None
    sha256: str = field(default="", compare=False)
    """Of the content, lower-case hex; filled on received parts."""
    packed: Octets | None = field(default=None, compare=False)
    """The very octets that the signature covers (gzip where ``compress``): filled on received parts, to be kept as
    evidence. When building, octets that were compressed beforehand; ``content`` is then not compressed again."""


@dataclass(frozen=True, slots=True)
class Reference:
    """One signed reference: what it points to, how it was hashed, and the ``ds:Reference`` octets in canonical form."""

    uri: str
    digest_method: str
    digest: bytes
    xml: bytes = b""


def new_message_id(domain: str) -> str:
    """Return a fresh message id, ``uuid@domain`` (RFC 2822 msg-id without the angle brackets)."""
    return f"{uuid.uuid4()}@{domain}"


def initiator(value: str, type_: str = "") -> Party:
    """Return a party in the default role of the sender."""
    return Party(id=PartyId(value, type_), role=ROLE_INITIATOR)


def responder(value: str, type_: str = "") -> Party:
    """Return a party in the default role of the recipient."""
    return Party(id=PartyId(value, type_), role=ROLE_RESPONDER)
