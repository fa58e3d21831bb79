"""From bits to probabilities that keep their word: among candidates shown with 0.8, eight in ten are the person.

Each query is one observation: its candidates' bits by field, and which of them (or nobody) was the person. The
likelihood of the right answers under `search.probabilities` is raised over the
scale of each field and one offset, by Adam (Kingma and Ba 2015); there is nothing else to fit, so a few thousand
queries are enough.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from somec.persons.matching.model import Model

_LN2: Final = math.log(2.0)
STEPS: Final = 600
RATE: Final = 0.01
LEAST_SCALE: Final = 0.15


@dataclass(frozen=True, slots=True)
class Observation:
    """The candidates of one query.

    Bits by field (unscaled), the row of the right one (-1: nobody among them), and how many people were searched.
    """

    bits: NDArray[np.float32]
    right: int
    people: int


def fit(observations: Sequence[Observation], model: Model, present: float) -> Model:
    """`model` with the scales and offset under which the observations are most likely.

    `present` is the share of queries whose person was in the index.
    """
    most = max((len(one.bits) for one in observations), default=0)
    if most == 0:
        return model
    bits = np.zeros((len(observations), most, 6))
    known = np.zeros((len(observations), most), dtype=bool)
    for row, one in enumerate(observations):
        bits[row, : len(one.bits)], known[row, : len(one.bits)] = one.bits, True
    start = np.array([math.log(present / one.people) for one in observations])[:, None]
    right = np.array([one.right for one in observations])
    parameters = np.array([*(scale * model.slope for scale in model.scale), model.offset])
    first, second = np.zeros(7), np.zeros(7)
    for step in range(1, STEPS + 1):
        gradient = _gradient(parameters, bits, known, start, right, math.log(1.0 - present))
        first, second = 0.9 * first + 0.1 * gradient, 0.999 * second + 0.001 * gradient**2
        parameters += RATE * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
        parameters[:6] = np.maximum(parameters[:6], LEAST_SCALE)
    return replace(
        model,
        scale=tuple(round(float(value), 4) for value in parameters[:6]),
        slope=1.0,
        offset=round(float(parameters[6]), 4),
    )


def _gradient(
    parameters: NDArray[np.float64],
    bits: NDArray[np.float64],
    known: NDArray[np.bool_],
    start: NDArray[np.float64],
    right: NDArray[np.int64],
    nobody: float,
) -> NDArray[np.float64]:
    logits = np.where(known, start + _LN2 * (bits @ parameters[:6] + parameters[6]), -np.inf)
    top = np.maximum(logits.max(axis=1), nobody)[:, None]
    odds = np.exp(logits - top)
    shares = odds / (odds.sum(axis=1) + np.exp(nobody - top[:, 0]))[:, None]
    target = np.zeros_like(shares)
    rows = np.flatnonzero(right >= 0)
    target[rows, right[rows]] = 1.0
    difference = target - shares
    return np.concatenate((np.einsum("qk,qkf->f", difference, bits), [difference.sum()])) * _LN2 / len(
        right
    ) - 0.0005 * np.append(parameters[:6] - 0.7, 0.0)


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
