"""What is on record about a person, as the facts that a state's criteria are held against.

Read from convictions, assessments, orders and signs of movement that were not withdrawn. Age at the offence is computed
from every recorded date of birth; where they leave it open on which side of a limit of youth law it lies, it is
unknown.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from somec.catalogue.facts import (
    AssessmentFact,
    ConvictionFact,
    Facts,
    MovementFact,
    OrderFact,
    SanctionFact,
    StatedReason,
)  # fmt: skip
from somec.offenders import messages, rules
from somec.offenders.messages import Assessment, Conviction, MovementSign, Order
from somec.offenders.rows import standing
from somec.persons import dates, families, rows
from somec.persons.dates import PartialDate

YOUTH_LIMITS = (14, 15, 16, 17, 18, 21)
"""Ages in years at which youth criminal law of EU states draws lines; an age that may lie on either side is unknown."""


def of_person(
    person_id: str, today: date, *, stated_reasons: Collection[str] = (), selected_together: int = 1
) -> Facts:
    """Return the facts about one person on a day; nine queries."""
    known = families.families([person_id])
    dates_of_birth = births([person_id], known)[person_id]
    convictions: Sequence[Conviction] = standing(messages.Conviction, [person_id], known)[person_id]
    assessments: Sequence[Assessment] = standing(messages.Assessment, [person_id], known)[person_id]
    orders: Sequence[Order] = standing(messages.Order, [person_id], known)[person_id]
    signs: Sequence[MovementSign] = standing(messages.MovementSign, [person_id], known)[person_id]
    return Facts(
        as_of=today,
        convictions=tuple(_conviction(entry, dates_of_birth) for entry in convictions),
        assessments=tuple(_assessment(entry) for entry in assessments),
        movements=tuple(
            MovementFact(reference=entry.id, sign=entry.sign, as_of=entry.on, states=frozenset(entry.states))
            for entry in signs
        ),
        orders=tuple(OrderFact(reference=entry.id, starts_on=entry.starts, ends_on=entry.ends) for entry in orders),
        stated_reasons=frozenset(StatedReason(code) for code in stated_reasons),
        selected_together=selected_together,
    )


def births(
    person_ids: Sequence[str], known: Mapping[str, families.Family] | None = None
) -> dict[str, list[PartialDate]]:
    """Return every date of birth that is claimed of each person, in any file that is read as one with his."""
    found = rows.read(person_ids, ("births",), known)
    return {person: [birth.date for birth in found[person]["births"]] for person in person_ids}


def _conviction(entry: Conviction, births: Sequence[PartialDate]) -> ConvictionFact:
    committed = [offence.committed_from for offence in entry.offences if offence.committed_from]
    latest = [offence.committed_until or offence.committed_from for offence in entry.offences]
    newest = max((day for day in latest if day), key=lambda day: day.latest, default=None)
    known = len(committed) == len(entry.offences)
    return ConvictionFact(
        reference=entry.id,
        convicting_state=entry.state,
        offence_codes=frozenset(offence.code for offence in entry.offences),
        committed_on=newest.full if newest else None,
        final_on=entry.final,
        age_at_offence=age_at_offence(births, newest) if known and newest else None,
        sanctions=tuple(
            SanctionFact(code=item.code, months=item.months, parameters=frozenset(item.parameters))
            for item in entry.sanctions
        ),
        spent={rules.Spent.YES.value: True, rules.Spent.NO.value: False}.get(entry.spent),
    )


def age_at_offence(births: Sequence[PartialDate], committed: PartialDate) -> int | None:
    """Return the age in full years at the (last) offence; the lowest possible where all possible ages count alike."""
    ages = [dates.age(birth, committed) for birth in births]
    if not ages:
        return None
    low, high = min(low for low, _ in ages), max(high for _, high in ages)
    if low < 0 or any(low < limit <= high for limit in YOUTH_LIMITS):
        return None
    return low


def _assessment(entry: Assessment) -> AssessmentFact:
    return AssessmentFact(
        reference=entry.id,
        instrument=entry.instrument,
        assessed_on=entry.performed,
        valid_until=entry.valid_until,
        neutral_level=entry.neutral,
        individual=entry.individual,
    )
