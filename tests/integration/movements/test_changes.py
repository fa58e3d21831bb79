"""A notice is changed and taken back: both nodes end at the same duties, whatever crosses on the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

import movement_story as story
from somec.alerts import actions as alerts
from somec.alerts.models import Alert
from somec.kernel import clock
from somec.kernel.errors import Invalid, NotPossibleNow
from somec.movements import actions, queries
from somec.movements.models import Notice
from somec.movements.rules import State
from two_nodes import Node, at, deliver, outgoing, receive

Nodes = tuple[Node, Node, Node]


def change(node: Node, notice_id: str, **fields: object) -> str:
    """Change the movement of a notice by the ordinary way of two persons and a desk."""
    officer = node.actor("officer")
    change_id = actions.draft_change(actor=officer, id=notice_id)
    content = queries.notice(officer, change_id).content
    one = replace(content.destinations[0], **fields)
    made = replace(content, destinations=(one,), late_reason="He said it only now")
    actions.save_notice(actor=officer, id=change_id, version=1, content=made)
    actions.submit_notice(actor=officer, id=change_id, version=2)
    actions.approve_notice(actor=node.actor("head"), id=change_id, version=3)
    actions.transmit_notice(actor=node.actor("desk"), id=change_id, version=4)
    return change_id


def both_sides(lv: Node, nl: Node, notice_id: str) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    """Return the duties as each node holds them."""
    with lv:
        conversation = queries.notice(lv.actor("officer"), notice_id).disclosures[0].conversation
        ours = queries.conversation(lv.actor("officer"), conversation)
        assert ours.agreement.agree is not False
    with nl:
        theirs = queries.conversation(nl.actor("desk"), conversation)
        assert theirs.agreement.agree is not False
    return tuple(
        [(one.rule, one.id, clock.iso(one.due), one.state, one.settled_by) for one in view.duties]
        for view in (ours, theirs)
    )


def test_a_change_replaces_the_duties_at_both_nodes(nodes: Nodes) -> None:
    lv, nl, _ = nodes
    with at(story.NOW) as time:
        with lv:
            notice_id = story.sent(lv, "NL")
        deliver(lv, nl)
        with nl:
            incoming_id = story.received(nl)
            actions.acknowledge(actor=nl.actor("desk"), id=incoming_id, version=1)
        deliver(lv, nl)
        time.on(days=1)
        later = story.EXPECTED + timedelta(days=5)
        with lv:
            change_id = change(lv, notice_id, arrives_until=later)
            assert queries.notice(lv.actor("officer"), change_id).row.reference.endswith("/1")
        deliver(lv, nl)
        ours, theirs = both_sides(lv, nl, notice_id)
        assert ours == theirs
        states = {rule: state for rule, _, _, state, _ in ours}
        assert states["movement-notice.say-arrival"] == "cancelled"
        assert states["movement-notice.feedback"] == "cancelled"
        assert states["movement-notice.acknowledge"] == "met"
        assert states["movement-change.acknowledge"] == "open"
        with nl:
            view = queries.incoming(nl.actor("desk"), incoming_id)
            assert view.row.arrives_until == later
            assert [kind for _, kind in view.unconfirmed] == ["movement-change"]
            actions.confirm_changes(actor=nl.actor("desk"), id=incoming_id, version=view.row.version)
        deliver(lv, nl)
        ours, theirs = both_sides(lv, nl, notice_id)
        assert ours == theirs
        assert {rule: state for rule, _, _, state, _ in ours}["movement-change.acknowledge"] == "met"


def test_did_not_arrive_that_crosses_with_a_change_settles_only_what_it_answers(nodes: Nodes) -> None:
    lv, nl, _ = nodes
    with at(story.NOW) as time:
        with lv:
            notice_id = story.sent(lv, "NL")
        deliver(lv, nl)
        with nl:
            incoming_id = story.received(nl)
            actions.acknowledge(actor=nl.actor("desk"), id=incoming_id, version=1)
        deliver(lv, nl)
        time.on(days=15)
        with nl:
            actions.record_no_arrival(actor=nl.actor("desk"), id=incoming_id, version=2)
        time.on(minutes=1)
        with lv:
            assert alerts.tick() == 1
            change(
                lv,
                notice_id,
                arrives_from=clock.now() + timedelta(days=1),
                arrives_until=clock.now() + timedelta(days=2),
            )
        to_lv, to_nl = outgoing(nl), outgoing(lv)
        receive(lv, to_lv)
        receive(nl, to_nl)
        ours, theirs = both_sides(lv, nl, notice_id)
        assert ours == theirs
        with lv:
            assert queries.notice(lv.actor("officer"), notice_id).disclosures[0].state is State.ACKNOWLEDGED
            assert alerts.tick() == 1
            assert list(Alert.objects.values_list("settlement", flat=True)) == ["changed"]
        with nl:
            view = queries.incoming(nl.actor("desk"), incoming_id)
            assert view.row.state is State.ACKNOWLEDGED
            assert view.arrival_said is None
        time.on(days=3)
        for node in (lv, nl):
            with node:
                assert alerts.tick() == 1


def test_a_cancellation_is_confirmed_even_if_nobody_had_taken_the_notice(nodes: Nodes) -> None:
    lv, nl, _ = nodes
    with at(story.NOW):
        with lv:
            notice_id = story.sent(lv, "NL")
            with pytest.raises(Invalid):
                actions.cancel_notice(
                    actor=lv.actor("officer"), id=notice_id, version=story.version(lv, notice_id),
                    reason_code="wrong_person",
                    reason=" ",
                )  # fmt: skip
            actions.cancel_notice(
                actor=lv.actor("officer"), id=notice_id, version=story.version(lv, notice_id),
                reason_code="wrong_person",
                reason="One conviction was another man's", data_were_wrong=True,
            )  # fmt: skip
        deliver(lv, nl)
        with nl:
            incoming_id = story.received(nl)
            view = queries.incoming(nl.actor("desk"), incoming_id)
            assert view.row.state is State.CANCELLED
            assert view.row.unconfirmed == 2
            with pytest.raises(NotPossibleNow):
                actions.close_incoming(actor=nl.actor("desk"), id=incoming_id, version=view.row.version, reason="over")
            actions.confirm_changes(actor=nl.actor("desk"), id=incoming_id, version=view.row.version)
            actions.close_incoming(actor=nl.actor("desk"), id=incoming_id, version=view.row.version + 1, reason="over")
        deliver(lv, nl)
        with lv:
            row = queries.notice(lv.actor("officer"), notice_id)
            assert row.disclosures[0].end_confirmed
            assert row.disclosures[0].peer_closed
            assert row.row.state is State.CANCELLED
            actions.close_disclosure(actor=lv.actor("officer"), disclosure_id=row.disclosures[0].id, reason="confirmed")
            assert queries.notice(lv.actor("officer"), notice_id).row.state is State.CLOSED
        ours, theirs = both_sides(lv, nl, notice_id)
        assert ours == theirs
        assert {state for _, _, _, state, _ in ours} <= {"met", "cancelled"}


def test_one_change_at_a_time_and_only_of_what_was_sent(nodes: Nodes) -> None:
    lv, _, _ = nodes
    with at(story.NOW), lv:
        officer = lv.actor("officer")
        unsent = story.approved(lv, "NL")
        with pytest.raises(NotPossibleNow):
            actions.draft_change(actor=officer, id=unsent)
        actions.transmit_notice(actor=lv.actor("desk"), id=unsent, version=story.version(lv, unsent))
        change_id = actions.draft_change(actor=officer, id=unsent)
        with pytest.raises(NotPossibleNow):
            actions.draft_change(actor=officer, id=unsent)
        with pytest.raises(NotPossibleNow):
            actions.draft_change(actor=officer, id=change_id)
        content = queries.notice(officer, change_id).content
        more = replace(content, destinations=(*content.destinations, replace(content.destinations[0], state="ES")))
        with pytest.raises(Invalid) as refused:
            actions.save_notice(actor=officer, id=change_id, version=1, content=more)
        assert refused.value.fields == {"destinations": ["notice.destinations.fixed_in_change"]}
        actions.withdraw_notice(actor=officer, id=change_id, version=1, reason="He stays with his plan")
        assert Notice.objects.get(id=unsent).state == State.SENT.value


def test_a_change_an_hour_before_the_journey_marks_itself_late_and_needs_a_reason(nodes: Nodes) -> None:
    lv, nl, _ = nodes
    with at(story.NOW) as time:
        with lv:
            notice_id = story.sent(lv, "NL")
        deliver(lv, nl)
        time.on(days=10, hours=23)
        with lv:
            officer = lv.actor("officer")
            change_id = actions.draft_change(actor=officer, id=notice_id)
            assert {item.code for item in queries.readiness(officer, change_id).missing} == {"late_reason"}
            with pytest.raises(Invalid) as refused:
                actions.submit_notice(actor=officer, id=change_id, version=1)
            assert refused.value.fields == {"late_reason": ["late_reason"]}
            content = replace(queries.notice(officer, change_id).content, late_reason="He said it only now")
            actions.save_notice(actor=officer, id=change_id, version=1, content=content)
            actions.submit_notice(actor=officer, id=change_id, version=2)
            actions.approve_notice(actor=lv.actor("head"), id=change_id, version=3)
            actions.transmit_notice(actor=lv.actor("desk"), id=change_id, version=4)
        deliver(lv, nl)
        with nl:
            assert queries.incoming_list(nl.actor("desk")).rows[0].late
