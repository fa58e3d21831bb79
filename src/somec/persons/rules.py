"""What may be said of a person, in codes: kinds of names, sources, certainty, verdicts, and which values can be right.

Codes are stored and sent; sentences are made at the edge. A check returns the codes of mistakes by field, so that a
form can name each mistake where it was made.
"""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum

from somec.catalogue import queries as catalogue


class NameKind(StrEnum):
    """What a name is to the person (SIS Art. 20(3), ECRIS-TCN Art. 5, SEMIC Core Person name properties)."""

    TRUE = "true"
    BIRTH = "birth"
    MAIDEN = "maiden"
    PREVIOUS = "previous"
    ALIAS = "alias"
    CLAIMED = "claimed"


class Sex(StrEnum):
    """Sex as recorded (ISO/IEC 5218 with its "not applicable" read as a third entry of national registers)."""

    MALE = "male"
    FEMALE = "female"
    OTHER = "other"
    UNKNOWN = "unknown"


class IdentityCertainty(StrEnum):
    """How sure the identity is, by its ground."""

    FINGERPRINTS = "confirmed_by_fingerprints"
    DNA = "confirmed_by_dna"
    DOCUMENTED = "documented"
    SAID = "said_by_himself"
    NOT_SETTLED = "not_settled"


class Certainty(StrEnum):
    """How sure one statement is: shown on paper, said, estimated (an age seen), or doubted."""

    SHOWN = "shown"
    SAID = "said"
    ESTIMATED = "estimated"
    DOUBTED = "doubted"


class Source(StrEnum):
    """Where a statement comes from; a note can say more in words."""

    POPULATION_REGISTER = "population_register"
    IDENTITY_DOCUMENT = "identity_document"
    BIRTH_CERTIFICATE = "birth_certificate"
    COURT_FILE = "court_file"
    PRISON_FILE = "prison_file"
    PROBATION_FILE = "probation_file"
    POLICE_FILE = "police_file"
    BORDER_CHECK = "border_check"
    INTERVIEW = "interview"
    OTHER_STATE = "other_state"
    OTHER = "other"
    NOT_STATED = "not_stated"


class DocumentKind(StrEnum):
    """Kinds of documents and numbers that point to one person."""

    PASSPORT = "passport"
    IDENTITY_CARD = "identity_card"
    NATIONAL_NUMBER = "national_number"
    RESIDENCE_PERMIT = "residence_permit"
    DRIVING_LICENCE = "driving_licence"
    OTHER = "other"


class DocumentStatus(StrEnum):
    """What is known of the paper itself."""

    IN_ORDER = "in_order"
    LOST = "lost"
    STOLEN = "stolen"
    WITHDRAWN = "withdrawn"
    FALSE = "false"


class NumberCheck(StrEnum):
    """Result of the check digits: ``unchecked`` where no public rule is known for this state and kind."""

    RIGHT = "right"
    WRONG = "wrong"
    UNCHECKED = "unchecked"


class AddressKind(StrEnum):
    """What a person does at an address."""

    HOME = "home"
    WORK = "work"
    CONTACT = "contact"
    INSTITUTION = "institution"


class Feature(StrEnum):
    """Parts of a description that help to recognise a person; none says anything about what he may do."""

    HEIGHT_CM = "height_cm"
    WEIGHT_KG = "weight_kg"
    BUILD = "build"
    EYES = "eye_colour"
    HAIR = "hair_colour"
    MARK = "mark"
    LANGUAGE = "spoken_language"
    OTHER = "other"


class BiometricKind(StrEnum):
    """Kinds of biometric originals that an authority may hold. Only the reference is kept here."""

    FINGERPRINTS = "fingerprints"
    PALM_PRINTS = "palm_prints"
    FACE_IMAGE = "face_image"
    DNA = "dna_profile"


class Status(StrEnum):
    """State of a person file."""

    ACTIVE = "active"
    RESTRICTED = "restricted"  # LED Art. 16(3): contested or kept as evidence; read, not used
    CLOSED = "closed"


class Verdict(StrEnum):
    """A human answer to the question whether two are the same person."""

    SAME = "same"
    NOT_SAME = "not_same"
    CANNOT_TELL = "cannot_tell"


