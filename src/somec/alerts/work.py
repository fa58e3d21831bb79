"""Which rows need somebody now, as conditions on tables: to list them, and to count them without reading them.

The permission of the act is part of each condition, by the same scope that guards the act itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from somec.access import queries as access_queries
from somec.access import scope as access_scope
from somec.access.rules import Actor
from somec.alerts.models import Alert
from somec.alerts.rules import AlertKind, AlertState, Verb
from somec.exchange.models import Obligation, PeerProposal, Problem
from somec.exchange.rules import ObligationState, ProblemState, ProposalState
from somec.movements import links, messages
from somec.movements.models import Disclosure, Incoming, Notice, Owner, PlanAction
from somec.movements.rules import State
from somec.movements.targets import incoming_scope, notices_scope
from somec.offenders import queries as offenders
from somec.persons import duplicates


class Line(StrEnum):
    """The sources of lines of work."""

    DUTY = "duty"
    SILENCE = "silence"
    APPROVE = "approve"
    CORRECT = "correct"
    TRANSMIT = "transmit"
    DECIDE_MATCH = "decide_match"
    ASSIGN = "assign"
    TAKE_OWNERSHIP = "take_ownership"
    REVIEW_LINK = "review_link"
    OVER = "over"
    ENDED = "ended"
    PLAN = "plan"
    NOT_ARRIVED = "not_arrived"
    UNCLAIMED = "unclaimed"
    PROBLEM = "problem"
    PROPOSAL = "proposal"
    DECISION = "decision"
    MERGE = "merge"


@dataclass(frozen=True, slots=True)
class Source:
    """The rows of one source, and the order in which they are listed."""

    line: Line
    rows: QuerySet[Any]
    order: tuple[str, ...]


NOTICES: Final[Mapping[Verb, Line]] = {
    Verb.APPROVE: Line.APPROVE, Verb.CORRECT_AND_SUBMIT: Line.CORRECT, Verb.TRANSMIT: Line.TRANSMIT,
}  # fmt: skip
INCOMING: Final[Mapping[Verb, Line]] = {
    Verb.DECIDE_MATCH: Line.DECIDE_MATCH, Verb.ASSIGN: Line.ASSIGN, Verb.TAKE_OWNERSHIP: Line.TAKE_OWNERSHIP,
    Verb.REVIEW_LINK: Line.REVIEW_LINK, Verb.CLOSE: Line.OVER,
}  # fmt: skip
NOTICE_LINES, INCOMING_LINES = tuple(NOTICES.values()), tuple(INCOMING.values())

# rule of a duty -> what the debtor must do, and the permission for it
INCOMING_DUTIES: Final[Mapping[str, tuple[Verb, str]]] = {
    f"{messages.NOTICE}.acknowledge": (Verb.TAKE, "incoming.acknowledge"),
    f"{messages.CHANGE}.acknowledge": (Verb.CONFIRM_CHANGE, "incoming.acknowledge"),
    f"{messages.CANCELLATION}.acknowledge": (Verb.CONFIRM_CANCELLATION, "incoming.acknowledge"),
    f"{messages.NOTICE}.say-arrival": (Verb.SAY_ARRIVAL, "incoming.record_arrival"),
    f"{messages.CHANGE}.say-arrival": (Verb.SAY_ARRIVAL, "incoming.record_arrival"),
    f"{messages.NOTICE}.feedback": (Verb.TELL_WHAT_WAS_DONE, "incoming.answer"),
    f"{messages.CHANGE}.feedback": (Verb.TELL_WHAT_WAS_DONE, "incoming.answer"),
    f"{messages.NOTICE}.answer": (Verb.ANSWER, "incoming.answer"),
    f"{messages.CHANGE}.answer": (Verb.ANSWER, "incoming.answer"),
}
ANSWER_TAKEN: Final = f"{messages.ANSWER}.acknowledge"
ASKED: Final = tuple(f"{name}.acknowledge" for name in (messages.NOTICE, messages.CHANGE, messages.CANCELLATION))
_LIVE: Final = [State.ACKNOWLEDGED.value, State.ASSIGNED.value, State.ARRIVED.value, State.NOT_ARRIVED.value]


def _running(now: datetime) -> Q:
    """Duties that have begun; one with a fixed instant is known of from the day of its document."""
    return Q(state=ObligationState.OPEN.value) & (Q(start__lte=now) | Q(unit="instant"))


def _told(actor: Actor) -> QuerySet[Disclosure]:
    """Find tellings whose notice the reader may end; asked row by row from few rows, not as one long list."""
    scope = access_queries.scope(actor, "notice.close").q(
        authority="notice__authority_id", owner="notice__author_id", author="notice__author_id", desk="notice__desk",
        id="notice_id", state="notice__state",
    )  # fmt: skip
    return Disclosure.objects.filter(scope)


def duties(actor: Actor, now: datetime, own: str) -> QuerySet[Obligation]:
    """Find what we owe for notices of other states."""
    by_permission: dict[str, list[str]] = {}
    for rule, (_, permission) in INCOMING_DUTIES.items():
        by_permission.setdefault(permission, []).append(rule)
    condition = Q(pk__in=())
    for permission, rules in by_permission.items():
        if access_scope.may_list(actor, permission):
            reachable = Incoming.objects.filter(
                incoming_scope(actor, permission), conversation=OuterRef("conversation")
            )
            condition |= Q(rule__in=rules) & Q(Exists(reachable))
    return Obligation.objects.filter(condition & _running(now), debtor_state=own)


def answers_and_silence(actor: Actor, now: datetime, own: str) -> QuerySet[Obligation]:
    """Find answers of other states that nobody here took, and documents of ours that nobody there took in time."""
    if not access_scope.may_list(actor, "notice.close"):
        return Obligation.objects.none()
    owed = Q(rule=ANSWER_TAKEN, debtor_state=own) | Q(rule__in=ASKED, creditor_state=own, due__lt=now)
    return Obligation.objects.filter(
        _running(now) & owed, Exists(_told(actor).filter(conversation=OuterRef("conversation")))
    )


def notices(actor: Actor) -> Mapping[Verb, QuerySet[Notice]]:
    """Find our notices that wait for a second person, for their author, or for the contact point."""
    return {
        Verb.APPROVE: Notice.objects.filter(
            notices_scope(actor, "notice.approve"), state=State.AWAITING_APPROVAL.value
        ),
        Verb.CORRECT_AND_SUBMIT: Notice.objects.filter(state=State.RETURNED.value, author_id=actor.id),
        Verb.TRANSMIT: Notice.objects.filter(notices_scope(actor, "notice.transmit"), state=State.APPROVED.value),
    }


def incoming(actor: Actor) -> Mapping[Verb, QuerySet[Incoming]]:
    """Find incoming notices whose person is undecided, that nobody was given, that nobody took, that are over."""
    owners = Owner.objects.filter(incoming_id=OuterRef("id"))
    for_reader = owners.filter(taken_at__isnull=True, authority_id__in=sorted(actor.authority_ids))
    untaken = for_reader.filter(Q(user_id="") | Q(user_id=actor.id))
    over = [State.CANCELLED.value, State.EXPIRED.value]
    return {
        Verb.DECIDE_MATCH: Incoming.objects.filter(
            incoming_scope(actor, "incoming.judge"), links.undecided(), state__in=_LIVE
        ),
        Verb.ASSIGN: Incoming.objects.filter(
            incoming_scope(actor, "incoming.assign"), ~Exists(owners), state__in=_LIVE
        ),
        Verb.TAKE_OWNERSHIP: Incoming.objects.filter(Exists(untaken), state__in=_LIVE)
        if access_scope.may_list(actor, "incoming.take")
        else Incoming.objects.none(),
        Verb.REVIEW_LINK: links.in_question(actor),
        Verb.CLOSE: Incoming.objects.filter(incoming_scope(actor, "incoming.close"), state__in=over, unconfirmed=[]),
    }


def ended(actor: Actor) -> QuerySet[Disclosure]:
    """Find tellings of ours that are over and wait to be closed or told anew."""
    return _told(actor).filter(
        Q(state=State.EXPIRED.value)
        | Q(state=State.CANCELLED.value, end_confirmed_at__isnull=False)
        | Q(state=State.ARRIVED.value, peer_closed_at__isnull=False)
    )


def plans(actor: Actor) -> QuerySet[PlanAction]:
    """Find planned things that are not done: the reader's own, and those of nobody."""
    reachable = Incoming.objects.filter(incoming_scope(actor, "incoming.plan"), id=OuterRef("incoming_id"))
    return PlanAction.objects.filter(
        Q(owner_id=actor.id) | Q(owner_id=""), Exists(reachable.exclude(state=State.CLOSED.value)), done_at__isnull=True
    )


