"""The story that must always run, between two real databases: told, taken, matched, assigned, not arrived, answered."""

from __future__ import annotations

from datetime import timedelta

import pytest

import movement_story as story
from somec.alerts import actions as alerts
from somec.alerts import queries as needs
from somec.alerts.rules import Verb
from somec.kernel import clock
from somec.kernel.errors import NotAllowed, NotPossibleNow
from somec.movements import actions, queries
from somec.movements.actions import NewOwner
from somec.movements.rules import Match, Outcome, Service, State
from two_nodes import Node, at, deliver

Nodes = tuple[Node, Node, Node]


def test_told_taken_matched_assigned_arrived(nodes: Nodes) -> None:  # noqa: PLR0915 - one story
    lv, nl, _ = nodes
    with at(story.NOW) as time:
        with lv:
            notice_id = story.approved(lv, "NL")
            with pytest.raises(NotAllowed):
                actions.transmit_notice(actor=lv.actor("officer"), id=notice_id, version=story.version(lv, notice_id))
            previewed = queries.preview(lv.actor("officer"), notice_id)[0].document
            actions.transmit_notice(actor=lv.actor("desk"), id=notice_id, version=story.version(lv, notice_id))
            view = queries.notice(lv.actor("officer"), notice_id)
            assert view.disclosures[0].state is State.SENT
            document = queries.preview(lv.actor("officer"), notice_id)[0]
            assert document.sent
            assert document.document["items"] == previewed["items"]
            same = ("type", "version", "legal_basis", "purpose", "handling_code", "from", "to", "reference", "expires")
            assert {name: document.document["header"][name] for name in same} == {
                name: previewed["header"][name] for name in same
            }
            assert {one.code for one in document.left_out} >= {"address.not_needed"}
        time.on(minutes=2)
        assert deliver(lv, nl) == 1
        with lv:
            row = queries.notice(lv.actor("officer"), notice_id).disclosures[0]
            assert row.state is State.RECEIPTED
            assert row.receipted
        with nl:
            incoming_id = story.received(nl)
            desk = nl.actor("desk")
            view = queries.incoming(desk, incoming_id)
            assert view.row.person.label == "KOVŠOVS, Valērijs"
            assert view.row.state is State.RECEIVED
            with pytest.raises(NotPossibleNow):
                actions.judge(actor=desk, id=incoming_id, version=1, verdict=Match.CANNOT_TELL, reason="too early")
            lines = needs.needs_me_now(desk).needs
            assert {line.verb for line in lines} == {Verb.TAKE, Verb.SAY_ARRIVAL}
            take = next(line for line in lines if line.verb is Verb.TAKE)
            assert take.due == story.NOW + timedelta(hours=24)
            time.on(hours=2)
            actions.acknowledge(actor=desk, id=incoming_id, version=1)
            person_id = actions.adopt(actor=desk, id=incoming_id, version=2, reason="nobody of ours")
            actions.assign(
                actor=desk, id=incoming_id, version=3,
                owners=[NewOwner(Service.POLICE, nl.offices["rotterdam"]), NewOwner(Service.PROBATION, nl.offices["probation"])],
            )  # fmt: skip
            actions.take(actor=nl.actor("police"), id=incoming_id, version=4, service=Service.POLICE)
            actions.plan_action(
                actor=nl.actor("police"), id=incoming_id, version=5, what="Visit the address", service=Service.POLICE,
                due=story.EXPECTED, owner_id=nl.people["police"],
            )  # fmt: skip
            assert queries.incoming(desk, incoming_id).row.person.id == person_id
        deliver(lv, nl)
        with lv:
            row = queries.notice(lv.actor("officer"), notice_id).disclosures[0]
            assert row.state is State.ASSIGNED
            assert row.match is Match.SAME
            assert row.taken_authority == "Police contact point (SPOC)"
            assert {owner["service"] for owner in row.owners} == {"police", "probation"}
            assert any(owner.get("person") == "Sander Mulder" for owner in row.owners)
        time.on(days=12)
        with nl:
            actions.record_arrival(
                actor=nl.actor("police"),
                id=incoming_id,
                version=6,
                at=story.ARRIVES,
                place=story.Place(town="Rotterdam"),
            )
        deliver(lv, nl)
        with lv:
            row = queries.notice(lv.actor("officer"), notice_id).disclosures[0]
            assert row.state is State.ARRIVED
            assert row.arrived == story.ARRIVES
            follow = queries.conversation(lv.actor("officer"), row.conversation)
            assert follow.agreement.agree is True
            assert {duty.state for duty in follow.duties} == {"met"}
            lanes = queries.lanes(lv.actor("officer"), queries.notice(lv.actor("officer"), notice_id).row.person.id)
            assert [lane.state for lane in lanes.lanes] == ["LV", "NL"]
        with nl:
            mirror = queries.conversation(nl.actor("desk"), row.conversation)
            assert [duty.due for duty in mirror.duties] == [duty.due for duty in follow.duties]
            assert [one.id for one in mirror.documents] == [one.id for one in follow.documents]


