"""Filters and tags of the screens about notices, matches, duties and work."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from babel import Locale
from django import template
from django.forms.boundfield import BoundField
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from somec.catalogue import queries as catalogue
from somec.kernel import clock
from somec.kernel.errors import SomecError
from somec.web import sentences, times, words_notices
from somec.web.naming import in_text
from somec.web.templatetags.somec import label
from somec.web.words import KEYS, TROUBLES, word

register = template.Library()

_TABLES = {
    "kind": words_notices.KINDS,
    "key": KEYS,
    "state": words_notices.STATES,
    "requested": words_notices.REQUESTED,
    "carrier": words_notices.CARRIERS,
    "travel_purpose": words_notices.TRAVEL_PURPOSES,
    "source": words_notices.SOURCES,
    "match": words_notices.MATCHES,
    "service": words_notices.SERVICES,
    "outcome": words_notices.OUTCOMES,
    "progress": words_notices.PROGRESS,
    "document": words_notices.DOCUMENTS,
    "cancel_reason": words_notices.CANCEL_REASONS,
    "step": words_notices.STEP_QUESTIONS,
    "step_state": words_notices.STEP_STATES,
    "step_line": words_notices.STEP_LINES,
    "duty": words_notices.DUTIES,
    "ground": words_notices.GROUNDS,
    "certainty": words_notices.CERTAINTIES,
    "group": words_notices.GROUPS,
    "verb_name": words_notices.VERB_NAMES,
    "action": words_notices.ACTIONS,
    "party": words_notices.PARTIES,
}


@register.filter
def called(code: object, table: str) -> str:
    """Write what a code is called: ``{{ row.kind|called:"kind" }}``."""
    return word(_TABLES[table], str(getattr(code, "value", code)))


@register.filter
def state_label(code: object) -> SafeString:
    """Draw the state of a notice as a label, which word carries the meaning."""
    value = str(getattr(code, "value", code))
    look = words_notices.STATE_LABELS.get(value, "ecl-label--medium")
    return format_html('<span class="ecl-label {}">{}</span>', look, word(words_notices.STATES, value))


@register.filter
def step_look(code: object) -> str:
    """Return the look of a step's state."""
    return words_notices.STEP_LABELS.get(str(getattr(code, "value", code)), "sm-label--none")


@register.filter
def verb_words(need: Any) -> str:
    """Write what is to be done, beginning with the verb and naming the state."""
    states = ", ".join(in_text(one) for one in need.states)
    return word(words_notices.VERBS, need.verb.value) % {"state": states}


@register.filter
def basis_name(mechanism: str) -> str:
    """Write what a duty or notice rests on: a mechanism of the catalogue, a house rule, or an agreement."""
    if mechanism in words_notices.DUTY_BASES:
        return word(words_notices.DUTY_BASES, mechanism)
    try:
        return label(catalogue.mechanism(mechanism))
    except SomecError:
        return mechanism


@register.filter
def act_of(mechanism: str) -> str:
    """Write the legal act of a mechanism without its articles, or its name where it has none."""
    try:
        found = catalogue.mechanism(mechanism)
    except SomecError:
        return basis_name(mechanism)
    return found.act.partition(" Art.")[0] or label(found)


@register.filter
def handling(code: str) -> str:
    """Write a handling code with what it means."""
    try:
        return f"{code}: {label(catalogue.handling_code(code))}"
    except SomecError:
        return code


@register.filter
def uses_of_basis(basis: Any) -> str:
    """Write what a chosen legal basis lets the addressee use a notice for."""
    try:
        found = catalogue.mechanism(basis.mechanism).own_initiative
    except SomecError:
        return ""
    return "; ".join(use_name(use) for one in found if one.article == basis.article for use in one.permitted_uses)


@register.filter
def use_name(code: str) -> str:
    """Write what a document may be used for."""
    try:
        return label(catalogue.permitted_use(code))
    except SomecError:
        return code


@register.filter
def channel_name(code: str) -> str:
    """Write a channel by its name."""
    try:
        return label(catalogue.channel(code))
    except SomecError:
        return code


@register.filter
def initiative_words(code: str) -> str:
    """Write a condition of a legal basis, or why a mechanism cannot be used."""
    try:
        return label(catalogue.initiative_term(code))
    except SomecError:
        return code


@register.filter
def item_words(code: str) -> str:
    """Write an item of the readiness check."""
    return _of_item(words_notices.ITEMS, code, code)


@register.filter
def item_why(code: str) -> str:
    """Write why an item of the readiness check matters."""
    return _of_item(words_notices.ITEM_WHY, code, "")


def _of_item(table: Any, code: str, otherwise: str) -> str:
    return str(table.get(code) or table.get(code.rpartition(".")[0]) or otherwise)


@register.filter
def left_out_words(entry: Any) -> str:
    """Write what is not in a notice, and how many of it."""
    return word(words_notices.LEFT_OUT, entry.code) % {"n": entry.count}


