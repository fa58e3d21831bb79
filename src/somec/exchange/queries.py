"""What people and other parts may see of the exchange."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, OuterRef, Q, Subquery

from somec.access import rules as access
from somec.access.rules import Actor, Target
from somec.exchange import cards, identity, rules
from somec.exchange.models import (
    Attachment,
    AttachmentChunk,
    Delivery,
    Document,
    Obligation,
    Peer,
    PeerProposal,
    Problem,
)
from somec.exchange.rules import (
    DeliveryState,
    Direction,
    ObligationState,
    PeerState,
    ProblemState,
    ProposalState,
    Trouble,
)
from somec.kernel import clock
from somec.kernel.errors import NotFound
from somec.kernel.text import without_controls

PAGE = 50


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """How far a document that this node sent has come. ``warning`` says why it waits, if it waits."""

    document: str
    state: DeliveryState
    queued: datetime
    first_sent: datetime | None
    receipted: datetime | None
    attempts: int
    next_try: datetime
    error_code: str


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document of a conversation. ``created`` is the writer's instant; ``stored`` when this node had it.

    ``receipted``: when the other node proved that it has it (for documents received: when our receipt left).
    """

    id: str
    direction: Direction
    type: str
    version: str
    peer_state: str
    from_state: str
    reference: str
    refers_to: str
    created: datetime
    stored: datetime
    receipted: datetime | None
    digest: str
    body: dict[str, Any] = field(repr=False)
    delivery: DeliveryView | None = None


@dataclass(frozen=True, slots=True)
class ObligationView:
    """Who owes what to whom, by when, and what settled it. ``counting`` is canonical JSON of how days were counted."""

    id: str
    rule: str
    document: str
    conversation: str
    debtor_state: str
    creditor_state: str
    basis: rules.Basis
    start: datetime
    unit: str
    value: int
    calendar: str
    counting: str
    due: datetime
    state: ObligationState
    settled_at: datetime | None
    settled_by: str

    def overdue(self, now: datetime) -> bool:
        """Tell whether the duty stands although its instant has passed."""
        return self.state is ObligationState.OPEN and self.due < now


@dataclass(frozen=True, slots=True)
class ConversationView:
    """Everything two nodes said in one case, oldest first, and what they owe each other."""

    id: str
    peer_state: str
    documents: tuple[DocumentView, ...]
    obligations: tuple[ObligationView, ...]


@dataclass(frozen=True, slots=True)
class PeerView:
    """A peer and how it is reached. ``troubles`` are codes of what a person should know, worst first."""

    state: str
    name: str
    desk: str
    endpoint: str
    status: PeerState
    status_reason: str
    fingerprint: str
    card_signed: bool
    certificate_ends: datetime
    last_success: datetime | None
    last_failure: datetime | None
    failing_since: datetime | None
    failure_code: str
    next_try: datetime | None
    last_heard: datetime | None
    waiting: int
    waiting_since: datetime | None
    troubles: tuple[Trouble, ...]


@dataclass(frozen=True, slots=True)
class ProposalView:
    """A card that waits for a second person, or was decided."""

    id: str
    state: str
    name: str
    desk: str
    endpoint: str
    fingerprint: str
    card_signed: bool
    replaces: str
    status: ProposalState
    proposed_by: str
    proposed_at: datetime
    decided_by: str
    decided_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class ProblemView:
    """Something refused on the wire, with what a person needs to understand it; no content of the message."""

    id: str
    direction: Direction
    peer_state: str
    authenticated: bool
    remote: str
    message_id: str
    document_id: str
    ebms_code: str
    code: str
    detail: str
    first_at: datetime
    last_at: datetime
    times: int
    status: ProblemState
    settled_by: str
    settled_at: datetime | None
    settled_note: str


def conversation(actor: Actor, id: str, *, target: Target | None = None) -> ConversationView:  # noqa: A002
    """Return a conversation. ``target`` is the notice or incoming it is about; without it only the desk may read."""
    access.check(actor, "obligation.read", target or Target("conversation", id, desk=True))
    rows = list(Document.objects.filter(conversation=id).select_related("delivery").order_by("created", "id"))
    if not rows:
        raise NotFound("conversation.unknown", id=id)
    duties = Obligation.objects.filter(conversation=id).order_by("due", "id")
    return ConversationView(
        id=id, peer_state=rows[0].peer_state, documents=tuple(_document(row) for row in rows),
        obligations=tuple(_obligation(row) for row in duties),
    )  # fmt: skip


