"""Prepares what is sent: checks, freezes, packs. Stores nothing; :mod:`somec.exchange.actions` does that."""

from __future__ import annotations

import gzip
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from somec.access.rules import Actor
from somec.audit.rules import Kind, NewEntry, new_entry
from somec.exchange import identity, ledger, messages, registry
from somec.exchange.messages import AttachmentItem, Header
from somec.exchange.models import Attachment, Delivery, Document, Peer
from somec.exchange.rules import Direction
from somec.kernel.errors import Invalid, NotPossibleNow
from somec.kernel.ids import new_id


@dataclass(frozen=True, slots=True)
class NewDocument:
    """What a part wants sent.

    ``attachments`` are ids from :func:`store_attachment`; ``case`` is the person file's id for the log.
    """

    to: str
    type: str
    conversation: str
    reference: str
    sender_authority: Mapping[str, str]
    legal_basis: Mapping[str, Any]
    purpose: str
    handling_code: str
    language: str
    items: Sequence[Mapping[str, Any]] = field(repr=False)
    refers_to: str = ""
    attachments: Sequence[str] = ()
    expires: datetime | None = None
    case: str = ""
    version: str = ""


def check_peers(states: set[str]) -> None:
    """Raise NotPossibleNow unless every state has a peer."""
    missing = states - set(Peer.objects.filter(state__in=states).values_list("state", flat=True))
    if missing:
        raise NotPossibleNow("peer.unknown", state=min(missing))


def entry(document: NewDocument, now: datetime) -> ledger.Entry:
    """Return the frozen document with its unsaved row; raises Invalid if it breaks its schema."""
    document_type = (
        registry.find(document.type, document.version) if document.version else registry.newest(document.type)
    )
    header = Header(
        id=new_id("doc"), type=document.type, version=document_type.version, conversation=document.conversation,
        reference=document.reference, created=now, from_state=identity.own_state(), to_state=document.to,
        authority=document.sender_authority, legal_basis=document.legal_basis, purpose=document.purpose,
        handling_code=document.handling_code, language=document.language, refers_to=document.refers_to,
        expires=document.expires,
    )  # fmt: skip
    body = messages.compose(header, document.items, attachment_items(document.attachments))
    mistakes = registry.mistakes(document_type, body)
    if mistakes:
        raise Invalid("document.schema", fields=mistakes, type=document.type)
    data = messages.freeze(body)
    row = ledger.new_row(
        body, direction=Direction.OUT, peer_state=document.to, digest=messages.digest(data),
        packed=gzip.compress(data, compresslevel=1, mtime=0), gzipped=True, stored=now,
    )  # fmt: skip
    return ledger.Entry(body=body, type=document_type, row=row)


def delivery(entry: ledger.Entry, now: datetime) -> Delivery:
    """Return the unsaved place in the queue."""
    return Delivery(
        document_id=entry.row.id, peer_state=entry.row.peer_state, conversation=entry.row.conversation,
        message_id=identity.message_id(entry.row.id, entry.sender), queued=now, next_try=now,
    )  # fmt: skip


def disclosure(actor: Actor, document: NewDocument, entry: ledger.Entry) -> NewEntry:
    """Return what the log says of sending it."""
    return new_entry(
        actor, "document.send", Kind.DISCLOSURE, entry.row.id, case=document.case, purpose=document.purpose,
        recipient=document.to,
        detail={"type": document.type, "conversation": document.conversation, "digest": entry.row.digest,
                "handling_code": document.handling_code},
    )  # fmt: skip


def attachment_items(ids: Sequence[str]) -> list[AttachmentItem]:
    """Return what a document says of its files; raises Invalid for one that is unknown or already sent."""
    if not ids:
        return []
    rows = {row.id: row for row in Attachment.objects.filter(id__in=ids, document__isnull=True)}
    if set(ids) - set(rows):
        raise Invalid("attachment.unknown")
    return [
        AttachmentItem(row.id, row.name, row.media_type, row.size, row.sha256) for row in (rows[one] for one in ids)
    ]


def attach(documents: Sequence[NewDocument], entries: Sequence[ledger.Entry]) -> None:
    """Bind stored files to their documents."""
    for document, entry in zip(documents, entries, strict=True):
        if document.attachments:
            Attachment.objects.filter(id__in=document.attachments).update(document=Document(id=entry.row.id))
