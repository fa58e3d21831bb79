"""Tables of the exchange. A document's bytes are never changed; what happens to it stands beside it."""

from __future__ import annotations

import gzip
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from somec.exchange import messages
from somec.exchange.rules import (
    DeliveryState,
    Direction,
    ObligationState,
    PeerState,
    ProblemState,
    ProposalState,
)
from somec.kernel.ids import MAX_LENGTH


def _one_of(
    field: str, enum: type[Direction | DeliveryState | ObligationState | PeerState | ProblemState | ProposalState]
) -> Q:
    return Q(**{f"{field}__in": [member.value for member in enum]})


class Peer(models.Model):
    """Another state's node: where it is reached, which certificates it uses. Made only by approving a proposal."""

    state = models.CharField(max_length=2, primary_key=True)
    name = models.CharField(max_length=200)
    desk = models.CharField(max_length=200)
    status = models.CharField(max_length=12, default=PeerState.ACTIVE.value)
    endpoint = models.CharField(max_length=300)
    card = models.TextField()
    approved_at = models.DateTimeField()
    status_reason = models.CharField(max_length=500, blank=True)
    status_since = models.DateTimeField()

    class Meta:
        """What the table itself refuses."""

        constraints: ClassVar = [
            models.CheckConstraint(name="peer_status_known", condition=_one_of("status", PeerState)),
            models.CheckConstraint(name="peer_state_two_letters", condition=Q(state__regex=r"^[A-Z][A-Z]$")),
        ]


class PeerHealth(models.Model):
    """How a peer answered of late. Written by the sending loop only."""

    peer = models.OneToOneField(Peer, on_delete=models.CASCADE, primary_key=True, related_name="health")
    last_success = models.DateTimeField(null=True)
    last_failure = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    failure_code = models.CharField(max_length=60, blank=True)
    next_try = models.DateTimeField(null=True)
    last_heard = models.DateTimeField(null=True)

    class Meta:
        """What the table itself refuses."""

        constraints: ClassVar = [
            models.CheckConstraint(
                name="peerhealth_failing_since",
                condition=Q(failures=0, failing_since__isnull=True) | Q(failures__gt=0, failing_since__isnull=False),
            ),
        ]


class PeerProposal(models.Model):
    """A card that one person wants trusted and another decides on."""

    id = models.CharField(max_length=MAX_LENGTH, primary_key=True)
    state = models.CharField(max_length=2, db_index=True)
    card = models.TextField()
    fingerprint = models.CharField(max_length=64)
    status = models.CharField(max_length=12, default=ProposalState.PROPOSED.value)
    proposed_by = models.CharField(max_length=MAX_LENGTH)
    proposed_at = models.DateTimeField()
    decided_by = models.CharField(max_length=MAX_LENGTH, blank=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        """What the table itself refuses."""

        constraints: ClassVar = [
            models.CheckConstraint(name="proposal_status_known", condition=_one_of("status", ProposalState)),
            models.CheckConstraint(name="proposal_second_person", condition=~Q(decided_by=F("proposed_by"))),
            models.CheckConstraint(
                name="proposal_decided",
                condition=Q(status=ProposalState.PROPOSED.value, decided_by="", decided_at__isnull=True)
                | (~Q(status=ProposalState.PROPOSED.value) & ~Q(decided_by="") & Q(decided_at__isnull=False)),
            ),
            models.UniqueConstraint(
                name="proposal_one_open", fields=["state"], condition=Q(status=ProposalState.PROPOSED.value)
            ),
        ]


class Document(models.Model):
    """A document, sent or received, as it was signed. ``packed`` holds the very octets that the signature covers."""

    id = models.CharField(max_length=MAX_LENGTH, primary_key=True)
    direction = models.CharField(max_length=3)
    peer_state = models.CharField(max_length=2)
    type = models.CharField(max_length=60)
    version = models.CharField(max_length=12)
    conversation = models.CharField(max_length=MAX_LENGTH)
    reference = models.CharField(max_length=60)
    refers_to = models.CharField(max_length=MAX_LENGTH, blank=True)
    created = models.DateTimeField()
    stored = models.DateTimeField()
    digest = models.CharField(max_length=64)
    gzipped = models.BooleanField(default=True)
    packed = models.BinaryField()

    class Meta:
        """What the table itself refuses."""

        indexes: ClassVar = [
            models.Index(name="document_conversation", fields=["conversation", "created"]),
            models.Index(name="document_by_type", fields=["direction", "type", "stored"]),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(name="document_direction_known", condition=_one_of("direction", Direction)),
            models.CheckConstraint(name="document_has_bytes", condition=~Q(digest="")),
        ]

    def __str__(self) -> str:
        return self.id

    @property
    def data(self) -> bytes:
        """Return the JSON bytes."""
        packed = bytes(self.packed)
        return gzip.decompress(packed) if self.gzipped else packed

    @property
    def body(self) -> dict[str, Any]:
        """Return the document itself."""
        return messages.read(self.data)


class Attachment(models.Model):
    """A file beside a document, kept in the same database so that it commits and is backed up with it."""

    id = models.CharField(max_length=MAX_LENGTH, primary_key=True)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="attachments")
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=120)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    stored = models.DateTimeField()
    author = models.CharField(max_length=MAX_LENGTH)

    class Meta:
        """What the table itself refuses."""

        constraints: ClassVar = [models.CheckConstraint(name="attachment_size", condition=Q(size__gte=0))]


