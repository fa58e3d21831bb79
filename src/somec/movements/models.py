"""Tables of movements. What the rules promise (a second person, one conversation for each state) the database holds.

Names of persons are not kept here for notices of our own: they stand in the person's file. An incoming notice keeps
the name as the other state wrote it until a person has decided who it is; the rest is read from the frozen documents.
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from somec.kernel.ids import MAX_LENGTH
from somec.movements.events import Certainty, EventKind
from somec.movements.rules import DRAFTING, RECEIVER, SENDER, Kind, Match, Outcome, RequestedAction, Service, State
from somec.persons.belonging import Belongs, Follows


def _ids(*, blank: bool = False, db_index: bool = False) -> models.CharField[str, str]:
    if blank:
        return models.CharField(max_length=MAX_LENGTH, blank=True, default="", db_index=db_index)
    return models.CharField(max_length=MAX_LENGTH, db_index=db_index)


def _among(field: str, values: type[StrEnum] | tuple[StrEnum, ...], *, empty: bool = False) -> Q:
    allowed = sorted(value.value for value in values) + ([""] if empty else [])
    return Q(**{f"{field}__in": allowed})


_BEFORE_APPROVAL = sorted(
    state.value for state in (State.DRAFT, State.AWAITING_APPROVAL, State.RETURNED, State.WITHDRAWN)
)
_AFTER_DRAFTING = sorted(state.value for state in SENDER.acts_next if state not in DRAFTING)


class Numbering(models.Model):
    """The last reference number given out in a year."""

    year = models.PositiveIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)


class Notice(models.Model):
    """A notice that this state writes: to one or several states, or a change of one that was sent (``amends``)."""

    belongs: ClassVar = Belongs(
        at="created", only=(("amends", None),), awaits=("state", State.AWAITING_APPROVAL.value),
        needs=("decision_id", "offenders.decision"),
    )  # fmt: skip
    follows: ClassVar = (Follows("movements.notice", "amends_id"),)
    id = models.CharField(max_length=MAX_LENGTH, primary_key=True)
    reference = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=24)
    amends = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="amendments")
    person_id = _ids(db_index=True)
    decision_id = _ids(blank=True)
    author_id = _ids()
    authority_id = _ids(db_index=True)
    desk = models.BooleanField(default=False)
    state = models.CharField(max_length=20, default=State.DRAFT.value)
    version = models.PositiveIntegerField(default=1)
    content = models.JSONField()
    starts = models.DateTimeField(null=True)
    expires = models.DateTimeField(null=True)
    late = models.BooleanField(default=False)
    created = models.DateTimeField()
    changed = models.DateTimeField(db_index=True)
    submitted_at = models.DateTimeField(null=True)
    approver_id = _ids(blank=True)
    approved_at = models.DateTimeField(null=True)
    said = models.CharField(max_length=500, blank=True)
    """Why it was returned or not told, in the words of who decided."""

    class Meta:
        indexes: ClassVar = [
            models.Index(name="notice_state", fields=["state", "changed"]),
            models.Index(name="notice_expiry", fields=["state", "expires"]),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(name="notice_state_known", condition=_among("state", SENDER.states)),
            models.CheckConstraint(name="notice_kind_known", condition=_among("kind", Kind)),
            models.CheckConstraint(name="notice_second_person", condition=~Q(approver_id=F("author_id"))),
            models.CheckConstraint(
                name="notice_approved_by",
                condition=Q(state__in=_BEFORE_APPROVAL) | (~Q(approver_id="") & Q(approved_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="notice_expires_when_sent", condition=~Q(state__in=_AFTER_DRAFTING) | Q(expires__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.id


class Disclosure(models.Model):
    """One state that is told: its own conversation, its own state in the sender's chart, what came back from it."""

    id = models.CharField(max_length=MAX_LENGTH, primary_key=True)
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="disclosures")
    to_state = models.CharField(max_length=2, db_index=True)
    conversation = models.CharField(max_length=MAX_LENGTH, unique=True)
    state = models.CharField(max_length=20, default=State.APPROVED.value)
    sequence = models.PositiveIntegerField(default=0)
    peer_sequence = models.PositiveIntegerField(default=0)
    document_id = _ids(blank=True)
    latest_document_id = _ids(blank=True)
    sent_at = models.DateTimeField(null=True)
    sent_by = _ids(blank=True)
    arrives_from = models.DateTimeField(null=True)
    arrives_until = models.DateTimeField(null=True)
    say_arrival_by = models.DateTimeField(null=True)
    feedback_by = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    taken_by = models.CharField(max_length=200, blank=True)
    taken_authority = models.CharField(max_length=200, blank=True)
    assigned_at = models.DateTimeField(null=True)
    owners = models.JSONField(default=list)
    match = models.CharField(max_length=12, default=Match.UNDECIDED.value)
    arrived_at = models.DateTimeField(null=True)
    arrival_said_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=24, blank=True)
    ended_at = models.DateTimeField(null=True)
    end_confirmed_at = models.DateTimeField(null=True)
    newest = models.JSONField(default=dict)
    """Which document last spoke of the match, the owners, the arrival, the answer: topic -> its sequence."""
    peer_closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                name="disclosure_arrival_due",
                fields=["say_arrival_by"],
                condition=Q(arrival_said_at__isnull=True, ended_at__isnull=True),
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(name="disclosure_once_per_state", fields=["notice", "to_state"]),
            models.CheckConstraint(
                name="disclosure_state_known",
                condition=_among("state", (State.APPROVED, State.WITHDRAWN, *(State(one) for one in _AFTER_DRAFTING))),
            ),
            models.CheckConstraint(name="disclosure_match_known", condition=_among("match", Match)),
            models.CheckConstraint(name="disclosure_outcome_known", condition=_among("outcome", Outcome, empty=True)),
            models.CheckConstraint(
                name="disclosure_sent",
                condition=Q(
                    state__in=[State.APPROVED.value, State.WITHDRAWN.value], sent_at__isnull=True, document_id=""
                )
                | (
                    ~Q(state__in=[State.APPROVED.value, State.WITHDRAWN.value])
                    & Q(sent_at__isnull=False)
                    & ~Q(document_id="")
                ),
            ),
            models.CheckConstraint(
                name="disclosure_feedback_with_arrival",
                condition=Q(say_arrival_by__isnull=True, feedback_by__isnull=True)
                | Q(say_arrival_by__isnull=False, feedback_by__isnull=False, feedback_by__gt=F("say_arrival_by")),
            ),
        ]

    def __str__(self) -> str:
        return self.id


