"""The pages on which two files are made one and two again, without JavaScript: purpose, four eyes, what was typed."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from factories import conviction
from people_pages import Office, mistakes, text
from somec.offenders import actions as offenders
from somec.persons import actions, queries
from somec.persons.dates import PartialDate
from somec.persons.merges.models import Merge
from somec.persons.messages import Birth, Document, Name, NewPerson

pytestmark = pytest.mark.django_db
WHY = "The same fingerprints number stands in both files."


@pytest.fixture
def other(office: Office) -> str:
    twice = NewPerson(
        names=(Name(family="KOVSHOV", given="Valery", main=True),), sex="female",
        births=(Birth(date=PartialDate(1984)),), owner_id=office.ids["officer"],
    )  # fmt: skip
    return actions.record_person(actor=office.actor("officer"), person=twice)


def compare(office: Office, other: str) -> str:
    return reverse("compare_files", args=[office.person, other])


def opened(office: Office, key: str, other: str) -> object:
    office.opened(key)
    return office.opened(key, person=other)


def proposed(office: Office, other: str) -> str:
    client = opened(office, "officer", other)
    answer = client.post(compare(office, other), {
        "act": "merge", "merge-reason": WHY, "merge-sex_differs": "The register was asked; it is a slip of the pen.",
    })  # fmt: skip
    assert answer.status_code == 302, mistakes(answer, "merge")
    return str(Merge.objects.get().pk)


def test_both_files_are_opened_with_a_purpose_before_they_are_compared(office: Office, other: str) -> None:
    client = office.client("officer")
    asked = client.get(compare(office, other))
    assert asked.status_code == 302
    assert reverse("purpose", args=["person", office.person]) in asked["Location"]
    office.opened("officer")
    assert reverse("purpose", args=["person", other]) in client.get(compare(office, other))["Location"]
    page = text(opened(office, "officer", other).get(compare(office, other)))
    assert "KOVSHOV, Valery" in page
    assert "One file says male, the other female." in page


def test_a_missing_ground_is_named_at_its_field_and_what_was_typed_stays(office: Office, other: str) -> None:
    client = opened(office, "officer", other)
    answer = client.post(compare(office, other), {"act": "merge", "merge-reason": WHY, "merge-sex_differs": "short"})
    assert mistakes(answer, "merge") == {
        "sex_differs": ["Write why it is one person all the same: at least 20 letters."]
    }
    assert WHY in text(answer)
    short = client.post(compare(office, other), {"act": "merge", "merge-reason": "no", "merge-sex_differs": WHY})
    assert mistakes(short, "merge") == {"reason": ["Say a little more: at least 20 letters."]}


def test_one_proposes_another_agrees_and_the_old_address_leads_to_the_whole(office: Office, other: str) -> None:
    made = proposed(office, other)
    address = reverse("merge", args=[made])
    own = text(office.client("officer").get(address))
    assert "Waits for a second person" in own
    assert "Agree: one person" not in own
    client = opened(office, "head", other)
    assert "1" in text(client.get(reverse("duplicates")))
    page = client.get(address)
    assert "The register was asked; it is a slip of the pen." in text(page)
    stale = client.post(address, {"act": "merge.approve", "version": "99"})
    assert stale.status_code == 409
    done = client.post(address, {"act": "merge.approve", "version": "1", "agree-reason": ""})
    assert done.status_code == 302
    led = office.client("officer").get(reverse("person", args=[other]))
    assert led["Location"] == f"{reverse('person', args=[office.person])}?merged={other}"
    page_text = text(office.client("officer").get(led["Location"]))
    number = re.search(r"Read as one with: (LV-\S+)", page_text)
    assert number
    assert f"from the merged file {number[1]}" in page_text
    assert "was merged into" in page_text


def test_whoever_separates_says_where_newer_things_go(office: Office, other: str) -> None:
    made = proposed(office, other)
    address = reverse("merge", args=[made])
    opened(office, "head", other).post(address, {"act": "merge.approve", "version": "1"})
    actor = office.actor("officer")
    newer = offenders.record_conviction(actor=actor, person_id=office.person, conviction=conviction())
    client = office.opened("officer")
    page = client.get(address)
    assert newer in page.context["separation"].fields
    answer = client.post(address, {
        "act": "separation.propose", "version": "2", "separation-reason": "It was his sister after all.",
        f"separation-{newer}": other,
    })  # fmt: skip
    assert answer.status_code == 302
    second = text(office.opened("head").get(address))
    assert "Where what was written since would go" in second
    assert office.client("head").post(address, {"act": "separation.approve", "version": "3"}).status_code == 302
    assert queries.head(other) == other
    assert "Separated again" in text(opened(office, "officer", other).get(address))


def test_two_people_is_kept_and_can_be_taken_back(office: Office, other: str) -> None:
    client = opened(office, "officer", other)
    answer = client.post(
        compare(office, other), {"act": "apart", "apart-reason": "They are brother and sister, both known."}
    )
    assert answer.status_code == 302
    page = client.get(reverse("duplicates"))
    assert "They are brother and sister, both known." in text(page)
    assert "Somebody said that these are two people." in text(client.get(compare(office, other)))
    pair = page.context["apart"][0].id
    back = client.post(reverse("take_back_apart", args=[pair]), {"reason": "It was another pair that I meant."})
    assert back.status_code == 302
    assert client.get(reverse("take_back_apart", args=[pair])).status_code == 403


def test_two_files_are_found_by_their_numbers(office: Office, other: str) -> None:
    client = office.client("officer")
    numbers = [queries.labels([one])[one].case_number for one in (office.person, other)]
    led = client.get(reverse("duplicates"), {"kept": numbers[0], "merged": numbers[1]})
    assert led["Location"] == compare(office, other)
    wrong = client.get(reverse("duplicates"), {"kept": numbers[0], "merged": "LV-1900-000001"})
    assert mistakes(wrong) == {"merged": ["No file that you may find has this number."]}
    office.opened("officer")
    led = client.get(reverse("merge_with", args=[office.person]), {"number": numbers[1]})
    assert led["Location"] == compare(office, other)


def test_a_stranger_sees_neither_page_nor_merge(office: Office, other: str) -> None:
    made = proposed(office, other)
    client = office.client("stranger")
    assert client.get(reverse("merge", args=[made])).status_code == 403
    assert client.get(reverse("merge", args=["mrg-none"])).status_code == 403
    assert "KOVS" not in text(client.get(reverse("duplicates")))


def test_a_form_of_the_merged_file_that_was_still_open_is_taken(office: Office, other: str) -> None:
    made = proposed(office, other)
    opened(office, "head", other).post(reverse("merge", args=[made]), {"act": "merge.approve", "version": "1"})
    actions.add_statement(
        actor=office.actor("officer"), person_id=other, statement=Document(kind="passport", number="LV44", state="LV")
    )
    answer = office.opened("officer").post(
        reverse("person_add", args=[other, "document"]),
        {
            "kind": "passport",
            "number": "LV55",
            "state": "LV",
            "source": "interview",
            "status": "in_order",
            "version": "1",
        },
    )
    assert answer.status_code == 200, "the version is an old one: shown again with what was typed"
    assert "LV55" in answer.content.decode()
