"""The completeness gate: what is missing for another state to recognise this person, as a list.

``required``: without it nothing can be matched (the minimum of SIS Art. 22 and ECRIS Art. 11(1)). ``recommended``:
notices without it are often returned; it may be missing with a reason. Half of the worst backlog of 2006 lacked just
these ("on some occasions, just a name", scenario S10). A file that is restricted (LED Art. 16(3)) or closed is not
sent from.
"""

from __future__ import annotations

from datetime import date, timedelta

from somec.persons.messages import Missing, PersonView
from somec.persons.names import LATIN, UNDETERMINED
from somec.persons.rules import UNASSESSED, BiometricKind, DocumentKind, DocumentStatus, Feature, NameKind, Sex, Status

REQUIRED, RECOMMENDED = "required", "recommended"
PHOTOGRAPH_AGE = timedelta(days=2 * 365)  # older faces are hard to recognise; ICAO asks for six months in passports
_TRAVEL_PAPERS = frozenset({DocumentKind.PASSPORT.value, DocumentKind.IDENTITY_CARD.value})
_USABLE = frozenset({DocumentStatus.IN_ORDER.value, DocumentStatus.LOST.value, DocumentStatus.STOLEN.value})


def missing(person: PersonView, today: date) -> list[Missing]:
    """Return what is missing, required items first."""
    tests = (
        ("file_active", REQUIRED, "status", person.status == Status.ACTIVE.value),
        ("family_name", REQUIRED, "names", _has_full_name(person)),
        ("birth_year", REQUIRED, "births", bool(person.births)),
        ("sex", REQUIRED, "sex", person.sex != Sex.UNKNOWN.value),
        ("nationality", REQUIRED, "nationalities", bool(person.nationalities)),
        ("full_birth_date", RECOMMENDED, "births", any(birth.date.full for birth in person.births)),
        ("birthplace", RECOMMENDED, "birthplaces", bool(person.birthplaces)),
        ("latin_spelling", REQUIRED, "names", _readable(person)),
        ("document", RECOMMENDED, "documents", any(paper.status in _USABLE for paper in person.documents)),
        ("travel_document", RECOMMENDED, "documents", _can_travel_with(person, today)),
        ("fingerprints", RECOMMENDED, "biometrics", _holds(person, BiometricKind.FINGERPRINTS)),
        ("photograph", RECOMMENDED, "biometrics", _holds(person, BiometricKind.FACE_IMAGE)),
        ("recent_photograph", RECOMMENDED, "biometrics", _recent_photograph(person, today)),
        ("height", RECOMMENDED, "descriptions", any(part.feature == Feature.HEIGHT_CM for part in person.descriptions)),
        ("evaluated_source", RECOMMENDED, "certainty", person.certainty_origin.evaluation != UNASSESSED),
        ("biometric_for_alias_user", REQUIRED, "biometrics", not _uses_aliases(person) or bool(person.biometrics)),
    )
    found = [Missing(code, needed, field) for code, needed, field, there in tests if not there]
    return sorted(found, key=lambda item: item.needed != REQUIRED)


def checked() -> int:
    """Return how many items the gate looks at."""
    return 16


def _has_full_name(person: PersonView) -> bool:
    return any((name.family and name.given) or name.full for name in person.names)


def _readable(person: PersonView) -> bool:
    return any(name.script in {LATIN, UNDETERMINED} or name.romanisations for name in person.names)


def _can_travel_with(person: PersonView, today: date) -> bool:
    return any(
        paper.kind in _TRAVEL_PAPERS
        and paper.status == DocumentStatus.IN_ORDER
        and (paper.valid_until is None or paper.valid_until >= today)
        for paper in person.documents
    )


def _holds(person: PersonView, kind: BiometricKind) -> bool:
    return any(original.kind == kind for original in person.biometrics)


def _recent_photograph(person: PersonView, today: date) -> bool:
    return any(
        original.kind == BiometricKind.FACE_IMAGE and original.taken and today - original.taken <= PHOTOGRAPH_AGE
        for original in person.biometrics
    )


def _uses_aliases(person: PersonView) -> bool:
    """Tell whether names were claimed that are not his: then a name alone never identifies him (scenario S5)."""
    return any(name.kind in {NameKind.ALIAS.value, NameKind.CLAIMED.value} for name in person.names)
