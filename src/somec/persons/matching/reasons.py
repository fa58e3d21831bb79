"""Why a query has no candidates, as codes for programs and a sentence for people, in English and Latvian."""

from __future__ import annotations

from typing import Final

from somec.persons.matching.answer import Answer, Outcome

BELOW_FLOOR: Final = "matching.below_floor"

SENTENCES: Final[dict[str, tuple[str, str]]] = {
    BELOW_FLOOR: (
        "there are candidates, but all are less probable than --floor",
        "kandidāti ir, bet visi ir mazāk ticami par --floor",
    ),
    "matching.nobody_near_enough": ("nobody is near enough", "neviens nav pietiekami līdzīgs"),
    "matching.index_empty": ("nobody is in the index", "indeksā nav neviena"),
    "matching.no_birth_date": (
        "no date of birth was given, by which people of one name could be told apart",
        "nav norādīts dzimšanas datums, pēc kura varētu atšķirt cilvēkus ar vienādu vārdu",
    ),
    "matching.no_name": (
        "no name, no whole date of birth and no document number was given",
        "nav norādīts ne vārds, ne pilns dzimšanas datums, ne dokumenta numurs",
    ),
    "matching.name_too_short": (
        "one letter, without a whole date of birth or a document number, fits too many people",
        "viens burts bez pilna dzimšanas datuma vai dokumenta numura der pārāk daudziem",
    ),
    "matching.tied": ("the first candidates weigh the same", "pirmajiem kandidātiem ir vienāds svars"),
}
"""The sentence of each code that can stand in an answer without candidates; others say that the index is not whole."""
NOT_WHOLE: Final = (
    "people are missing from the index, so that nothing follows from this",
    "indeksā nav visu cilvēku, tāpēc no šī nekas neizriet",
)
NOT_READ: Final = {"en": "date of birth not understood", "lv": "dzimšanas datums nav saprasts"}


def reason_of(answer: Answer, language: str = "en") -> str:
    """Outcome and codes, a colon, and what they mean."""
    outcome, codes = answer.outcome, list(answer.reasons)
    if outcome in {Outcome.HIT, Outcome.CANDIDATE}:
        outcome, codes = Outcome.NO_CANDIDATE, [BELOW_FLOOR, *codes]
    place = 1 if language == "lv" else 0
    sentences = [SENTENCES.get(code, NOT_WHOLE)[place] for code in codes]
    return f"{' '.join((outcome.value, *codes))}: {'; '.join(dict.fromkeys(sentences))}"
