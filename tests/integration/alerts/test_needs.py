"""What needs me now: the right people see the right line, in the order of the time left, at a fixed cost."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

import movement_story as story
from somec.alerts import actions as alerts
from somec.alerts import queries as needs
from somec.alerts.models import Alert
from somec.alerts.queries import NeedFilter
from somec.alerts.rules import Bar, Group, Verb
from somec.audit.models import Entry
from somec.exchange.models import Delivery, Document, Obligation, PeerHealth, PeerProposal, Problem
from somec.kernel import clock
from somec.kernel.errors import Invalid, NotAllowed, NotPossibleNow
from somec.kernel.ids import new_id
from somec.movements import actions, queries
from somec.movements.models import Disclosure, HeldDocument, Incoming, Notice, PlanAction
from somec.movements.rules import Kind, Service
from two_nodes import Node, at, deliver

Nodes = tuple[Node, Node, Node]


def verbs(node: Node, key: str) -> list[Verb]:
    return [line.verb for line in needs.needs_me_now(node.actor(key)).needs]


def test_the_line_follows_the_notice_from_desk_to_desk(nodes: Nodes) -> None:
    lv, _, _ = nodes
    with at(story.NOW), lv:
        notice_id = story.written(lv, "NL")
        actions.submit_notice(actor=lv.actor("officer"), id=notice_id, version=2)
        assert (verbs(lv, "head"), verbs(lv, "officer"), verbs(lv, "desk")) == ([Verb.APPROVE], [], [])
        line = needs.needs_me_now(lv.actor("head")).needs[0]
        assert line.person.label == "KOVŠOVS, Valērijs"
        assert line.due == story.DEPARTS
        assert line.group is Group.LATER
        assert (line.states, line.owner_id, line.statutory) == (("NL",), "", False)
        actions.return_notice(actor=lv.actor("head"), id=notice_id, version=3, reason="Say more")
        assert (verbs(lv, "head"), verbs(lv, "officer")) == ([], [Verb.CORRECT_AND_SUBMIT])
        assert needs.needs_me_now(lv.actor("officer")).mine == 1
        actions.submit_notice(actor=lv.actor("officer"), id=notice_id, version=4)
        actions.approve_notice(actor=lv.actor("head"), id=notice_id, version=5)
        assert (verbs(lv, "head"), verbs(lv, "desk")) == ([], [Verb.TRANSMIT])
        actions.transmit_notice(actor=lv.actor("desk"), id=notice_id, version=6)
        assert verbs(lv, "desk") == []
        assert needs.count(lv.actor("desk")) == 0


def test_a_state_that_stores_but_does_not_take_is_asked(nodes: Nodes) -> None:
    lv, nl, _ = nodes
    with at(story.NOW) as time:
        with lv:
            story.sent(lv, "NL")
        deliver(lv, nl)
        time.on(hours=24)
        with lv:
            assert verbs(lv, "officer") == []
        time.on(seconds=1)
        with lv:
            line = needs.needs_me_now(lv.actor("officer")).needs[0]
            assert (line.verb, line.due, line.since) == (Verb.ASK_WHETHER_TAKEN, None, story.NOW + timedelta(hours=24))
            assert line.group is Group.NO_LIMIT
        with nl:
            line = next(one for one in needs.needs_me_now(nl.actor("desk")).needs if one.verb is Verb.TAKE)
            assert (line.group, line.bar) == (Group.OVERDUE, Bar.OVERDUE)


def test_order_groups_and_filters(nodes: Nodes) -> None:
    lv, nl, _ = nodes
    with at(story.NOW) as time:
        with lv:
            story.sent(lv, "NL")
        deliver(lv, nl)
        with nl:
            desk = nl.actor("desk")
            incoming_id = story.received(nl)
            actions.acknowledge(actor=desk, id=incoming_id, version=1)
            found = needs.needs_me_now(desk)
            assert [line.verb for line in found.needs] == [Verb.SAY_ARRIVAL, Verb.ASSIGN, Verb.DECIDE_MATCH]
            assert found.groups == ((Group.LATER, 1), (Group.NO_LIMIT, 2))
            assert found.by_state == (("LV", 3),)
            assert found.ownerless == 3
            actions.assign(
                actor=desk,
                id=incoming_id,
                version=2,
                owners=[actions.NewOwner(Service.POLICE, nl.offices["rotterdam"])],
            )
            assert verbs(nl, "police") == [Verb.SAY_ARRIVAL, Verb.TAKE_OWNERSHIP]
            actions.take(actor=nl.actor("police"), id=incoming_id, version=3, service=Service.POLICE)
            actions.plan_action(
                actor=desk, id=incoming_id, version=4, what="Visit", service=Service.POLICE,
                due=clock.now() + timedelta(hours=5), owner_id=nl.people["police"],
            )  # fmt: skip
            police = nl.actor("police")
            found = needs.needs_me_now(police)
            assert [(line.verb, line.group, line.bar) for line in found.needs] == [
                (Verb.CARRY_OUT, Group.TODAY, Bar.SHIFT),
                (Verb.SAY_ARRIVAL, Group.LATER, Bar.NONE),
            ]
            assert found.mine == 2
            assert found.needs[0].owner_name == "Sander Mulder"
            for filters, count in (
                (NeedFilter(whose="mine"), 2),
                (NeedFilter(whose="ownerless"), 0),
                (NeedFilter(state="ES"), 0),
                (NeedFilter(verb=Verb.CARRY_OUT), 1),
                (NeedFilter(mechanism="agreed_in_notice"), 1),
            ):
                assert len(needs.needs_me_now(police, filters).needs) == count, filters
            assert {line.verb for line in needs.for_subject(police, [incoming_id])} == {
                Verb.CARRY_OUT,
                Verb.SAY_ARRIVAL,
            }
            assert needs.for_subject(police, ["prs-other"]) == ()
            plan_id = queries.incoming(police, incoming_id).plan[0].id
            actions.finish_action(actor=police, plan_id=plan_id, result="Nobody opened")
            with pytest.raises(NotPossibleNow):
                actions.finish_action(actor=police, plan_id=plan_id)
            assert verbs(nl, "police") == [Verb.SAY_ARRIVAL]
            time.on(seconds=1)


def test_people_without_a_part_in_it_see_nothing(nodes: Nodes) -> None:
    lv, nl, _ = nodes
    with at(story.NOW):
        with lv:
            story.sent(lv, "NL")
        deliver(lv, nl)
        with nl:
            for key in ("police", "officer", "head", "protection", "admin"):
                assert verbs(nl, key) == [], key


def test_an_alert_is_taken_and_settled_by_a_person(nodes: Nodes) -> None:
    lv, nl, _ = nodes
    with at(story.NOW) as time:
        with lv:
            story.sent(lv, "NL")
        deliver(lv, nl)
        time.on(days=15)
        with lv:
            assert alerts.tick() == 1
            officer, desk = lv.actor("officer"), lv.actor("desk")
            line = next(one for one in needs.needs_me_now(officer).needs if one.verb is Verb.FIND_OUT)
            alerts.take(actor=officer, alert_id=line.alert_id)
            with pytest.raises(NotPossibleNow):
                alerts.take(actor=desk, alert_id=line.alert_id)
            stranger = replace(officer, id="usr-x", authority_id="aut-x", authority_ids=frozenset({"aut-x"}))
            with pytest.raises(NotAllowed):
                alerts.settle(actor=stranger, alert_id=line.alert_id, note="Found at home")
            with pytest.raises(Invalid):
                alerts.settle(actor=officer, alert_id=line.alert_id, note=" ")
            alerts.settle(actor=officer, alert_id=line.alert_id, note="Found at home")
            with pytest.raises(NotPossibleNow):
                alerts.settle(actor=officer, alert_id=line.alert_id, note="again")
            assert Verb.FIND_OUT not in verbs(lv, "officer")
            assert alerts.tick() == 0
            acts = list(Entry.objects.filter(subject=line.alert_id).order_by("seq").values_list("action", "actor"))
            assert acts == [("alert.raise", "node"), ("alert.take", officer.id), ("alert.settle", officer.id)]


def test_a_silent_state_is_a_banner_for_every_desk(nodes: Nodes) -> None:
    lv, nl, _ = nodes
    with at(story.NOW) as time:
        with lv:
            story.sent(lv, "NL")
            time.on(hours=1)
            PeerHealth.objects.filter(peer_id="NL").update(
                failures=4, failing_since=story.NOW, failure_code="connection"
            )
            assert Delivery.objects.count() == 1
            banner = needs.needs_me_now(lv.actor("desk")).banners[0]
            assert (banner.state, banner.waiting, banner.since) == ("NL", 1, story.NOW)
        with nl:
            assert needs.needs_me_now(nl.actor("desk")).banners == ()


def test_the_empty_list_says_when_it_was_looked(nodes: Nodes) -> None:
    lv, _, _ = nodes
    with at(story.NOW), lv:
        found = needs.needs_me_now(lv.actor("desk"))
        assert (found.needs, found.total, found.checked, found.next_due) == ((), 0, story.NOW, None)


# --- cost -----------------------------------------------------------------------------------------------------------


def many(node: Node, mark: str, count: int, now: datetime) -> None:
    """Put notices and incoming notices straight into the tables, as many as a busy year brings."""
    person_id = story.person(node)
    content = {
        "destinations": [{"state": "NL"}],
        "basis": {"mechanism": "DIR977", "article": "7(2)"},
        "kind": "relocation",
    }
    officer, desk = node.people["officer"], node.people["desk"]
    authority = node.actor("officer").authority_id
    states = ("awaiting_approval", "returned", "approved", "sent", "arrived")
    rows = [
        Notice(
            id=new_id("ntc"), reference=f"{mark}-{number}", kind=Kind.RELOCATION.value, person_id=person_id,
            author_id=officer,
            authority_id=authority, desk=True, state=states[number % 5], content=content,
            starts=now + timedelta(days=number % 30),
            expires=now + timedelta(days=99), created=now, changed=now, approver_id=desk, approved_at=now,
        )
        for number in range(count)
    ]  # fmt: skip
    Notice.objects.bulk_create(rows)
    Disclosure.objects.bulk_create([
        Disclosure(
            id=new_id("dsc"), notice=row, to_state="NL", conversation=new_id("cnv"), state="sent",
            document_id=new_id("doc"),
            sent_at=now, say_arrival_by=now + timedelta(days=9), feedback_by=now + timedelta(days=10),
        )
        for row in rows
        if row.state in {"sent", "arrived"}
    ])  # fmt: skip
    Incoming.objects.bulk_create([
        Incoming(
            id=new_id("inc"), conversation=new_id("cnv"), from_state="NL", from_authority="Police",
            document_id=new_id("doc"),
            latest_document_id=new_id("doc"), reference=f"NL-{number}", kind="relocation", state="acknowledged",
            created=now,
            received=now, requested="information_only", expires=now + timedelta(days=99), mechanism="DIR977",
            purpose="p",
            handling_code="H2", family_name="TESTERS", acknowledged_at=now, acknowledged_by=desk,
            authority_id=node.actor("desk").authority_id,
        )
        for number in range(count)
    ])  # fmt: skip


def cost(node: Node) -> dict[str, int]:
    found = {}
    desk = node.actor("desk")
    for name, ask in (
        ("needs", lambda: needs.needs_me_now(desk)),
        ("count", lambda: needs.count(desk)),
        ("notices", lambda: queries.notices(node.actor("officer"))),
        ("incoming", lambda: queries.incoming_list(node.actor("desk"))),
        ("counts", lambda: queries.counts(node.actor("desk"))),
        ("tick", alerts.tick),
    ):
        with CaptureQueriesContext(connection) as captured:
            ask()
        found[name] = len(captured)
    return found


def some_of_everything(node: Node, now: datetime) -> None:
    """Put one row of every further kind that a contact point is asked to see to."""
    story.sent(node, "NL")
    document, incoming = Document.objects.all()[0], Incoming.objects.all()[0]
    PlanAction.objects.create(id=new_id("pln"), incoming=incoming, what="Visit", service="police", due=now, created=now)
    Obligation.objects.create(
        id=new_id("obl"), rule="movement-change.feedback", document=document, conversation=incoming.conversation,
        debtor_state="LV", creditor_state="NL", start=now, unit="instant", value=0, counting="{}", due=now, statutory=False,
    )  # fmt: skip
    told = Disclosure.objects.filter(state="sent")[0]
    Obligation.objects.create(
        id=new_id("obl"), rule="movement-answer.acknowledge", document=document, conversation=told.conversation,
        debtor_state="LV", creditor_state="NL", start=now, unit="instant", value=0, counting="{}", due=now, statutory=False,
    )  # fmt: skip
    HeldDocument.objects.create(
        document_id="doc-h", conversation="cnv-h", type="movement-change", from_state="NL", reference="NL-9",
        created=now, received=now, body={},
    )  # fmt: skip
    for kind, about, subject in (("unclaimed_document", "document", "doc-h"), ("not_arrived", "disclosure", told.id)):
        Alert.objects.create(
            id=new_id("alt"), kind=kind, subject_kind=about, subject_id=subject, due=now, raised=now,
            debtor_state="LV", other_state="NL",
        )  # fmt: skip
    Problem.objects.create(
        id=new_id("prb"), key="k", direction="in", authenticated=False, code="as4.x", first_at=now, last_at=now
    )
    PeerProposal.objects.create(
        id=new_id("prp"), state="NL", card="", fingerprint="f", proposed_by="usr-x", proposed_at=now
    )


def test_a_contact_point_that_is_asked_for_everything_costs_a_small_constant(nodes: Nodes) -> None:
    lv, _, _ = nodes
    with at(story.NOW), lv:
        many(lv, "X", 60, story.NOW)
        some_of_everything(lv, story.NOW)
        PeerHealth.objects.filter(peer_id="NL").update(failures=9, failing_since=story.NOW - timedelta(hours=3))
        desk = lv.actor("desk")
        found = needs.needs_me_now(desk)
        assert {line.verb for line in found.needs} >= {
            Verb.TELL_WHAT_WAS_DONE, Verb.READ_ANSWER, Verb.CARRY_OUT, Verb.FIND_OUT, Verb.CLAIM_DOCUMENT,
            Verb.SETTLE_PROBLEM, Verb.APPROVE_PEER, Verb.TRANSMIT, Verb.DECIDE_MATCH, Verb.ASSIGN,
        }  # fmt: skip
        assert found.total == needs.count(desk)
        few = cost(lv)
        assert few["needs"] <= 15, few
        assert few["count"] <= 2, few
        many(lv, "Y", 300, story.NOW)
        much = cost(lv)
        assert (much["needs"], much["count"]) == (few["needs"], few["count"])
        assert needs.needs_me_now(desk).total == needs.count(desk)
        assert needs.needs_me_now(desk).more


def test_every_list_costs_the_same_number_of_queries_for_much_and_little(nodes: Nodes) -> None:
    lv, _, _ = nodes
    with at(story.NOW), lv:
        many(lv, "X", 60, story.NOW)
        few = cost(lv)
        many(lv, "Y", 900, story.NOW)
        assert cost(lv) == few
        assert few["tick"] <= 8
        assert few["needs"] <= 15


def test_an_alert_is_raised_once_even_if_two_clocks_run(nodes: Nodes) -> None:
    lv, nl, _ = nodes
    with at(story.NOW) as time:
        with lv:
            story.sent(lv, "NL")
        deliver(lv, nl)
        time.on(days=15)
        with lv:
            assert alerts.tick() == 1
            alert = Alert.objects.get()
            copy = Alert(**{field.attname: getattr(alert, field.attname) for field in Alert._meta.concrete_fields})
            copy.id = new_id("alt")
            with pytest.raises(Exception, match=r"(?i)unique"):
                copy.save(force_insert=True)
