"""Notices go on under the whole when two files are merged, and every receiver is still known; a separation undoes it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import movement_story as story
from somec.access.rules import Actor
from somec.movements import actions, queries
from somec.movements.rules import Kind
from somec.movements.views import NoticeFilter
from somec.persons import actions as persons
from somec.persons import merging, separating
from somec.persons import queries as files
from somec.persons.merges.models import Merge
from somec.persons.messages import Name, NewPerson
from two_nodes import Node, at

WHY = "The same fingerprints number stands in both files."


def twice(lv: Node) -> tuple[str, str, str, Actor]:
    """Latvia has told the Netherlands of a man, and finds that it has an older file of him."""
    notice = story.sent(lv, "NL")
    told = queries.notice(lv.actor("officer"), notice).row.person.id
    officer = lv.actor("officer")
    older = persons.record_person(
        actor=officer, person=NewPerson(names=(Name(family="KOVSHOV", given="Valery"),), owner_id=officer.id)
    )
    return notice, told, older, officer


def merged(lv: Node, kept: str, other: str) -> str:
    made = merging.propose_merge(actor=lv.actor("officer"), kept_id=kept, merged_id=other, reason=WHY)
    merging.approve_merge(actor=lv.actor("head"), merge_id=made)
    return made


def test_who_was_told_about_the_merged_file_is_seen_at_the_whole(nodes: Any) -> None:
    with at(story.NOW), nodes[0] as lv:
        notice, told, older, officer = twice(lv)
        before = queries.sent_document(officer, notice, queries.preview(officer, notice)[0].document["header"]["id"])
        merged(lv, older, told)
        for asked in (older, told):
            rows = queries.notices(officer, NoticeFilter(person_id=asked)).rows
            assert [(row.id, row.person.id) for row in rows] == [(notice, older)]
            assert [line.state for line in rows[0].destinations] == ["NL"]
            assert [one.kind for one in queries.events(officer, asked)].count("told") == 1
        document = queries.preview(officer, notice)[0].document
        assert document == before, "what has left is not changed"
        assert files.changed_since(told, story.NOW) == files.changed_since(older, story.NOW)


def test_a_change_of_a_notice_carries_the_whole(nodes: Any) -> None:
    with at(story.NOW), nodes[0] as lv:
        notice, told, older, officer = twice(lv)
        merged(lv, older, told)
        view = queries.notice(officer, notice)
        assert "notice.change" in view.actions or any("notice.change" in one.actions for one in view.disclosures)
        item = files.identity_item(told)
        names = {one.get("family_name") for one in item["data"]["names"]}  # type: ignore[index, union-attr, call-overload]
        assert (item["data"]["person"], "KOVSHOV" in names) == (older, True)  # type: ignore[index, call-overload]


def test_a_notice_begun_under_the_whole_goes_where_its_decision_goes(nodes: Any) -> None:
    with at(story.NOW) as time, nodes[0] as lv:
        _notice, told, older, officer = twice(lv)
        made = merged(lv, older, told)
        time.on(minutes=1)
        newer = actions.draft_notice(actor=officer, person_id=older, kind=Kind.PLANNED_TRAVEL)
        row = Merge.objects.get(pk=made)
        item = next(one for one in separating.separable(row) if one.id == newer)
        assert (item.kind, item.person_id, item.needs) == ("notice", older, told)
        time.on(minutes=1)
        separating.propose_separation(
            actor=officer, merge_id=made, reason="It was his brother after all.", homes={newer: told}
        )
        separating.approve_separation(actor=replace(lv.actor("head")), merge_id=made)
        assert {one.id for one in queries.notices(officer, NoticeFilter(person_id=told)).rows} >= {newer}
        assert queries.notices(officer, NoticeFilter(person_id=older)).rows == ()
