"""The model.

A JSON file of numbers that says what each kind of agreement is worth, when and how it was made, and how its bits
become probabilities.

Weights are log2 of Fellegi and Sunter (1969). For name parts the m side (how a true name is written by others) is in
the model; the u side (how common so near a part is) is counted in
the index for each query.
"""

from __future__ import annotations

import hashlib
import importlib.resources
import json
import math
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from somec.persons.matching.dates import DateLevel
from somec.persons.matching.errors import BadModel
from somec.persons.matching.similarity import LEVELS

FORMAT: Final = 1
SHIPPED: Final = "default-model.json"


@dataclass(frozen=True, slots=True)
class Model:
    """Everything that is learned or set. Probabilities are given as such, weights in bits (log2)."""

    name: str
    made: str
    """ISO 8601 day the numbers were estimated."""
    how: str
    """How they were estimated and on what, for the transparency record."""
    name_levels: tuple[float, ...]
    """For each likeness level.

    Bits of quality, added to the rarity of so near a part; the first say how much a wholly different part speaks
    against.
    """
    background: tuple[float, ...]
    """For each level: share of random people with a part at least so near, where the index gives no count."""
    missing: tuple[float, float, float, float]
    """Bits by role (unknown, given, family, patronymic) when the candidate lacks a part of the query."""
    extra: tuple[float, float, float, float]
    """Bits by role when the candidate has a part more."""
    crossed: float
    joined: float
    further: float
    """Share of the rarity that counts for every name part but the rarest: names go together by language and family."""
    least_name: float
    """Bits below which names hardly speak against: some go by a name that shares nothing with the one on file."""
    date_m: tuple[float, ...]
    """For each `DateLevel`: share of true pairs (with both dates known); where fitted together with the other fields,
    these need not add up to one."""
    date_u: tuple[float, ...]
    """For each `DateLevel`.

    Share of random pairs; SAME_DAY and the levels that share only parts are counted in the index where that is
    larger.
    """
    sex: tuple[float, float, float]
    """Share of true pairs that agree; bits when they differ; share of others that agree, high because names tell it."""
    nationality: tuple[float, float, float]
    """Share of true pairs that agree; bits when none is shared; share of others that agree at the least, because people
    of like names are mostly of one country."""
    birthplace: tuple[float, float, float]
    """Bits added to rarity when equal, when near; bits when different."""
    document: tuple[float, float]
    scale: tuple[float, ...]
    """For each field: how far its bits count, because fields are not independent of each other."""
    pair_scale: tuple[float, ...]
    """The same for pairs within one file, where every field was filled by the same hands."""
    pair_offset: float
    pair_levels: tuple[float, ...]
    pair_missing: tuple[float, float, float, float]
    pair_extra: tuple[float, float, float, float]
    pair_birthplace: tuple[float, float, float]
    """What stands for `name_levels`, `missing`, `extra` and `birthplace` between records of one file."""
    slope: float
    offset: float
    """Calibration: a candidate's odds are 2 ** (slope * bits + offset) before the prior."""
    prior: float
    """Stated share of queries whose person is in the index at all."""
    smoothing: float
    """People that the index is thought to have more of, so that a small index does not take every name for common."""
    rare: float
    """Share of people who have any one rare name part."""
    cap: float
    """Highest probability ever shown."""

    def digest(self) -> str:
        """SHA-256 of the numbers and how they were made; named in every answer and audit entry."""
        return _digest(self)

    def save(self, file: Path) -> None:
        """Write the model as JSON."""
        content = {"format": FORMAT, "digest": self.digest(), **asdict(self)}
        file.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")

    def for_pairs(self) -> Model:
        """The model with the weights for two records of one file in the place of those for a query."""
        return replace(
            self,
            name_levels=self.pair_levels,
            missing=self.pair_missing,
            extra=self.pair_extra,
            birthplace=self.pair_birthplace,
            further=1.0,
            least_name=-1000.0,
        )

    def with_prior(self, prior: float) -> Model:
        """The same model for another share of present people; raises BadModel outside 0 to 1."""
        if not 0.0 < prior < 1.0:
            raise BadModel("matching.model.prior")
        return replace(self, prior=prior)


@lru_cache(maxsize=64)
def _digest(model: Model) -> str:
    return hashlib.sha256(json.dumps(asdict(model), sort_keys=True).encode()).hexdigest()


def load_model(file: Path | None = None) -> Model:
    """The model of a file, or the shipped one; raises BadModel when it is not whole."""
    try:
        text = (
            file.read_text(encoding="utf-8")
            if file is not None
            else importlib.resources.files(__package__).joinpath(SHIPPED).read_text(encoding="utf-8")
        )
        content = json.loads(text)
    except (OSError, ValueError) as error:
        raise BadModel("matching.model.unreadable", reason=type(error).__name__) from error
    if not isinstance(content, dict) or content.pop("format", None) != FORMAT:
        raise BadModel("matching.model.format")
    digest = content.pop("digest", None)
    numbers: Any = {name: tuple(value) if isinstance(value, list) else value for name, value in content.items()}
    try:
        model = Model(**numbers)
        _check(model)
    except (TypeError, ValueError) as error:
        raise BadModel("matching.model.fields", reason=type(error).__name__) from error
    if digest != model.digest():
        raise BadModel("matching.model.digest")
    return model


def _check(model: Model) -> None:
    lengths = (
        (model.name_levels, LEVELS),
        (model.background, LEVELS),
        (model.date_m, len(DateLevel)),
        (model.date_u, len(DateLevel)),
        (model.scale, 6),
        (model.pair_scale, 6),
        (model.pair_levels, LEVELS),
        (model.pair_missing, 4),
        (model.pair_extra, 4),
        (model.missing, 4),
        (model.extra, 4),
    )
    numbers = [number for values, _ in lengths for number in values]
    if (
        any(len(values) != length for values, length in lengths)
        or not all(math.isfinite(number) for number in numbers)
        or not 0 < model.prior < 1
        or not 0 < model.cap < 1
    ):
        message = "a model of other dimensions or without finite numbers"
        raise ValueError(message)
