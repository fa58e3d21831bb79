"""Erasing a person: everything of him goes, from tables, histories of others and the search on the disk; and it is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.test import override_settings

from factories import authoriser, contact_point, conviction, new_person, officer, stranger
from somec.audit import queries as log
from somec.cli import match_node
from somec.kernel.errors import Invalid, NotAllowed, NotPossibleNow
from somec.movements.models import Incoming, Notice
from somec.offenders import actions as offenders
from somec.persons import actions, apart, erasing, indexing, likeness, merging, models, queries, separating
from somec.persons.dates import PartialDate
from somec.persons.merges.models import Likeness, Merge, MergeAct, Side
from somec.persons.messages import Birth, Document, Name
from somec.persons.search import PersonSearch, SearchName

pytestmark = pytest.mark.django_db(transaction=True)
DESK, ILZE, MARTINS = contact_point(), officer(), authoriser()
WHY = "His time is over since the first of the month."
SECRET = "Qwerimovs"
"""A family name that stands nowhere but in the file that is erased."""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, transactional_db: None) -> Iterator[Path]:
    with override_settings(CONFIG=replace(settings.CONFIG, folder=tmp_path)):
        yield tmp_path / "match-index"


@pytest.fixture
def stays() -> str:
    return actions.record_person(actor=ILZE, person=new_person())


@pytest.fixture
def goes() -> str:
    twice = new_person(
        names=(Name(family=SECRET, given="Valery", main=True),), births=(Birth(date=PartialDate(1984, 3, 7)),),
        documents=(Document(kind="passport", number="QX7719", state="LV"),), biometrics=(), descriptions=(),
    )  # fmt: skip
    return actions.record_person(actor=ILZE, person=twice)


def erase(person: str, **other: Any) -> erasing.Erased:
    return erasing.erase_file(
        actor=other.pop("actor", MARTINS), person_id=person, ground="time_is_over", reason=other.pop("reason", WHY)
    )


def merge(kept: str, merged: str) -> str:
    reason = f"He is {SECRET}, says the prison register."
    made = merging.propose_merge(actor=ILZE, kept_id=kept, merged_id=merged, reason=reason)
    merging.approve_merge(actor=MARTINS, merge_id=made)
    return made


def separate(made: str, homes: dict[str, str] | None = None) -> None:
    reason = f"{SECRET} is his brother after all."
    separating.propose_separation(actor=ILZE, merge_id=made, reason=reason, homes=homes)
    separating.approve_separation(actor=MARTINS, merge_id=made)


def mentions(*words: str) -> list[tuple[str, Any]]:
    """Return every row of every table but the log that holds one of these words."""
    return [
        (model.__name__, row)
        for model in apps.get_models()
        if model._meta.managed and model._meta.app_label != "audit"
        for row in model._default_manager.values()
        if any(word.lower() in str(row).lower() for word in words)
    ]


def on_disk(folder: Path, word: str) -> list[str]:
    return [file.name for file in folder.iterdir() if word.lower().encode() in file.read_bytes().lower()]


def candidates() -> list[str]:
    query = PersonSearch(names=(SearchName(full=f"Valery {SECRET}"),), documents=("QX7719",))
    answer = queries.search_people(DESK, query, purpose="answer_enquiry")
    return [one.person_id for one in (*answer.candidates, *answer.exact)]


def test_a_file_goes_from_the_tables_the_next_question_and_the_disk(
    folder: Path, goes: str, stays: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(match_node.setup, "ready_node", lambda: None)
    offenders.record_conviction(actor=ILZE, person_id=goes, conviction=conviction())
    actions.judge(actor=DESK, subject="inc-1", person_id=goes, verdict="not_same", reason="another one")
    assert goes in candidates()
    assert on_disk(folder, SECRET)
    number = models.Person.objects.get(pk=goes).case_number
    assert erase(goes) == erasing.Erased(file_ids=(goes,), case_numbers=(number,), merged=False)
    assert mentions(SECRET, "QX7719", goes) == [("IndexChange", mentions(goes)[0][1])]
    assert goes not in candidates()
    assert mentions(SECRET, "QX7719", goes) == []
    assert indexing.overdue(), "the worker has to take him from the disk"
    assert not indexing.trouble(), "answers are whole meanwhile"
    assert match_node.follow(None) == 0  # type: ignore[arg-type]
    assert on_disk(folder, SECRET) == on_disk(folder, "QX7719") == []
    assert not indexing.overdue()
    assert queries.view(stays).id == stays


def test_a_merged_person_goes_as_a_whole_and_the_answer_says_so(folder: Path, stays: str, goes: str) -> None:
    merge(stays, goes)
    numbers = [models.Person.objects.get(pk=one).case_number for one in (stays, goes)]
    erased = erase(goes)
    assert (erased.file_ids, list(erased.case_numbers), erased.merged) == ((stays, goes), numbers, True)
    assert not models.Person.objects.exists()
    assert not any(model.objects.exists() for model in (Merge, Side, MergeAct))
    candidates()
    assert mentions(SECRET, stays, goes, *numbers) == []
    told = {one.case: one for one in log.trail_of(MARTINS.id).entries if one.action == "person.erase"}
    assert {case: entry.detail["with"] for case, entry in told.items()} == {stays: goes, goes: stays}
    assert {entry.detail["files"] for entry in told.values()} == {2}
    assert {entry.detail["ground"] for entry in told.values()} == {"time_is_over"}


def test_after_a_separation_one_goes_and_the_other_keeps_no_word_of_him(stays: str, goes: str) -> None:
    made = merge(stays, goes)
    number = models.Person.objects.get(pk=goes).case_number
    passport = actions.add_statement(
        actor=ILZE, person_id=goes, statement=Document(kind="passport", number="LV77", state="LV")
    )
    separate(made, {passport: stays})
    assert number in str(mentions(number))
    erased = erase(goes)
    assert (erased.file_ids, erased.merged) == ((goes,), False)
    candidates()
    assert mentions(SECRET, "QX7719", goes, number) == []
    view = queries.person(ILZE, stays)
    assert "LV77" in {paper.number for paper in view.documents}
    history = queries.history(ILZE, stays)
    assert {"includes": "erased"} in [one.after for one in history]
    assert {one.reason for one in history if "erased" in str(one.after) + str(one.before)} == {"erased"}


def test_likely_pairs_proposals_and_words_about_two_people_go_with_the_file(stays: str, goes: str) -> None:
    merging.propose_merge(actor=ILZE, kept_id=stays, merged_id=goes, reason=f"{SECRET} has his fingerprints.")
    third = actions.record_person(actor=ILZE, person=new_person())
    apart.keep_apart(actor=ILZE, first_id=goes, second_id=third, reason=f"{SECRET} is taller by a head.")
    candidates()
    while likeness.compare_changed():
        pass
    assert Likeness.objects.exists()
    erase(goes)
    candidates()
    assert mentions(SECRET, goes) == []


def test_notices_have_times_of_their_own_and_go_first(stays: str) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(erasing, "_tables", lambda: [(Notice, Notice.belongs), (Incoming, None)])
        patched.setattr(erasing.models, "every", lambda model: _Rows(there=model is Notice))
        with pytest.raises(NotPossibleNow) as refused:
            erase(stays)
    assert (refused.value.code, refused.value.parameters) == ("person.still_needed", {"kinds": "notice"})
    assert models.Person.objects.filter(pk=stays).exists()


class _Rows:
    """A table that has a row, or none: a notice needs a decision, which this test is not about."""

    def __init__(self, *, there: bool) -> None:
        self._there = there

    def filter(self, **_: Any) -> _Rows:
        return self

    def exists(self) -> bool:
        return self._there


@pytest.mark.parametrize(
    "actor", [ILZE, DESK, stranger(), authoriser(authority="aut-elsewhere")], ids=lambda one: one.id
)
def test_only_a_second_person_of_the_authority_erases(actor: Any, goes: str) -> None:
    with pytest.raises(NotAllowed):
        erase(goes, actor=actor)
    assert models.Person.objects.filter(pk=goes).exists()


def test_it_takes_a_ground_and_a_reason(goes: str) -> None:
    with pytest.raises(Invalid) as refused:
        erasing.erase_file(actor=MARTINS, person_id=goes, ground="because", reason=WHY)
    assert refused.value.fields == {"ground": ["choice"]}
    with pytest.raises(Invalid):
        erase(goes, reason="short")
    assert models.Person.objects.filter(pk=goes).exists()


def test_an_erasure_that_comes_while_the_index_is_rebuilt_waits_for_the_next(
    folder: Path, stays: str, goes: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    candidates()
    read = indexing.rows.every_file

    def erased_meanwhile(*args: Any) -> Any:
        views = list(read(*args))
        if not args and models.Person.objects.filter(pk=goes).exists():
            erase(goes)
            indexing.follow()
        return iter(views)

    monkeypatch.setattr(indexing.rows, "every_file", erased_meanwhile)
    indexing.rebuild()
    assert goes not in candidates()
    assert indexing.overdue()
    indexing.rebuild()
    assert on_disk(folder, SECRET) == []
    assert not indexing.overdue()
