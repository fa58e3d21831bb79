"""Person files in the database: recorded, corrected with history, guarded, found, logged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from factories import OFFICE, authoriser, contact_point, new_person, officer, stranger
from somec.access import actions as access
from somec.access.rules import Actor, Role, node_actor
from somec.audit import queries as log
from somec.kernel import clock
from somec.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, NotPossibleNow
from somec.persons import actions, models, queries
from somec.persons.dates import PartialDate
from somec.persons.messages import Birth, Document, Name, Nationality, Origin
from somec.persons.queries import PersonQuery

pytestmark = pytest.mark.django_db
ILZE = officer()


@pytest.fixture
def person() -> str:
    return actions.record_person(actor=ILZE, person=new_person())


def last_entry() -> log.EntryView:
    return log.whole().entries[0]


def names_of(page: queries.Page) -> list[str]:
    return [row.label for row in page.rows]


# Record and correct


def test_a_file_shows_what_was_recorded(person: str) -> None:
    view = queries.person(ILZE, person)
    assert (view.label, view.state, view.authority_id, view.owner_id) == ("KOVŠOVS, Valērijs", "LV", OFFICE, "usr-ilze")
    assert view.certainty_origin == new_person().certainty_origin
    for plural in ("names", "births", "birthplaces", "nationalities", "documents", "descriptions", "biometrics"):
        kept = [replace(statement, id="") for statement in getattr(view, plural)]
        given = [replace(one, script="Latn") if plural == "names" else one for one in getattr(new_person(), plural)]
        assert kept == given


def test_case_numbers_count_up_within_a_year() -> None:
    with clock.frozen(datetime(2026, 12, 31, 12, tzinfo=UTC)):
        first, second = actions.record_people(actor=ILZE, people=[new_person(), new_person()])
    with clock.frozen(datetime(2027, 1, 1, 12, tzinfo=UTC)):
        third = actions.record_person(actor=ILZE, person=new_person())
    given = queries.labels([first, second, third])
    assert [given[one].case_number for one in (first, second, third)] == [
        "LV-2026-000001",
        "LV-2026-000002",
        "LV-2027-000001",
    ]


def test_a_name_in_another_script_is_romanised_by_named_rules(person: str) -> None:
    added = actions.add_statement(
        actor=ILZE, person_id=person, statement=Name(kind="birth", family="КОВШОВ", given="Валерий", language="ru")
    )
    name = next(one for one in queries.person(ILZE, person).names if one.id == added)
    assert name.script == "Cyrl"
    assert {roman.rule: roman.family for roman in name.romanisations} == {"icao_9303": "KOVSHOV", "bgn_pcgn": "KOVSHOV"}


def test_a_wrong_check_digit_is_shown_and_not_refused(person: str) -> None:
    paper = Document(kind="national_number", number="161175-19990", state="LV")
    added = actions.add_statement(actor=ILZE, person_id=person, statement=paper)
    shown = next(one for one in queries.person(ILZE, person).documents if one.id == added)
    assert (shown.number, shown.check) == ("161175-19990", "wrong")


def test_a_correction_keeps_the_old_value_with_who_when_and_why(person: str) -> None:
    birth = queries.person(ILZE, person).births[0]
    at = datetime(2026, 11, 21, 9, tzinfo=UTC)
    with clock.frozen(at):
        actions.correct_statement(
            actor=ILZE,
            person_id=person,
            statement_id=birth.id,
            reason="birth certificate seen",
            statement=replace(birth, date=PartialDate(1984, 3, 17)),
        )
    assert [str(one.date) for one in queries.person(ILZE, person).births] == ["1984-03-17"]
    change = queries.history(ILZE, person)[0]
    assert (change.kind, change.entity, change.entity_id) == ("corrected", "birth", birth.id)
    assert (change.before, change.after) == ({"day": 7}, {"day": 17})
    assert (change.by, change.at, change.reason) == ("usr-ilze", at, "birth certificate seen")
    assert queries.find(ILZE, PersonQuery(born="1984-03-17")).total == 1
    assert queries.find(ILZE, PersonQuery(born="1984-03-07")).total == 0


def test_a_withdrawn_statement_leaves_the_view_and_stays_in_the_history(person: str) -> None:
    paper = queries.person(ILZE, person).documents[0]
    before = clock.now()
    actions.withdraw_statement(actor=ILZE, person_id=person, statement_id=paper.id, reason="belongs to his brother")
    assert queries.person(ILZE, person).documents == ()
    assert queries.find(ILZE, PersonQuery(text="LV5520193")).total == 0
    change = queries.changed_since(person, before)[0]
    assert (change.kind, change.before["number"]) == ("withdrawn", "LV5520193")
    with pytest.raises(NotFound):
        actions.withdraw_statement(actor=ILZE, person_id=person, statement_id=paper.id, reason="again")


def test_a_main_name_gives_way_only_to_another(person: str) -> None:
    first = queries.person(ILZE, person).names[0]
    with pytest.raises(NotPossibleNow, match="main_name"):
        actions.withdraw_statement(actor=ILZE, person_id=person, statement_id=first.id, reason="wrong name")
    actions.add_statement(actor=ILZE, person_id=person, statement=Name(family="OZOLS", given="Jānis", main=True))
    assert queries.person(ILZE, person).label == "OZOLS, Jānis"
    actions.withdraw_statement(actor=ILZE, person_id=person, statement_id=first.id, reason="wrong name")
    assert names_of(queries.find(ILZE, PersonQuery(text="ozol"))) == ["OZOLS, Jānis"]
    assert queries.find(ILZE, PersonQuery(text="kovs")).total == 0


def test_the_file_itself_is_corrected_with_history(person: str) -> None:
    origin = Origin(source="interview", evaluation="B3")
    actions.change_file(
        actor=ILZE,
        person_id=person,
        certainty="said_by_himself",
        certainty_origin=origin,
        reason="prints were another's",
    )
    view = queries.person(ILZE, person)
    assert (view.certainty, view.certainty_origin) == ("said_by_himself", origin)
    assert queries.history(ILZE, person)[0].before["certainty"] == "confirmed_by_fingerprints"
    with pytest.raises(Invalid) as error:
        actions.change_file(actor=ILZE, person_id=person, sex="m", reason="typing mistake")
    assert error.value.fields == {"sex": ["choice"]}


def test_handing_over_changes_who_reads(person: str) -> None:
    office = access.create_authority(actor=node_actor("LV"), name="Elsewhere", kind="probation")
    other = access.create_user(actor=node_actor("LV"), email="other@made.example", name="Made Up", authority=office)
    with pytest.raises(NotAllowed):
        queries.person(stranger(), person)
    actions.assign(actor=ILZE, person_id=person, owner_id=other, reason="moved to another district")
    assert queries.person(stranger(who=other), person).owner_id == other
    with pytest.raises(NotFound):
        actions.assign(actor=ILZE, person_id=person, owner_id="usr-nobody", reason="moved again")


def test_who_saw_an_older_version_is_told_and_nothing_is_lost(person: str) -> None:
    seen = queries.person(ILZE, person).version
    actions.add_statement(actor=ILZE, person_id=person, statement=Nationality(state="EE"), version=seen)
    with pytest.raises(Conflict) as error:
        actions.add_statement(actor=ILZE, person_id=person, statement=Nationality(state="LT"), version=seen)
    assert error.value.parameters == {"seen": seen, "now": seen + 1}
    assert [one.state for one in queries.person(ILZE, person).nationalities] == ["LV", "EE"]


@pytest.mark.parametrize(
    ("reason", "code"), [("", "missing"), ("  ", "missing"), ("x", "too_short"), ("x" * 501, "too_long")]
)
def test_a_correction_needs_a_reason(person: str, reason: str, code: str) -> None:
    birth = queries.person(ILZE, person).births[0]
    with pytest.raises(Invalid) as error:
        actions.correct_statement(actor=ILZE, person_id=person, statement_id=birth.id, statement=birth, reason=reason)
    assert code in error.value.fields["reason"]


def test_a_statement_stays_of_its_kind_and_person(person: str) -> None:
    other = actions.record_person(actor=ILZE, person=new_person())
    birth = queries.person(ILZE, person).births[0]
    with pytest.raises(Invalid, match="other_kind"):
        actions.correct_statement(
            actor=ILZE, person_id=person, statement_id=birth.id, statement=Nationality(state="LV"), reason="mistake"
        )
    with pytest.raises(NotFound):
        actions.correct_statement(actor=ILZE, person_id=other, statement_id=birth.id, statement=birth, reason="mistake")


def test_the_same_nationality_twice_is_a_mistake_of_the_form(person: str) -> None:
    with pytest.raises(Invalid) as error:
        actions.add_statement(actor=ILZE, person_id=person, statement=Nationality(state="LV"))
    assert error.value.fields == {"state": ["twice"]}


def test_an_import_is_all_or_nothing() -> None:
    with pytest.raises(Invalid), transaction.atomic():
        actions.record_people(actor=ILZE, people=[new_person(), new_person(sex="m")])
    assert queries.count() == 0


# Who may


@pytest.mark.parametrize(
    ("who", "reads"),
    [
        (officer(), True),
        (authoriser(), True),
        (stranger(), False),
        (contact_point(), False),
        (officer(Role.ANALYST), False),
        (officer(Role.ADMINISTRATOR), False),
        (officer(Role.PRISON), True),
        (officer(scopes=frozenset({"notice.read"})), False),
        (stranger(who="usr-ilze"), True),
    ],
)
def test_who_reads_a_file(person: str, who: Actor, reads: bool) -> None:
    if reads:
        assert queries.person(who, person).id == person
        return
    with pytest.raises(NotAllowed):
        queries.person(who, person)


def test_a_closed_file_and_an_unknown_one_give_the_same_answer(person: str) -> None:
    answers = []
    for asked in (person, "prs-00000000000000000000000000"):
        with pytest.raises(NotAllowed) as error:
            queries.person(stranger(), asked)
        answers.append((error.value.code, set(error.value.parameters)))
    assert answers[0] == answers[1]


def test_reading_needs_a_purpose_and_is_logged(person: str) -> None:
    with pytest.raises(NotAllowed, match="no_purpose"):
        actions.open_file(actor=officer(purpose=""), person_id=person)
    actions.open_file(actor=officer(purpose="decide-to-tell"), person_id=person)
    entry = last_entry()
    assert (entry.action, entry.kind.value, entry.subject, entry.case, entry.purpose) == (
        "person.read",
        "consultation",
        person,
        person,
        "decide-to-tell",
    )
    with pytest.raises(NotAllowed):
        actions.open_file(actor=stranger(), person_id=person)


Act = Callable[[str], Any]


@pytest.mark.parametrize(
    ("act", "action", "kind"),
    [
        (
            lambda one: actions.add_statement(actor=ILZE, person_id=one, statement=Birth(date=PartialDate(1984))),
            "person.add",
            "collection",
        ),
        (
            lambda one: actions.change_file(actor=ILZE, person_id=one, sex="other", reason="register"),
            "person.correct",
            "alteration",
        ),
        (lambda _: actions.log_search(actor=ILZE, fields=("text",), found=2), "person.find", "consultation"),
    ],
)
def test_one_act_is_one_entry(person: str, act: Act, action: str, kind: str) -> None:
    before = log.whole().total
    act(person)
    assert log.whole().total == before + 1
    assert (last_entry().action, last_entry().kind.value) == (action, kind)


def test_the_log_holds_no_name_no_number_and_no_date_of_birth(person: str) -> None:
    paper = queries.person(ILZE, person).documents[0]
    actions.correct_statement(
        actor=ILZE,
        person_id=person,
        statement_id=paper.id,
        statement=replace(paper, number="LV5520194"),
        reason="misread",
    )
    written = repr(log.whole().entries)
    assert person in written
    for secret in ("KOV", "Val", "LV552", "1984-03"):
        assert secret not in written


# Find


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (PersonQuery(text="kov"), ["KOVŠOVS, Valērijs"]),
        (PersonQuery(text="Kovšo val"), ["KOVŠOVS, Valērijs"]),
        (PersonQuery(text="val kov"), ["KOVŠOVS, Valērijs"]),
        (PersonQuery(text="kov jan"), []),
        (PersonQuery(text="ковш"), ["KOVŠOVS, Valērijs"]),
        (PersonQuery(text="lv-552 0193"), ["KOVŠOVS, Valērijs"]),
        (PersonQuery(text="LV-2026-000002"), ["OZOLS, Jānis"]),
        (PersonQuery(born="1984"), ["KOVŠOVS, Valērijs", "OZOLS, Jānis"]),
        (PersonQuery(born="1984-03"), ["KOVŠOVS, Valērijs"]),
        (PersonQuery(text="ozols", born="1990"), []),
        (PersonQuery(relation="mine"), ["KOVŠOVS, Valērijs"]),
        (PersonQuery(status="closed"), []),
        (PersonQuery(), ["KOVŠOVS, Valērijs", "OZOLS, Jānis"]),
        (PersonQuery(text="%"), []),
        (PersonQuery(text="_ov"), []),
    ],
)
def test_find(query: PersonQuery, found: list[str]) -> None:
    with clock.frozen(datetime(2026, 11, 21, tzinfo=UTC)):
        actions.record_person(actor=ILZE, person=new_person())
        paper = Document(kind="passport", number="LV1", state="LV")
        other = new_person(
            names=(Name(family="OZOLS", given="Jānis"),),
            births=(Birth(date=PartialDate(1984)),),
            owner_id="usr-x",
            documents=(paper,),
        )
        actions.record_person(actor=ILZE, person=other)
    assert names_of(queries.find(ILZE, query)) == found


def test_a_hit_that_may_not_be_opened_says_so(person: str) -> None:
    hits = queries.find(contact_point(), PersonQuery(text="kov"))
    assert [row.readable for row in hits.rows] == [False]
    assert [row.readable for row in queries.find(ILZE, PersonQuery(text="kov")).rows] == [True]
    assert queries.find(contact_point(), PersonQuery(relation="readable")).total == 0
    assert queries.find(stranger(), PersonQuery(text="kov")).total == 0
    assert queries.find(officer(Role.ANALYST), PersonQuery()).total == 0


def test_pages_hold_together() -> None:
    people = [new_person(names=(Name(family=f"A{chr(97 + number)}", given="B"),)) for number in range(7)]
    actions.record_people(actor=ILZE, people=people)
    pages = [queries.find(ILZE, PersonQuery(), page=page, size=3) for page in (1, 2, 3, 9)]
    assert [names_of(page) for page in pages] == [
        ["Aa, B", "Ab, B", "Ac, B"],
        ["Ad, B", "Ae, B", "Af, B"],
        ["Ag, B"],
        ["Ag, B"],
    ]
    assert {(page.total, page.pages) for page in pages} == {(7, 3)}


def test_lists_and_files_ask_the_database_the_same_number_of_times(django_assert_num_queries: Any) -> None:
    ids = actions.record_people(actor=ILZE, people=[new_person() for _ in range(3)])
    with django_assert_num_queries(2):
        queries.find(ILZE, PersonQuery(text="kov"))
    with django_assert_num_queries(12):
        queries.person(ILZE, ids[0])
    actions.record_people(actor=ILZE, people=[new_person() for _ in range(30)])
    with django_assert_num_queries(2):
        assert len(queries.find(ILZE, PersonQuery(text="kov")).rows) == 33
    with django_assert_num_queries(1):
        assert len(queries.labels(ids)) == 3
    with django_assert_num_queries(11):
        assert len(list(queries.match_records(ids))) == 3


def test_the_matching_engine_gets_every_file_once_in_order() -> None:
    ids = actions.record_people(actor=ILZE, people=[new_person() for _ in range(5)])
    assert [view.id for view in queries.match_records()] == sorted(ids)


# The database refuses what the rules refuse


@pytest.mark.parametrize(
    "change",
    [
        lambda row: models.Person.objects.filter(pk=row.pk).update(sex="m"),
        lambda row: models.Person.objects.filter(pk=row.pk).update(authority_id=""),
        lambda row: models.Person.objects.filter(pk=row.pk).update(status="gone"),
        lambda row: row.birth_set.update(month=None),
        lambda row: row.birth_set.update(month=13),
        lambda row: row.birth_set.update(day=32),
        lambda row: row.birth_set.update(year=1879),
        lambda row: row.name_set.update(family="", given="", full=""),
        lambda row: row.name_set.update(kind="nickname"),
        lambda row: row.name_set.update(source="gossip"),
        lambda row: row.name_set.update(evaluation="A5"),
        lambda row: row.name_set.update(withdrawn_at=clock.now()),
        lambda row: row.name_set.update(withdrawn_by="usr-x"),
        lambda row: row.document_set.update(number=""),
        lambda row: row.document_set.update(valid_from=date(2031, 4, 3)),
        lambda row: row.biometric_set.update(held_by=""),
        lambda row: row.description_set.update(value=""),
        lambda row: row.birthplace_set.update(locality="", state=""),
        lambda row: row.changes.update(kind="corrected", reason=""),
        lambda row: models.Name(
            id="nam-2", person=row, kind="true", family="X", main=True, recorded_at=clock.now(), recorded_by="u"
        ).save(),
        lambda row: models.Nationality(
            id="nat-2", person=row, state="LV", recorded_at=clock.now(), recorded_by="u"
        ).save(),
    ],
)
def test_the_database_refuses(person: str, change: Callable[[models.Person], object]) -> None:
    row = models.Person.objects.get(pk=person)
    with pytest.raises(IntegrityError), transaction.atomic():
        change(row)


def test_the_database_takes_what_the_rules_take(person: str) -> None:
    row = models.Person.objects.get(pk=person)
    row.birth_set.update(month=None, day=None)
    row.name_set.update(withdrawn_at=clock.now(), withdrawn_by="usr-x")
    models.Name(
        id="nam-2",
        person=row,
        kind="true",
        family="X",
        main=True,
        recorded_at=clock.now() + timedelta(1),
        recorded_by="u",
    ).save()
    assert row.name_set.count() == 2


def test_the_longest_right_person_fits_every_column() -> None:
    long = Name(family="Щ" * 200, given="Ю" * 200, patronymic="Я" * 200, main=True, language="ru")
    full = Name(kind="alias", full="Щ" * 400, language="ru")
    person = actions.record_person(actor=ILZE, person=new_person(names=(long, full)))
    assert len(queries.person(ILZE, person).names[0].romanisations) == 2
    assert queries.find(ILZE, PersonQuery(text="shch\x00", born="1984\x00")).total == 1
