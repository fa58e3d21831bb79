"""From a notice's content to form values and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from somec.movements.rules import Carrier, RequestedAction, TravelPurpose
from somec.movements.travel import Basis, Companion, Content, Destination, Observation, Place


def initial(content: Content) -> dict[str, Any]:
    """Return what the form shows before anybody typed."""
    basis = content.basis
    values: dict[str, Any] = {
        "basis": f"{basis.mechanism}:{basis.article}" if basis.mechanism else "",
        "basis.reason": basis.reason,
        "basis.purpose": basis.purpose,
        "basis.handling_code": basis.handling_code,
        "basis.handling_note": basis.handling_note,
        "destinations": [one.state for one in content.destinations],
        "departure_place.town": content.departure_place.town,
        "observed.at": content.observed.at,
        "observed.state": content.observed.state,
        "observed.place.lines": content.observed.place.lines,
        "observed.place.town": content.observed.place.town,
        "observed.circumstances": content.observed.circumstances,
        "requested": content.requested.value if content.requested else "",
        "travel_purpose": content.travel_purpose.value,
        "reliability": content.evaluation[:1],
        "accuracy": content.evaluation[1:],
        "selected": list(content.selected),
    }
    for name in _PLAIN:
        values[name] = getattr(content, name)
    for number, one in enumerate(content.destinations):
        values |= _of_destination(f"destinations.{number}", one)
    for number, companion in enumerate(content.companions):
        values |= {f"companions.{number}.{name}": getattr(companion, name) for name in ("relation", "child", "count")}
    for language, text in content.translations.items():
        values[f"translations.{language}"] = text
    return values


_PLAIN = (
    "departs", "returns", "return_point", "travel_note", "source", "as_of", "reply_by", "grace_hours", "expires",
    "text", "language", "late_reason",
)  # fmt: skip


def _of_destination(name: str, one: Destination) -> dict[str, Any]:
    return {
        f"{name}.arrives_from": one.arrives_from, f"{name}.arrives_until": one.arrives_until,
        f"{name}.arrival_point": one.arrival_point, f"{name}.carrier": one.carrier.value,
        f"{name}.carrier_reference": one.carrier_reference, f"{name}.first_night": one.first_night.lines,
        f"{name}.first_night.town": one.first_night.town, f"{name}.first_night.postcode": one.first_night.postcode,
        f"{name}.first_night_unknown": one.first_night_unknown, f"{name}.stays_until": one.stays_until,
    }  # fmt: skip


def written(before: Content, given: Mapping[str, Any]) -> Content:
    """Return the content that the form's cleaned values say; what the form did not show stays as it was."""
    changes: dict[str, Any] = {name: given[name] for name in _PLAIN if name in given}
    if changes.get("grace_hours") is None:
        changes["grace_hours"] = before.grace_hours
    requested = given.get("requested")
    return replace(
        before, **changes, destinations=_destinations(before, given), basis=_basis(before.basis, given),
        departure_place=replace(before.departure_place, town=given.get("departure_place.town", "")),
        travel_purpose=TravelPurpose(given.get("travel_purpose") or TravelPurpose.NOT_KNOWN),
        companions=_companions(given), observed=_observed(before.observed, given),
        requested=RequestedAction(requested) if requested else None,
        evaluation=(given.get("reliability") or "X") + (given.get("accuracy") or "4"),
        selected=tuple(given.get("selected", ())), translations=_translations(before, given),
        allowed_missing=_allowed(before, given),
    )  # fmt: skip


def _destinations(before: Content, given: Mapping[str, Any]) -> tuple[Destination, ...]:
    chosen = given.get("destinations", [one.state for one in before.destinations])
    kept = [
        _destination(f"destinations.{number}", one, given)
        for number, one in enumerate(before.destinations)
        if one.state in chosen
    ]
    had = {one.state for one in before.destinations}
    return (*kept, *(Destination(state) for state in chosen if state not in had))


def old_number(before: Content, given: Mapping[str, Any], number: int) -> int:
    """Return under which number the form shows the destination that has ``number`` in what was written."""
    chosen = given.get("destinations", [one.state for one in before.destinations])
    kept = [place for place, one in enumerate(before.destinations) if one.state in chosen]
    return kept[number] if number < len(kept) else number


def _destination(name: str, one: Destination, given: Mapping[str, Any]) -> Destination:
    return replace(
        one, arrives_from=given[f"{name}.arrives_from"], arrives_until=given[f"{name}.arrives_until"],
        arrival_point=given[f"{name}.arrival_point"],
        carrier=Carrier(given[f"{name}.carrier"] or Carrier.NOT_KNOWN),
        carrier_reference=given[f"{name}.carrier_reference"],
        first_night=Place(
            given[f"{name}.first_night"], given[f"{name}.first_night.town"], given[f"{name}.first_night.postcode"]
        ),
        first_night_unknown=given[f"{name}.first_night_unknown"], stays_until=given[f"{name}.stays_until"],
    )  # fmt: skip


def _basis(before: Basis, given: Mapping[str, Any]) -> Basis:
    mechanism, _, article = given.get("basis", "").partition(":")
    return replace(
        before, mechanism=mechanism, article=article, reason=given.get("basis.reason", ""),
        purpose=given.get("basis.purpose", ""), handling_code=given.get("basis.handling_code", ""),
        handling_note=given.get("basis.handling_note", ""),
    )  # fmt: skip


def _companions(given: Mapping[str, Any]) -> tuple[Companion, ...]:
    rows = sum(name.startswith("companions.") and name.endswith(".relation") for name in given)
    return tuple(
        Companion(
            relation, child=bool(given[f"companions.{number}.child"]), count=given[f"companions.{number}.count"] or 1
        )
        for number in range(rows)
        if (relation := given[f"companions.{number}.relation"].strip())
    )


def _observed(before: Observation, given: Mapping[str, Any]) -> Observation:
    if "observed.at" not in given:
        return before
    place = replace(before.place, lines=given["observed.place.lines"], town=given["observed.place.town"])
    return Observation(given["observed.at"], given["observed.state"], place, given["observed.circumstances"])


def _translations(before: Content, given: Mapping[str, Any]) -> dict[str, str]:
    typed = {name.partition(".")[2]: text for name, text in given.items() if name.startswith("translations.")}
    return {language: text for language, text in {**before.translations, **typed}.items() if text.strip()}


def _allowed(before: Content, given: Mapping[str, Any]) -> dict[str, str]:
    typed = {name.removeprefix("allowed."): text for name, text in given.items() if name.startswith("allowed.")}
    return {code: text for code, text in {**before.allowed_missing, **typed}.items() if text.strip()}
