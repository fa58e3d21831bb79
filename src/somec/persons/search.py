"""What is asked when a person is searched, and what is answered: frozen values, pure.

The answer carries codes, figures and the values of both sides; sentences are made where a person reads them. Everything
here but ids, codes and figures is personal data and stays out of logs.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from somec.persons.matching.answer import Direction, Outcome

__all__ = [
    "CAUTIONS", "PLAIN_CODES", "REASONS", "CandidateAnswer", "Caution", "Direction", "Evidence", "ExactMatch",
    "MatchCandidate", "Outcome", "PersonSearch", "PriorBy", "SearchName", "Sides",
]  # fmt: skip

REASONS: Final = (
    "matching.index_empty", "matching.nobody_near_enough", "matching.tied", "matching.no_birth_date",
    "matching.no_name", "matching.name_too_short", "matching.index.missing", "matching.index.incomplete",
    "matching.index.foreign", "matching.index.damaged", "matching.index.version", "matching.index.not_written",
    "matching.index.behind", "search.only_files_you_may_find", "search.turned_down_left_out",
)  # fmt: skip
"""Every code that can stand in :attr:`CandidateAnswer.reasons`."""

PLAIN_CODES: Final = (
    "height.near", "height.different", "height.missing", "fingerprints.to_be_compared", "fingerprints.missing",
    "field.withheld",
)  # fmt: skip
"""Codes of evidence that is shown without a weight (0 bits), besides those of ``persons.matching.explain.CODES``.

``field.withheld`` stands for a field that was asked about and that the reader may not see: it says neither whether the
file holds something there nor whether that agrees. It counts in the probability all the same.
"""

CAUTIONS: Final = ("twin", "parent_child", "shared_document")
"""Relations that names and dates alone can hide (:mod:`somec.persons.relations`)."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SearchName:
    """One name that the person is known by: whole (``full``, any order, any script) or in parts."""

    full: str = ""
    family: str = ""
    given: str = ""
    patronymic: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PersonSearch:
    """What is known of the person who is searched. Everything may be empty; several values all count.

    ``born``: ``1984``, ``1984-03`` or a day. ``sex``: a code of :class:`somec.persons.rules.Sex` or empty.
    ``nationalities``: ISO 3166-1 alpha-2. ``case_number`` and ``documents`` are also looked up exactly. ``prior``: how
    likely the asker holds it beforehand that the person is on file, above 0 and below 1; None leaves it to the node.
    """

    names: tuple[SearchName, ...] = ()
    born: tuple[str, ...] = ()
    sex: str = ""
    nationalities: tuple[str, ...] = ()
    birthplaces: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    case_number: str = ""
    prior: float | None = None


class PriorBy(StrEnum):
    """Who states how many of those asked for are on file."""

    ASKER = "asker"
    NODE = "node"
    MODEL = "model"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Evidence:
    """What one field, or one part of a name, says.

    ``bits`` double (or halve) the odds each; ``code`` and ``parameters`` make the sentence
    (``persons.matching.explain.CODES``, :data:`PLAIN_CODES`). In parameters ``ours`` is what was asked, ``theirs`` what
    the candidate has, in the spelling that was compared; :class:`Sides` has the values as they were written.
    """

    field: str
    direction: Direction
    bits: float
    code: str
    parameters: Mapping[str, str | int | float] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Sides:
    """The values of one field as they were written: in the question (``asked``) and on file (``filed``).

    Fields: name, birth_date, sex, nationality, birthplace, document, height, fingerprints. ``filed_latin`` are the
    romanisations of names on file. ``withheld``: the reader may find the file but not read it, and this is not shown.
    """

    field: str
    asked: tuple[str, ...] = ()
    filed: tuple[str, ...] = ()
    filed_latin: tuple[str, ...] = ()
    withheld: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Caution:
    """That two people may be kept for one although they are two (one of :data:`CAUTIONS`).

    ``other``: another candidate's person id, or empty for the person who was asked about.
    """

    code: str
    other: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MatchCandidate:
    """A file that may be the person.

    ``probability`` is calibrated, shared with the other candidates and "nobody"; ``bits`` the weight that ranks.
    ``tied``: the order against a neighbour means nothing. ``verdict``: the standing human answer for this pair
    (``same``, ``cannot_tell`` or empty), ``judgement_id`` its id, ``new_facts``: either side changed since.
    ``verdict_elsewhere``: what was answered in another notice about the same person of the same state.
    ``readable``: the actor may open the file without a new purpose. Of a file that is not readable ``bits`` are those
    of the fields shown, so that they do not add up to what the others say.
    """

    person_id: str
    label: str
    born: str
    case_number: str
    authority_id: str
    rank: int
    tied: bool
    probability: float
    bits: float
    evidence: tuple[Evidence, ...]
    sides: tuple[Sides, ...]
    cautions: tuple[Caution, ...] = ()
    verdict: str = ""
    verdict_elsewhere: str = ""
    judgement_id: str = ""
    new_facts: bool = False
    readable: bool = False

    def total(self, direction: Direction) -> float:
        """Return the bits of all evidence in one direction."""
        return sum(one.bits for one in self.evidence if one.direction is direction)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ExactMatch:
    """A file with exactly the case number or document number that was asked; ``by`` says which of the two."""

    person_id: str
    label: str
    born: str
    case_number: str
    authority_id: str
    readable: bool
    by: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CandidateAnswer:
    """The answer to "do we know this person?".

    ``nobody`` is the probability that he is not among the ``people`` searched; ``prior`` the share of such questions
    whose person is there, assumed before looking, and ``prior_by`` who states it. ``candidates`` are those of this
    ``page`` of ``pages``, ``total`` all of them. ``reasons`` are codes (:data:`REASONS`) why the outcome is no better.
    ``model`` is the digest of the model and ``model_made`` the day it was estimated. ``turned_down``: files left out
    because a person said they are not the same. ``nobody_judged``: id of the standing judgement "none of ours", or
    empty.
    """

    outcome: Outcome
    candidates: tuple[MatchCandidate, ...]
    nobody: float
    prior: float
    people: int
    reasons: tuple[str, ...]
    model: str
    model_made: str
    prior_by: PriorBy = PriorBy.MODEL
    total: int = 0
    page: int = 1
    pages: int = 1
    exact: tuple[ExactMatch, ...] = ()
    turned_down: int = 0
    nobody_judged: str = ""
