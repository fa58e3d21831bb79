"""Writing about people: each mistake at its field, what was typed stays, nothing is overwritten."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from people_pages import Office, mistakes, text
from somec.offenders import queries as offenders
from somec.persons import queries as persons

pytestmark = pytest.mark.django_db
SOURCE = {"source": "interview", "evaluation": "B2"}


def person(**other: str) -> dict[str, str]:
    return {
        "family": "LIEPA", "given": "Māris", "sex": "male", "born": "1984-03", "born_certainty": "said",
        "certainty": "said_by_himself", **SOURCE, **other,
    }  # fmt: skip


def test_a_person_is_recorded_and_then_opened_with_a_purpose(office: Office) -> None:
    client = office.client("officer")
    answer = client.post(
        reverse("record_person"),
        person(birthplace="Cēsis", birth_state="LV", nationality="LV", document_kind="passport",
               document_number="LV1234567", document_state="LV"),
    )  # fmt: skip
    assert answer.status_code == 302
    made = answer.url.rstrip("/").rpartition("/")[2]
    view = persons.view(made)
    assert (view.label, str(view.births[0].date), view.owner_id) == ("LIEPA, Māris", "1984-03", office.ids["officer"])
    assert view.documents[0].number == "LV1234567"
    assert "Your purpose:" in text(office.opened("officer", person=made).get(answer.url))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("17.03.1984", "1984-03-17"), ("17. 3. 1984.", "1984-03-17"), ("03.1984", "1984-03"), ("1984", "1984"),
        ("1984-03-17", "1984-03-17"), ("17/3/1984", "1984-03-17"), ("00.00.1984", "1984"), ("١٧.٠٣.١٩٨٤", "1984-03-17"),
    ],
)  # fmt: skip
def test_a_date_of_birth_is_taken_as_people_write_it(office: Office, typed: str, kept: str) -> None:
    answer = office.client("officer").post(reverse("record_person"), person(born=typed, as_of="21.10.2026"))
    assert answer.status_code == 302, mistakes(answer)
    view = persons.view(answer.url.rstrip("/").rpartition("/")[2])
    assert str(view.births[0].date) == kept
    assert str(view.births[0].origin.as_of) == "2026-10-21"


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"family": "", "given": ""}, "family", "Write a family name, a first name or the whole name."),
        ({"source": ""}, "source", "This is missing."),
        ({"born": "1984-13"}, "born", "A month is 01 to 12."),
        ({"born": "1985-02-29"}, "born", "29 February exists in leap years only; this is none."),
        ({"born": "3984"}, "born", "This day lies in the future."),
        ({"born": "1700"}, "born", "Nobody alive was born then."),
        ({"as_of": "21 Nov"}, "as_of", "Write the day, such as 21.11.2026."),
        ({"document_kind": "passport"}, "document_number", "This is missing."),
        ({"document_number": "<>!", "document_kind": "passport", "document_state": "LV"}, "document_number",
         "This cannot be a number of a document."),
        ({"document_number": "A1", "document_kind": "passport"}, "document_state", "This is missing."),
        ({"given": "Mā\u202eris"}, "given", "There are invisible characters in the text. Write it anew."),
    ],
)  # fmt: skip
def test_each_mistake_stands_at_its_field_and_what_was_typed_stays(
    office: Office, typed: dict[str, str], field: str, sentence: str
) -> None:
    page = office.client("officer").post(reverse("record_person"), person(**typed))
    assert page.status_code == 200
    assert sentence in mistakes(page)[field]
    assert page.context["form"]["sex"].value() == "male"
    for name, value in typed.items():
        assert page.context["form"][name].value() == value


def test_who_may_not_record_is_told_so(office: Office) -> None:
    assert office.client("head").get(reverse("record_person")).status_code == 403


STATEMENTS: list[tuple[str, dict[str, Any], str]] = [
    ("name", {"kind": "alias", "family": "KOVŠOVS", "given": "Valdis"}, "KOVŠOVS, Valdis"),
    ("birth", {"date": "1985", "certainty": "estimated"}, "1985, day and month not known"),
    ("birthplace", {"locality": "Rēzekne", "state": "LV", "other_names": "Režica, Rositten"}, "Rēzekne, Latvia"),
    ("nationality", {"state": "XA", "certainty": "said"}, "Stateless"),
    ("document", {"kind": "national_number", "number": "161175-19997", "state": "LV", "status": "in_order"},
     "161175-19997"),
    ("address", {"kind": "home", "locality": "Rotterdam", "state": "NL"}, "Rotterdam, Netherlands"),
    ("description", {"feature": "weight_kg", "value": "80"}, "Weight in kg: 80"),
    ("biometric", {"kind": "dna_profile", "held_by": "State Police", "state": "LV"}, "DNA profile, State Police"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "typed", "shown"), STATEMENTS, ids=[one[0] for one in STATEMENTS])
def test_a_statement_is_added_corrected_and_withdrawn_with_a_reason(
    office: Office, page: Callable[..., str], kind: str, typed: dict[str, Any], shown: str
) -> None:
    client = office.opened("officer")
    answer = client.post(page("person_add", kind), typed | SOURCE)
    assert answer.status_code == 302, mistakes(answer)
    listed = client.get(page("person_record"))
    assert shown in text(listed)
    item = dict(listed.context["groups"])[kind][-1]
    form = client.get(page("person_correct", item.id))
    assert form.context["form"].initial["source"] == "interview"
    wrong = client.post(page("person_correct", item.id), typed | SOURCE)
    assert mistakes(wrong, "reason") == {"reason": ["Write why."]}
    right = client.post(
        page("person_correct", item.id), typed | {"source": "court_file", "evaluation": "A1", "reason": "Read anew"}
    )
    assert right.status_code == 302
    assert client.post(page("person_withdraw", item.id), {"reason": "Recorded twice"}).status_code == 302
    late = client.get(page("person_correct", item.id), follow=True)
    assert "has withdrawn this meanwhile: “Recorded twice”." in text(late)
    changes = persons.history(office.actor("officer"), office.person)
    assert [one.kind for one in changes if one.entity_id == item.id] == ["withdrawn", "corrected", "added"]
    history = text(client.get(page("person_history")))
    assert "“Recorded twice”" in history
    assert "Court file" in history


@pytest.mark.parametrize(
    ("kind", "typed", "field", "sentence"),
    [
        ("name", {"kind": "alias"}, "family", "Write a family name, a first name or the whole name."),
        ("birth", {"date": "", "certainty": "said"}, "date", "Write at least the year."),
        ("birthplace", {}, "locality", "This is missing."),
        ("nationality", {"state": "LV", "certainty": "said"}, "state", "This is recorded already."),
        ("document", {"kind": "passport", "number": "A1", "state": "LV", "status": "in_order",
                      "valid_from": "2026-01-02", "valid_until": "2026-01-01"}, "valid_until",
         "The end lies before the start."),
        ("address", {"kind": "home"}, "street", "This is missing."),
        ("description", {"feature": "height_cm", "value": "tall"}, "value", "This number is not possible here."),
        ("biometric", {"kind": "fingerprints", "held_by": "", "state": "LV"}, "held_by", "This is missing."),
        ("conviction", {"state": "LV", "decided": "2019-03-22", "responsibility": "responsible", "spent": "no"},
         "offences-0-code", "Choose at least one offence."),
        ("conviction", {"state": "LV", "decided": "2999-03-22", "responsibility": "responsible", "spent": "no",
                        "offences-0-code": "1001 00"}, "decided", "This day lies in the future."),
        ("order", {"kind": "conditional_release", "state": "LV", "decided": "2019-03-22", "starts": "2020-01-02",
                   "ends": "2020-01-01", "supervising_state": "LV"}, "ends", "The end lies before the start."),
        ("assessment", {"instrument": "", "subject": "other", "performed": "2026-01-01", "state": "LV",
                        "assessor_role": "psychologist", "level": "high", "language": "en"}, "instrument",
         "This is missing."),
        ("assessment", {"instrument": "X", "subject": "other", "performed": "2026-01-01", "state": "LV",
                        "assessor_role": "psychologist", "level": "high", "language": "en", "neutral": "4"},
         "mapping_source", "Say who mapped it, by which table, or leave the neutral scale open."),
        ("trigger", {"kind": "release", "on": "tomorrow"}, "on", "Write the day, such as 21.11.2026."),
        ("movementsign", {"sign": "said-by-person", "on": "2999-01-01"}, "on", "This day lies in the future."),
    ],
)  # fmt: skip
def test_mistakes_of_statements_and_entries_stand_at_their_fields(
    office: Office, page: Callable[..., str], kind: str, typed: dict[str, str], field: str, sentence: str
) -> None:
    answer = office.opened("officer").post(page("person_add", kind), typed | SOURCE)
    assert answer.status_code == 200
    assert sentence in mistakes(answer)[field]
    for name, value in typed.items():
        assert answer.context["form"][name].value() == value


def conviction(**other: Any) -> dict[str, Any]:
    return {
        "state": "LV", "court": "Riga", "decided": "2019-03-22", "final": "2019-04-16", "responsibility": "responsible",
        "spent": "no", "offences-count": "2", "offences-1-code": "1001 00", "offences-1-parameters": ["C", "M"],
        "offences-1-committed_from": "2018-11", "sanctions-count": "1", "sanctions-0-code": "1001",
        "sanctions-0-months": "78", **SOURCE, **other,
    }  # fmt: skip


def test_rows_come_with_a_button_and_keep_what_was_typed(office: Office, page: Callable[..., str]) -> None:
    client = office.opened("officer")
    more = client.post(page("person_add", "conviction"), conviction(more="offences"))
    form = more.context["form"]
    assert form.counts == {"offences": 3, "sanctions": 1}
    assert form["offences-1-parameters"].value() == ["C", "M"]
    assert form["court"].value() == "Riga"
    assert not form.errors


def test_a_mistake_in_a_row_stands_in_that_row_even_after_an_empty_one(
    office: Office, page: Callable[..., str]
) -> None:
    answer = office.opened("officer").post(
        page("person_add", "conviction"), conviction(**{"offences-1-committed_from": "2020"})
    )
    assert mistakes(answer)["offences-1-committed_from"] == ["The act lies after the conviction."]


def test_a_conviction_an_order_and_an_assessment_are_recorded_and_corrected(
    office: Office, page: Callable[..., str]
) -> None:
    client = office.opened("officer")
    assert client.post(page("person_add", "conviction"), conviction()).status_code == 302
    record = offenders.record(office.actor("officer"), office.person)
    made = next(one for one in record.convictions if one.court == "Riga")
    assert made.offences[0].parameters == ("C", "M")
    form = client.get(page("person_correct", made.id)).context["form"]
    assert form["offences-0-code"].value() == "1001 00"
    order = {
        "kind": "conditional_release", "state": "LV", "decided": "2020-01-01", "starts": "2020-01-02",
        "supervising_state": "LV", "conviction_id": made.id, "conditions-count": "1",
        "conditions-0-measure": "reporting", "conditions-0-binds_in": ["LV"], **SOURCE,
    }  # fmt: skip
    assert client.post(page("person_add", "order"), order).status_code == 302
    record = offenders.record(office.actor("officer"), office.person)
    condition = next(one for one in record.orders if one.kind == "conditional_release").conditions[0]
    assert condition.binds_in == ("LV",)
    broken = {"status": "broken", "since": "2020-02-01", "reason": "Did not come three times"}
    assert client.post(page("change_condition", condition.id), broken).status_code == 302
    assert "Broken 1 Feb 2020" in text(client.get(page("person")))


def test_a_correction_of_an_order_keeps_what_became_of_its_conditions(office: Office, page: Callable[..., str]) -> None:
    client = office.opened("officer")
    order = offenders.record(office.actor("officer"), office.person).orders[0]
    client.post(
        page("change_condition", order.conditions[0].id),
        {"status": "broken", "since": "2026-01-01", "reason": "Did not come three times"},
    )
    form = client.get(page("person_correct", order.id)).context["form"]
    typed = {name: form[name].value() for name in form.fields if form[name].value() not in (None, "")}
    typed |= {"conditions-count": str(len(order.conditions)), "supervisor": "Another office", "reason": "New office"}
    assert client.post(page("person_correct", order.id), typed).status_code == 302
    kept = offenders.record(office.actor("officer"), office.person).orders[0]
    assert kept.supervisor == "Another office"
    assert {one.measure: one.status for one in kept.conditions}[order.conditions[0].measure] == "broken"


def test_a_wrong_check_digit_is_a_warning_not_a_refusal(office: Office, page: Callable[..., str]) -> None:
    client = office.opened("officer")
    paper = {"kind": "national_number", "number": "161175-19990", "state": "LV", "status": "in_order"}
    assert client.post(page("person_add", "document"), paper | SOURCE).status_code == 302
    assert "Check digits do not agree" in text(client.get(page("person")))


def test_the_name_of_the_file_cannot_be_withdrawn_before_another_is_the_main_one(
    office: Office, page: Callable[..., str]
) -> None:
    client = office.opened("officer")
    main = persons.view(office.person).main_name
    answer = client.post(page("person_withdraw", main.id), {"reason": "Not his name"})
    assert answer.status_code == 409
    assert "Make another name the main one first" in text(answer)


def test_two_officers_at_once_lose_nothing(office: Office, page: Callable[..., str]) -> None:
    client, view = office.opened("officer"), persons.view(office.person)
    typed = {"kind": "alias", "full": "Vovka", **SOURCE}
    assert client.post(page("person_add", "name"), typed | {"version": str(view.version)}).status_code == 302
    late = client.post(page("person_add", "name"), typed | {"full": "Vova", "version": str(view.version)})
    assert "Somebody changed this file meanwhile" in text(late)
    assert late.context["form"]["full"].value() == "Vova"
    assert late.context["person"].version == view.version + 1
    again = client.post(page("person_add", "name"), typed | {"full": "Vova", "version": str(view.version + 1)})
    assert again.status_code == 302


def test_a_late_correction_stands_beside_what_is_on_record_and_field_by_field_one_stands(
    office: Office, page: Callable[..., str]
) -> None:
    client, view = office.opened("officer"), persons.view(office.person)
    item = view.births[0].id
    address = page("person_correct", item)
    form = client.get(address).context["form"]
    typed = {name: form[name].value() or "" for name in form.fields} | {"version": str(view.version), "reason": "Typo"}
    typed["as_of"] = ""
    assert client.post(address, typed | {"date": "1984-03-17", "note": "Seen in the passport"}).status_code == 302
    late = client.post(address, typed | {"date": "1984-03-09", "note": "By phone"})
    assert late.status_code == 409
    assert "Saved by Made Up Officer" in text(late)
    both = late.context["both"]
    assert {one.name: (one.theirs, one.mine) for one in both.differences} == {
        "date": ("1984-03-17", "1984-03-09"), "note": ("Seen in the passport", "By phone"),
    }  # fmt: skip
    again = dict(both.carried) | {"version": both.version, "keep.date": "theirs", "theirs.date": "1984-03-17"}
    assert client.post(address, again | {"keep.note": "mine"}).status_code == 302
    birth = persons.view(office.person).births[0]
    assert (str(birth.date), birth.origin.note) == ("1984-03-17", "By phone")


def test_a_late_version_of_a_conviction_does_not_overwrite_the_other(office: Office, page: Callable[..., str]) -> None:
    client = office.opened("officer")
    conviction = offenders.record(office.actor("officer"), office.person).convictions[0]
    address = page("person_correct", conviction.id)
    form = client.get(address).context["form"]
    typed: dict[str, Any] = {"version": str(persons.view(office.person).version), "reason": "Typo"}
    typed |= {f"{kind}-count": str(count) for kind, count in form.counts.items()}
    for name in form.fields:
        value = form[name].value()
        if value not in (None, "", [], False):
            typed[name] = value
    assert client.post(address, typed | {"court": "Court of Riga"}).status_code == 302
    late = client.post(address, typed | {"reference": "K-9"})
    assert late.status_code == 409
    assert {one.name for one in late.context["both"].differences} == {"court", "reference"}
    kept = offenders.record(office.actor("officer"), office.person).convictions[0]
    assert (kept.court, kept.reference) == ("Court of Riga", conviction.reference)


def test_the_file_itself_is_corrected_with_a_reason(office: Office, page: Callable[..., str]) -> None:
    client = office.opened("officer")
    typed = {"sex": "male", "certainty": "documented", "status": "restricted", **SOURCE}
    assert "reason" in mistakes(client.post(page("change_file"), typed), "reason")
    assert client.post(page("change_file"), typed | {"reason": "He contests it"}).status_code == 302
    assert "Restricted: may be read, not used" in text(client.get(page("person")))
