"""Lists of people: logged where somebody is looked for, the same cost for ten thousand."""

from __future__ import annotations

import json
import time

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from factories import new_person
from people_pages import Office, text
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


def test_a_filtered_list_is_logged_without_what_was_typed(office: Office) -> None:
    client = office.client("officer")
    listed = client.post(reverse("people"), {"text": "Kovšovs"})
    assert "ov" not in listed.url, "what was typed stands in the address"
    assert client.get(listed.url).context["found"].total == 1
    entry = Entry.objects.filter(action="person.find").latest("seq")
    assert json.loads(entry.detail) == {"fields": "text", "found": 1}
    assert entry.actor == office.ids["officer"]
    client.get(reverse("people"))
    assert Entry.objects.filter(action="person.find").latest("seq").seq == entry.seq


def test_a_filter_names_its_mistakes_and_keeps_what_was_typed(office: Office) -> None:
    page = office.client("officer").post(reverse("people"), {"born": "1984-13"})
    assert page.context["form"].errors == {"born": ["A month is 01 to 12."]}
    assert "Error:" in text(page)
    assert page.context["form"]["born"].value() == "1984-13"


@pytest.mark.slow
def test_ten_thousand_people_cost_what_fifty_cost(office: Office) -> None:
    many(office, 60)
    client = office.client("officer")
    addresses = [reverse("people"), client.post(reverse("people"), {"text": "Ozols"}).url]
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


def test_whoever_looks_among_all_files_says_why(office: Office) -> None:
    client = office.client("desk")
    before = Entry.objects.filter(action="person.find").count()
    asked = client.post(reverse("people"), {"text": "Kovšovs", "relation": "all"}, follow=True)
    assert asked.redirect_chain[-1][0] == reverse("find_person")
    assert "To search files that are not yours, say why." in text(asked)
    assert Entry.objects.filter(action="person.find").count() == before
    client.post(
        reverse("find_person"), {"purpose": "compare-person", "reason": "A colleague asked me to look.", "names": ""}
    )
    found = client.post(reverse("people"), {"text": "Kovšovs", "relation": "all"}, follow=True)
    assert found.context["found"].total == 1
    entry = Entry.objects.filter(action="person.find").latest("seq")
    assert (entry.purpose, json.loads(entry.detail)["fields"]) == ("compare-person", "text")
