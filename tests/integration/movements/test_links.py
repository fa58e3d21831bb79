"""A confirmed link and its corrections: weighed again, asked about, never undone by the machine."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

import movement_story as story
from somec.alerts import queries as needs
from somec.alerts.rules import Verb
from somec.movements import actions, links, queries
from somec.movements.rules import Kind, Match
from somec.persons import actions as persons
from somec.persons import queries as files
from somec.persons.dates import PartialDate
from somec.persons.messages import Birth, Name, NewPerson
from somec.persons.search import Outcome
from two_nodes import Node, at, deliver

Nodes = tuple[Node, Node, Node]
REASON = "Compared by hand, both papers seen"


@pytest.fixture
def noticed(nodes: Nodes) -> Any:
    """Latvia's notice lies at the Netherlands' desk, which has a file of the same man."""
    lv, nl, _ = nodes
    with at(story.NOW) as time:
        with lv:
            story.sent(lv, "NL")
        time.on(minutes=1)
        deliver(lv, nl)
        with nl:
            incoming = story.received(nl)
            actions.acknowledge(actor=nl.actor("desk"), id=incoming, version=1)
            known = NewPerson(
                names=(Name(family="KOVSHOV", given="Valeriy"),),
                births=(Birth(date=PartialDate(1984, 3, 17)),),
                sex="male",
            )
            file = persons.record_person(actor=nl.actor("police"), person=known)
        time.on(minutes=1)
        yield lv, nl, incoming, file, time


def judged(nl: Node, incoming: str, verdict: Match, file: str = "") -> None:
    actions.judge(
        actor=nl.actor("desk"), id=incoming, version=story.incoming_version(nl, incoming), verdict=verdict,
        person_id=file, reason=REASON,
    )  # fmt: skip


def to_do(nl: Node, key: str = "desk") -> set[Verb]:
    return {line.verb for line in needs.needs_me_now(nl.actor(key)).needs}


def corrected(nl: Node, file: str) -> None:
    """The file turns out to be somebody else's: other name, other date."""
    police, view = nl.actor("police"), files.view(file)
    other = replace(view.names[0], family="de Vries", given="Willemijn", romanisations=())
    for old, new in ((view.names[0], other), (view.births[0], replace(view.births[0], date=PartialDate(1961, 11, 2)))):
        persons.correct_statement(actor=police, person_id=file, statement_id=old.id, statement=new, reason=REASON)


def test_the_notice_is_answered_by_the_engine_and_logged(noticed: Any) -> None:
    _, nl, incoming, file, _ = noticed
    with nl:
        answer = queries.match(nl.actor("desk"), incoming)
        assert answer.outcome in {Outcome.HIT, Outcome.CANDIDATE}
        assert answer.candidates[0].person_id == file
        assert answer.candidates[0].probability < 1.0


def test_a_link_that_a_correction_makes_unlikely_is_asked_about_and_not_undone(noticed: Any) -> None:
    _, nl, incoming, file, time = noticed
    with nl:
        judged(nl, incoming, Match.SAME, file)
        assert links.check_links() == 0
        assert queries.links_in_question(nl.actor("desk")) == ()
        time.on(minutes=1)
        corrected(nl, file)
        assert links.check_links() == 1
        (line,) = queries.links_in_question(nl.actor("desk"))
        assert (line.incoming_id, line.person.id, line.side, line.reason) == (incoming, file, "ours", REASON)
        assert (line.after < 0.001, line.before > 0.01) == (True, True)
        assert Verb.REVIEW_LINK in to_do(nl)
        assert Verb.REVIEW_LINK not in to_do(nl, "head")
        view = queries.incoming(nl.actor("desk"), incoming)
        assert (view.row.match, view.row.person.id) == (Match.SAME, file)


def test_whoever_keeps_the_link_is_not_asked_again(noticed: Any) -> None:
    _, nl, incoming, file, time = noticed
    with nl:
        judged(nl, incoming, Match.SAME, file)
        corrected(nl, file)
        links.check_links()
        time.on(minutes=1)
        judged(nl, incoming, Match.SAME, file)
        assert links.check_links() == 0
        assert queries.links_in_question(nl.actor("desk")) == ()
        assert Verb.REVIEW_LINK not in to_do(nl)


def test_a_correction_of_the_correction_ends_the_question(noticed: Any) -> None:
    _, nl, incoming, file, _ = noticed
    with nl:
        before = files.view(file)
        judged(nl, incoming, Match.SAME, file)
        corrected(nl, file)
        links.check_links()
        for was, now in zip(
            (*before.names, *before.births), (*files.view(file).names, *files.view(file).births), strict=True
        ):
            persons.correct_statement(
                actor=nl.actor("police"), person_id=file, statement_id=now.id, statement=was, reason=REASON
            )
        assert links.check_links() == 1
        assert queries.links_in_question(nl.actor("desk")) == ()


