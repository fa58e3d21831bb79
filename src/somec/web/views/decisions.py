"""Criteria held against a record, and the decision to tell other states or not."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from somec.access import queries as access
from somec.access import rules, trails
from somec.catalogue import queries as catalogue
from somec.kernel.errors import Conflict, Invalid, NotFound
from somec.offenders import actions, queries
from somec.offenders.queries import DecisionView
from somec.persons import queries as persons
from somec.web import two_versions
from somec.web.criteria import answer, outcome_lines, warning_lines
from somec.web.forms.decision import AnswerForm, ApproveForm, DecisionForm
from somec.web.forms.refusals import refuse, required_words, version
from somec.web.views.access import OfficerRequest, officer
from somec.web.views.case import case_page, entered
from somec.web.views.purpose import line


@case_page()
def criteria(request: OfficerRequest, person: str) -> HttpResponse:
    """Show for each criterion whether it is met, not met, or cannot be answered, and why."""
    evaluation = queries.criteria(request.actor, person)
    record = queries.record(request.actor, person)
    context = {
        "person": persons.person(request.actor, person), "evaluation": evaluation,
        "answer": answer(evaluation), "lines": outcome_lines(evaluation, record),
        "warnings": warning_lines(evaluation), "criteria": catalogue.criteria_for(request.actor.state),
        "purpose": line(request.actor, person),
        "may_decide": rules.can(request.actor, "decision.propose", persons.target(request.actor, person)),
    }  # fmt: skip
    return render(request, "web/decision/criteria.html", context)


@case_page("GET", "POST")
def decide(request: OfficerRequest, person: str) -> HttpResponse:
    """Begin a decision about telling other states."""
    rules.check(request.actor, "decision.propose", persons.target(request.actor, person))
    form = DecisionForm(request.POST or None, own_state=request.actor.state)
    required_words(form)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.propose_decision(actor=request.actor, person_id=person, proposal=form.proposal())
        except Invalid as error:
            refuse(form, error)
        else:
            return _kept(request, made)
    return _draft(request, person, form)


def _kept(request: OfficerRequest, decision: str) -> HttpResponse:
    """Put a kept draft before a second person if that was asked, and show it; what is missing is said there."""
    if "submit" not in request.POST:
        messages.success(request, _("Kept as a draft. Nobody is asked yet."))
        return redirect("decision", decision)
    try:
        actions.submit_decision(actor=request.actor, decision_id=decision)
    except Invalid as error:
        view = queries.decision(request.actor, decision)
        form = DecisionForm(request.POST, own_state=request.actor.state)
        form.is_valid()
        refuse(form, error)
        return _draft(request, view.person_id, form, view)
    messages.success(request, _("Put before a second person. You cannot approve it yourself."))
    return redirect("decision", decision)


def _draft(request: OfficerRequest, person: str, form: DecisionForm, view: DecisionView | None = None) -> HttpResponse:
    evaluation = queries.criteria(request.actor, person)
    context = {
        "person": persons.person(request.actor, person), "form": form, "decision": view,
        "answer": answer(evaluation), "warnings": warning_lines(evaluation), "evaluation": evaluation,
        "purpose": line(request.actor, person), "errors": bool(form.is_bound and form.errors),
    }  # fmt: skip
    return render(request, "web/decision/draft.html", context)


@officer("GET", "POST")
def change(request: OfficerRequest, decision: str) -> HttpResponse:
    """Write a draft or returned decision anew."""
    view = queries.decision(request.actor, decision)
    stopped = entered(request, view.person_id)
    if stopped is not None:
        return stopped
    typed = two_versions.settled(request.POST) if request.method == "POST" else None
    form = DecisionForm(typed, own_state=request.actor.state, initial=DecisionForm.shown(view.proposal))
    required_words(form)
    if typed is not None and "decision.change" not in view.actions:
        return _both(request, view, form, locked=True)
    if typed is not None and form.is_valid() and not two_versions.wants_form(request.POST):
        try:
            actions.change_decision(
                actor=request.actor, decision_id=decision, proposal=form.proposal(), version=version(request.POST)
            )
        except Invalid as error:
            refuse(form, error)
        except Conflict:
            return _both(request, view, form)
        else:
            return _kept(request, decision)
    return _draft(request, view.person_id, form, view)


def _both(request: OfficerRequest, view: DecisionView, form: DecisionForm, *, locked: bool = False) -> HttpResponse:
    """Show what was typed beside what somebody else kept meanwhile."""
    stands = DecisionForm(own_state=request.actor.state, initial=DecisionForm.shown(view.proposal))
    by, at = trails.last_change(view.id, "decision.change")
    saved = two_versions.Saved(by, at)
    found = two_versions.compare(form, stands, version=view.version, saved=saved, locked=locked)
    if not found.differences:
        messages.info(request, _("Somebody else saved the same meanwhile. Nothing differs."))
        return redirect("decision", view.id)
    known = persons.person(request.actor, view.person_id)
    context = {"title": _("Decision"), "about": known.label, "back": reverse("decision", args=[view.id])}
    return two_versions.page(request, found, context)


@officer("GET", "POST")
def decision(request: OfficerRequest, decision: str) -> HttpResponse:
    """Show a decision with everything that a second person weighs, and take the reader's act."""
    view = queries.decision(request.actor, decision)
    stopped = entered(request, view.person_id)
    if stopped is not None:
        return stopped
    act = request.POST.get("act", "") if request.method == "POST" else ""
    approve = ApproveForm(request.POST if act == "approve" else None, warnings=_to_answer(view))
    answer_form = AnswerForm(request.POST if act in {"return", "refuse", "withdraw"} else None)
    if act and _done(request, view, act, approve, answer_form):
        return redirect("decision", decision)
    return _shown(request, view, approve, answer_form, act)


