"""Search: "do we know this person?" What is known of him stands in the body, never in an address."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from somec.api.contract import PageNumber, actor, answers
from somec.api.shapes import body_model, build, plain, view_model
from somec.persons import queries
from somec.persons.search import CandidateAnswer, PersonSearch

router = Router(tags=["search"])
SearchIn = body_model(PersonSearch)
AnswerOut = view_model(CandidateAnswer)


@router.post("", response=answers(AnswerOut), url_name="api_search")
def search(request: HttpRequest, body: SearchIn, page: PageNumber = 1) -> Any:  # type: ignore[valid-type]
    """Say who of our people it may be, how sure that is and why, and how sure that it is nobody of ours.

    Asks for a purpose (header ``X-Purpose``), which is logged with the question. Limited to people the caller may find.
    """
    return plain(queries.search_people(actor(request), build(PersonSearch, body), page=page))
