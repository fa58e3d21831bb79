"""Building on several processes gives the arrays of building one by one; workers fail in the open."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from matching_sample import crowd  # type: ignore[import-not-found,unused-ignore]

from somec.persons.matching import assembly
from somec.persons.matching.arrays import Tables
from somec.persons.matching.assembly import assembled
from somec.persons.matching.errors import BadTable, WorkerLost
from somec.persons.matching.index import MatchIndex
from somec.persons.matching.names import parts_of
from somec.persons.matching.records import PersonName, PersonRecord
from somec.persons.matching.store import write_segment
from somec.persons.matching.tables import read_blocks
from somec.persons.matching.workers import Workers


def several_scripts() -> list[PersonRecord]:
    """People with several values in every field, values that repeat, and some with nothing."""
    many = [
        PersonRecord(
            f"m{number}",
            (PersonName("Сергей Викторович Лавров"), PersonName(given="Sergejs", family="Lavrovs")),
            ("1950-03-21", f"19{number + 10}"),
            "M",
            ("LV", "RU"),
            ("Rīga", "Москва"),
            (f"AB 12345{number}", "CD 99887"),
        )
        for number in range(8)
    ]
    return [*crowd(150), *many, PersonRecord("nothing"), *crowd(90), PersonRecord("ā", (PersonName("محمد بن سلمان"),))]


def same(left: Tables, right: Tables) -> bool:
    pairs = [
        (getattr(one, name), getattr(other, name))
        for group in left._fields
        for one, other in [(getattr(left, group), getattr(right, group))]
        for name in one._fields
    ]
    return all(a.dtype == b.dtype and np.array_equal(a, b) for a, b in pairs)


def test_several_processes_write_the_same_bytes_as_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(assembly, "RECORDS_IN_BLOCK", 20)
    monkeypatch.setattr(assembly, "WORDS_IN_BLOCK", 30)
    people = several_scripts()
    seen: list[int] = []
    alone = assembled(people, processes=1)
    shared = assembled(iter(people), progress=seen.append, processes=2)
    assert same(alone.tables(), shared.tables())
    assert (sum(seen), len(shared.builder)) == (len(people), len(people))
    for name, one in (("alone", alone), ("shared", shared)):
        write_segment(tmp_path / name, one.tables(), tuple(one.builder.nations))
    assert (tmp_path / "alone").read_bytes() == (tmp_path / "shared").read_bytes()


def test_rows_of_a_file_give_the_same_as_people(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    lines = [f"{one.id},{one.names[0].written},{one.birth_dates[0]},{one.sex}\n" for one in crowd(120)]
    file.write_text("id,full_name,dob,sex\n" + "".join(lines), encoding="utf-8")
    monkeypatch.setattr(assembly, "ALONE", 1)
    shared = assembled(read_blocks(file, size=10), processes=2)
    alone = assembled(
        [PersonRecord(one.id, (PersonName(one.names[0].written),), one.birth_dates, one.sex) for one in crowd(120)]
    )
    assert same(alone.tables(), shared.tables())


def test_nobody_makes_an_empty_index() -> None:
    assert len(MatchIndex.in_memory([])) == 0


def test_what_is_wrong_with_a_file_is_told_while_workers_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("full_name,dob\n" + "Anna Bērziņa,1990\n" * 200 + "too,many,fields\n", encoding="utf-8")
    monkeypatch.setattr(assembly, "ALONE", 1)
    with pytest.raises(BadTable) as caught:
        assembled(read_blocks(file, size=10), processes=2)
    assert (caught.value.code, caught.value.parameters["line"]) == ("matching.file.row_length", 202)


def test_answers_come_in_order_and_failures_are_raised_here() -> None:
    with Workers(2) as workers:
        assert list(workers.map(str, range(50))) == [str(number) for number in range(50)]
        assert list(workers.map(str, [])) == []
        with pytest.raises(ValueError, match="two"):
            list(workers.map(int, ["1", "two", "3"]))


def test_a_worker_that_dies_is_no_silence() -> None:
    with pytest.raises(WorkerLost), Workers(1) as workers:
        list(workers.map(os._exit, [7]))


@pytest.mark.parametrize("word", ["Anna", "ANNA", "anna", "van", "Dr", "Ben", "A", "al", "McDonald"])
def test_the_short_way_for_plain_words_is_the_long_way(word: str) -> None:
    assert parts_of(word) == parts_of(f" {word}\u200b")
