"""From evidence to weights to probabilities that keep their word: of candidates shown with 0.8, eight in ten are right.

Each query is one observation: what its candidates rest on (`features`), and which of them (or nobody) was the person.
The likelihood of the right answers under `search.probabilities` is raised over all weights at once by Adam (Kingma and
Ba 2015), drawn towards the weights of the model that is given: a conditional logit (McFadden 1974) whose sums are the
weights of Fellegi and Sunter. Fitting them together is what takes account of fields that say the same thing twice.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from somec.persons.matching.features import AT, COLUMNS, ROLES
from somec.persons.matching.model import Model
from somec.persons.matching.similarity import INITIAL_LEVEL, LEVELS

_LN2: Final = math.log(2.0)
STEPS: Final = 500
RATE: Final = 0.03
DRAWN: Final = 2e-4
"""How strongly the weights are drawn towards those of the given model."""
UNLIKE: Final = 8
"""Likeness levels below this (but for initials) are one: wholly different words."""
_FIXED: Final = ("date 0",)


@dataclass(frozen=True, slots=True)
class Observation:
    """The candidates of one query.

    What they rest on (rows of `features.features`), the row of the right one (-1: nobody among them), and how many
    people were searched.
    """

    rows: NDArray[np.float32]
    right: int
    people: int


def fit(observations: Sequence[Observation], model: Model, present: float) -> Model:
    """`model` with the weights under which the observations are most likely.

    `present` is the share of queries whose person was in the index.
    """
    most = max((len(one.rows) for one in observations), default=0)
    if most == 0:
        return model
    rows = np.zeros((len(observations), most, len(COLUMNS)), np.float32)
    known = np.zeros((len(observations), most), dtype=bool)
    for number, one in enumerate(observations):
        rows[number, : len(one.rows)], known[number, : len(one.rows)] = one.rows, True
    start = np.array([math.log(present / one.people) for one in observations])[:, None]
    right = np.array([one.right for one in observations])
    given = weights_of(model)
    weights, first, second = given.copy(), np.zeros(len(given)), np.zeros(len(given))
    free = np.array([name not in _FIXED for name in COLUMNS])
    for step in range(1, STEPS + 1):
        gradient = _gradient(weights, rows, known, start, right, math.log(1.0 - present))
        gradient = free * (gradient - DRAWN * (weights - given))
        first, second = 0.9 * first + 0.1 * gradient, 0.999 * second + 0.001 * gradient**2
        weights += RATE * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
    return with_weights(model, weights)


def weights_of(model: Model) -> NDArray[np.float64]:
    """The weights of a model as one vector in the order of `features.COLUMNS`, scales worked in."""
    names, dates, places = model.scale[0], model.scale[1], model.scale[4]
    found = np.zeros(len(COLUMNS))
    found[:LEVELS] = np.array(model.name_levels) * names
    found[INITIAL_LEVEL] = (model.name_levels[INITIAL_LEVEL] - math.log2(model.background[INITIAL_LEVEL])) * names
    found[AT["rarest"]], found[AT["further"]] = names, names * model.further
    found[AT["crossed"]], found[AT["joined"]] = model.crossed * names, model.joined * names
    for role in range(ROLES):
        found[AT[f"missing {role}"]] = model.missing[role] * names
        found[AT[f"extra {role}"]] = model.extra[role] * names
    for level, share in enumerate(model.date_m):
        found[AT[f"date {level}"]] = math.log2(share) * dates if level else 0.0
    found[AT["date rarity"]], found[AT["place rarity"]] = dates, places
    found[AT["sex same"]] = math.log2(model.sex[0] / model.sex[2]) * model.scale[2]
    found[AT["sex different"]] = model.sex[1] * model.scale[2]
    found[AT["nationality same"]] = math.log2(model.nationality[0] / model.nationality[2]) * model.scale[3]
    found[AT["nationality different"]] = model.nationality[1] * model.scale[3]
    found[AT["place same"] : AT["place same"] + 3] = np.array(model.birthplace) * places
    found[AT["document same"]], found[AT["document different"]] = np.array(model.document) * model.scale[5]
    found[AT["offset"]] = model.offset
    return found


def with_weights(model: Model, weights: NDArray[np.float64]) -> Model:
    """`model` with a vector of weights; levels of likeness never count less than a lower level."""

    def at(name: str) -> float:
        return float(weights[AT[name]])

    names, dates, places = (max(0.05, at(name)) for name in ("rarest", "date rarity", "place rarity"))
    levels = np.array(weights[:LEVELS]) / names
    levels[:UNLIKE] = min(levels[0], float(np.delete(levels[:UNLIKE], INITIAL_LEVEL).mean()))
    levels = np.maximum.accumulate(levels)
    levels[INITIAL_LEVEL] = at(f"level {INITIAL_LEVEL}") / names + math.log2(model.background[INITIAL_LEVEL])
    return replace(
        model,
        name_levels=tuple(round(float(level), 3) for level in levels),
        further=round(at("further") / names, 3),
        crossed=round(at("crossed") / names, 3),
        joined=round(at("joined") / names, 3),
        missing=_by_role("missing", weights, names),
        extra=_by_role("extra", weights, names),
        date_m=(0, *(round(min(0.99, 2 ** (at(f"date {level}") / dates)), 5) for level in range(1, len(model.date_m)))),
        sex=(model.sex[0], round(at("sex different"), 3), _share(model.sex[0], at("sex same"))),
        nationality=(
            model.nationality[0],
            round(at("nationality different"), 3),
            _share(model.nationality[0], at("nationality same")),
        ),
        birthplace=_places(weights, places),
        document=(round(at("document same"), 3), round(at("document different"), 3)),
        scale=(round(names, 4), round(dates, 4), 1.0, 1.0, round(places, 4), 1.0),
        slope=1.0,
        offset=round(at("offset"), 4),
    )


def _by_role(kind: str, weights: NDArray[np.float64], scale: float) -> tuple[float, float, float, float]:
    unknown, given, family, patronymic = (
        round(float(weights[AT[f"{kind} {role}"]]) / scale, 3) for role in range(ROLES)
    )
    return unknown, given, family, patronymic


def _places(weights: NDArray[np.float64], scale: float) -> tuple[float, float, float]:
    same, near, different = (round(float(weights[AT["place same"] + number]) / scale, 3) for number in range(3))
    return same, near, different


def _share(agree: float, bits: float) -> float:
    """The share of others that agree which makes agreement bring `bits`, a twentieth of a bit at least."""
    return round(agree / 2 ** max(0.05, bits), 4)


def _gradient(
    weights: NDArray[np.float64],
    rows: NDArray[np.float32],
    known: NDArray[np.bool_],
    start: NDArray[np.float64],
    right: NDArray[np.int64],
    nobody: float,
) -> NDArray[np.float64]:
    logits = np.where(known, start + _LN2 * (rows @ weights), -np.inf)
    top = np.maximum(logits.max(axis=1), nobody)[:, None]
    odds = np.exp(logits - top)
    shares = odds / (odds.sum(axis=1) + np.exp(nobody - top[:, 0]))[:, None]
    target = np.zeros_like(shares)
    hits = np.flatnonzero(right >= 0)
    target[hits, right[hits]] = 1.0
    gradient: NDArray[np.float64] = np.einsum("qk,qkf->f", target - shares, rows) * _LN2 / len(right)
    return gradient


def expected_calibration_error(stated: Sequence[float], right: Sequence[bool], bins: int = 10) -> float:
    """Mean distance between stated probability and share of right answers over equal bins (Naeini et al. 2015)."""
    if not stated:
        return 0.0
    values, hits = np.array(stated), np.array(right, dtype=float)
    places = np.minimum(bins - 1, (values * bins).astype(int))
    gaps = [
        abs(values[places == place].mean() - hits[places == place].mean()) * (places == place).sum()
        for place in range(bins)
        if (places == place).any()
    ]
    return float(sum(gaps) / len(values))
