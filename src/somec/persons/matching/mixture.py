"""What agreement counts in one file, learned from that file without labels.

Two strangers share a date of birth by chance, whatever their names; two records of one person share it because they
are one person. So among pairs that names, places and documents bring together, dates tell how many are one person: a
pair's date is drawn from what one person's dates do with the probability that the rest of the pair gives, and from
what strangers' dates do with the rest. How strangers' dates stand to each other is counted on rows taken at random. How
one person's do, and how far each other field counts (a logistic regression), are found together by expectation
maximisation (Dempster, Laird, Rubin 1977; two views that are independent given the person: Blum and Mitchell 1998).

Since the share of true pairs follows from this at every strength of the other evidence, it needs no prior: in a larger
file more strangers share a name, their dates disagree, and the same name counts for less.

This holds only where pairs were chosen without a look at their dates (`blocking.sampled_pairs`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from somec.persons.matching.blocking import Blocks
from somec.persons.matching.dates import DateLevel
from somec.persons.matching.model import Model
from somec.persons.matching.pairing import PAIR_LEVELS, date_levels
from somec.persons.matching.promise import promises
from somec.persons.matching.scoring import Field

BENDS: Final = (4.0, 12.0, 20.0, 28.0)
"""Bits of a name at which it may begin to count more or less: where several parts go together, less."""
NAMES: Final = len(BENDS) + 1
DRAWN: Final = 100.0
"""How strongly the weight of names is drawn to the model's: as by so many bits squared of evidence."""
DRAWN_FIELDS: Final = 3.0
PSEUDO_PAIRS: Final = 30.0
"""True pairs by which the model's shares of date levels count."""
COMMON_SHARE: Final = 0.1
"""Share of one person's dates that are one and the same common day, before anything is learned."""
YEARS_OF_BIRTH: Final = 60
"""Over which the years of strangers are spread, before anything is counted."""
PSEUDO_STRANGERS: Final = 1000.0
"""Pairs of strangers by which the model's shares of date levels count."""
DUPLICATES: Final = 3.0
"""How many duplicates a row is thought to have, before anything is learned; and how firmly, as `DRAWN`. A small file is
taken for part of a larger one (`Model.smoothing`): of four rows hardly all are one person."""
DRAWN_OFFSET: Final = 0.1
ROUNDS: Final = 40
SETTLED: Final = 0.002
"""Bits that nothing moves any more by."""
LONGEST_STEP: Final = 2.0
LONGEST_LEAP: Final = 64.0
FARTHEST: Final = 200.0
"""Bits beyond which a leap led astray."""
RANDOM_PAIRS: Final = 1_500_000
LIKE: Final = 2.0
"""Pairs taken at random that share more bits may be one person, and are no strangers."""
RAREST: Final = 1e-6
_LN2: Final = math.log(2.0)
_AT_ONCE: Final = 500_000


@dataclass(frozen=True, slots=True)
class Learned:
    """What a file taught: weights of `_columns`, and bits of each `pairing.pair_level`."""

    weights: NDArray[np.float64]
    dates: NDArray[np.float64]

    def probabilities(self, bits: NDArray[np.float32], levels: NDArray[np.uint8]) -> NDArray[np.float64]:
        """The probability of each pair to be one person, by its bits by field and the level of its dates."""
        shares = np.empty(len(bits))
        for start in range(0, len(bits), _AT_ONCE):
            part = slice(start, start + _AT_ONCE)
            shares[part] = _shares(_columns(bits[part]) @ self.weights + self.dates[levels[part]])
        return shares


def estimate(
    bits: NDArray[np.float32],
    levels: NDArray[np.uint8],
    strangers: NDArray[np.float64],
    model: Model,
    count: int,
) -> Learned:
    """What counts in a file of `count` rows.

    `bits` and `levels` are of pairs chosen without a look at dates, `strangers` the share of each level among rows
    taken at random. Weights are drawn to those of the model, so that a small file stays near them.
    """
    given, drawn = _given(model, count)
    rows, expected = _columns(bits), _expected_levels(model)
    splits = len(given)

    def better(point: NDArray[np.float64]) -> NDArray[np.float64]:
        """One round of expectation maximisation; the first numbers of a point are weights, the rest log2 of shares."""
        weights, dates = point[:splits], _date_bits(np.exp2(point[splits:]), strangers)
        shares, before = _shares(rows @ weights + dates[levels]), _shares(rows @ weights)
        gradient = rows.T @ (shares - before) * _LN2 - drawn * (weights - given)
        curvature = (rows.T * (before * (1.0 - before))) @ rows * _LN2**2 + np.diag(drawn)
        weights = weights + np.clip(np.linalg.solve(curvature, gradient), -LONGEST_STEP, LONGEST_STEP)
        weights[:NAMES] = np.maximum(0.0, weights[:NAMES])
        seen = np.bincount(levels, weights=shares, minlength=PAIR_LEVELS)
        seen[DateLevel.MISSING] = 0.0
        same = (seen + PSEUDO_PAIRS * expected) / (seen.sum() + PSEUDO_PAIRS)
        return np.concatenate([weights, np.log2(same + RAREST)])

    point = _settled(better, np.concatenate([given, np.log2(expected + RAREST)]))
    return Learned(point[:splits], _date_bits(np.exp2(point[splits:]), strangers))


