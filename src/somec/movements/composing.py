"""Makes the documents of a notice. Preview and sending call the same function, so both show the same document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from somec.access import queries as access_queries
from somec.exchange import identity as node
from somec.exchange import queries as exchange
from somec.exchange.outbox import NewDocument
from somec.kernel.ids import derived_id
from somec.movements import agreement, messages
from somec.movements.models import Disclosure, Incoming, Notice
from somec.movements.travel import Content, from_json
from somec.offenders import queries as offenders
from somec.persons import queries as persons


def sender_authority(authority_id: str) -> dict[str, str]:
    """Return our authority as a document names it."""
    card = access_queries.authority(authority_id)
    return {"id": card.id, "name": card.name}


def legal_basis(content: Content) -> dict[str, Any]:
    """Return the legal basis as a document names it."""
    basis = content.basis
    return {"mechanism": basis.mechanism, "article": basis.article, "verified": basis.verified}


def item_id(*parts: str) -> str:
    """Return the id of an item: the same for the same statement, so that a repeat is seen as one."""
    return derived_id("itm", *parts)


def duties_of(conversation: str) -> list[agreement.Duty]:
    """Return the duties of a conversation as both nodes must agree on them."""
    return [
        agreement.Duty(one.id, one.document, one.debtor_state, one.due, one.rule)
        for one in exchange.obligations(conversations=[conversation])
    ]


def _holding(conversation: str, items: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the items with what we hold of the conversation written into the last, which the document is about."""
    said = [dict(item) for item in items]
    held = agreement.claim({one.id: one.type for one in exchange.documents([conversation])}, duties_of(conversation))
    said[-1] = {**said[-1], "data": {**said[-1]["data"], "holds": held}}
    return said


def notice_documents(notice: Notice, disclosures: Sequence[Disclosure], *, now: datetime) -> list[NewDocument]:
    """Return what each of these states will get: the notice, or the change of it where the notice amends another."""
    content = from_json(notice.content)
    shared = _Shared(
        authority=sender_authority(notice.authority_id), identity=persons.identity_item(notice.person_id),
        record=offenders.record_items(notice.person_id, content.selected),
    )  # fmt: skip
    return [_notice_document(notice, content, one, shared, now) for one in disclosures]


@dataclass(frozen=True)
class _Shared:
    authority: Mapping[str, str]
    identity: Mapping[str, Any]
    record: Sequence[Mapping[str, Any]]


def _notice_document(
    notice: Notice, content: Content, disclosure: Disclosure, shared: _Shared, now: datetime
) -> NewDocument:
    sequence = disclosure.sequence + 1
    movement = messages.movement_item(
        content, disclosure.to_state, item_id=item_id(notice.id, disclosure.to_state, "movement", str(sequence)),
        sequence=sequence, owner=node.own_state(), now=now, late=notice.late,
    )  # fmt: skip
    items: Sequence[Mapping[str, Any]] = [shared.identity, *shared.record, movement]
    return NewDocument(
        to=disclosure.to_state, type=messages.CHANGE if notice.amends_id else messages.NOTICE,
        conversation=disclosure.conversation, reference=notice.reference, sender_authority=shared.authority,
        legal_basis=legal_basis(content), purpose=content.basis.purpose, handling_code=content.basis.handling_code,
        language=content.language or "en",
        items=_holding(disclosure.conversation, items) if notice.amends_id else items,
        refers_to=disclosure.latest_document_id if notice.amends_id else "", expires=content.expires,
        case=notice.person_id,
    )  # fmt: skip


def sender_document(
    disclosure: Disclosure,
    notice: Notice,
    *,
    type: str,  # noqa: A002 - the word of the wire and of every action
    refers_to: str,
    items: Sequence[Mapping[str, Any]],
) -> NewDocument:
    """Return a short document of the sender of a notice (cancellation, acknowledgement of an answer)."""
    content = from_json(notice.content)
    return NewDocument(
        to=disclosure.to_state, type=type, conversation=disclosure.conversation, reference=notice.reference,
        sender_authority=sender_authority(notice.authority_id), legal_basis=legal_basis(content),
        purpose=content.basis.purpose, handling_code=content.basis.handling_code, language="en",
        items=_holding(disclosure.conversation, items), refers_to=refers_to, case=notice.person_id,
    )  # fmt: skip


def receiver_document(
    incoming: Incoming, *, type: str, authority_id: str, items: Sequence[Mapping[str, Any]],  # noqa: A002
    refers_to: str = "", language: str = "en",
) -> NewDocument:  # fmt: skip
    """Return a document of the receiver of a notice: it rests on what the notice rests on and is handled alike."""
    return NewDocument(
        to=incoming.from_state, type=type, conversation=incoming.conversation, reference=incoming.reference,
        sender_authority=sender_authority(authority_id),
        legal_basis={"mechanism": incoming.mechanism, "article": incoming.article, "verified": incoming.basis_verified},
        purpose=incoming.purpose, handling_code=incoming.handling_code, language=language,
        items=_holding(incoming.conversation, items), refers_to=refers_to or incoming.latest_document_id,
        case=incoming.person_id,
    )  # fmt: skip


def draft_conversation(notice_id: str, state: str) -> str:
    """Return the conversation that a preview shows before the real one exists."""
    return derived_id("cnv", notice_id, state)