class Incoming(models.Model):
    """A notice that another state sent us."""

    follows: ClassVar = (Follows("persons.judgement", "id", "subject"),)
    id = models.CharField(max_length=MAX_LENGTH, primary_key=True)
    conversation = models.CharField(max_length=MAX_LENGTH, unique=True)
    from_state = models.CharField(max_length=2, db_index=True)
    from_authority = models.CharField(max_length=200)
    document_id = _ids()
    latest_document_id = _ids()
    reference = models.CharField(max_length=60)
    kind = models.CharField(max_length=24)
    state = models.CharField(max_length=20, default=State.RECEIVED.value)
    desk = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)
    created = models.DateTimeField()
    received = models.DateTimeField()
    sequence = models.PositiveIntegerField(default=0)
    peer_sequence = models.PositiveIntegerField(default=0)
    content_sequence = models.PositiveIntegerField(default=0)
    unconfirmed = models.JSONField(default=list)
    """Changes and the cancellation that no authority has confirmed yet: [document id, type]."""
    requested = models.CharField(max_length=24)
    late = models.BooleanField(default=False)
    arrives_from = models.DateTimeField(null=True)
    arrives_until = models.DateTimeField(null=True)
    say_arrival_by = models.DateTimeField(null=True)
    feedback_by = models.DateTimeField(null=True)
    reply_by = models.DateTimeField(null=True)
    expires = models.DateTimeField()
    mechanism = models.CharField(max_length=80)
    article = models.CharField(max_length=120, blank=True)
    basis_verified = models.BooleanField(default=False)
    purpose = models.CharField(max_length=60)
    handling_code = models.CharField(max_length=20)
    family_name = models.CharField(max_length=200, blank=True)
    given_name = models.CharField(max_length=200, blank=True)
    born = models.CharField(max_length=10, blank=True)
    match = models.CharField(max_length=12, default=Match.UNDECIDED.value)
    person_id = _ids(blank=True, db_index=True)
    authority_id = _ids(blank=True, db_index=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = _ids(blank=True)
    assigned_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True)
    arrival_said_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=24, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(name="incoming_state", fields=["state", "received"]),
            models.Index(
                name="incoming_arrival_due",
                fields=["state", "say_arrival_by"],
                condition=Q(arrival_said_at__isnull=True, ended_at__isnull=True),
            ),
            models.Index(name="incoming_expiry", fields=["expires"], condition=Q(ended_at__isnull=True)),
            models.Index(name="incoming_linked", fields=["person_id"], condition=Q(match=Match.SAME.value)),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(name="incoming_state_known", condition=_among("state", RECEIVER.states)),
            models.CheckConstraint(name="incoming_match_known", condition=_among("match", Match)),
            models.CheckConstraint(name="incoming_outcome_known", condition=_among("outcome", Outcome, empty=True)),
            models.CheckConstraint(name="incoming_requested_known", condition=_among("requested", RequestedAction)),
            models.CheckConstraint(
                name="incoming_same_has_person", condition=~Q(match=Match.SAME.value) | ~Q(person_id="")
            ),
            models.CheckConstraint(
                name="incoming_acknowledged",
                condition=Q(
                    state__in=[
                        State.RECEIVED.value, State.CANCELLED.value, State.EXPIRED.value, State.CLOSED.value,
                    ]
                )
                | (Q(acknowledged_at__isnull=False) & ~Q(acknowledged_by="") & ~Q(authority_id="")),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.id


class Owner(models.Model):
    """Who looks after an incoming notice for one service, which is named before a person of it has taken the work."""

    incoming = models.ForeignKey(Incoming, on_delete=models.CASCADE, related_name="owners")
    service = models.CharField(max_length=12)
    authority_id = _ids()
    user_id = _ids(blank=True, db_index=True)
    since = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="owner_one_per_service", fields=["incoming", "service"]),
            models.CheckConstraint(name="owner_service_known", condition=_among("service", Service)),
            models.CheckConstraint(name="owner_taken_by_somebody", condition=Q(taken_at__isnull=True) | ~Q(user_id="")),
        ]


