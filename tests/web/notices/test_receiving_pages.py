"""Notices of other states on screen: take, compare, decide, assign, record, plan, answer, close."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

import movement_story as story
from notice_pages import incoming_version, local, mistakes, words
from somec.exchange.models import Obligation
from somec.movements import actions, queries
from somec.movements.rules import Match, Service, State
from two_nodes import Node, at, deliver

Nodes = tuple[Node, Node, Node]
Browser = Callable[[Node, str], Client]


def taken(nodes: Nodes) -> str:
    """Let Latvia send and the Netherlands take a notice; returns its id there."""
    lv, nl, _ = nodes
    with lv:
        story.sent(lv, "NL")
    deliver(lv, nl)
    with nl:
        incoming = story.received(nl)
        actions.acknowledge(actor=nl.actor("desk"), id=incoming, version=incoming_version(nl, incoming))
        return incoming


def step(incoming: str, act: str) -> str:
    return reverse("received_step", args=[incoming, act])


def test_take_it_once_and_only_as_contact_point(nodes: Nodes, browser: Browser) -> None:
    lv, nl, _ = nodes
    with at(story.NOW):
        with lv:
            story.sent(lv, "NL")
        deliver(lv, nl)
        with nl:
            incoming = story.received(nl)
            page = browser(nl, "desk").get(reverse("received", args=[incoming]))
            assert "Your node stored it; that is not reading it" in words(page)
            assert "Verkrachting" not in words(page)
            assert "Rape (1001 00)" in words(page)
            assert browser(nl, "police").get(reverse("received", args=[incoming])).status_code == 403
            seen = incoming_version(nl, incoming)
            refused = browser(nl, "head").post(reverse("acknowledge", args=[incoming]), {"version": seen})
            assert refused.status_code == 403
            page = browser(nl, "desk").post(reverse("acknowledge", args=[incoming]), {"version": seen}, follow=True)
            assert "Taken. The other state sees that your authority has it." in words(page)
            again = browser(nl, "desk").post(reverse("acknowledge", args=[incoming]), {"version": seen})
            assert again.status_code == 409
            assert "Read it again and do it again" in words(again)


def test_compare_side_by_side_and_decide_with_a_reason(nodes: Nodes, browser: Browser) -> None:
    lv, nl, _ = nodes
    with at(story.NOW):
        incoming = taken(nodes)
        with nl:
            known = story.person(nl)
            client = browser(nl, "desk")
            address = reverse("match", args=[incoming])
            text = words(client.get(address))
            assert "Name KOVŠOVS, Valērijs" in text
            assert "bits for" in text
            assert "Nobody in the index" in text
            page = client.post(address, {"verdict_form": "1", "candidate": known, "verdict": "same"})
            assert mistakes(page, "verdict") == {"reason": ["Say in a sentence what decided it."]}
            assert page.context["verdict"]["verdict"].value() == "same"
            seen = incoming_version(nl, incoming)
            given = {"verdict_form": "1", "candidate": known, "verdict": "same", "grounds": ["document"],
                     "reason": "Same passport, looked at in both files.", "version": seen}  # fmt: skip
            assert client.post(address, given).url == reverse("received", args=[incoming])
            view = queries.incoming(nl.actor("desk"), incoming)
            assert (view.row.match, view.row.person.id) == (Match.SAME, known)
            later = {**given, "verdict": "cannot_tell", "reason": "The passport was reported stolen.",
                     "version": incoming_version(nl, incoming)}  # fmt: skip
            client.post(address, later)
            text = words(client.get(address))
            assert "The passport was reported stolen." in text
            assert "Same passport, looked at in both files." in text
            assert "Replaced" in text
        deliver(lv, nl)


def test_nobody_of_ours_makes_a_new_file(nodes: Nodes, browser: Browser) -> None:
    _, nl, _ = nodes
    with at(story.NOW):
        incoming = taken(nodes)
        with nl:
            client = browser(nl, "desk")
            address = reverse("match", args=[incoming])
            text = words(client.get(address))
            assert "Nobody on file is near" in text or "There is nobody on file yet" in text
            page = client.post(address, {"nobody_form": "1", "reason": "Looked by hand as well."})
            assert mistakes(page, "nobody") == {"outcome": ["Choose what follows."]}
            given = {"nobody_form": "1", "outcome": "adopt", "reason": "Looked by hand as well.",
                     "version": incoming_version(nl, incoming)}  # fmt: skip
            client.post(address, given)
            view = queries.incoming(nl.actor("desk"), incoming)
            assert view.row.match is Match.SAME
            assert view.row.person.label == "KOVŠOVS, Valērijs"


def test_assign_police_and_probation_and_let_the_owner_take_it(nodes: Nodes, browser: Browser) -> None:
    _, nl, _ = nodes
    with at(story.NOW):
        incoming = taken(nodes)
        with nl:
            desk = browser(nl, "desk")
            page = desk.post(step(incoming, "assign"), {"version": incoming_version(nl, incoming)})
            assert "Choose at least one authority." in words(page)
            wrong = {"police.authority": nl.offices["police"], "police.person": nl.people["police"]}
            page = desk.post(step(incoming, "assign"), {**wrong, "version": incoming_version(nl, incoming)})
            assert list(mistakes(page)) == ["police.person"]
            right = {
                "police.authority": nl.offices["rotterdam"], "probation.authority": nl.offices["probation"],
                "version": incoming_version(nl, incoming),
            }  # fmt: skip
            assert desk.post(step(incoming, "assign"), right).status_code == 302
            police = browser(nl, "police")
            text = words(police.get(reverse("needs_me_now")))
            assert "Take over the work that was assigned to you" in text
            police.post(reverse("take_work", args=[incoming]))
            owners = {one.service: one.user_id for one in queries.incoming(nl.actor("desk"), incoming).row.owners}
            assert owners == {Service.POLICE: nl.people["police"], Service.PROBATION: ""}


def test_an_arrival_has_a_time_that_has_passed(nodes: Nodes, browser: Browser) -> None:
    _, nl, _ = nodes
    with at(story.NOW) as time:
        incoming = taken(nodes)
        time.on(days=12)
        with nl:
            desk = browser(nl, "desk")
            given = {"version": incoming_version(nl, incoming), "town": "Rotterdam", "certainty": "confirmed"}
            page = desk.post(step(incoming, "arrival"), given)
            assert mistakes(page) == {"at": ["Give a date and a time."]}
            future = local(time.now + timedelta(days=1))
            page = desk.post(step(incoming, "arrival"), {**given, "at": future})
            assert mistakes(page) == {"at": ["This lies in the future. Give a time up to now."]}
            assert page.context["form"]["town"].value() == "Rotterdam"
            assert page.context["form"]["at"].value() == future
            page = desk.post(step(incoming, "arrival"), {**given, "at": local(time.now)}, follow=True)
            assert "Arrived" in words(page)


def test_no_arrival_is_not_recorded_while_he_is_expected(nodes: Nodes, browser: Browser) -> None:
    _, nl, _ = nodes
    with at(story.NOW) as time:
        incoming = taken(nodes)
        with nl:
            page = browser(nl, "desk").post(
                step(incoming, "no-arrival"), {"version": incoming_version(nl, incoming), "remark": "Nobody there"}
            )
            assert page.status_code == 409
            assert "The person is still expected until" in words(page)
            assert "T18:20" not in words(page)
        time.on(days=16)
        with nl:
            page = browser(nl, "desk").post(
                step(incoming, "no-arrival"), {"version": incoming_version(nl, incoming), "remark": "Nobody there"},
                follow=True,
            )  # fmt: skip
            assert "Did not arrive" in words(page)


def test_a_plan_lies_ahead_and_is_done_once(nodes: Nodes, browser: Browser) -> None:
    _, nl, _ = nodes
    with at(story.NOW) as time:
        incoming = taken(nodes)
        with nl:
            desk = browser(nl, "desk")
            given = {"version": incoming_version(nl, incoming), "what": "Visit the address", "service": "police",
                     "due": local(time.now - timedelta(hours=2))}  # fmt: skip
            page = desk.post(step(incoming, "plan"), {**given, "what": ""})
            assert set(mistakes(page)) == {"what", "due"}
            page = desk.post(step(incoming, "plan"), given)
            assert mistakes(page) == {"due": ["This time has passed. Give a later one."]}
            desk.post(step(incoming, "plan"), {**given, "due": local(time.now + timedelta(days=2))})
            plan = queries.incoming(nl.actor("desk"), incoming).plan[0]
            assert "Visit the address" in words(desk.get(reverse("received", args=[incoming])))
            done = reverse("finish_plan", args=[incoming, plan.id])
            desk.post(done, {"result": "Met at home"})
            assert "Met at home" in words(desk.get(reverse("received", args=[incoming])))
            assert "It was recorded as done already." in words(desk.get(done))


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "outcome"),
        ({"outcome": "refused"}, "text"),
        ({"outcome": "unusable"}, "missing"),
        ({"outcome": "left_for_another_state"}, "left_for"),
        ({"outcome": "located", "at": "last week"}, "at"),
    ],
)
def test_an_answer_that_lacks_something_is_not_sent(
    nodes: Nodes, browser: Browser, given: dict[str, str], field: str
) -> None:
    _, nl, _ = nodes
    with at(story.NOW):
        incoming = taken(nodes)
        with nl:
            sent = {"language": "en", "version": incoming_version(nl, incoming), **given}
            page = browser(nl, "desk").post(step(incoming, "answer"), sent)
            assert list(mistakes(page)) == [field]
            assert queries.incoming(nl.actor("desk"), incoming).answered is None


def test_answer_then_close_and_the_other_side_takes_the_answer(nodes: Nodes, browser: Browser) -> None:
    lv, nl, _ = nodes
    with at(story.NOW) as time:
        incoming = taken(nodes)
        with nl:
            desk = browser(nl, "desk")
            early = desk.post(
                step(incoming, "close"), {"reason": "Nothing more to do", "version": incoming_version(nl, incoming)}
            )
            assert early.status_code == 409
            assert "Answer first" in words(early)
            desk.post(step(incoming, "answer"), {
                "outcome": "spoken_to", "text": "Spoken to at home.", "language": "en",
                "version": incoming_version(nl, incoming),
            })  # fmt: skip
            desk.post(step(incoming, "close"), {"reason": "Done", "version": incoming_version(nl, incoming)})
            assert queries.incoming(nl.actor("desk"), incoming).row.state is State.CLOSED
            conversation = queries.incoming(nl.actor("desk"), incoming).conversation
        time.on(minutes=1)
        deliver(lv, nl)
        with lv:
            client = browser(lv, "desk")
            page = client.get(reverse("conversation", args=[conversation]))
            text = words(page)
            assert "Both agree" in text
            assert "Answer : Found and spoken to" in text or "Answer: Found and spoken to" in text
            assert "Take the answer" in text
            document = page.context["answers_to_take"][0]
            told = page.context["subject"]["told"]
            page = client.post(
                reverse("take_answer", args=[told.id]),
                {"document": document, "conversation": conversation},
                follow=True,
            )
            assert page.context["answers_to_take"] == []
            paper = words(client.get(reverse("document", args=[conversation, document])))
            assert "Spoken to at home." in paper
            assert '"outcome": "spoken_to"' in paper


def test_a_change_is_confirmed_on_the_page_that_shows_it(nodes: Nodes, browser: Browser) -> None:
    lv, nl, _ = nodes
    with at(story.NOW) as time:
        incoming = taken(nodes)
        with lv:
            notice = queries.notices(lv.actor("officer")).rows[0].id
            actions.cancel_notice(
                actor=lv.actor("officer"), id=notice, version=queries.notice(lv.actor("officer"), notice).row.version,
                reason_code="plans_changed", reason="He stays",
            )  # fmt: skip
        time.on(minutes=1)
        deliver(lv, nl)
        with nl:
            desk = browser(nl, "desk")
            page = desk.get(reverse("received", args=[incoming]))
            assert "Latvia changed what it told you" in words(page)
            page = desk.post(
                reverse("confirm_changes", args=[incoming]), {"version": incoming_version(nl, incoming)}, follow=True
            )
            assert "Latvia changed what it told you" not in words(page)
            assert "This notice was taken back" in words(page)


def test_two_nodes_that_differ_say_so_in_red_with_both_numbers(nodes: Nodes, browser: Browser) -> None:
    lv, nl, _ = nodes
    with at(story.NOW):
        incoming = taken(nodes)
        deliver(lv, nl)
        with nl:
            conversation = queries.incoming(nl.actor("desk"), incoming).conversation
        with lv:
            client = browser(lv, "desk")
            address = reverse("conversation", args=[conversation])
            assert "Both agree" in words(client.get(address))
            duty = Obligation.objects.get(conversation=conversation, rule="movement-notice.say-arrival")
            Obligation.objects.filter(pk=duty.pk).update(due=duty.due + timedelta(hours=1))
            text = words(client.get(address))
            assert "They differ" in text
            assert "but not the same duties or due instants" in text
            assert "Documents compared: 1" in text
            assert "Nothing is chosen by itself" in text


@pytest.mark.parametrize("key", ["police", "officer", "admin", "protection"])
def test_a_received_notice_is_closed_to_those_without_relation(nodes: Nodes, browser: Browser, key: str) -> None:
    _, nl, _ = nodes
    with at(story.NOW):
        incoming = taken(nodes)
        with nl:
            client = browser(nl, key)
            conversation = queries.incoming(nl.actor("desk"), incoming).conversation
            for name, id_ in (("received", incoming), ("match", incoming), ("conversation", conversation)):
                page = client.get(reverse(name, args=[id_]))
                assert page.status_code == 403
                assert "KOVŠOVS" not in words(page)
                assert client.get(reverse(name, args=["nothing"])).status_code == 403


def test_a_step_that_is_not_open_changes_nothing(nodes: Nodes, browser: Browser) -> None:
    lv, nl, _ = nodes
    with at(story.NOW):
        with lv:
            story.sent(lv, "NL")
        deliver(lv, nl)
        with nl:
            incoming = story.received(nl)
            client = browser(nl, "desk")
            for act in ("assign", "answer", "close", "nonsense"):
                page = client.post(step(incoming, act), {"version": incoming_version(nl, incoming)})
                assert page.status_code == 409
                assert "This is not possible now" in words(page)
            assert queries.incoming(nl.actor("desk"), incoming).row.state is State.RECEIVED