@register.filter
def from_iso(text: str | None) -> datetime | None:
    """Read an instant of a document."""
    return clock.parse(text) if text else None


@register.filter
def exact(at: datetime | None) -> SafeString | str:
    """Write an instant to the second, for receipts."""
    if at is None:
        return ""
    return format_html('<time datetime="{}">{}</time>', clock.iso(at), times.instant_to_the_second(at))


@register.simple_block_tag
def cell(content: SafeString, header: str, mark: str = "", head: bool = False) -> SafeString:  # noqa: FBT001, FBT002 - a template writes head=True
    """Draw a cell of a table; ``header`` is shown before it on a phone, ``head`` makes it the head of its row."""
    if head:
        return format_html(
            '<th class="ecl-table__cell {}" scope="row" role="rowheader" data-ecl-table-header="{}">'
            '<span class="sm-cell">{}</span></th>', mark, header, content,
        )  # fmt: skip
    return format_html(
        '<td class="ecl-table__cell {}" role="cell" data-ecl-table-header="{}"><span class="sm-cell">{}</span></td>',
        mark, header, content,
    )  # fmt: skip


@register.simple_block_tag
def row(content: SafeString) -> SafeString:
    """Draw a row of a table."""
    return format_html('<tr class="ecl-table__row" role="row">{}</tr>', content)


@register.simple_block_tag
def table(
    content: SafeString, caption: str, *headers: str, hidden: bool = False, small: bool = False, cards: bool = False,
    look: str = "",
) -> SafeString:  # fmt: skip
    """Draw a table with its caption; each of ``headers`` may begin with a width: ``w15|Due``."""
    look = f"{look} sm-table--fixed{' sm-table--small' if small else ''}{' sm-table--cards' if cards else ''}"
    heads = format_html_join(
        "", '<th class="ecl-table__header {}" scope="col" role="columnheader">{}</th>', (_head(one) for one in headers)
    )
    return format_html(
        '<table class="ecl-table sm-table {}" role="table"><caption class="ecl-table__caption{}">{}</caption>'
        '<thead class="ecl-table__head" role="rowgroup"><tr class="ecl-table__row" role="row">{}</tr></thead>'
        '<tbody class="ecl-table__body" role="rowgroup">{}</tbody></table>',
        look, " ecl-u-sr-only" if hidden else "", caption, heads, content,
    )  # fmt: skip


def _head(text: str) -> tuple[str, str]:
    width, mark, name = str(text).partition("|")
    return (f"sm-{width}", name) if mark else ("", str(text))


@register.inclusion_tag("web/notices/pages.html", takes_context=True)
def page_links(context: template.Context, page: int, pages: int) -> dict[str, Any]:
    """Draw the links to the page before and after; filters stay in the address."""
    return {"page": page, "pages": pages, "request": context["request"]}


@register.filter
def mark_of(bar: object) -> str:
    """Return the mark at the row of a line of work; the words beside it say the same."""
    return {"overdue": "sm-mark--over", "shift": "sm-mark--soon"}.get(str(getattr(bar, "value", bar)), "")


@register.filter
def detail_words(need: Any) -> str:
    """Write the second line of a line of work: which notice, or what is wrong."""
    if need.subject_kind == "key":
        return word(KEYS, need.detail)
    kind = words_notices.KINDS.get(need.detail) or words_notices.DOCUMENTS.get(need.detail)
    if kind is None:
        kind = words_notices.SERVICES.get(need.detail) or words_notices.DECISIONS.get(need.detail)
    if kind is None and need.detail:
        kind = word(TROUBLES, need.detail) if need.detail in TROUBLES else sentences.of_code(need.detail)
    return ", ".join(part for part in (str(kind or ""), need.reference) if part)


@register.filter
def states_of(destinations: Any) -> str:
    """Write the states that are told, joined by commas."""
    return ", ".join(in_text(one.state) for one in destinations)


@register.filter
def own_language(code: str) -> str:
    """Write a language in itself: Nederlands, Latviešu."""
    name: str = Locale.parse(code).languages.get(code, code)
    return name[:1].upper() + name[1:]


@register.filter
def control_of(field: BoundField, form: str) -> SafeString:
    """Draw a control that stands outside its form and belongs to it all the same."""
    return field.as_widget(attrs={"class": "ecl-text-input", "form": form})


@register.filter
def duty_mark(duty: Any) -> str:
    """Return the mark at the row of a duty."""
    if duty.state != "open":
        return ""
    return "sm-mark--over" if duty.overdue else "sm-mark--soon" if duty.running else ""


@register.filter
def document_what(line: Any) -> str:
    """Write what a document is about: the kind of notice, what happened, the outcome, why it was taken back."""
    table = {
        "movement-notice": "kind", "movement-change": "kind", "movement-cancellation": "cancel_reason",
        "movement-progress": "progress", "movement-answer": "outcome", "acknowledgement": "document",
    }.get(line.type)  # fmt: skip
    return called(line.what, table) if table else str(line.what)
