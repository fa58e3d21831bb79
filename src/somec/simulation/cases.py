"""The people of the story that always runs, as the mock-ups show them, and its negative control. All made up.

Dates of the past are fixed; what must be current (assessments, the planned move) is counted from the day of writing.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from somec.access import actions as access
from somec.access.rules import Actor
from somec.kernel import clock
from somec.offenders import actions as offenders
from somec.offenders import queries as records
from somec.offenders.messages import (
    Assessment,
    Condition,
    Conviction,
    MovementSign,
    Offence,
    Order,
    PersonAtRisk,
    Sanction,
    Trigger,
)  # fmt: skip
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
from somec.simulation.people import MAPPING, MadeUp, populate

_REGISTER = Origin(source="population_register", evaluation="A1", as_of=date(2026, 11, 5))
_COURT = Origin(source="court_file", evaluation="A1")
_PRISON = Origin(source="prison_file", evaluation="A1")
_SAID = Origin(source="interview", evaluation="B2")
_POLICE = "State Police, Latvia"
_FIRST_TAKEN = date(2009, 5, 14)


def main_person(today: date) -> MadeUp:
    """Return the man who plans to move from Daugavpils to Rotterdam."""
    return MadeUp(_identity(today), (*_convictions(), _order(), *_assessments(today), *_signs(today)))


def _identity(today: date) -> NewPerson:
    return NewPerson(
        names=(
            Name(family="KOVŠOVS", given="Valērijs", language="lv", main=True, origin=_REGISTER),
            Name(
                kind="birth", family="КОВШОВ", given="Валерий", patronymic="Андреевич", language="ru", origin=_REGISTER,
            ),
            Name(
                kind="claimed", family="KOWSCHOW", given="Valeri", language="de",
                origin=Origin(source="border_check", note="Border check, Germany, 2016", evaluation="B2"),
            ),
            Name(kind="alias", full="Valera", language="lv", origin=_PRISON),
        ),
        sex="male",
        births=(
            Birth(date=PartialDate(1984, 3, 7), certainty="shown", origin=_REGISTER),
            Birth(
                date=PartialDate(1984, 3, 17), certainty="shown",
                origin=Origin(source="birth_certificate", note="copy", evaluation="B1"),
            ),
        ),
        birthplaces=(Birthplace(locality="Daugavpils", other_names=("Dvinsk",), state="LV", origin=_REGISTER),),
        nationalities=(Nationality(state="LV", certainty="shown", origin=_REGISTER),),
        documents=(
            Document(
                kind="passport", number="LV5520193", state="LV", valid_until=date(2031, 4, 2),
                origin=Origin(source="identity_document", evaluation="A1"),
            ),
            Document(
                kind="identity_card", number="PA884120", state="LV", status="lost",
                status_since=today - timedelta(days=12), origin=Origin(source="police_file", evaluation="A1"),
            ),
        ),
        addresses=(
            Address(
                street="Rīgas iela 14-7", locality="Daugavpils", postal_code="LV-5401", state="LV",
                since=date(2025, 9, 12), origin=Origin(source="probation_file", evaluation="A1"),
            ),
        ),
        descriptions=(
            Description(feature="height_cm", value="176", origin=replace(_PRISON, as_of=date(2019, 4, 20))),
            Description(feature="mark", value="Scar on the left forearm", language="en", origin=_PRISON),
            Description(feature="eye_colour", value="grey", language="en", origin=_PRISON),
        ),
        biometrics=(
            Biometric(kind="fingerprints", held_by=_POLICE, state="LV", reference="FP-2009-118", taken=_FIRST_TAKEN),
            Biometric(kind="face_image", held_by=_POLICE, state="LV", reference="PH-2024-77", taken=date(2024, 9, 2)),
        ),
        certainty="confirmed_by_fingerprints",
        certainty_origin=Origin(
            source="police_file", note="Taken 14 May 2009, same person 2019 and 2025", as_of=date(2025, 9, 12),
            evaluation="A1",
        ),
    )  # fmt: skip


def _convictions() -> tuple[Conviction, Conviction]:
    rape = Conviction(
        state="LV", court="Court of first instance, Riga", reference="K30-1182-19", decided=date(2019, 3, 22),
        final=date(2019, 4, 16), spent="no", origin=_COURT,
        offences=(
            Offence(
                code="1001 00", parameters=("C", "M"), provision="Criminal Law, section 159",
                committed_from=PartialDate(2018, 11, 4), place="Riga", state="LV",
            ),
        ),
        sanctions=(Sanction(code="1001", months=78), Sanction(code="2010", parameters=("m",), months=36)),
    )  # fmt: skip
    assault = Conviction(
        state="LV", court="Regional court, Daugavpils", reference="K12-204-09", decided=date(2009, 5, 14),
        final=date(2009, 6, 5), spent="no", origin=_COURT,
        offences=(
            Offence(
                code="1003 00", parameters=("C", "M"), committed_from=PartialDate(2008, 8, 30), place="Daugavpils",
                state="LV",
            ),
        ),
        sanctions=(Sanction(code="1001", months=36),),
    )  # fmt: skip
    return rape, assault


def _order() -> Order:
    measures = ("reporting", "no-contact-persons", "notify-change-residence-work", "treatment")
    return Order(
        kind="supervision_after_sentence", state="LV", court="Court of first instance, Riga", reference="K30-1182-19",
        decided=date(2019, 3, 22), starts=date(2025, 9, 12), ends=date(2028, 9, 12), supervising_state="LV",
        supervisor="State Probation Service, Daugavpils", conviction_id="#0", origin=_COURT,
        conditions=tuple(Condition(measure=measure, binds_in=("LV",)) for measure in measures),
    )  # fmt: skip


def _assessments(today: date) -> tuple[Assessment, Assessment]:
    static, stable = today - timedelta(days=94), today - timedelta(days=23)
    return (
        Assessment(
            instrument="Static-99R", instrument_version="2016", subject="sexual_offending", performed=static,
            valid_until=static + timedelta(days=730), assessor_role="certified prison psychologist",
            assessor_authority="Prison Administration", state="LV", level="above average risk, level IVa",
            language="en", points="5", neutral=4, mapping_source=MAPPING, origin=_PRISON,
        ),
        Assessment(
            instrument="STABLE-2007", instrument_version="2014", subject="sexual_offending", performed=stable,
            valid_until=stable + timedelta(days=182), assessor_role="certified probation psychologist",
            assessor_authority="State Probation Service", state="LV", level="moderate", language="en", points="9",
            neutral=3, mapping_source=MAPPING, origin=Origin(source="probation_file", evaluation="A1"),
        ),
    )  # fmt: skip


def _signs(today: date) -> tuple[MovementSign, Trigger]:
    heard = today - timedelta(days=10)
    interview = Origin(source="interview", note="Daugavpils office", as_of=heard, evaluation="B2")
    return (
        MovementSign(
            sign="said-by-person", states=("NL",), on=heard, language="en", origin=interview,
            words="Told us that he plans to live and work in Rotterdam: a cousin's address, work in a warehouse.",
        ),
        Trigger(kind="move_planned", on=heard, state="NL", origin=interview),
    )  # fmt: skip


def boy_offender(today: date) -> MadeUp:
    """Return the negative control (scenario S6): one robbery at 14, a grown man now who moves to another state."""
    born = date(today.year - 27, 5, 9)
    moved = today - timedelta(days=20)
    return MadeUp(
        NewPerson(
            names=(Name(family="ZIEDIŅŠ", given="Rinalds", language="lv", main=True, origin=_REGISTER),),
            sex="male",
            births=(Birth(date=PartialDate.of(born), certainty="shown", origin=_REGISTER),),
            birthplaces=(Birthplace(locality="Jelgava", state="LV", origin=_REGISTER),),
            nationalities=(Nationality(state="LV", certainty="shown", origin=_REGISTER),),
            documents=(Document(kind="passport", number="LV5710044", state="LV", valid_until=date(2032, 1, 15)),),
            certainty="documented",
            certainty_origin=_REGISTER,
        ),
        (
            Conviction(
                state="LV", court="District court, Jelgava", decided=date(born.year + 15, 1, 20),
                final=date(born.year + 15, 2, 14), spent="unknown", origin=_COURT,
                offences=(Offence(code="1703 00", committed_from=PartialDate(born.year + 14, 9, 3), state="LV"),),
                sanctions=(Sanction(code="5004", parameters=("s",)),),
            ),
            MovementSign(sign="work-abroad", states=("NL",), on=moved, origin=_SAID),
        ),
    )  # fmt: skip


def record_main_person(*, actor: Actor) -> str:
    """Write the man of the story with his record and the closed compartment; returns the id of his file."""
    person_id = _record_one(actor, main_person(clock.now().date()))
    access.open_with_purpose(
        actor=actor, kind="protected", id=person_id, purpose="protect-injured-party",
        reason="Injured party and family are written down when the file is opened", minutes=30,
        target=records.protected_target(actor, person_id),
    )  # fmt: skip
    for relation, no_contact in (("injured_party", True), ("family", True), ("child", False)):
        offenders.record_person_at_risk(
            actor=actor,
            person_id=person_id,
            person_at_risk=PersonAtRisk(
                relation=relation, state="LV", contact_authority=_POLICE, no_contact=no_contact, origin=_COURT
            ),
        )
    return person_id


def record_boy_offender(*, actor: Actor) -> str:
    """Write the negative control; returns the id of his file."""
    return _record_one(actor, boy_offender(clock.now().date()))


def _record_one(actor: Actor, made: MadeUp) -> str:
    return populate(actor=actor, people=[made])[0]
