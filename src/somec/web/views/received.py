"""A notice of another state: read it, see where it stands, do the next lawful step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from somec.access.rules import Actor
from somec.catalogue import queries as catalogue
from somec.kernel.errors import Invalid
from somec.movements import actions, queries
from somec.movements.events import Certainty
from somec.movements.rules import Outcome, Service
from somec.movements.views import IncomingView
from somec.web.forms import received as forms_received
from somec.web.forms.moments import Said
from somec.web.forms.notices import SaidForm
from somec.web.forms.submission import refuse_into
from somec.web.templatetags.somec import language_name
from somec.web.views import notice_page, purpose
from somec.web.views.access import OfficerRequest, officer

Given = Mapping[str, Any]


@dataclass(frozen=True)
class Act:
    """One step that needs words: its form, what it does, what is said afterwards."""

    step: str
    button: Said
    form: Callable[[Any, Actor, IncomingView], forms.Form]
    do: Callable[[Actor, IncomingView, int, Any], object]
    done: Said


def _languages(actor: Actor) -> list[tuple[str, str]]:
    codes = dict.fromkeys([actor.language, "en", *catalogue.state(settings.CONFIG.state).languages])
    return [(code, language_name(code)) for code in codes]


def _arrival(actor: Actor, view: IncomingView, version: int, form: forms_received.HappenedForm) -> None:
    given = form.cleaned_data
    actions.record_arrival(
        actor=actor, id=view.row.id, version=version, at=given["at"], place=form.place(),
        certainty=Certainty(given["certainty"]), remark=given["remark"],
    )  # fmt: skip


def _sighting(actor: Actor, view: IncomingView, version: int, form: forms_received.SightingForm) -> None:
    given = form.cleaned_data
    actions.record_sighting(
        actor=actor, id=view.row.id, version=version, at=given["at"], place=form.place(),
        certainty=Certainty(given["certainty"]), remark=given["remark"], left=given["left"],
    )  # fmt: skip


def _plan(actor: Actor, view: IncomingView, version: int, form: forms_received.PlanForm) -> None:
    given = form.cleaned_data
    actions.plan_action(
        actor=actor, id=view.row.id, version=version, what=given["what"], service=Service(given["service"]),
        due=given["due"], owner_id=given["owner_id"],
    )  # fmt: skip


def _answer(actor: Actor, view: IncomingView, version: int, form: forms_received.AnswerForm) -> None:
    given = form.cleaned_data
    actions.answer(
        actor=actor, id=view.row.id, version=version, outcome=Outcome(given["outcome"]), text=given["text"],
        language=given["language"], at=given["at"], place=form.place(), missing=given["missing"],
        left_for=given["left_for"],
    )  # fmt: skip


ACTS: Mapping[str, Act] = {
    "assign": Act(
        "incoming.assign", gettext_lazy("Assign owners"),
        lambda data, actor, view: forms_received.AssignForm(data, actor=actor, owners=view.row.owners),
        lambda actor, view, version, form: actions.assign(
            actor=actor, id=view.row.id, version=version, owners=form.owners()
        ),
        gettext_lazy("Assigned. The other state sees who has it."),
    ),
    "arrival": Act(
        "incoming.record_arrival", gettext_lazy("Record the arrival"),
        lambda data, *_: forms_received.HappenedForm(data), _arrival,
        gettext_lazy("Recorded. The other state is told."),
    ),
    "no-arrival": Act(
        "incoming.record_no_arrival", gettext_lazy("Record that the person did not arrive"),
        lambda data, *_: forms_received.RemarkForm(data),
        lambda actor, view, version, form: actions.record_no_arrival(
            actor=actor, id=view.row.id, version=version, remark=form.cleaned_data["remark"]
        ),
        gettext_lazy("Recorded. The other state is told, and you owe it word of what was done."),
    ),
    "sighting": Act(
        "incoming.record_sighting", gettext_lazy("Record that the person was seen or left"),
        lambda data, *_: forms_received.SightingForm(data), _sighting,
        gettext_lazy("Recorded. The other state is told."),
    ),
    "plan": Act(
        "incoming.plan", gettext_lazy("Plan an action"),
        lambda data, actor, *_: forms_received.PlanForm(data, actor=actor), _plan,
        gettext_lazy("Planned. Whoever has it sees it in the list of work."),
    ),
    "answer": Act(
        "incoming.answer", gettext_lazy("Send the answer"),
        lambda data, actor, *_: forms_received.AnswerForm(data, actor=actor, languages=_languages(actor)), _answer,
        gettext_lazy("The answer is on its way."),
    ),
    "close": Act(
        "incoming.close", gettext_lazy("Close the notice"),
        lambda data, *_: SaidForm(data),
        lambda actor, view, version, form: actions.close_incoming(
            actor=actor, id=view.row.id, version=version, reason=form.cleaned_data["reason"]
        ),
        gettext_lazy("Closed. The other state is told. The documents and the log stay."),
    ),
}  # fmt: skip


@officer()
def received(request: OfficerRequest, incoming: str) -> HttpResponse:
    """Show a notice of another state with what it says, where it stands and what may be done."""
    actions.open_incoming(actor=request.actor, id=incoming)
    view = queries.incoming(request.actor, incoming)
    read_in = (get_language() or "en")[:2]
    context = {
        "view": view, "row": view.row, "paper": notice_page.drawn(view.document, read_in),
        "follow": queries.conversation(request.actor, view.conversation),
        "possible": [(key, act) for key, act in ACTS.items() if _may(act, view)],
        "may_take": [one for one in view.row.owners
                     if one.taken is None and one.authority_id in request.actor.authority_ids]
        if "incoming.take" in view.actions else [],
        "purpose": purpose.line(request.actor, view.row.person.id) if view.row.person.id else None,
    }  # fmt: skip
    return render(request, "web/received/page.html", context)


def _may(act: Act, view: IncomingView) -> bool:
    return act.step in view.actions or (act.step == "incoming.assign" and "incoming.reassign" in view.actions)


@officer("GET", "POST")
def step(request: OfficerRequest, incoming: str, act: str) -> HttpResponse:
    """Ask for the words of one step, then do it."""
    view = queries.incoming(request.actor, incoming)
    chosen = ACTS.get(act)
    if chosen is None or not _may(chosen, view):
        return render(request, "web/received/not_now.html", {"view": view, "row": view.row}, status=409)
    form = chosen.form(request.POST or None, request.actor, view)
    if request.method == "POST" and form.is_valid():
        try:
            chosen.do(request.actor, view, _version(request), form)
        except Invalid as error:
            refuse_into(form, error)
        else:
            messages.success(request, chosen.done)
            return redirect("received", incoming)
    context = {
        "view": view, "row": view.row, "form": form, "act": chosen, "key": act, "errors": bool(form.errors),
        "purpose": purpose.line(request.actor, view.row.person.id) if view.row.person.id else None,
    }  # fmt: skip
    return render(request, "web/received/step.html", context)


def _version(request: OfficerRequest) -> int:
    given = request.POST.get("version", "")
    return int(given) if given.isdecimal() and len(given) < 9 else -1  # noqa: PLR2004 - fits every database


@officer("POST")
def acknowledge(request: OfficerRequest, incoming: str) -> HttpResponse:
    """Take the notice in the name of the reader's authority."""
    actions.acknowledge(actor=request.actor, id=incoming, version=_version(request))
    messages.success(request, _("Taken. The other state sees that your authority has it."))
    return redirect("received", incoming)


