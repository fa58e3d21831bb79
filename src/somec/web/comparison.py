"""An answer of the matching engine as people read it: fields side by side, bits as bars, probabilities in words.

Everything here turns values into what a template draws; nothing decides, weighs or asks the database.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from somec.persons.search import CandidateAnswer, Direction, Evidence, MatchCandidate, Outcome, PersonSearch, Sides
from somec.web import words_matching, words_notices
from somec.web.figures import date_words, number, signed
from somec.web.naming import born_words, state_name
from somec.web.words import word

HALF: Final = 64.0
"""Half the width of a bar's drawing; its middle is nought bits."""
FULL_BAR: Final = 8.0
"""Bits that fill half a drawing, unless a field of the same candidate says more."""
FEW: Final = 0.01
"""Candidates less likely than this are folded away on a phone, unless somebody has judged them."""
TIE_BITS: Final = 0.1
"""Candidates nearer than this to each other share a rank (as the engine's own bound for a tie)."""
_SCRIPTS: Final[Mapping[str, str]] = {
    "CYRILLIC": "Cyrl", "GREEK": "Grek", "ARABIC": "Arab", "HEBREW": "Hebr", "GEORGIAN": "Geor", "ARMENIAN": "Armn",
    "CJK": "Hani", "HANGUL": "Hang", "HIRAGANA": "Jpan", "KATAKANA": "Jpan", "DEVANAGARI": "Deva", "THAI": "Thai",
}  # fmt: skip
"""The first word of a letter's Unicode name and the code of its script (ISO 15924)."""


@dataclass(frozen=True, slots=True, repr=False)
class Written:
    """A value as somebody wrote it; ``lang`` names its script where that is not Latin."""

    text: str
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of evidence: where it begins, how wide it is, and whether it speaks for the person."""

    x: str
    width: str
    supports: bool


@dataclass(frozen=True, slots=True, repr=False)
class Line:
    """One sentence of evidence; ``bits`` only where a field has several sentences."""

    text: str
    bits: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class FieldRow:
    """One field of two people side by side, as ``web/matches/evidence.html`` draws it.

    ``direction``: ``for``, ``against`` or ``missing``. ``figure``: bits with their sign, empty where the field is shown
    but not counted. ``withheld``: there is a value on file that the reader may not see yet.
    """

    field: str
    asked: tuple[Written, ...]
    filed: tuple[Written, ...]
    latin: tuple[str, ...]
    withheld: bool
    direction: str
    bits: float
    figure: str
    bar: Bar | None
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Comparison:
    """All fields of a candidate: rows, the names of fields that nobody has, and the sums."""

    rows: tuple[FieldRow, ...]
    nowhere: tuple[str, ...]
    agreeing: int
    plus: str
    minus: str
    missing: int
    agreeing_bits: str


def comparison(evidence: Sequence[Evidence], sides: Sequence[Sides]) -> Comparison:
    """Return the fields of two people side by side, in the order in which people read them."""
    by_field = {one.field: one for one in sides}
    found = [
        (field, pieces, by_field.get(field) or Sides(field=field))
        for field in words_matching.FIELDS
        if (pieces := [one for one in evidence if one.field == field])
    ]
    there = [(field, pieces, both) for field, pieces, both in found if not _nowhere(both, pieces)]
    most = max([FULL_BAR, *(abs(_sum(pieces)) for _field, pieces, _both in there)])
    rows = tuple(_row(field, pieces, both, most) for field, pieces, both in there)
    agreeing = [row for row in rows if row.direction == Direction.FOR.value]
    missing = sum(row.direction == Direction.MISSING.value for row in rows) + len(found) - len(there)
    return Comparison(
        rows=rows, nowhere=tuple(word(words_matching.FIELDS, field) for field, pieces, both in found
                                 if _nowhere(both, pieces)),
        agreeing=len(agreeing), plus=number(math.fsum(max(row.bits, 0.0) for row in rows)),
        minus=number(math.fsum(max(-row.bits, 0.0) for row in rows)), missing=missing,
        agreeing_bits=signed(math.fsum(row.bits for row in agreeing)),
    )  # fmt: skip


def _nowhere(both: Sides, pieces: Sequence[Evidence]) -> bool:
    """Tell whether neither side says anything in a field."""
    silent = not (both.asked or both.filed or both.withheld)
    return silent and all(one.direction is Direction.MISSING for one in pieces)


def _sum(pieces: Iterable[Evidence]) -> float:
    return math.fsum(one.bits for one in pieces)


def _row(field: str, pieces: Sequence[Evidence], both: Sides, most: float) -> FieldRow:
    bits, direction = _sum(pieces), _direction(pieces)
    counted = direction is not Direction.MISSING and not all(one.bits == 0 for one in pieces)
    several = len(pieces) > 1
    return FieldRow(
        field=word(words_matching.FIELDS, field), asked=_written(field, both.asked),
        filed=_written(field, both.filed), latin=both.filed_latin, withheld=both.withheld,
        direction=direction.value, bits=bits, figure=signed(bits) if counted or bits else "",
        bar=_bar(bits, most) if counted else None,
        lines=tuple(_line(one, both, several=several) for one in pieces),
    )  # fmt: skip


def _direction(pieces: Sequence[Evidence]) -> Direction:
    """Return what a field says as a whole: of the parts of a name, what they add up to."""
    if all(one.direction is Direction.MISSING for one in pieces):
        return Direction.MISSING
    if len(pieces) == 1:
        return pieces[0].direction
    return Direction.FOR if _sum(pieces) > 0 else Direction.AGAINST


def _line(one: Evidence, both: Sides, *, several: bool) -> Line:
    text = _missing_where(one, both) if one.code.endswith(".missing") else ""
    return Line(text or sentence(one), signed(one.bits) if several and one.bits else "")


def _missing_where(one: Evidence, both: Sides) -> str:
    """Say on which side a field is missing, and what it would be worth; nothing where the values do not show it."""
    filed = bool(both.filed) or both.withheld
    if bool(both.asked) == filed:
        return ""
    where = word(words_matching.MISSING_SIDE, "filed" if both.asked else "asked")
    worth = words_matching.WORTH.get(one.field)
    return f"{where}. {worth}" if worth else where


def _bar(bits: float, most: float) -> Bar:
    width = min(abs(bits) / most, 1.0) * (HALF - 2)
    return Bar(f"{HALF if bits >= 0 else HALF - width:.1f}", f"{width:.1f}", bits >= 0)


def _written(field: str, values: Iterable[str]) -> tuple[Written, ...]:
    if field == "birth_date":
        return tuple(Written(born_words(value)) for value in values)
    if field == "nationality":
        return tuple(Written(state_name(value)) for value in values)
    if field == "sex":
        return tuple(Written(word(words_notices.SEXES, value)) for value in values)
    return tuple(Written(value, script_of(value)) for value in values)


def script_of(text: str) -> str:
    """Return a language tag that names the script of a text (``und-Cyrl``), or nothing for Latin."""
    for letter in text:
        script = _SCRIPTS.get(unicodedata.name(letter, "").partition(" ")[0]) if letter.isalpha() else None
        if script:
            return f"und-{script}"
    return ""


def sentence(one: Evidence) -> str:
    """Return one piece of evidence as a sentence in the reader's language."""
    text = words_matching.EVIDENCE.get(one.code)
    if text is None:
        return one.code
    values = {name: _parameter(one.field, value) for name, value in one.parameters.items()}
    said = str(text % values)
    rarity = words_matching.RARITY.get(one.code) if "one_in" in values else None
    if rarity is None:
        return said
    return f"{said}. {words_matching.COMMON if values['one_in'] == 1 else rarity % values}"