class AttachmentChunk(models.Model):
    """A piece of an attachment, at most 1 MiB, so that no file is ever whole in memory."""

    attachment = models.ForeignKey(Attachment, on_delete=models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        """What the table itself refuses."""

        constraints: ClassVar = [models.UniqueConstraint(name="chunk_once", fields=["attachment", "number"])]


class Delivery(models.Model):
    """The outbox: one row for each document on its way out; the row number is the order in which it was handed over."""

    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="delivery")
    peer_state = models.CharField(max_length=2)
    conversation = models.CharField(max_length=MAX_LENGTH)
    message_id = models.CharField(max_length=120, unique=True)
    state = models.CharField(max_length=12, default=DeliveryState.QUEUED.value)
    queued = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    next_try = models.DateTimeField()
    first_sent = models.DateTimeField(null=True)
    last_sent = models.DateTimeField(null=True)
    receipted = models.DateTimeField(null=True)
    error_code = models.CharField(max_length=60, blank=True)
    decided_by = models.CharField(max_length=MAX_LENGTH, blank=True)

    class Meta:
        """What the table itself refuses."""

        indexes: ClassVar = [
            models.Index(
                name="delivery_queue", fields=["peer_state", "id"], condition=Q(state=DeliveryState.QUEUED.value)
            ),
            models.Index(
                name="delivery_in_conversation",
                fields=["conversation", "peer_state", "id"],
                condition=Q(state=DeliveryState.QUEUED.value),
            ),
            models.Index(  # to count without reading what is done; few rows, and none on the usual way
                name="delivery_in_need",
                fields=["state"],
                condition=~Q(state__in=[DeliveryState.QUEUED.value, DeliveryState.RECEIPTED.value]),
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(name="delivery_state_known", condition=_one_of("state", DeliveryState)),
            models.CheckConstraint(
                name="delivery_receipted_once",
                condition=Q(state=DeliveryState.RECEIPTED.value, receipted__isnull=False)
                | (~Q(state=DeliveryState.RECEIPTED.value) & Q(receipted__isnull=True)),
            ),
            models.CheckConstraint(
                name="delivery_withdrawn_by", condition=~Q(state=DeliveryState.WITHDRAWN.value) | ~Q(decided_by="")
            ),
        ]


class OutboundMessage(models.Model):
    """The bytes on the wire, made once and repeated unchanged: with the receipt, the evidence of sending.

    Bytes of a message with attachments lie in a file of the node's spool until the receipt is there.
    """

    delivery = models.OneToOneField(Delivery, on_delete=models.PROTECT, primary_key=True, related_name="message")
    content_type = models.CharField(max_length=500)
    body = models.BinaryField(null=True)
    spool = models.CharField(max_length=200, blank=True)
    signed_parts = models.TextField()
    made = models.DateTimeField()

    class Meta:
        """What the table itself refuses."""

        constraints: ClassVar = [
            models.CheckConstraint(
                name="outbound_body_or_spool",
                condition=Q(body__isnull=False, spool="") | Q(body__isnull=True),
            ),
        ]


class Receipt(models.Model):
    """The signed receipt of a delivery: the peer cannot deny that it holds what was sent."""

    delivery = models.OneToOneField(Delivery, on_delete=models.PROTECT, primary_key=True, related_name="receipt")
    message_id = models.CharField(max_length=250)
    at = models.DateTimeField()
    body = models.BinaryField()


class InboundMessage(models.Model):
    """A message that was taken in, with the receipt that left for it; a repeat gets the same receipt and no effect."""

    peer_state = models.CharField(max_length=2)
    message_id = models.CharField(max_length=250)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="arrivals")
    references_digest = models.CharField(max_length=64)
    received = models.DateTimeField()
    envelope = models.BinaryField()
    receipt = models.BinaryField()

    class Meta:
        """What the table itself refuses."""

        constraints: ClassVar = [models.UniqueConstraint(name="inbound_once", fields=["peer_state", "message_id"])]


