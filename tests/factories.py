"""Made-up people, records and officers for tests; every value can be replaced."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from somec.access.rules import Actor, Role
from somec.offenders.messages import Assessment, Condition, Conviction, MovementSign, Offence, Order, Sanction
from somec.offenders.proposals import Proposal
from somec.offenders.rules import Necessity
from somec.persons.dates import PartialDate
from somec.persons.messages import (
    Biometric,
    Birth,
    Birthplace,
    Description,
    Document,
    Name,
    Nationality,
    NewPerson,
    Origin,
)

OFFICE = "aut-daugavpils"
TODAY = date(2026, 11, 21)


def officer(*roles: Role, who: str = "usr-ilze", authority: str = OFFICE, state: str = "LV", **other: Any) -> Actor:
    """Return somebody of an authority who acts for a purpose; a probation officer unless roles are given."""
    values: dict[str, Any] = {
        "name": "Made Up",
        "authority_ids": frozenset({authority}),
        "purpose": "supervise",
        **other,
    }
    return Actor(
        id=who, authority_id=authority, roles=frozenset(roles or (Role.PROBATION_OFFICER,)), state=state, **values
    )


def authoriser(**other: Any) -> Actor:
    """Return the second person of the same authority."""
    return officer(Role.AUTHORISER, **{"who": "usr-martins", **other})


def contact_point(**other: Any) -> Actor:
    """Return the contact point's officer."""
    return officer(Role.CONTACT_POINT, **{"who": "usr-desk", "authority": "aut-desk", **other})


def stranger(**other: Any) -> Actor:
    """Return a probation officer of another authority of the state."""
    return officer(**{"who": "usr-other", "authority": "aut-elsewhere", **other})


def new_person(**other: Any) -> NewPerson:
    """Return a person of whom everything is known."""
    sure = Origin(source="population_register", evaluation="A1")
    person = NewPerson(
        names=(Name(family="KOVŠOVS", given="Valērijs", language="lv", main=True, origin=sure),),
        sex="male",
        births=(Birth(date=PartialDate(1984, 3, 7), certainty="shown", origin=sure),),
        birthplaces=(Birthplace(locality="Daugavpils", other_names=("Dvinsk",), state="LV"),),
        nationalities=(Nationality(state="LV", certainty="shown"),),
        documents=(Document(kind="passport", number="LV5520193", state="LV", valid_until=date(2031, 4, 2)),),
        descriptions=(Description(feature="height_cm", value="176"),),
        biometrics=(
            Biometric(kind="fingerprints", held_by="State Police", state="LV", taken=date(2009, 5, 14)),
            Biometric(kind="face_image", held_by="State Police", state="LV", taken=date(2026, 1, 5)),
        ),
        certainty="confirmed_by_fingerprints",
        certainty_origin=Origin(source="police_file", evaluation="A1", note="seen at home by a colleague"),
        owner_id="usr-ilze",
    )
    return replace(person, **other)


def conviction(**other: Any) -> Conviction:
    """Return a final conviction for rape with six and a half years in prison."""
    made = Conviction(
        state="LV",
        court="Court of first instance, Riga",
        decided=date(2019, 3, 22),
        final=date(2019, 4, 16),
        spent="no",
        offences=(Offence(code="1001 00", parameters=("C", "M"), committed_from=PartialDate(2018, 11, 4)),),
        sanctions=(Sanction(code="1001", months=78),),
        origin=Origin(source="court_file", evaluation="A1", note="read by the clerk"),
    )
    return replace(made, **other)


def order(**other: Any) -> Order:
    """Return a supervision order that runs."""
    made = Order(
        kind="supervision_after_sentence",
        state="LV",
        decided=date(2019, 3, 22),
        starts=date(2025, 9, 12),
        ends=date(2028, 9, 12),
        supervising_state="LV",
        conditions=(Condition(measure="reporting", binds_in=("LV",)), Condition(measure="treatment")),
    )
    return replace(made, **other)


def assessment(**other: Any) -> Assessment:
    """Return an assessment that is current and high on the neutral scale."""
    made = Assessment(
        instrument="Static-99R",
        instrument_version="2016",
        performed=date(2026, 8, 20),
        assessor_role="certified prison psychologist",
        level="above average risk, level IVa",
        language="en",
        state="LV",
        subject="sexual_offending",
        neutral=4,
        mapping_source="example table",
    )
    return replace(made, **other)


def movement_sign(**other: Any) -> MovementSign:
    """Return a sign of a planned move."""
    return replace(MovementSign(sign="said-by-person", states=("NL",), on=date(2026, 10, 28)), **other)


def proposal(**other: Any) -> Proposal:
    """Return a complete proposal to tell the Netherlands."""
    made = Proposal(
        outcome="exchange",
        destinations=("NL",),
        necessity=Necessity(
            aim="Weekly reporting ends when he leaves; somebody must know.",
            less_intrusive="A letter to him alone was weighed: nobody would notice if he stays away.",
            effect_on_person="He will be visited once after his arrival.",
            effect_on_resettlement="His employer is not told; work can begin.",
        ),
        stated_reasons=("conviction", "assessment", "movement"),
    )
    return replace(made, **other)
