"""Made-up people for training and measuring, the person of the story, and the boy who must not be reported (S6).

Everything is drawn from a seed, so the same seed gives the same people. Identity numbers stand in series that no state
gives out, and every name is a random pair of common ones. :func:`populate` writes through the ordinary actions.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from stdnum.nl import bsn

from somec.access.rules import Actor
from somec.kernel import clock
from somec.offenders import actions as offenders
from somec.offenders.messages import Assessment, Condition, Conviction, Entry, MovementSign, Offence, Order, Sanction
from somec.persons import actions as persons
from somec.persons.dates import PartialDate
from somec.persons.messages import (
    Address,
    Biometric,
    Birth,
    Birthplace,
    Description,
    Document,
    Name,
    Nationality,
    NewPerson,
    Origin,
)  # fmt: skip
from somec.simulation.name_lists import BY_STATE, Names

CHUNK = 500
MAPPING = "Example mapping of the somec project; made up, rests on no study"
_REGISTER = Origin(source="population_register", evaluation="A1")
_COURT = Origin(source="court_file", evaluation="A1")
_PRISON = Origin(source="prison_file", evaluation="A1")

# (instrument, version, what it speaks about, words from low to high with the neutral level, language)
_INSTRUMENTS: dict[str, tuple[tuple[str, str, str, tuple[tuple[str, int], ...], str], ...]] = {
    "LV": (
        ("Static-99R", "2016", "sexual_offending", (("zems risks", 1), ("vidējs risks", 3), ("augsts risks", 5)), "lv"),
        ("STABLE-2007", "2014", "sexual_offending", (("zems", 2), ("vidējs", 3), ("augsts", 4)), "lv"),
    ),
    "NL": (("RISC", "4", "general_offending", (("laag", 1), ("gemiddeld", 3), ("hoog", 5)), "nl"),),
    "ES": (
        ("RisCanvi", "2", "violent_offending", (("riesgo bajo", 1), ("riesgo medio", 3), ("riesgo alto", 5)), "es"),
    ),
}
_OFFENCES = (
    "1001 00", "1003 00", "1011 00", "0801 00", "0809 00", "0818 00", "0811 00", "0901 00", "0907 00", "1005 00",
)  # fmt: skip
_CONDITIONS = ("reporting", "notify-change-residence-work", "no-contact-persons", "treatment", "exclusion-zone")
_SIGNS = ("said-by-person", "address-abroad", "work-abroad", "travel-booked")
_EYES, _BUILD = ("blue", "brown", "grey", "green"), ("slim", "medium", "heavy")


@dataclass(frozen=True, slots=True, repr=False)
class MadeUp:
    """A made-up person with the record; an order names its conviction as ``#n``, n counted within ``entries``."""

    person: NewPerson
    entries: tuple[Entry, ...] = ()


def population(state: str, count: int, seed: int | str, today: date | None = None) -> list[MadeUp]:
    """Return ``count`` made-up people of LV, NL or ES; the same for the same seed and day."""
    chance = random.Random(f"{state}-{seed}")  # noqa: S311 - made-up people, not secrets
    day = today or clock.now().date()
    known = lookalikes()[:count] if state == "NL" else []
    return known + [_person(chance, state, day) for _ in range(count - len(known))]


def populate(
    *, actor: Actor, count: int = 0, seed: int | str = 0, state: str = "", owners: Sequence[str] = (),
    people: Sequence[MadeUp] | None = None,
) -> list[str]:  # fmt: skip
    """Write ``count`` made-up people of a state (the actor's own) into the node, in chunks; returns the ids in order.

    ``owners`` are handed the files in turn, otherwise the actor is. ``people`` replaces the generated ones.
    """
    made = list(people) if people is not None else population(state or actor.state, count, seed)
    hands = owners or (actor.id,)
    ids: list[str] = []
    for start in range(0, len(made), CHUNK):
        chunk = made[start : start + CHUNK]
        owned = [replace(one.person, owner_id=hands[(start + place) % len(hands)]) for place, one in enumerate(chunk)]
        written = persons.record_people(actor=actor, people=owned)
        offenders.record_entries(actor=actor, entries=_numbered(written, chunk))
        ids += written
    return ids


def _numbered(ids: Sequence[str], people: Sequence[MadeUp]) -> list[tuple[str, Entry]]:
    """Return the entries of many people; what an order names within its person is named within the whole list."""
    pairs: list[tuple[str, Entry]] = []
    for person_id, made in zip(ids, people, strict=True):
        first = len(pairs)
        for entry in made.entries:
            if isinstance(entry, Order) and entry.conviction_id.startswith("#"):
                place = first + int(entry.conviction_id[1:])
                pairs.append((person_id, replace(entry, conviction_id=f"#{place}")))
            else:
                pairs.append((person_id, entry))
    return pairs


