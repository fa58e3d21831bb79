"""Other states' nodes, and what was refused on the wire."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Status
from pydantic import BaseModel, StringConstraints

from somec.api.contract import Id, Made, OnlyReason, PageNumber, StateCode, actor, answers, makes
from somec.api.shapes import Strict, plain, view_model
from somec.exchange import actions, queries
from somec.exchange.rules import ProblemState

peers = Router(tags=["states"])
problems = Router(tags=["states"])
PeerOut, ProposalOut, ProblemOut = (
    view_model(queries.PeerView), view_model(queries.ProposalView), view_model(queries.ProblemView),
)  # fmt: skip


class Card(Strict):
    """A peer's signed card."""

    card: Annotated[str, StringConstraints(max_length=65_536)]


class Fingerprint(Strict):
    """What the other state read to the second person."""

    fingerprint: Annotated[str, StringConstraints(max_length=200)]


class State(BaseModel):
    """The state that was changed."""

    state: str


class ProblemPage(BaseModel):
    """One page of problems."""

    rows: list[ProblemOut]  # type: ignore[valid-type]
    page: int


@peers.get("", response=answers(list[PeerOut]))  # type: ignore[valid-type]
def find(request: HttpRequest) -> Any:
    """Return every peer and how it is reached."""
    return plain(queries.peers_health(actor(request)))


@peers.get("/proposals", response=answers(list[ProposalOut]))  # type: ignore[valid-type]
def proposals(request: HttpRequest) -> Any:
    """Return cards that wait for a second person."""
    return plain(queries.proposals(actor(request)))


@peers.post("/proposals", response=makes())
def propose(request: HttpRequest, body: Card) -> Any:
    """Propose a peer by its card."""
    return Status(201, {"id": actions.propose_peer(actor=actor(request), card=body.card)})


@peers.post("/proposals/{proposal}/approve", response=answers(State))
def approve(request: HttpRequest, proposal: Id, body: Fingerprint) -> Any:
    """Approve as the second person, with the fingerprint that the other state read out."""
    state = actions.approve_peer(actor=actor(request), proposal=proposal, fingerprint=body.fingerprint)
    return {"state": state}


@peers.post("/proposals/{proposal}/refuse", response=answers(Made))
def refuse(request: HttpRequest, proposal: Id, body: OnlyReason) -> Any:
    """Refuse a proposed card."""
    actions.refuse_peer(actor=actor(request), proposal=proposal, reason=body.reason)
    return {"id": proposal}


@peers.post("/{state}/suspend", response=answers(State))
def suspend(request: HttpRequest, state: StateCode, body: OnlyReason) -> Any:
    """Stop exchange with a peer; what waits is kept."""
    actions.suspend_peer(actor=actor(request), state=state, reason=body.reason)
    return {"state": state}


@peers.post("/{state}/resume", response=answers(State))
def resume(request: HttpRequest, state: StateCode, body: OnlyReason) -> Any:
    """Go on with a suspended peer."""
    actions.resume_peer(actor=actor(request), state=state, reason=body.reason)
    return {"state": state}


@problems.get("", response=answers(ProblemPage))
def refused(request: HttpRequest, settled: bool = False, page: PageNumber = 1) -> Any:
    """Return what was refused on the wire."""
    status = ProblemState.SETTLED if settled else ProblemState.OPEN
    return {"rows": plain(queries.problems(actor(request), status=status, page=page)), "page": page}


@problems.post("/{problem}/settle", response=answers(Made))
def settle(request: HttpRequest, problem: Id, body: OnlyReason) -> Any:
    """Settle a problem with a note."""
    actions.settle_problem(actor=actor(request), problem=problem, note=body.reason)
    return {"id": problem}
