"""Interpreted kernels in an index whose tables are longer than one byte counts: nothing overflows, the right one is found."""

from __future__ import annotations

import os
import subprocess
import sys

SCRIPT = """
from itertools import islice, product
from somec.persons.matching.index import MatchIndex
from somec.persons.matching.records import PersonName, PersonRecord
heads, tails = ('Kal', 'Ber', 'Ozo', 'Lie', 'Vit', 'Kru', 'Pet', 'Jan', 'Zar', 'Sku'), ('nin', 'zin', 'lov', 'pin', 'ter', 'min')
families = [head + middle + tail for head, middle, tail in product(heads, ('a', 'e', 'o', 'u'), tails)]
people = [
    PersonRecord(id=family, names=(PersonName(given=families[-number], family=family),), birth_dates=('1984',))
    for number, family in enumerate(families)
]
index = MatchIndex.in_memory(people)
wrong = []
for number, family in list(enumerate(families))[:: 8]:
    query = PersonRecord(id='q', names=(PersonName(full=f'{family}s {families[-number]}'),), birth_dates=('1984-03-17',))
    found = index.search(query, top=60, floor=0.0).candidates
    if family not in [one.id for one in found[:10]] or not found[0].evidence:
        wrong.append(family)
print(len(families), wrong)
"""


def test_more_forms_than_a_byte_counts_are_compared_without_the_compiler() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error::RuntimeWarning", "-c", SCRIPT],
        env={**os.environ, "SOMEC_MATCHING_KERNEL": "python"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.split(maxsplit=1) == ["240", "[]\n"]
