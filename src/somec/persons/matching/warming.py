"""Compile the kernels before anybody waits for them.

The machine code is kept (see `compiled.cache_folder`), so this is worth doing once after each installation; without it
the first search of the first process does it, and takes a minute or so longer.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from somec.persons.matching.cluster import duplicates
from somec.persons.matching.index import MatchIndex
from somec.persons.matching.model import load_model
from somec.persons.matching.pairs import compare_names
from somec.persons.matching.records import PersonName, PersonRecord

_NAMES = ("Anna Maria Kowalska", "Annamaria Kowalska", "Anna Kowalski", "Jan Nowak", "محمد حسن", "Mohammed Hassan")


def warm() -> float:
    """Use every kernel once, on a few made-up people; returns the seconds it took."""
    start = time.perf_counter()
    people = [
        PersonRecord(str(number), (PersonName(name),), ("1980-02-03",), "F", ("PL",), ("Gdańsk",), ("AB12345",))
        for number, name in enumerate(_NAMES)
    ]
    with tempfile.TemporaryDirectory() as folder:
        index = MatchIndex.create(Path(folder))
        index.rebuild(people)
        index.put([PersonRecord("late", (PersonName("Ivan Horvat"),))])
        for one in people:
            index.search(one)
        index.compare(people[0], people[1])
    compare_names(_NAMES[0], _NAMES[1])
    duplicates(people, load_model())
    return time.perf_counter() - start
