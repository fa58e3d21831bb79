"""What a document says of the record, line by line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext, ngettext

from somec.catalogue import queries as catalogue
from somec.kernel.errors import SomecError
from somec.web import words_notices
from somec.web.naming import in_text, state_name
from somec.web.paper_lines import Fact, day, joined, named
from somec.web.templatetags.somec import label


def conviction(data: Mapping[str, Any]) -> Iterator[Fact]:
    """Write a conviction with its offences and sanctions."""
    yield Fact(gettext("Conviction"), joined((_offences(data), _sanctions(data)), ": "))
    court = joined((str(data.get("court", "")), state_name(str(data.get("state", "")))), ", ")
    yield Fact(gettext("Court"), joined((court, day(data.get("decided")), str(data.get("reference", ""))), ", "))
    final = day(data.get("final"))
    yield Fact(gettext("Final"), final)
    for offence in data.get("offences", ()):
        own = joined((str(offence.get("classification", "")), str(offence.get("provision", ""))), ", ")
        yield Fact(gettext("In national law"), own, str(offence.get("language", "")))
    if data.get("spent") == "yes":
        yield Fact(gettext("Spent"), gettext("Yes, under the law of the convicting state"))


def _offences(data: Mapping[str, Any]) -> str:
    return joined(f"{_offence(str(one.get('code', '')))}" for one in data.get("offences", ()))


def _offence(code: str) -> str:
    try:
        return f"{label(catalogue.offence(code))} ({code})"
    except SomecError:
        return code


def _sanctions(data: Mapping[str, Any]) -> str:
    return joined(_sanction(one) for one in data.get("sanctions", ()))


def _sanction(one: Mapping[str, Any]) -> str:
    code = str(one.get("code", ""))
    try:
        name = label(catalogue.sanction(code))
    except SomecError:
        name = code
    return joined((name, _length(one.get("months"), one.get("days"))), ", ")


def _length(months: int | None, days: int | None) -> str:
    years, rest = divmod(months or 0, 12)
    parts = [
        ngettext("%(n)s year", "%(n)s years", years) % {"n": years} if years else "",
        ngettext("%(n)s month", "%(n)s months", rest) % {"n": rest} if rest else "",
        ngettext("%(n)s day", "%(n)s days", days or 0) % {"n": days} if days else "",
    ]
    return " ".join(part for part in parts if part)


def order(data: Mapping[str, Any]) -> Iterator[Fact]:
    """Write an order with its conditions and where each binds."""
    until = day(data.get("ends"))
    kind = named(words_notices.ORDER_KINDS, data.get("kind"))
    runs = joined((day(data.get("starts")), until), " – ")
    yield Fact(gettext("Order"), f"{kind}, {runs}")
    supervisor = joined((str(data.get("supervisor", "")), state_name(str(data.get("supervising_state", "")))), ", ")
    yield Fact(gettext("Supervised by"), supervisor)
    for condition in data.get("conditions", ()):
        binds = ", ".join(state_name(str(one)) for one in condition.get("binds_in", ()))
        where = gettext("binds in %(states)s") % {"states": binds} if binds else gettext("binding nowhere by name")
        status = named(words_notices.CONDITION_STATUS, condition.get("status"))
        measure = _measure(str(condition.get("measure", "")))
        more = joined((status, where, str(condition.get("words", ""))))
        yield Fact(gettext("Condition"), f"{measure} ({more})")


def enforceable(data: Mapping[str, Any], to_state: str) -> Fact:
    """Say plainly when nothing of an order binds in the state that reads it: it cannot act on it as an order."""
    binds = {str(one) for condition in data.get("conditions", ()) for one in condition.get("binds_in", ())}
    text = gettext("Not enforceable in %(state)s today") % {"state": in_text(to_state)}
    return Fact(gettext("Binding?"), "" if to_state in binds else text)


def _measure(code: str) -> str:
    try:
        return label(catalogue.measure(code))
    except SomecError:
        return code


def assessment(data: Mapping[str, Any]) -> Iterator[Fact]:
    """Write an assessment in its own words; the neutral scale comes second."""
    instrument = joined((str(data.get("instrument", "")), str(data.get("instrument_version", ""))), " ")
    yield Fact(instrument, f"“{data.get('level', '')}”", str(data.get("language", "")))
    yield Fact(gettext("About"), named(words_notices.SUBJECTS, data.get("subject")))
    until = day(data.get("valid_until"))
    role, state = str(data.get("assessor_role", "")), state_name(str(data.get("state", "")))
    made = joined((role, state, day(data.get("performed"))), ", ")
    yield Fact(gettext("Made by"), joined((made, gettext("valid until %(day)s") % {"day": until} if until else "")))
    neutral = str(data.get("neutral_level", ""))
    if neutral:
        level = next((label(one) for one in catalogue.risk_levels() if one.id == neutral), neutral)
        mapping = str(data.get("mapping_source", ""))
        yield Fact(gettext("Neutral scale"), f"{level} ({mapping})" if mapping else level)
    if data.get("individual") is False:
        yield Fact(gettext("Note"), gettext("The rating of a whole group, not of this person"))


def order_kind(code: str) -> str:
    """Write a kind of order."""
    return named(words_notices.ORDER_KINDS, code)
