"""From a person file (`persons.messages`) to what the engine compares."""

from __future__ import annotations

from somec.persons.matching.records import PersonName, PersonRecord
from somec.persons.messages import Known, Name, PersonView

_SEXES = {"male": "M", "female": "F", "other": "X"}


def record_of(known: Known, record_id: str = "") -> PersonRecord:
    """A person file, or a person another state asks about, as a record of the engine.

    `record_id` is needed where the person has no id here.
    """
    names: list[PersonName] = []
    for name in known.names:
        names.append(_name(name))
        names += [
            PersonName(given=one.given, family=one.family, patronymic=one.patronymic, kind="romanised", script="Latn")
            for one in name.romanisations
            if one.family or one.given
        ]
    places = [
        place for birthplace in known.birthplaces for place in (birthplace.locality, *birthplace.other_names) if place
    ]
    return PersonRecord(
        id=record_id or (known.id if isinstance(known, PersonView) else ""),
        names=tuple(names),
        birth_dates=tuple(str(birth.date) for birth in known.births),
        sex=_SEXES.get(str(known.sex), ""),
        nationalities=tuple(one.state for one in known.nationalities),
        birthplaces=tuple(places),
        documents=tuple(one.number for one in known.documents),
    )


def _name(name: Name) -> PersonName:
    if name.family or name.given:
        return PersonName(
            given=name.given, family=name.family, patronymic=name.patronymic, kind=name.kind, script=name.script
        )
    return PersonName(full=name.full, kind=name.kind, script=name.script)
