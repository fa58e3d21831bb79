"""Evidence field by field for "is this the same person?": for, against or missing; pure, and without a score.

This is the plain comparison. It says how values agree and leaves the weighing to the reader; nothing adds it up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from somec.persons import phonetics
from somec.persons.dates import PartialDate
from somec.persons.messages import FieldEvidence, Known, Name
from somec.persons.names import fold, number_key, romanisations, stems
from somec.persons.rules import BiometricKind, Feature, Sex

FOR, AGAINST, MISSING = "for", "against", "missing"
HEIGHT_TOLERANCE_CM: Final = 4  # measured with and without shoes, by different people


def compare(theirs: Known, ours: Known) -> tuple[FieldEvidence, ...]:
    """Return the evidence for each field in the order in which people read it."""
    return (
        _part("family_name", _parts(theirs, _family), _parts(ours, _family)),
        _part("given_name", _parts(theirs, _given), _parts(ours, _given)),
        _part("patronymic", _parts(theirs, _patronymic), _parts(ours, _patronymic)),
        _births(theirs, ours),
        _places(theirs, ours),
        _nationalities(theirs, ours),
        _sex(theirs, ours),
        _heights(theirs, ours),
        _documents(theirs, ours),
        _fingerprints(theirs, ours),
    )


def _family(name: Name) -> str:
    return name.family or name.full


def _given(name: Name) -> str:
    return name.given


def _patronymic(name: Name) -> str:
    return name.patronymic


def _parts(person: Known, part: Callable[[Name], str]) -> dict[str, tuple[str, ...]]:
    """Return each written value with its Latin spellings, folded."""
    found: dict[str, tuple[str, ...]] = {}
    for name in person.names:
        written = part(name)
        if written:
            attribute = part.__name__.removeprefix("_")
            latin = [getattr(roman, attribute) for roman in name.romanisations or romanisations(name)]
            found[written] = tuple(dict.fromkeys(filter(None, (fold(text) for text in [*latin, written]))))
    return found


def _part(field: str, theirs: dict[str, tuple[str, ...]], ours: dict[str, tuple[str, ...]]) -> FieldEvidence:
    if not theirs or not ours:
        return _absent(field, " / ".join(theirs), " / ".join(ours))
    pairs = [(left, right) for left in theirs for right in ours]
    for code, agree in (("same_spelling", _same_spelling), ("same_sound", _same_sound), ("shared_part", _shared_part)):
        for left, right in pairs:
            if agree(theirs[left], ours[right]):
                return FieldEvidence(field, FOR, code, left, right)
    left, right = pairs[0]
    return FieldEvidence(field, AGAINST, "differs", left, right)


def _same_spelling(left: Iterable[str], right: Iterable[str]) -> bool:
    return bool({_unspaced(text) for text in left} & {_unspaced(text) for text in right})


def _unspaced(text: str) -> str:
    return text.replace(" ", "")


def _same_sound(left: Iterable[str], right: Iterable[str]) -> bool:
    return bool(_sounds(left) & _sounds(right))


def _sounds(spellings: Iterable[str]) -> set[str]:
    return {code for text in spellings for stem in stems(_unspaced(text)) for code in phonetics.codes(stem)}


def _shared_part(left: Iterable[str], right: Iterable[str]) -> bool:
    """Tell whether a double name shares one of its parts: GARCÍA LÓPEZ and GARCÍA."""
    return bool(_tokens(left) & _tokens(right))


def _tokens(spellings: Iterable[str]) -> set[str]:
    return {stem for text in spellings for token in text.split() for stem in stems(token) if len(stem) > 2}  # noqa: PLR2004 - two letters are a particle


def _absent(field: str, theirs: str, ours: str) -> FieldEvidence:
    side = "missing_at_both" if not theirs and not ours else "missing_there" if not theirs else "missing_here"
    return FieldEvidence(field, MISSING, side, theirs, ours)


def _births(theirs: Known, ours: Known) -> FieldEvidence:
    field = "birth_date"
    left, right = ([birth.date for birth in person.births] for person in (theirs, ours))
    shown = " / ".join(map(str, left)), " / ".join(map(str, right))
    if not left or not right:
        return _absent(field, *shown)
    ranked = [(_date_code(one, other), str(one), str(other)) for one in left for other in right]
    (verdict, code), one, other = min(ranked, key=lambda found: _DATE_ORDER.index(found[0][1]))
    return FieldEvidence(field, verdict, code, one, other)


_DATE_ORDER: Final = (
    "same_day", "year_and_month", "day_and_month_swapped", "same_year", "placeholder_same_year", "one_year_apart",
    "day_differs", "differs",
)  # fmt: skip


def _date_code(one: PartialDate, other: PartialDate) -> tuple[str, str]:
    if one.agrees(other):
        if one.full and other.full:
            return FOR, "same_day"
        return FOR, "year_and_month" if one.month and other.month else "same_year"
    if one.year == other.year:
        return _same_year_code(one, other)
    near = abs(one.year - other.year) == 1 and (one.month, one.day) == (other.month, other.day)
    return AGAINST, "one_year_apart" if near else "differs"


def _same_year_code(one: PartialDate, other: PartialDate) -> tuple[str, str]:
    if one.placeholder or other.placeholder:
        return FOR, "placeholder_same_year"
    swapped = one.full and other.full and (one.month, one.day) == (other.day, other.month)
    return (FOR, "day_and_month_swapped") if swapped else (AGAINST, "day_differs")


def _places(theirs: Known, ours: Known) -> FieldEvidence:
    field = "birthplace"
    left, right = (
        {fold(name): name for place in person.birthplaces for name in (place.locality, *place.other_names) if name}
        for person in (theirs, ours)
    )
    shown = " / ".join(left.values()), " / ".join(right.values())
    if not left or not right:
        return _absent(field, *shown)
    same = left.keys() & right.keys()
    return FieldEvidence(field, FOR if same else AGAINST, "same_place" if same else "differs", *shown)


def _nationalities(theirs: Known, ours: Known) -> FieldEvidence:
    field = "nationality"
    left, right = ({item.state for item in person.nationalities} for person in (theirs, ours))
    shown = " / ".join(sorted(left)), " / ".join(sorted(right))
    if not left or not right:
        return _absent(field, *shown)
    return FieldEvidence(field, FOR if left & right else AGAINST, "shared" if left & right else "differs", *shown)


def _sex(theirs: Known, ours: Known) -> FieldEvidence:
    known = [sex if sex != Sex.UNKNOWN else "" for sex in (theirs.sex, ours.sex)]
    if not all(known):
        return _absent("sex", *known)
    same = known[0] == known[1]
    return FieldEvidence("sex", FOR if same else AGAINST, "same" if same else "differs", *known)


def _heights(theirs: Known, ours: Known) -> FieldEvidence:
    left, right = (
        [int(part.value) for part in person.descriptions if part.feature == Feature.HEIGHT_CM and part.value.isdigit()]
        for person in (theirs, ours)
    )
    shown = " / ".join(map(str, left)), " / ".join(map(str, right))
    if not left or not right:
        return _absent("height_cm", *shown)
    near = any(abs(one - other) <= HEIGHT_TOLERANCE_CM for one in left for other in right)
    return FieldEvidence("height_cm", FOR if near else AGAINST, "near" if near else "differs", *shown)


def _documents(theirs: Known, ours: Known) -> FieldEvidence:
    left, right = (
        {(paper.state, number_key(paper.number)): paper.number for paper in person.documents}
        for person in (theirs, ours)
    )
    shown = " / ".join(left.values()), " / ".join(right.values())
    if not left or not right:
        return _absent("document", *shown)
    same = left.keys() & right.keys()
    if same:
        return FieldEvidence("document", FOR, "same_number", *shown)
    comparable = {(paper.kind, paper.state) for paper in theirs.documents} & {
        (paper.kind, paper.state) for paper in ours.documents
    }
    # Different papers of different kinds say nothing: people have several.
    return FieldEvidence(
        "document", AGAINST if comparable else MISSING, "differs" if comparable else "not_comparable", *shown
    )


def _fingerprints(theirs: Known, ours: Known) -> FieldEvidence:
    left, right = (
        ", ".join(item.held_by for item in person.biometrics if item.kind == BiometricKind.FINGERPRINTS)
        for person in (theirs, ours)
    )
    if not left or not right:
        return _absent("fingerprints", left, right)
    # Two references say that both can compare; only the comparison itself is evidence.
    return FieldEvidence("fingerprints", MISSING, "to_be_compared", left, right)
