"""All that is recorded about a person: add, correct, withdraw; each with its reason, nothing overwritten."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from somec.access import queries as access
from somec.access import rules
from somec.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from somec.offenders import actions as offenders
from somec.offenders import queries as records
from somec.persons import actions as persons
from somec.persons import queries
from somec.web import two_versions, words_people
from somec.web.forms import record as entry_forms
from somec.web.forms import statements as statement_forms
from somec.web.forms.person import ConditionForm, FileForm, NewPersonForm, ReasonForm
from somec.web.forms.refusals import refuse, required_words, version
from somec.web.times import day
from somec.web.views import gone
from somec.web.views.access import OfficerRequest, officer
from somec.web.views.case import case_page
from somec.web.views.purpose import line
from somec.web.words import word


@officer("GET", "POST")
def record_person(request: OfficerRequest) -> HttpResponse:
    """Open a file for a person."""
    if not rules.can(request.actor, "person.record", _own_file(request)):
        raise NotAllowed("access.role", action="person.record", kind="person")
    form = NewPersonForm(request.POST or None)
    required_words(form)
    if request.method == "POST" and form.is_valid():
        try:
            made = persons.record_person(actor=request.actor, person=form.person(request.actor.id))
        except Invalid as error:
            refuse(form, error)
        else:
            messages.success(request, _("Recorded. Say what you need the file for, then add the rest."))
            return redirect("person", made)
    return render(request, "web/record/new_person.html", {"form": form, "errors": bool(form.errors)})


def _own_file(request: OfficerRequest) -> rules.Target:
    return rules.Target(kind="person", id="", authority_id=request.actor.authority_id)


@case_page()
def everything(request: OfficerRequest, person: str) -> HttpResponse:
    """List every statement and entry with what can be done to each, and what can be added."""
    actor = request.actor
    view, record = queries.person(actor, person), records.record(actor, person)
    target = queries.target(actor, person)
    context = {
        "person": view, "record": record, "purpose": line(actor, person),
        "may_change": rules.can(actor, "person.change", target),
        "may_record": rules.can(actor, "record.change", target),
        "may_assess": rules.can(actor, "assessment.record", target),
        "groups": _groups(view),
    }  # fmt: skip
    return render(request, "web/record/everything.html", context)


def _groups(view: Any) -> list[tuple[str, tuple[Any, ...]]]:
    plurals = {
        "name": "names", "birth": "births", "birthplace": "birthplaces", "nationality": "nationalities",
        "document": "documents", "address": "addresses", "description": "descriptions", "biometric": "biometrics",
    }  # fmt: skip
    return [(kind, getattr(view, plural)) for kind, plural in plurals.items()]


def _found_statement(request: OfficerRequest, person: str, statement: str) -> tuple[str, Any]:
    for kind, items in _groups(queries.person(request.actor, person)):
        for item in items:
            if item.id == statement:
                return kind, item
    raise NotFound("statement", id=statement)


def _found_entry(request: OfficerRequest, person: str, entry: str) -> tuple[str, Any]:
    view = records.record(request.actor, person)
    entries: tuple[Any, ...] = (*view.convictions, *view.orders, *view.assessments, *view.triggers, *view.signs)
    for item in entries:
        if item.id == entry:
            return type(item).__name__.lower(), item
    raise NotFound("entry", id=entry)


@case_page("GET", "POST")
def add(request: OfficerRequest, person: str, kind: str) -> HttpResponse:
    """Add one statement or one entry."""
    view = queries.person(request.actor, person)
    title = _("Add: %(what)s") % {"what": word(words_people.THINGS, kind)}
    if kind in statement_forms.FORMS:
        _may(request, person, "person.change")
        statement = statement_forms.FORMS[kind](request.POST or None)
        return _answered(
            request, view, statement, title, lambda: persons.add_statement(
                actor=request.actor, person_id=person, statement=statement.statement(), version=version(request.POST)
            ),
        )  # fmt: skip
    if kind not in entry_forms.FORMS:
        raise NotFound("page")
    _may(request, person, "assessment.record" if kind == "assessment" else "record.change")
    entry = _entry_form(request, person, kind)
    return _answered(
        request, view, entry, title,
        lambda: offenders.record_entry(actor=request.actor, person_id=person, entry=entry.entry()),
    )  # fmt: skip


def _may(request: OfficerRequest, person: str, action: str) -> None:
    rules.check(request.actor, action, queries.target(request.actor, person))


def _entry_form(request: OfficerRequest, person: str, kind: str, initial: dict[str, Any] | None = None) -> Any:
    more = request.POST.get("more", "")
    if more:
        return entry_forms.FORMS[kind].with_more(request.POST, more, **_around(request, person, kind))
    return entry_forms.FORMS[kind](_typed(request), initial=initial, **_around(request, person, kind))


def _empty_form(request: OfficerRequest, person: str, kind: str, initial: dict[str, Any]) -> Any:
    """Return the form as it is shown before anybody typed."""
    return entry_forms.FORMS[kind](None, initial=initial, **_around(request, person, kind))


def _around(request: OfficerRequest, person: str, kind: str) -> dict[str, Any]:
    return {"convictions": _convictions(request, person)} if kind == "order" else {}


def _convictions(request: OfficerRequest, person: str) -> list[tuple[str, str]]:
    found = records.record(request.actor, person).convictions
    return [(one.id, ", ".join(part for part in (day(one.decided), one.court, one.reference) if part)) for one in found]


def _answered(
    request: OfficerRequest, view: Any, form: Any, title: str, act: Callable[[], object], *, reason: Any = None,
    stands: Any = None, about: str = "",
) -> HttpResponse:  # fmt: skip
    """Show the form, or do the act and go back to the list; what cannot be taken is said at its field.

    ``stands``: the same form filled from what is on record; with it a late version is shown beside that.
    """
    required_words(form)
    valid = form.is_bound and form.is_valid() and not two_versions.wants_form(request.POST)
    if valid and (reason is None or reason.is_valid()):
        try:
            act()
        except Invalid as error:
            refuse(reason if reason is not None and "reason" in error.fields else form, error)
        except Conflict:
            if stands is not None:
                return _both(request, view, form, stands=stands, title=title, about=about)
            messages.warning(request, _("Somebody changed this file meanwhile. What you typed is still here."))
        else:
            messages.success(request, _("Recorded. The history has your name."))
            return redirect("person_record", view.id)
    context = {
        "person": view, "form": form, "reason": reason, "title": title, "purpose": line(request.actor, view.id),
        "errors": bool(form.is_bound and form.errors) or bool(reason and reason.is_bound and reason.errors),
    }  # fmt: skip
    return render(request, "web/record/form.html", context)


def _both(request: OfficerRequest, view: Any, form: Any, *, stands: Any, title: str, about: str) -> HttpResponse:
    """Show what was typed beside what is on record now."""
    history = queries.history(request.actor, view.id, limit=20)
    newest = next((one for one in history if one.entity_id == about), history[0] if history else None)
    saved = two_versions.Saved()
    if newest is not None:
        saved = two_versions.Saved(access.names([newest.by]).get(newest.by, ""), newest.at)
    found = two_versions.compare(form, stands, version=view.version, saved=saved)
    if not found.differences:
        messages.info(request, _("Somebody else saved the same meanwhile. Nothing differs."))
        return redirect("person_record", view.id)
    context = {"title": title, "about": view.label, "back": reverse("person_record", args=[view.id])}
    return two_versions.page(request, found, context)


def _typed(request: OfficerRequest) -> QueryDict | None:
    """Return what was typed, fields for which the other version was chosen taken from that; None before anybody did."""
    return two_versions.settled(request.POST) if request.method == "POST" else None


@case_page("GET", "POST")
def correct(request: OfficerRequest, person: str, item: str) -> HttpResponse:
    """Correct a statement or an entry: the old value stays in the history."""
    view = queries.person(request.actor, person)
    try:
        return _corrected(request, view, item)
    except NotFound as missing:
        return gone.withdrawn(request, view, item, missing, lambda kind: _form(request, view.id, kind))


def _form(request: OfficerRequest, person: str, kind: str) -> Any:
    """Return the form of a kind of statement or entry with what was typed."""
    if kind in statement_forms.FORMS:
        return statement_forms.FORMS[kind](_typed(request))
    return _entry_form(request, person, kind)


def _corrected(request: OfficerRequest, view: Any, item: str) -> HttpResponse:
    person = view.id
    reason = ReasonForm(request.POST if request.POST and "more" not in request.POST else None)
    if item.startswith(_statement_prefixes()):
        _may(request, person, "person.change")
        kind, found = _found_statement(request, person, item)
        form = statement_forms.FORMS[kind]
        statement = form(_typed(request), initial=form.shown(found))
        return _answered(
            request, view, statement, _title(kind), stands=form(initial=form.shown(found)),
            about=item, act=lambda: persons.correct_statement(
                actor=request.actor, person_id=person, statement_id=item, statement=statement.statement(),
                reason=reason.cleaned_data["reason"], version=version(request.POST),
            ), reason=reason,
        )  # fmt: skip
    kind, found = _found_entry(request, person, item)
    _may(request, person, "assessment.record" if kind == "assessment" else "record.change")
    shown = entry_forms.FORMS[kind].shown(found)
    entry = _entry_form(request, person, kind, shown)
    return _answered(
        request, view, entry, _title(kind), stands=_empty_form(request, person, kind, shown), about=item,
        act=lambda: offenders.correct_entry(
            actor=request.actor, entry_id=item, entry=entry.entry(), reason=reason.cleaned_data["reason"],
            version=version(request.POST),
        ), reason=reason,
    )  # fmt: skip


def _statement_prefixes() -> tuple[str, ...]:
    return ("nam-", "bth-", "plc-", "nat-", "doc-", "adr-", "dsr-", "bio-")


def _title(kind: str) -> str:
    return _("Correct: %(what)s") % {"what": word(words_people.THINGS, kind)}


@case_page("GET", "POST")
def withdraw(request: OfficerRequest, person: str, item: str) -> HttpResponse:
    """Withdraw a statement or an entry that is wrong or must not be kept."""
    view = queries.person(request.actor, person)
    of_identity = item.startswith(_statement_prefixes())
    try:
        kind, found = (_found_statement if of_identity else _found_entry)(request, person, item)
    except NotFound as missing:
        return gone.withdrawn(request, view, item, missing)
    action = "person.change" if of_identity else "assessment.record" if kind == "assessment" else "record.change"
    _may(request, person, action)
    form = ReasonForm(request.POST or None)

    def act() -> None:
        why = form.cleaned_data["reason"]
        if of_identity:
            persons.withdraw_statement(
                actor=request.actor, person_id=person, statement_id=item, reason=why, version=version(request.POST)
            )
        else:
            offenders.withdraw_entry(actor=request.actor, entry_id=found.id, reason=why)

    title = _("Withdraw: %(what)s") % {"what": word(words_people.THINGS, kind)}
    return _answered(request, view, form, title, act)


@case_page("GET", "POST")
def change_file(request: OfficerRequest, person: str) -> HttpResponse:
    """Correct what the file itself says: sex, how sure the identity is, its status."""
    _may(request, person, "person.change")
    view = queries.person(request.actor, person)
    reason = ReasonForm(request.POST or None)
    shown = {"sex": view.sex, "certainty": view.certainty, "status": view.status}
    shown |= FileForm.origin_values(view.certainty_origin)
    form = FileForm(_typed(request), initial=shown)
    return _answered(
        request, view, form, _("Correct the file itself"), stands=FileForm(initial=shown), about=person,
        act=lambda: persons.change_file(
            actor=request.actor, person_id=person, reason=reason.cleaned_data["reason"],
            sex=form.cleaned_data["sex"], certainty=form.cleaned_data["certainty"],
            status=form.cleaned_data["status"], certainty_origin=form.origin(), version=version(request.POST),
        ), reason=reason,
    )  # fmt: skip


@case_page("GET", "POST")
def change_condition(request: OfficerRequest, person: str, condition: str) -> HttpResponse:
    """Say that a condition was broken, suspended, lifted, or is in force again."""
    _may(request, person, "record.change")
    view = queries.person(request.actor, person)
    found = [
        one for order in records.record(request.actor, person).orders for one in order.conditions if one.id == condition
    ]
    if not found:
        raise NotFound("condition", id=condition)
    form = ConditionForm(request.POST or None, initial={"status": found[0].status})
    return _answered(
        request, view, form, _("What became of the condition?"), lambda: offenders.change_condition(
            actor=request.actor, condition_id=condition, status=form.cleaned_data["status"],
            since=form.cleaned_data["since"], reason=form.cleaned_data["reason"],
        ),
    )  # fmt: skip


ADDRESSES = [
    path("people/record/", record_person, name="record_person"),
    path("people/<str:person>/record/", everything, name="person_record"),
    path("people/<str:person>/record/add/<str:kind>/", add, name="person_add"),
    path("people/<str:person>/record/<str:item>/correct/", correct, name="person_correct"),
    path("people/<str:person>/record/<str:item>/withdraw/", withdraw, name="person_withdraw"),
    path("people/<str:person>/file/", change_file, name="change_file"),
    path("people/<str:person>/conditions/<str:condition>/", change_condition, name="change_condition"),
]
