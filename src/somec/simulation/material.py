"""What the officers of the first story write down. Nobody in it exists; numbers and addresses are made up."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from somec.kernel import clock

HOURS = timedelta(hours=1)
MEASURES = ("notify-change-residence-work", "reporting", "no-contact-persons", "treatment")


def _origin(note: str, as_of: str, evaluation: str = "A1") -> dict[str, Any]:
    return {"source": "own_record", "note": note, "as_of": as_of, "evaluation": evaluation}


def person() -> dict[str, Any]:
    """Return what Latvia knows of him: two scripts, an alias, a date of birth of which two sources disagree."""
    register = _origin("Register", "2026-11-05")
    return {
        "names": [
            {"kind": "true", "family": "KOVŠOVS", "given": "Valērijs", "script": "Latn", "language": "lv", "main": True,
             "origin": register},
            {"kind": "true", "family": "КОВШОВ", "given": "Валерий", "patronymic": "Андреевич", "script": "Cyrl",
             "language": "ru", "origin": register},
            {"kind": "alias", "family": "KOWSCHOW", "given": "Valeri", "script": "Latn", "language": "de",
             "origin": _origin("Border check, Germany, 2016", "2016-04-02", "B2")},
        ],
        "sex": "male",
        "births": [
            {"date": "1984-03-07", "certainty": "documented", "origin": register},
            {"date": "1984-03-17", "certainty": "documented", "origin": _origin("Birth certificate (copy)", "2019-03-22", "B2")},
        ],
        "birthplaces": [{"locality": "Daugavpils", "other_names": ["Dvinsk"], "state": "LV", "origin": register}],
        "nationalities": [{"state": "LV", "certainty": "documented", "origin": register}],
        "documents": [
            {"kind": "passport", "number": "LV5520193", "state": "LV", "valid_until": "2031-04-02", "origin": register},
        ],
        "addresses": [
            {"kind": "home", "street": "Example street 4-12", "locality": "Daugavpils", "postal_code": "LV-5401",
             "state": "LV", "since": "2025-09-12", "origin": register},
        ],
        "descriptions": [
            {"feature": "height", "value": "182 cm", "language": "en", "origin": _origin("Prison file", "2025-09-12")},
            {"feature": "mark", "value": "tattoo of an anchor, left forearm", "language": "en",
             "origin": _origin("Prison file", "2025-09-12")},
        ],
        "biometrics": [
            {"kind": "fingerprints", "held_by": "State Police, Latvia", "state": "LV", "reference": "AFIS on request",
             "taken": "2019-05-14", "origin": _origin("Register", "2019-05-14")},
            {"kind": "photograph", "held_by": "Prison administration, Latvia", "state": "LV", "reference": "on request",
             "taken": "2025-09-12", "origin": _origin("Prison file", "2025-09-12")},
        ],
        "certainty": "fingerprints",
        "certainty_origin": _origin("Taken again at release", "2025-09-12"),
    }  # fmt: skip


def convictions() -> list[dict[str, Any]]:
    """Return his two convictions."""
    court = _origin("Court decision", "2019-04-16")
    return [
        {
            "state": "LV", "decided": "2019-03-22", "final": "2019-04-16", "court": "Court of first instance, Riga",
            "reference": "K-2019-0417", "spent": "no", "origin": court,
            "offences": [{"code": "1001 00", "classification": "Rape", "language": "en", "committed_from": "2018-11-04",
                          "place": "Riga", "state": "LV"}],
            "sanctions": [{"code": "1001", "months": 78, "note": "6 years 6 months", "language": "en"}],
        },
        {
            "state": "LV", "decided": "2009-05-14", "final": "2009-06-04", "court": "Regional court, Daugavpils",
            "reference": "K-2009-0231", "spent": "no", "origin": _origin("Court decision", "2009-06-04"),
            "offences": [{"code": "1003 00", "classification": "Sexual assault", "language": "en",
                          "committed_from": "2008-08-30", "place": "Daugavpils", "state": "LV"}],
            "sanctions": [{"code": "1001", "months": 36, "language": "en"}],
        },
    ]  # fmt: skip


def order(now: datetime) -> dict[str, Any]:
    """Return the supervision order that is in force, with four conditions of FD 2008/947/JHA Art. 4."""
    ends = (now + timedelta(days=660)).date().isoformat()
    return {
        "kind": "supervision_after_sentence", "state": "LV", "decided": "2019-03-22", "starts": "2025-09-12", "ends": ends,
        "supervising_state": "LV", "court": "Court of first instance, Riga", "reference": "K-2019-0417",
        "supervisor": "State Probation Service, Daugavpils", "origin": _origin("Court decision", "2019-04-16"),
        "conditions": [{"measure": measure, "status": "in_force", "binds_in": ["LV"]} for measure in MEASURES],
    }  # fmt: skip


def assessment(now: datetime) -> dict[str, Any]:
    """Return an assessment that a psychologist in Latvia made; somec makes none."""
    performed = (now - timedelta(days=23)).date()
    return {
        "instrument": "STABLE-2007", "instrument_version": "2007", "performed": performed.isoformat(),
        "valid_until": (performed + timedelta(days=182)).isoformat(), "assessor_role": "certified probation psychologist",
        "assessor_authority": "State Probation Service", "level": "moderate", "language": "en", "points": "9",
        "state": "LV", "subject": "sexual_offending", "individual": True, "neutral": 3,
        "mapping_source": "Example table of this demonstration", "origin": _origin("Assessment report", performed.isoformat()),
    }  # fmt: skip


def movement_sign(now: datetime) -> dict[str, Any]:
    """Return the sign of a move: he told his officer."""
    on = (now - timedelta(days=2)).date().isoformat()
    return {
        "sign": "said-by-person", "states": ["NL"], "on": on, "language": "en", "origin": _origin("Interview", on, "B3"),
        "words": "He wants to live with a cousin in Rotterdam and work in a warehouse.",
    }  # fmt: skip


def proposal() -> dict[str, Any]:
    """Return why Latvia should tell the Netherlands, as the officer writes it."""
    return {
        "outcome": "exchange",
        "destinations": ["NL"],
        "necessity": {
            "aim": "The supervision order ends at the border in practice: the Netherlands must know whom it receives to be able to act.",
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
        travel_purpose="residence", travel_note="Work in a warehouse", source="own_record", evaluation="B3",
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
            "at": clock.iso(now - HOURS), "state": "ES", "place": {"lines": "Coach station", "town": "Girona", "postcode": ""},
            "circumstances": "Police check of a coach from Lyon. He travelled alone and named Barcelona as destination.",
        },
        destinations=[{"state": "LV", "carrier": "coach"}], source="own_record", evaluation="A1", as_of=clock.iso(now),
        requested="information_only", basis=basis,
        text="Met at a routine check. He was not held. He said that he looks for work in Barcelona.", language="en",
    )  # fmt: skip
    return content