class LinkCheck(models.Model):
    """How likely the link of a notice to a file of ours was when a person confirmed it, and is now.

    Checked for the versions of both sides that stand here; ``asked_at`` is set while the link is in question.
    """

    incoming = models.OneToOneField(Incoming, on_delete=models.CASCADE, primary_key=True, related_name="link")
    person_id = _ids(db_index=True)
    person_version = models.PositiveIntegerField()
    content_sequence = models.PositiveIntegerField()
    before = models.FloatField()
    after = models.FloatField()
    side = models.CharField(max_length=8, blank=True)
    """Who said something new, where the link is in question: ours, theirs, both."""
    checked_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(name="linkcheck_asked", fields=["asked_at"], condition=Q(asked_at__isnull=False)),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="linkcheck_probabilities", condition=Q(before__gte=0, before__lte=1, after__gte=0, after__lte=1)
            ),
            models.CheckConstraint(
                name="linkcheck_side",
                condition=Q(asked_at__isnull=True, side="")
                | Q(asked_at__isnull=False, side__in=["both", "ours", "theirs"]),
            ),
        ]

    def __str__(self) -> str:
        return self.incoming_id


class PlanAction(models.Model):
    """One thing that will be done about an incoming notice, by whom and by when."""

    id = models.CharField(max_length=MAX_LENGTH, primary_key=True)
    incoming = models.ForeignKey(Incoming, on_delete=models.CASCADE, related_name="plan")
    what = models.CharField(max_length=300)
    service = models.CharField(max_length=12)
    owner_id = _ids(blank=True)
    due = models.DateTimeField()
    created = models.DateTimeField()
    created_by = _ids()
    done_at = models.DateTimeField(null=True)
    done_by = _ids(blank=True)
    result = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(name="plan_due", fields=["due"], condition=Q(done_at__isnull=True))]
        constraints: ClassVar = [
            models.CheckConstraint(name="plan_service_known", condition=_among("service", Service)),
            models.CheckConstraint(
                name="plan_done_by",
                condition=Q(done_at__isnull=True, done_by="") | (Q(done_at__isnull=False) & ~Q(done_by="")),
            ),
        ]


class Event(models.Model):
    """Where a person was, is or is expected: one statement with its source, never overwritten by another."""

    belongs: ClassVar = Belongs(at="recorded", only=(("incoming", None), ("disclosure", None)))
    follows: ClassVar = (
        Follows("movements.notice", "disclosure__notice_id"),
        Follows("persons.judgement", "incoming_id", "subject"),
    )
    id = models.CharField(max_length=MAX_LENGTH, primary_key=True)
    person_id = _ids(blank=True)
    incoming = models.ForeignKey(Incoming, null=True, on_delete=models.CASCADE, related_name="events")
    disclosure = models.ForeignKey(Disclosure, null=True, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=16)
    certainty = models.CharField(max_length=12)
    state = models.CharField(max_length=2)
    place = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    source_state = models.CharField(max_length=2)
    document_id = _ids(blank=True)
    note = models.CharField(max_length=500, blank=True)
    recorded = models.DateTimeField()
    recorded_by = _ids()

    class Meta:
        indexes: ClassVar = [models.Index(name="event_person", fields=["person_id", "at"])]
        constraints: ClassVar = [
            models.CheckConstraint(name="event_kind_known", condition=_among("kind", EventKind)),
            models.CheckConstraint(name="event_certainty_known", condition=_among("certainty", Certainty)),
            models.CheckConstraint(
                name="event_about_somebody",
                condition=~Q(person_id="") | Q(incoming__isnull=False) | Q(disclosure__isnull=False),
            ),
        ]


class HeldDocument(models.Model):
    """A document that came before the notice it belongs to; applied when that arrives, until then shown to a person."""

    document_id = models.CharField(max_length=MAX_LENGTH, primary_key=True)
    conversation = models.CharField(max_length=MAX_LENGTH, db_index=True)
    type = models.CharField(max_length=60)
    from_state = models.CharField(max_length=2)
    reference = models.CharField(max_length=60)
    created = models.DateTimeField()
    received = models.DateTimeField()
    body = models.JSONField()
