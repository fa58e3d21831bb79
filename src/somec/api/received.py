"""Notices of other states: take, compare, assign, record, answer, close."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Status
from pydantic import AwareDatetime, BaseModel

from somec.api.contract import AtVersion, Id, PageNumber, WithReason, actor, answers, makes
from somec.api.shapes import Strict, build, plain, view_model
from somec.movements import actions, queries
from somec.movements.actions import NewOwner
from somec.movements.events import Certainty
from somec.movements.rules import Match, Outcome, Service
from somec.movements.travel import Place
from somec.movements.views import IncomingFilter, IncomingPage, IncomingView, LinkInQuestion
from somec.persons.queries import JudgementView
from somec.persons.search import CandidateAnswer

router = Router(tags=["received"])
plan = Router(tags=["received"])
links = Router(tags=["received"])
ReceivedOut, PageOut = view_model(IncomingView, name="ReceivedView"), view_model(IncomingPage, name="ReceivedPage")
AnswerOut, JudgementOut = view_model(CandidateAnswer), view_model(JudgementView)
LinkOut = view_model(LinkInQuestion)


class PlaceIn(Strict):
    """A place as recorded."""

    lines: str = ""
    town: str = ""
    postcode: str = ""


class Verdict(AtVersion):
    """A person's answer to "is it he?"."""

    verdict: Match
    person_id: str = ""
    reason: str
    grounds: list[str] = []


class OwnerIn(Strict):
    """Which service, which authority, and who there if already known."""

    service: Service
    authority_id: str
    user_id: str = ""


class Assignment(AtVersion):
    """Who looks after the notice."""

    owners: list[OwnerIn]


class Taking(AtVersion):
    """For which service one takes the work."""

    service: Service


class Happened(AtVersion):
    """What was seen, when and where."""

    at: AwareDatetime
    place: PlaceIn = PlaceIn()
    certainty: Certainty = Certainty.CONFIRMED
    remark: str = ""


class Sighting(Happened):
    """A sighting; ``left``: the person has left this state."""

    left: bool = False


class NoArrival(AtVersion):
    """That nobody came."""

    remark: str = ""


class Planned(AtVersion):
    """One thing to do."""

    what: str
    service: Service
    due: AwareDatetime
    owner_id: str = ""


class Answer(AtVersion):
    """The coded outcome and words."""

    outcome: Outcome
    text: str = ""
    language: str = ""
    at: AwareDatetime | None = None
    place: PlaceIn = PlaceIn()
    missing: list[str] = []
    left_for: str = ""


class Result(Strict):
    """How it went."""

    result: str = ""


class Done(BaseModel):
    """What was done."""

    done: str


class Adopted(BaseModel):
    """The file that was opened."""

    person_id: str


def _read(request: HttpRequest, received: str) -> Any:
    return plain(queries.incoming(actor(request), received))


@router.get("", response=answers(PageOut))
def find(
    request: HttpRequest, from_state: Annotated[str, Query(pattern=r"^([A-Z]{2})?$")] = "", open_only: bool = False,
    ownerless: bool = False, page: PageNumber = 1,
) -> Any:  # fmt: skip
    """Return the notices of other states that the caller may read."""
    filters = IncomingFilter(from_state=from_state, open_only=open_only, ownerless=ownerless)
    return plain(queries.incoming_list(actor(request), filters, page))


@router.get("/{received}", response=answers(ReceivedOut))
def read(request: HttpRequest, received: Id) -> Any:
    """Return one with everything that is known about it."""
    return _read(request, received)


@router.get("/{received}/candidates", response=answers(AnswerOut))
def candidates(request: HttpRequest, received: Id, page: PageNumber = 1) -> Any:
    """Return who of our own people may be meant, how sure that is and why. The question is logged."""
    return plain(queries.match(actor(request), received, page))


@router.get("/{received}/judgements", response=answers(list[JudgementOut]))  # type: ignore[valid-type]
def judgements(request: HttpRequest, received: Id) -> Any:
    """Return every judgement made about it, with reasons."""
    return plain(queries.judgements(actor(request), received))


@router.post("/{received}/acknowledge", response=answers(ReceivedOut))
def acknowledge(request: HttpRequest, received: Id, body: AtVersion) -> Any:
    """Take it in the name of the caller's authority."""
    actions.acknowledge(actor=actor(request), id=received, version=body.version)
    return _read(request, received)


@router.post("/{received}/confirm-changes", response=answers(ReceivedOut))
def confirm(request: HttpRequest, received: Id, body: AtVersion) -> Any:
    """Confirm that changes or a cancellation were taken note of."""
    actions.confirm_changes(actor=actor(request), id=received, version=body.version)
    return _read(request, received)