class Obligation(models.Model):
    """A duty that a document created; its id and due instant are the same at both nodes."""

    id = models.CharField(max_length=MAX_LENGTH, primary_key=True)
    rule = models.CharField(max_length=60)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="obligations")
    conversation = models.CharField(max_length=MAX_LENGTH, db_index=True)
    debtor_state = models.CharField(max_length=2)
    creditor_state = models.CharField(max_length=2)
    mechanism = models.CharField(max_length=80)
    article = models.CharField(max_length=120, blank=True)
    statutory = models.BooleanField()
    start = models.DateTimeField()
    unit = models.CharField(max_length=20)
    value = models.IntegerField()
    calendar = models.CharField(max_length=2, blank=True)
    counting = models.TextField(blank=True)
    due = models.DateTimeField()
    state = models.CharField(max_length=12, default=ObligationState.OPEN.value)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=MAX_LENGTH, blank=True)

    class Meta:
        """What the table itself refuses."""

        indexes: ClassVar = [
            models.Index(
                name="obligation_open", fields=["debtor_state", "due"], condition=Q(state=ObligationState.OPEN.value)
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(name="obligation_once", fields=["document", "rule"]),
            models.CheckConstraint(name="obligation_state_known", condition=_one_of("state", ObligationState)),
            models.CheckConstraint(name="obligation_two_states", condition=~Q(debtor_state=F("creditor_state"))),
            models.CheckConstraint(
                name="obligation_settled",
                condition=Q(state=ObligationState.OPEN.value, settled_at__isnull=True, settled_by="")
                | (~Q(state=ObligationState.OPEN.value) & Q(settled_at__isnull=False) & ~Q(settled_by="")),
            ),
        ]


class Problem(models.Model):
    """What was refused or went wrong on the wire, so that a person can find and read it.

    Repeats are counted, not repeated.
    """

    id = models.CharField(max_length=MAX_LENGTH, primary_key=True)
    key = models.CharField(max_length=64)
    direction = models.CharField(max_length=3)
    peer_state = models.CharField(max_length=2, blank=True)
    authenticated = models.BooleanField()
    remote = models.CharField(max_length=60, blank=True)
    message_id = models.CharField(max_length=250, blank=True)
    document_id = models.CharField(max_length=MAX_LENGTH, blank=True)
    ebms_code = models.CharField(max_length=20, blank=True)
    code = models.CharField(max_length=80)
    detail = models.TextField(blank=True)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    times = models.PositiveIntegerField(default=1)
    status = models.CharField(max_length=12, default=ProblemState.OPEN.value)
    settled_by = models.CharField(max_length=MAX_LENGTH, blank=True)
    settled_at = models.DateTimeField(null=True)
    settled_note = models.CharField(max_length=500, blank=True)

    class Meta:
        """What the table itself refuses."""

        indexes: ClassVar = [models.Index(name="problem_by_time", fields=["status", "last_at"])]
        constraints: ClassVar = [
            models.CheckConstraint(name="problem_status_known", condition=_one_of("status", ProblemState)),
            models.CheckConstraint(name="problem_direction_known", condition=_one_of("direction", Direction)),
            models.UniqueConstraint(
                name="problem_open_once", fields=["key"], condition=Q(status=ProblemState.OPEN.value)
            ),
            models.CheckConstraint(
                name="problem_settled_by",
                condition=Q(status=ProblemState.OPEN.value, settled_by="", settled_at__isnull=True)
                | (Q(status=ProblemState.SETTLED.value, settled_at__isnull=False) & ~Q(settled_by="")),
            ),
        ]


class Lease(models.Model):
    """Which process does a job that only one may do at a time (the sending loop), and until when it may."""

    name = models.CharField(max_length=40, primary_key=True)
    holder = models.CharField(max_length=80)
    until = models.DateTimeField()