def test_not_the_same_does_not_come_back_after_corrections_of_our_file(noticed: Any) -> None:
    _, nl, incoming, file, _ = noticed
    with nl:
        judged(nl, incoming, Match.NOT_SAME, file)
        answer = queries.match(nl.actor("desk"), incoming)
        assert (answer.candidates, answer.turned_down) == ((), 1)
        assert "search.turned_down_left_out" in answer.reasons
        extra = Name(family="KOVŠOVS", given="Valērijs", kind="alias")
        persons.add_statement(actor=nl.actor("police"), person_id=file, statement=extra)
        assert queries.match(nl.actor("desk"), incoming).candidates == ()


def test_not_the_same_holds_for_the_next_notice_about_the_same_person(noticed: Any) -> None:
    lv, nl, incoming, file, time = noticed
    with nl:
        judged(nl, incoming, Match.NOT_SAME, file)
    with lv:
        told = queries.notices(lv.actor("officer")).rows[0]
        second = actions.draft_notice(
            actor=lv.actor("officer"), person_id=told.person.id, kind=Kind.PLANNED_TRAVEL, destinations=("NL",)
        )
        first = queries.notice(lv.actor("officer"), told.id)
        content = replace(first.content, kind=Kind.PLANNED_TRAVEL)
        actions.save_notice(actor=lv.actor("officer"), id=second, version=1, content=content)
        for step, key in (
            (actions.submit_notice, "officer"),
            (actions.approve_notice, "head"),
            (actions.transmit_notice, "desk"),
        ):
            step(actor=lv.actor(key), id=second, version=story.version(lv, second))
    time.on(minutes=1)
    deliver(lv, nl)
    with nl:
        newest = next(row.id for row in queries.incoming_list(nl.actor("desk")).rows if row.id != incoming)
        actions.acknowledge(actor=nl.actor("desk"), id=newest, version=1)
        answer = queries.match(nl.actor("desk"), newest)
        assert (answer.candidates, answer.turned_down) == ((), 1)


def test_cannot_tell_comes_back_when_our_file_says_something_new(noticed: Any) -> None:
    _, nl, incoming, file, time = noticed
    with nl:
        judged(nl, incoming, Match.CANNOT_TELL, file)
        assert Verb.DECIDE_MATCH not in to_do(nl)
        time.on(minutes=1)
        extra = Name(family="KOVŠOVS", given="Valērijs", kind="alias")
        persons.add_statement(actor=nl.actor("police"), person_id=file, statement=extra)
        assert Verb.DECIDE_MATCH in to_do(nl)
        shown = queries.match(nl.actor("desk"), incoming).candidates[0]
        assert (shown.verdict, shown.new_facts) == ("cannot_tell", True)


def test_a_judgement_taken_back_leaves_the_notice_undecided_and_tells_the_other_state(noticed: Any) -> None:
    lv, nl, incoming, file, time = noticed
    with nl:
        judged(nl, incoming, Match.SAME, file)
        (kept,) = queries.judgements(nl.actor("desk"), incoming)
        assert kept.verdict == "same"
    deliver(lv, nl)
    time.on(minutes=1)
    with nl:
        actions.withdraw_judgement(
            actor=nl.actor("desk"),
            id=incoming,
            version=story.incoming_version(nl, incoming),
            judgement_id=kept.id,
            reason="The passport was read wrongly",
        )
        view = queries.incoming(nl.actor("desk"), incoming)
        assert (view.row.match, view.row.person.id) == (Match.UNDECIDED, "")
        (kept,) = queries.judgements(nl.actor("desk"), incoming)
        assert kept.withdrawn_because == "The passport was read wrongly"
        assert links.check_links() == 0
    deliver(lv, nl)
    with lv:
        told = queries.notice(lv.actor("officer"), queries.notices(lv.actor("officer")).rows[0].id)
        assert told.disclosures[0].match is Match.CANNOT_TELL


def test_nobody_of_ours_is_kept_with_the_answer(noticed: Any) -> None:
    _, nl, incoming, _, _ = noticed
    with nl:
        judged(nl, incoming, Match.NOT_SAME)
        (kept,) = queries.judgements(nl.actor("desk"), incoming)
        assert queries.match(nl.actor("desk"), incoming).nobody_judged == kept.id
