"""The text of eb:Messaging, S12:Body and the SOAP envelope, written in canonical form (see ``xmltext``)."""

from __future__ import annotations

from datetime import datetime

from somec.as4.errors import As4Error
from somec.as4.message import AgreementRef, PartInfo, Party, Property, Service, UserMessage
from somec.as4.namespaces import DEFAULT_MPC, EB, EBBP, SOAP12, WSSE, WSU
from somec.as4.xmltext import attribute, text
from somec.kernel import clock


def messaging(identifier: str, content: str) -> str:
    """Return the eb:Messaging header with this wsu:Id around its units."""
    return (
        f'<eb:Messaging xmlns:S12="{SOAP12}" xmlns:eb="{EB}" xmlns:wsu="{WSU}" wsu:Id="{identifier}"'
        f' S12:mustUnderstand="true">{content}</eb:Messaging>'
    )


def body(identifier: str) -> str:
    """Return the empty SOAP body; it is signed like everything else (AS4 5.1.4)."""
    return f'<S12:Body xmlns:S12="{SOAP12}" xmlns:wsu="{WSU}" wsu:Id="{identifier}"></S12:Body>'


def envelope(security: str, messaging_text: str, body_text: str) -> bytes:
    """Put the whole SOAP message together."""
    header = ""
    if security:
        header = (
            f'<wsse:Security xmlns:wsse="{WSSE}" xmlns:wsu="{WSU}" S12:mustUnderstand="true">{security}</wsse:Security>'
        )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<S12:Envelope xmlns:S12="{SOAP12}"><S12:Header>{header}{messaging_text}</S12:Header>'
        f"{body_text}</S12:Envelope>"
    ).encode()


def user_message(message: UserMessage) -> str:
    """Return eb:UserMessage. The order of children is the schema's."""
    mpc = "" if message.mpc == DEFAULT_MPC else f' mpc="{attribute(message.mpc)}"'
    return (
        f"<eb:UserMessage{mpc}>"
        f"{message_info(message.message_id, message.timestamp, message.ref_to_message_id)}"
        f"<eb:PartyInfo>{_party('From', message.sender)}{_party('To', message.recipient)}</eb:PartyInfo>"
        f"<eb:CollaborationInfo>{_agreement(message.agreement)}{_service(message.service)}"
        f"<eb:Action>{text(message.action)}</eb:Action>"
        f"<eb:ConversationId>{text(message.conversation_id)}</eb:ConversationId></eb:CollaborationInfo>"
        f"{_properties('MessageProperties', message.properties)}{_payload_info(message.parts)}</eb:UserMessage>"
    )


def receipt(message_id: str, at: datetime, ref_to_message_id: str, references: str) -> str:
    """Return eb:SignalMessage with a receipt of non-repudiation information; ``references`` are ready text."""
    return (
        f"<eb:SignalMessage>{message_info(message_id, at, ref_to_message_id)}<eb:Receipt>"
        f'<ebbp:NonRepudiationInformation xmlns:ebbp="{EBBP}">{references}</ebbp:NonRepudiationInformation>'
        "</eb:Receipt></eb:SignalMessage>"
    )


def errors(message_id: str, at: datetime, ref_to_message_id: str, found: list[As4Error]) -> str:
    """Return eb:SignalMessage with one eb:Error for each of ``found``. Only our stable reason codes leave the node."""
    return (
        f"<eb:SignalMessage>{message_info(message_id, at, ref_to_message_id)}"
        f"{''.join(_error(one, ref_to_message_id) for one in found)}</eb:SignalMessage>"
    )


def _error(error: As4Error, ref_to_message_id: str) -> str:
    ebms = error.ebms
    reference = f' refToMessageInError="{attribute(ref_to_message_id)}"' if ref_to_message_id else ""
    return (
        f'<eb:Error category="{ebms.category}" errorCode="{ebms.code}" origin="ebMS"{reference}'
        f' severity="{ebms.severity}" shortDescription="{ebms.name}">'
        f'<eb:Description xml:lang="en">{ebms.name}</eb:Description>'
        f"<eb:ErrorDetail>{text(error.reason)}</eb:ErrorDetail></eb:Error>"
    )


def message_info(message_id: str, at: datetime, ref_to_message_id: str = "") -> str:
    """Return eb:MessageInfo."""
    ref = f"<eb:RefToMessageId>{text(ref_to_message_id)}</eb:RefToMessageId>" if ref_to_message_id else ""
    return (
        f"<eb:MessageInfo><eb:Timestamp>{clock.iso(at)}</eb:Timestamp>"
        f"<eb:MessageId>{text(message_id)}</eb:MessageId>{ref}</eb:MessageInfo>"
    )


def _typed(type_: str) -> str:
    return f' type="{attribute(type_)}"' if type_ else ""


def _party(name: str, party: Party) -> str:
    return (
        f"<eb:{name}><eb:PartyId{_typed(party.id.type)}>{text(party.id.value)}</eb:PartyId>"
        f"<eb:Role>{text(party.role)}</eb:Role></eb:{name}>"
    )


def _agreement(agreement: AgreementRef | None) -> str:
    if agreement is None:
        return ""
    pmode = f' pmode="{attribute(agreement.pmode)}"' if agreement.pmode else ""
    return f"<eb:AgreementRef{pmode}{_typed(agreement.type)}>{text(agreement.value)}</eb:AgreementRef>"


def _service(service: Service) -> str:
    return f"<eb:Service{_typed(service.type)}>{text(service.value)}</eb:Service>"


def _properties(name: str, properties: tuple[Property, ...]) -> str:
    if not properties:
        return ""
    inner = "".join(
        f'<eb:Property name="{attribute(one.name)}"{_typed(one.type)}>{text(one.value)}</eb:Property>'
        for one in properties
    )
    return f"<eb:{name}>{inner}</eb:{name}>"


def _payload_info(parts: tuple[PartInfo, ...]) -> str:
    if not parts:
        return ""
    inner = "".join(
        f'<eb:PartInfo href="cid:{attribute(one.content_id)}">'
        f"{_properties('PartProperties', one.properties)}</eb:PartInfo>"
        for one in parts
    )
    return f"<eb:PayloadInfo>{inner}</eb:PayloadInfo>"
