"""Candidates, judgements, and people taken over from a notice."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from factories import contact_point, new_person, officer
from somec.access.rules import Role
from somec.audit import queries as log
from somec.kernel import clock
from somec.kernel.errors import Invalid, NotAllowed, NotFound
from somec.persons import actions, models, queries
from somec.persons.actions import Weighed
from somec.persons.dates import PartialDate
from somec.persons.messages import Birth, Name, Nationality
from somec.persons.search import CandidateAnswer, Outcome

pytestmark = pytest.mark.django_db
DESK = contact_point()
ILZE = officer()
SPAIN_SAYS: dict[str, Any] = {
    "names": [{"family_name": "KOVSHOV", "given_name": "Valeriy"}],
    "births": [{"birth_date": "1984-03-17"}],
    "sex": "male",
    "citizenships": [{"country": "LV"}],
}


@pytest.fixture
def kovsovs() -> str:
    births = (Birth(date=PartialDate(1984, 3, 7)), Birth(date=PartialDate(1984, 3, 17)))
    return actions.record_person(actor=ILZE, person=new_person(births=births))


@pytest.fixture
def ozols() -> str:
    return actions.record_person(
        actor=ILZE,
        person=new_person(
            names=(Name(family="OZOLS", given="Valērijs"),),
            births=(Birth(date=PartialDate(1984, 3, 17)),),
            documents=(),
        ),
    )


def match(said: dict[str, Any] = SPAIN_SAYS, subject: str = "inc-1", **other: Any) -> CandidateAnswer:
    return queries.match_candidates(DESK, said, subject=subject, **other)


def found(**other: Any) -> list[str]:
    return [one.person_id for one in match(**other).candidates]


def test_the_nearest_stands_first_with_its_evidence(kovsovs: str, ozols: str) -> None:
    answer = match()
    best = answer.candidates[0]
    assert best.person_id == kovsovs
    assert best.probability > 0.5 > answer.nobody
    evidence = {(one.field, one.direction.value) for one in best.evidence}
    assert {("name", "for"), ("birth_date", "for"), ("document", "missing")} <= evidence
    assert all(one.probability < 0.01 for one in answer.candidates if one.person_id == ozols)


def test_somebody_quite_different_is_no_candidate(ozols: str) -> None:
    nobody = {"names": [{"family_name": "Nguyen", "given_name": "Thi"}], "births": [{"birth_date": "1955-01-01"}]}
    answer = match(nobody)
    assert (answer.outcome, answer.candidates) == (Outcome.NO_CANDIDATE, ())
    assert answer.nobody > 0.99


@pytest.mark.parametrize("number", ["LV5520193", "lv 552-0193"])
def test_a_document_number_alone_finds_him_under_a_false_name(kovsovs: str, number: str) -> None:
    other = {"names": [{"family_name": "Silva"}], "identifiers": [{"notation": number, "issuing_state": "LV"}]}
    best = match(other).candidates[0]
    assert best.person_id == kovsovs
    assert {one.code for one in best.evidence if one.field == "document"} == {"field.withheld"}
    mine = queries.match_candidates(ILZE, other, subject="inc-1").candidates[0]
    assert ("document", "for") in {(one.field, one.direction.value) for one in mine.evidence}


def test_who_may_not_find_gets_no_candidates(kovsovs: str) -> None:
    answer = queries.match_candidates(officer(Role.ANALYST), SPAIN_SAYS, subject="inc-1")
    assert (answer.candidates, answer.people) == ((), 0)


def test_the_question_is_logged_with_who_was_shown(kovsovs: str) -> None:
    match()
    shown, question = log.trail_of(DESK.id).entries[:2]
    assert (question.action, question.subject, question.kind.value) == ("person.match", "inc-1", "consultation")
    assert (shown.action, shown.case) == ("person.shown", kovsovs)


def judge(person_id: str | None, verdict: str, **other: Any) -> str:
    values = {"actor": DESK, "subject": "inc-1", "reason": "name in both scripts", **other}
    return actions.judge(person_id=person_id, verdict=verdict, **values)


def test_not_the_same_does_not_come_back(kovsovs: str, ozols: str) -> None:
    judge(ozols, "not_same", grounds=("date_and_place",))
    assert ozols not in found()
    judge(kovsovs, "not_same")
    answer = match()
    assert (answer.candidates, answer.turned_down) == ((), 2)
    assert found(subject="inc-2")[0] == kovsovs


def test_not_the_same_holds_for_the_next_notice_about_the_same_person_of_that_state(kovsovs: str) -> None:
    judge(kovsovs, "not_same", weighed=Weighed(subject_person="ES:prs-1"))
    assert found(subject="inc-2", subject_person="ES:prs-1") == []
    assert found(subject="inc-2", subject_person="ES:prs-2") == [kovsovs]


def test_what_was_judged_same_is_shown_however_unlikely_it_has_become(ozols: str) -> None:
    judge(ozols, "same", grounds=("fingerprints",))
    nobody = {"names": [{"family_name": "Nguyen", "given_name": "Thi"}], "births": [{"birth_date": "1955-01-01"}]}
    (shown,) = match(nobody).candidates
    assert (shown.person_id, shown.verdict) == (ozols, "same")
    assert shown.probability < 0.01


def test_cannot_tell_comes_back_and_says_so(kovsovs: str) -> None:
    judge(kovsovs, "cannot_tell")
    assert [(one.verdict, one.new_facts) for one in match().candidates] == [("cannot_tell", False)]
    actions.change_file(actor=ILZE, person_id=kovsovs, sex="other", reason="seen again")
    assert [(one.verdict, one.new_facts) for one in match().candidates] == [("cannot_tell", True)]


def test_a_new_answer_takes_the_old_one_back_and_both_stay(kovsovs: str, ozols: str) -> None:
    judge(ozols, "same")
    judge(kovsovs, "same", reason="prints agree", grounds=("fingerprints",))
    newest, oldest = queries.judgements("inc-1")
    assert (newest.person_id, newest.verdict, newest.withdrawn_at) == (kovsovs, "same", None)
    assert (oldest.person_id, oldest.withdrawn_because, oldest.withdrawn_by) == (ozols, "prints agree", DESK.id)
    entry = log.whole().entries[0]
    assert (entry.action, entry.kind.value, entry.subject, entry.case) == (
        "person.judge",
        "combination",
        "inc-1",
        kovsovs,
    )


def test_an_answer_can_be_taken_back(kovsovs: str) -> None:
    answer = judge(kovsovs, "not_same")
    actions.withdraw_judgement(actor=DESK, judgement_id=answer, reason="wrong row clicked")
    assert found(subject="inc-1") == [kovsovs]
    with pytest.raises(NotFound):
        actions.withdraw_judgement(actor=DESK, judgement_id=answer, reason="twice")


def test_nobody_in_the_index_is_an_answer() -> None:
    judge(None, "not_same")
    judge(None, "cannot_tell")
    assert [(one.person_id, one.verdict, one.withdrawn_at is None) for one in queries.judgements("inc-1")] == [
        (None, "cannot_tell", True),
        (None, "not_same", False),
    ]


@pytest.mark.parametrize(
    ("verdict", "other", "field"),
    [
        ("perhaps", {}, "verdict"),
        ("same", {"reason": ""}, "reason"),
        ("same", {"grounds": ("nationality",)}, "grounds"),
    ],
)
def test_what_no_judgement_can_say(kovsovs: str, verdict: str, other: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as error:
        judge(kovsovs, verdict, **other)
    assert field in error.value.fields


def test_the_same_as_nobody_is_no_answer() -> None:
    with pytest.raises(Invalid) as error:
        judge(None, "same")
    assert error.value.fields == {"verdict": ["whom"]}


def test_only_the_contact_point_judges(kovsovs: str) -> None:
    with pytest.raises(NotAllowed):
        judge(kovsovs, "same", actor=ILZE)


def test_the_database_keeps_one_same_for_a_subject(kovsovs: str, ozols: str) -> None:
    judge(kovsovs, "same")
    second = models.Judgement(
        id="jdg-2", subject="inc-1", person_id=ozols, verdict="same", reason="x", at=clock.now(), by="usr-x"
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        second.save(force_insert=True)


def test_adopting_opens_a_file_on_the_desk_with_the_other_states_words(kovsovs: str) -> None:
    item = queries.identity_item(kovsovs)
    adopted = actions.adopt(actor=DESK, identity=item, subject="inc-7")
    view = queries.person(DESK, adopted)
    assert (view.desk, view.adopted_from, view.authority_id, view.label) == (
        True,
        "inc-7",
        DESK.authority_id,
        "KOVŠOVS, Valērijs",
    )
    assert [str(one.date) for one in view.births] == ["1984-03-07", "1984-03-17"]
    assert [(one.verdict, one.person_id) for one in queries.judgements("inc-7")] == [("same", adopted)]
    assert actions.adopt(actor=DESK, identity=item, subject="inc-7") == adopted
    assert queries.count() == 2


def test_adopting_leaves_out_what_our_rules_refuse(kovsovs: str) -> None:
    item = {
        "names": [{"family_name": "X", "main": True}, {"family_name": "Y", "main": True}],
        "births": [{"birth_date": "2999"}],
        "citizenships": [{"country": "LV"}, {"country": "LV"}],
        "identifiers": [{"notation": "1;2", "issuing_state": "LV"}],
    }
    view = queries.person(DESK, actions.adopt(actor=DESK, identity=item, subject="inc-8"))
    assert [(name.family, name.main) for name in view.names] == [("X", True), ("Y", False)]
    assert (view.births, view.documents) == ((), ())
    assert [replace(one, id="", origin=Nationality(state="LV").origin) for one in view.nationalities] == [
        Nationality(state="LV")
    ]
