"""Writing in the closed part: persons to be kept safe."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _

from somec.access import rules
from somec.kernel.errors import Invalid, NotFound
from somec.offenders import actions, queries
from somec.offenders.messages import PersonAtRisk
from somec.persons import queries as persons
from somec.web.forms.person import ReasonForm
from somec.web.forms.record import PersonAtRiskForm
from somec.web.forms.refusals import refuse, required_words
from somec.web.views.access import OfficerRequest
from somec.web.views.case import case_page
from somec.web.views.purpose import line


def _may(request: OfficerRequest, person: str) -> None:
    rules.check(request.actor, "person.change_protected", queries.protected_target(request.actor, person))


def _found(request: OfficerRequest, person: str, entry: str) -> PersonAtRisk:
    for one in queries.persons_at_risk(request.actor, person):
        if one.id == entry:
            return one
    raise NotFound("entry", id=entry)


def _answered(
    request: OfficerRequest,
    person: str,
    form: Any,
    title: str,
    act: Callable[[], object],
    *,
    reason: Any = None,
) -> HttpResponse:
    required_words(form)
    if request.method == "POST" and form.is_valid() and (reason is None or reason.is_valid()):
        try:
            act()
        except Invalid as error:
            refuse(reason if reason is not None and "reason" in error.fields else form, error)
        else:
            messages.success(request, _("Recorded in the closed part."))
            return redirect("person_protected", person)
    context = {
        "known": persons.labels([person])[person], "person_id": person, "form": form, "reason": reason, "title": title,
        "purpose": line(request.actor, person, "protected"),
        "errors": bool(form.errors) or bool(reason is not None and reason.errors),
    }  # fmt: skip
    return render(request, "web/record/protected_form.html", context)


@case_page("GET", "POST", kind="protected")
def add(request: OfficerRequest, person: str) -> HttpResponse:
    """Add a person to be kept safe."""
    _may(request, person)
    form = PersonAtRiskForm(request.POST or None)
    return _answered(
        request, person, form, _("Add a person to be kept safe"),
        lambda: actions.record_entry(actor=request.actor, person_id=person, entry=form.entry()),
    )  # fmt: skip


@case_page("GET", "POST", kind="protected")
def correct(request: OfficerRequest, person: str, entry: str) -> HttpResponse:
    """Correct what is said of a person to be kept safe."""
    _may(request, person)
    form = PersonAtRiskForm(request.POST or None, initial=PersonAtRiskForm.shown(_found(request, person, entry)))
    reason = ReasonForm(request.POST or None)
    return _answered(
        request, person, form, _("Correct"), lambda: actions.correct_entry(
            actor=request.actor, entry_id=entry, entry=form.entry(), reason=reason.cleaned_data["reason"]
        ), reason=reason,
    )  # fmt: skip


@case_page("GET", "POST", kind="protected")
def withdraw(request: OfficerRequest, person: str, entry: str) -> HttpResponse:
    """Withdraw a person to be kept safe."""
    _may(request, person)
    found, form = _found(request, person, entry), ReasonForm(request.POST or None)
    return _answered(
        request, person, form, _("Withdraw"), lambda: actions.withdraw_entry(
            actor=request.actor, entry_id=found.id, reason=form.cleaned_data["reason"]
        ),
    )  # fmt: skip


ADDRESSES = [
    path("people/<str:person>/protected/add/", add, name="add_at_risk"),
    path("people/<str:person>/protected/<str:entry>/correct/", correct, name="correct_at_risk"),
    path("people/<str:person>/protected/<str:entry>/withdraw/", withdraw, name="withdraw_at_risk"),
]
