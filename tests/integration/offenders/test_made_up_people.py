"""Made-up people: the same for the same seed, right by our own rules, useful for training."""

from __future__ import annotations

from datetime import date

import pytest

from factories import contact_point, officer
from somec.access import actions as access
from somec.access.queries import actor_by_id
from somec.access.rules import Role, node_actor
from somec.offenders import queries as records
from somec.persons import queries
from somec.persons.queries import PersonQuery
from somec.simulation import cases, people

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 21)


@pytest.mark.parametrize("state", ["LV", "NL", "ES"])
def test_the_same_seed_gives_the_same_people(state: str) -> None:
    first = people.population(state, 40, seed=7, today=TODAY)
    assert first == people.population(state, 40, seed=7, today=TODAY)
    assert first != people.population(state, 40, seed=8, today=TODAY)
    assert len({one.person.names for one in first}) > 30


@pytest.mark.parametrize(
    ("state", "scripts"), [("LV", {"Latn", "Cyrl"}), ("NL", {"Latn", "Arab"}), ("ES", {"Latn", "Cyrl"})]
)
def test_they_are_written_through_the_ordinary_actions(state: str, scripts: set[str]) -> None:
    actor = officer(state=state)
    ids = people.populate(actor=actor, count=60, seed=1, owners=("usr-a", "usr-b"))
    views = list(queries.match_records(ids))
    assert len(views) == 60
    assert {name.script for view in views for name in view.names} == scripts
    assert {view.owner_id for view in views} == {"usr-a", "usr-b"}
    assert "wrong" not in {paper.check for view in views for paper in view.documents}
    assert any(not birth.date.full for view in views for birth in view.births)
    assert all(records.record(actor, one).convictions for one in ids[2:5])


def test_some_meet_the_criteria_and_most_do_not() -> None:
    actor = officer()
    ids = people.populate(actor=actor, count=120, seed=1)
    met = sum(records.criteria(actor, one).outcome.value == "met" for one in ids)
    assert 0 < met < 40


def test_the_man_of_the_story_is_complete_but_for_the_photograph() -> None:
    office = access.create_authority(actor=node_actor("LV"), name="State Probation Service", kind="probation")
    user = access.create_user(
        actor=node_actor("LV"),
        email="ilze@made.example",
        name="Made Up",
        authority=office,
        roles=[Role.PROBATION_OFFICER],
    )
    actor = actor_by_id(user)
    person = cases.record_main_person(actor=actor)
    assert [item.code for item in queries.completeness(person)] == ["recent_photograph"]
    assert records.criteria(actor, person).outcome.value == "met"
    view = queries.person(actor, person)
    assert (view.label, len(view.births), view.certainty) == ("KOVŠOVS, Valērijs", 2, "confirmed_by_fingerprints")
    record = records.record(actor, person)
    assert (len(record.convictions), len(record.orders[0].conditions), record.protected) == (2, 4, 3)
    assert record.orders[0].conviction_id == record.convictions[0].id


def test_the_netherlands_have_two_people_who_look_alike() -> None:
    actor = officer(state="NL")
    people.populate(actor=actor, count=30, seed=1)
    asked = {"names": [{"family_name": "KOVŠOVS", "given_name": "Valērijs"}], "births": [{"birth_date": "1984-03-17"}]}
    found = queries.match_candidates(contact_point(state="NL"), asked, subject="inc-1").candidates
    assert {one.label for one in found[:2]} == {"KOVAĻOVS, Valerijs", "KOVALJOV, Valerij"}
    assert queries.find(actor, PersonQuery(text="koval")).total == 2
