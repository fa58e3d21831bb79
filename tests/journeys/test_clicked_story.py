"""The first story clicked through by officers of three states: each writes, decides and reads in the browser.

Only what would be clicked a second time in the same way (the rest of the record; what Spain writes) goes through the
JSON interface. Every page on the way is looked at: axe, console, one h1, nothing scrolls sideways.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect
from tests.journeys.acts import AMSTERDAM, RIGA, fill, moment, open_with_purpose, opened_from_work, work_about
from tests.journeys.conftest import Officer

from somec.kernel import clock
from somec.simulation import material
from somec.simulation.nodes import RunningNode
from somec.simulation.story import Stage, met_in_spain

pytestmark = [
    pytest.mark.browser, pytest.mark.processes, pytest.mark.slow, pytest.mark.xdist_group("browser"),
]  # fmt: skip

SignIn = Callable[[str, str], AbstractContextManager[Officer]]
PATIENCE = 30.0  # seconds for what nodes do by themselves: send, alert
NAME = "KOVŠOVS, Valērijs"
COURT = "K30-1182-19"  # reference of the conviction that is clicked; the rest of the record comes by JSON


def test_the_first_story_is_clicked_through_by_officers_of_three_states(
    states: dict[str, RunningNode], officers: SignIn
) -> None:
    stage = Stage(states)
    with officers("LV", "officer") as officer:
        _record_person(stage, officer)
        _decide(stage, officer)
    with officers("LV", "head") as head:
        _approve_decision(head)
    with officers("LV", "officer") as officer:
        _draft(stage, officer)
    with officers("LV", "head") as head:
        opened_from_work(head, "Approve or return a notice")
        head.press("Approve")
        assert "Approved, not sent" in head.page.inner_text("main")
    with officers("LV", "desk") as desk:
        opened_from_work(desk, "Send the notice to the Netherlands")
        desk.press("Send to the Netherlands")
        _until(desk, "Stored there, not taken")
        stage.made["conversation"] = _last(
            desk.page.get_by_role("link", name="Conversation").first.get_attribute("href")
        )
    with officers("NL", "desk") as desk:
        _take_and_compare(stage, desk)
        _assign_and_plan(stage, desk)
    with officers("ES", "desk") as desk:
        desk.visit("/notices/?side=received&stands=")
        assert NAME not in desk.page.inner_text("main"), "Spain was not told, and sees him"
    _he_does_not_arrive(stage, officers)
    _answer(stage, officers)
    met_in_spain(stage)
    _recognise(stage, officers)


def _record_person(stage: Stage, officer: Officer) -> None:
    page = officer.page
    officer.visit("/people/record/")
    fill(page, {
        "family": "KOVŠOVS", "given": "Valērijs", "language": "lv", "sex": "male", "born": "1984-03-07",
        "born_certainty": "shown", "birthplace": "Daugavpils", "birth_state": "LV", "nationality": "LV",
        "document_kind": "passport", "document_number": "LV5520193", "document_state": "LV", "certainty": "documented",
        "source": "population_register", "evaluation": "A1",
    })  # fmt: skip
    officer.press("Record the person")
    officer.picture("purpose")
    open_with_purpose(officer, "Preparing what the Netherlands must know before he moves.")
    expect(page.get_by_role("heading", level=1)).to_have_text(NAME)
    stage.made["person"] = _last(page.url)
    officer.visit(f"/people/{stage.made['person']}/record/add/conviction/")
    fill(page, {
        "state": "LV", "court": "Court of first instance, Riga", "reference": COURT, "decided": "2019-03-22",
        "final": "2019-04-16", "responsibility": "responsible", "spent": "no", "offences-0-code": "1001 00",
        "offences-0-parameters": ["C", "M"], "offences-0-committed_from": "2018-11-04", "offences-0-place": "Riga",
        "sanctions-0-code": "1001", "sanctions-0-months": 78, "source": "court_file", "evaluation": "A1",
    })  # fmt: skip
    officer.press("Record it")
    assert "22 Mar 2019" in page.inner_text("main")
    _rest_of_the_record(stage)


def _rest_of_the_record(stage: Stage) -> None:
    client, person = stage.officer("LV", "officer"), stage.made["person"]
    first = client.get(f"/persons/{person}/record")["convictions"][0]["id"]
    for path, body in material.entries(stage.now()):
        if path == "convictions" and body["reference"] == COURT:
            continue
        if "conviction_id" in body:
            body["conviction_id"] = first
        client.post(f"/persons/{person}/{path}", body)


def _decide(stage: Stage, officer: Officer) -> None:
    officer.visit(f"/people/{stage.made['person']}/")
    officer.follow("Hold the record against your criteria")
    assert "All required criteria are met" in officer.page.inner_text("main")
    officer.follow("Decide whether to tell")
    officer.press("Put before a second person")
    assert officer.page.title().startswith("Error:"), "an empty decision was put before the second person"
    fill(officer.page, {"outcome": "exchange", "destinations": ["NL"], **material.proposal()["necessity"]})
    officer.press("Put before a second person")
    assert officer.page.get_by_role("button", name="Approve").count() == 0, "the author is offered to approve"


def _approve_decision(head: Officer) -> None:
    opened_from_work(head, "Approve or return a decision")
    open_with_purpose(head, "Reading the proposal as second person.")
    head.picture("decision")
    for warning in head.page.locator("form:has(button[value=approve]) textarea").all():
        warning.fill("Seen and weighed; the reasons of the record outweigh it.")
    head.press("Approve telling")
    assert "Decided. The log has both names." in head.page.inner_text("main")


def _draft(stage: Stage, officer: Officer) -> None:
    page, now = officer.page, stage.now()
    officer.visit(f"/people/{stage.made['person']}/")
    open_with_purpose(officer, "Writing the notice to the Netherlands.")
    officer.follow("Tell a state (movement notice)")
    fill(page, {"kind": "relocation", "destinations": ["NL"]})
    officer.press("Begin the notice")
    stage.made["notice"] = _last(page.url)
    assert "Not ready to send" in page.inner_text("main"), "an empty draft counts as ready"
    _fill_notice(officer, now)
    officer.press("Save and check again")
    assert "Not ready to send: 4 items missing" in page.inner_text("main")
    officer.picture("notice-draft")
    for line in page.locator('[name^="allowed."]').all():
        line.fill("Not on file here; asked for at the next appointment.")
    officer.press("Save, and put before a second person")
    assert "You wrote it, so you cannot approve it." in page.inner_text("main")
    assert page.get_by_role("heading", name="What the Netherlands will see").count() == 1


def _fill_notice(officer: Officer, now: datetime) -> None:
    page, hours = officer.page, timedelta(hours=1)
    departs = (now + timedelta(days=8)).replace(minute=40)
    there = "destinations.0"
    fill(page, {
        "basis": page.locator("input[name=basis]").first.get_attribute("value"), "basis.purpose": "prevent-serious-offences",
        "basis.reason": "He is supervised here and moves there; nobody there knows him.", "basis.handling_code": "H1",
        "departs": moment(departs, RIGA), "departure_place.town": "Riga",
        f"{there}.arrives_from": moment(departs + 3 * hours, RIGA),
        f"{there}.arrives_until": moment(departs + 8 * hours, RIGA), f"{there}.arrival_point": "Amsterdam Schiphol",
        f"{there}.carrier": "air", f"{there}.first_night": "Example lane 8", f"{there}.first_night.town": "Rotterdam",
        f"{there}.first_night.postcode": "3011", "travel_purpose": "residence", "travel_note": "Work in a warehouse",
        "requested": "confirm_arrival", "grace_hours": 12, "source": "interview", "reliability": "B", "accuracy": "3",
        "as_of": moment(now, RIGA), "language": "en",
        "text": "He will live with his cousin and wants to work in a warehouse. Please confirm that he arrived.",
        "selected": [one.get_attribute("value") for one in page.locator("input[name=selected]").all()],
    })  # fmt: skip


def _take_and_compare(stage: Stage, desk: Officer) -> None:
    opened_from_work(desk, "Take the notice of Latvia", picture="needs-me-now")
    stage.made["received"] = _last(desk.page.url.partition("#")[0])
    desk.picture("received")
    desk.press("Take it")
    desk.follow("Compare with our own people")
    desk.picture("match-review")
    desk.page.get_by_text("Decide that it is nobody on file").click()
    fill(desk.page, {"outcome": "adopt"})
    form = desk.page.locator("form:has(input[name=nobody_form])")
    form.get_by_role("button").click()
    desk.page.wait_for_load_state()
    desk.look()
    assert desk.page.title().startswith("Error:"), "a match was settled without a reason"
    fill(desk.page, {"outcome": "adopt"})
    form.locator("textarea").fill("Names, dates and places of birth differ; compared by hand.")
    form.get_by_role("button").click()
    desk.page.wait_for_load_state()
    desk.look()
    desk.visit(f"/received/{stage.made['received']}/")
    expect(desk.page.get_by_role("main")).to_contain_text("Same person")


def _assign_and_plan(stage: Stage, desk: Officer) -> None:
    desk.follow("Assign owners")
    fill(desk.page, {
        "police.authority": stage.officer("NL", "police").get("/node")["authority_id"],
        "police.person": stage.person_id("NL", "police"),
        "probation.authority": stage.officer("NL", "officer").get("/node")["authority_id"],
    })  # fmt: skip
    desk.press("Assign owners")
    desk.follow("Plan an action")
    fill(desk.page, {
        "what": "Visit the first-night address", "service": "police", "owner_id": stage.person_id("NL", "police"),
        "due": moment(stage.now() + timedelta(days=9), AMSTERDAM),
    })  # fmt: skip
    desk.press("Plan an action")
    assert "Visit the first-night address" in desk.page.inner_text("main")


def _he_does_not_arrive(stage: Stage, officers: SignIn) -> None:
    told = stage.officer("LV", "desk").get(f"/notices/{stage.made['notice']}")["disclosures"][0]
    stage.turn_clock(clock.parse(told["say_arrival_by"]))
    with officers("LV", "desk") as ours, officers("NL", "desk") as theirs:
        for desk, verb in (
            (ours, "Find out why the person did not arrive in the Netherlands"),
            (theirs, "Tell Latvia whether the person arrived"),
        ):
            desk.visit("/work/")
            _until(desk, verb)
            assert "Overdue" in next(row for row in work_about(desk, NAME) if verb in row)
            desk.visit(f"/conversations/{stage.made['conversation']}/")
        assert _duties(ours) == _duties(theirs), "the two nodes do not show the same duties"
        assert "Overdue" in str(_duties(ours))


def _answer(stage: Stage, officers: SignIn) -> None:
    received, conversation = stage.made["received"], stage.made["conversation"]
    with officers("NL", "police") as police:
        police.visit(f"/received/{received}/")
        police.follow("Record that the person did not arrive")
        fill(police.page, {"remark": "Visited the address twice; nobody there."})
        police.press("Record that the person did not arrive")
    with officers("NL", "desk") as desk:
        desk.visit(f"/received/{received}/")
        desk.follow("Send the answer")
        fill(desk.page, {"outcome": "not_found", "language": "en", "text": "The cousin has not seen him."})
        desk.press("Send the answer")
        _until(desk, "Answered")
        with officers("LV", "desk") as ours:
            ours.visit(f"/conversations/{conversation}/")
            _until(ours, "Take the answer")
            ours.press("Take the answer")
            desk.visit(f"/conversations/{conversation}/")
            _until(desk, "0 open")
            ours.visit(f"/conversations/{conversation}/")
            ours.picture("conversation")
            assert _duties(ours) == _duties(desk), "the two nodes do not show the same duties"


def _recognise(stage: Stage, officers: SignIn) -> None:
    with officers("LV", "desk") as desk:
        opened_from_work(desk, "Take the notice of Spain")
        desk.press("Take it")
        desk.follow("Compare with our own people")
        expect(desk.page.get_by_role("rowheader").first).to_contain_text(NAME)
        fill(desk.page, {"verdict": "same", "grounds": ["document"]})
        form = desk.page.locator("form:has(input[name=verdict_form])")
        form.locator("textarea").fill("Same passport, same name and date of birth.")
        form.get_by_role("button").click()
        desk.page.wait_for_load_state()
        desk.look()
    with officers("LV", "officer") as officer:
        officer.visit(f"/people/{stage.made['person']}/")
        expect(officer.page.get_by_role("heading", level=1)).to_have_text("Your purpose has ended")
        assert NAME not in officer.page.inner_text("main"), "the data stay although the purpose ended"
        officer.press("Continue with the same purpose")
        assert "Spain" in officer.page.inner_text("main")
        officer.picture("person")
        officer.visit(f"/people/{stage.made['person']}/log/")
        officer.picture("log")


def _duties(officer: Officer) -> list[list[str]]:
    """Return each duty as both sides must show it: what, who owes, to whom, under which basis, in which state."""
    rows = officer.page.get_by_role("table", name="Who owes what to whom").locator("tbody tr").all()
    told = [[cell.inner_text().replace("(you)", "").strip() for cell in row.locator("th b, td").all()] for row in rows]
    assert told, "no duty is shown"
    return sorted([row[0 + 1], *row[2:]] for row in told)


def _until(officer: Officer, words: str) -> None:
    """Load the page again until it says so; fails after PATIENCE seconds."""
    ends = time.monotonic() + PATIENCE
    while words not in officer.page.inner_text("main"):
        assert time.monotonic() < ends, f"{officer.page.url} never said: {words}"
        time.sleep(0.3)
        officer.page.reload()
    officer.look()


def _last(address: str | None) -> str:
    assert address
    return address.rstrip("/").rpartition("/")[2]
