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


def test_a_prior_can_be_stated_and_is_told_with_the_answer(desk: Desk) -> None:
    usual, stated = (post(desk.client(CP), "/search", {**HE, **more}).json() for more in ({}, {"prior": 0.9}))
    assert (usual["prior_by"], stated["prior_by"], stated["prior"]) == ("model", "asker", 0.9)
    assert stated["nobody"] < usual["nobody"]
    wrong = post(desk.client(CP), "/search", {**HE, "prior": 1.0})
    assert (wrong.status_code, wrong.json()["fields"]) == (422, {"prior": ["range"]})


def test_names_and_dates_of_birth_are_asked_in_the_body_and_logged_never_in_an_address(desk: Desk) -> None:
    client = desk.client(PO)
    for wrong in ({"text": "Kovs"}, {"born": "1984"}, {"text": "LV5520193"}):
        refused = client.get("/api/v1/persons", wrong)
        assert (refused.status_code, refused.json()["code"]) == (422, "person.in_address")
        assert refused.json()["fields"] == {key: ["in_address"] for key in wrong}
        assert refused.json()["parameters"] == {"instead": "POST /persons/find"}
    found = post(client, "/persons/find", {"text": "Kovs", "born": "1984"}).json()
    assert [row["id"] for row in found["rows"]] == [desk.person]
    case_number = found["rows"][0]["case_number"]
    by_number = client.get("/api/v1/persons", {"text": case_number, "relation": "readable", "order": "changed"}).json()
    assert [row["id"] for row in by_number["rows"]] == [desk.person]


def test_looking_among_all_takes_a_purpose(desk: Desk) -> None:
    client = desk.client(CP, **{"X-Purpose": ""})
    everybody = post(client, "/persons/find", {"text": "Kovs", "relation": "all"})
    assert (everybody.status_code, everybody.json()["code"]) == (403, "person.no_purpose")
    assert post(client, "/persons/find", {"relation": "all"}).status_code == 200
    assert post(desk.client(CP), "/persons/find", {"text": "Kovs", "relation": "all"}).json()["total"] == 1
