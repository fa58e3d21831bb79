"""The same actions and queries on whatever database the suite runs on (SQLite, PostgreSQL)."""

from __future__ import annotations

from pathlib import Path

import pytest
import test_needs
from django.db import IntegrityError, transaction

import movement_story as story
import two_nodes
from somec.alerts import actions as alerts
from somec.alerts import queries as needs
from somec.alerts.rules import Verb
from somec.kernel import clock
from somec.movements import actions, queries
from somec.movements.models import Disclosure, Incoming, Notice
from somec.movements.rules import State
from somec.simulation import cast
from two_nodes import Node


@pytest.fixture
def node(nodes_template: Path, db: None) -> Node:
    made = Node("LV", nodes_template / "unused.sqlite3")
    two_nodes.settle_in(made, cast.country("LV"), nodes_template / "keys")
    return made


def test_a_notice_goes_out_and_every_list_answers(node: Node) -> None:
    with clock.frozen(story.NOW):
        notice_id = story.sent(node, "NL", "ES")
        test_needs.many(node, "X", 15, story.NOW)
        for key in ("officer", "head", "desk", "protection", "admin"):
            actor = node.actor(key)
            found = needs.needs_me_now(actor)
            assert found.total == needs.count(actor), key
            assert queries.notices(actor).total >= 0
            assert queries.incoming_list(actor).total >= 0
            assert queries.counts(actor)
        assert {Verb.DECIDE_MATCH, Verb.ASSIGN, Verb.TRANSMIT} <= {
            one.verb for one in needs.needs_me_now(node.actor("desk")).needs
        }
        assert queries.notice(node.actor("officer"), notice_id).row.state is State.SENT
        conversation = Disclosure.objects.filter(notice_id=notice_id)[0].conversation
        assert queries.conversation(node.actor("officer"), conversation).agreement.agree is None
        draft = actions.draft_change(actor=node.actor("officer"), id=notice_id)
        assert queries.preview(node.actor("officer"), draft)[0].document["header"]["type"] == "movement-change"
    with clock.frozen(story.EXPECTED.replace(year=2027)):
        assert alerts.tick() > 0
        assert alerts.tick() == 0
        assert set(Incoming.objects.values_list("state", flat=True)) == {"expired"}


def test_the_tables_refuse_what_the_rules_refuse(node: Node) -> None:
    with clock.frozen(story.NOW):
        story.sent(node, "NL")
        for broken in (
            {"sent_at": None},
            {"state": "draft"},
            {"match": "probably"},
            {"outcome": "fine"},
            {"feedback_by": None},
            {"feedback_by": story.NOW},
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                Disclosure.objects.update(**broken)
        for broken in ({"state": "received"}, {"kind": "holiday"}, {"expires": None}, {"approver_id": ""}):
            with pytest.raises(IntegrityError), transaction.atomic():
                Notice.objects.update(**broken)
