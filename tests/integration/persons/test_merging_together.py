"""Two people at one moment: opposite merges, a chain in the making, a statement into a file that is being merged."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from factories import authoriser, contact_point, new_person, officer
from somec.kernel.errors import SomecError
from somec.persons import actions, erasing, merging, models, queries, separating
from somec.persons.merges.models import Merge, Side
from somec.persons.messages import Document
from two_nodes import Node

pytestmark = pytest.mark.django_db(transaction=True)
ILZE, MARTINS = officer(), authoriser()
WHY = "The same fingerprints number stands in both files."


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any) -> Path:
    """A database of SQLite in a file: one in memory has one connection, and nobody would wait for anybody."""
    file = tmp_path_factory.mktemp("node") / "somec.sqlite3"
    if connection.vendor == "sqlite":
        with django_db_blocker.unblock(), Node("LV", file):
            call_command("migrate", verbosity=0)
    return file


@pytest.fixture(autouse=True)
def _shared(empty: Path, tmp_path: Path, transactional_db: None) -> Iterator[None]:
    if connection.vendor != "sqlite":
        yield
        return
    with Node("LV", Path(shutil.copy(empty, tmp_path))):
        yield


def record() -> str:
    return actions.record_person(actor=ILZE, person=new_person(documents=()))


def propose(kept: str, merged: str) -> str:
    return merging.propose_merge(actor=ILZE, kept_id=kept, merged_id=merged, reason=WHY)


def at_once(*acts: Callable[[], Any]) -> list[str]:
    """Do all of it at one moment, each in a thread and transaction of its own; returns each refusal's code or ``done``."""
    ready, said = threading.Barrier(len(acts)), [""] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        ready.wait()
        try:
            act()
            said[place] = "done"
        except SomecError as error:
            said[place] = error.code
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    return said


def test_of_two_merges_that_would_make_a_chain_one_is_refused() -> None:
    one, two, three = record(), record(), record()
    first, second = propose(one, two), propose(two, three)
    said = at_once(
        lambda: merging.approve_merge(actor=MARTINS, merge_id=first),
        lambda: merging.approve_merge(actor=MARTINS, merge_id=second),
    )
    assert min(said) == "done"
    assert max(said) in {"merge.already_merged", "merge.holds_files"}
    assert Merge.objects.filter(state="merged").count() == 1
    assert Side.objects.count() == 2


def test_of_two_opposite_proposals_one_is_refused() -> None:
    one, two = record(), record()
    said = at_once(lambda: propose(one, two), lambda: propose(two, one))
    assert sorted(said) == ["done", "merge.proposed_already"]


def test_a_statement_written_while_the_file_is_merged_is_in_the_whole_or_refused() -> None:
    for _ in range(4):
        one, two = record(), record()
        made = propose(one, two)
        said = at_once(
            lambda made=made: merging.approve_merge(actor=MARTINS, merge_id=made),
            lambda two=two: actions.add_statement(
                actor=ILZE, person_id=two, statement=Document(kind="passport", number="LV123456", state="LV")
            ),
        )
        assert said[0] == "done"
        held = [paper.number for paper in queries.person(ILZE, one).documents]
        assert (held, said[1]) in ((["LV123456"], "done"), ([], "person.merged_meanwhile"))
        found = queries.find(ILZE, queries.PersonQuery(text="LV123456")).rows
        assert one in {row.id for row in found} or said[1] != "done", "the whole is found by what was written"


def test_a_statement_written_while_both_are_separated_is_in_one_of_them_or_stops_it() -> None:
    one, two = record(), record()
    made = propose(one, two)
    merging.approve_merge(actor=MARTINS, merge_id=made)
    separating.propose_separation(actor=ILZE, merge_id=made, reason="It was his brother after all.")
    said = at_once(
        lambda: separating.approve_separation(actor=MARTINS, merge_id=made),
        lambda: actions.add_statement(
            actor=ILZE, person_id=two, statement=Document(kind="passport", number="LV123456", state="LV")
        ),
    )
    numbers = {one: [paper.number for paper in queries.person(ILZE, one).documents] for one in (one, two)}
    assert said[0] in {"done", "separation.more_written"}
    if said[1] == "done":
        assert numbers[two] == ["LV123456"]
    else:
        assert said[1] == "person.merged_meanwhile"
        assert numbers == {one: [], two: []}


def test_two_officers_who_propose_or_approve_one_pair_make_one_merge() -> None:
    one, two = record(), record()
    said = at_once(lambda: propose(one, two), lambda: propose(one, two))
    assert sorted(said) == ["done", "merge.proposed_already"]
    (made,) = Merge.objects.filter(state="proposed").values_list("pk", flat=True)
    other = authoriser(who="usr-anna")
    said = at_once(
        lambda: merging.approve_merge(actor=MARTINS, merge_id=made),
        lambda: merging.approve_merge(actor=other, merge_id=made),
        lambda: merging.refuse_merge(actor=other, merge_id=made, reason="They differ by ten centimetres."),
    )
    assert min(said) == "done"
    assert set(said) - {"done"} == {"merge.state"}
    assert said.count("done") == 1
    assert queries.person(ILZE, one).id == one


def judged(person: str, subject: str) -> Callable[[], Any]:
    desk = contact_point()
    return lambda: actions.judge(
        actor=desk, subject=subject, person_id=person, verdict="same", reason="fingerprints were compared"
    )


def test_an_answer_on_a_file_that_is_merged_at_the_same_moment_counts_for_the_whole() -> None:
    for number in range(4):
        one, two = record(), record()
        made = propose(one, two)
        approve = lambda made=made: merging.approve_merge(actor=MARTINS, merge_id=made)  # noqa: E731 - one of two acts
        said = at_once(approve, judged(two, f"inc-{number}"))
        assert said[0] == "done"
        assert said[1] in {"done", "person.merged_meanwhile"}
        answers = [one.person_id for one in queries.judgements(f"inc-{number}")]
        assert answers == ([two] if said[1] == "done" else [])
        assert queries.head(two) == one


def test_an_answer_on_a_file_that_is_erased_at_the_same_moment_is_refused_or_goes_with_it() -> None:
    for number in range(4):
        one = record()
        erase = lambda one=one: erasing.erase_file(  # noqa: E731 - one of two acts
            actor=MARTINS, person_id=one, ground="time_is_over", reason="His time is over since Monday."
        )
        said = at_once(erase, judged(one, f"inc-{number}"))
        assert said[0] == "done"
        assert said[1] in {"done", "person"}
        assert not models.Person.objects.exists()
        assert not models.Judgement.objects.exists()