def not_arrived(actor: Actor) -> QuerySet[Alert]:
    """Find alerts that somebody whom we announced did not arrive."""
    standing = Alert.objects.filter(kind=AlertKind.NOT_ARRIVED.value, subject_kind="disclosure")
    return standing.exclude(state=AlertState.SETTLED.value).filter(
        Exists(_told(actor).filter(id=OuterRef("subject_id")))
    )


def unclaimed(actor: Actor) -> QuerySet[Alert]:
    """Find documents that came for a notice that is not here; technical and desk people see them."""
    if not access_scope.may_list(actor, "problem.read"):
        return Alert.objects.none()
    return Alert.objects.filter(kind=AlertKind.UNCLAIMED_DOCUMENT.value).exclude(state=AlertState.SETTLED.value)


def problems(actor: Actor) -> QuerySet[Problem]:
    """Find what was refused on the wire and nobody has settled."""
    if not access_scope.may_list(actor, "problem.read"):
        return Problem.objects.none()
    return Problem.objects.filter(status=ProblemState.OPEN.value)


def proposals(actor: Actor) -> QuerySet[PeerProposal]:
    """Find peers that wait for a second person's trust."""
    if not access_scope.may_list(actor, "peer.approve"):
        return PeerProposal.objects.none()
    return PeerProposal.objects.filter(status=ProposalState.PROPOSED.value).exclude(proposed_by=actor.id)


def everything(actor: Actor, now: datetime, own: str) -> list[Source]:
    """Return every condition with the order in which its rows are listed, least time first."""
    return [
        Source(Line.DUTY, duties(actor, now, own), ("due", "id")),
        Source(Line.SILENCE, answers_and_silence(actor, now, own), ("due", "id")),
        *(Source(NOTICES[verb], rows, ("starts", "changed", "id")) for verb, rows in notices(actor).items()),
        *(Source(INCOMING[verb], rows, ("received", "id")) for verb, rows in incoming(actor).items()),
        Source(Line.ENDED, ended(actor), ("ended_at", "id")),
        Source(Line.PLAN, plans(actor), ("due", "id")),
        Source(Line.NOT_ARRIVED, not_arrived(actor), ("due", "id")),
        Source(Line.UNCLAIMED, unclaimed(actor), ("due", "id")),
        Source(Line.PROBLEM, problems(actor), ("-last_at", "-id")),
        Source(Line.PROPOSAL, proposals(actor), ("-proposed_at", "id")),
        Source(Line.DECISION, offenders.approvable(actor), ("submitted_at", "id")),
        Source(Line.MERGE, duplicates.approvable(actor), ("proposed_at", "id")),
    ]
