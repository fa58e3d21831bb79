"""Notices of this state: draft, approve, send, follow, change, cancel."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Status
from pydantic import BaseModel, StringConstraints

from somec.api.contract import AtVersion, Id, PageNumber, WithReason, actor, answers, makes
from somec.api.shapes import Strict, body_model, build, plain, view_model
from somec.movements import actions, queries
from somec.movements.readiness import Readiness
from somec.movements.rules import Kind
from somec.movements.travel import Content
from somec.movements.views import NoticeFilter, NoticePage, NoticeView, Preview

router = Router(tags=["notices"])
of_person = Router(tags=["notices"])
disclosures = Router(tags=["notices"])
ContentIn = body_model(Content, name="NoticeContent")
NoticeOut, PageOut = view_model(NoticeView), view_model(NoticePage)
ReadinessOut, PreviewOut = view_model(Readiness), view_model(Preview)
StateText = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]


class NewNotice(Strict):
    """What kind of movement, and which states shall be told."""

    kind: Kind
    destinations: list[StateText] = []
    decision_id: str = ""


class Written(AtVersion):
    """What the author wrote."""

    content: ContentIn  # type: ignore[valid-type]


class Sending(AtVersion):
    """To which of the destinations; none named: all."""

    states: list[StateText] = []


class Cancellation(AtVersion):
    """Why the notice is taken back; ``data_were_wrong`` tells the other state not to use them."""

    reason_code: str
    reason: str
    data_were_wrong: bool = False


class BasisOut(BaseModel):
    """A lawful basis for telling the state unasked."""

    id: str
    mechanism: str
    article: str
    channel: str
    force: str
    who: str
    verified: bool
    who_verified: bool


class ExcludedOut(BaseModel):
    """A mechanism that cannot be used here, and why."""

    mechanism: str
    code: str
    article: str
    verified: bool


class AdviceOut(BaseModel):
    """What is open and what is not, for one state."""

    possible: list[BasisOut]
    excluded: list[ExcludedOut]


class TakenAnswer(BaseModel):
    """The acknowledgement that was sent."""

    document: str


def _read(request: HttpRequest, notice: str) -> Any:
    return plain(queries.notice(actor(request), notice))


@of_person.post("/{person}/notices", response=makes())
def draft(request: HttpRequest, person: Id, body: NewNotice) -> Any:
    """Begin a notice about a person."""
    made = actions.draft_notice(
        actor=actor(request), person_id=person, kind=body.kind, destinations=tuple(body.destinations),
        decision_id=body.decision_id,
    )  # fmt: skip
    return Status(201, {"id": made})


@router.get("", response=answers(PageOut))
def find(
    request: HttpRequest, person: Annotated[str, Query(max_length=40)] = "", open_only: bool = False,
    to_state: Annotated[str, Query(pattern=r"^([A-Z]{2})?$")] = "", page: PageNumber = 1,
) -> Any:  # fmt: skip
    """Return the notices that the caller may read."""
    filters = NoticeFilter(person_id=person, to_state=to_state, open_only=open_only)
    return plain(queries.notices(actor(request), filters, page))


@router.get("/{notice}", response=answers(NoticeOut))
def read(request: HttpRequest, notice: Id) -> Any:
    """Return a notice with how far it is in each state."""
    return _read(request, notice)


@router.put("/{notice}", response=answers(NoticeOut))
def save(request: HttpRequest, notice: Id, body: Written) -> Any:
    """Keep what the author wrote; gaps are allowed, contradictions are not."""
    actions.save_notice(actor=actor(request), id=notice, version=body.version, content=build(Content, body.content))
    return _read(request, notice)


@router.get("/{notice}/readiness", response=answers(ReadinessOut))
def readiness(request: HttpRequest, notice: Id) -> Any:
    """Say what is there, what is missing, and what may be."""
    return plain(queries.readiness(actor(request), notice))


@router.get("/{notice}/advice", response=answers(dict[str, AdviceOut]))
def advice(request: HttpRequest, notice: Id) -> Any:
    """Say for each destination which bases let this state tell it unasked, and why the others do not."""
    found = queries.advice(actor(request), notice)
    return {
        state: {
            "possible": [_basis(one) for one in said.possible],
            "excluded": [_excluded(one) for one in said.excluded],
        }
        for state, said in found.items()
    }


def _basis(one: Any) -> dict[str, Any]:
    return {
        "id": one.id, "mechanism": one.mechanism.id, "article": one.basis.article, "channel": one.mechanism.channel,
        "force": one.basis.force.value, "who": one.who.value, "verified": one.verified,
        "who_verified": one.who_verified,
    }  # fmt: skip


def _excluded(one: Any) -> dict[str, Any]:
    return {"mechanism": one.mechanism.id, "code": str(one.code), "article": one.article, "verified": one.verified}


@router.get("/{notice}/preview", response=answers(list[PreviewOut]))  # type: ignore[valid-type]
def preview(request: HttpRequest, notice: Id) -> Any:
    """Return for each destination exactly what it would get now, and what is left out."""
    return plain(queries.preview(actor(request), notice))


@router.post("/{notice}/submit", response=answers(NoticeOut))
def submit(request: HttpRequest, notice: Id, body: AtVersion) -> Any:
    """Put it before a second person."""
    actions.submit_notice(actor=actor(request), id=notice, version=body.version)
    return _read(request, notice)


@router.post("/{notice}/approve", response=answers(NoticeOut))
def approve(request: HttpRequest, notice: Id, body: AtVersion) -> Any:
    """Agree as second person; then the contact point can send."""
    actions.approve_notice(actor=actor(request), id=notice, version=body.version)
    return _read(request, notice)


@router.post("/{notice}/return", response=answers(NoticeOut))
def give_back(request: HttpRequest, notice: Id, body: WithReason) -> Any:
    """Give it back to its author."""
    actions.return_notice(actor=actor(request), id=notice, version=body.version, reason=body.reason)
    return _read(request, notice)


class GivenBack(BaseModel):
    """Which notice was given back; the contact point cannot read it until a second person has agreed again."""

    given_back: str


@router.post("/{notice}/send-back", response=answers(GivenBack))
def send_back(request: HttpRequest, notice: Id, body: WithReason) -> Any:
    """Give an approved notice back to its author, as the contact point; it then needs a second person again."""
    actions.send_back_notice(actor=actor(request), id=notice, version=body.version, reason=body.reason)
    return {"given_back": notice}


@router.post("/{notice}/refuse", response=answers(NoticeOut))
def refuse(request: HttpRequest, notice: Id, body: WithReason) -> Any:
    """Decide as second person that nobody is told."""
    actions.refuse_notice(actor=actor(request), id=notice, version=body.version, reason=body.reason)
    return _read(request, notice)


@router.post("/{notice}/withdraw", response=answers(NoticeOut))
def withdraw(request: HttpRequest, notice: Id, body: WithReason) -> Any:
    """Decide not to tell, before anything was sent."""
    actions.withdraw_notice(actor=actor(request), id=notice, version=body.version, reason=body.reason)
    return _read(request, notice)


@router.post("/{notice}/transmit", response=answers(NoticeOut))
def transmit(request: HttpRequest, notice: Id, body: Sending) -> Any:
    """Send it, as the contact point."""
    actions.transmit_notice(actor=actor(request), id=notice, version=body.version, states=tuple(body.states))
    return _read(request, notice)


@router.post("/{notice}/changes", response=makes())
def change(request: HttpRequest, notice: Id) -> Any:
    """Begin a change of a notice that was sent; it needs a second person like the notice itself."""
    return Status(201, {"id": actions.draft_change(actor=actor(request), id=notice)})


@router.post("/{notice}/cancel", response=answers(NoticeOut))
def cancel(request: HttpRequest, notice: Id, body: Cancellation) -> Any:
    """Take a notice back from everybody who was told."""
    actions.cancel_notice(
        actor=actor(request), id=notice, version=body.version, reason_code=body.reason_code, reason=body.reason,
        data_were_wrong=body.data_were_wrong,
    )  # fmt: skip
    return _read(request, notice)


class Answered(Strict):
    """Which answer is taken."""

    document_id: str


@disclosures.post("/{disclosure}/take-answer", response=answers(TakenAnswer))
def take_answer(request: HttpRequest, disclosure: Id, body: Answered) -> Any:
    """Take the other state's answer in the name of an authority."""
    made = actions.take_answer(actor=actor(request), disclosure_id=disclosure, document_id=body.document_id)
    return {"document": made}


class Closing(Strict):
    """Why it is closed."""

    reason: str


class Closed(BaseModel):
    """What was closed."""

    closed: str


@disclosures.post("/{disclosure}/close", response=answers(Closed))
def close(request: HttpRequest, disclosure: Id, body: Closing) -> Any:
    """End the following of one state's part."""
    actions.close_disclosure(actor=actor(request), disclosure_id=disclosure, reason=body.reason)
    return {"closed": disclosure}
