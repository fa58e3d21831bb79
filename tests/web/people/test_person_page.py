"""The page of a person: a purpose first, everything in one line of time, the closed part closed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from people_pages import Office, text
from somec.access.models import Opening
from somec.audit.models import Entry
from somec.kernel import clock
from somec.offenders import actions as offenders
from somec.offenders.messages import Trigger

pytestmark = pytest.mark.django_db


def test_a_file_asks_for_its_purpose_first_and_comes_back_to_the_page(office: Office, page: Callable[..., str]) -> None:
    client = office.client("officer")
    answer = client.get(page("criteria"))
    assert answer.status_code == 302
    assert answer.url.startswith(page("person").replace("/people/", "/purpose/person/"))
    offered = client.get(answer.url).context["form"].purposes
    back = client.post(answer.url, {"purpose": min(offered), "reason": "The visit of tomorrow is prepared"})
    assert back.url == page("criteria")
    assert "Are the criteria" in text(client.get(back.url))


def test_a_page_to_come_back_to_lies_on_this_node(office: Office) -> None:
    client = office.client("officer")
    address = reverse("purpose", args=["person", office.person]) + "?next=https://elsewhere.example/"
    offered = client.get(address).context["form"].purposes
    back = client.post(address, {"purpose": min(offered), "reason": "The visit of tomorrow is prepared"})
    assert back.url == reverse("person", args=[office.person])


def test_the_page_says_who_he_is_and_where_each_thing_comes_from(office: Office, page: Callable[..., str]) -> None:
    shown = text(office.opened("officer").get(page("person")))
    for words in (
        "KOVŠOVS, Valērijs", "Валерий Андреевич КОВШОВ", "romanised, ICAO 9303", "Confirmed by fingerprints",
        "7 Mar 1984", "17 Mar 1984", "the sources differ", "LV5520193", "Lost", "Your purpose:",
        "Conditions in force", "Rape (ECRIS 1001 00), committed 4 Nov 2018",
        "STABLE-2007: “moderate” (9)", "The original wording counts", "3 items, kept apart from this page",
        "Nobody owes anything now", "No state was told by us",
    ):  # fmt: skip
        assert words in shown, words


def test_the_closed_part_shows_neither_names_nor_relations(office: Office, page: Callable[..., str]) -> None:
    shown = text(office.opened("officer").get(page("person")))
    assert "Child" not in shown
    assert "State Police, Latvia" not in shown.partition("Injured party and third persons")[2].partition("Where he")[0]


def test_each_reading_is_logged_with_its_purpose(office: Office, page: Callable[..., str]) -> None:
    client = office.opened("officer")
    before = Entry.objects.filter(action="person.read", case=office.person).count()
    client.get(page("person"))
    entries = Entry.objects.filter(action="person.read", case=office.person)
    assert entries.count() == before + 1
    assert entries.latest("seq").purpose


def test_the_line_of_time_is_narrowed_by_kind_and_paged(office: Office, page: Callable[..., str]) -> None:
    for number in range(30):
        offenders.record_trigger(
            actor=office.actor("officer"), person_id=office.person,
            trigger=Trigger(kind="release", on=clock.now().date() - timedelta(days=number)),
        )  # fmt: skip
    client = office.opened("officer")
    first = client.get(page("person")).context["timeline"]
    assert (first.page, first.pages, first.shown) == (1, 2, first.total)
    events = client.get(page("person") + "?kind=trigger&page=2").context["timeline"]
    assert (events.page, events.pages, events.shown) == (2, 2, 31)
    assert {line.kind for _year, lines in events.years for line in lines} == {"trigger"}
    days = [line.on for _year, lines in first.years for line in lines]
    assert days == sorted(days, reverse=True)


def test_the_page_costs_the_same_for_a_short_and_a_long_record(office: Office, page: Callable[..., str]) -> None:
    client = office.opened("officer")
    client.get(page("person"))
    with CaptureQueriesContext(connection) as short:
        client.get(page("person"))
    for number in range(20):
        offenders.record_trigger(
            actor=office.actor("officer"), person_id=office.person,
            trigger=Trigger(kind="release", on=clock.now().date() - timedelta(days=number)),
        )  # fmt: skip
    with CaptureQueriesContext(connection) as long:
        client.get(page("person"))
    assert len(long) == len(short)


@pytest.mark.parametrize("name", ["person", "criteria", "completeness", "person_history", "person_record"])
def test_when_the_purpose_ran_out_data_go_and_one_button_goes_on(
    office: Office, page: Callable[..., str], name: str
) -> None:
    client = office.opened("officer")
    Opening.objects.filter(target_id=office.person, kind="person").update(
        opened_at=clock.now() - timedelta(hours=9), ends_at=clock.now() - timedelta(hours=1)
    )
    ended = client.get(page(name))
    assert "Your purpose has ended" in text(ended)
    assert "KOVŠOVS" not in text(ended)
    again = client.post(page(name), {"continue_purpose": "read"})
    assert again.url == page(name)
    assert "KOVŠOVS" in text(client.get(page(name)))


def test_what_was_typed_when_the_purpose_ran_out_is_taken_after_it_is_continued(
    office: Office, page: Callable[..., str]
) -> None:
    client = office.opened("officer")
    Opening.objects.filter(target_id=office.person, kind="person").update(
        opened_at=clock.now() - timedelta(hours=9), ends_at=clock.now() - timedelta(hours=1)
    )
    typed = {"kind": "alias", "full": "Vovka", "source": "interview", "evaluation": "B2"}
    ended = client.post(page("person_add", "name"), typed)
    assert ended.status_code == 409
    assert 'value="Vovka"' in ended.content.decode()
    answer = client.post(page("person_add", "name"), typed | {"continue_purpose": "write"})
    assert answer.url == page("person_record")
    assert "Vovka" in text(client.get(page("person_record")))


def test_a_stranger_must_give_a_purpose_and_an_administrator_gets_nothing(
    office: Office, page: Callable[..., str]
) -> None:
    assert office.client("stranger").get(page("person")).status_code == 302
    assert "KOVŠOVS" in text(office.opened("stranger").get(page("person")))
    admin = office.client("admin")
    asked = admin.get(page("person"))
    for answer in (
        admin.get(asked.url),
        admin.post(asked.url, {"purpose": "supervise-order", "reason": "The visit of tomorrow is prepared"}),
    ):
        assert answer.status_code == 403
        assert "KOVŠOVS" not in text(answer)
    assert not Opening.objects.filter(user_id=office.ids["admin"]).exists()


def test_who_only_reads_is_offered_nothing_to_change(office: Office, page: Callable[..., str]) -> None:
    client = office.opened("stranger")
    shown = text(client.get(page("person")))
    assert "Decide whether to tell" not in shown
    assert client.get(page("person_add", "name")).status_code == 403
    assert client.post(page("decide"), {"outcome": "exchange"}).status_code == 403


def test_the_closed_part_needs_a_purpose_of_its_own_and_a_relation(office: Office, page: Callable[..., str]) -> None:
    client = office.opened("colleague")
    asked = client.get(page("person_protected"))
    assert asked.status_code == 302
    assert "/purpose/protected/" in asked.url
    office.opened("colleague", "protected")
    shown = text(client.get(page("person_protected")))
    assert "Ban on contact" in shown
    assert "State Police, Latvia" in shown
    assert Entry.objects.filter(action="person.read_protected", case=office.person).exists()
    desk = office.client("desk")
    refused = desk.get(page("person_protected"), follow=True)
    assert "Ban on contact" not in text(refused)


def test_a_person_to_be_kept_safe_is_added_corrected_and_withdrawn(office: Office, page: Callable[..., str]) -> None:
    client = office.opened("officer", "protected")
    made = {"relation": "witness", "source": "court_file", "evaluation": "A1", "contact_authority": "Court"}
    assert client.post(page("add_at_risk"), made).url == page("person_protected")
    entry = next(one for one in client.get(page("person_protected")).context["entries"] if one.relation == "witness")
    wrong = client.post(page("correct_at_risk", entry.id), made | {"relation": "partner"})
    assert wrong.context["reason"].errors
    client.post(page("correct_at_risk", entry.id), made | {"relation": "partner", "reason": "Heard again in court"})
    assert "Partner" in text(client.get(page("person_protected")))
    client.post(page("withdraw_at_risk", entry.id), {"reason": "Recorded by mistake"})
    assert "Partner" not in text(client.get(page("person_protected")))


def test_what_is_missing_is_a_list_with_what_is_required_first(office: Office, page: Callable[..., str]) -> None:
    shown = office.opened("officer").get(page("completeness"))
    missing = shown.context["missing"]
    assert [one.needed for one in missing] == sorted((one.needed for one in missing), reverse=True)
    for one in missing:
        assert f"person.{one.code}" not in text(shown)
