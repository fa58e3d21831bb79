"""What a document says of the movement and of what followed, line by line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext

from somec.web import words_notices
from somec.web.naming import state_name
from somec.web.paper_lines import Fact, between, joined, named, when
from somec.web.templatetags.somec import language_name


def movement(data: Mapping[str, Any]) -> Iterator[Fact]:
    """Write the movement as the addressed state sees it."""
    yield Fact(gettext("What"), named(words_notices.KINDS, data.get("notice")))
    leaves = joined((when(data.get("departs")), _place(data.get("departure_place"))), ", ")
    yield Fact(gettext("Leaves"), leaves)
    yield from _arrival(data.get("arrival", {}))
    for other in data.get("itinerary", ()):
        then = between(other.get("from"), other.get("until")) or gettext("time not known")
        yield Fact(gettext("Also goes to"), f"{state_name(str(other.get('state', '')))}, {then}")
    yield Fact(gettext("Comes back"), joined((when(data.get("returns")), str(data.get("return_point", ""))), ", "))
    purpose = data.get("travel_purpose")
    if purpose and purpose != "not_known":
        why = joined((named(words_notices.TRAVEL_PURPOSES, purpose), str(data.get("travel_note", ""))))
        yield Fact(gettext("Purpose"), why)
    yield Fact(gettext("Travels with"), joined(_companion(one) for one in data.get("companions", ())))
    yield from _observed(data.get("observed") or {})
    yield Fact(gettext("You are asked"), named(words_notices.REQUESTED, data.get("requested_action")))
    yield Fact(gettext("Say whether, by"), when(data.get("say_arrival_by")))
    yield Fact(gettext("Answer by"), when(data.get("reply_by")))
    if data.get("late"):
        yield Fact(gettext("Late"), gettext("Less time was left than the rule of the sender asks for"))
    yield from _texts(data.get("text"))


def _arrival(arrival: Mapping[str, Any]) -> Iterator[Fact]:
    then = between(arrival.get("from"), arrival.get("until"))
    yield Fact(gettext("Arrives"), joined((then, str(arrival.get("point", ""))), ", "))
    carrier = arrival.get("carrier")
    if carrier and carrier != "not_known":
        by = joined((named(words_notices.CARRIERS, carrier), str(arrival.get("carrier_reference", ""))), ", ")
        yield Fact(gettext("Carrier"), by)
    unknown = str(arrival.get("first_night_unknown", ""))
    night = _place(arrival.get("first_night")) or (gettext("not known: %(why)s") % {"why": unknown} if unknown else "")
    if then or night:
        yield Fact(gettext("First night"), night or gettext("missing"))
    yield Fact(gettext("Stays until"), when(arrival.get("stays_until")))


def _place(place: Mapping[str, Any] | None) -> str:
    given = place or {}
    town = " ".join(str(given.get(part, "")) for part in ("postcode", "town") if given.get(part))
    return joined((str(given.get("lines", "")), town), ", ")


def _companion(one: Mapping[str, Any]) -> str:
    count = int(one.get("count", 1))
    shown = f"{one.get('relation', '')} ({count})" if count > 1 else str(one.get("relation", ""))
    return gettext("%(who)s, under 18") % {"who": shown} if one.get("child") else shown


def _observed(seen: Mapping[str, Any]) -> Iterator[Fact]:
    state = str(seen.get("state", ""))
    where = joined((when(seen.get("at")), _place(seen.get("place")), state_name(state) if state else ""), ", ")
    yield Fact(gettext("Seen"), where if seen.get("at") or seen.get("place") else "")
    yield Fact(gettext("Circumstances"), str(seen.get("circumstances", "")))


def _texts(text: Mapping[str, Any] | None) -> Iterator[Fact]:
    if not text:
        return
    language = str(text.get("language", ""))
    title = gettext("Text (%(language)s)")
    yield Fact(title % {"language": language_name(language)}, str(text.get("text", "")), language)
    for code, translated in (text.get("translations") or {}).items():
        yield Fact(title % {"language": language_name(code)}, str(translated), code)


def cancellation(data: Mapping[str, Any]) -> Iterator[Fact]:
    """Write why a notice is taken back."""
    yield Fact(gettext("Why"), named(words_notices.CANCEL_REASONS, data.get("reason")))
    if data.get("data_were_wrong"):
        yield Fact(gettext("Data"), gettext("They were wrong and must not be used"))


def acknowledgement(data: Mapping[str, Any]) -> Iterator[Fact]:
    """Write who took what."""
    authority = str(data.get("authority", {}).get("name", ""))
    yield Fact(gettext("Taken by"), joined((str(data.get("by", "")), authority), ", "))
    yield Fact(gettext("Took"), named(words_notices.DOCUMENTS, data.get("of")))


def progress(data: Mapping[str, Any]) -> Iterator[Fact]:
    """Write what happened at the receiver."""
    yield Fact(gettext("What"), named(words_notices.PROGRESS, data.get("event")))
    yield Fact(gettext("When"), when(data.get("at")))
    yield Fact(gettext("Where"), _place(data.get("place")))
    yield Fact(gettext("How sure"), named(words_notices.CERTAINTIES, data.get("certainty")))
    for owner in data.get("owners", ()):
        service = named(words_notices.SERVICES, owner.get("service"))
        yield Fact(service, joined((str(owner.get("authority", "")), str(owner.get("person", ""))), ", "))
    yield from _texts(data.get("text"))


def answer(data: Mapping[str, Any]) -> Iterator[Fact]:
    """Write the coded outcome and the words of an answer."""
    yield Fact(gettext("Outcome"), named(words_notices.OUTCOMES, data.get("outcome")))
    yield Fact(gettext("When"), when(data.get("at")))
    yield Fact(gettext("Where"), _place(data.get("place")))
    left = str(data.get("left_for", ""))
    yield Fact(gettext("Left for"), state_name(left) if left else "")
    yield Fact(gettext("What is missing"), joined(named(words_notices.ITEMS, one) for one in data.get("missing", ())))
    yield from _texts(data.get("text"))


def other(data: Mapping[str, Any]) -> Iterator[Fact]:
    """Write what this node has no reader for: plain values under their own names."""
    for name, value in data.items():
        if isinstance(value, str | int) and not isinstance(value, bool):
            yield Fact(str(name), str(value))