def _settled(
    better: Callable[[NDArray[np.float64]], NDArray[np.float64]], point: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Where rounds of expectation maximisation lead, by squared extrapolation (Varadhan and Roland 2008).

    Where most pairs are strangers the rounds alone creep, and whoever stops early takes too many for one person.
    """
    for _ in range(ROUNDS):
        one = better(point)
        two = better(one)
        first, bend = one - point, two - one - (one - point)
        length = -min(LONGEST_LEAP, max(1.0, float(np.linalg.norm(first)) / max(RAREST, float(np.linalg.norm(bend)))))
        leap = point - 2.0 * length * first + length**2 * bend
        point = better(leap if np.isfinite(leap).all() and np.abs(leap).max() < FARTHEST else two)
        if np.abs(first).max() < SETTLED:
            break
    return point


def random_levels(blocks: Blocks, model: Model) -> NDArray[np.float64]:
    """How often the dates of strangers stand to each other at each level; in a small file near the model's shares."""
    people, count = blocks.tables.people, len(blocks.tables.identities.order)
    pairs = _pairs_at_random(count)
    pairs = pairs[promises(pairs, people, blocks.sight) <= LIKE]
    expected = np.array([*model.date_u, COMMON_SHARE**2 / YEARS_OF_BIRTH])
    seen = np.bincount(date_levels(pairs, people, blocks.sight.common), minlength=PAIR_LEVELS).astype(np.float64)
    expected[DateLevel.MISSING] = seen[DateLevel.MISSING] = 0.0
    seen += PSEUDO_STRANGERS * expected / expected.sum()
    shares: NDArray[np.float64] = seen / seen.sum()
    return shares


def _pairs_at_random(count: int) -> NDArray[np.uint64]:
    """Pairs of `count` rows: all, or as many as `RANDOM_PAIRS`."""
    if count * (count - 1) // 2 <= RANDOM_PAIRS:
        left, right = (rows.astype(np.uint64) for rows in np.triu_indices(count, 1))
    else:
        left, right = np.random.default_rng(0).integers(0, count, (2, RANDOM_PAIRS)).astype(np.uint64)
        left, right = left[left != right], right[left != right]
    return left << np.uint64(32) | right


def _shares(bits: NDArray[np.float64]) -> NDArray[np.float64]:
    shares: NDArray[np.float64] = 1.0 / (1.0 + np.exp2(-np.clip(bits, -60.0, 60.0)))
    return shares


def _date_bits(same: NDArray[np.float64], strangers: NDArray[np.float64]) -> NDArray[np.float64]:
    bits: NDArray[np.float64] = np.log2((same + RAREST) / (strangers + RAREST))
    bits[DateLevel.MISSING] = 0.0
    return bits


def _columns(bits: NDArray[np.float32]) -> NDArray[np.float64]:
    """What a pair says besides its dates: name by stretches of `BENDS`, other fields for and against, and one."""
    names, sex, nation, place, document = (
        bits[:, field].astype(np.float64)
        for field in (Field.NAME, Field.SEX, Field.NATIONALITY, Field.BIRTHPLACE, Field.DOCUMENT)
    )
    edges = (-np.inf, *BENDS, np.inf)
    stretches = [np.minimum(names, BENDS[0])]
    stretches += [np.clip(names, edges[at], edges[at + 1]) - edges[at] for at in range(1, NAMES)]
    others = [side for field in (sex, nation, place, document) for side in (field > 0, field < 0)]
    return np.column_stack([*stretches, *others, np.maximum(0.0, place), np.ones(len(bits))]).astype(np.float64)


def _given(model: Model, count: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The model's weights in the order of `_columns`, and how strongly those of a file are drawn to them."""
    scale = model.pair_scale
    places, documents = model.pair_birthplace[2] * scale[Field.BIRTHPLACE], model.document
    fields = [
        math.log2(model.sex[0] / 0.5) * scale[Field.SEX],
        model.sex[1] * scale[Field.SEX],
        0.0,
        model.nationality[1] * scale[Field.NATIONALITY],
        0.0,
        places,
        documents[0] * scale[Field.DOCUMENT],
        documents[1] * scale[Field.DOCUMENT],
    ]
    offset = model.pair_offset + math.log2(DUPLICATES / (count + model.smoothing))
    given = [scale[Field.NAME]] * NAMES + fields + [scale[Field.BIRTHPLACE], offset]
    drawn = [DRAWN] * NAMES + [DRAWN_FIELDS] * len(fields) + [DRAWN, DRAWN_OFFSET]
    return np.array(given), np.array(drawn)


def _expected_levels(model: Model) -> NDArray[np.float64]:
    """How the dates of one person stand to each other, before anything is learned."""
    shares = np.array([*model.date_m, COMMON_SHARE])
    shares[DateLevel.MISSING], shares[DateLevel.YEAR_ONLY] = 0.0, COMMON_SHARE
    result: NDArray[np.float64] = shares / shares.sum()
    return result