def _person(chance: random.Random, state: str, today: date) -> MadeUp:
    origin = chance.choices(BY_STATE[state], weights=[names.share for names in BY_STATE[state]])[0]
    woman = chance.random() < 0.12  # noqa: PLR2004 - about the share among those convicted of violence
    born = today - timedelta(days=chance.randint(19 * 365, 70 * 365))
    person = NewPerson(
        names=_names(chance, origin, state, woman=woman),
        sex="female" if woman else "male",
        births=_births(chance, born),
        birthplaces=(Birthplace(locality=chance.choice(origin.towns), state=origin.country, origin=_REGISTER),),
        nationalities=(Nationality(state=state, certainty="shown", origin=_REGISTER),),
        documents=_documents(chance, state, today),
        addresses=_addresses(chance, state),
        descriptions=_descriptions(chance),
        biometrics=_biometrics(chance, state, today),
        certainty=chance.choice(("documented", "documented", "confirmed_by_fingerprints", "said_by_himself")),
        certainty_origin=_REGISTER,
    )
    return MadeUp(person, _record(chance, state, born, today))


def _names(chance: random.Random, origin: Names, state: str, *, woman: bool) -> tuple[Name, ...]:
    given_names = origin.women if woman else origin.men
    place, given_place = chance.randrange(len(origin.families)), chance.randrange(len(given_names))
    family, given = origin.families[place][woman], given_names[given_place]
    if state == "ES" and origin.language in {"es", "ca"}:
        family = f"{family} {chance.choice(origin.families)[woman]}"
    original = Name(family=family.upper(), given=given, language=origin.language, origin=_REGISTER)
    if not origin.latin:
        return (replace(original, main=True),)
    latin_given = (origin.latin_women if woman else origin.latin_men)[given_place]
    ending = ("a" if woman else "s") if state == "LV" else ("a" if woman and origin.language == "bg" else "")
    latin = Name(
        family=f"{origin.latin[place]}{ending}".upper(), given=latin_given, language=state.lower(), main=True,
        origin=_REGISTER,
    )  # fmt: skip
    return latin, replace(original, kind="birth")


def _births(chance: random.Random, born: date) -> tuple[Birth, ...]:
    kind = chance.random()
    if kind < 0.04:  # noqa: PLR2004 - shares of partial dates as registers report them, rounded
        return (Birth(date=PartialDate(born.year), certainty="estimated"),)
    if kind < 0.08:  # noqa: PLR2004
        return (Birth(date=PartialDate(born.year, born.month), certainty="said"),)
    known = Birth(date=PartialDate.of(born), certainty="shown", origin=_REGISTER)
    if kind < 0.12:  # noqa: PLR2004
        other = Birth(
            date=PartialDate.of(born + timedelta(days=10)), origin=Origin(source="border_check", evaluation="B2")
        )
        return known, other
    return (known,)


def _documents(chance: random.Random, state: str, today: date) -> tuple[Document, ...]:
    until = today + timedelta(days=chance.randint(-400, 3000))
    passport = Document(
        kind="passport", number=f"{state}{chance.randint(5_000_000, 5_999_999)}", state=state, valid_until=until,
        origin=Origin(source="identity_document", evaluation="A1"),
    )  # fmt: skip
    number = _national_number(chance, state)
    if number is None:
        return (passport,)
    return passport, Document(kind="national_number", number=number, state=state, origin=_REGISTER)


def _national_number(chance: random.Random, state: str) -> str | None:
    """Return a number with right check digits in a series that is not given out, where such a series is known."""
    if state == "NL":  # numbers beginning with 9999 are test numbers
        while True:
            digits = f"9999{chance.randint(0, 99_999):05}"
            if bsn.is_valid(digits):
                return digits
    return None


def _addresses(chance: random.Random, state: str) -> tuple[Address, ...]:
    town = chance.choice(BY_STATE[state][0].towns)
    return (Address(street=f"Parka iela {chance.randint(1, 120)}", locality=town, state=state, origin=_REGISTER),)


def _descriptions(chance: random.Random) -> tuple[Description, ...]:
    return (
        Description(feature="height_cm", value=str(round(chance.gauss(177, 8))), origin=_PRISON),
        Description(feature="eye_colour", value=chance.choice(_EYES), language="en", origin=_PRISON),
        Description(feature="build", value=chance.choice(_BUILD), language="en", origin=_PRISON),
    )