def _to_answer(view: DecisionView) -> list[tuple[str, str]]:
    if view.proposal.outcome != "exchange":
        return []
    return [(code, text) for code, text in warning_lines(view.evaluation) if code in view.warning_codes]


def _done(request: OfficerRequest, view: DecisionView, act: str, approve: ApproveForm, reply: AnswerForm) -> bool:
    """Do the act; False where a form must be shown again."""
    actor, seen = request.actor, version(request.POST)
    form: Any = approve if act == "approve" else reply
    if act == "submit":
        actions.submit_decision(actor=actor, decision_id=view.id, version=seen)
        messages.success(request, _("Put before a second person. You cannot approve it yourself."))
        return True
    if act not in _ACTS:
        raise NotFound("page")
    if not form.is_valid():
        return False
    try:
        if act == "approve":
            actions.approve_decision(actor=actor, decision_id=view.id, overrides=approve.overrides(), version=seen)
        else:
            _ACTS[act](actor=actor, decision_id=view.id, reason=reply.cleaned_data["reason"], version=seen)
    except Invalid as error:
        refuse(form, error)
        return False
    messages.success(request, _("Decided. The log has both names.") if act != "withdraw" else _("Withdrawn."))
    return True


_ACTS: dict[str, Any] = {
    "approve": actions.approve_decision, "return": actions.return_decision, "refuse": actions.refuse_decision,
    "withdraw": actions.withdraw_decision,
}  # fmt: skip


def _shown(
    request: OfficerRequest, view: DecisionView, approve: ApproveForm, reply: AnswerForm, act: str
) -> HttpResponse:
    record = queries.record(request.actor, view.person_id)
    context = {
        "person": persons.person(request.actor, view.person_id), "decision": view, "approve": approve, "reply": reply,
        "answer": answer(view.evaluation), "lines": outcome_lines(view.evaluation, record),
        "warnings": warning_lines(view.evaluation), "act": act,
        "people": access.people_by_id({view.author_id, view.decider_id} - {""}),
        "overridden": [(text, view.overrides.get(code, "")) for code, text in warning_lines(view.evaluation)
                       if view.overrides.get(code)],
        "purpose": line(request.actor, view.person_id), "errors": bool(approve.errors or reply.errors),
        "acts": {name.partition(".")[2]: name in view.actions for name in (
            "decision.change", "decision.submit", "decision.withdraw", "decision.approve", "decision.return",
            "decision.refuse",
        )},
    }  # fmt: skip
    return render(request, "web/decision/decision.html", context)


ADDRESSES = [
    path("people/<str:person>/criteria/", criteria, name="criteria"),
    path("people/<str:person>/decide/", decide, name="decide"),
    path("people/decisions/<str:decision>/", decision, name="decision"),
    path("people/decisions/<str:decision>/change/", change, name="change_decision"),
]