class Ground(StrEnum):
    """What decided a judgement."""

    NAME_IN_BOTH_SCRIPTS = "name_in_both_scripts"
    DATE_AND_PLACE = "date_and_place"
    DOCUMENT = "document"
    FINGERPRINTS = "fingerprints"
    KNOWN_BY_COLLEAGUE = "known_by_colleague"
    OTHER = "other"


class ErasureGround(StrEnum):
    """Why a file is erased (Directive (EU) 2016/680, Art. 5 and 16(2))."""

    TIME_IS_OVER = "time_is_over"
    UNLAWFUL = "unlawful"
    ORDERED = "ordered"


class ChangeKind(StrEnum):
    """What happened to one row of a file."""

    ADDED = "added"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"


PROPOSE_AT = 0.01
"""A file at least this likely is proposed to whoever judges (equal to ``persons.matching.answer.CANDIDATE``)."""
QUESTION_BELOW = 0.001
"""A judged "same person" less likely than this after a correction is put before a person again; nothing is undone."""


def link_in_question(before: float | None, after: float) -> bool:
    """Tell whether a correction has made a confirmed link doubtful.

    ``before``: the probability when a person confirmed it (None: not known). A link that was as unlikely when it was
    confirmed rests on other grounds (fingerprints, a colleague) and is left alone.
    """
    return after < QUESTION_BELOW and (before is None or before >= PROPOSE_AT)


EVALUATION = re.compile(r"[ABCX][1-4]")  # Regulation (EU) 2016/794 Art. 29; X4 where nobody assessed
UNASSESSED = "X4"
STATELESS, UNKNOWN_NATIONALITY = "XA", "XX"  # user-assigned ISO codes; ICAO 9303 part 3 has its own for both

MAX_NAME = 200  # the longest real names are under 150 characters; beyond this it is not a name
MAX_NOTE = 500
MAX_LINE = 200
MAX_LANGUAGE = 12  # BCP 47 tag with script and region
MAX_RULE = 40
MAX_SUBJECT_PERSON = 64  # state, colon, the id the other state gives the person
SCRIPT = re.compile(r"[A-Z][a-z]{3}")  # ISO 15924
OLDEST_YEAR = 1880  # nobody alive was born earlier
HEIGHTS_CM = range(40, 273)
WEIGHTS_KG = range(2, 636)

# Line breaks, bidirectional and other controls in a name are an attack on the reader's eye or an accident.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


def text_mistakes(text: str, *, limit: int = MAX_LINE, required: bool = False) -> list[str]:
    """Return the codes of what is wrong with one line of text."""
    mistakes = []
    if required and not text.strip():
        mistakes.append("missing")
    if len(text) > limit:
        mistakes.append("too_long")
    if _CONTROL.search(text):
        mistakes.append("control_characters")
    return mistakes


def state_mistakes(code: str, *, required: bool = False) -> list[str]:
    """Return the codes of what is wrong with the code of a state that is or was (ISO 3166-1, 3166-3 alpha-2)."""
    if not code:
        return ["missing"] if required else []
    return [] if code in catalogue.known_states() else ["state_code"]


def nationality_mistakes(code: str) -> list[str]:
    """Return the codes of what is wrong with a nationality: a state, none, or not known."""
    return [] if code in {STATELESS, UNKNOWN_NATIONALITY} else state_mistakes(code, required=True)


def choice_mistakes(value: str, choices: type[StrEnum]) -> list[str]:
    """Return ``["choice"]`` unless the value is one of the codes."""
    try:
        choices(value)  # one look-up: this is asked many times for each notice that comes in
    except ValueError:
        return ["choice"]
    return []


def period_mistakes(start: date | None, end: date | None) -> list[str]:
    """Return ``["end_before_start"]`` where an end lies before its start."""
    return ["end_before_start"] if start and end and end < start else []


def feature_mistakes(feature: str, value: str) -> list[str]:
    """Return what is wrong with one part of a description; measures are whole centimetres and kilograms."""
    ranges = {Feature.HEIGHT_CM.value: HEIGHTS_CM, Feature.WEIGHT_KG.value: WEIGHTS_KG}
    if feature in ranges:
        return [] if value.isascii() and value.isdigit() and int(value) in ranges[feature] else ["out_of_range"]
    return text_mistakes(value, required=True)
