"""Between documents and AS4 messages: what is put into a message, and what is believed of one that came.

No tables here.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from somec.as4 import message as as4
from somec.as4.errors import (
    EXTERNAL_PAYLOAD_ERROR,
    FEATURE_NOT_SUPPORTED,
    VALUE_INCONSISTENT,
    VALUE_NOT_RECOGNIZED,
    As4Error,
    EbmsError,
)
from somec.as4.namespaces import TEST_ACTION, TEST_SERVICE
from somec.as4.octets import Octets
from somec.as4.pmode import Terms
from somec.as4.receiving import Received
from somec.as4.sending import Outgoing, build
from somec.exchange import messages, registry
from somec.exchange.messages import AttachmentItem
from somec.exchange.registry import DocumentType
from somec.kernel import clock
from somec.kernel.errors import Invalid

JSON_TYPE: Final = "application/json"
ATTACHMENT_ID: Final = "AttachmentId"
DOCUMENT_TYPE: Final = "DocumentType"
_COMPRESSED_TYPES = ("image/", "video/", "audio/", "application/zip", "application/gzip", "application/pdf")
_REFUSALS: Final[Mapping[str, EbmsError]] = {
    "document.type_unknown": VALUE_NOT_RECOGNIZED,
    "document.version_newer": FEATURE_NOT_SUPPORTED,
    "document.version_unknown": FEATURE_NOT_SUPPORTED,
}


@dataclass(frozen=True, slots=True)
class Letter:
    """A document on its way out, with all that its message needs."""

    message_id: str
    document_id: str
    type: str
    version: str
    conversation: str
    sender_authority: str
    queued: datetime
    packed: bytes


@dataclass(frozen=True, slots=True)
class Believed:
    """A document that came in a message that holds, checked against its schema."""

    body: dict[str, Any]
    type: DocumentType
    packed: bytes
    gzipped: bool
    digest: str
    attachments: tuple[tuple[AttachmentItem, Octets], ...]


def message_for(letter: Letter, terms: Terms) -> as4.UserMessage:
    """Return the header. Its timestamp is when the document was queued: part of what never changes with a retry."""
    pmode = terms.pmode
    return as4.UserMessage(
        message_id=letter.message_id, timestamp=letter.queued, sender=pmode.initiator, recipient=pmode.responder,
        service=pmode.service, action=f"{letter.type}:{letter.version}", conversation_id=letter.conversation,
        agreement=pmode.agreement,
        properties=(
            as4.Property(as4.ORIGINAL_SENDER, letter.sender_authority),
            as4.Property(as4.FINAL_RECIPIENT, pmode.responder.id.value),
            as4.Property(as4.TRACKING_IDENTIFIER, letter.document_id),
        ),
    )  # fmt: skip


def pack(letter: Letter, attachments: Sequence[tuple[AttachmentItem, Octets]], terms: Terms) -> Outgoing:
    """Return the signed and encrypted message of a document."""
    leading = as4.Part(
        content=Octets.of(b""), packed=Octets.of(letter.packed), mime_type=JSON_TYPE, charset="utf-8", compress=True
    )
    others = [
        as4.Part(
            content=content, mime_type=item.media_type, compress=not item.media_type.startswith(_COMPRESSED_TYPES),
            properties=(as4.Property(ATTACHMENT_ID, item.id),),
        )
        for item, content in attachments
    ]  # fmt: skip
    return build(message_for(letter, terms), [leading, *others], pmode=terms.pmode, keys=terms.keys, peer=terms.peer)


def ping(terms: Terms, domain: str) -> Outgoing:
    """Return a message for the peer's test service (E115, 1.4.4.3): it proves the whole way, and nothing happens."""
    pmode = terms.pmode
    message = as4.UserMessage(
        message_id=as4.new_message_id(domain), timestamp=clock.now(), sender=pmode.initiator, recipient=pmode.responder,
        service=as4.Service(TEST_SERVICE), action=TEST_ACTION, conversation_id="test",
        agreement=pmode.agreement,
    )  # fmt: skip
    return build(message, [], pmode=pmode, keys=terms.keys, peer=terms.peer)


def believe(received: Received, *, sender_state: str, own_state: str) -> Believed:
    """Return the document in a message that holds; raises As4Error with the code of what is wrong with it."""
    if not received.parts:
        raise _refused(received, "document.missing")
    leading = received.parts[0]
    if leading.mime_type.split(";")[0].strip().lower() != JSON_TYPE:
        raise _refused(received, "document.media_type")
    if leading.content.size > messages.MAX_BYTES:
        raise _refused(received, "document.too_large")
    data = leading.content.read()
    try:
        body = messages.read(data)
        document_type = _checked(body)
    except Invalid as error:
        place = " ".join(sorted(error.fields))[:200]
        raise _refused(received, error.code, place=place) from error
    header = body["header"]
    if header["from"]["state"] != sender_state or header["to"]["state"] != own_state:
        raise _refused(received, "document.parties")
    packed = leading.packed.read() if leading.packed is not None else data
    return Believed(
        body=body, type=document_type, packed=packed, gzipped=bool(leading.compress), digest=messages.digest(data),
        attachments=_attachments(received, body),
    )  # fmt: skip


def _checked(body: dict[str, Any]) -> DocumentType:
    header = body.get("header")
    if not isinstance(header, dict) or not all(isinstance(header.get(key), str) for key in ("type", "version")):
        raise Invalid("document.schema", fields={"/header": ["type"]})
    document_type = registry.find(header["type"], header["version"])
    mistakes = registry.mistakes(document_type, body)
    if mistakes:
        raise Invalid("document.schema", fields=mistakes)
    return document_type


def _attachments(received: Received, body: Mapping[str, Any]) -> tuple[tuple[AttachmentItem, Octets], ...]:
    listed = [AttachmentItem(**{key: entry[key] for key in _ITEM_KEYS}) for entry in body.get("attachments", ())]
    parts = {_value(part, ATTACHMENT_ID): part for part in received.parts[1:]}
    if len(listed) != len(received.parts) - 1 or {item.id for item in listed} != set(parts):
        raise _refused(received, "attachment.missing", ebms=EXTERNAL_PAYLOAD_ERROR)
    for item in listed:
        if (item.size, item.sha256) != (parts[item.id].content.size, parts[item.id].sha256):
            raise _refused(received, "attachment.differs", ebms=EXTERNAL_PAYLOAD_ERROR)
    return tuple((item, parts[item.id].content) for item in listed)


_ITEM_KEYS = ("id", "name", "media_type", "size", "sha256")


def _value(part: as4.Part, name: str) -> str:
    return next((one.value for one in part.properties if one.name == name), "")


def _refused(received: Received, code: str, *, place: str = "", ebms: EbmsError | None = None) -> As4Error:
    return As4Error(
        ebms or _REFUSALS.get(code, VALUE_INCONSISTENT),
        code,
        place=place,
        ref_to_message_id=received.message.message_id,
    )


def references_json(references: Sequence[as4.Reference]) -> str:
    """Return signed references as they are kept with the message: uri, digest method, digest."""
    return json.dumps([[one.uri, one.digest_method, base64.b64encode(one.digest).decode()] for one in references])


def read_references(text: str) -> tuple[as4.Reference, ...]:
    """Return what :func:`references_json` wrote."""
    return tuple(as4.Reference(uri, method, base64.b64decode(digest)) for uri, method, digest in json.loads(text))


def references_digest(references: Sequence[as4.Reference]) -> str:
    """Return one hash over everything a message signed: equal for a repeat, different for a message id used twice."""
    rows = sorted((one.uri, one.digest_method, one.digest.hex()) for one in references)
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()
