"""From draft to the outbox: who may, in which order, and that nothing is half done."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

import movement_story as story
from somec.access.rules import Role
from somec.alerts import actions as alerts
from somec.audit.models import Entry
from somec.exchange.models import Delivery
from somec.kernel import clock
from somec.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, NotPossibleNow
from somec.movements import actions, queries
from somec.movements.models import Disclosure, Incoming, Notice
from somec.movements.rules import Kind, State
from somec.movements.views import IncomingFilter, NoticeFilter
from two_nodes import Node, at, deliver, outgoing

Nodes = tuple[Node, Node, Node]


def test_several_states_each_get_their_own_document(nodes: Nodes) -> None:
    lv, nl, es = nodes
    with at(story.NOW):
        with lv:
            notice_id = story.approved(lv, "NL", "ES")
            desk = lv.actor("desk")
            actions.transmit_notice(actor=desk, id=notice_id, version=story.version(lv, notice_id), states=["ES"])
            view = queries.notice(desk, notice_id)
            assert {one.to_state: one.state for one in view.disclosures} == {"ES": State.SENT, "NL": State.APPROVED}
            assert view.row.state is State.APPROVED
            with pytest.raises(Invalid):
                actions.transmit_notice(actor=desk, id=notice_id, version=view.row.version, states=["PL"])
            with pytest.raises(NotPossibleNow):
                actions.withdraw_notice(
                    actor=lv.actor("officer"), id=notice_id, version=view.row.version, reason="too late for that"
                )
            actions.transmit_notice(actor=desk, id=notice_id, version=view.row.version)
            assert queries.notice(desk, notice_id).row.state is State.SENT
            assert len({one.conversation for one in queries.notice(desk, notice_id).disclosures}) == 2
        assert deliver(lv, nl, es) == 2
        for node in (nl, es):
            with node:
                assert queries.incoming(node.actor("desk"), story.received(node)).row.reference == "LV-2026-0001"


def test_steps_only_in_order_and_only_by_whom_they_belong_to(nodes: Nodes) -> None:
    lv, _, _ = nodes
    with at(story.NOW), lv:
        officer, head, desk = (lv.actor(key) for key in ("officer", "head", "desk"))
        notice_id = story.written(lv, "NL")
        for refused in (
            lambda: actions.approve_notice(actor=head, id=notice_id, version=2),
            lambda: actions.transmit_notice(actor=desk, id=notice_id, version=2),
            lambda: actions.submit_notice(actor=desk, id=notice_id, version=2),
            lambda: queries.notice(desk, notice_id),
        ):
            with pytest.raises((NotAllowed, NotPossibleNow)):
                refused()
        actions.submit_notice(actor=officer, id=notice_id, version=2)
        both = replace(officer, roles=officer.roles | {Role.AUTHORISER})
        with pytest.raises(NotAllowed) as alone:
            actions.approve_notice(actor=both, id=notice_id, version=3)
        assert alone.value.code == "access.second_person"
        with pytest.raises(Invalid):
            actions.return_notice(actor=head, id=notice_id, version=3, reason="  ")
        actions.return_notice(actor=head, id=notice_id, version=3, reason="Say what you ask for")
        assert queries.notice(officer, notice_id).said == "Say what you ask for"
        actions.submit_notice(actor=officer, id=notice_id, version=4)
        actions.refuse_notice(actor=head, id=notice_id, version=5, reason="A visit at home is enough")
        assert queries.notice(officer, notice_id).row.state is State.WITHDRAWN
        with pytest.raises((NotAllowed, NotPossibleNow)):
            actions.submit_notice(actor=officer, id=notice_id, version=6)
        assert Delivery.objects.count() == 0


def test_the_contact_point_gives_an_approved_notice_back_and_it_needs_a_second_person_again(nodes: Nodes) -> None:
    lv, _, _ = nodes
    with at(story.NOW), lv:
        officer, head, desk = (lv.actor(key) for key in ("officer", "head", "desk"))
        notice_id = story.written(lv, "NL", "ES")
        actions.submit_notice(actor=officer, id=notice_id, version=2)
        with pytest.raises(NotAllowed):
            actions.send_back_notice(actor=desk, id=notice_id, version=3, reason="Not approved yet")
        actions.approve_notice(actor=head, id=notice_id, version=3)
        with pytest.raises(Invalid):
            actions.send_back_notice(actor=desk, id=notice_id, version=4, reason=" ")
        with pytest.raises(NotAllowed):
            actions.send_back_notice(actor=officer, id=notice_id, version=4, reason="Not his to say")
        actions.send_back_notice(actor=desk, id=notice_id, version=4, reason="Spain asks for the carrier")
        view = queries.notice(officer, notice_id)
        assert (view.row.state, view.said) == (State.RETURNED, "Spain asks for the carrier")
        assert (view.approver_id, view.approved, view.disclosures) == ("", None, ())
        with pytest.raises(NotAllowed):
            queries.notice(desk, notice_id)
        entry = Entry.objects.get(action="notice.send_back")
        assert (entry.subject, entry.actor) == (notice_id, desk.id)
        actions.submit_notice(actor=officer, id=notice_id, version=5)
        actions.approve_notice(actor=head, id=notice_id, version=6)
        actions.transmit_notice(actor=desk, id=notice_id, version=7, states=("ES",))
        assert "notice.send_back" not in queries.notice(desk, notice_id).actions
        with pytest.raises(NotPossibleNow) as told:
            actions.send_back_notice(actor=desk, id=notice_id, version=8, reason="Too late")
        assert told.value.code == "notice.already_sent"
        assert Delivery.objects.count() == 1


def test_the_database_refuses_an_author_as_second_person(nodes: Nodes) -> None:
    lv, _, _ = nodes
    with at(story.NOW), lv:
        notice_id = story.written(lv, "NL")
        with pytest.raises(IntegrityError), transaction.atomic():
            Notice.objects.filter(id=notice_id).update(approver_id=lv.people["officer"])
        with pytest.raises(IntegrityError), transaction.atomic():
            Notice.objects.filter(id=notice_id).update(state="approved")
        with pytest.raises(IntegrityError), transaction.atomic():
            Notice.objects.filter(id=notice_id).update(state="lost")


def test_an_old_version_is_a_conflict_and_changes_nothing(nodes: Nodes) -> None:
    lv, _, _ = nodes
    with at(story.NOW), lv:
        officer = lv.actor("officer")
        notice_id = story.written(lv, "NL")
        content = queries.notice(officer, notice_id).content
        with pytest.raises(Conflict) as stale:
            actions.save_notice(actor=officer, id=notice_id, version=1, content=replace(content, text=""))
        assert stale.value.parameters == {"id": notice_id, "yours": 1, "theirs": 2}
        assert queries.notice(officer, notice_id).content == content


def test_a_gap_is_named_at_its_field_and_keeps_the_notice_at_home(nodes: Nodes) -> None:
    lv, _, _ = nodes
    with at(story.NOW), lv:
        officer = lv.actor("officer")
        person_id = story.person(lv)
        notice_id = actions.draft_notice(actor=officer, person_id=person_id, kind=Kind.RELOCATION, destinations=("NL",))
        with pytest.raises(Invalid) as refused:
            actions.submit_notice(actor=officer, id=notice_id, version=1)
        assert refused.value.code == "notice.not_ready"
        assert {"decision", "requested", "basis", "destinations.0.first_night", "source"} <= set(refused.value.fields)
        with pytest.raises(Invalid) as wrong:
            actions.save_notice(
                actor=officer, id=notice_id, version=1,
                content=replace(queries.notice(officer, notice_id).content, expires=clock.now() - timedelta(days=1)),
            )  # fmt: skip
        assert wrong.value.fields == {"expires": ["notice.expires.past"]}
        with pytest.raises(NotFound):
            actions.submit_notice(actor=officer, id="ntc-nothing", version=1)


def test_each_act_is_one_entry_of_the_log_and_each_document_another(nodes: Nodes) -> None:
    lv, _, _ = nodes
    with at(story.NOW), lv:
        notice_id = story.sent(lv, "NL", "ES")
        acts = list(Entry.objects.filter(subject=notice_id).order_by("seq").values_list("action", flat=True))
        assert acts == ["notice.draft", "notice.edit", "notice.submit", "notice.approve", "notice.transmit"]
        assert Entry.objects.filter(action="document.send").count() == 2
        case = queries.notice(lv.actor("officer"), notice_id).row.person.id
        assert set(Entry.objects.filter(subject=notice_id).values_list("case", flat=True)) == {case}
        written = json.dumps(list(Entry.objects.values_list("detail", "subject", "purpose")))
        for private in ("KOVŠOVS", "Valērijs", "Rotterdam", "1984"):
            assert private not in written


def test_a_notice_expires_at_both_nodes_at_the_same_instant(nodes: Nodes) -> None:
    lv, nl, _ = nodes
    with at(story.NOW) as time:
        with lv:
            notice_id = story.sent(lv, "NL")
        deliver(lv, nl)
        time.on(days=180, seconds=-1)
        with lv:
            alerts.tick()
            assert Disclosure.objects.get().state == State.SENT.value
        time.on(seconds=1)
        for node, table in ((lv, Disclosure), (nl, Incoming)):
            with node:
                alerts.tick()
                assert table.objects.get().state == State.EXPIRED.value
                before = Entry.objects.count()
                assert alerts.tick() == 0
                assert Entry.objects.count() == before
        with lv:
            assert queries.notice(lv.actor("officer"), notice_id).row.state is State.EXPIRED


def test_an_expired_notice_is_not_sent(nodes: Nodes) -> None:
    lv, _, _ = nodes
    with at(story.NOW) as time, lv:
        notice_id = story.approved(lv, "NL", expires=story.NOW + timedelta(days=20))
        time.on(days=21)
        with pytest.raises(NotPossibleNow) as refused:
            actions.transmit_notice(actor=lv.actor("desk"), id=notice_id, version=story.version(lv, notice_id))
        assert refused.value.code == "notice.expired"
        assert Delivery.objects.count() == 0


def test_sent_late_because_the_desk_was_slow_marks_itself(nodes: Nodes) -> None:
    lv, nl, _ = nodes
    with at(story.NOW) as time:
        with lv:
            notice_id = story.approved(lv, "NL")
            assert not Notice.objects.get().late
            time.on(days=6)
            actions.transmit_notice(actor=lv.actor("desk"), id=notice_id, version=story.version(lv, notice_id))
            assert Notice.objects.get().late
        deliver(lv, nl)
        with nl:
            assert Incoming.objects.get().late


@pytest.mark.parametrize("kind", [Kind.RELEASE, Kind.ABSCONDING, Kind.SIGHTING, Kind.FAILED_TO_ARRIVE, Kind.RETURN])
def test_every_kind_goes_the_whole_way(nodes: Nodes, kind: Kind) -> None:
    lv, nl, _ = nodes
    with at(story.NOW):
        with lv:
            observed = story.Observation(at=story.NOW - timedelta(hours=2), state="LV", place=story.Place(town="Riga"))
            story.sent(lv, "NL", kind=kind, observed=observed, late_reason="The date was set only today")
        deliver(lv, nl)
        with nl:
            view = queries.incoming(nl.actor("desk"), story.received(nl))
            assert view.row.kind is kind
            assert view.movement["notice"] == kind.value


def test_lists_are_narrowed_and_scoped(nodes: Nodes) -> None:
    lv, nl, _ = nodes
    with at(story.NOW):
        with lv:
            notice_id = story.sent(lv, "NL")
            officer = lv.actor("officer")
            draft = actions.draft_change(actor=officer, id=notice_id)
            assert {row.id for row in queries.notices(officer).rows} == {notice_id, draft}
            assert [row.id for row in queries.notices(lv.actor("desk")).rows] == [notice_id]
            stranger = replace(officer, id="usr-x", authority_id="aut-x", authority_ids=frozenset({"aut-x"}))
            assert queries.notices(stranger).total == 0
            with pytest.raises(NotAllowed):
                queries.notice(stranger, notice_id)
            for filters, found in (
                (NoticeFilter(to_state="NL"), 1),
                (NoticeFilter(to_state="ES"), 0),
                (NoticeFilter(states=frozenset({State.DRAFT})), 1),
                (NoticeFilter(kinds=frozenset({Kind.SIGHTING})), 0),
                (NoticeFilter(reference="lv-2026-0001"), 2),
                (NoticeFilter(author_id=officer.id, open_only=True), 2),
            ):
                assert queries.notices(officer, filters).total == found, filters
            assert queries.counts(officer).drafts == 1
        deliver(lv, nl)
        with nl:
            desk, police, probation = (nl.actor(key) for key in ("desk", "police", "officer"))
            incoming_id = story.received(nl)
            assert queries.incoming_list(police).total == 0
            with pytest.raises(NotAllowed):
                queries.incoming(police, incoming_id)
            actions.acknowledge(actor=desk, id=incoming_id, version=1)
            actions.assign(
                actor=desk, id=incoming_id, version=2,
                owners=[actions.NewOwner(story.Service.POLICE, nl.offices["rotterdam"])],
            )  # fmt: skip
            assert queries.incoming_list(police).total == 1
            assert queries.incoming_list(probation).total == 0
            assert queries.incoming_list(desk, IncomingFilter(ownerless=True, from_state="LV")).total == 1
            actions.take(actor=police, id=incoming_id, version=3, service=story.Service.POLICE)
            assert queries.incoming_list(desk, IncomingFilter(ownerless=True)).total == 0
            assert queries.incoming_list(desk, IncomingFilter(owner_id=police.id)).total == 1
            assert "incoming.record_arrival" in queries.incoming(police, incoming_id).actions
            assert "incoming.acknowledge" not in queries.incoming(police, incoming_id).actions
            with pytest.raises(NotAllowed):
                actions.record_arrival(actor=probation, id=incoming_id, version=4, at=story.NOW)


def test_reference_numbers_are_never_given_twice(nodes: Nodes) -> None:
    lv, _, _ = nodes
    with at(story.NOW), lv:
        person_id = story.person(lv)
        officer = lv.actor("officer")
        ids = [actions.draft_notice(actor=officer, person_id=person_id, kind=Kind.SIGHTING) for _ in range(5)]
        found = [queries.notice(officer, one).row.reference for one in ids]
        assert found == [f"LV-2026-{number:04d}" for number in range(1, 6)]


def test_a_mistake_on_the_way_out_leaves_no_trace(nodes: Nodes, monkeypatch: pytest.MonkeyPatch) -> None:
    lv, _, _ = nodes
    with at(story.NOW), lv:
        notice_id = story.approved(lv, "NL", "ES")
        before = Entry.objects.count()

        def broken(*_: object, **__: object) -> None:
            raise RuntimeError("the disk is full")

        monkeypatch.setattr("somec.movements.telling.note", broken)
        with pytest.raises(RuntimeError):
            actions.transmit_notice(actor=lv.actor("desk"), id=notice_id, version=story.version(lv, notice_id))
        assert Delivery.objects.count() == 0
        assert Entry.objects.count() == before
        assert set(Disclosure.objects.values_list("state", flat=True)) == {"approved"}
    assert list(itertools.chain(outgoing(lv))) == []