@officer("POST")
def confirm(request: OfficerRequest, incoming: str) -> HttpResponse:
    """Confirm that changes or a cancellation were taken note of."""
    actions.confirm_changes(actor=request.actor, id=incoming, version=_version(request))
    messages.success(request, _("Confirmed. The other state sees it."))
    return redirect("received", incoming)


@officer("POST")
def take(request: OfficerRequest, incoming: str, service: str) -> HttpResponse:
    """Take over the work for a service."""
    if service not in set(Service):
        return redirect("received", incoming)
    actions.take(actor=request.actor, id=incoming, version=_version(request), service=Service(service))
    messages.success(request, _("You have it now. The other state is told your name."))
    return redirect("received", incoming)


@officer("GET", "POST")
def finish(request: OfficerRequest, incoming: str, plan: str) -> HttpResponse:
    """Say that a planned thing was done, and how it went."""
    view = queries.incoming(request.actor, incoming)
    row = next((one for one in view.plan if one.id == plan and one.done is None), None)
    form = forms_received.ResultForm(request.POST or None)
    if row is not None and request.method == "POST" and form.is_valid():
        actions.finish_action(actor=request.actor, plan_id=plan, result=form.cleaned_data["result"])
        messages.success(request, _("Recorded as done."))
        return redirect("received", incoming)
    context = {"view": view, "row": view.row, "form": form, "plan": row, "errors": bool(form.errors)}
    return render(request, "web/received/finish.html", context)


ADDRESSES = [
    path("received/<str:incoming>/", received, name="received"),
    path("received/<str:incoming>/take/", acknowledge, name="acknowledge"),
    path("received/<str:incoming>/confirm/", confirm, name="confirm_changes"),
    path("received/<str:incoming>/take/<str:service>/", take, name="take_service"),
    path("received/<str:incoming>/plan/<str:plan>/done/", finish, name="finish_plan"),
    path("received/<str:incoming>/step/<str:act>/", step, name="received_step"),
]