def _biometrics(chance: random.Random, state: str, today: date) -> tuple[Biometric, ...]:
    taken = today - timedelta(days=chance.randint(30, 3000))
    holder = {"LV": "State Police, Latvia", "NL": "Police, Netherlands", "ES": "National Police, Spain"}[state]
    prints = Biometric(kind="fingerprints", held_by=holder, state=state, taken=taken)
    photograph = Biometric(kind="face_image", held_by=holder, state=state, taken=taken)
    return (prints, photograph) if chance.random() < 0.8 else (photograph,)  # noqa: PLR2004 - a share


def _record(chance: random.Random, state: str, born: date, today: date) -> tuple[Entry, ...]:
    entries: list[Entry] = []
    for _ in range(chance.choice((1, 1, 1, 2, 2, 3))):
        adult_days = max(1, (today - born).days - 16 * 365 - 400)
        committed = born + timedelta(days=16 * 365 + chance.randrange(adult_days))
        entries.append(_conviction(chance, state, committed, today))
    if chance.random() < 0.7:  # noqa: PLR2004 - a share
        entries.append(_order(chance, state, today))
    entries += [_assessment(chance, state, instrument, today) for instrument in _INSTRUMENTS[state]]
    if chance.random() < 0.25:  # noqa: PLR2004 - a share
        entries.append(_sign(chance, state, today))
    return tuple(entries)


def _conviction(chance: random.Random, state: str, committed: date, today: date) -> Conviction:
    decided = min(committed + timedelta(days=chance.randint(90, 380)), today - timedelta(days=1))
    months = chance.choice((6, 12, 18, 24, 36, 48, 66, 78, 120))
    parameters = ("a",) if months <= 12 and chance.random() < 0.5 else ()  # noqa: PLR2004 - a share
    return Conviction(
        state=state, court=f"District court, {chance.choice(BY_STATE[state][0].towns)}", decided=decided,
        final=min(decided + timedelta(days=25), today), spent="no", origin=_COURT,
        reference=f"{decided.year}/{chance.randint(100, 9999)}",
        offences=(
            Offence(
                code=chance.choice(_OFFENCES), parameters=("C", "M"), committed_from=PartialDate.of(committed),
                state=state,
            ),
        ),
        sanctions=(Sanction(code="1001", parameters=parameters, months=months),),
    )  # fmt: skip


def _order(chance: random.Random, state: str, today: date) -> Order:
    starts = today - timedelta(days=chance.randint(10, 900))
    measures = chance.sample(_CONDITIONS, chance.randint(1, 4))
    return Order(
        kind=chance.choice(("conditional_release", "suspended_sentence", "supervision_after_sentence")), state=state,
        decided=starts - timedelta(days=30), starts=starts, ends=starts + timedelta(days=chance.randint(365, 1500)),
        supervising_state=state, supervisor="Probation service", conviction_id="#0", origin=_COURT,
        conditions=tuple(Condition(measure=measure, binds_in=(state,)) for measure in measures),
    )  # fmt: skip


def _assessment(
    chance: random.Random, state: str, instrument: tuple[str, str, str, tuple[tuple[str, int], ...], str], today: date
) -> Assessment:
    name, version, subject, levels, language = instrument
    words, neutral = chance.choice(levels)
    performed = today - timedelta(days=chance.randint(5, 700))
    return Assessment(
        instrument=name, instrument_version=version, subject=subject, performed=performed, level=words,
        language=language, neutral=neutral, mapping_source=MAPPING, assessor_role="certified psychologist", state=state,
        valid_until=performed + timedelta(days=365), origin=_PRISON,
    )  # fmt: skip


def _sign(chance: random.Random, state: str, today: date) -> MovementSign:
    other = chance.choice([code for code in ("LV", "NL", "ES", "DE", "IE", "SE") if code != state])
    on = today - timedelta(days=chance.randint(0, 200))
    return MovementSign(
        sign=chance.choice(_SIGNS), states=(other,), on=on, origin=Origin(source="interview", evaluation="B2")
    )


def lookalikes() -> list[MadeUp]:
    """Return two people in the Netherlands whose names and dates come near, so that the match review has a choice."""
    police = Origin(source="police_file", evaluation="B2")
    base = NewPerson(
        names=(), sex="male", nationalities=(Nationality(state="LV", origin=police),), certainty="said_by_himself",
        certainty_origin=police,
    )  # fmt: skip
    first = replace(
        base,
        names=(Name(family="KOVAĻOVS", given="Valerijs", language="lv", main=True, origin=police),),
        births=(Birth(date=PartialDate(1984, 3, 17), origin=police),),
        birthplaces=(Birthplace(locality="Riga", state="LV", origin=police),),
    )
    second = replace(
        base,
        names=(Name(family="KOVALJOV", given="Valerij", language="nl", main=True, origin=police),),
        births=(Birth(date=PartialDate(1984), certainty="estimated", origin=police),),
    )
    return [MadeUp(first), MadeUp(second)]