class _Counted(int):
    """A number that chooses the plural form of a sentence and is written in it in the reader's way."""

    def __str__(self) -> str:
        return number(int(self))


def _parameter(field: str, value: str | float) -> str | int:
    if isinstance(value, int | float):
        return _Counted(value)
    return date_words(value) if field == "birth_date" else value


def ranked(candidates: Sequence[MatchCandidate]) -> list[tuple[str, MatchCandidate]]:
    """Return candidates with their ranks: those whose order means nothing share one, marked ``2 =``."""
    found: list[tuple[str, MatchCandidate]] = []
    first = 0
    for one in candidates:
        before = found[-1][1] if found else None
        if not (before and before.tied and one.tied and abs(before.bits - one.bits) < TIE_BITS):
            first = one.rank
        found.append((f"{first} =" if one.tied else str(first), one))
    return found


def unlikely(one: MatchCandidate) -> bool:
    """Tell whether a candidate may be folded away on a phone: very unlikely, and nobody has judged him."""
    return one.probability < FEW and not one.verdict and not one.verdict_elsewhere


def chosen(answer: CandidateAnswer, wanted: str) -> MatchCandidate | None:
    """Return the candidate that the reader looks at: the one asked for, otherwise the first."""
    found = answer.candidates
    return next((one for one in found if one.person_id == wanted), found[0] if found else None)


def compared(one: MatchCandidate) -> Comparison:
    """Return the fields of the question beside those of a candidate."""
    return comparison(one.evidence, one.sides)


@dataclass(frozen=True, slots=True)
class Told:
    """Which of the five answers it is, in words: what it means, why, and what to do next."""

    code: str
    kind: str
    title: str
    text: str
    reasons: tuple[str, ...]
    steps: tuple[str, ...]


def outcome(answer: CandidateAnswer, query: PersonSearch | None = None) -> Told:
    """Return the answer's outcome in words; a question for a number alone has an answer of its own."""
    code = answer.outcome.value
    reasons = tuple(word(words_matching.REASONS, one) for one in answer.reasons)
    if code == Outcome.QUERY_TOO_THIN.value and query is not None and (answer.exact or query.case_number):
        code, reasons = ("number_found" if answer.exact else "number_not_found"), ()
    return Told(
        code=code, kind=words_matching.OUTCOME_KINDS.get(code, "info"), title=word(words_matching.OUTCOME_TITLES, code),
        text=word(words_matching.OUTCOME_TEXTS, code), reasons=reasons,
        steps=tuple(str(one) for one in words_matching.OUTCOME_STEPS[code]),
    )  # fmt: skip


def asked(query: PersonSearch) -> tuple[tuple[str, tuple[Written, ...]], ...]:
    """Return the filled fields of a question with what was understood, for the summary beside the answer."""
    values: tuple[tuple[str, tuple[str, ...]], ...] = (
        ("name", tuple(one.full for one in query.names)), ("birth_date", query.born),
        ("birthplace", query.birthplaces), ("nationality", query.nationalities),
        ("sex", (query.sex,) if query.sex else ()), ("document", query.documents),
        ("case_number", (query.case_number,) if query.case_number else ()),
    )  # fmt: skip
    return tuple((word(words_matching.ASKED, field), _written(field, said)) for field, said in values if said)
