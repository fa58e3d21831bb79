"""Lists of people and finding somebody: honest about what was asked, logged, the same cost for ten thousand."""

from __future__ import annotations

import json
import time

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from factories import new_person
from people_pages import Office, mistakes, text
from somec.audit.models import Entry
from somec.persons import actions
from somec.persons.messages import Name

pytestmark = pytest.mark.django_db


def many(office: Office, count: int) -> None:
    actions.record_people(
        actor=office.actor("officer"),
        people=[
            new_person(names=(Name(family=f"Ozols{number:05}", given="Jānis", main=True),), owner_id="")
            for number in range(count)
        ],
    )


def test_nothing_found_says_what_was_asked_of_whom_and_who_was_not_asked(office: Office) -> None:
    shown = text(office.client("officer").get(reverse("find_person"), {"text": "Unknown", "born": "1984-03"}))
    assert "Nothing found here. That does not mean that the person is not known" in shown
    assert "“Unknown”" in shown
    assert "March 1984, day not known" in shown
    assert "only this node of Latvia" in shown
    assert "Not asked: any other state." in shown


def test_every_search_is_logged_without_what_was_typed(office: Office) -> None:
    client = office.client("officer")
    client.get(reverse("find_person"), {"text": "Kovšovs"})
    entry = Entry.objects.filter(action="person.find").latest("seq")
    assert json.loads(entry.detail) == {"fields": "text", "found": 1}
    assert entry.actor == office.ids["officer"]
    client.get(reverse("people"))
    assert Entry.objects.filter(action="person.find").latest("seq").seq == entry.seq


@pytest.mark.parametrize(
    ("asked", "wrong"),
    [({"text": "", "born": ""}, {"text": ["Write a name, a number or a date of birth."]}),
     ({"born": "1984-13"}, {"born": ["A month is 01 to 12."]}),
     ({"born": "17.03.1984"}, {"born": ["Write a year, a year and month, or a day: 1984, 1984-03, 1984-03-17."]})],
)  # fmt: skip
def test_a_search_names_its_mistakes_and_keeps_what_was_typed(
    office: Office, asked: dict[str, str], wrong: dict[str, list[str]]
) -> None:
    page = office.client("officer").get(reverse("find_person"), asked)
    assert mistakes(page) == wrong
    assert page.context["form"]["born"].value() == asked["born"]


def test_a_probation_officer_of_another_office_finds_nobody_and_the_contact_point_everybody(office: Office) -> None:
    query = {"text": "KOVSOVS"}
    assert office.client("stranger").get(reverse("find_person"), query).context["found"].total == 0
    found = office.client("desk").get(reverse("find_person"), query)
    assert found.context["found"].total == 1
    assert "Open with a purpose" in text(found)


@pytest.mark.slow
def test_ten_thousand_people_cost_what_fifty_cost(office: Office) -> None:
    many(office, 60)
    client = office.client("officer")
    addresses = [reverse("people"), reverse("find_person") + "?text=Ozols"]
    for address in addresses:
        client.get(address)
    few = [_queries(client, address) for address in addresses]
    many(office, 10_000)
    for address in addresses:
        client.get(address)  # the session is renewed after a while; that is not what is counted
    assert [_queries(client, address) for address in addresses] == few
    for address in addresses:
        started = time.perf_counter()
        page = client.get(address)
        assert time.perf_counter() - started < 2
        assert page.context["found"].total >= 10_000


def _queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)
