"""Our own notices on screen: begin, write, contradict oneself, ask a second person, send, follow, take back."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

import movement_story as story
from notice_pages import filled, local, mistakes, version, words
from somec.audit.models import Entry
from somec.kernel import clock
from somec.movements import actions, queries
from somec.movements.models import Notice
from somec.movements.rules import State
from two_nodes import Node, at, deliver

Nodes = tuple[Node, Node, Node]
Browser = Callable[[Node, str], Client]


def page_of(notice: str) -> str:
    return reverse("notice", args=[notice])


def test_a_notice_begins_with_a_kind(nodes: Nodes, browser: Browser) -> None:
    lv, _, _ = nodes
    with at(story.NOW), lv:
        person = story.person(lv)
        story.decision(lv, person, "NL")
        client = browser(lv, "officer")
        address = reverse("new_notice", args=[person])
        page = client.post(address, {"destinations": ["NL"]})
        assert mistakes(page) == {"kind": ["Choose what the notice is about."]}
        assert page.context["form"]["destinations"].value() == ["NL"]
        assert "Error:" in words(page)
        answer = client.post(address, {"kind": "relocation", "destinations": ["NL", "ES"]})
        made = Notice.objects.get()
        assert answer.url == page_of(made.id)
        page = client.get(answer.url)
        assert "Not ready to send" in words(page)
        assert "Arrival in the Netherlands" in words(page)
        assert "Arrival in Spain" in words(page)


def test_a_draft_with_gaps_is_kept_and_each_gap_is_named_with_a_link_to_its_field(
    nodes: Nodes, browser: Browser
) -> None:
    lv, _, _ = nodes
    with at(story.NOW), lv:
        notice = story.written(lv, "NL")
        client = browser(lv, "officer")
        page = client.get(page_of(notice))
        gone = filled(page.context["form"], requested="", basis__reason="")
        page = client.post(page_of(notice), gone, follow=True)
        assert page.redirect_chain
        text = words(page)
        assert "2 items missing" in text
        assert "A notice without an action is filed, not acted on" in text
        for name in ("requested", "basis.reason"):
            assert f'href="#id_{name}"' in page.content.decode()
            assert f'id="id_{name}"' in page.content.decode()


def test_what_contradicts_itself_is_named_at_its_field_and_what_was_typed_stays(nodes: Nodes, browser: Browser) -> None:
    lv, _, _ = nodes
    with at(story.NOW), lv:
        notice = story.written(lv, "NL", "ES")
        client = browser(lv, "officer")
        form = client.get(page_of(notice)).context["form"]
        early = local(story.DEPARTS - timedelta(days=2))
        typed = filled(
            form, destinations=["ES"], destinations__1__arrives_until=early, destinations__1__arrives_from="",
            returns=early, expires=local(story.NOW - timedelta(days=1)), grace_hours="-3", text="Dzīvos pie brālēna",
            language="",
        )  # fmt: skip
        page = client.post(page_of(notice), typed)
        assert set(mistakes(page)) == {"grace_hours"}
        typed["grace_hours"] = "12"
        page = client.post(page_of(notice), typed)
        assert set(mistakes(page)) == {"destinations.1.arrives_from", "returns", "expires", "text"}
        assert page.context["form"]["destinations.1.arrives_until"].value() == early
        assert page.context["form"]["text"].value() == "Dzīvos pie brālēna"
        assert Notice.objects.get().version == 2


@pytest.mark.parametrize("field", ["departs", "destinations.0.arrives_until", "expires", "reply_by"])
def test_a_time_that_is_none_is_named(nodes: Nodes, browser: Browser, field: str) -> None:
    lv, _, _ = nodes
    with at(story.NOW), lv:
        notice = story.written(lv, "NL")
        client = browser(lv, "officer")
        typed = filled(client.get(page_of(notice)).context["form"])
        page = client.post(page_of(notice), {**typed, field: "tomorrow"})
        assert list(mistakes(page)) == [field]
        assert page.context["form"][field].value() == "tomorrow"


def test_saving_without_a_change_changes_nothing_that_is_said(nodes: Nodes, browser: Browser) -> None:
    lv, _, _ = nodes
    with at(story.NOW), lv:
        notice = story.written(lv, "NL", "ES")
        before = queries.notice(lv.actor("officer"), notice).content
        client = browser(lv, "officer")
        client.post(page_of(notice), filled(client.get(page_of(notice)).context["form"]))
        assert queries.notice(lv.actor("officer"), notice).content == before


def hidden(page: Any) -> dict[str, Any]:
    """Return every hidden value of the form, as a browser sends it back."""
    found: dict[str, Any] = {}
    main = page.content.decode().partition("<main")[2]
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', main):
        found.setdefault(html.unescape(name), []).append(html.unescape(value))
    return found


def two_versions(lv: Node, client: Client, notice: str) -> Any:
    """Return the page that comes when two have written at once: what was typed differs in two fields."""
    typed = filled(client.get(page_of(notice)).context["form"])
    assert client.post(page_of(notice), {**typed, "return_point": "Tallinn port", "text": "By bus."}).status_code == 302
    return client.post(page_of(notice), {**typed, "return_point": "Riga port", "travel_note": "With a dog"})


def test_two_who_write_at_once_see_both_versions_and_say_for_each_field_which_stands(
    nodes: Nodes, browser: Browser
) -> None:
    lv, _, _ = nodes
    with at(story.NOW), lv:
        notice = story.written(lv, "NL")
        client = browser(lv, "officer")
        page = two_versions(lv, client, notice)
        assert page.status_code == 409
        text = words(page)
        assert "Somebody else saved this while you were writing" in text
        assert "Saved by Ilze Bērziņa" in text
        assert {one.name: (one.theirs, one.mine) for one in page.context["both"].differences} == {
            "return_point": ("Tallinn port", "Riga port"),
            "travel_note": ("", "With a dog"),
            "text": ("By bus.", "He will live with a cousin and work in a warehouse."),
        }
        assert queries.notice(lv.actor("officer"), notice).content.return_point == "Tallinn port"
        chosen = {**hidden(page), "keep.return_point": "mine", "keep.travel_note": "mine", "keep.text": "theirs"}
        assert client.post(page_of(notice), chosen).status_code == 302
        content = queries.notice(lv.actor("officer"), notice).content
        assert (content.return_point, content.travel_note, content.text) == ("Riga port", "With a dog", "By bus.")


def test_what_was_chosen_can_be_changed_further_in_the_form(nodes: Nodes, browser: Browser) -> None:
    lv, _, _ = nodes
    with at(story.NOW), lv:
        notice = story.written(lv, "NL")
        client = browser(lv, "officer")
        page = two_versions(lv, client, notice)
        shown = client.post(page_of(notice), {**hidden(page), "keep.text": "theirs", "edit": "1"})
        assert shown.status_code == 200
        form = shown.context["form"]
        assert (form["text"].value(), form["return_point"].value()) == ("By bus.", "Riga port")
        assert queries.notice(lv.actor("officer"), notice).content.return_point == "Tallinn port"
        assert client.post(page_of(notice), filled(form)).status_code == 302
        assert queries.notice(lv.actor("officer"), notice).content.return_point == "Riga port"


def test_a_use_wider_than_article_7_2_is_warned_of_for_author_and_second_person(nodes: Nodes, browser: Browser) -> None:
    lv, _, _ = nodes
    title = "The chosen use is wider than the legal basis"
    with at(story.NOW), lv:
        notice = story.written(lv, "NL")
        client = browser(lv, "officer")
        page = client.get(page_of(notice))
        assert page.context["form"]["basis"].value().endswith(":7(2)")
        assert title not in words(page)
        page = client.post(
            page_of(notice), filled(page.context["form"], basis__purpose="prevent-offences"), follow=True
        )
        assert title in words(page)
        assert "opens it for: Preventing, detecting or investigating serious criminal offences." in words(page)
        client.post(reverse("submit_notice", args=[notice]), {"version": version(lv, notice)})
        assert title in words(browser(lv, "head").get(page_of(notice)))


def test_a_state_that_somebody_added_meanwhile_is_not_lost_by_who_never_saw_it(nodes: Nodes, browser: Browser) -> None:
    lv, _, _ = nodes
    with at(story.NOW), lv:
        notice = story.written(lv, "NL")
        client = browser(lv, "officer")
        typed = filled(client.get(page_of(notice)).context["form"], return_point="Riga port")
        client.post(page_of(notice), {**typed, "return_point": "", "destinations": ["NL", "ES"]})
        form = client.get(page_of(notice)).context["form"]
        client.post(page_of(notice), filled(form, **{"destinations.1.arrival_point": "Madrid"}))
        page = client.post(page_of(notice), typed)
        assert {one.name for one in page.context["both"].differences} == {"destinations", "return_point"}
        client.post(page_of(notice), {**hidden(page), "keep.destinations": "theirs", "keep.return_point": "mine"})
        content = queries.notice(lv.actor("officer"), notice).content
        assert {one.state: one.arrival_point for one in content.destinations} == {"NL": "Schiphol", "ES": "Madrid"}
        assert content.return_point == "Riga port"


def test_what_was_typed_into_a_notice_that_went_on_meanwhile_can_be_copied(nodes: Nodes, browser: Browser) -> None:
    lv, _, _ = nodes
    with at(story.NOW), lv:
        notice = story.written(lv, "NL")
        client = browser(lv, "officer")
        typed = filled(client.get(page_of(notice)).context["form"], return_point="Riga port")
        actions.submit_notice(actor=lv.actor("officer"), id=notice, version=2)
        page = client.post(page_of(notice), typed)
        assert page.status_code == 409
        assert "It can no longer be changed" in words(page)
        assert "Riga port" in words(page)
        assert "Save what is chosen" not in words(page)


def test_who_is_not_ready_is_told_so_and_keeps_what_was_saved(nodes: Nodes, browser: Browser) -> None:
    lv, _, _ = nodes
    with at(story.NOW), lv:
        notice = story.written(lv, "NL")
        client = browser(lv, "officer")
        typed = filled(client.get(page_of(notice)).context["form"], requested="", return_point="Riga")
        page = client.post(page_of(notice), {**typed, "submit": "1"}, follow=True)
        assert "not put before a second person" in words(page)
        view = queries.notice(lv.actor("officer"), notice)
        assert (view.row.state, view.content.return_point) == (State.DRAFT, "Riga")


def test_second_person_contact_point_and_receipts(nodes: Nodes, browser: Browser) -> None:
    lv, nl, _ = nodes
    with at(story.NOW):
        with lv:
            notice = story.written(lv, "NL")
            officer, head, desk = (browser(lv, key) for key in ("officer", "head", "desk"))
            typed = filled(officer.get(page_of(notice)).context["form"])
            page = officer.post(page_of(notice), {**typed, "submit": "1"}, follow=True)
            assert "You wrote it, so you cannot approve it." in words(page)
            assert "Mārtiņš Ozols" in words(page)
            refused = officer.post(reverse("approve_notice", args=[notice]), {"version": version(lv, notice)})
            assert refused.status_code == 403
            assert desk.get(page_of(notice)).status_code == 403
            preview = words(head.get(page_of(notice)))
            assert "What the Netherlands will see" in preview
            assert "Not in this notice" in preview
            head.post(reverse("approve_notice", args=[notice]), {"version": version(lv, notice)})
            assert "Send to the Netherlands" in words(desk.get(page_of(notice)))
            early = officer.post(reverse("transmit_notice", args=[notice]), {"version": version(lv, notice)})
            assert early.status_code == 403
            page = desk.post(reverse("transmit_notice", args=[notice]), {"version": version(lv, notice)}, follow=True)
            assert "Sent, no receipt yet" in words(page)
        deliver(lv, nl)
        with lv:
            assert "Stored is not read" in words(desk.get(page_of(notice)))
            assert "Stored there, not taken" in words(desk.get(page_of(notice)))
            assert "What the Netherlands sees" in words(officer.get(page_of(notice)))


@pytest.mark.parametrize(("act", "state"), [("return_notice", State.RETURNED), ("refuse_notice", State.WITHDRAWN)])
def test_the_second_person_says_why(nodes: Nodes, browser: Browser, act: str, state: State) -> None:
    lv, _, _ = nodes
    with at(story.NOW), lv:
        notice = story.written(lv, "NL")
        actions.submit_notice(actor=lv.actor("officer"), id=notice, version=2)
        head = browser(lv, "head")
        page = head.post(reverse(act, args=[notice]), {"version": 3, "reason": "  "})
        assert mistakes(page, "said") == {"reason": ["Say why, in one sentence."]}
        assert queries.notice(lv.actor("head"), notice).row.state is State.AWAITING_APPROVAL
        answer = head.post(reverse(act, args=[notice]), {"version": 3, "reason": "Say where he works."})
        assert answer.url == reverse("needs_me_now")
        view = queries.notice(lv.actor("officer"), notice)
        assert (view.row.state, view.said) == (state, "Say where he works.")
        assert "Say where he works." in words(browser(lv, "officer").get(page_of(notice)))


def test_the_contact_point_gives_back_what_it_does_not_send(nodes: Nodes, browser: Browser) -> None:
    lv, _, _ = nodes
    with at(story.NOW), lv:
        notice = story.written(lv, "NL")
        actions.submit_notice(actor=lv.actor("officer"), id=notice, version=2)
        actions.approve_notice(actor=lv.actor("head"), id=notice, version=3)
        desk, address = browser(lv, "desk"), reverse("send_back_notice", args=[notice])
        assert "It is not sent then." in words(desk.get(page_of(notice)))
        page = desk.post(address, {"version": 4, "reason": ""})
        assert mistakes(page, "said") == {"reason": ["Say why, in one sentence."]}
        page = desk.post(address, {"version": 4, "reason": "The train is not named."}, follow=True)
        assert "Given back to its author with your reason. It was not sent." in words(page)
        shown = words(browser(lv, "officer").get(page_of(notice)))
        assert "The train is not named." in shown
        assert "Given back to its author" not in words(desk.get(reverse("needs_me_now")))


def test_one_who_saw_an_older_version_does_not_approve_it(nodes: Nodes, browser: Browser) -> None:
    lv, _, _ = nodes
    with at(story.NOW), lv:
        notice = story.written(lv, "NL")
        actions.submit_notice(actor=lv.actor("officer"), id=notice, version=2)
        for seen in ("2", "", "nonsense", "999999999999"):
            page = browser(lv, "head").post(reverse("approve_notice", args=[notice]), {"version": seen})
            assert page.status_code == 409
            assert "Read it again and decide again" in words(page)
        assert queries.notice(lv.actor("head"), notice).row.state is State.AWAITING_APPROVAL


def test_take_back_needs_a_code_and_a_reason_and_both_states_see_it(nodes: Nodes, browser: Browser) -> None:
    lv, nl, _ = nodes
    with at(story.NOW):
        with lv:
            notice = story.sent(lv, "NL")
        deliver(lv, nl)
        with lv:
            client = browser(lv, "officer")
            address = reverse("cancel_notice", args=[notice])
            page = client.post(address, {"version": version(lv, notice)})
            assert set(mistakes(page)) == {"reason_code", "reason"}
            given = {"version": version(lv, notice), "reason_code": "wrong_person", "reason": "Mixed up two files",
                     "data_were_wrong": "on"}  # fmt: skip
            page = client.post(address, given, follow=True)
            assert "Cancelled" in words(page)
        deliver(lv, nl)
        with nl:
            page = browser(nl, "desk").get(reverse("received", args=[story.received(nl)]))
            assert "This notice was taken back" in words(page)
            assert "Mixed up two files" not in words(page)


def test_a_change_is_written_like_a_notice_and_names_the_one_it_changes(nodes: Nodes, browser: Browser) -> None:
    lv, nl, _ = nodes
    with at(story.NOW):
        with lv:
            notice = story.sent(lv, "NL")
        deliver(lv, nl)
        with lv:
            client = browser(lv, "officer")
            made = client.post(reverse("change_notice", args=[notice])).url
            page = client.get(made)
            assert "Change: Move to another state" in words(page)
            assert "destinations" not in page.context["form"].fields
            again = client.post(reverse("change_notice", args=[notice]))
            assert again.status_code == 409
            later = local(story.EXPECTED + timedelta(days=1))
            typed = filled(page.context["form"], destinations__0__arrives_until=later, submit="1")
            assert "cannot approve" in words(client.post(made, typed, follow=True))


def test_reading_a_notice_is_an_entry_in_the_log(nodes: Nodes, browser: Browser) -> None:
    lv, _, _ = nodes
    with at(story.NOW), lv:
        notice = story.written(lv, "NL")
        browser(lv, "officer").get(page_of(notice))
        assert Entry.objects.filter(action="notice.read", subject=notice, actor=lv.people["officer"]).count() == 1


@pytest.mark.parametrize("key", ["admin", "protection", "desk"])
def test_a_draft_is_closed_to_those_without_relation_and_says_nothing(nodes: Nodes, browser: Browser, key: str) -> None:
    lv, _, _ = nodes
    with at(story.NOW), lv:
        notice = story.written(lv, "NL")
        there = browser(lv, key).get(page_of(notice))
        nowhere = browser(lv, key).get(page_of("ntc-00000000000000000000000000"))
        assert there.status_code == nowhere.status_code == 403
        assert "KOVŠOVS" not in words(there)
        assert stripped(there) == stripped(nowhere)


def stripped(page: Any) -> str:
    return words(page).split("You have no relation", 1)[1]


def test_preview_in_the_language_of_the_other_state(nodes: Nodes, browser: Browser) -> None:
    lv, _, _ = nodes
    with at(story.NOW), lv:
        notice = story.written(lv, "NL")
        client = browser(lv, "officer")
        english = words(client.get(page_of(notice)))
        dutch = words(client.get(page_of(notice) + "?shown=nl"))
        assert "Rape (1001 00)" in english
        assert "Verkrachting" in dutch
        assert clock.now() == story.NOW
