"""Filters and tags of the screens."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from babel import Locale
from django import forms, template
from django.forms.boundfield import BoundField
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from somec.access import queries as access
from somec.access.rules import Actor
from somec.catalogue import queries as catalogue
from somec.kernel import clock
from somec.kernel.errors import SomecError
from somec.persons.messages import PersonView
from somec.web import sentences, times, words
from somec.web.naming import born_words, in_text, state_name

register = template.Library()


@register.filter
def instant(at: datetime | None) -> SafeString | str:
    """Write an instant with weekday, year and zone, marked up as a time."""
    return "" if at is None else format_html('<time datetime="{}">{}</time>', clock.iso(at), times.instant(at))


@register.filter
def short_instant(at: datetime | None) -> SafeString | str:
    """Write an instant without the year."""
    if at is None:
        return ""
    return format_html('<time datetime="{}">{}</time>', clock.iso(at), times.instant(at, year=False))


@register.filter
def day(on: date | None) -> SafeString | str:
    """Write a day."""
    return "" if on is None else format_html('<time datetime="{}">{}</time>', on.isoformat()[:10], times.day(on))


@register.filter
def clock_time(at: datetime | None) -> str:
    """Write hours and minutes in the reader's zone."""
    return "" if at is None else times.clock_time(at)


@register.filter
def duration(length: timedelta) -> str:
    """Write a length of time in words."""
    return times.duration(length)


@register.simple_tag
def due(at: datetime | None, now: datetime) -> str:
    """Write how much time is left or gone."""
    return times.due(at, now)


@register.simple_tag
def waiting(since: datetime, now: datetime) -> str:
    """Write how long something has waited."""
    return times.waiting(since, now)


register.filter("state_name", state_name)
register.filter("in_text", in_text)
register.filter("born_words", born_words)


@register.filter
def state_names(codes: list[str]) -> str:
    """Write several states by name, joined by commas."""
    return ", ".join(state_name(code) for code in codes)


@register.filter
def language_name(code: str) -> str:
    """Write a language by its name in the reader's language."""
    return str(Locale.parse(times.locale()).languages.get(code, code))


@register.filter
def bdi(name: str) -> SafeString:
    """Set a name apart, so that one written from right to left does not turn the words and numbers beside it."""
    return format_html("<bdi>{}</bdi>", name)


@register.inclusion_tag("web/parts/crumbs.html")
def crumbs(here: str, *above: str) -> dict[str, Any]:
    """Draw the way to this page: pairs of a text and its address from the top down, then the page itself."""
    way = [{"text": text, "href": href} for text, href in zip(above[::2], above[1::2], strict=True)]
    return {"crumbs": [*way, {"text": here}]}


@register.simple_tag
def page_of(number: int) -> str:
    """Write which page of a list this is, for its title; nothing for the first."""
    return gettext(", page %(n)s") % {"n": number} if number > 1 else ""


@register.simple_tag(takes_context=True)
def query_with(context: template.Context, **changes: Any) -> str:
    """Return the present query string with some values changed, so that filters survive paging."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        query[name] = value
    return f"?{query.urlencode()}"


@register.filter
def is_choice_list(field: BoundField) -> bool:
    """Tell whether the field is a list of radio buttons or check boxes."""
    return isinstance(field.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple)


@register.filter
def choice_kind(field: BoundField) -> str:
    """Return ``radio`` or ``checkbox``."""
    return "checkbox" if isinstance(field.field.widget, forms.CheckboxSelectMultiple) else "radio"


@register.filter
def choice_help(field: BoundField, value: str) -> str:
    """Return what follows from one choice, if the form says so (``choice_help = {field: {value: text}}``)."""
    return str(getattr(field.form, "choice_help", {}).get(field.name, {}).get(str(value), ""))


@register.filter
def is_checkbox(field: BoundField) -> bool:
    """Tell whether the field is one check box."""
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.filter
def anchor(field: BoundField) -> str:
    """Return the id that a link to the field must name."""
    return field.auto_id or field.html_name


@register.filter
def error_count(form: forms.BaseForm) -> int:
    """Count the mistakes of a form."""
    return sum(len(errors) for errors in form.errors.values())


_CLASSES: dict[type[forms.Widget], str] = {
    forms.Textarea: "ecl-text-area",
    forms.Select: "ecl-select sm-select",
    forms.ClearableFileInput: "sm-file",
}


@register.filter
def control(field: BoundField) -> SafeString:
    """Draw the control of a field in the design system's form, tied to its help and its mistakes."""
    name = next((value for kind, value in _CLASSES.items() if isinstance(field.field.widget, kind)), "ecl-text-input")
    attributes: dict[str, Any] = {"class": f"{name} {name}--invalid" if field.errors else name}
    described = [f"{field.auto_id}-h"] if field.help_text else []
    if field.errors:
        described.append(f"{field.auto_id}-e")
        attributes["aria-invalid"] = "true"
    if described:
        attributes["aria-describedby"] = " ".join(described)
    return field.as_widget(attrs=attributes)


@register.filter
def role_names(actor: Actor) -> str:
    """Write the roles of an officer."""
    return ", ".join(words.word(words.ROLES, role.value) for role in sorted(actor.roles))


@register.filter
def authority_name(actor: Actor) -> str:
    """Write the name of the officer's authority."""
    return access.authority(actor.authority_id).name


@register.filter
def act_name(action: str) -> str:
    """Write an act of the log."""
    return words.word(words.ACTS, action)


@register.filter
def log_kind(kind: str) -> str:
    """Write a kind of log entry."""
    return words.word(words.LOG_KINDS, str(kind))


@register.filter
def trouble(code: str) -> str:
    """Write what is wrong with a peer."""
    return words.word(words.TROUBLES, str(code))


@register.filter
def sentence(code: str) -> str:
    """Write the sentence that belongs to an error's code."""
    return sentences.of_code(str(code))


@register.filter
def label(entry: Any) -> str:
    """Write an entry of the catalogue in the reader's language (English where there is no other, saying so)."""
    found = entry.label(times.locale().partition("_")[0])
    return found.text if found.translated else f"{found.text} ({found.lang})"


@register.filter
def item_of(table: Any, key: str) -> Any:
    """Look something up in a mapping."""
    return table.get(key)


@register.filter
def purpose_name(code: str) -> str:
    """Write a purpose of access, or the use for which a document went out, in words; an unknown code as it is."""
    for entry in (catalogue.purpose, catalogue.permitted_use):
        try:
            return label(entry(code))
        except SomecError:
            continue
    return words.word(words.NODE_PURPOSES, code)


@register.filter
def person_name(view: PersonView) -> str:
    """Write the main name of a person's file, family name first."""
    main = next((name for name in view.names if name.main), None)
    return main.written if main else view.case_number


@register.filter
def control_plain(field: BoundField) -> SafeString:
    """Draw a control without its help, for filter bars."""
    kind = "ecl-select sm-select" if isinstance(field.field.widget, forms.Select) else "ecl-text-input"
    return field.as_widget(attrs={"class": kind})
