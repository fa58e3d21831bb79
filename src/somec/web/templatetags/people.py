"""Filters and tags of the screens about people, their record and decisions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from somec.catalogue import queries as catalogue
from somec.kernel import clock
from somec.kernel.errors import SomecError
from somec.persons.dates import PartialDate
from somec.persons.messages import Name, Origin, Romanisation
from somec.persons.rules import STATELESS, UNKNOWN_NATIONALITY
from somec.web import times, words_merges, words_notices, words_people
from somec.web.naming import state_name
from somec.web.templatetags.somec import label
from somec.web.words import word

register = template.Library()

_TABLES = {
    "source": words_people.SOURCES,
    "certainty": words_people.CERTAINTIES,
    "feature": words_people.FEATURES,
    "address": words_people.ADDRESS_KINDS,
    "number_check": words_people.NUMBER_CHECKS,
    "status": words_people.STATUS,
    "change": words_people.CHANGES,
    "sex": words_people.SEXES,
    "romanisation": words_people.ROMANISATION_RULES,
    "thing": words_people.THINGS,
    "thing_help": words_people.THING_HELP,
    "responsibility": words_people.RESPONSIBILITY,
    "spent": words_people.SPENT,
    "trigger": words_people.TRIGGERS,
    "relation": words_people.RELATIONS,
    "outcome": words_people.OUTCOMES,
    "outcome_look": words_people.OUTCOME_LABELS,
    "decision_state": words_people.DECISION_STATES,
    "decision_look": words_people.DECISION_LABELS,
    "decision_outcome": words_people.DECISION_OUTCOMES,
    "stated": words_people.STATED_REASONS,
    "necessity": words_people.NECESSITY,
    "entry_kinds": words_people.ENTRY_KINDS,
    "entry_kind": words_people.ENTRY_KIND,
    "statement": words_people.STATEMENTS,
    "statement_look": words_people.STATEMENT_LOOKS,
    "movement": words_people.MOVEMENTS,
    "lane_certainty": words_people.LANE_CERTAINTIES,
    "name_kind": words_notices.NAME_KINDS,
    "identity": words_notices.IDENTITY_CERTAINTY,
    "document": words_notices.DOCUMENT_KINDS,
    "document_status": words_notices.DOCUMENT_STATUS,
    "biometric": words_notices.BIOMETRICS,
    "order_kind": words_notices.ORDER_KINDS,
    "condition_status": words_notices.CONDITION_STATUS,
    "subject": words_notices.SUBJECTS,
    "item": words_notices.ITEMS,
    "column": words_people.COLUMNS,
    "item_why": words_notices.ITEM_WHY,
    "merge_state": words_merges.STATES,
    "merge_look": words_merges.LABELS,
    "merge_act": words_merges.ACTS,
}


@register.filter
def named(code: object, table: str) -> str:
    """Write what a code is called: ``{{ paper.kind|named:"document" }}``."""
    return word(_TABLES[table], str(getattr(code, "value", code)))


@register.filter
def partial(on: PartialDate | None) -> str:
    """Write a date of which parts may be unknown, saying what is unknown."""
    return times.partial_date(None) if on is None else times.partial_date(on.year, on.month, on.day)


@register.filter
def written(name: Name) -> SafeString:
    """Write a name in its own script and order: first name, father's name, family name in capitals as recorded."""
    parts = [name.given, name.patronymic, name.family] if name.family or name.given else [name.full]
    return _in_language(" ".join(part for part in parts if part), name.language)


@register.filter
def listed(name: Name) -> SafeString:
    """Write a name as lists do: family name first."""
    return _in_language(name.written, name.language)


def _in_language(text: str, language: str) -> SafeString:
    return format_html('<span lang="{}">{}</span>', language, text) if language else format_html("{}", text)


@register.filter
def romanised(spelling: Romanisation) -> str:
    """Write a Latin spelling."""
    return " ".join(part for part in (spelling.given, spelling.patronymic, spelling.family) if part)


@register.filter
def origin_words(origin: Origin) -> str:
    """Write where a statement comes from: source, note, day, 4x4 code; what is not known is left out."""
    parts = [word(words_people.SOURCES, origin.source), origin.note]
    if origin.as_of:
        parts.append(_("as of %(day)s") % {"day": times.day(origin.as_of)})
    if origin.evaluation != "X4":
        parts.append(origin.evaluation)
    if origin.file:
        parts.append(_("from the merged file %(number)s") % {"number": origin.file})
    return ", ".join(part for part in parts if part)


@register.filter
def nationality(code: str) -> str:
    """Write a nationality: a state, none, or not known."""
    special = {STATELESS: _("Stateless"), UNKNOWN_NATIONALITY: _("Nationality not known")}
    return special.get(code) or state_name(code)


def _of_catalogue(look_up: Any, code: str) -> str:
    try:
        return label(look_up(code))
    except SomecError:
        return code


@register.filter
def offence_name(code: str) -> str:
    """Write an offence by its words in the ECRIS table."""
    return _of_catalogue(catalogue.offence, code)


@register.filter
def sanction_name(code: str) -> str:
    """Write a sanction by its words in the ECRIS table."""
    return _of_catalogue(catalogue.sanction, code)


@register.filter
def measure_name(measure: str) -> str:
    """Write a probation measure by its words."""
    return _of_catalogue(catalogue.measure, measure)


@register.filter
def measure_article(measure: str) -> str:
    """Write the article of a probation measure."""
    try:
        return catalogue.measure(measure).article
    except SomecError:
        return ""


@register.filter
def sign_name(sign: str) -> str:
    """Write a sign of a move."""
    return _of_catalogue(catalogue.movement_sign, sign)


