"""The record in the database: entries with history, the closed compartment, items of a document, the time line."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from factories import assessment, authoriser, conviction, movement_sign, new_person, officer, order, stranger
from somec.access import actions as access
from somec.access.queries import actor_by_id
from somec.access.rules import Actor, Role, node_actor
from somec.audit import queries as log
from somec.kernel import clock
from somec.kernel.errors import Invalid, NotAllowed, NotFound
from somec.offenders import actions, models, queries
from somec.offenders.messages import Condition, PersonAtRisk, Trigger
from somec.persons import actions as persons
from somec.persons import queries as people
from somec.persons.dates import PartialDate
from somec.persons.messages import Birth

pytestmark = pytest.mark.django_db
ILZE = officer()


@pytest.fixture
def person() -> str:
    return persons.record_person(actor=ILZE, person=new_person())


def bare(entry: Any) -> Any:
    """Return an entry without the ids that the database gave."""
    parts = {
        name: tuple(replace(one, id="") for one in getattr(entry, name))
        for name in ("offences", "sanctions", "conditions")
        if hasattr(entry, name)
    }
    return replace(entry, id="", **parts)


def test_a_record_shows_what_was_written(person: str) -> None:
    first = actions.record_conviction(actor=ILZE, person_id=person, conviction=conviction())
    under = order(conviction_id=first)
    actions.record_order(actor=ILZE, person_id=person, order=under)
    actions.record_assessment(actor=ILZE, person_id=person, assessment=assessment())
    actions.record_movement_sign(actor=ILZE, person_id=person, sign=movement_sign())
    trigger = Trigger(kind="supervision_ends", on=date(2028, 9, 12))
    actions.record_trigger(actor=ILZE, person_id=person, trigger=trigger)
    view = queries.record(ILZE, person)
    assert [bare(one) for one in view.convictions] == [conviction()]
    assert [bare(one) for one in view.orders] == [under]
    assert [bare(one) for one in view.assessments] == [assessment()]
    assert [bare(one) for one in view.signs] == [movement_sign()]
    assert [bare(one) for one in view.triggers] == [trigger]


def test_newest_first_and_every_date_on_one_line(person: str) -> None:
    for decided in (date(2009, 5, 14), date(2019, 3, 22)):
        actions.record_conviction(
            actor=ILZE,
            person_id=person,
            conviction=conviction(
                decided=decided, final=None, offences=(replace(conviction().offences[0], committed_from=None),)
            ),
        )
    actions.record_assessment(actor=ILZE, person_id=person, assessment=assessment())
    actions.record_order(actor=ILZE, person_id=person, order=order())
    events = queries.timeline(ILZE, person)
    assert [(event.on.year, event.kind, event.statement) for event in events] == [
        (2026, "assessment", "assessment"),
        (2025, "order", "fact"),
        (2019, "conviction", "fact"),
        (2009, "conviction", "fact"),
    ]
    assert [one.decided.year for one in queries.record(ILZE, person).convictions] == [2019, 2009]


def test_a_correction_keeps_the_old_entry_with_who_and_why(person: str) -> None:
    written = actions.record_conviction(actor=ILZE, person_id=person, conviction=conviction())
    before = clock.now()
    corrected = conviction(spent="yes", sanctions=(replace(conviction().sanctions[0], months=66),))
    actions.correct_entry(actor=ILZE, entry_id=written, entry=corrected, reason="court's letter of 3 November")
    assert bare(queries.record(ILZE, person).convictions[0]) == corrected
    change = people.changed_since(person, before)[0]
    assert (change.entity, change.entity_id, change.by) == ("conviction", written, "usr-ilze")
    assert (change.before["spent"], change.before["sanctions"][0]["months"]) == ("no", 78)
    assert "court" not in change.before


def test_a_withdrawn_entry_counts_nowhere(person: str) -> None:
    written = actions.record_conviction(actor=ILZE, person_id=person, conviction=conviction())
    actions.withdraw_entry(actor=ILZE, entry_id=written, reason="quashed on appeal")
    assert queries.record(ILZE, person).convictions == ()
    assert queries.facts(person).convictions == ()
    assert queries.record_items(person, [written]) == []
    assert people.history(ILZE, person)[0].before["decided"] == "2019-03-22"
    with pytest.raises(NotFound):
        actions.withdraw_entry(actor=ILZE, entry_id=written, reason="again")


def test_a_broken_condition_says_since_when(person: str) -> None:
    actions.record_order(actor=ILZE, person_id=person, order=order())
    condition = queries.record(ILZE, person).orders[0].conditions[0]
    actions.change_condition(
        actor=ILZE, condition_id=condition.id, status="broken", since=date(2026, 11, 20), reason="did not report"
    )
    first, second = queries.record(ILZE, person).orders[0].conditions
    assert (first.status, first.status_since, second.status) == ("broken", date(2026, 11, 20), "in_force")
    with pytest.raises(Invalid) as error:
        actions.change_condition(
            actor=ILZE, condition_id=condition.id, status="ignored", since=date(2026, 1, 1), reason="x y z"
        )
    assert error.value.fields == {"status": ["choice"]}


def test_an_order_names_only_a_conviction_of_the_same_person(person: str) -> None:
    other = persons.record_person(actor=ILZE, person=new_person())
    foreign = actions.record_conviction(actor=ILZE, person_id=other, conviction=conviction())
    with pytest.raises(Invalid) as error:
        actions.record_order(actor=ILZE, person_id=person, order=order(conviction_id=foreign))
    assert error.value.fields == {"conviction_id": ["unknown"]}


def test_an_import_links_orders_to_convictions_of_the_same_call(person: str) -> None:
    ids = actions.record_entries(actor=ILZE, entries=[(person, conviction()), (person, order(conviction_id="#0"))])
    assert queries.record(ILZE, person).orders[0].conviction_id == ids[0]
    with pytest.raises(NotAllowed):
        actions.record_entries(actor=ILZE, entries=[(person, PersonAtRisk(relation="child"))])


# Who may


@pytest.mark.parametrize(
    ("who", "entry", "may"),
    [
        (officer(), conviction(), True),
        (officer(), assessment(), True),
        (authoriser(), conviction(), False),
        (stranger(), conviction(), False),
        (officer(Role.POLICE_OFFICER), conviction(), False),
        (officer(Role.POLICE_OFFICER), assessment(), True),
        (officer(Role.COURT), conviction(), True),
        (officer(Role.COURT), assessment(), False),
        (officer(Role.ANALYST), assessment(), False),
    ],
)
def test_who_writes_what(person: str, who: Actor, entry: Any, may: bool) -> None:
    if may:
        actions.record_entry(actor=who, person_id=person, entry=entry)
        return
    before = log.whole().total
    with pytest.raises(NotAllowed):
        actions.record_entry(actor=who, person_id=person, entry=entry)
    assert log.whole().total == before


def test_one_act_is_one_entry_of_the_log(person: str) -> None:
    before = log.whole().total
    written = actions.record_conviction(actor=ILZE, person_id=person, conviction=conviction())
    actions.correct_entry(actor=ILZE, entry_id=written, entry=conviction(spent="yes"), reason="court's letter")
    newest, older = log.whole().entries[:2]
    assert log.whole().total == before + 2
    assert [(one.action, one.kind.value, one.subject, one.case) for one in (older, newest)] == [
        ("record.add", "collection", written, person),
        ("record.correct", "alteration", written, person),
    ]
    assert newest.detail["fields"] == "spent"


# The closed compartment


@pytest.fixture
def real_officer() -> Actor:
    node = node_actor("LV")
    office = access.create_authority(actor=node, name="State Probation Service", kind="probation")
    user = access.create_user(
        actor=node, email="officer@made.example", name="Made Up", authority=office, roles=[Role.PROBATION_OFFICER]
    )
    return replace(actor_by_id(user), purpose="supervise")


INJURED = PersonAtRisk(relation="injured_party", name="SECRETNAME", words="moved to SECRETTOWN", no_contact=True)


def test_the_closed_part_opens_only_with_a_purpose_and_every_reading_is_logged(real_officer: Actor) -> None:
    person = persons.record_person(actor=real_officer, person=new_person(owner_id=""))
    with pytest.raises(NotAllowed, match="opening"):
        actions.record_person_at_risk(actor=real_officer, person_id=person, person_at_risk=INJURED)
    with pytest.raises(NotAllowed, match="opening"):
        queries.persons_at_risk(real_officer, person)
    access.open_with_purpose(
        actor=real_officer,
        kind="protected",
        id=person,
        purpose="protect-injured-party",
        minutes=30,
        reason="She asked whom we told",
        target=queries.protected_target(real_officer, person),
    )
    written = actions.record_person_at_risk(actor=real_officer, person_id=person, person_at_risk=INJURED)
    assert [bare(one) for one in queries.persons_at_risk(real_officer, person)] == [INJURED]
    entry = log.whole().entries[0]
    assert (entry.action, entry.purpose, entry.case, entry.detail["items"]) == (
        "person.read_protected",
        "protect-injured-party",
        person,
        1,
    )
    view = queries.record(real_officer, person)
    assert (view.protected, view.may_open_protected) == (1, True)
    assert queries.record_items(person, [written]) == []
    assert "SECRET" not in repr(log.whole().entries)
    actions.correct_entry(
        actor=real_officer, entry_id=written, entry=replace(INJURED, words="SECRETNEW"), reason="she moved"
    )
    assert "SECRET" not in json.dumps([[one.before, one.after] for one in people.history(real_officer, person)])


def test_others_learn_only_how_many_items_there_are(real_officer: Actor) -> None:
    person = persons.record_person(actor=real_officer, person=new_person(owner_id=""))
    police = replace(real_officer, id="usr-court", roles=frozenset({Role.COURT}))
    assert queries.record(police, person).may_open_protected is False
    with pytest.raises(NotAllowed):
        queries.persons_at_risk(police, person)


# Items


def test_only_what_was_chosen_travels_in_a_fixed_order(person: str) -> None:
    mild, rape = (
        actions.record_conviction(actor=ILZE, person_id=person, conviction=conviction(reference=str(n))) for n in (1, 2)
    )
    under = actions.record_order(actor=ILZE, person_id=person, order=order())
    risk = actions.record_assessment(actor=ILZE, person_id=person, assessment=assessment())
    assert [item["id"] for item in queries.record_items(person, {risk, under, rape})] == [rape, under, risk]
    assert {item["owner"] for item in queries.record_items(person, [mild, risk])} == {"LV"}


def test_a_record_asks_the_database_the_same_number_of_times(person: str, django_assert_num_queries: Any) -> None:
    actions.record_entries(actor=ILZE, entries=[(person, conviction()), (person, order())])
    with django_assert_num_queries(13):
        queries.record(ILZE, person)
    actions.record_entries(actor=ILZE, entries=[(person, conviction()), (person, order()), (person, assessment())] * 10)
    with django_assert_num_queries(13):
        assert len(queries.record(ILZE, person).convictions) == 11


# The database refuses what the rules refuse


@pytest.mark.parametrize(
    "change",
    [
        lambda: models.Conviction.objects.update(final=date(2019, 3, 21)),
        lambda: models.Conviction.objects.update(spent="maybe"),
        lambda: models.Conviction.objects.update(responsibility=""),
        lambda: models.Conviction.objects.update(withdrawn_by="usr-x"),
        lambda: models.Order.objects.update(ends=date(2025, 9, 11)),
        lambda: models.Order.objects.update(kind="ban"),
        lambda: models.Condition.objects.update(measure="other-notified", words=""),
        lambda: models.Condition.objects.update(status="ignored"),
        lambda: models.Condition.objects.update(position=0),
        lambda: models.Assessment.objects.update(neutral=6),
        lambda: models.Assessment.objects.update(mapping_source=""),
        lambda: models.Assessment.objects.update(instrument=""),
        lambda: models.Assessment.objects.update(assessor_role=""),
        lambda: models.Assessment.objects.update(level=""),
        lambda: models.MovementSign.objects.update(sign=""),
        lambda: models.Assessment.objects.update(evaluation="Z9"),
    ],
)
def test_the_database_refuses(person: str, change: Callable[[], object]) -> None:
    two = (Condition(measure="reporting"), Condition(measure="treatment"))
    actions.record_entries(
        actor=ILZE,
        entries=[
            (person, conviction()),
            (person, order(conditions=two)),
            (person, assessment()),
            (person, movement_sign()),
        ],
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        change()


BORN = 1984  # the made-up person claims 17 March and no other day of that year


@pytest.mark.parametrize(
    ("committed", "decided", "fields"),
    [
        (PartialDate(BORN - 1, 12), date(2020, 1, 1), {"offences.0.committed_from": ["before_birth"]}),
        (PartialDate(BORN), date(2020, 1, 1), {}),
        (
            PartialDate(BORN - 2),
            date(BORN - 1, 1, 1),
            {"decided": ["before_birth"], "offences.0.committed_from": ["before_birth"]},
        ),
    ],
)
def test_what_lies_before_every_claimed_birth_is_named_at_its_field(
    committed: PartialDate, decided: date, fields: dict[str, list[str]]
) -> None:
    born = (Birth(date=PartialDate(BORN, 3, 17)), Birth(date=PartialDate(BORN + 2)))
    person = persons.record_person(actor=ILZE, person=replace(new_person(), births=born))
    offence = replace(conviction().offences[0], committed_from=committed, committed_until=None)
    entry = replace(conviction(), decided=decided, final=None, offences=(offence,))
    found: dict[str, Any] = {}
    try:
        actions.record_conviction(actor=ILZE, person_id=person, conviction=entry)
    except Invalid as error:
        found = dict(error.fields)
    assert found == fields


def test_without_any_date_of_birth_nothing_lies_before_it() -> None:
    person = persons.record_person(actor=ILZE, person=replace(new_person(), births=()))
    assert actions.record_conviction(actor=ILZE, person_id=person, conviction=conviction())


def test_a_correction_and_an_import_cannot_put_an_act_before_the_birth_either(person: str) -> None:
    written = actions.record_conviction(actor=ILZE, person_id=person, conviction=conviction())
    early = replace(conviction(), decided=date(1890, 1, 1), final=None, offences=(), sanctions=())
    with pytest.raises(Invalid) as corrected:
        actions.correct_entry(actor=ILZE, entry_id=written, entry=early, reason="misread the date of it")
    assert "before_birth" in corrected.value.fields["decided"]
    with pytest.raises(Invalid) as imported:
        actions.record_entries(actor=ILZE, entries=[(person, early)])
    assert "before_birth" in imported.value.fields["decided"]
