"""What of the story somebody has already done by hand on the screens, read from the nodes themselves.

The page with the story asks before it plays a step: what is so already is not done a second time, and what later steps
need (ids of the person, the notice, the conversation) is found again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from somec.simulation.client import Refused
from somec.simulation.story import Stage

FAMILY_NAME = "KOVŠOVS"
BEFORE_APPROVAL = {"draft", "returned", "awaiting_approval", "withdrawn"}
UNWRITTEN = {"draft", "returned", "withdrawn"}


def already(stage: Stage, key: str) -> bool:
    """Tell whether the step is done, and note the ids that it would have made."""
    look = _LOOKS.get(key)
    if look is None:
        return False
    try:
        return bool(look(stage))
    except (Refused, KeyError, IndexError, StopIteration):
        return False


def _person(stage: Stage) -> bool:
    asked = {"relation": "readable", "born": "1984-03-07", "text": FAMILY_NAME[:3]}
    rows = stage.officer("LV", "officer").post("/persons/find", asked)["rows"]
    found = next(row for row in rows if row["label"].startswith(FAMILY_NAME))
    stage.made["person"] = found["id"]
    return True


def _record(stage: Stage) -> bool:
    record = stage.officer("LV", "officer").get(f"/persons/{stage.made['person']}/record")
    return bool(record["convictions"] and record["orders"] and record["assessments"] and record["signs"])


def _decision(stage: Stage) -> bool:
    rows = stage.officer("LV", "officer").get(f"/persons/{stage.made['person']}/decisions")
    found = next(row for row in rows if row["state"] == "approved" and row["outcome"] == "exchange")
    stage.made["decision"] = found["id"]
    return True


def _notice(stage: Stage) -> dict[str, Any]:
    rows = stage.officer("LV", "officer").get(f"/notices?person={stage.made['person']}")["rows"]
    found: dict[str, Any] = next(row for row in rows if row["state"] != "withdrawn" and not row["amends_id"])
    stage.made["notice"] = found["id"]
    return found


def _drafted(stage: Stage) -> bool:
    notice = _notice(stage)
    if notice["state"] not in UNWRITTEN:
        return True
    items = stage.officer("LV", "officer").get(f"/notices/{notice['id']}/readiness")["items"]
    return all(item["presence"] != "missing" for item in items)


def _approved(stage: Stage) -> bool:
    return _notice(stage)["state"] not in BEFORE_APPROVAL


def _told(stage: Stage) -> dict[str, Any]:
    found: dict[str, Any] = stage.officer("LV", "officer").get(f"/notices/{stage.made['notice']}")["disclosures"][0]
    return found


def _sent(stage: Stage) -> bool:
    told = _told(stage)
    if not told["receipted"]:
        return False
    stage.made["conversation"] = told["conversation"]
    desk = stage.officer("NL", "desk")
    rows = desk.get("/received?from_state=LV")["rows"]
    stage.made["received"] = next(
        row["id"] for row in rows if desk.get(f"/received/{row['id']}")["conversation"] == told["conversation"]
    )
    return True


def _received(stage: Stage) -> dict[str, Any]:
    found: dict[str, Any] = stage.officer("NL", "desk").get(f"/received/{stage.made['received']}")["row"]
    return found


def _from_spain(stage: Stage) -> dict[str, Any]:
    found: dict[str, Any] = stage.officer("LV", "desk").get("/received?from_state=ES")["rows"][0]
    stage.made["from_spain"] = found["id"]
    return found


_LOOKS: Mapping[str, Callable[[Stage], Any]] = {
    "record-person": _person,
    "record": _record,
    "decide": _decision,
    "draft": _drafted,
    "approve": _approved,
    "transmit": _sent,
    "acknowledge": lambda stage: _received(stage)["state"] != "received",
    "judge": lambda stage: _received(stage)["match"] == "same",
    "assign": lambda stage: _received(stage)["owners"],
    "no-arrival": lambda stage: _told(stage)["arrival_said"],
    "answer": lambda stage: _told(stage)["answered"],
    "spain": _from_spain,
    "recognise": lambda stage: _from_spain(stage)["match"] == "same",
}
