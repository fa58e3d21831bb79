"""The six documents of a movement, as they go over the wire, and what each makes the other side owe (pure).

Compatibility rule: within major version 1 fields are only added, never renamed, never given another meaning; a reader
ignores what it does not know; codes it does not know are shown as they are. Every document of one side of a
conversation carries ``sequence``, a number that grows by one, so that a reader who gets them in another order, or
twice, ends at the same state.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from importlib import resources
from typing import Any, Final, TypeAlias

from somec.exchange.rules import Basis, DueSpec, ObligationRule, Settles
from somec.kernel import canonical, clock
from somec.kernel.canonical import Json
from somec.kernel.errors import Invalid
from somec.movements.rules import ACKNOWLEDGE_WITHIN, FEEDBACK_WITHIN, Outcome, Progress, RequestedAction
from somec.movements.travel import Content, Destination, feedback_by, say_arrival_by, to_json

Body: TypeAlias = Mapping[str, Any]

VERSION: Final = "1.0"
NOTICE: Final = "movement-notice"
CHANGE: Final = "movement-change"
CANCELLATION: Final = "movement-cancellation"
ACKNOWLEDGEMENT: Final = "acknowledgement"
PROGRESS: Final = "movement-progress"
ANSWER: Final = "movement-answer"
TYPES: Final = (NOTICE, CHANGE, CANCELLATION, ACKNOWLEDGEMENT, PROGRESS, ANSWER)
CATEGORY: Final = {
    NOTICE: "movement",
    CHANGE: "movement",
    CANCELLATION: "cancellation",
    ACKNOWLEDGEMENT: "acknowledgement",
    PROGRESS: "progress",
    ANSWER: "answer",
}
"""In which item each type says what it is about."""

CONTEXT: Final[Mapping[str, str]] = {
    "movement": "https://somec.example/ns#Movement",
    "departs": "https://schema.org/departureTime",
    "arrival": "https://schema.org/arrivalTime",
    "carrier": "https://schema.org/provider",
    "companions": "https://somec.example/ns#companion",
    "requested_action": "https://somec.example/ns#requestedAction",
    "say_arrival_by": "https://somec.example/ns#sayArrivalBy",
}
"""JSON-LD terms of the movement item, for the context document of the protocol."""


def schema(document_type: str) -> dict[str, Any]:
    """Return the JSON Schema 2020-12 of the whole document, as it is published in ``docs/protocol``."""
    text = resources.files("somec.movements").joinpath("schemas", f"{document_type}.schema.json").read_text("utf-8")
    read: dict[str, Any] = json.loads(text)
    return read


# --- writing --------------------------------------------------------------------------------------------------------


def _arrival(one: Destination) -> dict[str, Json]:
    return {
        "point": one.arrival_point,
        "from": _iso(one.arrives_from),
        "until": _iso(one.latest),
        "carrier": one.carrier.value,
        "carrier_reference": one.carrier_reference,
        "first_night": {
            "lines": one.first_night.lines,
            "town": one.first_night.town,
            "postcode": one.first_night.postcode,
        },
        "first_night_unknown": one.first_night_unknown,
        "stays_until": _iso(one.stays_until),
    }


def _iso(at: datetime | None) -> str | None:
    return clock.iso(at) if at else None


def movement_item(
    content: Content, state: str, *, item_id: str, sequence: int, owner: str, now: datetime, late: bool
) -> dict[str, Json]:
    """Return the movement as the state ``state`` sees it: its own arrival in full, of other states only when.

    What other states are told (addresses, carriers) stays out: each needs its own part only.
    """
    written = to_json(content)
    one = content.destination(state)
    data: dict[str, Json] = {
        "notice": content.kind.value,
        "sequence": sequence,
        **{name: written[name] for name in ("departs", "departure_place", "returns", "return_point")},
        **{name: written[name] for name in ("travel_purpose", "travel_note", "companions", "observed", "reply_by")},
        "arrival": _arrival(one),
        "itinerary": [
            {"state": other.state, "from": _iso(other.arrives_from), "until": _iso(other.latest)}
            for other in content.destinations
            if other.state != state
        ],
        "requested_action": (content.requested or RequestedAction.INFORMATION_ONLY).value,
        "late": late,
        "expires": _iso(content.expires),
    }
    say_by = say_arrival_by(content, state)
    if say_by is not None:
        data["say_arrival_by"] = clock.iso(say_by)
        data["feedback_by"] = clock.iso(feedback_by(say_by))
    if content.basis.handling_note:
        data["handling_note"] = content.basis.handling_note
    if content.text:
        data["text"] = {
            "language": content.language,
            "text": content.text,
            "translations": written["translations"],
        }
    return _item(
        item_id, CATEGORY[NOTICE], data, owner, as_of=content.as_of or now, source=content.source,
        evaluation=content.evaluation,
    )  # fmt: skip


def _item(
    item_id: str, category: str, data: Mapping[str, Json], owner: str, *, as_of: datetime, source: str = "",
    evaluation: str = "A1",
) -> dict[str, Json]:  # fmt: skip
    return {
        "id": item_id,
        "kind": "fact",
        "category": category,
        "data": dict(data),
        "source": source or "own_record",
        "as_of": clock.iso(as_of),
        "evaluation": evaluation,
        "owner": owner,
    }


def cancellation_item(
    *, item_id: str, owner: str, sequence: int, reason: str, wrong: bool, now: datetime
) -> dict[str, Json]:
    """Return the item that takes a notice back. ``wrong``: its data were wrong and must not be used (LED Art. 7(3))."""
    data: dict[str, Json] = {"sequence": sequence, "reason": reason, "data_were_wrong": wrong}
    return _item(item_id, CATEGORY[CANCELLATION], data, owner, as_of=now)


def acknowledgement_item(
    *, item_id: str, owner: str, sequence: int, authority: Mapping[str, str], by: str, of: str, now: datetime
) -> dict[str, Json]:
    """Return the item by which a named authority takes a document. ``of`` is the type of what it takes."""
    data: dict[str, Json] = {"sequence": sequence, "authority": dict(authority), "by": by, "of": of}
    return _item(item_id, CATEGORY[ACKNOWLEDGEMENT], data, owner, as_of=now)


def progress_item(
    *, item_id: str, owner: str, sequence: int, event: Progress, at: datetime, now: datetime, **details: Json
) -> dict[str, Json]:
    """Return the item that tells one thing that happened: ``at`` is when it happened, not when it was written."""
    said = {name: value for name, value in details.items() if value not in (None, "", [], {})}
    data: dict[str, Json] = {"sequence": sequence, "event": event.value, "at": clock.iso(at), **said}
    return _item(item_id, CATEGORY[PROGRESS], data, owner, as_of=now)


def answer_item(
    *,
    item_id: str,
    owner: str,
    sequence: int,
    outcome: Outcome,
    text: str,
    language: str,
    now: datetime,
    **details: Json,
) -> dict[str, Json]:
    """Return the item that answers a notice: a coded outcome, and words that may need translation."""
    said = {name: value for name, value in details.items() if value not in (None, "", [], {})}
    data: dict[str, Json] = {"sequence": sequence, "outcome": outcome.value, **said}
    if text:
        data["text"] = {"language": language, "text": text, "translations": {}}
    return _item(item_id, CATEGORY[ANSWER], data, owner, as_of=now)


# --- reading --------------------------------------------------------------------------------------------------------


def said(body: Body) -> Mapping[str, Any]:
    """Return the data of the item that the document is about; raises Invalid where it has none."""
    category = CATEGORY.get(str(body["header"]["type"]), "")
    for item in body.get("items", ()):
        if item.get("category") == category:
            data: Mapping[str, Any] = item["data"]
            return data
    raise Invalid("document.item_missing", category=category)


def identity(body: Body) -> Mapping[str, Any]:
    """Return the data of the identity item, empty where there is none."""
    for item in body.get("items", ()):
        if item.get("category") == "identity":
            data: Mapping[str, Any] = item["data"]
            return data
    return {}


def instant(data: Mapping[str, Any], name: str) -> datetime | None:
    """Read an instant of the data; None where it is absent."""
    value = data.get(name)
    return clock.parse(value) if isinstance(value, str) and value else None


def sequence(body: Body) -> int:
    """Return the place of this document among those of its side of the conversation."""
    return int(said(body)["sequence"])


# --- duties ---------------------------------------------------------------------------------------------------------


def _created(body: Body) -> datetime:
    return clock.parse(body["header"]["created"])


def _acknowledge_due(body: Body) -> DueSpec:
    return DueSpec(start=_created(body), unit="hours", value=int(ACKNOWLEDGE_WITHIN / timedelta(hours=1)))


def _asks_arrival(body: Body) -> bool:
    return bool(said(body).get("say_arrival_by"))


def _arrival_due(body: Body) -> DueSpec:
    return DueSpec(start=clock.parse(said(body)["say_arrival_by"]), unit="instant")


def _feedback_due(body: Body) -> DueSpec:
    start = clock.parse(said(body)["say_arrival_by"])
    return DueSpec(start=start, unit="hours", value=int(FEEDBACK_WITHIN / timedelta(hours=1)))


def _asks_answer(body: Body) -> bool:
    return bool(said(body).get("reply_by"))


def _answer_due(body: Body) -> DueSpec:
    return DueSpec(start=clock.parse(said(body)["reply_by"]), unit="instant")


def _tells(*events: Progress, bound: bool = False) -> Settles:
    wanted = {event.value for event in events}
    return Settles(PROGRESS, lambda body: said(body).get("event") in wanted, bound=bound)


def _after_failed_arrival(body: Body) -> bool:
    return bool(said(body).get("after_failed_arrival"))


HOUSE: Final = Basis(mechanism="house_rule", statutory=False)
AGREED: Final = Basis(mechanism="agreed_in_notice", statutory=False)
_TAKEN = (Settles(ACKNOWLEDGEMENT, bound=True),)
# Each change names the document that it changes, so it replaces the duties of that one and of no other.
_REPLACED = (Settles(CHANGE, bound=True), Settles(CANCELLATION, bound=True))


def _rules(document_type: str) -> tuple[ObligationRule, ...]:
    """Return the duties that a notice and each change of it open.

    An arrival settles whatever asks for it; "did not arrive" settles only what the document it refers to asks. What was
    done afterwards is owed from the instant of the failed arrival on, so an answer given before that does not count.
    """
    tells_arrival = (_tells(Progress.ARRIVED), _tells(Progress.NOT_ARRIVED, bound=True))
    tells_after = (_tells(Progress.ARRIVED), Settles(ANSWER, _after_failed_arrival, bound=True))
    return (
        ObligationRule(
            f"{document_type}.acknowledge", "receiver", HOUSE, _acknowledge_due, met_by=_TAKEN, cancelled_by=_REPLACED
        ),
        ObligationRule(
            f"{document_type}.say-arrival", "receiver", AGREED, _arrival_due, applies=_asks_arrival,
            met_by=tells_arrival, cancelled_by=_REPLACED,
        ),
        ObligationRule(
            f"{document_type}.feedback", "receiver", AGREED, _feedback_due, applies=_asks_arrival,
            met_by=tells_after, cancelled_by=_REPLACED,
        ),
        ObligationRule(
            f"{document_type}.answer", "receiver", AGREED, _answer_due, applies=_asks_answer,
            met_by=(Settles(ANSWER, bound=True),), cancelled_by=_REPLACED,
        ),
    )  # fmt: skip


OBLIGATIONS: Final[Mapping[str, tuple[ObligationRule, ...]]] = {
    NOTICE: _rules(NOTICE),
    CHANGE: _rules(CHANGE),
    CANCELLATION: (ObligationRule(f"{CANCELLATION}.acknowledge", "receiver", HOUSE, _acknowledge_due, met_by=_TAKEN),),
    ACKNOWLEDGEMENT: (),
    PROGRESS: (),
    ANSWER: (ObligationRule(f"{ANSWER}.acknowledge", "receiver", HOUSE, _acknowledge_due, met_by=_TAKEN),),
}


# --- agreement ------------------------------------------------------------------------------------------------------


def digest(documents: Iterable[str], obligations: Iterable[tuple[str, str, str]]) -> str:
    """Return one number for what a node holds of a conversation; equal numbers mean that both hold the same.

    Documents by id; obligations as (id, debtor, due instant). Whether one is met follows from the documents. Twelve
    hexadecimal digits in groups of four, short enough for two officers to read out on the telephone.
    """
    held: Json = {
        "documents": sorted(documents),  # type: ignore[dict-item]  # list is invariant; a list of str is JSON
        "obligations": [list(row) for row in sorted(obligations)],
    }
    number = hashlib.sha256(canonical.encode(held)).hexdigest()[:12]
    return " ".join(number[start : start + 4] for start in range(0, 12, 4))
