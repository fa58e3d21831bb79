"""What is wrong with an entry before it is written down: codes by field; pure. Codes must stand in the catalogue."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import date
from typing import TypeAlias

from somec.catalogue import queries as catalogue
from somec.catalogue.errors import UnknownEntry
from somec.kernel.errors import Invalid
from somec.offenders import rules
from somec.offenders.messages import (
    Assessment,
    Condition,
    Conviction,
    Entry,
    MovementSign,
    Offence,
    Order,
    PersonAtRisk,
    Sanction,
    Trigger,
)  # fmt: skip
from somec.persons.dates import PartialDate
from somec.persons.rules import (
    EVALUATION,
    MAX_LANGUAGE,
    MAX_NOTE,
    Source,
    choice_mistakes,
    period_mistakes,
    state_mistakes,
    text_mistakes,
)  # fmt: skip

Mistakes: TypeAlias = dict[str, list[str]]
MAX_DAYS = 36_600


def check(entry: Entry, today: date, births: Collection[PartialDate] = ()) -> None:
    """Raise Invalid with every mistake of an entry; children are named ``offences.0.code`` and so on.

    ``births``: every date of birth that somebody claims. What lies before all of them cannot be.
    """
    found = _CHECKS[type(entry)](entry, today)
    origin = entry.origin
    found |= {
        "source": choice_mistakes(origin.source, Source),
        "note": text_mistakes(origin.note, limit=MAX_NOTE),
        "evaluation": [] if EVALUATION.fullmatch(origin.evaluation) else ["choice"],
        "as_of": _past(origin.as_of, today),
    }
    for field in before_birth(entry, births):
        found[field] = [*found.get(field, []), "before_birth"]
    wrong = {field: codes for field, codes in found.items() if codes}
    if wrong:
        raise Invalid(f"{type(entry).__name__.lower()}.invalid", fields=wrong)


def before_birth(entry: Entry, births: Collection[PartialDate]) -> list[str]:
    """Return the fields whose date lies before every claimed birth, however the dates are completed."""
    first = min((birth.earliest for birth in births), default=None)
    if first is None:
        return []
    fields = [name for name in ("decided",) if isinstance(entry, Conviction | Order) and entry.decided < first]
    for place, offence in enumerate(entry.offences if isinstance(entry, Conviction) else ()):
        dates = {"committed_from": offence.committed_from, "committed_until": offence.committed_until}
        fields += [f"offences.{place}.{name}" for name, day in dates.items() if day and day.latest < first]
    return fields


def may_precede_birth(entry: Conviction, births: Collection[PartialDate]) -> bool:
    """Tell whether an offence lies before a claimed birth, or may, because of one of them only a part is known."""
    return any(
        day.earliest < birth.latest
        for offence in entry.offences for day in (offence.committed_from, offence.committed_until) if day
        for birth in births
    )  # fmt: skip


def _past(day: date | None, today: date) -> list[str]:
    return ["in_the_future"] if day and day > today else []


def _known(code: str, look_up: Callable[[str], object]) -> list[str]:
    if not code:
        return ["missing"]
    try:
        look_up(code)
    except UnknownEntry:
        return ["unknown_code"]
    return []


def _all_known(codes: Iterable[str], known: Iterable[str]) -> list[str]:
    return ["unknown_code"] if set(codes) - set(known) else []


def _words(text: str) -> list[str]:
    """Return what is wrong with several lines of text."""
    return rules.words_mistakes(text)


def _language(text: str) -> list[str]:
    return text_mistakes(text, limit=MAX_LANGUAGE)


def _children(name: str, found: Iterable[Mistakes]) -> Mistakes:
    return {f"{name}.{place}.{field}": codes for place, one in enumerate(found) for field, codes in one.items()}


def _conviction(entry: Conviction, today: date) -> Mistakes:
    found = {
        "state": state_mistakes(entry.state, required=True),
        "court": text_mistakes(entry.court),
        "reference": text_mistakes(entry.reference, limit=100),
        "decided": _past(entry.decided, today),
        "final": period_mistakes(entry.decided, entry.final),
        "responsibility": choice_mistakes(entry.responsibility, rules.Responsibility),
        "spent": choice_mistakes(entry.spent, rules.Spent),
        "offences": [] if entry.offences else ["missing"],
    }
    found |= _children("offences", (_offence(offence, entry.decided) for offence in entry.offences))
    return found | _children("sanctions", (_sanction(sanction) for sanction in entry.sanctions))


def _offence(offence: Offence, decided: date) -> Mistakes:
    start, end = offence.committed_from, offence.committed_until
    return {
        "code": _known(offence.code, catalogue.offence),
        "parameters": _all_known(offence.parameters, (item.id for item in catalogue.offence_parameters())),
        "classification": text_mistakes(offence.classification, limit=400),
        "language": _language(offence.language),
        "provision": text_mistakes(offence.provision),
        "committed_from": ["after_conviction"] if start and start.earliest > decided else [],
        "committed_until": period_mistakes(start.earliest if start else None, end.latest if end else None),
        "place": text_mistakes(offence.place),
        "state": state_mistakes(offence.state),
    }


def _sanction(sanction: Sanction) -> Mistakes:
    return {
        "code": _known(sanction.code, catalogue.sanction),
        "parameters": _all_known(sanction.parameters, (item.id for item in catalogue.sanction_parameters())),
        "months": _within(sanction.months, rules.MAX_MONTHS),
        "days": _within(sanction.days, MAX_DAYS),
        "note": text_mistakes(sanction.note, limit=400),
        "language": _language(sanction.language),
    }


def _within(number: int | None, limit: int) -> list[str]:
    return [] if number is None or 0 <= number <= limit else ["out_of_range"]


def _order(entry: Order, today: date) -> Mistakes:
    found = {
        "kind": choice_mistakes(entry.kind, rules.OrderKind),
        "state": state_mistakes(entry.state, required=True),
        "court": text_mistakes(entry.court),
        "reference": text_mistakes(entry.reference, limit=100),
        "decided": _past(entry.decided, today),
        "ends": period_mistakes(entry.starts, entry.ends),
        "supervisor": text_mistakes(entry.supervisor),
        "supervising_state": state_mistakes(entry.supervising_state, required=True),
    }
    return found | _children("conditions", map(condition_mistakes, entry.conditions))


def condition_mistakes(condition: Condition) -> Mistakes:
    """Return what is wrong with one condition."""
    needs_words = condition.measure == rules.OTHER_MEASURE and not condition.words.strip()
    return {
        "measure": _known(condition.measure, catalogue.measure),
        "words": ["missing"] if needs_words else _words(condition.words),
        "language": _language(condition.language),
        "ends": period_mistakes(condition.starts, condition.ends),
        "status": choice_mistakes(condition.status, rules.ConditionStatus),
        "binds_in": [code for state in condition.binds_in for code in state_mistakes(state, required=True)],
    }


def _assessment(entry: Assessment, today: date) -> Mistakes:
    return {
        "subject": choice_mistakes(entry.subject, rules.AssessmentSubject),
        "instrument": text_mistakes(entry.instrument, limit=100, required=True),
        "instrument_version": text_mistakes(entry.instrument_version, limit=60),
        "performed": _past(entry.performed, today),
        "valid_until": period_mistakes(entry.performed, entry.valid_until),
        "assessor_role": text_mistakes(entry.assessor_role, required=True),
        "assessor_authority": text_mistakes(entry.assessor_authority),
        "state": state_mistakes(entry.state, required=True),
        "level": text_mistakes(entry.level, limit=300, required=True),
        "language": _language(entry.language) if entry.language else ["missing"],
        "points": text_mistakes(entry.points, limit=60),
        "neutral": [] if entry.neutral is None or entry.neutral in rules.NEUTRAL_LEVELS else ["out_of_range"],
        "mapping_source": text_mistakes(entry.mapping_source, limit=300, required=entry.neutral is not None),
    }


def _trigger(entry: Trigger, today: date) -> Mistakes:
    del today
    return {
        "kind": choice_mistakes(entry.kind, rules.TriggerKind),
        "state": state_mistakes(entry.state),
        "words": _words(entry.words),
        "language": _language(entry.language),
    }


def _sign(entry: MovementSign, today: date) -> Mistakes:
    return {
        "sign": _known(entry.sign, catalogue.movement_sign),
        "states": [code for state in entry.states for code in state_mistakes(state, required=True)],
        "on": _past(entry.on, today),
        "words": _words(entry.words),
        "language": _language(entry.language),
    }


def _person_at_risk(entry: PersonAtRisk, today: date) -> Mistakes:
    del today
    return {
        "relation": choice_mistakes(entry.relation, rules.Relation),
        "name": text_mistakes(entry.name),
        "state": state_mistakes(entry.state),
        "words": _words(entry.words),
        "language": _language(entry.language),
        "contact_authority": text_mistakes(entry.contact_authority),
    }


_CHECKS: dict[type, Callable[..., Mistakes]] = {
    Conviction: _conviction, Order: _order, Assessment: _assessment, Trigger: _trigger, MovementSign: _sign,
    PersonAtRisk: _person_at_risk,
}  # fmt: skip