@register.filter
def level_name(level: int) -> str:
    """Write a level of the neutral scale."""
    return f"{_of_catalogue(catalogue.risk_level, str(level))}, {level}/5" if level else ""


@register.filter
def length_words(sanction: Any) -> str:
    """Write how long a sanction is, in years, months and days."""
    years, months = divmod(sanction.months or 0, 12)
    parts = []
    if years:
        parts.append(_("%(n)s y") % {"n": years})
    if months:
        parts.append(_("%(n)s mo") % {"n": months})
    if sanction.days:
        parts.append(_("%(n)s d") % {"n": sanction.days})
    return " ".join(parts)


@register.filter
def lane_look(cell: Any) -> str:
    """Return the look of a cell of a lane; its words say the same."""
    if cell is None or cell.kind in {"not_told", "not_seen"}:
        return ""
    found = words_people.LANE_LOOKS.get((cell.kind, cell.certainty))
    return found or ("sm-expected" if cell.certainty != "confirmed" else "")


@register.filter
def day_words(at: datetime) -> str:
    """Write a day without marking it up, for attributes."""
    return times.day(at)


@register.filter
def moment(at: datetime) -> SafeString:
    """Write an instant short enough for a narrow column; the year stands above it."""
    return format_html('<time datetime="{}">{}</time>', clock.iso(at), times.short(at))


@register.filter
def lane_time(at: datetime) -> SafeString:
    """Write the head of a column of the lanes: day, then hour and zone."""
    local = timezone.localtime(at)
    return format_html(
        '<time datetime="{}">{}</time> {}', clock.iso(at), times.day(at), f"{local:%H:%M} {local.tzname() or ''}"
    )


@register.filter
def statement_words(item: Any, kind: str) -> str:
    """Write a statement about who somebody is in one line."""
    return str(_STATEMENTS[kind](item))


@register.filter
def statement_quiet(item: Any, kind: str) -> str:
    """Write what else is known of a statement, and where it comes from."""
    more = {
        "name": lambda: word(words_notices.NAME_KINDS, item.kind),
        "birth": lambda: word(words_people.CERTAINTIES, item.certainty),
        "nationality": lambda: word(words_people.CERTAINTIES, item.certainty),
        "document": lambda: ". ".join((
            capfirst(word(words_notices.DOCUMENT_STATUS, item.status)), word(words_people.NUMBER_CHECKS, item.check)
        )),
        "address": lambda: word(words_people.ADDRESS_KINDS, item.kind),
    }.get(kind)  # fmt: skip
    return ". ".join(part for part in (str(more()) if more else "", origin_words(item.origin)) if part)


_STATEMENTS: dict[str, Any] = {
    "name": lambda item: item.written,
    "birth": lambda item: partial(item.date),
    "birthplace": lambda item: ", ".join(part for part in (item.locality, state_name(item.state)) if part),
    "nationality": lambda item: nationality(item.state),
    "document": lambda item: f"{word(words_notices.DOCUMENT_KINDS, item.kind)} {item.number}, {state_name(item.state)}",
    "address": lambda item: ", ".join(
        part for part in (item.street, item.postal_code, item.locality, state_name(item.state)) if part
    ),
    "description": lambda item: f"{word(words_people.FEATURES, item.feature)}: {item.value}",
    "biometric": lambda item: ", ".join(
        part for part in (word(words_notices.BIOMETRICS, item.kind), item.held_by, item.reference) if part
    ),
}


@register.filter
def entry_words(entry: Any) -> str:
    """Write an entry of the record in one line."""
    return str(_ENTRIES[type(entry).__name__](entry))


_ENTRIES: dict[str, Any] = {
    "Conviction": lambda one: f"{times.day(one.decided)}: {', '.join(offence_name(act.code) for act in one.offences)}",
    "Order": lambda one: f"{times.day(one.decided)}: {word(words_notices.ORDER_KINDS, one.kind)}",
    "Assessment": lambda one: f"{times.day(one.performed)}: {one.instrument}, “{one.level}”",
    "Trigger": lambda one: f"{times.day(one.on)}: {word(words_people.TRIGGERS, one.kind)}",
    "MovementSign": lambda one: ": ".join(
        part for part in (times.day(one.on) if one.on else "", sign_name(one.sign)) if part
    ),
}


@register.filter
def was(value: Any, column: str) -> str:
    """Write a value that stands or stood in a column of the history as a reader names it."""
    if value in (None, "", []):
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return "; ".join(was(one, column) for one in value)
    if isinstance(value, dict):
        return ", ".join(was(part, name) for name, part in value.items() if part not in (None, "", []))
    if column in {"state", "states", "supervising_state", "binds_in"}:
        return state_name(str(value))
    return word(_VALUES.get(column, {}), str(value))


_VALUES = {
    "sex": words_people.SEXES, "source": words_people.SOURCES, "spent": words_people.SPENT,
    "responsibility": words_people.RESPONSIBILITY, "feature": words_people.FEATURES,
    "status": {**words_people.STATUS, **words_notices.DOCUMENT_STATUS, **words_notices.CONDITION_STATUS},
    "certainty": {**words_people.CERTAINTIES, **words_notices.IDENTITY_CERTAINTY},
    "certainty_source": words_people.SOURCES, "subject": words_notices.SUBJECTS,
}  # fmt: skip


@register.filter
def answers(necessity: Any) -> list[tuple[str, str]]:
    """Return the four questions of necessity with their answers."""
    return [(name, getattr(necessity, name)) for name in words_people.NECESSITY]
