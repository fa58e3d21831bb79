"""Documents may come in any order and more than once: the end is the same, and nothing is lost."""

from __future__ import annotations

import itertools
import random
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

from test_changes import change

import movement_story as story
import two_nodes
from somec.alerts import actions as alerts
from somec.alerts import queries as needs
from somec.alerts.rules import Verb
from somec.exchange.models import Obligation
from somec.movements import actions
from somec.movements.actions import NewOwner
from somec.movements.models import Disclosure, Event, HeldDocument, Incoming
from somec.movements.rules import Match, Outcome, Service
from two_nodes import Node, at, deliver, outgoing, receive

Nodes = tuple[Node, Node, Node]


def snapshot(row: Any) -> dict[str, Any]:
    """Return what must not depend on the order. The version counts how often the row changed, so it may."""
    found = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    found["unconfirmed"] = sorted(map(tuple, found.get("unconfirmed", ())))
    return {name: value for name, value in found.items() if name not in {"version", "received"}}


def duties() -> list[tuple[Any, ...]]:
    """Return the duties of a node."""
    return sorted(Obligation.objects.values_list("id", "due", "state", "settled_by"))


def fresh(node: Node, folder: Path) -> Node:
    """Return a copy of a node as it stands."""
    with node:
        pass
    folder.mkdir(parents=True)
    for suffix in ("", "-wal", "-shm"):
        source = node.file.with_name(node.file.name + suffix)
        if source.exists():
            shutil.copy(source, folder / source.name)
    return Node(node.state, folder / node.file.name, node.people, node.offices)


def test_the_receiver_ends_alike_whatever_the_order(nodes: Nodes, tmp_path: Path) -> None:
    lv, nl, _ = nodes
    with at(story.NOW) as time:
        with lv:
            notice_id = story.sent(lv, "NL")
        parcels = outgoing(lv)
        for number in (1, 2):
            time.on(hours=1)
            with lv:
                change(lv, notice_id, arrives_until=story.EXPECTED + timedelta(days=number))
            parcels += outgoing(lv)
        time.on(hours=1)
        with lv:
            actions.cancel_notice(
                actor=lv.actor("officer"), id=notice_id, version=story.version(lv, notice_id), reason_code="stays",
                reason="He does not go",
            )  # fmt: skip
        parcels += outgoing(lv)
        assert len(parcels) == 4
        results = []
        for place, order in enumerate(itertools.permutations(parcels)):
            node = fresh(nl, tmp_path / str(place))
            for parcel in order:
                receive(node, [parcel])
            receive(node, list(order))
            with node:
                assert HeldDocument.objects.count() == 0
                results.append((snapshot(Incoming.objects.get()), duties()))
        for found in results:
            assert found == results[0]
        assert results[0][0]["state"] == "cancelled"
        assert len(results[0][0]["unconfirmed"]) == 4


def test_the_sender_ends_alike_whatever_the_order(nodes: Nodes, tmp_path: Path) -> None:
    lv, nl, _ = nodes
    with at(story.NOW) as time:
        with lv:
            story.sent(lv, "NL")
        deliver(lv, nl)
        with nl:
            desk, incoming_id = nl.actor("desk"), story.received(nl)
            actions.acknowledge(actor=desk, id=incoming_id, version=1)
            time.on(minutes=1)
            actions.judge(actor=desk, id=incoming_id, version=2, verdict=Match.CANNOT_TELL, reason="names only")
            time.on(minutes=1)
            actions.adopt(actor=desk, id=incoming_id, version=3, reason="nobody of ours")
            time.on(minutes=1)
            owner = NewOwner(Service.POLICE, nl.offices["rotterdam"], nl.people["police"])
            actions.assign(actor=desk, id=incoming_id, version=4, owners=[owner])
            time.on(minutes=1)
            actions.take(actor=nl.actor("police"), id=incoming_id, version=5, service=Service.POLICE)
            time.on(days=15)
            actions.record_no_arrival(actor=desk, id=incoming_id, version=6)
            time.on(hours=2)
            actions.record_arrival(actor=desk, id=incoming_id, version=7, at=story.EXPECTED + timedelta(days=1))
            actions.answer(actor=desk, id=incoming_id, version=8, outcome=Outcome.MANAGED)
        parcels = outgoing(nl)
        assert len(parcels) == 8
        chance = random.Random(7)  # noqa: S311 - shuffles, no secret
        results = []
        for place in range(24):
            order = list(parcels)
            if place:
                chance.shuffle(order)
            node = fresh(lv, tmp_path / str(place))
            cut = chance.randint(1, len(order))
            receive(node, order[:cut])
            receive(node, order[cut - 1 :])
            with node:
                statements = sorted(Event.objects.exclude(recorded_by=lv.people["desk"]).values_list("kind", "at"))
                results.append((snapshot(Disclosure.objects.get()), duties(), statements))
        for found in results:
            assert found == results[0]
        assert results[0][0]["state"] == "arrived"
        assert results[0][0]["match"] == "same"


def test_a_document_without_its_notice_waits_and_a_person_sees_it(nodes: Nodes) -> None:
    lv, nl, _ = nodes
    with at(story.NOW) as time:
        with lv:
            notice_id = story.sent(lv, "NL")
        notice = outgoing(lv)
        with lv:
            change(lv, notice_id, arrives_until=story.EXPECTED + timedelta(days=1))
        receive(nl, outgoing(lv))
        with nl:
            assert HeldDocument.objects.count() == 1
            assert alerts.tick() == 0
            time.on(hours=1)
            assert alerts.tick() == 1
            lines = needs.needs_me_now(nl.actor("desk")).needs
            assert [line.verb for line in lines] == [Verb.CLAIM_DOCUMENT]
        receive(nl, notice)
        with nl:
            assert HeldDocument.objects.count() == 0
            assert Incoming.objects.get().arrives_until == story.EXPECTED + timedelta(days=1)
            assert alerts.tick() == 1
            assert Verb.CLAIM_DOCUMENT not in {line.verb for line in needs.needs_me_now(nl.actor("desk")).needs}


def test_two_nodes_do_not_share_anything(nodes: Nodes) -> None:
    lv, nl, _ = nodes
    with at(story.NOW), lv:
        story.sent(lv, "NL")
    with nl:
        assert Incoming.objects.count() == 0
    assert two_nodes.outgoing(nl) == []
