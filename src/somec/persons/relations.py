"""Who is easily taken for whom: twins, parent and child, two people with one document. Pure; a caution, never a weight.

Names and dates make these pairs look like one person. A caution says so beside the evidence; it neither raises nor
lowers the probability, and it decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from somec.persons import phonetics
from somec.persons.evidence import AGAINST, FOR, compare
from somec.persons.messages import FieldEvidence, Known, Name
from somec.persons.names import fold, number_key, romanisations, stems

GENERATION_YEARS: Final = range(15, 61)
"""How many years can lie between a parent and a child who bear one name."""


def cautions(theirs: Known, ours: Known) -> tuple[str, ...]:
    """Return the codes (:data:`somec.persons.search.CAUTIONS`) that hold between two people."""
    theirs = replace(theirs, names=tuple(_parted(name, ours.names) for name in theirs.names))
    found = {one.field: one for one in compare(theirs, ours)}
    held = (
        ("twin", _may_be_twins(found)),
        ("parent_child", _may_be_parent_and_child(found, theirs, ours)),
        ("shared_document", _one_number(theirs, ours) and _contradict(found)),
    )
    return tuple(code for code, holds in held if holds)


def _parted(name: Name, others: Iterable[Name]) -> Name:
    """Return a name that was written whole in parts, as far as the other side's family name shows which part is it."""
    if not name.full or name.family:
        return name
    written = fold(" ".join(_romanised(name))).split()
    for other in others:
        wanted = [_sounds(word) for text in _romanised(other, family_only=True) for word in fold(text).split()]
        family = [word for word in written if any(_sounds(word) & sounds for sounds in wanted)]
        rest = [word for word in written if word not in family]
        if family and rest:
            return Name(family=" ".join(family), given=" ".join(rest), script="Latn")
    return name


def _romanised(name: Name, *, family_only: bool = False) -> list[str]:
    """Return a name in Latin letters: by the first rule for its script, or as it is written."""
    latin = (name.romanisations or romanisations(name))[:1]
    if latin:
        return [latin[0].family] if family_only else [latin[0].family, latin[0].given]
    return [name.family or name.full] if family_only else [name.full]


def _sounds(word: str) -> frozenset[str]:
    return frozenset(code for stem in stems(word) for code in phonetics.codes(stem))


def _may_be_twins(found: Mapping[str, FieldEvidence]) -> bool:
    """Tell: same family name and same whole date of birth, another given name, birthplaces that do not contradict."""
    return (
        found["family_name"].verdict == FOR
        and found["given_name"].verdict == AGAINST
        and found["birth_date"].code == "same_day"
        and found["birthplace"].verdict != AGAINST
    )


def _may_be_parent_and_child(found: Mapping[str, FieldEvidence], theirs: Known, ours: Known) -> bool:
    """Tell: same family and given name, same sex as far as known, and every two dates a generation apart."""
    gaps = {abs(left.date.year - right.date.year) for left in theirs.births for right in ours.births}
    return (
        found["family_name"].verdict == FOR
        and found["given_name"].verdict == FOR
        and found["sex"].verdict != AGAINST
        and bool(gaps)
        and all(gap in GENERATION_YEARS for gap in gaps)
    )


def _one_number(theirs: Known, ours: Known) -> bool:
    """Tell: one document number of one state; where the state was not said, the number alone."""
    return any(
        number_key(left.number) == number_key(right.number) and (left.state == right.state or not left.state)
        for left in theirs.documents
        for right in ours.documents
    )


def _contradict(found: Mapping[str, FieldEvidence]) -> bool:
    """Tell: another sex, another date of birth, or nothing in common in the names."""
    names = found["family_name"].verdict == found["given_name"].verdict == AGAINST
    born = found["birth_date"].code in {"differs", "day_differs"}
    return names or born or found["sex"].verdict == AGAINST
