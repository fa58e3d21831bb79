"""Filters of the screens that show an answer of the matching engine."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from somec.persons.search import MatchCandidate
from somec.web import comparison, figures, words_matching
from somec.web.comparison import FieldRow, Written
from somec.web.words import word

register = template.Library()

register.filter("compared", comparison.compared)
register.filter("in_hundred", figures.in_hundred)
register.filter("in_hundred_parts", figures.in_hundred_parts)
register.filter("likely_words", figures.likely_words)
register.filter("signed", figures.signed)
register.filter("number", figures.number)
register.filter("ranked", comparison.ranked)
register.filter("unlikely", comparison.unlikely)


@register.filter
def reason_words(code: str) -> str:
    """Write why an answer is no better."""
    return word(words_matching.REASONS, code)


@register.filter
def prior_by(code: str) -> str:
    """Write who states how likely it was before looking."""
    return word(words_matching.PRIOR_BY, code)


@register.filter
def caution_title(code: str) -> str:
    """Write which two people may be taken for one."""
    return word(words_matching.CAUTION_TITLES, code)


@register.filter
def caution_words(code: str) -> str:
    """Write what in the data says so."""
    return word(words_matching.CAUTIONS, code)


@register.filter
def changed_sides(code: str) -> str:
    """Write which side changed since a link was confirmed."""
    return word(words_matching.SIDES_IN_QUESTION, code)


@register.filter
def written(values: tuple[Written, ...]) -> SafeString | str:
    """Write the values of one side, each on its line, apart from the text around it (names run in both directions)."""
    return format_html_join(
        "", '<bdi class="sm-value"{}>{}</bdi>',
        ((format_html(' lang="{}"', one.lang) if one.lang else "", one.text) for one in values),
    ) or "–"  # fmt: skip


@register.filter
def bar(row: FieldRow) -> SafeString | str:
    """Draw the bar of a field's bits; readers hear the figure and the word beside it instead."""
    if row.bar is None:
        return ""
    return format_html(
        '<svg class="sm-bits" viewBox="0 0 128 12" aria-hidden="true" focusable="false">'
        '<rect class="sm-bits__{}" x="{}" y="2" width="{}" height="8"/>'
        '<line class="sm-bits__axis" x1="64" x2="64" y1="0" y2="12"/></svg>',
        "for" if row.bar.supports else "against", row.bar.x, row.bar.width,
    )  # fmt: skip


@register.filter
def folded(candidates: Any) -> int:
    """Count the candidates that are folded away on a phone."""
    return sum(comparison.unlikely(one) for one in candidates[1:])


@register.simple_tag
def label_of(candidates: tuple[MatchCandidate, ...], person_id: str) -> str:
    """Write the name of another candidate of the same page."""
    return next((one.label for one in candidates if one.person_id == person_id), "")


@register.filter
def searches(share: float) -> int:
    """Return of how many searches a share is said, so that it is a whole number: a hundred, if possible."""
    return next((whole for whole in (100, 10_000) if share * whole >= 1), 1_000_000)


@register.filter
def found_of(share: float, whole: int) -> int:
    """Return a share of so many as a whole number, never none and never all."""
    return min(whole - 1, max(1, round(share * whole)))
