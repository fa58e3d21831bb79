"""Reading eb:Messaging: user messages and signals (ebMS 3.0, 5.2; AS4 5.1.8). Says nothing about signatures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from lxml import etree

from somec.as4.errors import EXTERNAL_PAYLOAD_ERROR, INVALID_HEADER, VALUE_INCONSISTENT
from somec.as4.message import AgreementRef, PartInfo, Party, PartyId, Property, Reference, Service, UserMessage
from somec.as4.namespaces import DEFAULT_MPC, DS, EB, EBBP
from somec.as4.soap import (
    algorithm_of,
    base64_of,
    children,
    field,
    fields,
    only,
    optional,
    refuse,
    text_of,
)

USER_MESSAGE = f"{{{EB}}}UserMessage"
SIGNAL_MESSAGE = f"{{{EB}}}SignalMessage"
MAX_TEXT = 1024  # characters in one header value; longer ones are no names


@dataclass(frozen=True, slots=True)
class MessageInfo:
    """The identity of a unit: its id, its time, and the id it answers."""

    message_id: str
    timestamp: datetime
    ref_to_message_id: str = ""


@dataclass(frozen=True, slots=True)
class ReportedError:
    """One eb:Error as the other side wrote it."""

    code: str
    severity: str
    name: str
    category: str
    origin: str
    ref_to_message_id: str
    description: str
    detail: str


def _eb(name: str) -> str:
    return f"{{{EB}}}{name}"


_INFO, _TIMESTAMP, _MESSAGE_ID, _REF = _eb("MessageInfo"), _eb("Timestamp"), _eb("MessageId"), _eb("RefToMessageId")
_PARTIES, _FROM, _TO, _PARTY_ID, _ROLE = _eb("PartyInfo"), _eb("From"), _eb("To"), _eb("PartyId"), _eb("Role")
_COLLABORATION, _AGREEMENT, _SERVICE = _eb("CollaborationInfo"), _eb("AgreementRef"), _eb("Service")
_ACTION, _CONVERSATION = _eb("Action"), _eb("ConversationId")
_MESSAGE_PROPERTIES, _PAYLOAD, _PART_PROPERTIES = _eb("MessageProperties"), _eb("PayloadInfo"), _eb("PartProperties")
_DIGEST_METHOD, _DIGEST_VALUE = f"{{{DS}}}DigestMethod", f"{{{DS}}}DigestValue"


def _required(found: Mapping[str, etree._Element], tag: str) -> str:
    value = text_of(field(found, tag))
    if not value or len(value) > MAX_TEXT:
        raise refuse(INVALID_HEADER, "header.value", tag.rpartition("}")[2])
    return value


def read_info(unit: etree._Element) -> MessageInfo:
    """Read eb:MessageInfo of a unit. Raises EBMS:0009."""
    return _info(only(unit, EB, "MessageInfo"))


def _info(element: etree._Element) -> MessageInfo:
    found = fields(element)
    ref = found.get(_REF)
    return MessageInfo(
        message_id=_required(found, _MESSAGE_ID),
        timestamp=_timestamp(_required(found, _TIMESTAMP)),
        ref_to_message_id=text_of(ref) if ref is not None else "",
    )


def _timestamp(value: str) -> datetime:
    """Read xsd:dateTime; the specification wants UTC, so a missing zone is taken for it."""
    try:
        at = datetime.fromisoformat(value)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise refuse(INVALID_HEADER, "header.value", "Timestamp") from error


def read_user_message(unit: etree._Element) -> UserMessage:
    """Read eb:UserMessage. Raises EBMS:0009 (something missing), 0003 (several party ids), 0011 (external payload)."""
    found = fields(unit)
    info = _info(field(found, _INFO))
    parties = fields(field(found, _PARTIES))
    collaboration = fields(field(found, _COLLABORATION))
    return UserMessage(
        message_id=info.message_id,
        timestamp=info.timestamp,
        ref_to_message_id=info.ref_to_message_id,
        sender=_party(field(parties, _FROM)),
        recipient=_party(field(parties, _TO)),
        service=Service(value=_required(collaboration, _SERVICE), type=collaboration[_SERVICE].get("type", "")),
        action=_required(collaboration, _ACTION),
        conversation_id=text_of(field(collaboration, _CONVERSATION)),
        agreement=_agreement(collaboration.get(_AGREEMENT)),
        properties=_properties(found.get(_MESSAGE_PROPERTIES)),
        parts=_parts(found.get(_PAYLOAD)),
        mpc=unit.get("mpc", DEFAULT_MPC),
    )


def _party(element: etree._Element) -> Party:
    if len(element) > 2 and len(children(element, EB, "PartyId")) > 1:  # noqa: PLR2004 - id and role; E115, 1.4.4.1
        raise refuse(VALUE_INCONSISTENT, "header.several-party-ids")
    found = fields(element)
    value = _required(found, _PARTY_ID)
    return Party(id=PartyId(value=value, type=found[_PARTY_ID].get("type", "")), role=_required(found, _ROLE))


def _agreement(element: etree._Element | None) -> AgreementRef | None:
    if element is None:
        return None
    return AgreementRef(value=text_of(element), type=element.get("type", ""), pmode=element.get("pmode", ""))


def _properties(element: etree._Element | None) -> tuple[Property, ...]:
    if element is None:
        return ()
    found = []
    for one in children(element, EB, "Property"):
        name = one.get("name", "")
        if not name:
            raise refuse(INVALID_HEADER, "header.property-name")
        found.append(Property(name=name, value=text_of(one), type=one.get("type", "")))
    return tuple(found)


def _parts(payload: etree._Element | None) -> tuple[PartInfo, ...]:
    if payload is None:
        return ()
    return tuple(
        PartInfo(content_id=_content_id(one.get("href", "")), properties=_properties(fields(one).get(_PART_PROPERTIES)))
        for one in children(payload, EB, "PartInfo")
    )


def _content_id(href: str) -> str:
    """Return the content id of an href; an empty one or a fragment means the SOAP body (ebMS 3.0, 5.2.2.13)."""
    if href and not href.startswith(("cid:", "#")):
        raise refuse(EXTERNAL_PAYLOAD_ERROR, "payload.external")
    return href.removeprefix("cid:")


def read_receipt(unit: etree._Element) -> tuple[Reference, ...] | None:
    """Return the references of a receipt's non-repudiation information; None when the unit is no receipt."""
    receipt = optional(unit, EB, "Receipt")
    if receipt is None:
        return None
    information = optional(receipt, EBBP, "NonRepudiationInformation")
    if information is None:
        return ()
    return tuple(
        read_reference(one, fields(one))
        for part in children(information, EBBP, "MessagePartNRInformation")
        for one in children(part, DS, "Reference")
    )


def read_reference(element: etree._Element, found: Mapping[str, etree._Element], xml: bytes = b"") -> Reference:
    """Read ds:Reference out of its :func:`fields`; ``xml`` is its canonical form, to be kept. Raises EBMS:0009."""
    return Reference(
        uri=element.get("URI", ""),
        digest_method=algorithm_of(field(found, _DIGEST_METHOD)),
        digest=base64_of(field(found, _DIGEST_VALUE)),
        xml=xml,
    )


def read_errors(unit: etree._Element) -> tuple[ReportedError, ...]:
    """Return the errors a signal reports, as written."""
    return tuple(_error(one) for one in children(unit, EB, "Error"))


def _error(element: etree._Element) -> ReportedError:
    def inner(name: str) -> str:
        found = children(element, EB, name)
        return "".join(str(piece) for piece in found[0].itertext()).strip()[:MAX_TEXT] if found else ""

    return ReportedError(
        code=element.get("errorCode", ""),
        severity=element.get("severity", "").lower(),
        name=element.get("shortDescription", ""),
        category=element.get("category", ""),
        origin=element.get("origin", ""),
        ref_to_message_id=element.get("refToMessageInError", ""),
        description=inner("Description"),
        detail=inner("ErrorDetail"),
    )
