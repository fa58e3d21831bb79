"""Records, criteria and decisions to exchange."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from somec.api.contract import AtVersion, Id, WithReason, actor, answers, makes
from somec.api.shapes import body_model, build, plain, view_model
from somec.catalogue.outcomes import Evaluation
from somec.movements import queries as movements
from somec.movements.views import Lanes
from somec.offenders import actions, queries
from somec.offenders.messages import Assessment, Conviction, MovementSign, Order, PersonAtRisk, Trigger
from somec.offenders.proposals import Proposal

router = Router(tags=["records"])
decisions = Router(tags=["decisions"])
_NO_ID = frozenset({"id"})
ConvictionIn, OrderIn = body_model(Conviction, without=_NO_ID), body_model(Order, without=_NO_ID)
AssessmentIn, TriggerIn = body_model(Assessment, without=_NO_ID), body_model(Trigger, without=_NO_ID)
SignIn, AtRiskIn = body_model(MovementSign, without=_NO_ID), body_model(PersonAtRisk, without=_NO_ID)
ProposalIn = body_model(Proposal)
RecordOut, DecisionOut = view_model(queries.RecordView), view_model(queries.DecisionView)
RowOut, EventOut = view_model(queries.DecisionRow), view_model(queries.TimelineEvent)
EvaluationOut, LanesOut = view_model(Evaluation), view_model(Lanes)


class Approval(AtVersion):
    """A second person's yes; ``overrides`` answers each warning in writing."""

    overrides: dict[str, str] = {}
    reason: str = ""


class Change(AtVersion):
    """A proposal rewritten before anybody decided."""

    proposal: ProposalIn  # type: ignore[valid-type]


def _made(request: HttpRequest, person: str, kind: type, body: Any) -> Any:
    entry: Any = build(kind, body)
    return Status(201, {"id": actions.record_entry(actor=actor(request), person_id=person, entry=entry)})


@router.post("/{person}/convictions", response=makes())
def conviction(request: HttpRequest, person: Id, body: ConvictionIn) -> Any:  # type: ignore[valid-type]
    """Record a conviction."""
    return _made(request, person, Conviction, body)


@router.post("/{person}/orders", response=makes())
def order(request: HttpRequest, person: Id, body: OrderIn) -> Any:  # type: ignore[valid-type]
    """Record an order with its conditions."""
    return _made(request, person, Order, body)


@router.post("/{person}/assessments", response=makes())
def assessment(request: HttpRequest, person: Id, body: AssessmentIn) -> Any:  # type: ignore[valid-type]
    """Record an assessment that somebody made with a named instrument."""
    return _made(request, person, Assessment, body)


@router.post("/{person}/triggers", response=makes())
def trigger(request: HttpRequest, person: Id, body: TriggerIn) -> Any:  # type: ignore[valid-type]
    """Record an event at which somebody is asked to decide."""
    return _made(request, person, Trigger, body)


@router.post("/{person}/movement-signs", response=makes())
def sign(request: HttpRequest, person: Id, body: SignIn) -> Any:  # type: ignore[valid-type]
    """Record a sign of a move or of a link to other states."""
    return _made(request, person, MovementSign, body)


@router.post("/{person}/persons-at-risk", response=makes())
def at_risk(request: HttpRequest, person: Id, body: AtRiskIn) -> Any:  # type: ignore[valid-type]
    """Record a person to be kept safe, in the closed compartment."""
    return _made(request, person, PersonAtRisk, body)


@router.get("/{person}/record", response=answers(RecordOut))
def record(request: HttpRequest, person: Id) -> Any:
    """Return the record without the closed compartment."""
    return plain(queries.record(actor(request), person))


@router.get("/{person}/criteria", response=answers(EvaluationOut))
def criteria(request: HttpRequest, person: Id) -> Any:
    """Hold the record against the state's criteria: met, not met or missing data, each with its reason."""
    return plain(queries.criteria(actor(request), person))


@router.get("/{person}/timeline", response=answers(list[EventOut]))  # type: ignore[valid-type]
def timeline(request: HttpRequest, person: Id) -> Any:
    """Return the events of the record, newest first."""
    return plain(queries.timeline(actor(request), person))


@router.get("/{person}/lanes", response=answers(LanesOut))
def lanes(request: HttpRequest, person: Id) -> Any:
    """Say for each state where the person was, is, or is expected."""
    return plain(movements.lanes(actor(request), person))


@router.get("/{person}/decisions", response=answers(list[RowOut]))  # type: ignore[valid-type]
def of_person(request: HttpRequest, person: Id) -> Any:
    """Return every decision about a person, to exchange or not."""
    return plain(queries.decisions(actor(request), person))


@router.post("/{person}/decisions", response=makes())
def propose(request: HttpRequest, person: Id, body: ProposalIn) -> Any:  # type: ignore[valid-type]
    """Propose to exchange, or not to, with reasons."""
    made = actions.propose_decision(actor=actor(request), person_id=person, proposal=build(Proposal, body))
    return Status(201, {"id": made})


def _read(request: HttpRequest, decision: str) -> Any:
    return plain(queries.decision(actor(request), decision))


@decisions.get("/{decision}", response=answers(DecisionOut))
def read(request: HttpRequest, decision: Id) -> Any:
    """Return a decision with everything a second person weighs."""
    return _read(request, decision)


@decisions.put("/{decision}", response=answers(DecisionOut))
def change(request: HttpRequest, decision: Id, body: Change) -> Any:
    """Rewrite a proposal that nobody has decided."""
    proposal = build(Proposal, body.proposal)
    actions.change_decision(actor=actor(request), decision_id=decision, proposal=proposal, version=body.version)
    return _read(request, decision)


@decisions.post("/{decision}/submit", response=answers(DecisionOut))
def submit(request: HttpRequest, decision: Id, body: AtVersion) -> Any:
    """Put it before a second person."""
    actions.submit_decision(actor=actor(request), decision_id=decision, version=body.version)
    return _read(request, decision)


@decisions.post("/{decision}/approve", response=answers(DecisionOut))
def approve(request: HttpRequest, decision: Id, body: Approval) -> Any:
    """Approve as the second person."""
    actions.approve_decision(
        actor=actor(request), decision_id=decision, version=body.version, overrides=body.overrides, reason=body.reason
    )
    return _read(request, decision)


@decisions.post("/{decision}/return", response=answers(DecisionOut))
def give_back(request: HttpRequest, decision: Id, body: WithReason) -> Any:
    """Give it back to its author."""
    actions.return_decision(actor=actor(request), decision_id=decision, reason=body.reason, version=body.version)
    return _read(request, decision)


@decisions.post("/{decision}/refuse", response=answers(DecisionOut))
def refuse(request: HttpRequest, decision: Id, body: WithReason) -> Any:
    """Refuse it as the second person."""
    actions.refuse_decision(actor=actor(request), decision_id=decision, reason=body.reason, version=body.version)
    return _read(request, decision)


@decisions.post("/{decision}/withdraw", response=answers(DecisionOut))
def withdraw(request: HttpRequest, decision: Id, body: WithReason) -> Any:
    """Take it back before it is decided."""
    actions.withdraw_decision(actor=actor(request), decision_id=decision, reason=body.reason, version=body.version)
    return _read(request, decision)
