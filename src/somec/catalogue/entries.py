"""The shapes of catalogue entries: frozen, typed, each with its source and whether its text was checked there.

``verified`` means that somebody read the text at the source named. It is no promise that the law has not changed since
``Edition.law_as_of``, and no legal advice. What is not verified is shown as "not verified" wherever it is used.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from somec.catalogue.geography import territory_name
from somec.catalogue.labels import ENGLISH, Label, Labels


class SourceBasis(StrEnum):
    """How the project knows what a source says."""

    READ = "read"
    SECONDARY = "secondary"
    RECALLED = "recalled"
    PROJECT = "project"


class AuthorityKind(StrEnum):
    """Kinds of authority as the project groups them; the competent body is a declaration of each state."""

    PROBATION_SERVICE = "probation_service"
    POLICE = "police"
    POLICE_CONTACT_POINT = "police_contact_point"
    COURT = "court"
    PRISON_SERVICE = "prison_service"
    CRIMINAL_RECORDS_AUTHORITY = "criminal_records_authority"
    SIRENE_BUREAU = "sirene_bureau"
    INTERPOL_BUREAU = "interpol_bureau"
    DATA_PROTECTION_OFFICER = "data_protection_officer"


class OffenceTag(StrEnum):
    """The project's own grouping of ECRIS offence codes; no part of the EU's table."""

    VIOLENT = "violent"
    SEXUAL = "sexual"
    SERIOUS_OTHER = "serious_other"


class EvaluationScale(StrEnum):
    """The two halves of a 4x4 code (Regulation (EU) 2016/794, Art. 29)."""

    SOURCE_RELIABILITY = "source_reliability"
    INFORMATION_ACCURACY = "information_accuracy"


@dataclass(frozen=True, slots=True)
class Source:
    """Where an entry comes from. ``celex`` is the number in EUR-Lex, empty for what is not an act of the EU."""

    id: str
    citation: str
    locator: str
    celex: str
    basis: SourceBasis


@dataclass(frozen=True, slots=True)
class Edition:
    """Which catalogue this is. Two nodes compare ``number`` and ``law_as_of`` before they rely on equal data."""

    number: int
    law_as_of: date
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sourced:
    """What everything in the catalogue has."""

    id: str
    source: Source
    verified: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(Sourced):
    """An entry whose words stand in the catalogue itself."""

    labels: Labels

    def label(self, lang: str = ENGLISH) -> Label:
        """Return the entry's words in ``lang``, or in English and marked so."""
        return self.labels.label(lang)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offence(Entry):
    """An offence category of the ECRIS table, ``id`` as printed there (``1001 00``). Tags are the project's."""

    category: str
    open_category: bool
    tags: frozenset[OffenceTag]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OffenceParameter(Entry):
    """Completion, participation, responsibility or recidivism, said beside an offence code."""

    group: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sanction(Entry):
    """A penalty or measure of the ECRIS table (``1001`` imprisonment)."""

    category: str
    open_category: bool
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SanctionParameter(Entry):
    """A letter said beside a sanction code (``a`` suspended, ``q`` release on parole)."""

    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure(Entry):
    """A probation measure or alternative sanction (FD 2008/947/JHA, Art. 4); ``sanctions`` is a mapping by us."""

    article: str
    sanctions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedOffence(Entry):
    """One of the 32 headings without check of double criminality (FD 2008/947/JHA, Art. 10(1)).

    ``relevant`` is the project's view whether the heading may hold a serious violent or sexual offence.
    """

    number: int
    relevant: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlingCode(Entry):
    """What the addressee may do with information (H0 to H3); ``text_required``: it means nothing without a text."""

    text_required: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationCode(Entry):
    """One letter or digit of the 4x4 scheme."""

    scale: EvaluationScale


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A whole 4x4 code, such as B2: how reliable the source, how accurate the information."""

    source_reliability: EvaluationCode
    information_accuracy: EvaluationCode

    @property
    def code(self) -> str:
        """Return letter and digit together."""
        return self.source_reliability.id + self.information_accuracy.id


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleEntry(Entry):
    """An entry that rests on one article: data-subject categories, kinds of statement, permitted uses."""

    article: str


@dataclass(frozen=True, slots=True, kw_only=True)
class State(Sourced):
    """A Member State. ``id`` is ISO 3166 alpha-2 (GR), ``eu_code`` what EU documents write (EL).

    ``languages``: languages of the EU that are official there; which languages a state *accepts* is a declaration of
    its own. ``time_zone``: zone of the capital in the tz database, in which the state's days begin and end.
    """

    iso3: str
    eu_code: str
    languages: tuple[str, ...]
    time_zone: str
    participation_note: str

    def label(self, lang: str = ENGLISH) -> Label:
        """Return the state's name in ``lang`` from CLDR, or in English and marked so."""
        return territory_name(self.id, lang)


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose(Entry):
    """Why an officer opens a person (LED, Art. 4, 8, 25(1)). Lasts ``minutes``; then it is asked again.

    ``protected``: opens a protected part. ``needs_reason``: one sentence must be written. ``review``: a superior is
    told at once and must review. ``authorities``: kinds of authority to whom it may be offered.
    """

    article: str
    minutes: int
    protected: bool
    authorities: frozenset[AuthorityKind]
    needs_reason: bool
    review: bool
