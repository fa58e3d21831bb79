"""What people and other parts do with the exchange: hand over documents, trust peers, settle problems."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, BinaryIO

from django.db import transaction

from somec.access import rules as access
from somec.access.rules import Actor, Target
from somec.audit import actions as audit
from somec.audit.rules import Kind
from somec.exchange import cards, identity, ledger, outbox, rows, signals
from somec.exchange.models import Attachment, AttachmentChunk, Delivery, Peer, PeerHealth, PeerProposal, Problem
from somec.exchange.outbox import NewDocument
from somec.exchange.rules import DeliveryState, PeerState, ProblemState, ProposalState
from somec.kernel import clock
from somec.kernel.errors import Invalid, NotFound, NotPossibleNow
from somec.kernel.ids import new_id

CHUNK = 1 << 20  # bytes of an attachment handled at a time


def send(
    *, actor: Actor, to: str, type: str, conversation: str, reference: str, sender_authority: Mapping[str, str],  # noqa: A002
    legal_basis: Mapping[str, Any], purpose: str, handling_code: str, language: str, items: Sequence[Mapping[str, Any]],
    refers_to: str = "", attachments: Sequence[str] = (), expires: datetime | None = None, case: str = "",
    version: str = "",
) -> str:  # fmt: skip
    """Freeze a document and put it into the outbox; returns its id.

    Everything happens in the caller's transaction: the document, its duties, the entry in the log, the place in the
    queue. The caller has decided that the actor may do this. Raises Invalid if the document breaks its schema,
    NotPossibleNow if there is no such peer.
    """
    return send_many(actor=actor, documents=[NewDocument(
        to=to, type=type, conversation=conversation, reference=reference, sender_authority=sender_authority,
        legal_basis=legal_basis, purpose=purpose, handling_code=handling_code, language=language, items=items,
        refers_to=refers_to, attachments=attachments, expires=expires, case=case, version=version,
    )])[0]  # fmt: skip


@transaction.atomic
def send_many(*, actor: Actor, documents: Sequence[NewDocument]) -> list[str]:
    """Do :func:`send` for several documents at once (one statement for each table); returns their ids in order."""
    outbox.check_peers({document.to for document in documents})
    now = clock.now()
    entries = [outbox.entry(document, now) for document in documents]
    ledger.store(entries)
    outbox.attach(documents, entries)
    rows.insert([outbox.delivery(entry, now) for entry in entries])
    audit.record_many(
        [outbox.disclosure(actor, document, entry) for document, entry in zip(documents, entries, strict=True)]
    )
    transaction.on_commit(signals.outbox_grew)
    return [entry.row.id for entry in entries]


def preview(*, document: NewDocument) -> dict[str, Any]:
    """Return the document exactly as :func:`send` would freeze it now, but for id and instant; nothing is stored."""
    return dict(outbox.entry(document, clock.now()).body)


@transaction.atomic
def store_attachment(*, actor: Actor, name: str, media_type: str, content: BinaryIO) -> str:
    """Store a file that will go with a document; returns the id to give to :func:`send`. Read in pieces of 1 MiB."""
    row = Attachment(
        id=new_id("att"), name=name, media_type=media_type, size=0, sha256="", stored=clock.now(), author=actor.id
    )
    row.save(force_insert=True)
    row.size, row.sha256 = _store_chunks(row.id, content)
    row.save(update_fields=["size", "sha256"])
    audit.record(
        actor=actor, action="attachment.store", kind=Kind.COLLECTION, subject=row.id, detail={"sha256": row.sha256}
    )
    return row.id


def _store_chunks(attachment: str, content: BinaryIO) -> tuple[int, str]:
    size, number, digest = 0, 0, hashlib.sha256()
    while data := content.read(CHUNK):
        AttachmentChunk(attachment_id=attachment, number=number, data=data).save(force_insert=True)
        digest.update(data)
        size, number = size + len(data), number + 1
    return size, digest.hexdigest()


@transaction.atomic
def retry_delivery(*, actor: Actor, document: str) -> None:
    """Try again to deliver a document that the peer refused or that waits: at once, with the same bytes."""
    access.check(actor, "problem.settle")
    row = _delivery(document)
    if row.state not in {DeliveryState.REFUSED.value, DeliveryState.QUEUED.value}:
        raise NotPossibleNow("delivery.not_waiting", state=row.state)
    row.state, row.next_try, row.error_code = DeliveryState.QUEUED.value, clock.now(), ""
    row.save(update_fields=["state", "next_try", "error_code"])
    PeerHealth.objects.filter(peer_id=row.peer_state).update(next_try=None)
    audit.record(actor=actor, action="delivery.retry", kind=Kind.DISCLOSURE, subject=document, recipient=row.peer_state)
    transaction.on_commit(signals.outbox_grew)


@transaction.atomic
def withdraw_delivery(*, actor: Actor, document: str, reason: str) -> None:
    """Stop trying to deliver a document. It may have arrived all the same: only a receipt would tell."""
    access.check(actor, "problem.settle")
    if not reason.strip():
        raise Invalid("delivery.withdraw", fields={"reason": ["missing"]})
    row = _delivery(document)
    if row.state not in {DeliveryState.REFUSED.value, DeliveryState.QUEUED.value}:
        raise NotPossibleNow("delivery.not_waiting", state=row.state)
    row.state, row.decided_by = DeliveryState.WITHDRAWN.value, actor.id
    row.save(update_fields=["state", "decided_by"])
    audit.record(
        actor=actor,
        action="delivery.withdraw",
        kind=Kind.DISCLOSURE,
        subject=document,
        recipient=row.peer_state,
        reason=reason,
    )


@transaction.atomic
def resend(*, actor: Actor, state: str, since: datetime, reason: str) -> int:
    """Send again what a peer gave receipts for since then, because it lost that: it put back a backup.

    Message ids and documents are the old ones, so whatever the peer still has, it answers with a receipt and without
    effect. Returns how many documents.
    """
    access.check(actor, "problem.settle")
    if not reason.strip():
        raise Invalid("delivery.resend", fields={"reason": ["missing"]})
    if not Peer.objects.filter(state=state).exists():
        raise NotFound("peer.unknown", state=state)
    receipted = Delivery.objects.filter(peer_state=state, state=DeliveryState.RECEIPTED.value, receipted__gte=since)
    count = receipted.update(state=DeliveryState.QUEUED.value, receipted=None, next_try=clock.now())
    audit.record(
        actor=actor, action="delivery.resend", kind=Kind.DISCLOSURE, subject=f"peer-{state}", recipient=state,
        reason=reason,
        detail={"since": clock.iso(since), "count": count},
    )  # fmt: skip
    transaction.on_commit(signals.outbox_grew)
    return count


def _delivery(document: str) -> Delivery:
    row = Delivery.objects.select_for_update().filter(document_id=document).first()
    if row is None:
        raise NotFound("delivery.unknown", id=document)
    return row


@transaction.atomic
def propose_peer(*, actor: Actor, card: str) -> str:
    """Propose to trust a card (a new peer, or a new card of one); returns the proposal's id.

    A second person decides.
    """
    access.check(actor, "peer.propose")
    read = cards.read(card)
    if read.state == identity.own_state():
        raise Invalid("card.own", fields={"card": ["own"]})
    if PeerProposal.objects.filter(state=read.state, status=ProposalState.PROPOSED.value).exists():
        raise NotPossibleNow("peer.already_proposed", state=read.state)
    row = PeerProposal(
        id=new_id("ppr"), state=read.state, card=card, fingerprint=cards.fingerprint(card), proposed_by=actor.id,
        proposed_at=clock.now(),
    )  # fmt: skip
    row.save(force_insert=True)
    audit.record(
        actor=actor, action="peer.propose", kind=Kind.SECURITY, subject=row.id,
        detail={"state": read.state, "fingerprint": row.fingerprint, "signed": read.signed},
    )  # fmt: skip
    return row.id


@transaction.atomic
def approve_peer(*, actor: Actor, proposal: str, fingerprint: str) -> str:
    """Trust a proposed card, as the second person; returns the state.

    ``fingerprint`` is what the approver compared with the other state over another channel; it must be the card's.
    """
    row = _proposal(actor, proposal, "peer.approve")
    if fingerprint.replace(" ", "").lower() != row.fingerprint:
        raise Invalid("peer.fingerprint", fields={"fingerprint": ["differs"]})
    _decide(row, actor, ProposalState.APPROVED, "")
    card, now = cards.read(row.card), clock.now()
    values = {
        "name": card.name, "desk": card.desk, "endpoint": card.endpoint, "card": row.card, "approved_at": now,
        "status": PeerState.ACTIVE.value, "status_reason": "", "status_since": now,
    }  # fmt: skip
    peer, _ = Peer.objects.update_or_create(state=card.state, defaults=values)
    PeerHealth.objects.get_or_create(peer=peer)
    PeerHealth.objects.filter(peer=peer).update(next_try=None)
    audit.record(
        actor=actor, action="peer.approve", kind=Kind.SECURITY, subject=row.id,
        detail={"state": card.state, "fingerprint": row.fingerprint},
    )  # fmt: skip
    transaction.on_commit(signals.outbox_grew)
    return card.state


@transaction.atomic
def refuse_peer(*, actor: Actor, proposal: str, reason: str) -> None:
    """Decide, as the second person, not to trust a proposed card."""
    row = _proposal(actor, proposal, "peer.approve")
    if not reason.strip():
        raise Invalid("peer.refuse", fields={"reason": ["missing"]})
    _decide(row, actor, ProposalState.REFUSED, reason)
    audit.record(actor=actor, action="peer.refuse", kind=Kind.SECURITY, subject=row.id, reason=reason)


def _proposal(actor: Actor, proposal: str, action: str) -> PeerProposal:
    row = PeerProposal.objects.select_for_update().filter(id=proposal).first()
    if row is None:
        raise NotFound("peer.proposal_unknown", id=proposal)
    access.check(actor, action, Target("peer_proposal", row.id, author_id=row.proposed_by))
    if row.status != ProposalState.PROPOSED.value:
        raise NotPossibleNow("peer.already_decided", status=row.status)
    return row


def _decide(row: PeerProposal, actor: Actor, outcome: ProposalState, reason: str) -> None:
    row.status, row.decided_by, row.decided_at, row.reason = outcome.value, actor.id, clock.now(), reason
    row.save(update_fields=["status", "decided_by", "decided_at", "reason"])


@transaction.atomic
def suspend_peer(*, actor: Actor, state: str, reason: str) -> None:
    """Stop all exchange with a peer: what we send waits, what it sends is refused.

    One person may, since waiting harms least.
    """
    _set_status(actor, state, PeerState.SUSPENDED, reason, "peer.suspend")


@transaction.atomic
def resume_peer(*, actor: Actor, state: str, reason: str) -> None:
    """Lift the suspension of a peer."""
    _set_status(actor, state, PeerState.ACTIVE, reason, "peer.resume")


def _set_status(actor: Actor, state: str, status: PeerState, reason: str, action: str) -> None:
    access.check(actor, "peer.suspend")
    if not reason.strip():
        raise Invalid(action, fields={"reason": ["missing"]})
    row = Peer.objects.select_for_update().filter(state=state).first()
    if row is None:
        raise NotFound("peer.unknown", state=state)
    if row.status == status.value:
        raise NotPossibleNow("peer.status_unchanged", status=row.status)
    row.status, row.status_reason, row.status_since = status.value, reason, clock.now()
    row.save(update_fields=["status", "status_reason", "status_since"])
    audit.record(actor=actor, action=action, kind=Kind.SECURITY, subject=f"peer-{state}", reason=reason)
    transaction.on_commit(signals.outbox_grew)


@transaction.atomic
def settle_problem(*, actor: Actor, problem: str, note: str) -> None:
    """Say that somebody has dealt with a problem, and how."""
    access.check(actor, "problem.settle")
    if not note.strip():
        raise Invalid("problem.settle", fields={"note": ["missing"]})
    row = Problem.objects.select_for_update().filter(id=problem).first()
    if row is None:
        raise NotFound("problem.unknown", id=problem)
    if row.status != ProblemState.OPEN.value:
        raise NotPossibleNow("problem.already_settled")
    row.status, row.settled_by, row.settled_at, row.settled_note = (
        ProblemState.SETTLED.value,
        actor.id,
        clock.now(),
        note,
    )
    row.save(update_fields=["status", "settled_by", "settled_at", "settled_note"])
    audit.record(actor=actor, action="problem.settle", kind=Kind.SECURITY, subject=row.id, reason=note)
