"""Search through the interface: in the body, for a purpose, within what one may find."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client
from tests.api.conftest import Desk

from somec.access.rules import Role

PO, CP, AN = Role.PROBATION_OFFICER, Role.CONTACT_POINT, Role.ANALYST
HE: dict[str, Any] = {"names": [{"full": "Valerijs Kovsovs"}], "born": ["1984"]}


def post(client: Client, path: str, body: Any) -> Any:
    return client.post(f"/api/v1{path}", json.dumps(body), content_type="application/json")


def test_the_answer_has_candidates_probability_and_evidence(desk: Desk) -> None:
    answer = post(desk.client(CP), "/search", HE)
    assert answer.status_code == 200
    found = answer.json()
    best = found["candidates"][0]
    assert (best["person_id"], best["rank"]) == (desk.person, 1)
    assert 0 < best["probability"] < 1
    assert {one["field"] for one in best["evidence"]} >= {"name", "birth_date"}
    assert {one["direction"] for one in best["evidence"]} <= {"for", "against", "missing"}
    assert 0 < found["nobody"] < 1
    assert len(found["model"]) == 64


def test_a_search_needs_a_purpose_and_a_role_that_searches(desk: Desk) -> None:
    without = post(desk.client(CP, **{"X-Purpose": ""}), "/search", HE)
    assert (without.status_code, without.json()["code"]) == (403, "person.no_purpose")
    assert post(desk.client(AN), "/search", HE).status_code == 403


def test_mistakes_are_named_by_field(desk: Desk) -> None:
    answer = post(desk.client(CP), "/search", {"names": [{"full": "x" * 201}], "born": ["1984-02-31"]})
    assert answer.status_code == 422
    assert set(answer.json()["fields"]) == {"names", "born"}


def test_an_empty_question_is_an_answer_of_its_own(desk: Desk) -> None:
    assert post(desk.client(CP), "/search", {}).json()["outcome"] == "query_too_thin"


def test_links_in_question_are_empty_for_a_node_without_any(desk: Desk) -> None:
    answer = desk.client(CP).get("/api/v1/links-in-question")
    assert (answer.status_code, answer.json()) == (200, [])
