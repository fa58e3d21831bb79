"""What the officers of the first story write down, as JSON. Nobody in it exists; numbers and addresses are made up."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from somec.kernel import clock
from somec.offenders.messages import Assessment, Conviction, MovementSign, Order, Trigger, plain
from somec.simulation.cases import main_person

HOURS = timedelta(hours=1)
PATHS = {
    Conviction: "convictions",
    Order: "orders",
    Assessment: "assessments",
    Trigger: "triggers",
    MovementSign: "movement-signs",
}


def _without_ids(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_ids(item) for name, item in value.items() if name != "id" and item is not None}
    return [_without_ids(item) for item in value] if isinstance(value, list) else value


def person(now: datetime) -> dict[str, Any]:
    """Return what Latvia knows of him: two scripts, an alias, two dates of birth that do not agree."""
    made: dict[str, Any] = _without_ids(_json(main_person(now.date()).person))
    return made


def _json(statement: Any) -> Any:
    return {one.name: plain(getattr(statement, one.name)) for one in fields(statement)}


def entries(now: datetime) -> list[tuple[str, dict[str, Any]]]:
    """Return his record as pairs of address and body: convictions, the order, assessments made elsewhere, the signs."""
    return [(PATHS[type(entry)], _without_ids(_json(entry))) for entry in main_person(now.date()).entries]


def protected_opening() -> dict[str, Any]:
    """Return with which purpose the closed compartment is opened to write down who is to be kept safe."""
    return {
        "part": "protected", "purpose": "protect-injured-party",
        "reason": "Injured party and family are written down when the file is opened",
    }  # fmt: skip


def persons_at_risk() -> list[dict[str, Any]]:
    """Return who is to be kept safe from him: relations only, no names; never part of a notice."""
    return [
        {"relation": relation, "state": "LV", "contact_authority": "State Police, Daugavpils", "no_contact": no_contact}
        for relation, no_contact in (("injured_party", True), ("family", True), ("child", False))
    ]


def as_spain_knows_him(now: datetime) -> dict[str, Any]:
    """Return what a police check in Spain finds: one name, one date of birth, the passport."""
    known = person(now)
    return {
        "names": [known["names"][0]], "sex": "male", "births": [known["births"][0]],
        "nationalities": known["nationalities"], "documents": known["documents"][:1], "certainty": "documented",
    }  # fmt: skip


def proposal() -> dict[str, Any]:
    """Return why Latvia should tell the Netherlands, as the officer writes it."""
    return {
        "outcome": "exchange",
        "destinations": ["NL"],
        "necessity": {
            "aim": "The order ends at the border in practice: the Netherlands must know whom it receives to be able to act.",
            "less_intrusive": "Reporting by telephone was considered; it fails as soon as he does not call, and nobody there would notice.",
            "effect_on_person": "The Dutch police will know his convictions and may visit him; he keeps his freedom of movement.",
            "effect_on_resettlement": "A visit at home may disturb his new start; the notice asks for contact without his employer.",
        },
        "stated_reasons": [],
    }


def notice_content(notice: dict[str, Any], now: datetime, basis: dict[str, Any], selected: list[str]) -> dict[str, Any]:
    """Return the complete content of the notice to the Netherlands; departure in eight days, arrival the same evening."""
    departs = (now + timedelta(days=8)).replace(minute=40, second=0, microsecond=0)
    content: dict[str, Any] = dict(notice["content"])
    content.update(
        departs=clock.iso(departs),
        departure_place={"lines": "", "town": "Riga", "postcode": ""},
        destinations=[{
            "state": "NL", "arrival_point": "Amsterdam Schiphol", "arrives_from": clock.iso(departs + 3 * HOURS),
            "arrives_until": clock.iso(departs + 8 * HOURS), "carrier": "air", "carrier_reference": "ticket seen",
            "first_night": {"lines": "Example lane 8", "town": "Rotterdam", "postcode": "3011"},
            "first_night_unknown": "", "stays_until": None,
        }],
        travel_purpose="residence", travel_note="Work in a warehouse", source="interview", evaluation="B3",
        as_of=clock.iso(now), requested="confirm_arrival", grace_hours=12, basis=basis, selected=selected,
        text="He will live with his cousin and wants to work in a warehouse. Please confirm that he arrived.",
        language="en",
    )  # fmt: skip
    return content


def sighting_content(notice: dict[str, Any], now: datetime, basis: dict[str, Any]) -> dict[str, Any]:
    """Return what Spain tells Latvia: he was met at a police check."""
    content: dict[str, Any] = dict(notice["content"])
    content.update(
        observed={
            "at": clock.iso(now - HOURS), "state": "ES",
            "place": {"lines": "Coach station", "town": "Girona", "postcode": ""},
            "circumstances": "Police check of a coach from Lyon. He travelled alone and named Barcelona as destination.",
        },
        destinations=[{"state": "LV", "carrier": "coach"}], source="police_file", evaluation="A1", as_of=clock.iso(now),
        requested="information_only", basis=basis,
        text="Met at a routine check. He was not held. He said that he looks for work in Barcelona.", language="en",
    )  # fmt: skip
    return content
