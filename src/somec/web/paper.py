"""A document as the other state reads it: the JSON of the wire turned into statements with kind, source and date.

Preview before sending, the page of a received notice and the page of a sent document all use this, so that nobody sees
something else than what goes over the wire. Codes are written in the reader's language; unknown ones are shown bare.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext, gettext_lazy, ngettext

from somec.catalogue import queries as catalogue
from somec.kernel import clock
from somec.kernel.errors import SomecError
from somec.web import times, words_notices
from somec.web.templatetags.somec import born_words, label, language_name, state_name
from somec.web.words import Word, word


@dataclass(frozen=True)
class Fact:
    """One labelled line; ``lang`` where it is in a language of its own."""

    name: str
    text: str
    lang: str = ""


@dataclass(frozen=True)
class Statement:
    """One item of a document: fact, assessment or intelligence, with where it comes from."""

    kind: str
    title: str
    facts: tuple[Fact, ...]
    source: str
    evaluation: str
    as_of: str
    owner: str


@dataclass(frozen=True)
class Paper:
    """A whole document for reading."""

    id: str
    type: str
    reference: str
    created: datetime
    sender_state: str
    sender: str
    to_state: str
    mechanism: str
    article: str
    verified: bool
    purpose: str
    handling_code: str
    expires: datetime | None
    statements: tuple[Statement, ...]


def read(document: Mapping[str, Any]) -> Paper:
    """Return a document for reading; what is unknown in it is left to the raw view."""
    header = document["header"]
    basis = header.get("legal_basis", {})
    return Paper(
        id=str(header["id"]), type=str(header["type"]), reference=str(header.get("reference", "")),
        created=clock.parse(header["created"]), sender_state=str(header["from"]["state"]),
        sender=str(header["from"].get("authority", {}).get("name", "")), to_state=str(header["to"]["state"]),
        mechanism=str(basis.get("mechanism", "")), article=str(basis.get("article", "")),
        verified=bool(basis.get("verified")), purpose=str(header.get("purpose", "")),
        handling_code=str(header.get("handling_code", "")), expires=_instant(header.get("expires")),
        statements=tuple(_statement(item, str(header["to"]["state"])) for item in document.get("items", ())),
    )  # fmt: skip


def _instant(value: object) -> datetime | None:
    return clock.parse(value) if isinstance(value, str) and value else None


def _statement(item: Mapping[str, Any], to_state: str) -> Statement:
    category = str(item.get("category", ""))
    title, reader = _READERS.get(category, (gettext("Other"), _other))
    data = item.get("data", {})
    facts = [*reader(data), *([_enforceable(data, to_state)] if category == "order" else [])]
    return Statement(
        kind=str(item.get("kind", "fact")), title=str(title), facts=tuple(fact for fact in facts if fact.text),
        source=word(words_notices.SOURCES, str(item.get("source", ""))), evaluation=str(item.get("evaluation", "")),
        as_of=_day(item.get("as_of")), owner=str(item.get("owner", "")),
    )  # fmt: skip


def _day(value: object) -> str:
    text = str(value or "")[:10]
    return times.day(date.fromisoformat(text)) if text else ""


def _when(value: object) -> str:
    at = _instant(value)
    return times.instant(at) if at else ""


def _between(start: object, end: object) -> str:
    first, last = _when(start), _when(end)
    return f"{first} – {last}" if first and last and first != last else first or last


def _joined(parts: Iterable[str], by: str = "; ") -> str:
    return by.join(part for part in parts if part)


def _table(table: Mapping[str, Word], code: object) -> str:
    return word(table, str(code)) if code else ""


# --- the person -------------------------------------------------------------------------------------------------------


def _identity(data: Mapping[str, Any]) -> Iterator[Fact]:
    names = sorted(data.get("names", ()), key=lambda one: not one.get("main"))
    for number, name in enumerate(names):
        kind = gettext("Name") if number == 0 else _table(words_notices.NAME_KINDS, name.get("kind")) or gettext("Also")
        yield Fact(kind, _written(name), str(name.get("language", "")))
        for roman in name.get("romanisations", ()):
            latin = _joined((str(roman.get("family_name", "")), str(roman.get("given_name", ""))), ", ")
            rule = str(roman.get("rule", ""))
            yield Fact(gettext("In Latin letters"), f"{latin} ({rule})" if rule else latin)
    yield Fact(gettext("Born"), born_words(" / ".join(str(one.get("birth_date", "")) for one in data.get("births", ()))))
    yield Fact(gettext("Birthplace"), _joined(_birthplace(one) for one in data.get("birth_places", ())))
    yield Fact(gettext("Sex"), _table(words_notices.SEXES, data.get("sex")))
    citizen = ", ".join(state_name(str(one.get("country", ""))) for one in data.get("citizenships", ()))
    yield Fact(gettext("Nationality"), citizen)
    yield Fact(gettext("Documents"), _joined(_paper(one) for one in data.get("identifiers", ())))
    yield Fact(gettext("Description"), _joined(_feature(one) for one in data.get("descriptions", ())))
    yield Fact(gettext("Held elsewhere"), _joined(_biometric(one) for one in data.get("biometrics", ())))
    home = data.get("residency", {})
    yield Fact(gettext("Lives in"), _joined((str(home.get("locality", "")), state_name(str(home.get("country", "")))), ", "))
    yield Fact(gettext("How sure"), _table(words_notices.IDENTITY_CERTAINTY, data.get("certainty")))


def _written(name: Mapping[str, Any]) -> str:
    parts = [str(name.get(part, "")) for part in ("family_name", "given_name", "patronymic_name")]
    family, rest = parts[0], " ".join(part for part in parts[1:] if part)
    return _joined((family, rest), ", ") or str(name.get("full_name", ""))


def _birthplace(place: Mapping[str, Any]) -> str:
    other = ", ".join(str(one) for one in place.get("other_names", ()))
    town = str(place.get("locality", ""))
    shown = f"{town} ({other})" if other else town
    country = str(place.get("birth_country", ""))
    return _joined((shown, state_name(country) if country else ""), ", ")


def _paper(paper: Mapping[str, Any]) -> str:
    kind = _table(words_notices.DOCUMENT_KINDS, paper.get("kind"))
    until = _day(paper.get("valid_until"))
    shown = f"{kind} {paper.get('notation', '')}"
    state = str(paper.get("issuing_state", ""))
    status = str(paper.get("status", ""))
    more = [state_name(state) if state else "", gettext("valid until %(day)s") % {"day": until} if until else ""]
    if status and status != "in_order":
        more.append(_table(words_notices.DOCUMENT_STATUS, status))
    return f"{shown} ({_joined(more, ', ')})" if any(more) else shown


def _feature(part: Mapping[str, Any]) -> str:
    return f"{_table(words_notices.FEATURES, part.get('feature'))}: {part.get('value', '')}"


def _biometric(item: Mapping[str, Any]) -> str:
    taken = _day(item.get("taken"))
    shown = f"{_table(words_notices.BIOMETRICS, item.get('kind'))}: {item.get('held_by', '')}"
    return f"{shown} ({taken})" if taken else shown


# --- the record -------------------------------------------------------------------------------------------------------


def _conviction(data: Mapping[str, Any]) -> Iterator[Fact]:
    yield Fact(gettext("Conviction"), _joined((_offences(data), _sanctions(data)), ": "))
    court = _joined((str(data.get("court", "")), state_name(str(data.get("state", "")))), ", ")
    yield Fact(gettext("Court"), _joined((court, _day(data.get("decided")), str(data.get("reference", ""))), ", "))
    final = _day(data.get("final"))
    yield Fact(gettext("Final"), final)
    for offence in data.get("offences", ()):
        own = _joined((str(offence.get("classification", "")), str(offence.get("provision", ""))), ", ")
        yield Fact(gettext("In national law"), own, str(offence.get("language", "")))
    if data.get("spent") == "yes":
        yield Fact(gettext("Spent"), gettext("Yes, under the law of the convicting state"))


def _offences(data: Mapping[str, Any]) -> str:
    return _joined(f"{_offence(str(one.get('code', '')))}" for one in data.get("offences", ()))


def _offence(code: str) -> str:
    try:
        return f"{label(catalogue.offence(code))} ({code})"
    except SomecError:
        return code


def _sanctions(data: Mapping[str, Any]) -> str:
    return _joined(_sanction(one) for one in data.get("sanctions", ()))


def _sanction(one: Mapping[str, Any]) -> str:
    code = str(one.get("code", ""))
    try:
        name = label(catalogue.sanction(code))
    except SomecError:
        name = code
    return _joined((name, _length(one.get("months"), one.get("days"))), ", ")


def _length(months: int | None, days: int | None) -> str:
    years, rest = divmod(months or 0, 12)
    parts = [
        ngettext("%(n)s year", "%(n)s years", years) % {"n": years} if years else "",
        ngettext("%(n)s month", "%(n)s months", rest) % {"n": rest} if rest else "",
        ngettext("%(n)s day", "%(n)s days", days or 0) % {"n": days} if days else "",
    ]
    return " ".join(part for part in parts if part)


def _order(data: Mapping[str, Any]) -> Iterator[Fact]:
    until = _day(data.get("ends"))
    kind = _table(words_notices.ORDER_KINDS, data.get("kind"))
    yield Fact(gettext("Order"), f"{kind}, {_day(data.get('starts'))} – {until}" if until else f"{kind}, {_day(data.get('starts'))}")
    supervisor = _joined((str(data.get("supervisor", "")), state_name(str(data.get("supervising_state", "")))), ", ")
    yield Fact(gettext("Supervised by"), supervisor)
    for condition in data.get("conditions", ()):
        binds = ", ".join(state_name(str(one)) for one in condition.get("binds_in", ()))
        where = gettext("binds in %(states)s") % {"states": binds} if binds else gettext("no state named where it binds")
        status = _table(words_notices.CONDITION_STATUS, condition.get("status"))
        measure = _measure(str(condition.get("measure", "")))
        more = _joined((status, where, str(condition.get("words", ""))))
        yield Fact(gettext("Condition"), f"{measure} ({more})")


def _enforceable(data: Mapping[str, Any], to_state: str) -> Fact:
    """Say plainly when nothing of an order binds in the state that reads it: it cannot act on it as an order."""
    binds = {str(one) for condition in data.get("conditions", ()) for one in condition.get("binds_in", ())}
    text = gettext("Not enforceable in %(state)s today") % {"state": state_name(to_state)}
    return Fact(gettext("Binding?"), "" if to_state in binds else text)


def _measure(code: str) -> str:
    try:
        return label(catalogue.measure(code))
    except SomecError:
        return code


def _assessment(data: Mapping[str, Any]) -> Iterator[Fact]:
    instrument = _joined((str(data.get("instrument", "")), str(data.get("instrument_version", ""))), " ")
    yield Fact(instrument, f"“{data.get('level', '')}”", str(data.get("language", "")))
    yield Fact(gettext("About"), _table(words_notices.SUBJECTS, data.get("subject")))
    until = _day(data.get("valid_until"))
    made = _joined((str(data.get("assessor_role", "")), state_name(str(data.get("state", ""))), _day(data.get("performed"))), ", ")
    yield Fact(gettext("Made by"), _joined((made, gettext("valid until %(day)s") % {"day": until} if until else "")))
    neutral = str(data.get("neutral_level", ""))
    if neutral:
        level = next((label(one) for one in catalogue.risk_levels() if one.id == neutral), neutral)
        mapping = str(data.get("mapping_source", ""))
        yield Fact(gettext("Neutral scale"), f"{level} ({mapping})" if mapping else level)
    if data.get("individual") is False:
        yield Fact(gettext("Note"), gettext("The rating of a whole group, not of this person"))


# --- the movement and what follows ----------------------------------------------------------------------------------------


def _movement(data: Mapping[str, Any]) -> Iterator[Fact]:
    yield Fact(gettext("What"), _table(words_notices.KINDS, data.get("notice")))
    leaves = _joined((_when(data.get("departs")), _place(data.get("departure_place"))), ", ")
    yield Fact(gettext("Leaves"), leaves)
    yield from _arrival(data.get("arrival", {}))
    for other in data.get("itinerary", ()):
        when = _between(other.get("from"), other.get("until")) or gettext("time not known")
        yield Fact(gettext("Also goes to"), f"{state_name(str(other.get('state', '')))}, {when}")
    yield Fact(gettext("Comes back"), _joined((_when(data.get("returns")), str(data.get("return_point", ""))), ", "))
    purpose = data.get("travel_purpose")
    if purpose and purpose != "not_known":
        yield Fact(gettext("Purpose"), _joined((_table(words_notices.TRAVEL_PURPOSES, purpose), str(data.get("travel_note", "")))))
    yield Fact(gettext("Travels with"), _joined(_companion(one) for one in data.get("companions", ())))
    yield from _observed(data.get("observed") or {})
    yield Fact(gettext("You are asked"), _table(words_notices.REQUESTED, data.get("requested_action")))
    yield Fact(gettext("Say whether, by"), _when(data.get("say_arrival_by")))
    yield Fact(gettext("Answer by"), _when(data.get("reply_by")))
    if data.get("late"):
        yield Fact(gettext("Late"), gettext("Less time was left than the rule of the sender asks for"))
    yield from _texts(data.get("text"))


def _arrival(arrival: Mapping[str, Any]) -> Iterator[Fact]:
    when = _between(arrival.get("from"), arrival.get("until"))
    yield Fact(gettext("Arrives"), _joined((when, str(arrival.get("point", ""))), ", "))
    carrier = arrival.get("carrier")
    if carrier and carrier != "not_known":
        yield Fact(gettext("Carrier"), _joined((_table(words_notices.CARRIERS, carrier), str(arrival.get("carrier_reference", ""))), ", "))
    unknown = str(arrival.get("first_night_unknown", ""))
    night = _place(arrival.get("first_night")) or (gettext("not known: %(why)s") % {"why": unknown} if unknown else "")
    if when or night:
        yield Fact(gettext("First night"), night or gettext("missing"))
    yield Fact(gettext("Stays until"), _when(arrival.get("stays_until")))


def _place(place: Mapping[str, Any] | None) -> str:
    given = place or {}
    town = " ".join(str(given.get(part, "")) for part in ("postcode", "town") if given.get(part))
    return _joined((str(given.get("lines", "")), town), ", ")


def _companion(one: Mapping[str, Any]) -> str:
    count = int(one.get("count", 1))
    shown = f"{one.get('relation', '')} ({count})" if count > 1 else str(one.get("relation", ""))
    return gettext("%(who)s, under 18") % {"who": shown} if one.get("child") else shown


def _observed(seen: Mapping[str, Any]) -> Iterator[Fact]:
    state = str(seen.get("state", ""))
    where = _joined((_when(seen.get("at")), _place(seen.get("place")), state_name(state) if state else ""), ", ")
    yield Fact(gettext("Seen"), where if seen.get("at") or seen.get("place") else "")
    yield Fact(gettext("Circumstances"), str(seen.get("circumstances", "")))


def _texts(text: Mapping[str, Any] | None) -> Iterator[Fact]:
    if not text:
        return
    language = str(text.get("language", ""))
    yield Fact(gettext("Text (%(language)s)") % {"language": language_name(language)}, str(text.get("text", "")), language)
    for code, translated in (text.get("translations") or {}).items():
        yield Fact(gettext("Text (%(language)s)") % {"language": language_name(code)}, str(translated), code)


def _cancellation(data: Mapping[str, Any]) -> Iterator[Fact]:
    yield Fact(gettext("Why"), _table(words_notices.CANCEL_REASONS, data.get("reason")))
    if data.get("data_were_wrong"):
        yield Fact(gettext("Data"), gettext("They were wrong and must not be used"))


def _acknowledgement(data: Mapping[str, Any]) -> Iterator[Fact]:
    yield Fact(gettext("Taken by"), _joined((str(data.get("by", "")), str(data.get("authority", {}).get("name", ""))), ", "))
    yield Fact(gettext("Took"), _table(words_notices.DOCUMENTS, data.get("of")))


def _progress(data: Mapping[str, Any]) -> Iterator[Fact]:
    yield Fact(gettext("What"), _table(words_notices.PROGRESS, data.get("event")))
    yield Fact(gettext("When"), _when(data.get("at")))
    yield Fact(gettext("Where"), _place(data.get("place")))
    yield Fact(gettext("How sure"), _table(words_notices.CERTAINTIES, data.get("certainty")))
    for owner in data.get("owners", ()):
        service = _table(words_notices.SERVICES, owner.get("service"))
        yield Fact(service, _joined((str(owner.get("authority", "")), str(owner.get("person", ""))), ", "))
    yield from _texts(data.get("text"))


def _answer(data: Mapping[str, Any]) -> Iterator[Fact]:
    yield Fact(gettext("Outcome"), _table(words_notices.OUTCOMES, data.get("outcome")))
    yield Fact(gettext("When"), _when(data.get("at")))
    yield Fact(gettext("Where"), _place(data.get("place")))
    left = str(data.get("left_for", ""))
    yield Fact(gettext("Left for"), state_name(left) if left else "")
    yield Fact(gettext("What is missing"), _joined(_table(words_notices.ITEMS, one) for one in data.get("missing", ())))
    yield from _texts(data.get("text"))


def _other(data: Mapping[str, Any]) -> Iterator[Fact]:
    for name, value in data.items():
        if isinstance(value, str | int) and not isinstance(value, bool):
            yield Fact(str(name), str(value))



_READERS = {
    "identity": (gettext_lazy("Person"), _identity),
    "conviction": (gettext_lazy("Conviction"), _conviction),
    "order": (gettext_lazy("Order and conditions"), _order),
    "assessment": (gettext_lazy("Risk, as somebody assessed it"), _assessment),
    "movement": (gettext_lazy("Movement"), _movement),
    "cancellation": (gettext_lazy("Cancellation"), _cancellation),
    "acknowledgement": (gettext_lazy("An authority took it"), _acknowledgement),
    "progress": (gettext_lazy("What happened"), _progress),
    "answer": (gettext_lazy("Answer"), _answer),
}
"""Category of an item -> its heading and its reader."""


def order_kind(code: str) -> str:
    """Write a kind of order."""
    return word(words_notices.ORDER_KINDS, code)
