"""What a search answers.

Five outcomes that are never confused, candidates with probabilities that leave room for nobody, and evidence for each
field.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

HIT: Final = 0.9
"""At this probability one candidate is a hit: to be confirmed by a person, but no longer one among several."""
CANDIDATE: Final = 0.01
"""Below this probability of the best candidate the answer is that there is no candidate.

Weaker ones may still be listed.
"""

Parameter: TypeAlias = str | int | float


class Outcome(StrEnum):
    """The five answers to "do we know this person"."""

    HIT = "hit"
    CANDIDATE = "candidate"
    NO_CANDIDATE = "no_candidate"
    INDEX_INCOMPLETE = "index_incomplete"
    """The index does not hold everybody it should; candidates are those of the part that is there."""
    QUERY_TOO_THIN = "query_too_thin"
    """Nothing in the query can tell people apart."""


class Direction(StrEnum):
    """What a field says about the candidate."""

    FOR = "for"
    AGAINST = "against"
    MISSING = "missing"


@dataclass(frozen=True, slots=True, repr=False)
class Evidence:
    """One field, or one part of a name.

    How many bits it brings, and the code and parameters from which a sentence is made. Parameters hold personal data:
    never log them.
    """

    field: str
    direction: Direction
    bits: float
    code: str
    parameters: dict[str, Parameter] = dataclasses.field(default_factory=dict)

    def __repr__(self) -> str:
        """Without the parameters."""
        return f"Evidence({self.field}, {self.direction}, {self.bits:+.1f}, {self.code})"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person of the index who may be the one asked for.

    `probability` is calibrated and conditional on the stated prior; `bits` is the match weight (log2 of the
    likelihood ratio). `tied` marks candidates whose weight does not differ from that
    of a neighbour by a tenth of a bit.
    """

    id: str
    rank: int
    probability: float
    bits: float
    evidence: tuple[Evidence, ...] = ()
    tied: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one query.

    `nobody` is the probability that the person is not in the index; `prior` was the share of present people assumed
    before looking; `people` how many were searched; `model` the digest of
    the model; `reasons` are codes that say why the outcome is not better.
    """

    outcome: Outcome
    candidates: tuple[Candidate, ...]
    nobody: float
    prior: float
    people: int
    model: str
    reasons: tuple[str, ...] = ()
