"""Who a document is about, line by line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext

from somec.web import words_notices, words_people
from somec.web.naming import born_words, state_name
from somec.web.paper_lines import Fact, day, joined, named


def identity(data: Mapping[str, Any]) -> Iterator[Fact]:
    """Write who the person is."""
    names = sorted(data.get("names", ()), key=lambda one: not one.get("main"))
    for number, name in enumerate(names):
        kind = gettext("Name") if number == 0 else named(words_notices.NAME_KINDS, name.get("kind")) or gettext("Also")
        yield Fact(kind, _written(name), str(name.get("language", "")))
        for roman in name.get("romanisations", ()):
            latin = joined((str(roman.get("family_name", "")), str(roman.get("given_name", ""))), ", ")
            rule = named(words_people.ROMANISATION_RULES, roman.get("rule"))
            yield Fact(gettext("In Latin letters"), f"{latin} ({rule})" if rule else latin)
    births = " / ".join(str(one.get("birth_date", "")) for one in data.get("births", ()))
    yield Fact(gettext("Born"), born_words(births))
    yield Fact(gettext("Birthplace"), joined(_birthplace(one) for one in data.get("birth_places", ())))
    yield Fact(gettext("Sex"), named(words_notices.SEXES, data.get("sex")))
    citizen = ", ".join(state_name(str(one.get("country", ""))) for one in data.get("citizenships", ()))
    yield Fact(gettext("Nationality"), citizen)
    yield Fact(gettext("Documents"), joined(_paper(one) for one in data.get("identifiers", ())))
    yield Fact(gettext("Description"), joined(_feature(one) for one in data.get("descriptions", ())))
    yield Fact(gettext("Held elsewhere"), joined(_biometric(one) for one in data.get("biometrics", ())))
    home = data.get("residency", {})
    lives = joined((str(home.get("locality", "")), state_name(str(home.get("country", "")))), ", ")
    yield Fact(gettext("Lives in"), lives)
    yield Fact(gettext("How sure"), named(words_notices.IDENTITY_CERTAINTY, data.get("certainty")))


def _written(name: Mapping[str, Any]) -> str:
    parts = [str(name.get(part, "")) for part in ("family_name", "given_name", "patronymic_name")]
    family, rest = parts[0], " ".join(part for part in parts[1:] if part)
    return joined((family, rest), ", ") or str(name.get("full_name", ""))


def _birthplace(place: Mapping[str, Any]) -> str:
    other = ", ".join(str(one) for one in place.get("other_names", ()))
    town = str(place.get("locality", ""))
    shown = f"{town} ({other})" if other else town
    country = str(place.get("birth_country", ""))
    return joined((shown, state_name(country) if country else ""), ", ")


def _paper(paper: Mapping[str, Any]) -> str:
    kind = named(words_notices.DOCUMENT_KINDS, paper.get("kind"))
    until = day(paper.get("valid_until"))
    shown = f"{kind} {paper.get('notation', '')}"
    state = str(paper.get("issuing_state", ""))
    status = str(paper.get("status", ""))
    more = [state_name(state) if state else "", gettext("valid until %(day)s") % {"day": until} if until else ""]
    if status and status != "in_order":
        more.append(named(words_notices.DOCUMENT_STATUS, status))
    return f"{shown} ({joined(more, ', ')})" if any(more) else shown


def _feature(part: Mapping[str, Any]) -> str:
    return f"{named(words_notices.FEATURES, part.get('feature'))}: {part.get('value', '')}"


def _biometric(item: Mapping[str, Any]) -> str:
    taken = day(item.get("taken"))
    shown = f"{named(words_notices.BIOMETRICS, item.get('kind'))}: {item.get('held_by', '')}"
    return f"{shown} ({taken})" if taken else shown
