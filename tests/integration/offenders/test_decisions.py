"""The decision to exchange: criteria frozen, necessity written, a second person; the negative controls S6 and S13."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction

from factories import assessment, authoriser, conviction, movement_sign, new_person, officer, order, proposal, stranger
from somec.access.rules import Role
from somec.audit import queries as log
from somec.kernel import clock
from somec.kernel.errors import Conflict, Invalid, NotAllowed, NotPossibleNow
from somec.offenders import actions, models, queries
from somec.offenders.proposals import Proposal
from somec.offenders.rules import Necessity
from somec.persons import actions as persons
from somec.simulation import cases
from somec.simulation.people import populate

pytestmark = pytest.mark.django_db
ILZE, MARTINS = officer(), authoriser()
NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
WHY = "The employer runs a sports club for children in that town."


@pytest.fixture(autouse=True)
def _november() -> Iterator[None]:
    with clock.frozen(NOW):
        yield


@pytest.fixture
def person() -> str:
    made = persons.record_person(actor=ILZE, person=new_person())
    entries = (conviction(), order(), assessment(), movement_sign())
    actions.record_entries(actor=ILZE, entries=[(made, entry) for entry in entries])
    return made


def submitted(person: str, **other: object) -> str:
    decision = actions.propose_decision(actor=ILZE, person_id=person, proposal=replace(proposal(), **other))  # type: ignore[arg-type]
    actions.submit_decision(actor=ILZE, decision_id=decision)
    return decision


def test_the_story_is_approved_by_a_second_person(person: str) -> None:
    decision = submitted(person)
    view = queries.decision(MARTINS, decision)
    assert (view.state, view.criteria_met, view.warning_codes, view.open_codes) == ("awaiting_approval", True, (), ())
    assert (view.evaluation.state, view.evaluation.version) == ("LV", 4)
    assert [row.id for row in queries.awaiting_approval(MARTINS)] == [decision]
    actions.approve_decision(actor=MARTINS, decision_id=decision, reason="Clear case")
    view = queries.decision(ILZE, decision)
    assert (view.state, view.decider_id, view.decided_at, view.decider_reason) == (
        "approved",
        "usr-martins",
        NOW,
        "Clear case",
    )
    assert queries.approved_decision(person, decision)
    assert queries.awaiting_approval(MARTINS) == []


@pytest.mark.parametrize(
    "act",
    [
        lambda who, one: actions.approve_decision(actor=who, decision_id=one),
        lambda who, one: actions.return_decision(actor=who, decision_id=one, reason="more on the aim"),
        lambda who, one: actions.refuse_decision(actor=who, decision_id=one, reason="not needed"),
    ],
)
def test_the_author_never_decides_even_as_authoriser(person: str, act: Callable[..., None]) -> None:
    decision = submitted(person)
    author = officer(Role.PROBATION_OFFICER, Role.AUTHORISER)
    with pytest.raises(NotAllowed, match="second_person"):
        act(author, decision)
    assert queries.decision(ILZE, decision).state == "awaiting_approval"
    assert queries.awaiting_approval(author) == []


def test_the_database_does_not_let_the_author_decide_either(person: str) -> None:
    decision = submitted(person)
    for change in (
        {"decider_id": "usr-ilze", "decided_at": NOW},
        {"state": "approved"},
        {"decided_at": NOW},
        {"aim": ""},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            models.Decision.objects.filter(pk=decision).update(**change)


@pytest.mark.parametrize(
    "who",
    [
        stranger(),
        authoriser(authority="aut-elsewhere"),
        officer(Role.CONTACT_POINT, who="usr-x"),
        officer(Role.ANALYST, who="usr-x"),
    ],
)
def test_only_an_authoriser_of_the_same_authority_decides(person: str, who: object) -> None:
    decision = submitted(person)
    with pytest.raises(NotAllowed):
        actions.approve_decision(actor=who, decision_id=decision)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"necessity": Necessity()}, "aim"),
        ({"necessity": replace(proposal().necessity, less_intrusive="none")}, "less_intrusive"),
        ({"destinations": ()}, "destinations"),
        ({"outcome": "not_exchange", "reason": "no"}, "reason"),
        ({"outcome": "not_exchange", "reason": WHY}, "review_on"),
        ({"outcome": "not_exchange", "reason": WHY, "review_on": date(2026, 11, 21)}, "review_on"),
    ],
)
def test_the_record_of_necessity_cannot_be_skipped(person: str, other: dict[str, object], field: str) -> None:
    decision = actions.propose_decision(actor=ILZE, person_id=person, proposal=replace(proposal(), **other))  # type: ignore[arg-type]
    with pytest.raises(Invalid) as error:
        actions.submit_decision(actor=ILZE, decision_id=decision)
    assert field in error.value.fields
    assert queries.decision(ILZE, decision).state == "draft"


@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"outcome": "maybe"}, "outcome"),
        ({"destinations": ("Spain",)}, "destinations"),
        ({"stated_reasons": ("hunch",)}, "stated_reasons"),
    ],
)
def test_a_draft_takes_only_known_codes(person: str, other: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as error:
        actions.propose_decision(actor=ILZE, person_id=person, proposal=replace(proposal(), **other))  # type: ignore[arg-type]
    assert field in error.value.fields


def test_returned_and_written_anew(person: str) -> None:
    decision = submitted(person)
    actions.return_decision(actor=MARTINS, decision_id=decision, reason="Say what was weighed")
    assert queries.decision(ILZE, decision).decider_reason == "Say what was weighed"
    actions.change_decision(actor=ILZE, decision_id=decision, proposal=replace(proposal(), destinations=("NL", "ES")))
    actions.submit_decision(actor=ILZE, decision_id=decision)
    view = queries.decision(MARTINS, decision)
    assert (view.state, view.proposal.destinations, view.decider_id) == ("awaiting_approval", ("NL", "ES"), "")


def test_the_criteria_are_those_of_the_day_it_was_submitted(person: str) -> None:
    decision = submitted(person)
    for entry in queries.record(ILZE, person).convictions:
        actions.withdraw_entry(actor=ILZE, entry_id=entry.id, reason="quashed on appeal")
    assert queries.decision(MARTINS, decision).criteria_met
    assert queries.criteria(ILZE, person).outcome.value == "not_met"
    actions.return_decision(actor=MARTINS, decision_id=decision, reason="The record has changed")
    actions.submit_decision(actor=ILZE, decision_id=decision)
    assert queries.decision(MARTINS, decision).criteria_met is False


def test_two_people_at_once(person: str) -> None:
    decision = submitted(person)
    seen = queries.decision(MARTINS, decision).version
    actions.approve_decision(actor=MARTINS, decision_id=decision, version=seen)
    with pytest.raises(Conflict):
        actions.withdraw_decision(actor=ILZE, decision_id=decision, reason="too late", version=seen)
    with pytest.raises(NotPossibleNow):
        actions.withdraw_decision(actor=ILZE, decision_id=decision, reason="too late")


def test_buttons_follow_the_chart_and_the_roles(person: str) -> None:
    decision = submitted(person)
    assert set(queries.decision(MARTINS, decision).actions) == {
        "decision.approve",
        "decision.return",
        "decision.refuse",
    }
    assert queries.decision(ILZE, decision).actions == ("decision.withdraw",)
    with pytest.raises(NotAllowed):
        queries.decision(stranger(), decision)


def test_each_step_is_one_entry_with_codes_only(person: str) -> None:
    before = log.whole().total
    decision = submitted(person)
    actions.approve_decision(actor=MARTINS, decision_id=decision, reason="Clear case")
    steps = log.whole().entries[: log.whole().total - before]
    assert [one.action for one in steps] == ["decision.approve", "decision.submit", "decision.propose"]
    assert steps[0].detail["criteria"] == "LV 4"
    assert "reporting" not in repr(steps)


# Scenario S6: the boy offender


@pytest.fixture
def boy() -> str:
    return cases.record_boy_offender(actor=ILZE)


def test_s6_the_criteria_are_not_met_because_there_is_only_a_juvenile_antecedent(boy: str) -> None:
    result = queries.criteria(ILZE, boy)
    assert result.outcome.value == "not_met"
    assert result.result("serious-conviction").reasons[0].code == "juvenile-only"
    assert "juvenile-only" in {warning.code for warning in result.warnings}


def test_s6_a_draft_to_exchange_warns_and_needs_a_written_override(boy: str) -> None:
    decision = submitted(boy)
    view = queries.decision(MARTINS, decision)
    assert {"juvenile-only", "old-conviction", "criteria-not-met"} <= set(view.open_codes)
    with pytest.raises(Invalid, match="override_missing") as error:
        actions.approve_decision(actor=MARTINS, decision_id=decision)
    assert set(error.value.fields) == set(view.open_codes)
    with pytest.raises(Invalid) as error:
        actions.approve_decision(actor=MARTINS, decision_id=decision, overrides={"juvenile-only": WHY})
    assert "juvenile-only" not in error.value.fields
    assert queries.decision(ILZE, decision).state == "awaiting_approval"
    actions.approve_decision(actor=MARTINS, decision_id=decision, overrides=dict.fromkeys(view.open_codes, WHY))
    view = queries.decision(ILZE, decision)
    assert (view.state, view.criteria_met, view.overrides["juvenile-only"]) == ("approved", False, WHY)
    assert "juvenile-only" in str(log.whole().entries[0].detail["overrides"])


def test_s6_not_to_exchange_is_kept_with_reason_and_review_date(boy: str) -> None:
    refusal = Proposal(
        outcome="not_exchange", reason="Only a robbery at fourteen; nothing since.", review_on=date(2027, 11, 21)
    )
    decision = actions.propose_decision(actor=ILZE, person_id=boy, proposal=refusal)
    actions.submit_decision(actor=ILZE, decision_id=decision)
    actions.approve_decision(actor=MARTINS, decision_id=decision)
    view = queries.decision(ILZE, decision)
    assert (view.state, view.proposal.reason, view.proposal.review_on) == (
        "approved",
        refusal.reason,
        refusal.review_on,
    )
    assert not queries.approved_decision(boy, decision)
    assert [row.id for row in queries.due_for_review(ILZE, date(2027, 11, 21))] == [decision]
    assert queries.due_for_review(ILZE, date(2027, 11, 20)) == []
    assert queries.due_for_review(stranger(), date(2027, 11, 21)) == []


# Scenario S13: everyone on the list


def test_s13_the_same_words_for_a_whole_group_raise_a_warning(person: str) -> None:
    others = populate(actor=ILZE, count=3, seed=1)
    for other in others:
        actions.propose_decision(actor=ILZE, person_id=other, proposal=proposal())
    view = queries.decision(MARTINS, submitted(person))
    assert "whole-group" in view.warning_codes
    with pytest.raises(Invalid):
        actions.approve_decision(actor=MARTINS, decision_id=view.id)


def test_s13_destination_alone_is_not_enough(person: str) -> None:
    view = queries.decision(MARTINS, submitted(person, stated_reasons=("destination",)))
    assert view.open_codes == ("destination-only",)


def test_s13_a_rating_that_a_whole_group_got_is_no_assessment(person: str) -> None:
    other = persons.record_person(actor=ILZE, person=new_person())
    entries = (conviction(), order(), assessment(individual=False), movement_sign())
    actions.record_entries(actor=ILZE, entries=[(other, entry) for entry in entries])
    view = queries.decision(MARTINS, submitted(other))
    assert set(view.open_codes) == {"criteria-missing-data", "whole-group"}