def document(id: str) -> dict[str, Any]:  # noqa: A002
    """Return the body of a document. For parts that have decided themselves that the actor may see it."""
    row = Document.objects.filter(id=id).first()
    if row is None:
        raise NotFound("document.unknown", id=id)
    return without_controls(row.body)


def documents(conversations: Iterable[str]) -> list[DocumentView]:
    """Return every document of these conversations, oldest first, in one query."""
    rows = Document.objects.filter(conversation__in=list(conversations)).select_related("delivery")
    return [_document(row) for row in rows.order_by("created", "id")]


def deliveries(document_ids: Iterable[str]) -> dict[str, DeliveryView]:
    """Return how far each of these documents has come, by document id, in one query."""
    rows = Delivery.objects.filter(document_id__in=list(document_ids))
    return {row.document_id: _delivery(row) for row in rows}


def obligations(
    *, conversations: Iterable[str] | None = None, debtor: str | None = None, state: ObligationState | None = None,
    rule: str | None = None, due_before: datetime | None = None, limit: int | None = None,
) -> list[ObligationView]:  # fmt: skip
    """Return duties by due instant, in one query.

    For parts that have decided themselves that the actor may see them.
    """
    rows = Obligation.objects.order_by("due", "id")
    if conversations is not None:
        rows = rows.filter(conversation__in=list(conversations))
    if debtor is not None:
        rows = rows.filter(debtor_state=debtor)
    if state is not None:
        rows = rows.filter(state=state.value)
    if rule is not None:
        rows = rows.filter(rule=rule)
    if due_before is not None:
        rows = rows.filter(due__lte=due_before)
    return [_obligation(row) for row in (rows[:limit] if limit is not None else rows)]


def attachment_chunks(id: str) -> Iterable[bytes]:  # noqa: A002
    """Yield the bytes of an attachment in pieces of at most 1 MiB."""
    numbers = AttachmentChunk.objects.filter(attachment_id=id).order_by("number").values_list("number", flat=True)
    for number in list(numbers):
        yield bytes(AttachmentChunk.objects.get(attachment_id=id, number=number).data)


def attachments(document_id: str) -> list[Attachment]:
    """Return the files of a document: id, name, media_type, size, sha256."""
    return list(Attachment.objects.filter(document_id=document_id).order_by("id"))


def known_peers() -> list[tuple[str, str, str]]:
    """Return state, node name and desk of every peer that a document may be addressed to, by state."""
    return list(Peer.objects.order_by("state").values_list("state", "name", "desk"))


def peers_health(actor: Actor) -> list[PeerView]:
    """Return every peer and how it is reached, by state, in one query."""
    access.check(actor, "peer.read")
    return peer_troubles()


def peer_troubles() -> list[PeerView]:
    """Return what :func:`peers_health` does, for the node's own alerts."""
    now = clock.now()
    queued = Delivery.objects.filter(state=DeliveryState.QUEUED.value, peer_state=OuterRef("state"))
    waiting = queued.order_by().values("peer_state")
    rows = Peer.objects.select_related("health").annotate(
        waiting=Subquery(waiting.annotate(count=Count("id")).values("count")),
        waiting_since=Subquery(waiting.annotate(since=Min("queued")).values("since")),
    )
    return [_peer(row, now) for row in rows.order_by("state")]


def proposals(actor: Actor, *, open_only: bool = True) -> list[ProposalView]:
    """Return cards that were proposed, newest first."""
    access.check(actor, "peer.read")
    return _proposals(open_only=open_only)


def open_proposals() -> list[ProposalView]:
    """Return cards that wait for a second person, for the node's own alerts and the command line."""
    return _proposals(open_only=True)


def _proposals(*, open_only: bool) -> list[ProposalView]:
    rows = PeerProposal.objects.order_by("-proposed_at")
    if open_only:
        rows = rows.filter(status=ProposalState.PROPOSED.value)
    present = dict(Peer.objects.values_list("state", "card"))
    return [_proposal(row, present.get(row.state, "")) for row in rows]


def problems(actor: Actor, *, status: ProblemState | None = ProblemState.OPEN, page: int = 1) -> Sequence[ProblemView]:
    """Return what was refused on the wire, newest first."""
    access.check(actor, "problem.read")
    rows = Problem.objects.order_by("-last_at", "-id")
    if status is not None:
        rows = rows.filter(status=status.value)
    return [_problem(row) for row in rows[(page - 1) * PAGE : page * PAGE]]


def open_problems() -> int:
    """Return how many problems nobody has settled."""
    return Problem.objects.filter(status=ProblemState.OPEN.value).count()