def test_not_arrived_is_raised_at_both_nodes_at_the_same_instant_and_names_who_must_act(nodes: Nodes) -> None:  # noqa: PLR0915 - one story
    lv, nl, _ = nodes
    with at(story.NOW) as time:
        with lv:
            notice_id = story.sent(lv, "NL")
        deliver(lv, nl)
        with nl:
            incoming_id = story.received(nl)
            actions.acknowledge(actor=nl.actor("desk"), id=incoming_id, version=1)
        deliver(lv, nl)
        due = story.EXPECTED + timedelta(hours=12)
        time.on(seconds=(due - clock.now()).total_seconds() - 1)
        for node in (lv, nl):
            with node:
                assert alerts.tick() == 0
        time.on(seconds=1)
        for node in (lv, nl):
            with node:
                assert alerts.tick() == 1
                assert alerts.tick() == 0
        with lv:
            found = [line for line in needs.needs_me_now(lv.actor("officer")).needs if line.verb is Verb.FIND_OUT]
            assert [(line.due, line.states) for line in found] == [(due, ("NL",))]
            person_id = queries.notice(lv.actor("officer"), notice_id).row.person.id
            assert queries.lanes(lv.actor("officer"), person_id).expected_unmet == ("NL",)
        time.on(hours=1)
        with nl:
            desk = nl.actor("desk")
            lines = needs.needs_me_now(desk).needs
            assert (Verb.SAY_ARRIVAL, due) in [(line.verb, line.due) for line in lines]
            assert (Verb.TELL_WHAT_WAS_DONE, due + timedelta(hours=12)) in [(line.verb, line.due) for line in lines]
            actions.record_no_arrival(actor=desk, id=incoming_id, version=2)
            actions.answer(
                actor=desk,
                id=incoming_id,
                version=3,
                outcome=Outcome.NOT_FOUND,
                text="Nobody at the address",
                language="en",
            )
            assert Verb.TELL_WHAT_WAS_DONE not in {line.verb for line in needs.needs_me_now(desk).needs}
        deliver(lv, nl)
        with lv:
            row = queries.notice(lv.actor("officer"), notice_id).disclosures[0]
            assert row.state is State.NOT_ARRIVED
            assert row.outcome == "not_found"
            follow = queries.conversation(lv.actor("officer"), row.conversation)
            assert follow.agreement.agree is True
            answer = next(one for one in follow.documents if one.type == "movement-answer")
            assert answer.taken is None
            reader = needs.needs_me_now(lv.actor("officer")).needs
            assert Verb.READ_ANSWER in {line.verb for line in reader}
            actions.take_answer(actor=lv.actor("officer"), disclosure_id=row.id, document_id=answer.id)
            assert alerts.tick() == 1
        deliver(lv, nl)
        with nl:
            follow = queries.conversation(nl.actor("desk"), row.conversation)
            answer = next(one for one in follow.documents if one.type == "movement-answer")
            assert answer.taken
            assert answer.taken_by == "Ilze Bērziņa"
            assert follow.agreement.agree is True
            assert {duty.state for duty in follow.duties} == {"met"}
