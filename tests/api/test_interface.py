"""The JSON interface says no properly: tokens, scopes, relations, purposes, malformed bodies, conflicts."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from tests.api.conftest import Desk

from somec.access.rules import Role
from somec.api import authentication

PO, CP, AN, AU = Role.PROBATION_OFFICER, Role.CONTACT_POINT, Role.ANALYST, Role.AUTHORISER
UNKNOWN = "prs-00000000000000000000000000"


def post(client: Client, path: str, body: Any) -> Any:
    return client.post(f"/api/v1{path}", json.dumps(body), content_type="application/json")


@pytest.mark.parametrize("token", ["", "Bearer wrong", "Bearer somec_tok-x_y", "Basic abc"])
def test_without_a_token_nothing_is_said(desk: Desk, token: str) -> None:
    answer = Client(headers={"Authorization": token} if token else {}).get(f"/api/v1/persons/{desk.person}")
    assert answer.status_code == 401
    assert answer.json()["code"] == "token.needed"


def test_guessing_tokens_is_slowed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(authentication, "_wrong", authentication.WrongTries())
    guesser = Client(headers={"Authorization": "Bearer somec_tok-a_b"})
    answers = [guesser.get("/api/v1/node").status_code for _ in range(authentication.WRONG_TRIES + 1)]
    assert answers[-1] == 429
    assert set(answers[:-1]) == {401}


def test_reading_needs_a_purpose_and_is_logged(desk: Desk) -> None:
    without = desk.client(PO, **{"X-Purpose": ""}).get(f"/api/v1/persons/{desk.person}")
    assert (without.status_code, without.json()["code"]) == (403, "person.no_purpose")
    read = desk.client(PO).get(f"/api/v1/persons/{desk.person}")
    assert read.status_code == 200
    trail = desk.client(PO).get(f"/api/v1/persons/{desk.person}/log").json()
    newest = next(entry for entry in trail["entries"] if entry["action"] == "person.read")
    assert newest["purpose"] == "supervise"


def test_closed_and_unknown_files_are_answered_alike(desk: Desk) -> None:
    closed = desk.client(CP).get(f"/api/v1/persons/{desk.person}")
    unknown = desk.client(CP).get(f"/api/v1/persons/{UNKNOWN}")
    assert closed.status_code == unknown.status_code == 404 or closed.status_code == 200
    if closed.status_code == 404:
        assert closed.json() == unknown.json()


def test_the_closed_compartment_is_opened_with_a_purpose_of_the_role_and_only_then_written(desk: Desk) -> None:
    officer = desk.client(PO)
    person = post(officer, "/persons", {"names": [{"family": "LIEPA", "given": "Māris", "main": True}]}).json()["id"]
    openings, at_risk = f"/persons/{person}/openings", f"/persons/{person}/persons-at-risk"
    someone = {"relation": "injured_party", "state": "LV", "no_contact": True}
    closed = post(officer, at_risk, someone)
    assert (closed.status_code, closed.json()["code"]) == (404, "unknown")
    asked = {"part": "protected", "purpose": "protect-injured-party", "reason": "Writing down who is to be kept safe"}
    for wrong, field in (
        (asked | {"purpose": "supervise"}, "purpose"), (asked | {"purpose": "nothing"}, "purpose"),
        (asked | {"reason": "x"}, "reason"),
    ):  # fmt: skip
        answer = post(officer, openings, wrong)
        assert (answer.status_code, list(answer.json()["fields"])) == (422, [field])
    assert post(officer, openings, asked).status_code == 201
    assert post(officer, at_risk, someone).status_code == 201
    assert officer.get(f"/api/v1/persons/{person}/record").json()["protected"] == 1
    assert post(desk.client(AN), openings, asked).status_code in {403, 422}


def test_a_role_without_the_action_is_refused(desk: Desk) -> None:
    answer = desk.client(AN).get(f"/api/v1/persons/{desk.person}")
    assert answer.status_code in {403, 404}
    assert "KOV" not in answer.content.decode()


def test_mistakes_are_named_by_field_and_nothing_is_stored(desk: Desk) -> None:
    answer = post(desk.client(PO), "/persons", {"names": [{"family": "X", "kind": "nickname"}], "sex": "unsure"})
    assert answer.status_code == 422
    assert {"sex", "names.0.kind"} <= set(answer.json()["fields"])


@pytest.mark.parametrize(
    ("body", "status"),
    [("{", 400), ('{"unknown": 1}', 422), ("[]", 422), ('{"names": "x"}', 422), ("", 400)],
    ids=["broken", "unknown field", "a list", "wrong type", "empty"],
)
def test_bodies_that_are_none(desk: Desk, body: str, status: int) -> None:
    answer = desk.client(PO).post("/api/v1/persons", body, content_type="application/json")
    assert answer.status_code in {status, 422}
    assert answer["Content-Type"].startswith("application/problem+json")


def test_the_author_cannot_approve_and_a_stale_version_is_a_conflict(desk: Desk) -> None:
    officer, head = desk.client(PO), desk.client(AU)
    proposal = {
        "outcome": "exchange", "destinations": ["NL"],
        "necessity": {
            "aim": "Protect people at the place he moves to.", "less_intrusive": "A call was considered and is not enough.",
            "effect_on_person": "The police there will know of him.", "effect_on_resettlement": "Contact without employer.",
        },
    }  # fmt: skip
    made = post(officer, f"/persons/{desk.person}/decisions", proposal).json()["id"]
    seen = officer.get(f"/api/v1/decisions/{made}").json()
    assert post(officer, f"/decisions/{made}/submit", {"version": seen["version"]}).status_code == 200
    assert post(officer, f"/decisions/{made}/approve", {"version": seen["version"] + 1}).status_code == 403
    stale = post(head, f"/decisions/{made}/approve", {"version": seen["version"], "overrides": {}})
    assert stale.status_code == 409
    now = head.get(f"/api/v1/decisions/{made}").json()
    overrides = dict.fromkeys(now["open_codes"], "Seen and weighed, it stands.")
    done = post(head, f"/decisions/{made}/approve", {"version": now["version"], "overrides": overrides})
    assert (done.status_code, done.json()["state"]) == (200, "approved")


def test_the_description_is_open_api_3_1_and_loads_nothing_from_elsewhere() -> None:
    schema = Client().get("/api/v1/openapi.json").json()
    assert schema["openapi"].startswith("3.1")
    assert "http" not in json.dumps(schema.get("servers", []))


def test_two_files_are_merged_by_two_people_and_both_ids_lead_to_one(desk: Desk) -> None:
    twice = {"names": [{"family": "KOVSHOV", "given": "Valery"}], "births": [{"date": "1984"}]}
    other = post(desk.client(PO), "/persons", twice).json()["id"]
    pair = {"kept": desk.person, "merged": other, "reason": "The same fingerprints number in both."}
    without = post(desk.client(PO, **{"X-Purpose": ""}), "/merges", pair)
    assert (without.status_code, without.json()["code"]) == (403, "person.no_purpose")
    compared = desk.client(PO).get("/api/v1/duplicates/compare", {"kept": desk.person, "merged": other})
    assert compared.json()["merged"]["id"] == other
    made = post(desk.client(PO), "/merges", pair).json()["id"]
    assert post(desk.client(PO), f"/merges/{made}/approve", {"version": 1}).status_code == 403
    assert [row["id"] for row in desk.client(AU).get("/api/v1/merges").json()] == [made]
    done = post(desk.client(AU), f"/merges/{made}/approve", {"version": 1}).json()
    assert (done["row"]["state"], done["version"]) == ("merged", 2)
    assert desk.client(PO).get(f"/api/v1/persons/{other}").json()["id"] == desk.person
    assert desk.client(PO).get("/api/v1/duplicates").json()["total"] == 0
    parted = {"version": 2, "reason": "It was his brother after all."}
    assert post(desk.client(PO), f"/merges/{made}/separation", parted).json()["row"]["state"] == "separation_proposed"
    back = post(desk.client(PO), f"/merges/{made}/separation/withdraw", {**parted, "version": 3})
    assert back.json()["row"]["state"] == "merged"
    post(desk.client(PO), f"/merges/{made}/separation", {**parted, "version": 4})
    assert post(desk.client(AU), f"/merges/{made}/separation/approve", {"version": 5}).status_code == 200
    assert desk.client(PO).get(f"/api/v1/persons/{other}").json()["id"] == other


def test_two_people_are_kept_apart_and_that_is_taken_back(desk: Desk) -> None:
    other = post(desk.client(PO), "/persons", {"names": [{"family": "KOVSHOV"}]}).json()["id"]
    said = {"first": desk.person, "second": other, "reason": "They are brothers, both known to us."}
    made = post(desk.client(PO), "/duplicates/apart", said).json()["id"]
    again = post(desk.client(PO), "/duplicates/apart", said)
    assert (again.status_code, again.json()["code"]) == (409, "merge.kept_apart")
    assert [row["id"] for row in desk.client(PO).get("/api/v1/duplicates/apart").json()] == [made]
    back = post(desk.client(PO), f"/duplicates/apart/{made}/withdraw", {"reason": "I meant another pair of files."})
    assert back.status_code == 200
    assert desk.client(PO).get("/api/v1/duplicates/apart").json() == []


def test_a_date_that_cannot_be_is_named_at_its_field(desk: Desk) -> None:
    body = {"names": [{"family": "LIEPA", "main": True}], "births": [{"date": "2000-02-29"}, {"date": "1999-02-29"}]}
    answer = post(desk.client(PO), "/persons", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "date.not_a_leap_year")
    assert answer.json()["fields"] == {"births.1.date": ["date.not_a_leap_year"]}


@pytest.mark.parametrize(
    ("field", "code"),
    [
        (("basis", "handling_code"), "H9"),
        (("basis", "purpose"), "none"),
        (("evaluation",), "Z9"),
        (("destinations", 0, "state"), "ZZ"),
    ],
    ids=["handling code", "purpose", "evaluation", "state"],
)
def test_a_code_that_the_catalogue_does_not_know_is_refused_and_the_draft_stays_readable(
    desk: Desk, field: tuple[Any, ...], code: str
) -> None:
    """Once such a draft was kept, and answered "nothing here" to everybody ever after, its author too."""
    officer = desk.client(PO)
    notice = post(officer, f"/persons/{desk.person}/notices", {"kind": "relocation", "destinations": ["NL"]}).json()[
        "id"
    ]
    seen = officer.get(f"/api/v1/notices/{notice}").json()
    place: Any = seen["content"]
    for step in field[:-1]:
        place = place[step]
    place[field[-1]] = code
    answer = officer.put(
        f"/api/v1/notices/{notice}",
        json.dumps({"version": seen["row"]["version"], "content": seen["content"]}),
        content_type="application/json",
    )
    assert (answer.status_code, answer.json()["fields"]) == (422, {".".join(map(str, field)): ["choice"]})
    assert officer.get(f"/api/v1/notices/{notice}/readiness").status_code == 200


def test_a_notice_to_a_state_that_is_none_is_not_begun(desk: Desk) -> None:
    answer = post(desk.client(PO), f"/persons/{desk.person}/notices", {"kind": "relocation", "destinations": ["ZZ"]})
    assert (answer.status_code, answer.json()["fields"]) == (422, {"destinations.0.state": ["choice"]})
