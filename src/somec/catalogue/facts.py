"""The recorded facts that a state's criteria are held against. What is not here cannot count.

Nationality, place of birth, residence, origin, religion, health and sex are not here and must not come here
(Regulation (EU) 2024/1689, Art. 5(1)(d) and recital 42; LED, Art. 10, 11). A test walks every field.
``None`` means "not known", which is never the same as "no".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

LOWEST_LEVEL = 1
HIGHEST_LEVEL = 5


class StatedReason(StrEnum):
    """What the officer gives as the reason for telling another state."""

    CONVICTION = "conviction"
    ASSESSMENT = "assessment"
    MOVEMENT = "movement"
    BREACH = "breach"
    DESTINATION = "destination"
    GROUP = "group"


@dataclass(frozen=True, slots=True, kw_only=True)
class SanctionFact:
    """One sanction of a conviction. ``months``: length imposed, in whole months; ``parameters``: ECRIS letters."""

    code: str
    months: int | None = None
    parameters: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvictionFact:
    """One conviction. ``reference`` is the record's id. ``spent``: under the law of the convicting state, as of now."""

    reference: str
    convicting_state: str
    offence_codes: frozenset[str]
    committed_on: date | None = None
    final_on: date | None = None
    age_at_offence: int | None = None
    sanctions: tuple[SanctionFact, ...] = ()
    spent: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentFact:
    """One assessment made elsewhere by a qualified person with a named instrument.

    ``neutral_level`` 1 to 5: the assessor's words mapped by a person to the neutral scale, None where nobody mapped
    them. ``individual`` is False for a rating that a whole group got, such as everybody on a register.
    """

    reference: str
    instrument: str
    assessed_on: date | None = None
    valid_until: date | None = None
    neutral_level: int | None = None
    individual: bool = True

    def __post_init__(self) -> None:
        if self.neutral_level is not None and not LOWEST_LEVEL <= self.neutral_level <= HIGHEST_LEVEL:
            raise ValueError("a neutral level is 1 to 5")


@dataclass(frozen=True, slots=True, kw_only=True)
class MovementFact:
    """A sign that the person moves or has a link to another state; ``sign`` is the id of a catalogue entry."""

    reference: str
    sign: str
    as_of: date | None = None
    states: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFact:
    """An order with conditions. ``ends_on`` None: no end is set."""

    reference: str
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is on record about one person on the day ``as_of``.

    ``stated_reasons``: what the officer gives as reason so far. ``selected_together``: how many people the same act
    would tell about; more than one is never an individual decision.
    """

    as_of: date
    convictions: tuple[ConvictionFact, ...] = ()
    assessments: tuple[AssessmentFact, ...] = ()
    movements: tuple[MovementFact, ...] = ()
    orders: tuple[OrderFact, ...] = ()
    stated_reasons: frozenset[StatedReason] = field(default_factory=frozenset)
    selected_together: int = 1
