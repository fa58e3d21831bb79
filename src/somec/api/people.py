"""Person files: record, find, read, correct."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final, Literal

from django.http import HttpRequest
from ninja import Query, Router, Status
from pydantic import BaseModel, Field, create_model

from somec.access import actions as access
from somec.api.contract import Id, Made, PageNumber, actor, answers, makes
from somec.api.shapes import Strict, body_model, build, plain, view_model
from somec.catalogue.offered import offered
from somec.kernel.errors import Invalid
from somec.persons import actions, erasing, queries
from somec.persons.messages import (
    Address,
    Biometric,
    Birth,
    Birthplace,
    Description,
    Document,
    Missing,
    Name,
    Nationality,
    NewPerson,
    PersonView,
)
from somec.persons.queries import PersonQuery
from somec.persons.rules import ErasureGround

router = Router(tags=["persons"])
PersonIn = body_model(NewPerson)
PersonOut = view_model(PersonView)
PageOut = view_model(queries.Page, name="PersonPage")
MissingOut = view_model(Missing)
ChangeOut = view_model(queries.ChangeView)
ErasedOut = view_model(erasing.Erased)

STATEMENTS: dict[str, type] = {
    "name": Name, "birth": Birth, "birthplace": Birthplace, "nationality": Nationality, "document": Document,
    "address": Address, "description": Description, "biometric": Biometric,
}  # fmt: skip
StatementIn: Any = create_model(
    "StatementIn", __base__=Strict,
    **{name: (body_model(kind, without=frozenset({"id"})) | None, None) for name, kind in STATEMENTS.items()},
)  # type: ignore[call-overload]  # fmt: skip


class Correction(Strict):
    """A statement that takes the place of another, and why."""

    statement: StatementIn
    reason: str


class Gone(BaseModel):
    """That something was withdrawn; it stays in the history."""

    withdrawn: str


def _one(body: Any) -> Any:
    """Return the one statement that a body holds."""
    given = {name: getattr(body, name) for name in STATEMENTS if getattr(body, name) is not None}
    if len(given) != 1:
        raise Invalid("statement.one", fields={"statement": ["exactly_one"]})
    name, value = given.popitem()
    return build(STATEMENTS[name], value)


@router.post("", response=makes(), url_name="api_record_person")
def record(request: HttpRequest, body: PersonIn) -> Any:  # type: ignore[valid-type]
    """Record a person."""
    return Status(201, {"id": actions.record_person(actor=actor(request), person=build(NewPerson, body))})


Whose = Literal["all", "readable", "mine"]
Order = Literal["name", "changed"]
CASE_NUMBER: Final = re.compile(r"[A-Z]{2}-[0-9]{4}-[0-9]{6}")


class FindIn(Strict):
    """Beginnings of names, a case number or a document number; a date of birth as far as it is known; whose files."""

    text: Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")] = ""
    born: Annotated[str, Field(pattern=r"^([0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?)?$")] = ""
    relation: Whose = "readable"
    order: Order = "name"


@router.post("/find", response=answers(PageOut), url_name="api_find_people")
def find(request: HttpRequest, body: FindIn, page: PageNumber = 1) -> Any:
    """Find people by beginnings of names, number or date of birth; logged.

    Among all (``relation``) it asks for a purpose (header ``X-Purpose``).
    """
    query = PersonQuery(text=body.text, born=body.born, relation=body.relation, order=body.order)
    found = queries.find(actor(request), query, page)
    filled = [name for name in ("text", "born") if getattr(query, name)]
    if filled:
        actions.log_search(actor=actor(request), fields=filled, found=found.total, relation=query.relation)
    return plain(found)


@router.get("", response=answers(PageOut))
def list_people(
    request: HttpRequest, text: Annotated[str, Query(max_length=200, pattern=r"^[^\x00]*$")] = "",
    born: Annotated[str, Query(max_length=10)] = "", relation: Whose = "readable", order: Order = "name",
    page: PageNumber = 1,
) -> Any:  # fmt: skip
    """List people. ``text`` may be a case number; names and dates of birth are asked with ``POST /persons/find``.

    Addresses are kept in the logs of proxies and clients, where personal data must not stand.
    """
    wrong = {"text": bool(text) and not CASE_NUMBER.fullmatch(text), "born": bool(born)}
    if any(wrong.values()):
        fields = {name: ["in_address"] for name, is_wrong in wrong.items() if is_wrong}
        raise Invalid("person.in_address", fields=fields, instead="POST /persons/find")
    return plain(queries.find(actor(request), PersonQuery(text=text, relation=relation, order=order), page))


@router.get("/{person}", response=answers(PersonOut))
def read(request: HttpRequest, person: Id) -> Any:
    """Read a file. Asks for a purpose (header ``X-Purpose``), which is logged with the reading."""
    actions.open_file(actor=actor(request), person_id=person)
    return plain(queries.person(actor(request), person))


class OpeningIn(Strict):
    """What of a file is opened, for which purpose of the catalogue, and why, in one sentence."""

    part: Literal["person", "protected"] = "person"
    purpose: str
    reason: str


@router.post("/{person}/openings", response=makes())
def open_file(request: HttpRequest, person: Id, body: OpeningIn) -> Any:
    """Open a file, or its protected part, for a purpose; it closes by itself after the time of the purpose."""
    who = actor(request)
    purposes = {one.id: one for one in offered(who.roles, protected=body.part == "protected")}
    chosen = purposes.get(body.purpose)
    if chosen is None:
        raise Invalid("access.opening", fields={"purpose": ["choice"]})
    made = access.open_with_purpose(
        actor=who, kind=body.part, id=person, purpose=chosen.id, reason=body.reason, minutes=chosen.minutes,
        target=queries.target(who, person), emergency=chosen.review,
    )  # fmt: skip
    return Status(201, {"id": made})


class ErasureIn(Strict):
    """Why a person is erased; it cannot be taken back."""

    ground: ErasureGround
    reason: str
    version: int | None = None


@router.post("/{person}/erasure", response=answers(ErasedOut))
def erase(request: HttpRequest, person: Id, body: ErasureIn) -> Any:
    """Erase a person for good, with every file that is merged with this one; says which files went."""
    return plain(
        erasing.erase_file(
            actor=actor(request), person_id=person, ground=body.ground.value, reason=body.reason, version=body.version
        )
    )


@router.get("/{person}/completeness", response=answers(list[MissingOut]))  # type: ignore[valid-type]
def completeness(request: HttpRequest, person: Id) -> Any:
    """Say what is missing for another state to recognise the person."""
    queries.person(actor(request), person)
    return plain(queries.completeness(person))


@router.get("/{person}/history", response=answers(list[ChangeOut]))  # type: ignore[valid-type]
def history(request: HttpRequest, person: Id) -> Any:
    """Return what was corrected, when, by whom and why."""
    return plain(queries.history(actor(request), person))


@router.post("/{person}/statements", response=makes())
def add_statement(request: HttpRequest, person: Id, body: StatementIn) -> Any:
    """Add one statement (name, birth, document, address …)."""
    return Status(201, {"id": actions.add_statement(actor=actor(request), person_id=person, statement=_one(body))})


@router.put("/{person}/statements/{statement}", response=answers(Made))
def correct_statement(request: HttpRequest, person: Id, statement: Id, body: Correction) -> Any:
    """Correct a statement; the old value stays in the history."""
    new = actions.correct_statement(
        actor=actor(request),
        person_id=person,
        statement_id=statement,
        statement=_one(body.statement),
        reason=body.reason,
    )
    return {"id": new or statement}


@router.delete("/{person}/statements/{statement}", response=answers(Gone))
def withdraw_statement(
    request: HttpRequest, person: Id, statement: Id,
    reason: Annotated[str, Query(max_length=500, pattern=r"^[^\x00]*$")],
) -> Any:  # fmt: skip
    """Withdraw a statement with a reason; it stays in the history."""
    actions.withdraw_statement(actor=actor(request), person_id=person, statement_id=statement, reason=reason)
    return {"withdrawn": statement}
