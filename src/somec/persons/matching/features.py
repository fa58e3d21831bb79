"""What the weights of the model are counted on: for each candidate, how often each of them was used.

A score is the sum of weights, so the weights can be fitted as in any log-linear model: each column below is the number
of times one weight counts in a candidate, or the rarity in bits that a weight multiplies.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from somec.persons.matching.alignment import JOINED, MOST_PARTS, part_rarity
from somec.persons.matching.dates import DateLevel
from somec.persons.matching.model import Model
from somec.persons.matching.query import PreparedQuery
from somec.persons.matching.scoring import Field, State, alignments
from somec.persons.matching.search import COST_TABLES, Found, Scored
from somec.persons.matching.similarity import LEVELS

ROLES: Final = 4
COLUMNS: Final = (
    *(f"level {level}" for level in range(LEVELS)),
    "rarest",
    "further",
    "crossed",
    "joined",
    *(f"missing {role}" for role in range(ROLES)),
    *(f"extra {role}" for role in range(ROLES)),
    *(f"date {level}" for level in range(len(DateLevel))),
    "date rarity",
    "sex same",
    "sex different",
    "nationality same",
    "nationality different",
    "place same",
    "place near",
    "place different",
    "place rarity",
    "document same",
    "document different",
    "offset",
)
AT: Final = {name: number for number, name in enumerate(COLUMNS)}
"""Where each column stands."""


def features(found: Found, query: PreparedQuery, model: Model, most: int = 40) -> NDArray[np.float32]:
    """One row for each of the best candidates of a search in one segment, at most `most`."""
    kept = found.scored[:most]
    rows = np.zeros((len(kept), len(COLUMNS)), dtype=np.float32)
    if not kept:
        return rows
    numbers = np.array([one.number for one in kept], np.uint32)
    basis = np.stack([one.basis for one in kept])
    tables = kept[0].segment.tables
    pairs, levels, _ = alignments(
        numbers, basis, query.vocabulary, query.names, found.weights, tables.vocabulary, tables.people, COST_TABLES
    )
    for row, one, mine, at in zip(rows, kept, pairs, levels, strict=True):
        if one.basis[Field.NAME]:
            _name(row, one, mine, at, found, query)
        _others(row, one, model)
        row[AT["offset"]] = 1.0
    return rows


def _name(
    row: NDArray[np.float32],
    one: Scored,
    pairs: NDArray[np.int16],
    levels: NDArray[np.int16],
    found: Found,
    query: PreparedQuery,
) -> None:
    people, name = one.segment.tables.people, int(one.basis[6])
    other = int(people.name_at[one.number]) + int(one.basis[7])
    start = int(query.names.word_at[name])
    count = min(MOST_PARTS, int(query.names.word_at[name + 1]) - start)
    words, roles = query.names.words[start : start + count], query.names.roles[start : start + count]
    theirs = people.roles[int(people.word_at[other]) : int(people.word_at[other + 1])][:MOST_PARTS]
    taken: set[int] = set()
    rarities = []
    for position in range(count):
        pair, level = int(pairs[position]), int(levels[position])
        if pair < 0:
            row[AT[f"missing {int(roles[position])}"]] += 1
            continue
        rarities.append(float(part_rarity(words, position, pairs, levels, found.weights)))
        if pair >= JOINED:
            twin = position > 0 and int(pairs[position - 1]) == pair
            ours = twin or (position + 1 < count and int(pairs[position + 1]) == pair)
            taken |= {pair - JOINED} if ours else {pair - JOINED, pair - JOINED + 1}
            if twin:
                continue
            row[AT["joined"]] += 1
        else:
            taken.add(pair)
            row[AT["crossed"]] += {int(roles[position]), int(theirs[pair])} == {1, 2}
        row[level] += 1
    for position, role in enumerate(theirs):
        row[AT[f"extra {int(role)}"]] += position not in taken
    rarest = max(rarities, default=0.0)
    row[AT["rarest"]], row[AT["further"]] = rarest, math.fsum(rarities) - rarest


def _others(row: NDArray[np.float32], one: Scored, model: Model) -> None:
    level = int(one.basis[Field.BIRTH_DATE])
    if level:
        row[AT[f"date {level}"]] = 1.0
        row[AT["date rarity"]] = one.bits[Field.BIRTH_DATE] - math.log2(model.date_m[level])
    for field, name in ((Field.SEX, "sex"), (Field.NATIONALITY, "nationality"), (Field.DOCUMENT, "document")):
        state = int(one.basis[field])
        row[AT[f"{name} same"]] = state == State.AGREES
        row[AT[f"{name} different"]] = state == State.DIFFERS
    place = int(one.basis[Field.BIRTHPLACE])
    for number, state in enumerate((State.AGREES, State.NEAR, State.DIFFERS)):
        if place == state:
            row[AT["place same"] + number] = 1.0
            if state is not State.DIFFERS:
                row[AT["place rarity"]] = one.bits[Field.BIRTHPLACE] - model.birthplace[number]
