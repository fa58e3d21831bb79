"""Ready for a second person? Each item there, missing, or missing and allowed with a reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from somec.movements.readiness import Facts, Presence, Step, StepState, check
from somec.movements.rules import Kind, RequestedAction
from somec.movements.travel import Basis, Content, Destination, Lead, Observation, Place

NOW = datetime(2026, 11, 6, 8, 20, tzinfo=UTC)
ON_TIME = Lead(timedelta(days=7), timedelta(days=11), late=False)
NL = Destination(
    "NL",
    arrival_point="Schiphol",
    arrives_until=NOW + timedelta(days=14),
    first_night=Place("Westzeedijk 12", "Rotterdam"),
)
FULL = Content(
    kind=Kind.RELOCATION, destinations=(NL,), departs=NOW + timedelta(days=11), source="Ticket",
    requested=RequestedAction.CONFIRM_ARRIVAL, expires=NOW + timedelta(days=90), selected=("cnv-1",),
    basis=Basis(mechanism="DIR977", article="7(2)", purpose="prevention", handling_code="H2", reason="He said so"),
)  # fmt: skip
FACTS = Facts(
    person_missing={}, person_checked=12, decision="approved", decision_states=frozenset({"NL"}), criteria_met=True,
    bases={"NL": frozenset({"DIR977:7(2)"})}, languages={"NL": frozenset({"en", "nl"})}, handling_needs_note=False,
    convictions=2, orders=1, assessments=1, lead=ON_TIME,
)  # fmt: skip


def test_a_full_notice_is_ready() -> None:
    result = check(FULL, FACTS)
    assert result.ready
    assert [view.state for view in result.steps] == [StepState.DONE] * 5 + [StepState.IN_PROGRESS]
    assert result.steps[0].total == 12


def test_the_second_person_comes_last() -> None:
    assert check(Content(kind=Kind.RELOCATION), FACTS).steps[-1].state is StepState.CANNOT_START
    assert check(FULL, replace(FACTS, approved=True)).steps[-1].state is StepState.DONE


@pytest.mark.parametrize(("purpose", "warnings"), [
    ("serious", ()), ("any", ("basis.wider_use",)), ("", ()),
])  # fmt: skip
def test_a_use_wider_than_the_basis_is_a_warning_that_keeps_nothing_back(
    purpose: str, warnings: tuple[str, ...]
) -> None:
    content = replace(FULL, basis=replace(FULL.basis, purpose=purpose))
    result = check(content, replace(FACTS, uses={"DIR977:7(2)": frozenset({"serious"})}))
    assert result.warnings == warnings
    assert result.ready is bool(purpose)
    assert check(content, FACTS).warnings == ()


def changed(**fields: Any) -> Content:
    return replace(FULL, **fields)


def nl(**fields: Any) -> Content:
    return changed(destinations=(replace(NL, **fields),))


@pytest.mark.parametrize(
    ("content", "facts", "code", "step", "optional"),
    [
        (FULL, {"person_missing": {"family_name": False}}, "person.family_name", Step.PERSON, False),
        (FULL, {"person_missing": {"recent_photograph": True}}, "person.recent_photograph", Step.PERSON, True),
        (FULL, {"decision": "awaiting_approval"}, "decision.approved", Step.NECESSITY, False),
        (FULL, {"decision_states": frozenset({"ES"})}, "decision.covers", Step.NECESSITY, False),
        (FULL, {"criteria_met": False}, "criteria.met", Step.CRITERIA, True),
        (changed(basis=Basis()), {}, "basis", Step.CHANNEL, False),
        (changed(basis=replace(FULL.basis, article="9")), {}, "basis.open", Step.CHANNEL, False),
        (changed(basis=replace(FULL.basis, reason=" ")), {}, "basis.reason", Step.CHANNEL, False),
        (changed(basis=replace(FULL.basis, purpose="")), {}, "basis.purpose", Step.CHANNEL, False),
        (changed(basis=replace(FULL.basis, handling_code="")), {}, "basis.handling_code", Step.CHANNEL, False),
        (FULL, {"handling_needs_note": True}, "basis.handling_note", Step.CHANNEL, False),
        (changed(destinations=()), {}, "destinations", Step.CONTENT, False),
        (changed(requested=None), {}, "requested", Step.CONTENT, False),
        (changed(expires=None), {}, "expires", Step.CONTENT, False),
        (changed(source=""), {}, "source", Step.CONTENT, False),
        (FULL, {"convictions": 0, "orders": 0}, "record", Step.CONTENT, True),
        (FULL, {"assessments": 0}, "assessment", Step.CONTENT, True),
        (changed(departs=None), {}, "departs", Step.CONTENT, True),
        (changed(kind=Kind.PLANNED_TRAVEL, departs=None), {}, "departs", Step.CONTENT, False),
        (
            changed(kind=Kind.SIGHTING, observed=Observation(place=Place(town="Girona"))),
            {},
            "observed.at",
            Step.CONTENT,
            False,
        ),
        (changed(kind=Kind.SIGHTING, observed=Observation(at=NOW)), {}, "observed.place", Step.CONTENT, True),
        (changed(requested=RequestedAction.FIND_AND_REPORT), {}, "reply_by", Step.CONTENT, False),
        (FULL, {"lead": replace(ON_TIME, late=True)}, "late_reason", Step.CONTENT, False),
        (nl(arrives_until=None), {}, "arrival.NL", Step.CONTENT, False),
        (nl(arrival_point=""), {}, "arrival_point.NL", Step.CONTENT, True),
        (nl(first_night=Place()), {}, "first_night.NL", Step.CONTENT, True),
        (changed(text="Dzīvos pie brālēna", language="lv"), {}, "translation.NL", Step.CONTENT, False),
    ],
)
def test_one_thing_missing(content: Content, facts: dict[str, Any], code: str, step: Step, optional: bool) -> None:
    result = check(content, replace(FACTS, **facts))
    assert code in {item.code for item in result.missing}
    item = next(item for item in result.missing if item.code == code)
    assert (item.step, item.optional) == (step, optional)
    reasoned = check(replace(content, allowed_missing={code: "New one on 12 Nov"}), replace(FACTS, **facts))
    after = next(item for item in reasoned.items if item.code == code)
    allowed = optional
    assert (after.presence is Presence.ALLOWED) is allowed
    assert after.reason == ("New one on 12 Nov" if allowed else "")


def test_an_address_that_is_not_known_needs_its_reason() -> None:
    item = next(
        one
        for one in check(nl(first_night=Place(), first_night_unknown="A hostel"), FACTS).items
        if "first_night" in one.code
    )
    assert (item.presence, item.reason) == (Presence.ALLOWED, "A hostel")


def test_a_translation_that_is_read_there_is_enough() -> None:
    text = changed(text="Dzīvos pie brālēna", language="lv", translations={"nl": "Hij woont bij een neef"})
    assert check(text, FACTS).ready
    assert not check(replace(text, translations={"nl": "  "}), FACTS).ready


def test_an_arrival_of_nobody_is_not_asked_for() -> None:
    quiet = changed(
        kind=Kind.ABSCONDING, requested=RequestedAction.INFORMATION_ONLY, destinations=(Destination("NL"),),
        observed=Observation(at=NOW, place=Place(town="Riga")),
    )  # fmt: skip
    assert check(quiet, FACTS).ready
