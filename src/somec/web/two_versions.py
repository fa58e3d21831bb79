"""Somebody else saved first: both versions side by side, field by field, and a person says which stands.

A form that comes too late is answered with a page that shows each field on which the two differ. It carries everything
that was typed and everything that stands now as hidden fields, so it works without a script and loses nothing; what
comes back from it is the typed form with the chosen fields taken from the other version.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _

from somec.web import times

KEEP: Final = "keep."  # which version of a field stands: "mine" or "theirs"
THEIRS: Final = "theirs."
EDIT: Final = "edit"  # the button that leads back to the form
_CONTROL: Final = frozenset({"csrfmiddlewaretoken", "version", "submit", "save", EDIT, "more"})


@dataclass(frozen=True, slots=True)
class Difference:
    """One field on which the two versions differ, as the reader reads it; ``raw`` is theirs as a browser sends it."""

    name: str
    label: str
    theirs: str = field(repr=False)
    mine: str = field(repr=False)
    raw: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Saved:
    """Who saved the version that stands, and when; empty where the log names nobody."""

    by: str = field(default="", repr=False)
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TwoVersions:
    """What the page shows. ``version``: of what stands now. ``carried``: all that was typed, as a browser sends it.

    ``locked``: it can no longer be changed; then the page only shows what was typed, so that it can be copied.
    """

    differences: tuple[Difference, ...]
    carried: tuple[tuple[str, str], ...] = field(repr=False)
    version: int
    saved: Saved
    locked: bool = False


def settled(data: QueryDict) -> QueryDict:
    """Return what was typed, with the fields for which the other version was chosen taken from that."""
    chosen = [name.removeprefix(KEEP) for name in data if name.startswith(KEEP) and data[name] == "theirs"]
    merged = QueryDict(mutable=True)
    for name in data:
        if not name.startswith((KEEP, THEIRS)):
            merged.setlist(name, data.getlist(name))
    for name in chosen:
        merged.setlist(name, data.getlist(THEIRS + name))
        if not merged.getlist(name):
            del merged[name]
    return merged


def wants_form(data: Mapping[str, Any]) -> bool:
    """Tell whether the reader asked for the form with what was chosen, instead of saving it."""
    return EDIT in data


def compare(mine: forms.BaseForm, theirs: forms.BaseForm, *, version: int, saved: Saved, locked: bool = False) -> Any:
    """Return the two versions of a form: ``mine`` as it was sent, ``theirs`` filled from what stands now, not sent."""
    data: QueryDict = mine.data  # type: ignore[assignment]  # what a browser sent
    unseen = {name: _sent(theirs, name) for name in theirs.fields if not _seen(name, theirs, data)}
    names = [name for name in dict.fromkeys([*mine.fields, *theirs.fields]) if name not in unseen | {"version": ()}]
    differences = tuple(
        Difference(
            name=name, label=_label(name, mine, theirs), raw=_sent(theirs, name),
            theirs=_words(theirs, name, theirs[name].value() if name in theirs.fields else None),
            mine=_words(mine, name, data.getlist(name) if _several(mine, name) else data.get(name)),
        )
        for name in names
        if _plain(_sent(theirs, name)) != _plain(data.getlist(name))
    )  # fmt: skip
    return TwoVersions(differences, tuple(_carried(data, unseen, theirs)), version, saved, locked)


def page(request: HttpRequest, found: TwoVersions, context: Mapping[str, Any]) -> HttpResponse:
    """Return the page; 409, since nothing was saved. ``context`` has ``title``, ``about`` and ``back`` (an address)."""
    return render(request, "web/two_versions.html", {**context, "both": found, "errors": True}, status=409)


def _seen(name: str, theirs: forms.BaseForm, data: QueryDict) -> bool:
    """Tell whether the typed form had this field: rows that were added meanwhile were never shown to who typed."""
    group = name.rpartition(".")[0] if "." in name else name.rpartition("-")[0]
    if name in data or not group:
        return name in data or _unticked(theirs, name)
    return _unticked(theirs, name) and any(other.startswith((f"{group}.", f"{group}-")) for other in data)


def _unticked(form: forms.BaseForm, name: str) -> bool:
    """Tell whether a browser sends nothing for this field when nothing is chosen."""
    widget = form.fields[name].widget
    return isinstance(widget, forms.CheckboxInput | forms.CheckboxSelectMultiple | forms.RadioSelect)


def _several(form: forms.BaseForm, name: str) -> bool:
    return isinstance(form.fields.get(name), forms.MultipleChoiceField)


def _sent(form: forms.BaseForm, name: str) -> tuple[str, ...]:
    """Return what a browser would send for a field that nobody touched."""
    if name not in form.fields:
        return ()
    bound = form[name]
    value = bound.value()
    if isinstance(bound.field.widget, forms.CheckboxInput):
        return ("on",) if value else ()
    if isinstance(value, list | tuple):
        return tuple(str(one) for one in value)
    written = bound.field.widget.format_value(value)
    several = written if isinstance(written, list) else [written]
    return tuple(str(one) for one in several if one is not None)


def _plain(values: Iterable[str]) -> list[str]:
    return sorted(one.replace("\r\n", "\n").strip() for one in values if one.strip())


def _label(name: str, *among: forms.BaseForm) -> str:
    known = next(form.fields[name] for form in among if name in form.fields)
    numbers = [part for part in name.replace("-", ".").split(".") if part.isdecimal()]
    label = str(known.label or name)
    return f"{label} ({int(numbers[0]) + 1})" if numbers else label


def _words(form: forms.BaseForm, name: str, value: Any) -> str:
    """Return a value as the reader reads it: choices by what they are called, days and instants in words."""
    known = form.fields.get(name)
    if isinstance(known, forms.BooleanField):
        return _("Yes") if value else _("No")
    if isinstance(known, forms.ChoiceField):
        called = {str(key): str(words) for key, words in _choices(known)}
        given = value if isinstance(value, list | tuple) else [value]
        return ", ".join(called.get(str(one), str(one)) for one in given if one not in (None, ""))
    if isinstance(known, forms.DateField | forms.DateTimeField) and isinstance(value, str):
        value = _read(known, value)
    if isinstance(value, datetime):
        return times.instant(value)
    return times.day(value) if isinstance(value, date) else str(value or "")


def _read(known: forms.Field, text: str) -> Any:
    try:
        return known.to_python(text)
    except forms.ValidationError:
        return text


def _choices(known: forms.ChoiceField) -> Iterator[tuple[Any, Any]]:
    pairs: Any = known.choices
    for key, words in pairs:
        if isinstance(words, list | tuple):
            yield from words
        else:
            yield key, words


def _carried(data: QueryDict, unseen: Mapping[str, Iterable[str]], theirs: forms.BaseForm) -> Iterator[tuple[str, str]]:
    counts = getattr(theirs, "counts", {})
    for name in data:
        if name in _CONTROL or name.startswith((KEEP, THEIRS)):
            continue
        rows = counts.get(name.removesuffix("-count")) if name.endswith("-count") else None
        for value in data.getlist(name):
            more = rows is not None and (not value.isdecimal() or rows > int(value))
            yield name, str(rows) if more else value
    for name, values in unseen.items():
        for value in values:
            yield name, value
