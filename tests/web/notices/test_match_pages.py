"""The match review: figures with their assumption, evidence side by side, judgements kept, taken back, put in question."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import movement_story as story
from factories import new_person
from notice_pages import incoming_version, mistakes, words
from somec.movements import actions, links, queries
from somec.movements.rules import Match
from somec.persons import actions as persons
from somec.persons import queries as files
from somec.persons.dates import PartialDate
from somec.persons.messages import Birth, Name, NewPerson
from two_nodes import Node, at, deliver

Nodes = tuple[Node, Node, Node]
Browser = Callable[[Node, str], Client]


@pytest.fixture
def incoming(nodes: Nodes) -> str:
    """A notice of Latvia about Kovšovs that the Netherlands have taken."""
    lv, nl, _ = nodes
    with at(story.NOW):
        with lv:
            story.sent(lv, "NL")
        deliver(lv, nl)
        with nl:
            received = story.received(nl)
            actions.acknowledge(actor=nl.actor("desk"), id=received, version=incoming_version(nl, received))
            return received


def judged(client: Client, node: Node, incoming: str, person: str, verdict: str, reason: str) -> None:
    given = {"verdict_form": "1", "candidate": person, "verdict": verdict, "reason": reason,
             "version": incoming_version(node, incoming)}  # fmt: skip
    assert client.post(reverse("match", args=[incoming]), given).status_code == 302


def test_the_review_shows_figures_scripts_bits_and_what_was_assumed(
    nodes: Nodes, browser: Browser, incoming: str
) -> None:
    nl = nodes[1]
    with at(story.NOW), nl:
        story.person(nl)
        page = browser(nl, "desk").get(reverse("match", args=[incoming]))
        text, shown = words(page), page.content.decode()
        assert "more than 99.9 in 100" in text
        assert "such searches about 8 have the person here" in text, "one file: as likely as one of 100,000"
        assert "No sign of a twin, a parent or a child" in text
        assert '<bdi class="sm-value" lang="und-Cyrl">' in shown
        assert '<svg class="sm-bits" viewBox="0 0 128 12" aria-hidden="true" focusable="false">' in shown
        assert "style=" not in shown
        assert "One bit doubles or halves the odds." in text


def test_a_twin_is_a_warning_of_its_own_and_changes_no_figure(nodes: Nodes, browser: Browser, incoming: str) -> None:
    nl = nodes[1]
    with at(story.NOW), nl:
        twin = new_person(
            names=(Name(family="Kovšovs", given="Andrejs", main=True),), documents=(), owner_id="",
            births=(Birth(date=PartialDate.parse("1984-03-17")),),
        )  # fmt: skip
        persons.record_person(actor=nl.actor("officer"), person=twin)
        page = browser(nl, "desk").get(reverse("match", args=[incoming]))
        text = words(page)
        assert "They may be twins" in text
        assert "Same family name, same day of birth, another first name." in text
        assert "The warning changes no figure. You decide." in text
        assert "Take care: read the warning beside the evidence" in text


def test_not_the_same_does_not_come_back_until_it_is_taken_back(nodes: Nodes, browser: Browser, incoming: str) -> None:
    nl = nodes[1]
    with at(story.NOW) as time, nl:
        known = story.person(nl)
        client, address = browser(nl, "desk"), reverse("match", args=[incoming])
        judged(client, nl, incoming, known, "not_same", "The scar is on the other hand.")
        page = client.get(address)
        assert page.context["answer"].candidates == ()
        text = words(page)
        assert "The scar is on the other hand." in text
        assert "Files that were judged not to be this person are left out." in text
        back = reverse("take_back_match", args=[incoming, page.context["judgements"][0].id])
        assert f'href="{back}"' in page.content.decode()
        version = {"version": incoming_version(nl, incoming)}
        assert mistakes(client.post(back, version)) == {"reason": ["Say in a sentence why."]}
        time.on(minutes=5)
        done = client.post(back, {**version, "reason": "It was another man's photograph."}, follow=True)
        assert [one.person_id for one in done.context["answer"].candidates] == [known]
        text = words(done)
        assert "Taken back" in text
        assert "It was another man's photograph." in text
        assert "The scar is on the other hand." in text
        assert client.get(back).status_code == 409, "it was taken back already"


def test_taking_back_what_settled_the_notice_opens_it_again(nodes: Nodes, browser: Browser, incoming: str) -> None:
    nl = nodes[1]
    with at(story.NOW) as time, nl:
        known = story.person(nl)
        client = browser(nl, "desk")
        judged(client, nl, incoming, known, "same", "Same passport, looked at in both.")
        assert queries.incoming(nl.actor("desk"), incoming).row.match is Match.SAME
        time.on(minutes=5)
        one = queries.judgements(nl.actor("desk"), incoming)[0]
        address = reverse("take_back_match", args=[incoming, one.id])
        text = words(client.get(address))
        assert "Same passport, looked at in both." in text
        assert "the other state is told that it cannot be told yet" in text
        given = {"version": incoming_version(nl, incoming), "reason": "The passport was stolen."}
        assert client.post(address, given).status_code == 302
        assert queries.incoming(nl.actor("desk"), incoming).row.match is Match.UNDECIDED


def test_only_who_may_judge_takes_back_and_an_unknown_judgement_looks_like_a_closed_one(
    nodes: Nodes, browser: Browser, incoming: str
) -> None:
    nl = nodes[1]
    with at(story.NOW), nl:
        known = story.person(nl)
        judged(browser(nl, "desk"), nl, incoming, known, "same", "Same passport, looked at in both.")
        one = queries.judgements(nl.actor("desk"), incoming)[0].id
        assert browser(nl, "police").get(reverse("take_back_match", args=[incoming, one])).status_code == 403
        nothing = reverse("take_back_match", args=[incoming, "jdg-00000000000000000000000000"])
        assert browser(nl, "desk").get(nothing).status_code == 403


def test_a_decision_on_somebody_who_left_the_list_is_recorded_for_nobody_else(
    nodes: Nodes, browser: Browser, incoming: str
) -> None:
    nl = nodes[1]
    with at(story.NOW), nl:
        story.person(nl)
        given = {"verdict_form": "1", "candidate": "prs-00000000000000000000000000", "verdict": "same",
                 "reason": "Looked at both.", "version": incoming_version(nl, incoming)}  # fmt: skip
        page = browser(nl, "desk").post(reverse("match", args=[incoming]), given)
        assert page.status_code == 409
        assert "This candidate is not in the list any more. Compare again." in words(page)
        assert queries.judgements(nl.actor("desk"), incoming) == []


def test_a_link_that_a_correction_makes_unlikely_is_work_a_list_and_a_warning(
    nodes: Nodes, browser: Browser, incoming: str
) -> None:
    nl = nodes[1]
    with at(story.NOW) as time, nl:
        client, address = browser(nl, "desk"), reverse("match", args=[incoming])
        bare = NewPerson(
            names=(Name(family="KOVSHOV", given="Valeriy"),), births=(Birth(date=PartialDate(1984, 3, 17)),), sex="male"
        )
        known = persons.record_person(actor=nl.actor("police"), person=bare)
        judged(client, nl, incoming, known, "same", "Same passport, looked at in both.")
        doubted = reverse("matches") + "?show=in_question"
        assert "No confirmed link has become unlikely." in words(client.get(doubted))
        time.on(minutes=5)
        police, view = nl.actor("police"), files.view(known)
        other = replace(view.names[0], family="de Vries", given="Willemijn", romanisations=())
        born = [(one, replace(one, date=PartialDate.parse("1961-11-02"))) for one in view.births]
        for old, new in ((view.names[0], other), *born):
            persons.correct_statement(
                actor=police, person_id=known, statement_id=old.id, statement=new, reason="Two files were mixed up."
            )
        assert links.check_links() == 1
        work = client.get(reverse("needs_me_now"))
        assert "and our file may be two" in words(work)
        assert f'href="{address}"' in work.content.decode()
        listed = words(client.get(doubted))
        for said in ("less than 0.1 in 100", "When confirmed:", "Our file changed since.", "looked at in both"):
            assert said in listed
        review = words(client.get(address))
        assert "This link is in question" in review
        assert "Nothing was undone. Decide again" in review
        judged(client, nl, incoming, known, "same", "The correction was wrong; it is the same man.")
        assert "This link is in question" not in words(client.get(address)), "the link is asked about for ever"


def test_a_review_costs_as_much_for_many_candidates_as_for_few(nodes: Nodes, browser: Browser, incoming: str) -> None:
    nl = nodes[1]
    with at(story.NOW), nl:
        client, address = browser(nl, "desk"), reverse("match", args=[incoming])

        def asked() -> int:
            client.get(address)  # takes the changes into the index
            with CaptureQueriesContext(connections["default"]) as counted:
                assert client.get(address).status_code == 200
            return len(counted)
