"""Statements about a person as frozen values: taken in by actions, given out by queries, sent as an ``identity`` item.

The words of the JSON follow SEMIC Core Person 2.1 in snake_case (:data:`CONTEXT` maps them). Compatibility: fields are
only added, never renamed or given another meaning; a reader ignores what it does not know.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeAlias

from somec.persons.dates import PartialDate

CONTEXT: Mapping[str, str] = {
    "names": "http://www.w3.org/ns/person#alternativeName",
    "full_name": "http://xmlns.com/foaf/0.1/name",
    "family_name": "http://xmlns.com/foaf/0.1/familyName",
    "given_name": "http://xmlns.com/foaf/0.1/givenName",
    "patronymic_name": "http://www.w3.org/ns/person#patronymicName",
    "birth_name": "http://www.w3.org/ns/person#birthName",
    "birth_date": "http://www.w3.org/ns/person#birthDate",
    "birth_place": "http://www.w3.org/ns/person#placeOfBirth",
    "birth_country": "http://www.w3.org/ns/person#countryOfBirth",
    "sex": "http://www.w3.org/ns/person#sex",
    "citizenship": "http://www.w3.org/ns/person#citizenship",
    "residency": "http://www.w3.org/ns/person#residency",
    "identifiers": "http://www.w3.org/ns/adms#identifier",
    "addresses": "http://www.w3.org/ns/locn#address",
    "thoroughfare": "http://www.w3.org/ns/locn#thoroughfare",
    "post_name": "http://www.w3.org/ns/locn#postName",
    "post_code": "http://www.w3.org/ns/locn#postCode",
    "admin_unit_l1": "http://www.w3.org/ns/locn#adminUnitL1",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a statement comes from: source code, a note in words, as-of date, 4x4 code (X4 = nobody assessed it).

    ``file``: the case number of the file in which it stood, where that was merged into this one; only given out.
    """

    source: str = "not_stated"
    note: str = field(default="", repr=False)
    as_of: date | None = None
    evaluation: str = "X4"
    file: str = ""


UNKNOWN_ORIGIN = Origin()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Romanisation:
    """A name written in Latin letters by a named rule (``icao_9303``, ``iso_9``, ``bgn_pcgn`` …)."""

    rule: str
    family: str = ""
    given: str = ""
    patronymic: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Name:
    """One name in its original script. ``full`` is used where the parts are not known; ``script`` is ISO 15924."""

    kind: str = "true"
    family: str = ""
    given: str = ""
    patronymic: str = ""
    full: str = ""
    script: str = ""
    language: str = ""
    main: bool = False
    romanisations: tuple[Romanisation, ...] = ()
    origin: Origin = UNKNOWN_ORIGIN
    id: str = ""

    @property
    def written(self) -> str:
        """Return the name as it is shown: family name first in capitals as recorded, then given name."""
        if self.full and not self.family:
            return self.full
        return ", ".join(part for part in (self.family, self.given) if part)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Birth:
    """One statement of the date of birth; several may stand side by side."""

    date: PartialDate
    certainty: str = "said"
    origin: Origin = UNKNOWN_ORIGIN
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Birthplace:
    """Where the person was born: locality, other names of it (old, other language), state (ISO 3166-1)."""

    locality: str = ""
    other_names: tuple[str, ...] = ()
    state: str = ""
    origin: Origin = UNKNOWN_ORIGIN
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Nationality:
    """One nationality (ISO 3166-1; XA stateless, XX not known)."""

    state: str
    certainty: str = "said"
    origin: Origin = UNKNOWN_ORIGIN
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Document:
    """A document or number. ``check`` is the result of its check digits: a warning, never a refusal."""

    kind: str
    number: str
    state: str
    valid_from: date | None = None
    valid_until: date | None = None
    status: str = "in_order"
    status_since: date | None = None
    check: str = "unchecked"
    origin: Origin = UNKNOWN_ORIGIN
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Address:
    """Where the person can be found, since and until when."""

    kind: str = "home"
    street: str = ""
    locality: str = ""
    postal_code: str = ""
    state: str = ""
    since: date | None = None
    until: date | None = None
    origin: Origin = UNKNOWN_ORIGIN
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Description:
    """One feature by which the person is recognised, with the language of its words."""

    feature: str
    value: str
    language: str = ""
    origin: Origin = UNKNOWN_ORIGIN
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Biometric:
    """That an authority holds an original, and how to ask for it; never the data themselves."""

    kind: str
    held_by: str
    state: str
    reference: str = ""
    taken: date | None = None
    origin: Origin = UNKNOWN_ORIGIN
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class NewPerson:
    """All that is known of a person when the file is opened. At least one name is needed."""

    names: tuple[Name, ...]
    sex: str = "unknown"
    births: tuple[Birth, ...] = ()
    birthplaces: tuple[Birthplace, ...] = ()
    nationalities: tuple[Nationality, ...] = ()
    documents: tuple[Document, ...] = ()
    addresses: tuple[Address, ...] = ()
    descriptions: tuple[Description, ...] = ()
    biometrics: tuple[Biometric, ...] = ()
    certainty: str = "not_settled"
    certainty_origin: Origin = UNKNOWN_ORIGIN
    owner_id: str = ""
    authority_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedFile:
    """A file that is read as part of another one."""

    id: str
    case_number: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PersonView:
    """A person file as it stands: every statement that was not withdrawn, those of merged files included."""

    id: str
    case_number: str
    state: str
    authority_id: str
    owner_id: str
    desk: bool
    status: str
    sex: str
    certainty: str
    certainty_origin: Origin
    names: tuple[Name, ...]
    births: tuple[Birth, ...]
    birthplaces: tuple[Birthplace, ...]
    nationalities: tuple[Nationality, ...]
    documents: tuple[Document, ...]
    addresses: tuple[Address, ...]
    descriptions: tuple[Description, ...]
    biometrics: tuple[Biometric, ...]
    adopted_from: str
    version: int
    recorded_at: datetime
    recorded_by: str
    changed_at: datetime
    merged: tuple[MergedFile, ...] = ()

    @property
    def main_name(self) -> Name:
        """Return the name the file goes by."""
        return next((name for name in self.names if name.main), self.names[0])

    @property
    def label(self) -> str:
        """Return the main name as it is written in lists and headings."""
        return self.main_name.written


Known: TypeAlias = NewPerson | PersonView
"""What is known of a person, here or in another state: both are compared in the same way."""


@dataclass(frozen=True, slots=True, repr=False)
class FieldEvidence:
    """What one field says about whether two are the same person.

    ``verdict`` is ``for``, ``against`` or ``missing`` (a missing field counts as nothing, not as agreement); ``code``
    names how the values agree or differ (``same_spelling``, ``same_sound``, ``year_and_month`` …).
    """

    field: str
    verdict: str
    code: str
    theirs: str = ""
    ours: str = ""


@dataclass(frozen=True, slots=True)
class Missing:
    """One item without which another state may not recognise the person; ``needed`` is required or recommended."""

    code: str
    needed: str
    field: str
