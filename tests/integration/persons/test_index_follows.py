"""The index follows its database: whatever happens in between, a person is found, or gone, in the next question."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import override_settings

from factories import contact_point, new_person, officer
from somec.cli import match_node
from somec.persons import actions, indexing, models, queries
from somec.persons.messages import Name
from somec.persons.search import CandidateAnswer, Outcome, PersonSearch, SearchName

pytestmark = pytest.mark.django_db(transaction=True)
DESK = contact_point()
ILZE = officer()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, transactional_db: None) -> Iterator[Path]:
    with override_settings(CONFIG=replace(settings.CONFIG, folder=tmp_path)):
        yield tmp_path / "match-index"


def recorded(family: str) -> str:
    return actions.record_person(
        actor=ILZE, person=new_person(names=(Name(family=family, given="Zane"),), documents=())
    )


def ask(family: str) -> CandidateAnswer:
    query = PersonSearch(names=(SearchName(full=f"Zane {family}"),))
    return queries.search_people(DESK, query, purpose="answer_enquiry")


def found(family: str) -> set[str]:
    """Who is found under a name that nobody else has."""
    answer = ask(family)
    assert answer.outcome is not Outcome.INDEX_INCOMPLETE
    return {
        one.person_id for one in answer.candidates if any(family in text for side in one.sides for text in side.filed)
    }


def rename(person: str, family: str) -> None:
    name = queries.view(person).names[0]
    actions.correct_statement(
        actor=ILZE, person_id=person, statement_id=name.id, statement=replace(name, family=family), reason="misread"
    )


def waiting() -> int:
    return models.IndexChange.objects.count()


def test_every_kind_of_write_is_found_by_the_next_question_and_leaves_nothing_to_do() -> None:
    person = recorded("Kalniņa")
    assert waiting() == 1
    assert found("Kalniņa") == {person}
    assert waiting() == 0
    rename(person, "Krūmiņa")
    assert (found("Krūmiņa"), found("Kalniņa")) == ({person}, set())
    extra = actions.add_statement(
        actor=ILZE, person_id=person, statement=Name(family="Vītola", given="Zane", kind="alias")
    )
    assert found("Vītola") == {person}
    actions.withdraw_statement(actor=ILZE, person_id=person, statement_id=extra, reason="not hers")
    assert found("Vītola") == set()
    actions.change_file(actor=ILZE, person_id=person, sex="female", reason="seen")
    sides = {one.field: one.direction for one in ask("Krūmiņa").candidates[0].evidence}
    assert sides["sex"] == "missing"
    models.Person.objects.filter(pk=person).delete()
    assert (found("Krūmiņa"), ask("Krūmiņa").people, waiting()) == (set(), 0, 0)


def test_a_transaction_finds_its_own_change_and_a_rolled_back_one_leaves_no_trace() -> None:
    person = recorded("Kalniņa")
    assert found("Kalniņa") == {person}
    with transaction.atomic():
        other = recorded("Ozoliņa")
        rename(person, "Liepiņa")
        assert (found("Ozoliņa"), found("Liepiņa"), found("Kalniņa")) == ({other}, {person}, set())
        transaction.set_rollback(True)
    assert (found("Kalniņa"), found("Ozoliņa"), found("Liepiņa")) == ({person}, set(), set())
    assert (ask("Kalniņa").people, waiting(), indexing._unsettled()) == (1, 0, [])


def test_a_committed_transaction_that_asked_is_found_afterwards() -> None:
    with transaction.atomic():
        person = recorded("Ozoliņa")
        assert found("Ozoliņa") == {person}
        assert waiting() == 1
    assert (found("Ozoliņa"), waiting()) == ({person}, 0)


def test_a_stop_between_the_index_and_the_database_is_taken_up_again(monkeypatch: pytest.MonkeyPatch) -> None:
    person = recorded("Kalniņa")
    found("Kalniņa")
    rename(person, "Liepiņa")
    with monkeypatch.context() as patched:
        patched.setattr(
            indexing.models.SearchIndex.objects, "filter", _stop_at_second(models.SearchIndex.objects.filter)
        )
        with pytest.raises(KeyboardInterrupt):
            ask("Liepiņa")
    assert waiting() == 1
    assert (found("Liepiņa"), found("Kalniņa"), waiting()) == ({person}, set(), 0)


def _stop_at_second(real: Any) -> Any:
    """The database fails where rows are deleted: tokens are read, and then the update that comes with the deletion."""

    def stopping(*args: Any, **kwargs: Any) -> Any:
        if connection.in_atomic_block:
            raise KeyboardInterrupt
        return real(*args, **kwargs)

    return stopping


def test_an_older_copy_of_the_database_one_step_back_is_read_again_for_what_was_touched() -> None:
    kept = recorded("Kalniņa")
    found("Kalniņa")
    token = models.SearchIndex.objects.get().token
    later = recorded("Ozoliņa")
    assert found("Ozoliņa") == {later}
    models.Person.objects.filter(pk=later).delete()  # the copy never knew her
    models.IndexChange.objects.all().delete()
    models.SearchIndex.objects.update(token=token)
    assert (found("Ozoliņa"), found("Kalniņa"), ask("Kalniņa").people) == (set(), {kept}, 1)


@pytest.mark.parametrize("token", ["", "0" * 32])
def test_any_other_copy_of_the_database_rebuilds_a_small_index_at_once(token: str) -> None:
    kept, later = recorded("Kalniņa"), recorded("Ozoliņa")
    found("Kalniņa")
    models.Person.objects.filter(pk=later).delete()
    models.IndexChange.objects.all().delete()
    if token:
        models.SearchIndex.objects.update(token=token)
    else:
        models.SearchIndex.objects.all().delete()
    assert (found("Ozoliņa"), found("Kalniņa"), ask("Kalniņa").people) == (set(), {kept}, 1)


def test_a_large_index_of_another_database_says_incomplete_until_the_worker_has_rebuilt_it(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    person = recorded("Kalniņa")
    found("Kalniņa")
    monkeypatch.setattr(indexing, "REBUILT_AT_ONCE", 0)
    models.SearchIndex.objects.update(token="0" * 32)
    answer = ask("Kalniņa")
    assert (answer.outcome, answer.reasons[0]) == (Outcome.INDEX_INCOMPLETE, "matching.index.foreign")
    assert answer.candidates[0].person_id == person
    assert indexing.overdue()
    assert indexing.rebuild() == 1
    assert found("Kalniņa") == {person}
    assert not indexing.overdue()


def test_an_index_of_a_node_that_had_none_is_built_from_everybody(folder: Path) -> None:
    person = recorded("Kalniņa")
    models.IndexChange.objects.all().delete()  # files from before there was an index
    assert not folder.exists()
    assert found("Kalniņa") == {person}


@pytest.mark.parametrize("name", ["index.json", "database.json", "unsettled.json"])
@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe"])
def test_a_damaged_file_is_healed_by_a_small_node(folder: Path, name: str, content: bytes) -> None:
    person = recorded("Kalniņa")
    found("Kalniņa")
    (folder / name).write_bytes(content)
    assert found("Kalniņa") == {person}
    other = recorded("Ozoliņa")
    assert found("Ozoliņa") == {other}


def test_a_damaged_change_log_says_incomplete_on_a_large_node_and_the_change_is_not_lost(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    recorded("Kalniņa")
    found("Kalniņa")
    later = recorded("Ozoliņa")
    found("Ozoliņa")
    monkeypatch.setattr(indexing, "REBUILT_AT_ONCE", 0)
    (log,) = folder.glob("changes-*.log")
    octets = bytearray(log.read_bytes())
    octets[20] ^= 0xFF
    log.write_bytes(octets)
    monkeypatch.setattr(indexing, "_open", {})
    third = recorded("Liepiņa")
    answer = ask("Liepiņa")
    assert (answer.outcome, answer.reasons[0]) == (Outcome.INDEX_INCOMPLETE, "matching.index.damaged")
    assert waiting() == 1
    assert indexing.rebuild() == 3
    assert (found("Liepiņa"), found("Ozoliņa"), waiting()) == ({third}, {later}, 0)


@pytest.mark.parametrize("call", ["pwrite", "fsync"])
def test_a_full_disk_says_incomplete_and_loses_nothing(monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    person = recorded("Kalniņa")
    found("Kalniņa")
    rename(person, "Liepiņa")

    def full(*_: Any) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, call, full)
        answer = ask("Liepiņa")
        assert (answer.outcome, "matching.index.not_written" in answer.reasons) == (Outcome.INDEX_INCOMPLETE, True)
        assert waiting() == 1
    assert (found("Liepiņa"), waiting()) == ({person}, 0)


def test_many_who_write_and_ask_at_once_lose_nothing() -> None:
    if connection.vendor == "sqlite":
        pytest.skip("threads share one connection of an in-memory database; test_index_processes has real processes")
    people: list[str] = []

    def work(number: int) -> None:
        people.append(recorded(f"Kalniņa{'abcdefgh'[number]}"))
        ask("Kalniņa")
        connection.close()

    threads = [Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (ask("Kalniņa").people, len(people), waiting()) == (8, 8, 0)


@pytest.mark.parametrize("command", ["followed", "follow"])
def test_the_command_line_builds_an_index_that_is_not_whole_before_it_goes_on(
    folder: Path, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOMEC_MATCHING_KERNEL", "python")
    monkeypatch.setattr(match_node.setup, "ready_node", lambda: None)
    monkeypatch.setattr(indexing, "REBUILT_AT_ONCE", 0)  # as on a large node: a question leaves it to the worker
    recorded("Meklētājs")
    assert ask("Meklētājs").outcome is Outcome.INDEX_INCOMPLETE
    assert getattr(match_node, command)(*([None] if command == "follow" else [])) in {0, folder}
    assert indexing.status().reason == ""
    assert indexing.status().people == 1
    assert not indexing.overdue()
