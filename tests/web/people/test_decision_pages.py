"""Criteria in words, the decision with its reasons, the second person's answer."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse

from people_pages import Office, mistakes, text
from somec.offenders import queries
from somec.simulation import cases

pytestmark = pytest.mark.django_db
REASONS = {
    "aim": "Weekly reporting ends when he leaves; somebody must know.",
    "less_intrusive": "A letter to him alone was weighed: nobody would notice if he stays away.",
    "effect_on_person": "He will be visited once after his arrival.",
    "effect_on_resettlement": "His employer is not told; work can begin.",
}
EXCHANGE = {"outcome": "exchange", "destinations": ["NL"], "stated_reasons": ["conviction", "movement"], **REASONS}


def test_each_criterion_has_its_answer_and_its_reason_in_words(office: Office, page: Callable[..., str]) -> None:
    shown = office.opened("officer").get(page("criteria"))
    words = text(shown)
    assert "All required criteria are met." in words
    assert "The conviction of 22 Mar 2019 qualifies: Rape (1001 00)." in words
    assert "version 4" in words
    assert "Example criteria, made up; not those of any authority." in words
    assert "Not verified" in words
    for line in shown.context["lines"]:
        assert line.reasons
        assert all("%(" not in one and one.endswith(".") for one in line.reasons)


def test_the_negative_control_is_not_met_and_warns(office: Office) -> None:
    boy = cases.record_boy_offender(actor=office.actor("officer"))
    shown = text(office.opened("officer", person=boy).get(reverse("criteria", args=[boy])))
    assert "Not met" in shown
    assert "committed under the age of 18" in shown
    assert "No order is in force" in shown


def draft(office: Office, page: Callable[..., str], **other: object) -> str:
    answer = office.opened("officer").post(page("decide"), EXCHANGE | other)
    assert answer.status_code == 302, mistakes(answer)
    return str(answer.url)


def test_a_draft_is_kept_with_gaps_and_each_gap_is_named_when_a_second_person_is_asked(
    office: Office, page: Callable[..., str]
) -> None:
    client = office.opened("officer")
    assert client.post(page("decide"), {"outcome": "exchange"}).status_code == 302
    kept = queries.decisions(office.actor("officer"), office.person)[0]
    change = reverse("change_decision", args=[kept.id])
    answer = client.post(change, {"outcome": "exchange", "aim": "Short", "submit": "1"})
    found = mistakes(answer)
    assert found["destinations"] == ["Choose at least one state."]
    assert found["aim"] == ["Say a little more: one sentence."]
    assert found["effect_on_person"] == ["This is missing."]
    assert answer.context["form"]["aim"].value() == "Short"
    without = client.post(change, {"outcome": "not_exchange", "reason": "", "submit": "1"})
    assert set(mistakes(without)) == {"reason", "review_on"}
    past = {"outcome": "not_exchange", "reason": "Nothing in the record calls for it now.", "review_on": "2020-01-01"}
    assert mistakes(client.post(change, past | {"submit": "1"})) == {"review_on": ["Choose a day in the future."]}


def test_the_author_is_not_the_second_person(office: Office, page: Callable[..., str]) -> None:
    address = draft(office, page, submit="1")
    own = office.client("officer").get(address)
    assert "Waits for a second person" in text(own)
    assert "Approve telling" not in text(own)
    assert office.client("officer").post(address, {"act": "approve"}).status_code == 403


def test_the_second_person_approves_and_both_names_stay(office: Office, page: Callable[..., str]) -> None:
    address = draft(office, page, submit="1")
    head = office.opened("head")
    assert "Approve telling" in text(head.get(address))
    assert head.post(address, {"act": "approve"}).url == address
    shown = text(head.get(address))
    assert "Made Up Officer wrote it" in shown
    assert "Made Up Head approved" in shown
    assert "Write the notice" in shown


def test_a_decision_goes_back_with_a_reason_and_comes_again(office: Office, page: Callable[..., str]) -> None:
    address = draft(office, page, submit="1")
    head = office.opened("head")
    assert mistakes(head.post(address, {"act": "return"}), "reply") == {"reason": ["Write why."]}
    assert head.post(address, {"act": "return", "reason": "Say more of the aim"}).status_code == 302
    client = office.client("officer")
    change = address + "change/"
    assert "Say more of the aim" in text(client.get(change))
    assert client.post(change, EXCHANGE | {"submit": "1"}).url == address
    assert head.post(address, {"act": "refuse", "reason": "Not needed after all"}).status_code == 302
    assert "Refused by the second person" in text(client.get(address))
    assert client.post(address, {"act": "withdraw", "reason": "Too late"}).status_code == 409


def test_two_who_write_a_decision_at_once_see_both_versions(office: Office, page: Callable[..., str]) -> None:
    address = draft(office, page)
    client, change = office.client("officer"), address + "change/"
    seen = {"version": str(client.get(change).context["decision"].version)}
    assert client.post(change, EXCHANGE | seen | {"aim": "Somebody there must know him in time."}).status_code == 302
    late = client.post(change, EXCHANGE | seen | {"aim": "He must not vanish on the way there."})
    assert late.status_code == 409
    (one,) = late.context["both"].differences
    assert (one.name, one.theirs, one.mine) == (
        "aim", "Somebody there must know him in time.", "He must not vanish on the way there.",
    )  # fmt: skip
    assert "Saved by Made Up Officer" in text(late)
    again = EXCHANGE | {"version": str(late.context["both"].version), "aim": one.mine, "keep.aim": "mine"}
    assert client.post(change, again).status_code == 302
    assert one.mine in text(client.get(address))


def test_what_was_typed_into_a_decision_that_went_on_can_be_copied(office: Office, page: Callable[..., str]) -> None:
    address = draft(office, page)
    client, change = office.client("officer"), address + "change/"
    seen = {"version": str(client.get(change).context["decision"].version)}
    assert client.post(address, seen | {"act": "submit"}).status_code == 302
    late = client.post(change, EXCHANGE | seen | {"aim": "He must not vanish on the way there."})
    assert late.status_code == 409
    assert "It can no longer be changed" in text(late)
    assert "He must not vanish on the way there." in text(late)


def test_each_warning_needs_a_written_answer_of_the_second_person(office: Office) -> None:
    boy = cases.record_boy_offender(actor=office.actor("officer"))
    client = office.opened("officer", person=boy)
    made = client.post(reverse("decide", args=[boy]), EXCHANGE | {"submit": "1"})
    head = office.opened("head", person=boy)
    asked = head.get(made.url).context["approve"]
    assert {"criteria-not-met", "juvenile-only", "no-order-in-force"} <= set(asked.fields)
    refused = head.post(made.url, {"act": "approve", "juvenile-only": "Too short"})
    assert mistakes(refused, "approve").keys() == asked.fields.keys()
    assert refused.context["approve"]["juvenile-only"].value() == "Too short"
    answers = dict.fromkeys(asked.fields, "A grown man now lives beside the same family again.")
    assert head.post(made.url, answers | {"act": "approve"}).status_code == 302
    assert "A grown man now lives beside the same family again." in text(head.get(made.url))


def test_not_to_tell_is_a_decision_with_its_reason_and_a_day_to_look_again(
    office: Office, page: Callable[..., str]
) -> None:
    made = office.opened("officer").post(
        page("decide"),
        {"outcome": "not_exchange", "reason": "Nothing in the record calls for it now.", "review_on": "2099-01-01",
         "submit": "1"},
    )  # fmt: skip
    head = office.opened("head")
    shown = text(head.get(made.url))
    assert "Is it right not to tell?" in shown
    assert "1 Jan 2099" in shown
    assert head.post(made.url, {"act": "approve"}).status_code == 302
    assert "Approved" in text(head.get(made.url))


def test_a_stranger_does_not_see_a_decision(office: Office, page: Callable[..., str]) -> None:
    address = draft(office, page)
    refused = office.client("stranger").get(address)
    assert refused.status_code == 403
    assert "KOVŠOVS" not in text(refused)