@router.post("/{received}/judge", response=answers(ReceivedOut))
def judge(request: HttpRequest, received: Id, body: Verdict) -> Any:
    """Decide whether a candidate is the person."""
    actions.judge(
        actor=actor(request), id=received, version=body.version, verdict=body.verdict, person_id=body.person_id,
        reason=body.reason, grounds=tuple(body.grounds),
    )  # fmt: skip
    return _read(request, received)


@router.post("/{received}/judgements/{judgement}/withdraw", response=answers(ReceivedOut))
def withdraw_judgement(request: HttpRequest, received: Id, judgement: Id, body: WithReason) -> Any:
    """Take a judgement back; both stay on record."""
    actions.withdraw_judgement(
        actor=actor(request), id=received, version=body.version, judgement_id=judgement, reason=body.reason
    )
    return _read(request, received)


@router.post("/{received}/adopt", response=answers(Adopted))
def adopt(request: HttpRequest, received: Id, body: WithReason) -> Any:
    """Open a file of our own for the person, because none of ours is the same."""
    made = actions.adopt(actor=actor(request), id=received, version=body.version, reason=body.reason)
    return {"person_id": made}


@router.post("/{received}/assign", response=answers(ReceivedOut))
def assign(request: HttpRequest, received: Id, body: Assignment) -> Any:
    """Say which services look after it."""
    owners = [build(NewOwner, one.model_dump()) for one in body.owners]
    actions.assign(actor=actor(request), id=received, version=body.version, owners=owners)
    return _read(request, received)


@router.post("/{received}/take", response=answers(ReceivedOut))
def take(request: HttpRequest, received: Id, body: Taking) -> Any:
    """Take the work for a service oneself."""
    actions.take(actor=actor(request), id=received, version=body.version, service=body.service)
    return _read(request, received)


@router.post("/{received}/arrival", response=answers(ReceivedOut))
def arrival(request: HttpRequest, received: Id, body: Happened) -> Any:
    """Record that the person arrived."""
    actions.record_arrival(
        actor=actor(request), id=received, version=body.version, at=body.at, place=_place(body.place),
        certainty=body.certainty, remark=body.remark,
    )  # fmt: skip
    return _read(request, received)


@router.post("/{received}/no-arrival", response=answers(ReceivedOut))
def no_arrival(request: HttpRequest, received: Id, body: NoArrival) -> Any:
    """Record that the person did not arrive."""
    actions.record_no_arrival(actor=actor(request), id=received, version=body.version, remark=body.remark)
    return _read(request, received)


@router.post("/{received}/sighting", response=answers(ReceivedOut))
def sighting(request: HttpRequest, received: Id, body: Sighting) -> Any:
    """Record that the person was seen, or has left."""
    actions.record_sighting(
        actor=actor(request), id=received, version=body.version, at=body.at, place=_place(body.place),
        certainty=body.certainty, remark=body.remark, left=body.left,
    )  # fmt: skip
    return _read(request, received)


def _place(given: PlaceIn) -> Place:
    return Place(given.lines, given.town, given.postcode)


@router.post("/{received}/plan", response=makes())
def plan_action(request: HttpRequest, received: Id, body: Planned) -> Any:
    """Plan one thing with its date."""
    due: datetime = body.due
    made = actions.plan_action(
        actor=actor(request), id=received, version=body.version, what=body.what, service=body.service, due=due,
        owner_id=body.owner_id,
    )  # fmt: skip
    return Status(201, {"id": made})


@links.get("", response=answers(list[LinkOut]))  # type: ignore[valid-type]
def links_in_question(request: HttpRequest) -> Any:
    """Return confirmed links between a notice and a file of ours that a correction has made unlikely."""
    return plain(queries.links_in_question(actor(request)))


@plan.post("/{planned}/finish", response=answers(Done))
def finish(request: HttpRequest, planned: Id, body: Result) -> Any:
    """Say that a planned thing was done."""
    actions.finish_action(actor=actor(request), plan_id=planned, result=body.result)
    return {"done": planned}


@router.post("/{received}/answer", response=answers(ReceivedOut))
def answer(request: HttpRequest, received: Id, body: Answer) -> Any:
    """Answer the state that told us."""
    actions.answer(
        actor=actor(request), id=received, version=body.version, outcome=body.outcome, text=body.text,
        language=body.language, at=body.at, place=_place(body.place), missing=tuple(body.missing),
        left_for=body.left_for,
    )  # fmt: skip
    return _read(request, received)


@router.post("/{received}/close", response=answers(ReceivedOut))
def close(request: HttpRequest, received: Id, body: WithReason) -> Any:
    """End the work on it."""
    actions.close_incoming(actor=actor(request), id=received, version=body.version, reason=body.reason)
    return _read(request, received)
