"""Likely duplicates: found in the background, listed for those who may merge both, gone once somebody has judged."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from factories import authoriser, new_person, officer, stranger
from somec.cli import main, setup
from somec.kernel import clock
from somec.persons import actions, apart, duplicates, indexing, likeness, merging
from somec.persons.dates import PartialDate
from somec.persons.merges.models import Likeness
from somec.persons.messages import Birth, Birthplace, Document, Name

pytestmark = pytest.mark.django_db
ILZE = officer()
WHY = "The same fingerprints number stands in both files."


@pytest.fixture(autouse=True)
def _own_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "folder", lambda: tmp_path / "index")


def record(**other: Any) -> str:
    return actions.record_person(actor=ILZE, person=new_person(**other))


@pytest.fixture
def twice() -> list[str]:
    record(
        names=(Name(family="BĒRZIŅŠ", given="Andris"),), births=(Birth(date=PartialDate(1971, 5, 2)),),
        birthplaces=(Birthplace(locality="Rīga", state="LV"),), documents=(),
    )  # fmt: skip
    return sorted([record(), record(documents=(Document(kind="passport", number="LV5520193", state="LV"),))])


def pairs(**other: Any) -> list[tuple[str, str]]:
    return [(row.first.id, row.second.id) for row in duplicates.likely(ILZE, **other).rows]


def test_two_files_of_one_person_are_found_and_nobody_else(twice: list[str]) -> None:
    assert duplicates.likely(ILZE).compared_at is None
    assert duplicates.likely(ILZE).uncompared == 3
    assert likeness.compare_changed() == 3
    page = duplicates.likely(ILZE)
    assert pairs() == [tuple(twice)]
    assert (page.uncompared, page.total) == (0, 1)
    assert 0.5 <= page.rows[0].probability < 1.0
    assert likeness.compare_changed() == 0


def test_the_work_goes_on_where_it_stopped(twice: list[str]) -> None:
    assert [likeness.compare_changed(1) for _ in range(4)] == [1, 1, 1, 0]
    assert pairs() == [tuple(twice)]


def test_a_correction_takes_the_pair_off_the_list(twice: list[str]) -> None:
    likeness.compare_changed()
    for plural in ("names", "births", "documents", "birthplaces"):
        from somec.persons import queries

        for one in getattr(queries.person(ILZE, twice[1]), plural):
            if plural == "names":
                actions.correct_statement(
                    actor=ILZE, person_id=twice[1], statement_id=one.id, statement=Name(family="LIEPA", given="Juris"),
                    reason="mixed up with another man",
                )  # fmt: skip
            else:
                actions.withdraw_statement(
                    actor=ILZE, person_id=twice[1], statement_id=one.id, reason="mixed up with another man"
                )
    assert likeness.compare_changed() == 1
    assert pairs() == []


def test_a_judged_pair_is_gone_and_comes_back_when_the_word_is_taken_back(twice: list[str]) -> None:
    likeness.compare_changed()
    said = apart.keep_apart(actor=ILZE, first_id=twice[0], second_id=twice[1], reason="Twins; both are known to us.")
    assert pairs() == []
    assert [row.id for row in duplicates.kept_apart(ILZE)] == [said]
    apart.withdraw_keep_apart(actor=ILZE, apart_id=said, reason="One birth certificate is false.")
    assert pairs() == [tuple(twice)]
    made = merging.propose_merge(actor=ILZE, kept_id=twice[0], merged_id=twice[1], reason=WHY)
    assert pairs() == []
    assert [row.id for row in duplicates.waiting_merges(authoriser())] == [made]
    assert [row.id for row in duplicates.own_proposals(ILZE)] == [made]
    merging.approve_merge(actor=authoriser(), merge_id=made)
    likeness.compare_changed()
    assert pairs() == []


def test_a_stranger_and_the_second_person_see_no_pair(twice: list[str]) -> None:
    likeness.compare_changed()
    for actor in (stranger(), authoriser()):
        assert duplicates.likely(actor).total == 0
    assert duplicates.waiting_merges(stranger()) == ()


def test_an_index_that_is_not_whole_leaves_the_work_for_later(
    twice: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "follow", lambda: indexing.Followed(None, "matching.index.damaged"))
    assert likeness.compare_changed() == 0
    assert likeness.waiting() == 3
    assert not Likeness.objects.exists()


def test_lists_cost_the_same_however_long_they_are(twice: list[str], django_assert_num_queries: Any) -> None:
    likeness.compare_changed()
    with django_assert_num_queries(5):
        assert len(duplicates.likely(ILZE).rows) == 1
    for _ in range(3):
        record()
    likeness.compare_changed()
    with django_assert_num_queries(5):
        assert len(duplicates.likely(ILZE).rows) == 10
    with django_assert_num_queries(1):
        assert duplicates.waiting_merges(authoriser()) == ()


def test_the_command_compares_all_and_the_worker_only_what_is_due(
    twice: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(setup, "ready_node", lambda: None)
    assert not likeness.overdue(), "no engine is started for a node that has no index yet"
    assert main.main(["match", "duplicates", "--quiet"]) == 0
    assert capsys.readouterr().out == "3 files compared\n"
    actions.change_file(actor=ILZE, person_id=twice[0], status="closed", reason="supervision has ended")
    assert (likeness.waiting(), likeness.overdue()) == (1, False)
    with clock.frozen(clock.now() + likeness.AFTER + timedelta(seconds=1)):
        assert likeness.overdue()
    monkeypatch.setattr(indexing, "follow", lambda: indexing.Followed(None, "matching.index.damaged"))
    assert main.main(["match", "duplicates", "--quiet"]) == 1