def problem(actor: Actor, id: str) -> ProblemView:  # noqa: A002
    """Return one problem."""
    access.check(actor, "problem.read")
    row = Problem.objects.filter(id=id).first()
    if row is None:
        raise NotFound("problem.unknown", id=id)
    return _problem(row)


def outbox_counts() -> dict[str, int]:
    """Return how many deliveries stand in each state; for health checks and tests."""
    queued, receipted = DeliveryState.QUEUED.value, DeliveryState.RECEIPTED.value
    # A query for each of the two indexes that leave out what is done; of that, only how many rows there are.
    rest = Delivery.objects.exclude(state__in=[queued, receipted]).values("state")
    counted = dict(rest.annotate(count=Count("id")).values_list("state", "count"))
    counted[queued] = Delivery.objects.filter(state=queued).count()
    counted[receipted] = Delivery.objects.count() - sum(counted.values())
    return {state: count for state, count in counted.items() if count}


def stuck(since: timedelta) -> int:
    """Return how many documents have waited longer than ``since``."""
    return Delivery.objects.filter(Q(state=DeliveryState.QUEUED.value) & Q(queued__lt=clock.now() - since)).count()


def _document(row: Document) -> DocumentView:
    direction = Direction(row.direction)
    delivery = _delivery(row.delivery) if direction is Direction.OUT else None
    receipted = delivery.receipted if delivery else row.stored
    own = identity.own_state()
    return DocumentView(
        id=row.id, direction=direction, type=row.type, version=row.version, peer_state=row.peer_state,
        from_state=own if direction is Direction.OUT else row.peer_state, reference=without_controls(row.reference),
        refers_to=row.refers_to,
        created=row.created, stored=row.stored, receipted=receipted, digest=row.digest,
        body=without_controls(row.body),
        delivery=delivery,
    )  # fmt: skip


def _delivery(row: Delivery) -> DeliveryView:
    return DeliveryView(
        document=row.document_id, state=DeliveryState(row.state), queued=row.queued, first_sent=row.first_sent,
        receipted=row.receipted, attempts=row.attempts, next_try=row.next_try, error_code=row.error_code,
    )  # fmt: skip


def _obligation(row: Obligation) -> ObligationView:
    return ObligationView(
        id=row.id, rule=row.rule, document=row.document_id, conversation=row.conversation,
        debtor_state=row.debtor_state,
        creditor_state=row.creditor_state, basis=rules.Basis(row.mechanism, row.article, row.statutory),
        start=row.start,
        unit=row.unit, value=row.value, calendar=row.calendar, counting=row.counting, due=row.due,
        state=ObligationState(row.state), settled_at=row.settled_at, settled_by=row.settled_by,
    )  # fmt: skip


def _peer(row: Any, now: datetime) -> PeerView:
    """Return a peer whose row was annotated with how many documents wait for it, and since when."""
    card = cards.read(row.card)
    health = row.health
    return PeerView(
        state=row.state, name=row.name, desk=row.desk, endpoint=row.endpoint, status=PeerState(row.status),
        status_reason=row.status_reason, fingerprint=cards.fingerprint(row.card), card_signed=card.signed,
        certificate_ends=card.ends, last_success=health.last_success, last_failure=health.last_failure,
        failing_since=health.failing_since, failure_code=health.failure_code, next_try=health.next_try,
        last_heard=health.last_heard, waiting=row.waiting or 0, waiting_since=row.waiting_since,
        troubles=rules.troubles(
            status=PeerState(row.status), certificate_ends=card.ends, failing_since=health.failing_since,
            failure_code=health.failure_code, now=now,
        ),
    )  # fmt: skip


def _proposal(row: PeerProposal, present: str) -> ProposalView:
    card = cards.read(row.card)
    return ProposalView(
        id=row.id, state=row.state, name=card.name, desk=card.desk, endpoint=card.endpoint, fingerprint=row.fingerprint,
        card_signed=card.signed, replaces=cards.fingerprint(present) if present else "",
        status=ProposalState(row.status),
        proposed_by=row.proposed_by, proposed_at=row.proposed_at, decided_by=row.decided_by, decided_at=row.decided_at,
        reason=row.reason,
    )  # fmt: skip


def _problem(row: Problem) -> ProblemView:
    return ProblemView(
        id=row.id, direction=Direction(row.direction), peer_state=row.peer_state, authenticated=row.authenticated,
        remote=row.remote, message_id=row.message_id, document_id=row.document_id, ebms_code=row.ebms_code,
        code=row.code,
        detail=row.detail, first_at=row.first_at, last_at=row.last_at, times=row.times, status=ProblemState(row.status),
        settled_by=row.settled_by, settled_at=row.settled_at, settled_note=row.settled_note,
    )  # fmt: skip
