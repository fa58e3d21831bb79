"""Nodes countersign each other's logs, so that none can rewrite its own unseen.

Now and then a node sends its newest checkpoint to every peer, with RFC 6962's proof that it appends to the one which
that peer signed last. The peer checks it against what it remembers and answers with its signature. A log that was
rewritten is refused like a false document: its owner gets the error signal, the witness a problem that a person reads.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from somec.access.rules import node_actor
from somec.audit import actions as audit
from somec.audit import queries as log
from somec.audit.queries import CheckpointView
from somec.crypto.signing import Verifier
from somec.exchange import actions, cards, identity, keyring
from somec.exchange.messages import InboundDocument
from somec.exchange.models import Document, Peer
from somec.exchange.outbox import NewDocument
from somec.exchange.registry import DocumentType
from somec.exchange.rules import Direction, PeerState
from somec.kernel import clock
from somec.kernel.errors import Invalid, NotPossibleNow
from somec.kernel.ids import derived_id, new_id

CHECKPOINT: Final = "log-checkpoint"
COSIGNATURE: Final = "log-cosignature"
EVERY: Final = timedelta(minutes=15)
MAX_NOTE: Final = 10_000  # characters; a checkpoint has about 300
MAX_PROOF: Final = 64  # hashes; enough for 2**63 entries


def _schema(data: Mapping[str, Any]) -> dict[str, Any]:
    item = {"properties": {"data": {"type": "object", "required": sorted(data), "properties": data}}}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {"items": {"type": "array", "minItems": 1, "maxItems": 1, "items": item}},
    }


_NOTE = {"type": "string", "minLength": 1, "maxLength": MAX_NOTE}
_SIZE = {"type": "integer", "minimum": 0}
_HASH = {"type": "string", "pattern": "^[A-Za-z0-9+/]{43}=$"}


def document_types() -> tuple[DocumentType, ...]:
    """Return the two types, for the node's wiring."""
    proof = {"type": "array", "maxItems": MAX_PROOF, "items": _HASH}
    return (
        DocumentType(CHECKPOINT, "1.0", _schema({"note": _NOTE, "old_size": _SIZE, "proof": proof}), (), _witness),
        DocumentType(COSIGNATURE, "1.0", _schema({"line": _NOTE, "size": _SIZE}), (), _keep),
    )


def ask(*, every: timedelta = EVERY) -> int:
    """Ask every active peer to sign our newest checkpoint; returns how many were asked.

    Asks nobody when the last time is less than ``every`` ago, or when nothing was recorded since but the asking itself.
    """
    newest = log.checkpoint()
    if newest is None:
        return 0
    mine = Document.objects.filter(direction=Direction.OUT.value, type=CHECKPOINT).order_by("-stored").first()
    since = mine.stored if mine is not None else log.first_sealed()
    if since is None or clock.now() - since < every:
        return 0
    if mine is not None and not log.grew_beyond(_size(mine), not_about=_own_traffic(mine)):
        return 0
    states = Peer.objects.filter(status=PeerState.ACTIVE.value).values_list("state", flat=True)
    actions.send_many(actor=_node(), documents=[_question(state, newest) for state in states])
    return len(states)


def _node() -> Any:
    return node_actor(identity.own_state())


def _size(mine: Document) -> int:
    return int(mine.reference.rpartition(" ")[2])


def _own_traffic(mine: Document) -> list[str]:
    """Return the documents of the last round, whose own entries are no reason for another."""
    return list(
        Document.objects.filter(type__in=(CHECKPOINT, COSIGNATURE), stored__gte=mine.stored).values_list(
            "id", flat=True
        )
    )


def _question(state: str, newest: CheckpointView) -> NewDocument:
    old = log.cosigned_size(cards.log_name(state))
    steps = log.consistency(old, newest.size) if old else []
    proof = [base64.b64encode(step).decode() for step in steps]
    return _document(state, CHECKPOINT, newest.size, {"note": newest.note, "old_size": old, "proof": proof})


def _document(to: str, kind: str, size: int, data: Mapping[str, Any], refers_to: str = "") -> NewDocument:
    own = identity.config()
    item = {
        "id": new_id("itm"), "kind": "fact", "category": "log", "data": dict(data), "source": own.name,
        "as_of": clock.iso(clock.now()), "owner": own.state,
    }  # fmt: skip
    return NewDocument(
        to=to, type=kind, conversation=derived_id("cnv", "log", *sorted((own.state, to))), reference=f"log {size}",
        sender_authority={"id": own.state, "name": own.desk}, purpose="log_integrity", handling_code="H1",
        legal_basis={"mechanism": "led", "article": "25, 29", "verified": True}, language="en", items=[item],
        refers_to=refers_to,
    )  # fmt: skip


def _witness(documents: Sequence[InboundDocument]) -> None:
    """Sign the checkpoints of peers; raises Conflict for a log that was rewritten."""
    answers = [answer for document in documents if (answer := _answer(document)) is not None]
    if answers:
        actions.send_many(actor=_node(), documents=answers)


def _answer(document: InboundDocument) -> NewDocument | None:
    data = document.items[0]["data"]
    try:
        proof = [base64.b64decode(step, validate=True) for step in data["proof"]]
        line = audit.witness(
            signer=keyring.node_signer(),
            log=_verifier(document.peer_state),
            note=data["note"],
            old_size=data["old_size"],
            proof=proof,
        )
    except binascii.Error as error:
        raise Invalid("checkpoint.malformed") from error
    except NotPossibleNow:
        return None  # our last signature has not reached him yet; his next question will know of it
    size = log.said_size(data["note"])
    return _document(document.peer_state, COSIGNATURE, size, {"line": line, "size": size}, refers_to=document.id)


def _keep(documents: Sequence[InboundDocument]) -> None:
    """Keep the signatures of peers under our checkpoints."""
    for document in documents:
        data = document.items[0]["data"]
        audit.add_cosignature(size=data["size"], line=data["line"], peer=_verifier(document.peer_state))


def _verifier(state: str) -> Verifier:
    card = cards.read(Peer.objects.values_list("card", flat=True).get(state=state))
    return Verifier(card.log_name, card.log_key)


def verifiers() -> list[Verifier]:
    """Return the keys with which peers sign, for :func:`somec.audit.verify.verify`."""
    return [_verifier(state) for state in Peer.objects.order_by("state").values_list("state", flat=True)]
