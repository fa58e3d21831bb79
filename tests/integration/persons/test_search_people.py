"""The search: within what one may find, with what people have judged, logged without a name."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from factories import contact_point, new_person, officer, stranger
from somec.access.rules import Role
from somec.audit import queries as log
from somec.kernel.errors import Invalid, NotAllowed
from somec.persons import actions, finding, queries
from somec.persons.dates import PartialDate
from somec.persons.messages import Birth, Name
from somec.persons.search import CandidateAnswer, Outcome, PersonSearch, SearchName

pytestmark = pytest.mark.django_db
DESK = contact_point()
ILZE = officer()


def asked(text: str = "Valerij Kovshov", *born: str, **other: Any) -> PersonSearch:
    return PersonSearch(names=(SearchName(full=text),) if text else (), born=born, **other)


def ask(query: PersonSearch, actor: Any = DESK, **other: Any) -> CandidateAnswer:
    return queries.search_people(actor, query, purpose="answer_enquiry", **other)


@pytest.fixture
def kovsovs() -> str:
    return actions.record_person(actor=ILZE, person=new_person())


def test_a_name_in_other_letters_finds_the_person_with_evidence_for_each_field(kovsovs: str) -> None:
    answer = ask(asked("Ковшов Валерий", "1984-03-07"))
    best = answer.candidates[0]
    assert (answer.outcome, best.person_id, best.rank) == (Outcome.HIT, kovsovs, 1)
    assert 0.9 < best.probability < 1.0
    assert answer.nobody == pytest.approx(1 - sum(one.probability for one in answer.candidates), abs=1e-6)
    assert {"name", "birth_date", "sex", "document", "height", "fingerprints"} <= {one.field for one in best.evidence}


def test_what_may_be_found_but_not_read_is_withheld(kovsovs: str) -> None:
    fields = {one.field: one for one in ask(asked()).candidates[0].sides}
    assert fields["name"].filed == ("KOVŠOVS, Valērijs",)
    assert (fields["document"].filed, fields["document"].withheld) == ((), True)
    mine = {one.field: one for one in ask(asked(), ILZE).candidates[0].sides}
    assert mine["document"].filed
    assert not mine["document"].withheld


def test_who_may_not_find_the_file_gets_the_answer_of_an_index_without_it(kovsovs: str) -> None:
    answer = ask(asked("Valerij Kovshov", "1984-03-07"), stranger())
    assert (answer.outcome, answer.candidates, answer.people) == (Outcome.NO_CANDIDATE, (), 0)
    assert answer.nobody == 1.0
    assert "search.only_files_you_may_find" in answer.reasons


SEARCHES = frozenset({
    Role.PROBATION_OFFICER, Role.AUTHORISER, Role.CONTACT_POINT, Role.POLICE_OFFICER, Role.PRISON, Role.COURT,
    Role.CENTRAL_AUTHORITY, Role.SIRENE,
})  # fmt: skip
FINDS_ANYBODY = frozenset({Role.CONTACT_POINT, Role.CENTRAL_AUTHORITY, Role.SIRENE})


@pytest.mark.parametrize("role", list(Role))
def test_every_role_searches_only_within_what_it_may_find(kovsovs: str, role: Role) -> None:
    who = replace(stranger(), roles=frozenset({role}))
    if role not in SEARCHES:
        with pytest.raises(NotAllowed):
            ask(asked(), who)
        return
    found = [one.person_id for one in ask(asked(), who).candidates]
    assert found == ([kovsovs] if role in FINDS_ANYBODY else [])


def test_one_s_own_file_is_not_lost_among_the_many_one_may_not_find(monkeypatch: pytest.MonkeyPatch) -> None:
    namesakes = [new_person(documents=()) for _ in range(70)]
    actions.record_people(actor=ILZE, people=namesakes)
    other = stranger()
    mine = actions.record_person(actor=other, person=new_person(births=(), documents=()))
    answer = ask(asked("Valerij Kovshov", "1984-03-07"), other)
    assert ([one.person_id for one in answer.candidates], answer.people) == ([mine], 1)
    monkeypatch.setattr(finding, "COMPARED_ONE_BY_ONE", 0)
    assert ask(asked("Valerij Kovshov", "1984-03-07"), other).candidates == ()


def test_roles_that_never_search_and_questions_without_purpose_are_refused(kovsovs: str) -> None:
    with pytest.raises(NotAllowed):
        ask(asked(), officer(Role.ANALYST))
    with pytest.raises(NotAllowed, match=r"person\.no_purpose"):
        queries.search_people(replace(DESK, purpose=""), asked())


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        (asked("a" * 10_000), "names", "too_long"),
        (asked("A", "1984-13"), "born", "month"),
        (asked("A", "some day"), "born", "malformed"),
        (asked(sex="M"), "sex", "choice"),
        (asked(nationalities=("LVA",)), "nationalities", "state_code"),
        (PersonSearch(documents=("1234",) * 11), "documents", "too_many"),
    ],
)
def test_what_is_no_question_is_refused_by_field(query: PersonSearch, field: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        ask(query)
    assert code in refused.value.fields[field]


@pytest.mark.parametrize("query", [PersonSearch(), asked("K"), asked("\u202e"), asked("", "1984")])
def test_a_question_that_tells_nobody_apart_is_too_thin(kovsovs: str, query: PersonSearch) -> None:
    answer = ask(query)
    assert (answer.outcome, answer.candidates) == (Outcome.QUERY_TOO_THIN, ())


def test_bidirectional_and_invisible_characters_do_not_hide_a_name(kovsovs: str) -> None:
    assert ask(asked("\u202eValerij\u200b \u2067Kovshov\x00")).candidates[0].person_id == kovsovs


def test_case_number_and_document_are_looked_up_exactly(kovsovs: str) -> None:
    file = queries.view(kovsovs)
    by_case = ask(PersonSearch(case_number=file.case_number.lower())).exact
    by_paper = ask(PersonSearch(documents=(file.documents[0].number,))).exact
    assert [(one.person_id, one.by) for one in (*by_case, *by_paper)] == [
        (kovsovs, "case_number"), (kovsovs, "document"),
    ]  # fmt: skip
    assert ask(PersonSearch(case_number=file.case_number), stranger()).exact == ()


def test_a_change_is_found_by_the_next_question_and_an_erased_file_is_gone(kovsovs: str) -> None:
    assert ask(asked("Zoltán Szabó")).candidates == ()
    actions.add_statement(actor=ILZE, person_id=kovsovs, statement=Name(family="SZABÓ", given="Zoltán", kind="alias"))
    assert ask(asked("Zoltán Szabó")).candidates[0].person_id == kovsovs
    queries.models.Person.objects.get(pk=kovsovs).delete()
    answer = ask(asked("Zoltán Szabó"))
    assert (answer.candidates, answer.people) == ((), 0)


def test_every_question_is_logged_with_its_purpose_and_without_a_name(kovsovs: str) -> None:
    ask(asked("Valerij Kovshov", "1984-03-07"))
    question, shown = log.trail_of(DESK.id).entries[:2][::-1]
    assert (question.action, question.purpose, question.subject) == ("person.find", "answer_enquiry", "person")
    assert question.detail["fields"] == "born,names"
    assert question.detail["outcome"] == "hit"
    assert len(str(question.detail["query"])) == 64
    assert (shown.action, shown.case, shown.purpose) == ("person.shown", kovsovs, "answer_enquiry")
    assert "ovsh" not in str(question).lower() + str(shown).lower()


def test_two_who_look_the_same_are_tied_and_share_the_probability() -> None:
    for number in ("LV1111111", "LV2222222"):
        paper = (new_person().documents[0].__class__(kind="passport", number=number, state="LV"),)
        actions.record_person(actor=ILZE, person=new_person(documents=paper))
    answer = ask(asked("Valerij Kovshov", "1984-03-07"))
    assert [one.tied for one in answer.candidates] == [True, True]
    assert all(one.probability <= 0.5 for one in answer.candidates)
    assert "matching.tied" in answer.reasons


def test_a_twin_is_pointed_out(kovsovs: str) -> None:
    twin = new_person(names=(Name(family="KOVŠOVS", given="Pēteris"),), documents=())
    actions.record_person(actor=ILZE, person=twin)
    answer = ask(asked("Valērijs Kovšovs", "1984-03-07"))
    first, second = answer.candidates[:2]
    assert first.cautions[0].other == second.person_id
    assert [one.code for one in first.cautions] == ["twin"]
    assert {(one.code, one.other) for one in second.cautions} == {("twin", ""), ("twin", kovsovs)}


def test_the_answer_costs_the_same_queries_however_many_candidates(
    kovsovs: str, django_assert_num_queries: Any
) -> None:
    ask(asked())
    ask(asked())
    with django_assert_num_queries(31):
        ask(asked())
    actions.record_people(actor=ILZE, people=[new_person(documents=()) for _ in range(9)])
    ask(asked())
    with django_assert_num_queries(31):
        assert len(ask(asked()).candidates) == 10


def test_pages_hold_ten_and_the_last_one_the_rest() -> None:
    actions.record_people(actor=ILZE, people=[new_person(documents=()) for _ in range(12)])
    answer = ask(asked(), page=2)
    assert (answer.total, answer.pages, len(answer.candidates)) == (12, 2, 2)
    assert ask(asked(), page=99).page == 2


def test_partial_dates_are_asked_as_they_are_known() -> None:
    births = (Birth(date=PartialDate(1984, 3)),)
    person = actions.record_person(actor=ILZE, person=new_person(births=births))
    assert ask(asked("Kovsovs Valerijs", "1984")).candidates[0].person_id == person


def test_the_nearest_of_a_few_files_is_no_hit_by_that_alone() -> None:
    """In a node of one file the same evidence says less than in one that holds a hundred thousand."""
    actions.record_person(actor=ILZE, person=new_person(documents=(), nationalities=(), birthplaces=(), biometrics=()))
    near = ask(asked("Valērijs Kovšs", "1984-03-17"))
    assert near.outcome is Outcome.CANDIDATE, "shown, and not a hit"
    assert near.prior == pytest.approx(0.8 / 100_000)
    sure = ask(asked("Valērijs Kovšovs", "1984-03-07"))
    assert sure.candidates[0].probability > near.candidates[0].probability
    assert sum(one.probability for one in near.candidates) + near.nobody == pytest.approx(1.0)


@pytest.mark.parametrize("reader_may_open", [False, True])
def test_a_field_that_is_withheld_does_not_say_whether_it_agrees(kovsovs: str, reader_may_open: bool) -> None:
    number = queries.view(kovsovs).documents[0].number
    actor = ILZE if reader_may_open else DESK
    right = asked("Valerij Kovshov", "1984-03-07", nationalities=("LV",), documents=(number,), birthplaces=("Rīga",))
    wrong = replace(right, nationalities=("EE",), documents=("ZZ999999",), birthplaces=("Tallinn",))
    told = [ask(one, actor).candidates[0] for one in (right, wrong, asked("Valerij Kovshov", "1984-03-07"))]
    hidden = {"nationality", "document", "birthplace"}
    of_hidden = [[one for one in candidate.evidence if one.field in hidden] for candidate in told]
    if reader_may_open:
        assert of_hidden[0] != of_hidden[1]
        assert told[0].bits > told[1].bits
        return
    assert of_hidden[0] == of_hidden[1]
    assert {(one.code, one.bits) for one in of_hidden[0]} == {("field.withheld", 0.0)}
    assert {one.code for one in of_hidden[2]} == {f"{field}.missing" for field in hidden}
    assert told[0].bits == pytest.approx(told[1].bits)
    assert told[0].probability > told[1].probability, "it counts all the same"


def test_one_number_on_two_people_is_told_to_who_may_read_both(kovsovs: str) -> None:
    number = queries.view(kovsovs).documents[0].number
    question = asked("Ilze Ozola", "1990-05-17", sex="female", documents=(number,))
    codes = [
        {caution.code for one in ask(question, actor).candidates for caution in one.cautions} for actor in (ILZE, DESK)
    ]
    assert ("shared_document" in codes[0], "shared_document" in codes[1]) == (True, False)


# --- the prior --------------------------------------------------------------------------------------------------------


def test_the_prior_is_stated_by_whoever_asks_else_by_the_node_else_by_the_model(kovsovs: str, settings: Any) -> None:
    question = asked("Valerij", "1984-03")
    of_model = ask(question)
    settings.CONFIG = replace(settings.CONFIG, search_prior=0.0005)
    of_node = ask(question)
    of_asker = ask(replace(question, prior=0.9))
    assert [one.prior_by for one in (of_model, of_node, of_asker)] == ["model", "node", "asker"]
    assert of_model.prior < 0.01
    assert (of_node.prior, of_asker.prior) == (0.0005, 0.9)
    likely = [one.candidates[0].probability for one in (of_model, of_node, of_asker)]
    assert likely == sorted(likely)
    assert len(set(likely)) == 3
    assert all(0.0 < one < 1.0 for one in likely)


def test_what_the_node_states_counts_for_the_share_of_files_that_one_may_find(settings: Any) -> None:
    settings.CONFIG = replace(settings.CONFIG, search_prior=0.4)
    actions.record_people(actor=ILZE, people=[new_person() for _ in range(3)])
    actions.record_person(actor=stranger(), person=new_person())
    assert ask(asked("Valerij Kovshov")).prior == pytest.approx(0.4)
    assert ask(asked("Valerij Kovshov"), stranger()).prior == pytest.approx(0.1)


@pytest.mark.parametrize("prior", [0.0, 1.0, -0.1, 7.0, float("nan")])
def test_a_prior_that_knows_the_answer_beforehand_is_refused(kovsovs: str, prior: float) -> None:
    with pytest.raises(Invalid) as refused:
        ask(replace(asked("Valerij Kovshov"), prior=prior))
    assert refused.value.fields["prior"] == ["range"]


def test_the_prior_stands_in_the_log(kovsovs: str) -> None:
    ask(replace(asked("Valerij Kovshov"), prior=0.25))
    entry = next(one for one in log.trail_of(DESK.id).entries if one.action == "person.find")
    assert (entry.detail["prior"], entry.detail["prior_by"]) == ("0.25", "asker")
